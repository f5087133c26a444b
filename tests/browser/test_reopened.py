"""A notebook that its author trusts, saved without the state of widgets, opened again where no kernel knows them."""

import base64

import nbformat
import pytest

from .lab import is_shown

SETUP = """
import archivit_widgets as aw, ipywidgets
from IPython.display import display
graph = aw.simulate_market(400, seed=3)
w = aw.Arteries(graph, positions=aw.layout.place(graph))
"""
OTHERS = """
slider = ipywidgets.IntSlider()
display(slider)
display({**slider._repr_mimebundle_(), "image/png": w._repr_mimebundle_()[0]["image/png"]}, raw=True)
"""
MISSING = "Error displaying widget: model not found"
SAVED = ".archivit-saved"
CODE = ".jp-Notebook .jp-CodeCell"
# Whether a saved picture was ever in the page since it was loaded.
WATCH = f"""new MutationObserver(() => {{ globalThis.flashed ||= document.querySelector('{SAVED}') !== null; }})
    .observe(document, {{ childList: true, subtree: true }})"""


@pytest.fixture(scope="module")
def book(lab, webgl2_browser):
    """The notebook as it lies on the disk."""
    page = lab.open(webgl2_browser, "trusted", [SETUP, "w", OTHERS, *["1"] * 30])
    for cell in range(3):
        page.run(cell)
    page.arteries(1).seen().ready()
    saved = page.save()
    page.close()
    assert "widgets" not in saved.metadata
    return saved


@pytest.fixture
def reopened(book, lab, webgl2_browser):
    """The notebook opened again, with a new kernel."""
    lab.stop_kernels()
    nbformat.write(book, lab.root / "trusted.ipynb")
    page = lab.open(webgl2_browser, "trusted")
    yield page
    page.close()


def outputs(page, cell):
    return page.page.locator(CODE).nth(cell).locator(".jp-OutputArea-output")


def shows_the_picture(page, book):
    """Wait for the saved picture, and compare its pixels on the screen with the file's."""
    png = base64.b64decode(book.cells[1].outputs[0].data["image/png"])
    return is_shown(outputs(page, 1).locator(f"{SAVED} img"), png)


def test_the_saved_picture_stands_in_and_says_so(reopened, book):
    assert shows_the_picture(reopened, book)
    assert outputs(reopened, 1).inner_text() == "A picture saved with the notebook. Run the cell to make it live."
    assert outputs(reopened, 1).locator("img").get_attribute("alt") == book.cells[1].outputs[0].data["text/plain"]


def test_of_other_widgets_jupyterlab_says_what_it_says(reopened):
    for nth in (0, 1):
        reopened.page.wait_for_function(
            "([e, words]) => e.innerText === words", arg=[outputs(reopened, 2).nth(nth).element_handle(), MISSING]
        )
    assert outputs(reopened, 2).locator("img").count() == 0


def test_it_survives_a_windowed_notebook(reopened, book):
    assert shows_the_picture(reopened, book)
    reopened.window()
    reopened.scroll_to(32)
    reopened.page.locator(SAVED).wait_for(state="hidden")
    reopened.scroll_to(0)
    assert shows_the_picture(reopened, book)


def test_a_live_widget_wins_and_no_picture_flashes_over_it(reopened, book):
    assert shows_the_picture(reopened, book)
    page = reopened.page
    reopened.run(0)
    reopened.run(1)
    reopened.arteries(1).seen().ready()
    assert page.locator(SAVED).count() == 0
    reopened.save()
    page.context.add_init_script(WATCH)
    reopened.load()  # the kernel still knows the widget
    reopened.arteries(1).seen().ready()
    page.evaluate("() => { void globalThis.jupyterapp.commands.execute('notebook:restart-run-all'); }")
    before = reopened.arteries(1).root.element_handle()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function("before => !before.isConnected", arg=before)
    reopened.arteries(1).seen().ready()
    assert page.evaluate("globalThis.flashed") is False
