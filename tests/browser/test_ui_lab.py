"""The interface in a real JupyterLab: its themes, its shortcuts, its windowed notebooks, and the next cell."""

import io

import numpy as np
import pytest
from PIL import Image

from .chromium import GPU

MAKE = """
import numpy as np
from tests.browser.market import PLACES, market
from archivit_widgets import Arteries
w = Arteries(market(), positions=np.array(PLACES), height=300, clock=1.0, turn=False)
"""
AWAKE = 1  # a notebook that has imported the package keeps the device awake: see test_awake.py
#: How many pixels of the picture are not paper.
INK = """async root => {
    const image = await createImageBitmap(await root.archivit.stage.save());
    const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let inked = 0;
    for (let i = 0; i < data.length; i += 4) inked += data[i] + data[i + 1] + data[i + 2] < 700;
    return inked;
}"""


@pytest.fixture
def notebook(lab, webgpu_browser):
    page = lab.open(webgpu_browser, "ui", [MAKE, "w", "print(sorted(w.selected_accounts.account))", "w", *["1"] * 12])
    page.run(0)
    page.run(1)
    page.arteries(1).ready()
    yield page
    page.close()


def rest(arteries):
    arteries.until("root => root.archivit.loop.resting && !root.archivit.renderer.busy")


def test_a_click_in_the_picture_is_a_selection_in_the_next_cell_and_keys_stay_inside(notebook):
    arteries = notebook.arteries(1)
    labelled(arteries)
    x, y = arteries.ask(
        """root => {
            const label = [...root.querySelectorAll('.labels span')].find((e) => e.textContent === 'Mellon');
            const box = label.getBoundingClientRect();
            const [x, y] = ['--x', '--y'].map((at) => parseFloat(label.style.getPropertyValue(at)));
            return [box.left + x, box.top + y];  // the dot: the account itself
        }"""
    )
    notebook.page.mouse.click(x, y)
    arteries.until("root => root.archivit.stage.selection.accounts.size === 1")
    count = "globalThis.jupyterapp.shell.currentWidget.content.model.cells.length"
    cells = notebook.page.evaluate(count)
    for key in ("b", "b", "a", "m", "ArrowDown", "x"):
        notebook.page.keyboard.press(key)
    assert notebook.page.evaluate(count) == cells
    assert arteries.ask("root => document.activeElement.tagName") == "CANVAS"
    notebook.run_until(2, "Mellon")


def test_after_a_restart_of_the_kernel_the_picture_stays_and_says_how_to_make_it_live(notebook):
    arteries = notebook.arteries(1)
    words = ".archivit-arteries [role=status]"
    notebook.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => null)")
    arteries.until("root => root.dataset.state === 'stale'")
    assert "The kernel was stopped or restarted; run the cell" in notebook.page.locator(words).inner_text()
    arteries.ask("root => root.archivit.stage.move({ ...root.archivit.stage.camera, yaw: 2 })")
    arteries.until("root => root.archivit.view().camera.yaw === 2")
    assert arteries.ask("root => root.dataset.state") == "stale"
    notebook.ready()
    notebook.run(0)
    notebook.run(1)
    notebook.arteries(1).ready()
    assert notebook.page.locator(".archivit-arteries").count() == 1
    assert "restarted" not in notebook.page.locator(words).inner_text()
    assert notebook.errors == []


def test_after_the_kernel_was_shut_down_the_picture_says_so_unasked(notebook):
    arteries = notebook.arteries(1)
    notebook.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)")
    arteries.until("root => root.dataset.state === 'stale'")
    words = notebook.page.locator(".archivit-arteries [role=status]").inner_text()
    assert "The kernel was stopped or restarted; run the cell" in words
    assert notebook.errors == []


def test_the_theme_of_jupyterlab_is_followed(notebook):
    arteries = notebook.arteries(1)
    switch = "name => globalThis.jupyterapp.commands.execute('apputils:change-theme', { theme: name }).then(() => null)"
    for name, theme in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        notebook.page.evaluate(switch, name)
        arteries.until(
            "(root, theme) => root.dataset.theme === theme && root.archivit.view().theme.dark === (theme === 'dark')",
            theme,
        )
        if theme == "dark":
            # The browser itself prefers light, and the host renders before the root is in its page.
            notebook.start(3)
            notebook.arteries(3).seen().until("root => root.dataset.theme === 'dark' && !('bare' in root.dataset)")
            notebook.done(3)


