"""WebGL2 in a browser without WebGPU: it draws, shares one context, and leaves nothing behind."""

from __future__ import annotations

import numpy as np
import pytest

from .chromium import lose_gl
from .stage import SAMPLES_APART, SIZE, Stage, apart, line, open_page, strength, tangle


def warm(stage):
    """A first picture waits for compilers: on a slow machine some of it would be left out."""
    stage.scene(tangle())
    stage.picture()


@pytest.fixture(scope="module")
def page():
    """A page of a browser that has no WebGPU."""
    with open_page(webgpu=False) as page:
        first = Stage(page, "webgl2", "first", **SIZE)
        first.open()
        warm(first)
        yield page


@pytest.fixture
def another_page(page):
    """A page with a context of its own."""
    other = page.context.browser.new_page(viewport={"width": 800, "height": 600})
    other.goto(page.url)
    other.wait_for_function("globalThis.stage !== undefined")
    yield other
    other.close()


@pytest.fixture
def stage(page, request):
    """A renderer of its own for each test."""
    stage = Stage(page, "webgl2", request.node.name, **SIZE)
    stage.open()
    yield stage
    stage.run("(s, [name]) => s.close(name)", stage.name)


def test_a_lost_context_is_told_once_and_a_new_one_draws_the_same(another_page):
    arrays = tangle()
    pictures = []
    for name in ("before", "after"):
        stage = Stage(another_page, "webgl2", name, **SIZE)
        stage.open()
        warm(stage)
        stage.scene(arrays)
        stage.fit(arrays)
        pictures.append(stage.picture())
        if name == "before":
            lose_gl(another_page)
            another_page.wait_for_function("stage.lost.length > 0")
    assert np.array_equal(*pictures)
    assert another_page.evaluate("stage.lost.length") == 1


def test_twenty_widgets_share_one_context(stage):
    """Each has its own picture, of its own size, and drawing one leaves the others as they are."""
    page = stage.page
    before = page.evaluate("stage.contexts()")
    stages = [Stage(page, "webgl2", f"w{k}", width=80 + 4 * k, height=60) for k in range(20)]
    for k, one in enumerate(stages):
        one.open()
        one.scene(line(radius=0.6 + k / 50))
        one.picture()
    assert page.evaluate("stage.contexts()") == before
    pictures = [np.asarray(one.picture(), int) for one in stages]
    assert [picture.shape for picture in pictures] == [(60, 80 + 4 * k, 3) for k in range(20)]
    assert (np.diff([strength(picture) for picture in pictures]) > 0).all()
    first = page.evaluate("stage.canvases.get('w0').toDataURL()")
    stages[5].picture(time=1.0)
    assert page.evaluate("stage.canvases.get('w0').toDataURL()") == first


def test_a_closed_widget_leaves_nothing_on_the_gpu(stage):
    stage.run("(s) => s.countWebGl2()")
    counts = []
    for k in range(3):
        one = Stage(stage.page, "webgl2", f"c{k}", **SIZE)
        one.open()
        one.scene(tangle())
        one.picture()
        one.pick(100, 100)
        one.run("(s, [name]) => s.close(name)", one.name)
        counts.append(stage.page.evaluate("stage.alive()"))
    assert counts[1] == counts[2]  # the first brings what the context keeps for all


ON_A_CARD = """() => {
  const kinds = WebGL2RenderingContext.prototype, ask = kinds.getParameter;
  kinds.getParameter = function (name) {
    return name === 0x9246 || name === this.RENDERER ? "A card" : ask.call(this, name);
  };
}"""


def test_four_samples_on_a_graphics_card_draw_the_same_picture(another_page, stage):
    """There is no card here, but the driver can be made to say so: samples instead of smoothing afterwards."""
    arrays = tangle()
    stage.scene(arrays)
    stage.fit(arrays)
    smoothed = stage.picture()
    another_page.evaluate(ON_A_CARD)
    card = Stage(another_page, "webgl2", "card", **SIZE)
    words = card.open()
    card.scene(arrays)
    card.fit(arrays)
    sampled = card.picture()
    hits = [one.pick(180, 120) for one in (card, stage)]
    sizes = [card.picture(width=w, height=h).shape for w, h in ((200, 100), (500, 300))]
    assert "processor" not in words
    assert hits[0] == hits[1]
    assert sizes == [(100, 200, 3), (300, 500, 3)]
    assert apart(sampled, smoothed, blur=True)[0] <= SAMPLES_APART
    assert not np.array_equal(sampled, smoothed)  # it did take the other way
    arrays["channels"][:, 1] ^= 255
    stage.scene(arrays)
    assert apart(sampled, stage.picture(), blur=True)[0] > SAMPLES_APART  # other pulses are seen
