"""Ghosts are dashed in both backends and in the kernel, at any radius, and alike."""

import numpy as np
import pytest

from archivit_widgets.frames.camera import Camera
from archivit_widgets.frames.scene import Scene, look
from archivit_widgets.widgets.static import draw

from ..widgets.test_ghosts import pieces_of
from .stage import SIZE, Stage, inked, line, open_page, scene_of, tangle
from .test_backends import KERNEL_MEAN, apart, assert_alike, assert_unlike, ground, shown

THEMES = [{}, {"theme": {"dark": True, "background": ground("dark")}}]
CLOSE = {"yaw": 2.0, "pitch": -0.4, "distance": 0.9, "target": [0.1, 0.0, 0.2]}
GHOSTS = 24
#: A dashed artery has more borders than a whole one, and a ghost is wide enough to be seen, over all else: borders are
#: what the kernel draws otherwise. Drawn as no ghosts at all they are more than twice as far off.
MORE_BORDERS = 2.0


@pytest.fixture(scope="module")
def both():
    """The same stage twice on one page: WebGPU and WebGL2."""
    with open_page(webgpu=True) as page:
        stages = [Stage(page, backend, backend, **SIZE) for backend in ("webgpu", "webgl2")]
        for stage in stages:
            stage.open()
        shown(stages, haunted())
        yield stages


def haunted(ghosts=GHOSTS):
    """A tangle of which the last are ghosts, from the thinnest to the thickest, some of them alerts."""
    arrays, rng = tangle(), np.random.default_rng(3)
    channels = arrays["channels"]
    channels[-GHOSTS:, 0] = np.linspace(0, 255, GHOSTS)
    channels[-GHOSTS : -GHOSTS // 2, 1:3] = 0
    channels[-2:, 3] = 255
    channels[:, 1] = np.where(rng.random(len(channels)) < 0.5, 0, channels[:, 1])
    arrays["ghosts"] = np.array([ghosts], np.uint32)
    return arrays


@pytest.mark.parametrize(
    "view", [*THEMES, {"scale": 2}, {"camera": {"yaw": 2.0, "pitch": -0.4, "distance": 0.9, "target": [0.1, 0.0, 0.2]}}]
)
def test_both_backends_draw_the_same_ghosts(both, view):
    paper = np.rint(255 * np.array(view.get("theme", {"background": [1, 1, 1]})["background"]))
    pictures = shown(both, haunted(), **view)
    assert_alike(*pictures, paper)
    if not view:
        assert_unlike(pictures[0], shown(both, haunted(ghosts=0))[1])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_kernel_draws_the_ghosts_that_the_page_draws(both, theme):
    view = {"theme": {"dark": theme == "dark", "background": ground(theme)}, "still": True}
    arrays = haunted()
    page, _ = shown(both, arrays, **view)
    eye = Camera.of(both[0].view["camera"])

    def off(ghosts):
        scene = Scene(*(arrays[part] for part in ("positions", "sizes", "source", "target", "bend")), ghosts=ghosts)
        kernel = np.asarray(draw(scene, arrays["channels"], camera=eye, theme=theme, **SIZE))
        return apart(page, kernel, 255 * np.array(ground(theme)), blur=True)[0]

    assert off(GHOSTS) <= KERNEL_MEAN + MORE_BORDERS < off(0)


def pieces(image):
    across = (np.abs(image.astype(int) - image[2, 2]).max(axis=2) > 40).any(axis=0)
    return pieces_of(across)


@pytest.mark.parametrize("view", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize(("radius", "color"), [(0.0, 0.0), (0.3, 0.5), (0.7, 0.5), (1.0, 1.0)])
def test_a_ghost_is_dashed_however_thick(both, radius, color, view):
    whole = line(radius, color=color)
    whole["channels"][0, 2] *= color > 0
    dashed = {**whole, "ghosts": np.array([1], np.uint32)}
    dashes = 0.75 * 1.6 / look()["ghost"]["pitch"]
    for stage in both:
        stage.scene(whole)
        stage.view["camera"] = {"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0]}
        assert pieces(stage.picture(scale=2, **view)) == 1
        stage.scene(dashed)
        assert 0.75 * dashes < pieces(stage.picture(scale=2, **view)) < 1.4 * dashes


def test_a_ghost_grows_with_frames_and_stays_dashed(both):
    thin = {**line(0.0), "ghosts": np.array([1], np.uint32)}
    for stage in both:
        stage.scene(thin)
        before = inked(stage.picture(scale=2)).sum()
        stage.channels([[255, 0, 200, 0]])
        after = stage.picture(scale=2)
        assert inked(after).sum() > 2 * before > 0
        assert pieces(after) > 5


def test_a_ghost_is_found_between_its_dashes_too(both):
    arrays = {**line(0.8), "ghosts": np.array([1], np.uint32)}
    for stage in both:
        stage.scene(arrays)
        picture = stage.picture(camera={"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0]})
        middle = picture.shape[0] // 2
        columns = range(picture.shape[1] // 4, 3 * picture.shape[1] // 4, 3)
        assert not inked(picture)[middle, list(columns)].all()
        assert all(stage.pick(column, middle) == {"kind": "edge", "row": 0} for column in columns)


def test_a_ghost_is_drawn_over_what_is_recorded(both):
    """It lies behind a thick tube, and its ink is seen before it."""
    places = [[0, -0.5, 0.5], [0, 0.5, 0.5], [-0.9, 0, -0.5], [0.9, 0, -0.5]]
    arrays = scene_of(places, [0, 2], [1, 3], [1, 0], [0, 0], [0.5, 0], [0, 0])
    arrays["bend"][:, :3] = 0
    arrays["channels"][1, 2] = 0
    arrays["ghosts"] = np.array([1], np.uint32)
    for stage in both:
        stage.scene(arrays)
        picture = stage.picture(scale=2, camera={"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0]}).astype(int)
        high, wide = (size // 2 for size in picture.shape[:2])
        middle = picture[high - 20 : high + 20, wide - 6 : wide + 6]
        assert (middle[..., 2] > middle[..., 0] + 60).any()  # the tube's blue
        assert (middle[..., 0] > middle[..., 2] + 60).any()  # and orange before it