def test_a_report_has_wide_words_on_the_left(notebook):
    index = notebook.add(
        "import pandas as pd\nfrom archivit_widgets import read_transfers\n"
        "rows = [('A', 'B', '2020-01-01', 1.0), ('B', 'B', '2020-01-02', 0.0)]\n"
        "read_transfers(pd.DataFrame(rows, columns=['seller', 'buyer', 'date', 'price'])).report"
    )
    notebook.run(index)
    table = notebook.page.locator(".jp-OutputArea .archivit-report table").last
    words = table.locator("tbody td:nth-child(2)").first
    assert words.evaluate("e => getComputedStyle(e).textAlign") == "left"
    widths = words.evaluate("e => [...e.parentElement.children].map((cell) => cell.clientWidth)")
    assert widths[1] > 1.5 * widths[0]


def labelled(arteries):
    """Wait for the names that stand in the picture, and until nothing moves."""
    arteries.until("root => root.querySelector('.labels span:not(.away)')")
    rest(arteries)


def on_screen(arteries):
    """What a reader sees of the canvas, as (share that is dark, share that is not paper)."""
    box = arteries.root.locator("canvas").bounding_box()
    shot = Image.open(io.BytesIO(arteries.page.screenshot(clip=box))).convert("RGB")
    light = np.asarray(shot, int).sum(axis=2)
    return (light < 60).mean(), (light < 700).mean()


def test_a_windowed_notebook_leaves_no_black_box(lab, webgpu_browser):
    tall = "\n".join(["1"] * 30)
    notebook = lab.open(webgpu_browser, "windowed", [MAKE, "w", *[tall] * 40])
    notebook.run(0)
    notebook.run(1)
    arteries = notebook.arteries(1)
    arteries.seen().ready()
    labelled(arteries)
    _, before = on_screen(arteries)
    assert before > 0.01
    notebook.window()
    notebook.run(41)  # the active cell stays in the page, wherever it lies
    for _ in range(2):
        notebook.scroll_to(41)
        arteries.root.wait_for(state="hidden")  # or out of the page
        notebook.scroll_to(0)
        arteries.seen().ready()
        labelled(arteries)
        dark, inked = on_screen(arteries)
        assert dark < 0.05
        assert inked == pytest.approx(before, rel=0.05)
    assert notebook.errors == []
    notebook.close()


def test_a_picture_scrolled_away_and_back_is_there_and_a_deleted_cell_frees_it(notebook):
    page = notebook.page
    notebook.scroll_to(15)
    notebook.run(3)
    second = notebook.arteries(3)
    second.ready()
    page.wait_for_function(f"{GPU}.users === {AWAKE + 2}")  # a rehearsal holds one more for a while
    notebook.scroll_to(0)
    arteries = notebook.arteries(1)
    arteries.ready()
    rest(arteries)
    dark, inked = on_screen(arteries)
    assert dark < 0.05
    assert inked > 0.01
    page.evaluate(
        """() => { const notebook = globalThis.jupyterapp.shell.currentWidget.content;
            notebook.deselectAll(); notebook.activeCellIndex = 3;
            return globalThis.jupyterapp.commands.execute('notebook:delete-cell').then(() => null); }"""
    )
    page.wait_for_function(f"{GPU}.users === {AWAKE + 1}")
    assert notebook.errors == []


TWENTY = """
from IPython.display import display
graph = market()
many = [Arteries(graph, positions=np.array(PLACES), radius=(k + 1) / 20, height=60, clock=1.0, turn=False)
        for k in range(20)]
display(*many)
"""


def test_twenty_widgets_in_a_notebook_share_a_device_and_closing_frees_it(lab, webgpu_browser):
    notebook = lab.open(webgpu_browser, "twenty", [MAKE, TWENTY])
    notebook.run(0)
    notebook.run(1)
    views = [notebook.arteries(1, k) for k in range(20)]
    for k, view in enumerate(views):
        assert view.seen().ready() == "webgpu"
        assert view.ask("root => root.archivit.feed.channels[0]") == round((k + 1) / 20 * 255)  # each shows its own
    notebook.page.wait_for_function(f"{GPU}.users === {AWAKE + 20}")
    inks = [view.ask(INK) for view in (views[0], views[10], views[19])]
    assert 0 < inks[0] < inks[1] < inks[2]
    notebook.call("for w in many[5:]: w.close()")
    notebook.page.wait_for_function(f"{GPU}.users === {AWAKE + 5}")
    notebook.call("many[0].push({'alert': np.ones(len(graph.edges))})")
    views[0].seen().frame(1)  # the others live on
    notebook.call("for w in many: w.close()")
    notebook.page.wait_for_function(f"{GPU}.users === {AWAKE}")
    assert notebook.page.locator(".archivit-arteries").count() == 0
    assert notebook.errors == []
    notebook.close()
