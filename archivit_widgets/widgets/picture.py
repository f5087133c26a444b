"""The arteries of a still picture: channels become widths, inks, beads and dashes, as the page's shaders do it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import Camera
from ..frames.scene import F32, Scene, look
from .columns import Canvas, balls, controls, slanted, steps, tubes
from .raster import EDGE, paint

U8 = NDArray[np.uint8]
#: Steps of the value ramp, of fog and of a pulse's light: an ink for each combination.
RAMP, FOG, GLOW = 32, 16, 4
UNKNOWN, ALERT, ACCOUNT = RAMP, RAMP + 1, RAMP + 2
CROWD = 20_000


def rgb(color: str) -> F32:
    """(3,) float32 in 0..1 of "#rrggbb"."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def ramp(theme: str, fraction: F32) -> F32:
    """(..., 3) colours of a value's visual fraction 0..1: straight between the stops of the theme."""
    stops = np.array([rgb(color) for color in look()["colors"][theme]])
    at = np.clip(fraction, 0, 1) * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    part = (at - low)[..., None]
    return np.asarray(stops[low] * (1 - part) + stops[low + 1] * part, np.float32)


def make_inks(theme: str, shades: int) -> F32:
    """(inks, shades, 4) float32: every colour a column can have; ink = (color * FOG + fog) * GLOW + glow."""
    tones = look()["themes"][theme]
    ground = rgb(tones["background"])
    solid = [rgb(tones["unknown"]), rgb(look()["alert"]["color"]), rgb(tones["account"])]
    base = np.concatenate([ramp(theme, np.linspace(0, 1, RAMP, dtype=np.float32)), solid])
    glow = np.linspace(0, 1, GLOW, dtype=np.float32)[:, None]
    base = base[:, None] + (1 - base[:, None]) * 0.55 * glow
    lit = np.clip((np.linspace(0, 1, shades, dtype=np.float32) - EDGE) / (1 - EDGE), 0, 1)[:, None]
    edge = np.clip(np.linspace(0, 1, shades, dtype=np.float32) / EDGE, 0, 1)[:, None]
    color = np.minimum(base[:, :, None] * (0.42 + 0.72 * lit) + 0.3 * lit**18, 1)
    halo = ground * (0.86 if theme == "light" else 0.55)
    color = halo + edge * (color - halo)
    fog = np.linspace(0, 0.85, FOG, dtype=np.float32)[:, None, None, None]
    color = color[:, None] + fog * (ground - color[:, None])
    out = np.zeros((color.size // shades // 3, shades, 4), np.float32)
    out[..., :3] = color.reshape(-1, shades, 3)
    return out


def fog(depth: F32, camera: Camera) -> NDArray[np.int32]:
    """(n,) fog step of depths: clear in front, thickest behind the far side of the data."""
    far = np.clip((depth - np.float32(camera.distance - 0.8)) / np.float32(2.0), 0, 1)
    return (far * (FOG - 1) + np.float32(0.5)).astype(np.int32)


def arteries(scene: Scene, channels: U8, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of all arteries."""
    spec = look()
    thin, thick = spec["radius"]
    visual = channels.astype(np.float32) / 255
    radius = thin + (thick - thin) * visual[:, 0]
    crowd = min(1.0, (CROWD / max(len(channels), 1)) ** 0.5)
    out, edge, along = tubes(steps(controls(scene), radius * crowd, canvas, 14 / crowd), canvas)
    alarmed = channels[:, 3] >= 128
    bead = np.cos(along * np.float32(np.pi * spec["alert"]["beads"])) ** 2
    swell = 1 + np.float32(spec["alert"]["swell"] - 1) * bead
    out["radius"] = np.where(alarmed[edge], out["radius"] * swell + 0.4, out["radius"])
    out["halo"] = np.where(out["radius"] > 0.9, np.minimum(0.35 * out["radius"], 1.2), 0)
    slanted(out)
    color = np.where(channels[:, 2] == 0, UNKNOWN, np.rint((channels[:, 2] - 1.0) / 254 * (RAMP - 1)))
    color = np.where(alarmed, ALERT, color).astype(np.int32)
    phase = (scene.bend[:, 3].astype(np.float32) + 127) / 254
    length = np.float32(0.2)
    at = (along * 3 + phase[edge]) % 1
    glow = np.clip(1 - np.abs(at / length - 1), 0, 1) * visual[edge, 1]
    out["ink"] = (color[edge] * FOG + fog(out["depth"], canvas.camera)) * GLOW + np.rint(glow * (GLOW - 1)).astype(int)
    return out


def accounts(scene: Scene, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of all accounts."""
    small, large = look()["account"]
    columns, _ = balls(scene.positions, small + (large - small) * scene.sizes.astype(np.float32) / 255, canvas)
    columns["halo"] = np.minimum(0.35 * columns["radius"], 1.2)
    columns["ink"] = (ACCOUNT * FOG + fog(columns["depth"], canvas.camera)) * GLOW
    return slanted(columns)


def paint_scene(scene: Scene, channels: U8, canvas: Canvas, theme: str, shades: int = 32) -> U8:
    """(height, width, 3) uint8: arteries and accounts on the theme's ground, without text."""
    pixels = np.zeros((canvas.width * canvas.height, 4), np.float32)
    pixels[:, :3] = rgb(look()["themes"][theme]["background"])
    columns = np.concatenate([arteries(scene, channels, canvas), accounts(scene, canvas)])
    paint(pixels, columns, make_inks(theme, shades), float(canvas.light[2]))
    return (pixels[:, :3] * 255 + np.float32(0.5)).astype(np.uint8).reshape(canvas.height, canvas.width, 3)
