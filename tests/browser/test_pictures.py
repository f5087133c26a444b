"""What each channel looks like, picking and emphasis: shown by WebGPU and by WebGL2, each for itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from archivit_widgets.frames.camera import scale
from archivit_widgets.frames.scene import bends, widths

from .stage import SIZE, Stage, image_of, ink, is_red, line, open_page, scene_of, tangle

MIDDLE = slice(100, 260)
CLOSE = {"yaw": 0, "pitch": 0, "distance": 1.2, "target": [0, 0, 0]}


@pytest.fixture(scope="module")
def page():
    """A page of a browser that has both."""
    with open_page(webgpu=True) as page:
        yield page


@pytest.fixture(params=["webgpu", "webgl2"])
def stage(page, request):
    """A renderer of its own for each test."""
    stage = Stage(page, request.param, request.node.name, **SIZE)
    stage.open()
    yield stage
    stage.run("(s, [name]) => s.close(name)", stage.name)


def shown(stage, arrays, **view):
    stage.scene(arrays)
    return stage.picture(**view)


def thickness(image):
    """Rows that hold ink, for each column of the middle."""
    return (ink(image) > 40)[:, MIDDLE].sum(axis=0)


def half():
    """The radius channel of half the greatest radius: equal steps of the channel are equal ratios of the radius."""
    low, high = widths(1)
    return 1 - np.log(2) / np.log(high / low)


def widest():
    """Pixels across the thickest artery as `CLOSE` sees it."""
    return 2 * widths(1)[1] * scale(CLOSE["distance"], SIZE["height"])


def test_a_doubled_radius_is_twice_as_wide(stage):
    thick, thin = (thickness(shown(stage, line(radius), camera=CLOSE)).mean() for radius in (1.0, half()))
    assert thick == pytest.approx(widest(), abs=1)
    assert thin == pytest.approx(widest() / 2, abs=1)


def test_thin_arteries_get_fainter_and_never_vanish(stage):
    inks = [ink(shown(stage, line(radius)))[:, MIDDLE].max(axis=0) for radius in (0.0, 0.15, 0.3)]
    assert (inks[0] > 2).all()
    assert inks[0].mean() < inks[1].mean() < inks[2].mean()


def test_an_alert_is_red_and_beaded(stage):
    calm, alarmed = (shown(stage, line(0.8, alert=alert), camera=CLOSE) for alert in (0.0, 1.0))
    assert is_red(alarmed).sum() > 300
    assert not is_red(calm).any()
    widths = is_red(alarmed)[:, MIDDLE].sum(axis=0)
    assert widths.max() > 1.6 * max(widths.min(), 1)
    assert np.ptp(thickness(calm)) <= 2


def test_an_alert_begins_at_a_half(stage):
    red = []
    for byte in (127, 128):
        arrays = line(0.8)
        arrays["channels"][:, 3] = byte
        red.append(is_red(shown(stage, arrays, camera=CLOSE)).sum())
    assert red[0] == 0
    assert red[1] > 300


def test_an_alert_has_its_shape_without_its_color(stage):
    """Who sees no red sees beads: the count of thick and thin places along the tube."""
    widths = (ink(shown(stage, line(0.8, alert=1.0))) > 40)[:, MIDDLE].sum(axis=0)
    thick = widths > widths.mean()
    assert np.abs(np.diff(thick.astype(int))).sum() >= 6


def test_color_follows_the_value_and_unknown_is_grey(stage):
    def middle(arrays):
        stage.scene(arrays)
        return stage.picture()[120, 180].astype(int)

    low, high = middle(line(color=0.0)), middle(line(color=1.0))
    assert low.sum() > high.sum() + 60  # the dearer, the darker on light paper
    unknown = line()
    unknown["channels"][:, 2] = 0
    assert np.ptp(middle(unknown)) < 25


def test_a_pulse_moves_and_stands_still_where_nothing_may_move(stage):
    stage.scene(line(pulse=1.0))
    first, later, again = (stage.picture(time=t).astype(int) for t in (0.0, 0.4, 0.4))
    assert np.abs(first - later).max() > 40
    assert np.array_equal(later, again)
    still = [stage.picture(time=t, still=True) for t in (0.4, 9.0)]
    assert np.array_equal(*still)
    assert np.ptp(still[0][120, MIDDLE].astype(int), axis=0).max() > 40  # dashes


def head(image):
    """Column in the middle of where the band of light is brightest."""
    light = image[120, MIDDLE].astype(int).sum(axis=1)
    return round(np.flatnonzero(light >= light.max() - 3).mean())


def test_a_new_speed_moves_no_pulse_and_none_runs_backwards(stage):
    arrays = line(pulse=0.2)
    stage.scene(arrays)
    before = stage.picture(time=3.0)
    faster = arrays["channels"].copy()
    faster[:, 1] = 255
    stage.channels(faster, seconds=0.0)
    assert abs(head(stage.picture(time=3.0)) - head(before)) <= 1
    steps = [head(stage.picture(time=3.0 + 0.05 * k)) for k in range(6)]
    jumps = np.diff(steps)
    assert (jumps > 0).sum() >= 4  # onwards; it may leave at the right and come back at the left once
    assert (jumps < 0).sum() <= 1


def test_channels_move_to_their_new_values(stage):
    thin = thickness(shown(stage, line(half()), camera=CLOSE)).mean()
    assert stage.run(
        "(s, [channels], renderer) => { renderer.setChannels(Uint8Array.from(channels), 0.2); return renderer.busy; }",
        line(1.0)["channels"][0].tolist(),
    )
    thick = thickness(stage.picture(camera=CLOSE)).mean()
    assert not stage.run("(s, a, renderer) => renderer.busy")
    assert thin == pytest.approx(widest() / 2, abs=1)
    assert thick == pytest.approx(widest(), abs=1)
    assert thickness(shown(stage, line(1.0), camera=CLOSE)).mean() == thick


def test_a_tube_wider_than_the_sphere_at_its_end_ends_round(stage):
    arrays = line(1.0)
    arrays["positions"][:] *= 0.3
    near = {**CLOSE, "distance": 0.8}
    marked = ink(shown(stage, arrays, camera=near)) > 40
    half = widths(1)[1] * scale(near["distance"], SIZE["height"])
    rows, columns = np.indices(marked.shape) + 0.5
    along = np.abs(columns - SIZE["width"] / 2) - 0.24 * scale(near["distance"], SIZE["height"])
    beyond = np.hypot(rows - SIZE["height"] / 2, np.maximum(along, 0)) - half
    assert half > 12
    assert marked[(beyond < -0.1 * half)].all()  # an eighth of a circle is drawn straight
    assert not marked[beyond > 1].any()


def test_opposite_arteries_lie_side_by_side(stage):
    stage.scene(scene_of([[-0.8, 0, 0], [0.8, 0, 0]], [0, 1], [1, 0], 0.6))
    column = ink(stage.picture(camera={**stage.view["camera"], "pitch": 1.2}))[:, 180] > 40
    assert np.abs(np.diff(column.astype(int))).sum() == 4  # in, out, in, out


@pytest.mark.parametrize("radius", [0.2, 0.8])
def test_a_transfer_to_oneself_is_a_loop(stage, radius):
    arrays = scene_of([[0, 0, 0], [0.6, 0.2, 0]], [0], [0], radius)
    arrays["bend"] = bends(arrays["positions"], arrays["source"], arrays["target"], np.float32([radius]))
    image = shown(stage, arrays, camera=CLOSE)
    ground = ndimage.label(ink(image) <= 40)[0]
    assert sorted(np.bincount(ground.ravel())[1:])[-2] > 20  # besides what lies round it, it holds some ground


def test_picking_gives_what_lies_under_the_point(stage):
    stage.scene({**line(), "sizes": np.full(2, 128, np.uint8)})  # wider than a pixel, narrower than the artery
    stage.picture()
    assert stage.pick(180, 120) == {"kind": "edge", "row": 0}
    assert stage.pick(10, 10) is None
    assert stage.pick(-5, 500) is None
    x = stage.run("(s, [c]) => s.project(c, 360, 240, [0.8, 0, 0])[0]", stage.view["camera"])
    assert stage.pick(x, 120) == {"kind": "account", "row": 1}


def test_an_account_of_size_0_is_neither_drawn_nor_picked(stage):
    arrays = scene_of([[-0.8, 0, 0], [0.8, 0, 0], [0, 0.5, 0]], [0], [1], 0.2, sizes=1.0)
    with_it = ink(shown(stage, arrays))
    x, y = stage.run("(s, [c]) => s.project(c, 360, 240, [0, 0.5, 0]).slice(0, 2)", stage.view["camera"])
    assert stage.pick(x, y) == {"kind": "account", "row": 2}
    arrays["sizes"][2] = 0
    without = ink(shown(stage, arrays))
    around = slice(round(y) - 5, round(y) + 6), slice(round(x) - 5, round(x) + 6)
    assert with_it[around].max() > 40 > without[around].max()
    assert stage.pick(x, y) is None


def test_picking_gives_the_nearer_of_two(stage):
    arrays = scene_of([[-0.8, 0, -0.5], [0.8, 0, -0.5], [0, -0.6, 0.5], [0, 0.6, 0.5]], [0, 2], [1, 3], 1.0)
    arrays["bend"][:, :3] = 0
    shown(stage, arrays)
    across, upright = ({"kind": "edge", "row": row} for row in (0, 1))
    assert stage.pick(110, 120) == stage.pick(250, 120) == across
    assert stage.pick(180, 80) == stage.pick(180, 160) == upright
    assert stage.pick(180, 120) == upright  # it lies before the other there


def test_a_hairline_among_many_is_a_tube_where_it_is_chosen(stage):
    many = 2000
    positions = [[-0.8, 0, 0], [0.8, 0, 0], [0, 60, 0], [1, 60, 0]]
    source, target = ([one, *[other] * many] for one, other in ((0, 2), (1, 3)))
    arrays = scene_of(positions, source, target, [0.0, *[0.5] * many])
    before = ink(shown(stage, arrays))[:, MIDDLE].max(axis=0)
    stage.emphasis([4, *[1] * many], [0, 0, 0, 0])
    after = ink(stage.picture())[:, MIDDLE].max(axis=0)
    assert after.min() > 2 * before.max()


def test_emphasis_fades_the_others(stage):
    arrays = scene_of([[-0.8, 0.3, 0], [0.8, 0.3, 0], [-0.8, -0.3, 0], [0.8, -0.3, 0]], [0, 2], [1, 3], 0.95)
    arrays["bend"][:, :3] = 0
    plain = ink(shown(stage, arrays))[:, MIDDLE]
    stage.emphasis([1, 3], [0, 0, 0, 0])
    marked = ink(stage.picture())[:, MIDDLE]
    upper, lower = slice(0, 120), slice(120, 240)
    assert marked[upper].max() < 0.5 * plain[upper].max()
    assert (marked[lower] > 40).sum() > (plain[lower] > 40).sum()
    stage.emphasis([0, 0], [0, 0, 0, 0])
    assert np.array_equal(ink(stage.picture())[:, MIDDLE], plain)


HURRY = """async (s, [name, view], renderer) => {
  renderer.draw(view);  // the first in a hurry: no frame has been measured yet, so a fixed share is drawn
  const png = s.canvases.get(name).toDataURL().split(",")[1];
  return [png, await renderer.pick(view.width / 2, view.height / 2)];
}"""


def with_alert_in_front(arrays):
    """One more edge, the last: a weak alert across the picture, before all others."""
    n, alert = len(arrays["positions"]), line(0.0, alert=1.0)
    more = {
        "positions": np.array([[-0.9, 0, 0.9], [0.9, 0, 0.9]], np.float32),
        "sizes": np.zeros(2, np.uint8),
        "source": np.array([n], np.uint32),
        "target": np.array([n + 1], np.uint32),
        "bend": alert["bend"],
        "channels": alert["channels"],
    }
    return {key: np.concatenate([arrays[key], more[key]]) for key in arrays}


def test_a_hurried_picture_leaves_arteries_out_but_no_alert(stage):
    edges = 20_000
    arrays = tangle(edges=edges, alerts=0)
    arrays["channels"][:, 0] = 0  # faint ones: how many they are is seen
    stage.scene(with_alert_in_front(arrays))
    png, hit = stage.run(HURRY, stage.name, {**stage.view, "hurried": True})
    hurried, rest = image_of(png), stage.picture()
    assert ink(hurried).sum() < 0.8 * ink(rest).sum()
    assert hit == {"kind": "edge", "row": edges}
