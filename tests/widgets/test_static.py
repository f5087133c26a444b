"""The still picture: what is drawn where, in every odd case, and within its bytes."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from archivit_widgets.frames.camera import Camera, project, scale
from archivit_widgets.frames.scene import Scene, bends, look, middles, radii, thickness
from archivit_widgets.widgets import portrait, static
from archivit_widgets.widgets.inks import rgb
from archivit_widgets.widgets.static import SMALL_BYTES, draw, png
from archivit_widgets.widgets.strips import arc_share, controls, of_share, unevenness

FRONT = Camera(0.0, 0.0, 3.0)
CALM = [200, 0, 128, 0]


def scene_of(positions, source, target, labels=(), straight=True, size=0):
    positions = np.asarray(positions, np.float32).reshape(-1, 3)
    source, target = np.asarray(source, np.uint16), np.asarray(target, np.uint16)
    bend = bends(positions, source, target)
    if straight:
        bend[source != target, :3] = 0
    return Scene(positions, np.full(len(positions), size, np.uint8), source, target, bend, tuple(labels))


def pixels(scene, channels, camera=FRONT, **options):
    channels = np.asarray(channels, np.uint8).reshape(-1, 4)
    return np.asarray(draw(scene, channels, camera=camera, width=400, height=200, **options), np.float32) / 255


def inked(image, theme="light"):
    return np.abs(image - rgb(look()["themes"][theme]["background"])).max(axis=2) > 0.1


def random_scene(edges, accounts=200, seed=0):
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, 0.5, (accounts, 3))
    source, target = rng.integers(0, accounts, (2, edges))
    return scene_of(positions, source, target, straight=False), rng.integers(0, 256, (edges, 4), dtype=np.uint8)


LINE = scene_of([[-0.8, 0, 0], [0.8, 0, 0]], [0], [1])


def width_at(image, column):
    return inked(image)[:, column].sum()


def test_a_larger_radius_is_wider():
    thin, thick = (width_at(pixels(LINE, [[r, 0, 128, 0]]), 200) for r in (190, 250))
    assert 2 <= thin < thick


def test_a_hairline_is_faint_and_whole():
    faint, strong = (1 - pixels(LINE, [[r, 0, 254, 0]])[:, 130:270].min(axis=(0, 2)) for r in (0, 250))
    assert faint.min() > 0.01  # without gaps
    assert faint.max() < strong.min() / 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_threads_are_seen_through_and_need_no_order(theme):
    ends = [[-0.8, 0, 0], [0.8, 0, 0], [0, -0.4, 0.2], [0, 0.4, 0.2]]
    both = [
        pixels(scene_of(ends, s, t), [[90, 0, 200, 0]] * 2, theme=theme)
        for s, t in (([0, 2], [1, 3]), ([2, 0], [3, 1]))
    ]
    assert np.allclose(*both, atol=1 / 255)
    ground = rgb(look()["themes"][theme]["background"])
    crossed, alone = (np.abs(both[0][99:101, x] - ground).max() for x in (200, 150))
    assert crossed > 1.3 * alone


def test_a_thread_behind_a_tube_is_hidden():
    ends = [[-0.8, 0, 0.3], [0.8, 0, 0.3], [0, -0.4, -0.3], [0, 0.4, -0.3]]
    scene = scene_of(ends, [0, 2], [1, 3])
    tube, thread = [250, 0, 200, 0], [90, 0, 1, 0]
    hidden, alone = pixels(scene, [tube, thread]), pixels(scene, [tube, [0, 0, 1, 0]])
    assert np.allclose(hidden[100, 195:205], alone[100, 195:205], atol=2 / 255)


def test_an_alert_is_red_and_beaded():
    image = pixels(LINE, [[250, 0, 128, 255]])
    red = (image[..., 0] > image[..., 1] + 0.2) & (image[..., 0] > image[..., 2] + 0.2)
    across = red.sum(axis=0)[130:270]
    calm = pixels(LINE, [[250, 0, 128, 0]])
    assert across.max() > 2 * max(across.min(), 1)  # beads on a thread
    assert np.ptp(inked(calm).sum(axis=0)[130:270]) <= 1  # a calm one is even


def test_an_alert_is_thicker_than_a_calm_artery_and_begins_at_a_half():
    def widest(alert):
        return inked(pixels(LINE, [[230, 0, 128, alert]]))[:, 130:270].sum(axis=0).max()

    assert widest(128) > 1.4 * widest(127)
    assert widest(127) == widest(0)


def test_color_follows_the_value_and_unknown_is_neutral():
    low, high, unknown = (pixels(LINE, [[250, 0, c, 0]])[100, 200] for c in (1, 255, 0))
    assert np.abs(low - high).max() > 0.3
    assert np.ptp(unknown) < 0.12


def test_a_pulse_leaves_dashes_that_grow_with_speed():
    still, quick = (np.ptp(pixels(LINE, [[250, p, 128, 0]])[100, 120:280], axis=0).max() for p in (0, 255))
    assert quick > still + 0.15


@pytest.mark.parametrize("rise", [-0.24, 0.0, 0.1, 0.24, 0.6])
def test_bands_of_light_lie_across_a_thick_tube_however_it_slants(rise):
    near = Camera(0.0, 0.0, 1.0 + 2 * abs(rise))
    scene = scene_of([[-0.3, -rise, 0], [0.3, rise, 0]], [0], [1])
    scene.bend[0, 3] = 60  # the band lies in the middle
    options = {"width": 1200, "height": 600, "camera": near}
    lit, calm = (np.asarray(draw(scene, np.array([[255, p, 128, 0]], np.uint8), **options), float) for p in (255, 0))
    light = np.abs(lit - calm).max(axis=2)
    share = np.linspace(0.05, 0.95, 200)
    axis = (2 * share - 1)[:, None] * [0.3, rise, 0]
    side = 0.5 * thickness(np.float32(1), 1) * np.array([-rise, 0.3, 0]) / np.hypot(rise, 0.3)
    middles = []
    for places in (axis + side, axis - side):
        x, y, _ = project(places.astype(np.float32), near, 1200, 600)
        found = light[y.astype(int), x.astype(int)]
        assert found.max() > 60
        middles.append((share * found).sum() / found.sum())
    assert abs(middles[0] - middles[1]) < 0.006


def test_light_fades_without_steps_in_a_large_picture():
    scene = scene_of([[-0.5, 0, 0], [0.5, 0, 0]], [0], [1], size=255)
    scene.bend[0, 3] = 60
    channels = np.array([[255, 255, 128, 0]], np.uint8)
    image = np.asarray(draw(scene, channels, width=1600, height=900, camera=Camera(0.0, 0.0, 1.5)), int)
    band = image[450, 500:1000]  # its tail: the head is sharp
    assert np.ptp(band.sum(axis=1)) > 150
    assert np.abs(np.diff(band, axis=0)).max() <= 4
    sphere = image[440:490, 310]
    assert np.ptp(sphere.sum(axis=1)) > 80
    assert np.abs(np.diff(sphere, axis=0)).max() <= 4


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_nearer_artery_is_in_front_whatever_its_row(order):
    ends = np.array([[-0.5, 0, 0.5], [0.5, 0, 0.5], [0, -0.4, -0.5], [0, 0.4, -0.5]])
    scene = scene_of(ends, np.array([0, 2])[order], np.array([1, 3])[order])
    image = pixels(scene, np.array([[250, 0, 255, 0], [250, 0, 1, 0]])[order])
    near, far = pixels(LINE, [[250, 0, 255, 0]])[100, 200], pixels(LINE, [[250, 0, 1, 0]])[100, 200]
    middle = image[100, 200]
    assert np.abs(middle - near).sum() < np.abs(middle - far).sum()


def test_a_small_sphere_before_an_artery_is_no_hole():
    x = np.linspace(-0.5, 0.5, 40)
    spheres = np.stack([x, 0.02 * np.sin(9 * x), np.full(40, 0.2)], axis=1)
    image = pixels(scene_of([[-0.8, 0, 0], [0.8, 0, 0], *spheres], [0], [1]), [[255, 0, 255, 0]])
    assert inked(image)[97:103, 140:260].all()
    assert image[97:103, 140:260].min(axis=2).max() < 0.7  # no paper shines through


def test_a_bead_behind_an_artery_is_hidden():
    """However near: a bead lies no deeper than wide before its string."""
    ends = [[-0.8, 0, 0], [0.8, 0, 0], [0, -0.4, 0.02], [0, 0.4, 0.02]]
    image = pixels(scene_of(ends, [0, 2], [1, 3]), [[250, 0, 128, 255], [250, 0, 255, 0]])
    red = image[..., 0] > image[..., 2] + 0.1
    assert red[100, 150]
    assert not red[95:105, 198:203].any()


@pytest.mark.parametrize("turn", [False, True], ids=["bent", "loop"])
def test_pulses_and_beads_keep_their_pace_along_a_curve(turn):
    scene = scene_of([[-0.8, 0, 0], [0.8, 0, 0]], [0], [0 if turn else 1], size=200)
    scene.bend[0, :3] = 0, 60, 20
    points, _ = controls(scene)
    uneven = unevenness(points)
    t = np.linspace(0, 1, 2001)[:, None]
    u = 1 - t
    a, b, c, d = points[0]
    way = np.linalg.norm(np.diff(u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d, axis=0), axis=1)
    true = np.append(0, np.cumsum(way)) / way.sum()
    share = arc_share(t[:, 0].astype(np.float32), uneven)
    assert np.abs(share - true).max() < 0.5 * np.abs(t[:, 0] - true).max()
    assert np.allclose(of_share(share, uneven), t[:, 0], atol=0.01)


def test_an_artery_and_its_reverse_do_not_cover_each_other():
    scene = scene_of([[-0.8, 0, 0], [0.8, 0, 0]], [0, 1], [1, 0], straight=False)
    column = inked(pixels(scene, [CALM, CALM]))[:, 200]
    assert np.count_nonzero(np.diff(column.astype(int)) == 1) == 2


@pytest.mark.parametrize("size", [0, 128, 255])
def test_a_loop_comes_out_of_its_sphere_however_large(size):
    sizes = np.full(2, size, np.uint8)
    radius = radii(sizes, 1)
    positions = np.array([[0.4, 0.4, 0], [-0.4, -0.4, 0]], np.float32)
    bend = bends(positions, np.array([0]), np.array([0]), radius=radius)
    scene = Scene(positions, sizes, np.array([0], np.uint16), np.array([0], np.uint16), bend)
    way = middles(scene)[0] - positions[0]
    assert np.linalg.norm(way) > 1.4 * radius[0]
    assert np.linalg.norm(way) < 0.25


@pytest.mark.parametrize("weight", [0.0, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("flat", [True, False])
def test_a_loop_has_room_to_turn_however_thick(weight, flat):
    positions = np.array([[0.4, 0.4, 0 if flat else 0.3]], np.float32)
    one = np.zeros(1, np.uint16)
    bend = bends(positions, one, one, np.array([weight], np.float32))
    curve, _ = controls(Scene(positions, np.zeros(1, np.uint8), one, one, bend))
    a, b, c, d = curve[0].astype(float)
    t = np.linspace(0, 1, 401)[:, None]
    speed = 3 * (1 - t) ** 2 * (b - a) + 6 * (1 - t) * t * (c - b) + 3 * t**2 * (d - c)
    change = 6 * (1 - t) * (c - 2 * b + a) + 6 * t * (d - 2 * c + b)
    turn = np.linalg.norm(speed, axis=1) ** 3 / np.linalg.norm(np.cross(speed, change), axis=1)
    assert turn.min() > thickness(np.float32(weight), 1)


def test_a_transfer_to_oneself_is_a_loop():
    places, near = [[0.2, 0.1, 0.0], [0.5, 0.5, 0.0]], Camera(0.0, 0.0, 0.8, (0.2, 0.1, 0.0))
    loop = inked(pixels(scene_of(places, [0], [0]), [[190, 0, 255, 0]], near))
    bare = inked(pixels(scene_of(places, [], []), [], near))
    rows, columns = np.nonzero(loop & ~bare)
    assert min(np.ptp(rows), np.ptp(columns)) > 8  # it goes round, in the plane of the picture


LOOP = [[0.2, 0.1, 0.0]], [0], [0]
ASLANT = [[-0.12, -0.2, 0.0], [0.47, 0.4, 0.0]], [0], [1]  # from columns to rows half-way


@pytest.mark.parametrize(
    ("ends", "roll"), [(LOOP, 0.0), (LOOP, 0.5), (LOOP, 1.1), (ASLANT, 0.0), (ASLANT, 0.05), (ASLANT, 0.1)]
)
def test_a_thick_artery_that_turns_has_no_corners(ends, roll):
    """All that is drawn of it lies within its radius of its axis, and all of that is drawn."""
    camera = Camera(roll, 0.0, 0.8, (0.2, 0.1, 0.0))
    scene = scene_of(*ends, straight=False)
    if ends is ASLANT:
        scene.bend[:, :3] = [[2, -2, 0]]  # so slightly that steps are long
    image = pixels(scene, [[255, 0, 255, 0]], camera)
    curve, _ = controls(scene)
    t = np.linspace(0, 1, 2001)[:, None]
    a, b, c, d = curve[0].astype(float)
    way = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    x, y, depth = project(way, camera, 400, 200)
    radius = thickness(np.float32(1), 1) * scale(depth, 200)
    rows, columns = np.indices((200, 400)) + 0.5
    beside = np.full((200, 400), np.inf)
    for at_x, at_y, r in zip(x, y, radius, strict=True):
        beside = np.minimum(beside, np.hypot(columns - at_x, rows - at_y) - r)
    assert radius.max() > 10
    assert not (inked(image) & (beside > 1.2)).any()
    assert inked(image)[beside < -1.2].all()


@pytest.mark.parametrize("accounts", [0, 1, 3])
def test_a_graph_without_edges_is_drawn(accounts):
    scene = scene_of(np.zeros((accounts, 3)), [], [])
    image = draw(scene, np.empty((0, 4), np.uint8), width=400, height=200)
    assert image.size == (400, 200)
    words = inked(np.asarray(image) / 255)[90:110, 80:320]  # that there is nothing to show
    assert words.any(axis=0).mean() > 0.5


def test_the_ground_is_the_themes():
    for theme in ("light", "dark"):
        ground = rgb(look()["themes"][theme]["background"])
        assert np.allclose(pixels(LINE, [CALM], theme=theme)[2, 2], ground, atol=1 / 255)


def test_what_stands_behind_the_eye_or_far_beside_it_does_no_harm():
    scene = scene_of([[0, 0, 9], [0, 0, -9], [900, 3, 0], [0.1, 0, 3.0]], [0, 1, 2, 3], [1, 2, 3, 0])
    pixels(scene, [[255, 255, 255, 255]] * 4)


def test_the_same_data_gives_the_same_bytes_within_their_limit():
    scene, channels = random_scene(3000)
    first, again = (png(draw(scene, channels), SMALL_BYTES) for _ in range(2))
    assert first == again
    assert len(first) <= SMALL_BYTES
    assert (
        Image.open(io.BytesIO(first)).width >= 500
    )  # a tangle at random packs worst of all; see test_arteries for a market


def test_few_colours_still_show_the_alert():
    scene, channels = random_scene(3000)
    channels[:, 3] = 0
    channels[:3, 3] = 255
    image = np.asarray(Image.open(io.BytesIO(png(draw(scene, channels), SMALL_BYTES))).convert("RGB"), int)
    assert ((image[..., 0] > 150) & (image[..., 1] < 110) & (image[..., 2] < 120)).any()


@pytest.mark.parametrize("ground", [255, 17])
def test_few_colours_keep_the_ground(monkeypatch, ground):
    """However the palette falls: what is faint beside it does not tint it."""
    monkeypatch.setattr(static, "COLORS", 2)
    image = np.full((320, 640, 3), ground, np.uint8)
    image[6:] = abs(ground - np.random.default_rng(0).integers(7, 60, (314, 640, 1)))
    small = np.asarray(static.in_few_colors(Image.fromarray(image)).convert("RGB"))
    assert np.all(small[:4] == ground)


def test_a_portrait_says_what_it_leaves_out(monkeypatch):
    said = []
    monkeypatch.setattr(portrait.static, "draw", lambda *_, note, **__: said.append(note))
    few, many = random_scene(500), random_scene(9000)
    for scene, channels in (few, many):
        channels[:, 3] = 0
        portrait.portray(scene, channels, [], None, "")
    assert said[0] == ""
    number = int(re.fullmatch("the strongest ([0-9,]+) of 9,000 arteries", said[1])[1].replace(",", ""))
    assert 1000 < number < 9000


def test_a_note_stands_in_the_lower_right_corner():
    noted, bare = (np.asarray(draw(LINE, np.array([CALM], np.uint8), note=note)) for note in ("of 9,000 arteries", ""))
    rows, columns = np.nonzero((noted != bare).any(axis=2))
    assert rows.min() > 290
    assert columns.min() > 450


def test_a_crowd_is_drawn():
    scene, channels = random_scene(30_000, accounts=3000)
    assert inked(np.asarray(draw(scene, channels), np.float32) / 255).mean() > 0.1
