"""One HTML file, from the disk and without Python: the same picture, the same answers, no request."""

import numpy as np
import pytest
from PIL import Image

from archivit_widgets.frames.camera import Camera, project
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


STAGE = "document.querySelector('.archivit-arteries').archivit"
# The file grows to its window, and frames the data anew a moment after that: the camera has stood for 30 frames.
FRAMED = """() => new Promise((done) => {
    const { stage } = document.querySelector('.archivit-arteries').archivit;
    let last = '', frames = 0;
    const look = () => {
        const now = JSON.stringify([stage.camera, stage.size]);
        frames = now === last ? frames + 1 : 0;
        last = now;
        frames > 30 ? done() : requestAnimationFrame(look);
    };
    look();
})"""


def test_the_file_is_turned_moved_and_zoomed_by_hand_and_by_key(file):
    _, page = file
    page.evaluate(FRAMED)
    canvas = page.locator("canvas").bounding_box()
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2

    def camera():
        return page.evaluate(f"{STAGE}.stage.camera")

    def drag(button):
        page.mouse.move(x, y)
        page.mouse.down(button=button)
        page.mouse.move(x + 60, y + 20, steps=4)
        page.mouse.up(button=button)

    home = camera()
    drag("left")
    turned = camera()
    assert turned["yaw"] != home["yaw"]
    assert turned["target"] == home["target"]
    drag("right")
    moved = camera()
    assert moved["target"] != home["target"]
    page.mouse.wheel(0, -240)
    page.wait_for_function(f"d => {STAGE}.stage.camera.distance < d", arg=moved["distance"])
    near = camera()["distance"]
    page.keyboard.press("-")
    page.wait_for_function(f"d => {STAGE}.stage.camera.distance > d", arg=near)
    page.keyboard.press("r")
    page.wait_for_function(f"yaw => Math.abs({STAGE}.stage.camera.yaw - yaw) < 1e-3", arg=home["yaw"])


def test_things_in_the_file_are_clicked_and_boxed_and_its_window_plays(file):
    widget, page = file
    page.evaluate(FRAMED)
    page.wait_for_function(RESTS)
    view = page.evaluate(f"{STAGE}.view()")
    x, y, _ = project(widget._drawn.positions, Camera.of(view["camera"]), view["width"], view["height"])
    canvas = page.locator("canvas").bounding_box()
    x, y = x + canvas["x"], y + canvas["y"]
    page.mouse.click(float(x[1]), float(y[1]))
    page.locator(".status", has_text="Selected: 1 account, 2 arteries").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.mouse.move(float(x.min()) - 10, float(y.min()) - 15)  # below the search field
    page.mouse.down()
    page.mouse.move(float(x.max()) + 10, float(y.max()) + 10, steps=4)
    page.mouse.up()
    page.locator(".status", has_text="Selected: 7 accounts").wait_for()
    page.get_by_role("button", name="Play").click()
    page.locator(".track.windowed").wait_for()
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
