"""The still pictures inside a notebook keep to their bytes, whatever they show."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from archivit_widgets.widgets import portrait


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
