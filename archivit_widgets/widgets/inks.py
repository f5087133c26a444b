"""What a still picture is painted with: colours by value, fog and light, and the layers that things lie in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.emphasis import FADED, SELECTED
from ..frames.scene import F32, look
from .raster import EDGE
from .strips import Canvas

U8 = NDArray[np.uint8]
#: Steps of the value ramp, of fog and of a pulse's light: an ink for each combination, of which a picture uses some.
RAMP, FOG, GLOW = 32, 48, 64
UNKNOWN, ALERT, ACCOUNT, GHOST, MEANT = (RAMP + k for k in range(5))
COLORS = MEANT + 1
#: By emphasis: how much is hidden at least, and the layer of depths. As in view.wgsl.
HIDDEN = np.array([0, 0.8, 0.5, 0, 0], np.float32)
LAYERS = np.array([0, 2, 1, 0, 0], np.float32)
#: How far behind the middle what is told apart lies, in units of the scene.
BEYOND = 4.0


def ground_of(theme: str) -> F32:
    """(3,) colour where nothing is."""
    return rgb(look()["themes"][theme]["background"])


def rgb(color: str) -> F32:
    """(3,) float32 in 0..1 of "#rrggbb"."""
    return np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def ramp(theme: str, fraction: F32) -> F32:
    """(..., 3) colours of a value's visual fraction 0..1: straight between the stops of the theme."""
    stops = np.array([rgb(color) for color in look()["colors"][theme]])
    at = np.clip(fraction, 0, 1) * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    part = (at - low)[..., None]
    return np.asarray(stops[low] * (1 - part) + stops[low + 1] * part, np.float32)


def base_colors(theme: str) -> F32:
    """(COLORS, 3): the ramp, unknown, alert, account, ghost, selected account."""
    tones = look()["themes"][theme]
    others = [tones["unknown"], look()["alert"]["color"], tones["account"], tones["ghost"], tones["selected"]]
    return np.concatenate([ramp(theme, np.linspace(0, 1, RAMP, dtype=np.float32)), [rgb(color) for color in others]])


def make_inks(columns: NDArray[Any], theme: str, shades: int) -> F32:
    """Make the inks that columns use, and number these anew, in place.

    Returns
    -------
    (inks, shades, 3) float32; before, ink = (color * FOG + fog) * GLOW + glow.
    """
    used = np.zeros(COLORS * FOG * GLOW, bool)
    used[columns["ink"]] = True
    columns["ink"] = (np.cumsum(used, dtype=np.int32) - 1)[columns["ink"]]
    color, fog, glow = (part[:, None, None] for part in np.unravel_index(np.flatnonzero(used), (COLORS, FOG, GLOW)))
    tones = look()["themes"][theme]
    ground, edge = ground_of(theme), rgb(tones["edge"])
    base = base_colors(theme)[color[:, 0]]
    base = base + (glow / np.float32(GLOW - 1)) * (rgb(tones["glow"]) - base)
    tone = np.linspace(0, 1, shades, dtype=np.float32)[:, None]
    lit, body = np.clip((tone - EDGE) / (1 - EDGE), 0, 1), np.clip(tone / EDGE, 0, 1)
    full = edge + body * (np.clip(base * (0.62 + 0.48 * lit) + 0.25 * lit**10, 0, 1) - edge)
    return np.asarray(full + fog * np.float32(look()["fog"]["most"] / (FOG - 1)) * (ground - full), np.float32)


def haze(depth: F32, canvas: Canvas, mark: U8) -> F32:
    """(n,) share 0..1 that fog hides: nothing before the near side of the data, most behind the far side.

    What is not meant stands in much of it wherever it lies; what is meant in hardly any: ``hidden_at`` in view.wgsl.
    """
    near, far = canvas.camera.distance - 0.7, canvas.camera.distance + 1.0
    fog = canvas.fog * np.clip((depth - near) / (far - near), 0, 1)
    return np.asarray(np.where(mark >= SELECTED, 0.4 * fog, np.maximum(fog, HIDDEN[mark])), np.float32)


def layered(columns: NDArray[Any], mark: U8, canvas: Canvas, ghost: NDArray[np.bool_] | None = None) -> NDArray[Any]:
    """Columns with their depths as shares: what is meant lies in the foremost, what is not in the last of three layers.

    Ghosts lie before all else of a layer. ``layered`` in view.wgsl.
    """
    share = columns["depth"] / np.float32(canvas.camera.distance + BEYOND)
    if ghost is not None:
        share *= np.where(ghost, np.float32(look()["ghost"]["depth"]), np.float32(1))
    columns["depth"] = np.minimum(share, 1) + LAYERS[mark]
    return columns


def ink_of(
    color: NDArray[np.int32], depth: F32, glow: F32 | float, canvas: Canvas, mark: U8 | None = None
) -> NDArray[np.int32]:
    """(n,) inks, see `make_inks`; fog hides less of an alert, but of one that fades."""
    mark = np.zeros(len(color), np.uint8) if mark is None else mark
    clear = np.where((color == ALERT) & (mark != FADED), np.float32(look()["alert"]["fog"]), np.float32(1))
    hidden = haze(depth, canvas, mark) * clear / np.float32(look()["fog"]["most"])
    fog: NDArray[np.int32] = np.rint(hidden * (FOG - 1)).astype(np.int32)
    return (color * FOG + fog) * GLOW + np.rint(glow * np.float32(GLOW - 1)).astype(np.int32)
