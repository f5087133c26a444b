"""WebGPU, WebGL2 and the kernel draw the same picture, within a stated tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from archivit_widgets.frames.camera import Camera, fit
from archivit_widgets.frames.emphasis import Emphasis
from archivit_widgets.frames.scene import Scene, look
from archivit_widgets.widgets.static import draw

from .stage import SIZE, WHITE, Stage, apart, inked, line, open_page, scene_of, tangle

#: The stated tolerance between the backends, in levels of 255: the mean where either drew, and the share of that which
#: differs much. What differs are borders: whether a pixel that an artery half covers is drawn is for each to choose.
#: Paper is left out: nine tenths of a picture would hide that every alert is missing.
MEAN, SHARE = 1.5, 0.01


def assert_alike(one, other, paper=WHITE):
    mean, share = apart(one, other, paper)
    assert mean <= MEAN
    assert share <= SHARE


def assert_unlike(one, other):
    mean, share = apart(one, other)
    assert mean > MEAN or share > SHARE


@pytest.fixture(scope="module")
def both():
    """The same stage twice on one page: WebGPU and WebGL2."""
    with open_page(webgpu=True) as page:
        stages = [Stage(page, backend, backend, **SIZE) for backend in ("webgpu", "webgl2")]
        for stage in stages:
            stage.open()
        shown(stages, tangle())  # a first picture waits for compilers: on a slow machine some of it would be left out
        yield stages


def shown(stages, arrays, flat=False, **view):
    for stage in stages:
        stage.scene(arrays, flat)
        stage.fit(arrays, flat)
    return [stage.picture(**view) for stage in stages]


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"time": 3.7},
        {"still": True},
        {"scale": 2},
        {"theme": {"dark": True, "background": [0.067, 0.078, 0.094]}},
        {"camera": {"yaw": 2.0, "pitch": -0.4, "distance": 0.9, "target": [0.1, 0.0, 0.2]}},
    ],
    ids=["first view", "later", "still", "fine pixels", "dark", "close"],
)
def test_both_backends_draw_the_same(both, view):
    paper = np.rint(255 * np.array(view.get("theme", {"background": [1, 1, 1]})["background"]))
    assert_alike(*shown(both, tangle(), **view), paper)


def without_alerts(arrays):
    arrays["channels"][:, 3] = 0


def without_pulses(arrays):
    arrays["channels"][:, 1] = 0


def with_pulses_upside_down(arrays):
    arrays["channels"][:, 1] ^= 255


def with_colors_upside_down(arrays):
    color = arrays["channels"][:, 2]
    color[color > 0] = -color[color > 0]  # 1..255 to 255..1


def with_unknown_as_lowest(arrays):
    color = arrays["channels"][:, 2]
    color[color == 0] = 1


def with_ends_exchanged(arrays):
    arrays["source"], arrays["target"] = arrays["target"], arrays["source"]


FAULTS = [
    without_alerts,
    without_pulses,
    with_pulses_upside_down,
    with_colors_upside_down,
    with_unknown_as_lowest,
    with_ends_exchanged,
]


def faulty(fault):
    """The tangle with a fault, as a backend would draw it that does something wrong."""
    arrays = tangle()
    fault(arrays)
    return arrays


@pytest.mark.parametrize("fault", FAULTS)
def test_the_tolerance_lets_no_fault_pass(both, fault):
    right, _ = shown(both, tangle())
    _, wrong = shown(both, faulty(fault))
    assert_unlike(right, wrong)


def test_the_tolerance_lets_no_late_pulse_pass(both):
    right, _ = shown(both, tangle())
    assert_unlike(right, both[1].picture(time=0.4))


def test_both_draw_a_flat_scene_the_same(both):
    arrays = tangle()
    positions = arrays["positions"] * [1, 1, 0]
    flat = scene_of(positions, arrays["source"], arrays["target"], 0.5, 0.5, 0.5)
    assert_alike(*shown(both, flat, flat=True))


def test_both_show_the_same_emphasis(both):
    arrays = tangle()
    shown(both, arrays)
    edges, accounts = np.arange(len(arrays["source"])) % 5, np.arange(len(arrays["sizes"])) % 4
    for stage in both:
        stage.emphasis(edges, accounts)
    assert_alike(*[stage.picture() for stage in both])


def test_phases_are_the_same_after_frames(both):
    """Speeds change twice on the way, once while the clock is set back; no pulse may be elsewhere."""
    arrays = tangle()
    shown(both, arrays, time=2.0)
    rng = np.random.default_rng(1)
    frames = [arrays["channels"].copy() for _ in range(2)]
    for frame in frames:
        frame[:, 1] = rng.integers(0, 256, len(frame))
    for stage in both:
        stage.channels(frames[0])
        stage.picture(time=5.3)
        stage.channels(frames[1])
        stage.picture(time=4.0)
    assert_alike(*[stage.picture(time=90.25) for stage in both])


def test_both_pick_the_same(both):
    picture, _ = shown(both, tangle())
    lines, columns = np.nonzero(inked(picture, WHITE))
    # A little beside what is drawn, so that the nearest has to be found.
    points = zip((columns[::97] + 2).tolist(), (lines[::97] - 2).tolist(), strict=True)
    hits = [[stage.pick(x, y) for stage in both] for x, y in points]
    same = [one == other for one, other in hits if one or other]
    assert len(same) >= 60
    assert np.mean(same) >= 0.98  # at a border the two may see neighbours


#: The kernel smooths borders as it draws and the page afterwards, so both are blurred before they are compared.
KERNEL_MEAN = 7.0


def scene_of_kernel(arrays):
    return Scene(*(arrays[part] for part in ("positions", "sizes", "source", "target", "bend")))


def apart_from_kernel(page, arrays, eye, theme):
    """Mean by which the page's picture and the kernel's of `arrays` differ where either has ink."""
    kernel = np.asarray(draw(scene_of_kernel(arrays), arrays["channels"], camera=eye, theme=theme, **SIZE))
    mean, _ = apart(page, kernel, 255 * np.array(ground(theme)), blur=True)
    return mean


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_kernel_shows_the_emphasis_that_the_page_shows(both, theme):
    arrays = tangle()
    page = shown(both, arrays)[0]
    marks = Emphasis(
        *(np.arange(len(arrays[part])) % most for part, most in (("source", 5), ("sizes", 4))), np.empty(0, np.intp)
    )
    eye, view = Camera.of(both[0].view["camera"]), {"theme": {"dark": theme == "dark", "background": ground(theme)}}
    for stage in both:
        stage.emphasis(marks.edges, marks.accounts)
    page = both[0].picture(still=True, **view)

    def off(emphasis):
        scene, size = scene_of_kernel(arrays), {**SIZE, "emphasis": emphasis}
        kernel = np.asarray(draw(scene, arrays["channels"], camera=eye, theme=theme, **size))
        return apart(page, kernel, 255 * np.array(ground(theme)), blur=True)[0]

    assert off(marks) <= KERNEL_MEAN + 1.0 < off(None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_kernel_draws_what_the_page_draws(both, theme):
    """Same camera, widths, colours, depth and dashes; ends of tubes are round, and slow pulses fade."""
    arrays = tangle()
    page, _ = shown(both, arrays, still=True, theme={"dark": theme == "dark", "background": ground(theme)})
    eye = Camera.of(both[0].view["camera"])
    framed = fit(scene_of_kernel(arrays), SIZE["width"] / SIZE["height"])
    assert (framed.yaw, framed.pitch) == (eye.yaw, eye.pitch)
    assert np.allclose([framed.distance, *framed.target], [eye.distance, *eye.target], atol=1e-5)
    assert apart_from_kernel(page, arrays, eye, theme) <= KERNEL_MEAN
    wrong = {fault.__name__: apart_from_kernel(page, faulty(fault), eye, theme) for fault in FAULTS}
    assert min(wrong.values()) > KERNEL_MEAN, wrong


def ground(theme):
    return [int(look()["themes"][theme]["background"][i : i + 2], 16) / 255 for i in (1, 3, 5)]


def beads_of(image):
    """Measure the middle half of what is drawn from left to right.

    Returns
    -------
    How many beads; from one to the next, and across one, in pixels; how much stronger they are than what lies between.
    """
    ink = np.abs(image.astype(float) - image[2, 2]).max(axis=2)
    across = np.flatnonzero((ink > 40).any(axis=0))
    ink = ink[:, across[len(across) // 4] : across[3 * len(across) // 4]]
    tall = np.quantile((ink > 40).sum(axis=0), 0.8)
    strength, width = ink.sum(axis=0), round(1.4 * tall)
    usual = np.convolve(strength, np.ones(width) / width, "same")[width:-width]
    strength = strength[width:-width]
    starts = np.flatnonzero(np.diff((strength > usual).astype(int)) == 1)
    contrast = np.quantile(strength / usual, 0.9) / np.quantile(strength / usual, 0.1)
    return len(starts), np.median(np.diff(starts)), tall, contrast


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("yaw", [0.0, 0.8], ids=["across", "slanting"])
@pytest.mark.parametrize("radius", [0.0, 0.6, 0.8])
def test_an_alert_is_a_string_of_round_beads_however_weak_and_wherever_it_runs(both, radius, yaw, theme):
    arrays = line(radius, alert=1.0, pulse=1.0)
    camera = {"yaw": yaw, "pitch": 0, "distance": 3, "target": [0, 0, 0]}
    view = {"camera": camera, "theme": {"dark": theme == "dark", "background": ground(theme)}}
    scene = scene_of_kernel(arrays)
    for stage in both:
        stage.scene(arrays)
    pictures = [stage.picture(**view, scale=2) for stage in both]
    eye = Camera.of(camera)
    twice = {name: 2 * pixels for name, pixels in SIZE.items()}
    pictures.append(np.asarray(draw(scene, arrays["channels"], camera=eye, theme=theme, **twice)))
    for picture in pictures:
        beads, pitch, tall, contrast = beads_of(picture)
        assert beads >= 2
        assert tall >= 4
        assert 0.7 < pitch / tall / (look()["alert"]["pitch"] / 2) < 1.5
        assert contrast > 1.6
