"""What showing a widget costs and leaves behind: bytes over the wire, and the notebook on the disk."""

import base64
import io

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image

from archivit_widgets.widgets.static import SMALL

from ..data import DATA
from .lab import is_shown

PUNKS = DATA / "cryptopunks_sales.csv"
GRAPH = f"aw.read_transfers({str(PUNKS)!r})" if PUNKS.exists() else "aw.simulate_market(10_000, seed=3)"
SETUP = f"import archivit_widgets as aw\ngraph = {GRAPH}"


@pytest.fixture(scope="module")
def shown(lab, webgl2_browser):
    """A notebook that shows one widget of about 6,000 arteries, saved without and with the state of widgets."""
    page = lab.open(webgl2_browser, "shown", [SETUP, "w = aw.Arteries(graph)\nw"])
    page.run(0)
    before = page.received
    page.run(1)
    view = page.arteries(1).seen()
    view.ready()
    view.until("root => root.archivit.feed.times !== null")
    yield page, page.received - before
    page.close()
    assert page.errors == []


def test_a_display_takes_less_than_400_kB(shown):
    _, received = shown
    assert received < 400_000


def test_the_notebook_keeps_one_output_with_a_picture(shown):
    page, _ = shown
    book = page.save()
    (output,) = book.cells[1].outputs
    data = output["data"]
    assert data["text/plain"].startswith("Arteries(")
    assert data["text/plain"].endswith(" edges)")
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == SMALL
    assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 20
    assert "application/vnd.jupyter.widget-view+json" in data
    assert page.path.stat().st_size < 300_000


def test_nbconvert_shows_the_picture_without_a_network(shown, tmp_path, webgl2_browser):
    page, _ = shown
    book = page.save()
    assert "widgets" not in book.metadata
    html, _ = HTMLExporter(exclude_input=True).from_notebook_node(book)
    (tmp_path / "shown.html").write_text(html, encoding="utf-8")
    context = webgl2_browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    reader = context.new_page()
    reader.goto((tmp_path / "shown.html").as_uri(), wait_until="domcontentloaded")
    assert is_shown(
        reader.locator("main img, .jp-Notebook img"), base64.b64decode(book.cells[1].outputs[0].data["image/png"])
    )
    context.close()


def test_a_reader_who_runs_nothing_sees_the_picture(shown, lab, webgl2_browser):
    page, _ = shown
    book = page.save()
    book.cells[0].source += "  # changed, so that it is not signed"
    nbformat.write(book, lab.root / "received.ipynb")
    reader = lab.open(webgl2_browser, "received")
    image = reader.page.locator(".jp-OutputArea-output img")
    image.wait_for(state="visible")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == SMALL[0]
    reader.close()


@pytest.fixture(scope="module")
def stateful(lab, webgl2_browser):
    """The same, saved with the state of widgets: JupyterLab keeps that in the notebook from then on."""
    page = lab.open(webgl2_browser, "stateful", [SETUP, "w = aw.Arteries(graph)\nw"])
    page.run(0)
    page.run(1)
    page.arteries(1).seen().ready()
    book = page.save_with_state()
    size = page.path.stat().st_size
    page.close()
    return book, size


def test_with_the_widgets_state_the_notebook_stays_small_and_holds_a_poster(stateful):
    book, size = stateful
    assert size < 300_000
    models = book.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    (model,) = [model["state"] for model in models.values() if model["model_name"] == "AnyModel"]
    head, data = model["_poster"].split(",")
    assert head.startswith("data:image/")
    assert len(data) <= 40_000
    width, height = Image.open(io.BytesIO(base64.b64decode(data))).size
    assert width >= 400
    assert height >= 200


def test_reopened_with_the_widgets_state_the_poster_says_how_to_make_it_live(stateful, lab, webgl2_browser):
    book, _ = stateful
    nbformat.write(book, lab.root / "reopened.ipynb")
    reader = lab.open(webgl2_browser, "reopened")
    view = reader.arteries(1).seen()
    view.until("root => root.dataset.state === 'stale'")
    poster = view.root.locator(".poster")
    assert poster.inner_text() == "A saved picture. Run the cell to make it live."
    image = poster.locator("img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 400
    assert image.bounding_box()["height"] > 100
    reader.run(0)
    reader.run(1)
    reader.arteries(1).seen().ready()
    assert reader.page.locator(".archivit-arteries").count() == 1
    assert not reader.arteries(1).root.locator(".poster").is_visible()
    reader.close()
