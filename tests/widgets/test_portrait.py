"""The still pictures inside a notebook keep to their bytes, whatever they show."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from archivit_widgets.frames.emphasis import emphasise
from archivit_widgets.frames.scene import Scene
from archivit_widgets.widgets import portrait
from archivit_widgets.widgets.portrait import _worth_drawing

NOBODY = np.empty(0, int)


def crowd(edges: int = 8_000, ghosts: int = 5) -> tuple[Scene, np.ndarray]:
    """More arteries than are told apart in a small picture, the ghosts thinner than all others."""
    rng = np.random.default_rng(0)
    source, target = rng.integers(0, 500, (2, edges))
    places = rng.normal(0, 0.5, (500, 3)).astype(np.float32)
    scene = Scene(
        places, np.ones(500, np.uint8), source, target, np.zeros((edges, 4), np.int8), labels=(), ghosts=ghosts
    )
    channels = np.zeros((edges, 4), np.uint8)
    channels[: edges - ghosts, 0] = rng.integers(1, 255, edges - ghosts)
    return scene, channels


def test_a_poster_of_noise_keeps_to_its_bytes() -> None:
    """Noise takes the most of all pictures."""
    noise = np.random.default_rng(0).integers(0, 256, (320, 640, 3), np.uint8)
    kind, data = portrait.poster(Image.fromarray(noise.repeat(2, 0).repeat(2, 1))).split(",")
    assert len(data) <= 16_000
    shown = Image.open(io.BytesIO(base64.b64decode(data)))
    assert f"data:image/{str(shown.format).lower()};base64" == kind
    assert shown.width == 2 * shown.height


def test_a_calm_poster_keeps_its_size() -> None:
    _, data = portrait.poster(Image.new("RGB", (640, 320), "white")).split(",")
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == portrait.POSTER


def test_of_very_many_arteries_those_that_are_meant_are_drawn_first() -> None:
    scene, channels = crowd()
    plain = _worth_drawing(scene, channels)
    assert 500 < len(plain) < 7_000
    assert set(range(7_995, 8_000)) <= set(plain.tolist())  # ghosts
    weakest = np.argsort(channels[:-5, 0], kind="stable")[:3]
    assert not set(weakest.tolist()) & set(plain.tolist())
    assert set(weakest.tolist()) <= set(_worth_drawing(scene, channels, emphasise(scene, weakest, NOBODY)).tolist())
    near = np.flatnonzero((scene.source == 7) | (scene.target == 7))
    assert set(near.tolist()) <= set(_worth_drawing(scene, channels, emphasise(scene, NOBODY, np.array([7]))).tolist())
    open_ = np.isin(np.arange(8_000), weakest)
    assert set(weakest.tolist()) <= set(
        _worth_drawing(scene, channels, emphasise(scene, NOBODY, NOBODY, open_)).tolist()
    )


def test_a_selection_of_everything_is_drawn_as_far_as_it_can_be_told() -> None:
    scene, channels = crowd(20_000)
    whole = _worth_drawing(scene, channels, emphasise(scene, np.arange(20_000), NOBODY))
    assert len(whole) == portrait.MOST_MEANT
