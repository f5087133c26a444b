"""Styles of the generator that are drawn with a pen; those painted pixel by pixel are in `fields`.

Each style draws on a square of `side` pixels, which is made smaller afterwards, with `many` small or few large shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .palettes import Palette, as_ink

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Rng = np.random.Generator
Floats = NDArray[np.floating[Any]]
Plane = Callable[[Floats, Floats], Floats]


def flow_field(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw strokes that follow a smooth field of directions (after Hobbs, Fidenza)."""
    image, draw = _sheet(side, palette)
    strokes, thick, steps = (700, 0.011, 26) if many else (150, 0.034, 34)
    turn = smooth(rng, 3, 1.6)
    lean = rng.uniform(0, 2 * np.pi)
    at = rng.uniform(-0.15, 1.15, (strokes, 2))
    line = [at]
    for _ in range(steps):
        angle = lean + 2.2 * turn(line[-1][:, 0], line[-1][:, 1])
        line.append(line[-1] + 0.012 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    paths = np.stack(line, axis=1) * side
    hue = np.clip(0.5 + 0.35 * turn(at[:, 1], at[:, 0]) + rng.normal(0, 0.16, strokes), 0, 1)
    colours = palette.blend(hue.astype(np.float32))
    for path, colour, weight in zip(paths, colours, rng.uniform(0.45, 1.15, strokes), strict=True):
        _stroke(draw, path, as_ink(colour), thick * weight * side)
    return image


def hills(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw ridges, one before the other, under a sun."""
    from PIL import Image, ImageDraw

    depth = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    glow = 0.55 * palette.inks[0] + 0.45 * palette.ground
    sky = np.broadcast_to(palette.ground * (1 - depth) + glow * depth, (side, side, 3))
    image = Image.fromarray(np.rint(sky).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y, r = rng.uniform(0.2, 0.8), rng.uniform(0.16, 0.36), rng.uniform(0.07, 0.13)
    _disc(draw, x * side, y * side, r * side, palette.ink(1))
    ridges = 11 if many else 4
    across = np.linspace(0, 1, 240)
    rough, high = (2.6, 0.05) if many else (1.3, 0.13)
    for number in range(ridges):
        near = (number + 1) / ridges
        top = 0.42 + 0.5 * number / ridges + high * (1.2 - near * 0.5) * smooth(rng, 5, rough)(across, 0 * across)
        points = [(0.0, float(side)), *zip(across * side, top * side, strict=True), (float(side), float(side))]
        mist = palette.inks[2] * near + glow * (1 - near)
        draw.polygon([(float(a), float(b)) for a, b in points], as_ink(0.86 * mist + 0.14 * palette.inks[3]))
    return image


def circles(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw rings in squares (after Kandinsky, Squares with Concentric Circles)."""
    image, draw = _sheet(side, palette)
    cells = 6 if many else 3
    cell = side / cells
    for row in range(cells):
        for column in range(cells):
            chosen = rng.permutation(6)
            colours = [palette.ground if one == 5 else palette.inks[one] for one in chosen]
            x, y = column * cell, row * cell
            draw.rectangle((x, y, x + cell, y + cell), as_ink(colours[0]))
            radii = np.sort(rng.uniform(0.08, 0.48, 4 if many else 5))[::-1]
            for radius, colour in zip(radii, colours[1:], strict=False):
                _disc(draw, x + cell / 2, y + cell / 2, radius * cell, as_ink(colour))
    return image


def rectangles(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw a plane cut up by bars, a few fields filled (after Mondrian)."""
    image, draw = _sheet(side, palette)
    fields = [(0.0, 0.0, 1.0, 1.0)]
    for _ in range(34 if many else 8):
        sizes = np.array([(right - left) * (bottom - top) for left, top, right, bottom in fields])
        left, top, right, bottom = fields.pop(int(rng.choice(len(fields), p=sizes**1.5 / (sizes**1.5).sum())))
        share = rng.uniform(0.28, 0.72)
        if (right - left) * rng.uniform(0.7, 1.4) > bottom - top:
            cut = left + share * (right - left)
            fields += [(left, top, cut, bottom), (cut, top, right, bottom)]
        else:
            cut = top + share * (bottom - top)
            fields += [(left, top, right, cut), (left, cut, right, bottom)]
    bar = max(2, round((0.011 if many else 0.022) * side))
    for field in fields:
        filled = rng.random() < 0.42
        colour = palette.ink(int(rng.integers(5))) if filled else as_ink(palette.ground)
        draw.rectangle([edge * side for edge in field], colour, as_ink(palette.other), bar)
    return image


def ridgelines(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw lines that rise in the middle and hide those behind (after the pulsar CP 1919, Craft 1970)."""
    image, draw = _sheet(side, palette)
    lines, high = (34, 0.10) if many else (13, 0.17)
    colours = palette.blend(np.linspace(0, 1, lines, dtype=np.float32))
    across = np.linspace(0.06, 0.94, 220)
    swell = np.exp(-(((across - rng.uniform(0.4, 0.6)) / rng.uniform(0.16, 0.24)) ** 2))
    thick = (0.006 if many else 0.013) * side
    for number in range(lines):
        base = 0.2 + 0.7 * number / (lines - 1)
        wave = np.abs(smooth(rng, 6, 6.0)(across, 0 * across)) ** 1.3
        path = np.stack([across, base - high * swell * wave - 0.004 * wave], axis=1) * side
        below = [(0.94 * side, base * side + 2 * thick), (0.06 * side, base * side + 2 * thick)]
        draw.polygon([*map(tuple, path.tolist()), *below], as_ink(palette.ground))
        _stroke(draw, path, as_ink(colours[number]), thick)
    return image


def pendulum(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Draw what two swinging pendulums would (a harmonograph)."""
    image, draw = _sheet(side, palette)
    turns, slow = (46, 0.35) if many else (13, 0.9)
    time = np.linspace(0, 1, 120 * turns)
    ratio = ((1, 1), (1, 2), (2, 3), (3, 4))[int(rng.integers(4))]
    fade = np.exp(-slow * 2.2 * time)

    def swing(beat: int) -> Floats:
        speed = 2 * np.pi * turns * beat / max(ratio) * (1 + rng.normal(0, 0.004))
        path: Floats = fade * np.sin(speed * time + rng.uniform(0, 2 * np.pi))
        return path

    x, y = (0.72 * swing(ratio[0]) + 0.28 * swing(ratio[1]), 0.72 * swing(ratio[1]) + 0.28 * swing(ratio[0]))
    path = np.stack([x / np.abs(x).max(), y / np.abs(y).max()], axis=1) * 0.43 * side + side / 2
    pieces = 40
    colours = palette.blend(np.linspace(0, 1, pieces, dtype=np.float32))
    step, thick = len(path) // pieces, max(1, round((0.005 if many else 0.011) * side))
    for piece in range(pieces):
        part = path[piece * step : (piece + 1) * step + 2]
        draw.line(part.ravel().tolist(), as_ink(colours[piece]), thick, "curve")
    return image


def smooth(rng: Rng, waves: int, fastest: float) -> Plane:
    """Make a smooth function of the plane, about -1 to 1: a few waves in random directions."""
    speed = rng.uniform(0.35, 1, waves) * fastest
    angle, start = rng.uniform(0, 2 * np.pi, (2, waves))
    height = rng.uniform(0.5, 1, waves)
    height /= np.sqrt((height**2).sum() / 2) * 1.6

    def value(x: Floats, y: Floats) -> Floats:
        along = np.multiply.outer(x, speed * np.cos(angle)) + np.multiply.outer(y, speed * np.sin(angle))
        told: Floats = np.sin(2 * np.pi * along + start) @ height
        return told

    return value


def _sheet(side: int, palette: Palette) -> tuple[Image, ImageDraw]:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side, side), as_ink(palette.ground))
    return image, ImageDraw.Draw(image)


def _disc(draw: ImageDraw, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def _stroke(draw: ImageDraw, path: Floats, colour: tuple[int, int, int], thick: float) -> None:
    """Draw a line with round ends."""
    draw.line(path.ravel().tolist(), colour, max(1, round(thick)), "curve")
    if thick >= 3:
        for x, y in (path[0].tolist(), path[-1].tolist()):
            _disc(draw, x, y, thick / 2, colour)
