"""The arteries of a still picture: channels become widths, inks, beads and dashes, as the page's shaders do it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.scene import F32, Scene, crowd, look
from .columns import Canvas, balls, controls, joints, slanted, steps, tubes
from .raster import EDGE, paint

U8 = NDArray[np.uint8]
#: Steps of the value ramp, of fog and of a pulse's light: an ink for each combination.
RAMP, FOG, GLOW = 32, 16, 6
UNKNOWN, ALERT, ACCOUNT = RAMP, RAMP + 1, RAMP + 2


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


def make_inks(theme: str, shades: int) -> F32:
    """(inks, shades, 3) float32: every colour a column can have; ink = (color * FOG + fog) * GLOW + glow."""
    tones = look()["themes"][theme]
    ground, edge = rgb(tones["background"]), rgb(tones["edge"])
    solid = [rgb(tones["unknown"]), rgb(look()["alert"]["color"]), rgb(tones["account"])]
    base = np.concatenate([ramp(theme, np.linspace(0, 1, RAMP, dtype=np.float32)), solid])[:, None]
    base = base + 0.85 * np.linspace(0, 1, GLOW, dtype=np.float32)[:, None] * (rgb(tones["glow"]) - base)
    tone = np.linspace(0, 1, shades, dtype=np.float32)[:, None]
    lit, body = np.clip((tone - EDGE) / (1 - EDGE), 0, 1), np.clip(tone / EDGE, 0, 1)
    color = np.clip(base[:, :, None] * (0.62 + 0.46 * lit) + 0.22 * lit**10, 0, 1)
    color = edge + body * (color - edge)
    fog = np.linspace(0, look()["fog"], FOG, dtype=np.float32)[:, None, None, None]
    color = color[:, None] + fog * (ground - color[:, None])
    return np.asarray(color.reshape(-1, shades, 3), np.float32)


def fog(depth: F32, canvas: Canvas) -> NDArray[np.int32]:
    """(n,) fog step of depths: none before the near side of the data, most behind the far side."""
    near, far = canvas.camera.distance - 0.9, canvas.camera.distance + 1.1
    return np.asarray(np.rint(np.clip((depth - near) / (far - near), 0, 1) * (FOG - 1)), np.int32)


def between(ends: list[float], fraction: NDArray[Any]) -> F32:
    """Radius of a visual fraction: equal steps are equal ratios, as in the page."""
    low, high = ends
    return np.asarray(low * (high / low) ** fraction, np.float32)


def arteries(scene: Scene, channels: U8, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of all arteries."""
    spec = look()
    visual = channels.astype(np.float32) / np.float32(255)
    alarmed = channels[:, 3] >= 128
    swell = np.where(alarmed, spec["alert"]["swell"], 1)
    radius = between(spec["radius"], visual[:, 0]) * swell * np.float32(crowd(len(channels)))
    points, length = controls(scene)
    way = steps(points, np.asarray(radius, np.float32), canvas)
    parts = zip(tubes(way, canvas), joints(way, canvas), strict=True)
    out, edge, along = (np.concatenate(pair) for pair in parts)

    beads = np.maximum(np.rint(length / np.maximum(spec["alert"]["pitch"], 2.4 * radius)), 1).astype(np.float32)
    out["radius"] *= np.where(alarmed[edge], string_of_beads(along, beads[edge]), 1)
    out["dim"] = 1 - 0.3 * np.exp2(-24 * np.minimum(along, 1 - along))
    color = np.where(channels[:, 2] == 0, UNKNOWN, np.rint((channels[:, 2] - 1.0) / 254 * (RAMP - 1)))
    color = np.where(alarmed, ALERT, color).astype(np.int32)
    light = dashes(scene, visual, length, edge, along) * ~alarmed[edge]  # beads are pattern enough
    dash = np.rint(light * (GLOW - 1)).astype(np.int32)
    out["ink"] = (color[edge] * FOG + fog(out["depth"], canvas)) * GLOW + dash
    return slanted(out)


def dashes(scene: Scene, visual: F32, length: F32, edge: NDArray[Any], along: F32) -> F32:
    """(n,) light of the pulses, standing: sharp head towards the target, long tail; the faster, the brighter."""
    pulse = look()["pulse"]
    phase = (scene.bend[:, 3].astype(np.float32) + 127) / 254
    count = np.maximum(np.rint(length / pulse["spacing"]), 1).astype(np.float32)
    low, high = pulse["length"]
    glow = low + (high - low) * visual[:, 0]
    return np.asarray(tail_of_light(phase[edge] - along * count[edge], glow[edge]) * visual[edge, 1], np.float32)


def tail_of_light(behind: F32, length: F32 | np.float32) -> F32:
    """Light of a pulse at a distance behind its head, both in spacings of pulses; ``pulse_at`` in artery.wgsl."""
    tail = np.clip(1 - behind % 1 / length, 0, 1)
    return np.asarray(tail * (2 - tail), np.float32)


def string_of_beads(along: F32, beads: F32 | np.float32) -> F32:
    """Radius of an alert against its largest: between two beads the tube is a thread; ``bead`` in artery.wgsl."""
    return np.asarray(0.32 + 0.68 * np.sqrt(np.abs(np.sin(np.pi * along * beads))), np.float32)


def accounts(scene: Scene, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of all accounts, as much nearer to the eye as the page draws them: arteries end inside."""
    radius = between(look()["account"], scene.sizes.astype(np.float32) / 255) * np.float32(crowd(len(scene.source)))
    x, y, depth = project(scene.positions, canvas.camera, canvas.width, canvas.height)
    columns, _ = balls(x, y, depth - np.float32(0.8) * radius, radius * scale(depth, canvas.height), canvas)
    columns["ink"] = (ACCOUNT * FOG + fog(columns["depth"], canvas)) * GLOW
    return slanted(columns)


def paint_scene(scene: Scene, channels: U8, canvas: Canvas, theme: str, shades: int = 24) -> U8:
    """(height, width, 3) uint8: arteries and accounts on the theme's ground, without text."""
    return painted(np.concatenate([arteries(scene, channels, canvas), accounts(scene, canvas)]), canvas, theme, shades)


def painted(columns: NDArray[Any], canvas: Canvas, theme: str, shades: int = 24) -> U8:
    """(height, width, 3) uint8: columns on the theme's ground."""
    ground = rgb(look()["themes"][theme]["background"])
    pixels = paint(columns, make_inks(theme, shades), ground, canvas.width * canvas.height)
    pixels *= 255
    pixels += np.float32(0.5)
    return pixels.astype(np.uint8).reshape(canvas.height, canvas.width, 3)
