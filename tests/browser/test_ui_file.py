"""One HTML file, from the disk and without Python: the same picture, the same answers, no request."""

import numpy as np
import pytest
from PIL import Image

from archivit_widgets.widgets.arteries import Arteries

from .chromium import open_page
from .market import EVIL, PLACES, market


@pytest.fixture
def file(tmp_path, webgl2_browser):
    widget = Arteries(market(), positions=np.array(PLACES), height=360, clock=1.0, turn=False, title=f"</script>{EVIL}")
    path = tmp_path / "market.html"
    widget.to_html(path)
    page = open_page(webgl2_browser, viewport={"width": 900, "height": 640})
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector(".archivit-arteries[data-state=ready] .toolbar")
    yield widget, page
    assert errors == []
    assert [url for url in requests if not url.startswith(("file:", "blob:", "data:"))] == []
    page.context.close()


ASK = """async ([what, args]) => {
    const { feed } = document.querySelector('.archivit-arteries').archivit;
    const { buffers, ...answer } = await feed.ask(what, args);
    return { ...answer, rows: buffers.map((b) => [...new Uint32Array(b.buffer)]) };
}"""
RESTS = """() => {
    const { loop, renderer } = document.querySelector('.archivit-arteries').archivit;
    return loop.resting && !renderer.busy;
}"""


def asked(widget, what, **args):
    """The kernel's answer, in the shape of the page's."""
    content, buffers = widget._answers.answer({"client": "c", "id": 1, "what": what, **args})
    rows = [np.frombuffer(b, "<u4").tolist() for b in buffers]
    return {k: v for k, v in content.items() if k not in ("kind", "to", "id", "ok")} | {"rows": rows}


def test_the_file_answers_as_the_kernel_does(file):
    widget, page = file
    questions = [("edge", {"row": row}) for row in range(8)] + [("account", {"row": row}) for row in range(7)]
    questions += [("token", {"row": row}) for row in range(len(widget.graph.tokens))]
    questions += [("search", {"text": text, "limit": 5}) for text in ("e", "MELL", "img", "goya", "nobody", " ")]
    for what, args in questions:
        here, there = page.evaluate(ASK, [what, args]), asked(widget, what, **args)
        for key in ("volume",):
            if key in there and there[key] is not None:
                assert here.pop(key) == pytest.approx(there.pop(key), rel=1e-6)
        assert here == there, (what, args)


def test_the_file_fills_its_window_and_saves_names_with_a_halo_and_a_dot(file):
    _, page = file
    page.wait_for_function("document.querySelector('.archivit-arteries').getBoundingClientRect().height >= innerHeight")
    assert page.locator("canvas").bounding_box()["height"] > 400
    page.wait_for_function(RESTS)
    label = page.locator(".labels span:not(.away)", has_text="Mellon")
    place = label.evaluate(
        """e => {
            const [box, frame] = [e, e.closest('.labels')].map((each) => each.getBoundingClientRect());
            const [x, y] = ['--x', '--y'].map((at) => parseFloat(e.style.getPropertyValue(at)));
            return [box.left - frame.left + x, box.top - frame.top + y];
        }"""
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    pixels = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
    x, y = (round(v) for v in place)
    near = pixels[y - 5 : y + 6, x - 5 : x + 6].sum(axis=2)
    assert near.min() < 200
    assert near.max() > 700
    assert (pixels[y - 6 : y + 7, x + 8 : x + 40].sum(axis=2) < 300).sum() > 20  # the name itself


def test_the_file_is_touched_like_the_widget(file):
    _, page = file
    page.get_by_role("combobox").fill("verm")
    page.get_by_role("option", name="Vermeer").click()
    page.locator(".status", has_text="Selected: 3 arteries").wait_for()
    box = page.locator(".track").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 15, steps=4)
    page.mouse.up()
    page.locator(".track.windowed").wait_for()
    assert "transfer" in page.locator(".window").inner_text()
    assert EVIL in page.locator(".heading").inner_text()
    assert page.locator("main img:not(.poster img)").count() == 0
