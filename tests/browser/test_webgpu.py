"""WebGPU in a browser: the canvas that people see, one device for all, its loss, cards, and what is left behind."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from .chromium import GPU
from .stage import SAMPLES_APART, SIZE, Stage, apart, ink, is_red, line, open_page, strength, tangle


@pytest.fixture(scope="module")
def page():
    with open_page(webgpu=True) as page:
        yield page


@pytest.fixture
def stage(page, request):
    """A renderer of its own for each test."""
    stage = Stage(page, "webgpu", request.node.name, **SIZE)
    stage.open()
    yield stage
    stage.run("(s, [name]) => s.renderers.has(name) && s.close(name)", stage.name)


def test_the_order_of_drawing_is_not_seen(stage):
    """Lists are filled in any order, yet the same view is the same picture."""
    arrays = tangle(edges=800)
    stage.scene(arrays)
    stage.fit(arrays)
    mean, share = apart(*(stage.picture() for _ in range(2)))
    assert mean < 0.1  # what rounding to 256 levels leaves
    assert share == 0


def test_it_draws_in_the_canvas_that_people_see(stage):
    """A screenshot of the page shows what the renderer gives."""
    stage.scene(line())
    drawn = stage.picture()
    png = stage.page.locator(f"#{stage.name}").screenshot()
    seen = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    mean, share = apart(drawn, seen)
    assert mean < 1
    assert share == 0


COUNT = """() => {
  globalThis.alive = 0;
  for (const [make, kind] of [["createBuffer", GPUBuffer], ["createTexture", GPUTexture]]) {
    const old = GPUDevice.prototype[make];
    GPUDevice.prototype[make] = function (...a) { globalThis.alive++; return old.apply(this, a); };
    const end = kind.prototype.destroy;
    kind.prototype.destroy = function () { globalThis.alive--; return end.apply(this); };
  }
}"""


def test_twenty_widgets_share_one_device_and_leave_nothing(page):
    page.evaluate(COUNT)
    stages = [Stage(page, "webgpu", f"w{k}", width=80, height=60) for k in range(20)]
    for k, one in enumerate(stages):
        one.open()
        one.scene(line(0.6 + k / 50))
        one.picture()
        one.pick(40, 30)
    assert page.evaluate(f"{GPU}.users") == 20
    assert (np.diff([strength(one.picture()) for one in stages]) > 0).all()
    assert page.evaluate("alive") > 20
    for one in stages:
        one.run("(s, [name]) => s.close(name)", one.name)
    assert page.evaluate("alive") == 0
    assert page.evaluate(f"{GPU}.users") == 0


def test_a_lost_device_is_told_once_and_a_new_one_draws_the_same(stage):
    arrays = tangle()
    stage.scene(arrays)
    stage.fit(arrays)
    before = stage.picture()
    stage.page.evaluate(f"async () => {{ stage.lost.length = 0; (await {GPU}.opened).device.destroy(); }}")
    stage.page.wait_for_function("stage.lost.length > 0")
    again = Stage(stage.page, "webgpu", "again", **SIZE)
    again.open()
    again.scene(arrays)
    again.fit(arrays)
    mean, share = apart(again.picture(), before)
    assert mean < 0.1
    assert share == 0
    assert stage.page.evaluate("stage.lost.length") == 1
    again.run("(s, [name]) => s.close(name)", again.name)


HIDE = """() => Object.defineProperty(GPUAdapter.prototype, "info", {
  get: () => ({ vendor: "some", architecture: "card", description: "", isFallbackAdapter: false }),
})"""


def test_a_graphics_card_draws_the_same_with_four_samples_a_pixel(stage):
    """The way of real cards, taken here by an adapter that hides what it is."""
    arrays = tangle()
    stage.scene(arrays)
    stage.fit(arrays)
    plain = stage.picture()
    assert stage.run("(s, a, renderer) => renderer.software")
    page = stage.page.context.browser.new_page()
    page.goto(stage.page.url)
    page.wait_for_function("globalThis.stage !== undefined")
    page.evaluate(HIDE)
    card = Stage(page, "webgpu", "card", **SIZE)
    card.open()
    assert not card.run("(s, a, renderer) => renderer.software")
    card.scene(arrays)
    card.fit(arrays)
    fine = card.picture()
    hit = card.pick(180, 120)
    page.close()
    assert apart(fine, plain, blur=True)[0] <= SAMPLES_APART
    assert is_red(fine).any()
    stage.picture()
    assert stage.pick(180, 120) == hit
    arrays["channels"][:, 1] ^= 255
    stage.scene(arrays)
    assert apart(fine, stage.picture(), blur=True)[0] > SAMPLES_APART  # other pulses are seen


def test_a_picture_as_large_as_a_new_canvas_is_drawn(page):
    small = Stage(page, "webgpu", "small", width=300, height=150)
    small.open()
    small.scene(line())
    assert (ink(small.picture()) > 40).sum() > 300
    small.run("(s, [name]) => s.close(name)", small.name)


NO_MEMORY = """() => {
  const pop = GPUDevice.prototype.popErrorScope;
  GPUDevice.prototype.popErrorScope = function () {
    GPUDevice.prototype.popErrorScope = pop;
    return pop.call(this).then(() => new GPUOutOfMemoryError("a test"));
  };
}"""


def test_a_device_whose_memory_is_full_is_told_as_lost(stage):
    stage.page.evaluate("stage.lost.length = 0")
    stage.page.evaluate(NO_MEMORY)
    stage.scene(line())
    stage.page.wait_for_function("stage.lost.length > 0")
    assert stage.page.evaluate("stage.lost") == ["its memory is full"]
