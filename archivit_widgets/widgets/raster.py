"""A painter of tubes and balls in NumPy: what a still picture is drawn with, where there is no GPU.

Everything solid is cut into *columns*: the run of pixels that one step along a tube's (or ball's) main axis on the
screen covers, across it. Across a column the surface is a round one, so coverage, normal and light follow from the
distance to the middle::

      . . # . .      a tube that runs mostly sideways is cut into vertical columns,
      . # # # .      one that runs mostly upwards into horizontal ones;
      # # # . .      a pixel at v beside the middle has the normal  v * side + sqrt(1 - v^2) * towards the eye
      # # . . .

Columns are sorted by depth and painted near to far, in batches that stay in the processor's cache. A pixel keeps how
much of what lies behind still shows, so what is hidden costs little, and a border covers as much of a pixel as it
should: hairlines come out faint and not dotted. A rasteriser in C (Cairo, Skia, AGG) was not taken: none of them sorts
by depth within a curve, and a stroke has no round shading.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.scene import F32

#: One column. ``pixel`` is where minor coordinate 0 lies in the flat canvas, ``stride`` the step to the next pixel,
#: ``limit`` how many there are; ``centre`` the middle in pixels; the normal's square length off the axis is
#: ``inset + v^2`` with ``v = (x - centre) * slant``; with h the part towards the front, the light on it is
#: ``lit + across * v + front * h``. ``dim`` darkens all of it, ``ink`` is a row of inks.
COLUMN = np.dtype(
    [
        ("pixel", "i4"),
        ("stride", "i4"),
        ("limit", "i4"),
        ("ink", "i4"),
        ("depth", "f4"),
        ("centre", "f4"),
        ("radius", "f4"),
        ("front", "f4"),
        ("dim", "f4"),
        ("inset", "f4"),
        ("slant", "f4"),
        ("lit", "f4"),
        ("across", "f4"),
    ]
)
LANES = 4
BATCH = 6000
#: Less cover than this is not seen; a pixel that lets less than this through is full.
FAINT = FULL = 0.02
#: The share of an ink's shades that leads from the silhouette's colour to the unlit side.
EDGE = 0.4


def paint(columns: NDArray[Any], inks: F32, ground: F32, pixels: int) -> F32:
    """Paint columns.

    Parameters
    ----------
    columns
        (n,) of `COLUMN`.
    inks
        (k, shades, 3) float32 in 0..1: the colours of each ink, from the silhouette over the unlit side to full light.
    ground
        (3,) float32: the colour where nothing is.
    pixels
        How many the canvas has.

    Returns
    -------
    (pixels, 3) float32 in 0..1.
    """
    shades = inks.shape[1]
    # The fourth component of a pixel says how much of what lies behind it shows; so painting takes it away.
    table = np.full((len(inks) * shades, 4), -1, np.float32)
    table[:, :3] = inks.reshape(-1, 3)
    canvas = np.zeros((pixels, 4), np.float32)
    canvas[:, 3] = 1
    colors, flat = as_one(table), as_one(canvas)
    full = np.zeros(pixels, bool)
    order = near_to_far(columns["depth"])
    for start in range(0, len(order), BATCH):
        part = columns.take(order[start : start + BATCH])
        pixel, cover, shade = fragments(part, shades, full)
        # Faint borders first: where two columns of one batch meet in a pixel, the solid one must win.
        solid = cover >= 0.5
        for seen in (np.flatnonzero(~solid), np.flatnonzero(solid)):
            at = pixel.take(seen)
            below = flat.take(at).view(np.float32)
            color = colors.take(shade.take(seen)).view(np.float32)
            color *= np.repeat(cover.take(seen) * below[3::4], 4)
            color += below
            flat[at] = color.view(np.complex128)
            full[at] = color[3::4] < FULL
    return np.asarray(canvas[:, :3] + canvas[:, 3:] * ground, np.float32)


def as_one(colors: F32) -> NDArray[np.complex128]:
    """(n,) view of (n, 4) float32: sixteen bytes that NumPy moves as one, ten times as fast as rows of four."""
    return colors.view(np.complex128).ravel()


def near_to_far(depth: F32) -> NDArray[np.intp]:
    """Batches from near to far; within a batch far to near, as of two that meet in a pixel the last one stays."""
    if len(depth) == 0:
        return np.empty(0, np.intp)
    near, far = float(depth.min()), float(depth.max())
    key = ((depth - near) * np.float32(65535 / max(far - near, 1e-9))).astype(np.uint16)  # 16 bits: a radix sort
    order = np.argsort(key, kind="stable")
    for start in range(0, len(order), BATCH):
        order[start : start + BATCH] = order[start : start + BATCH][::-1].copy()
    return order


def fragments(part: NDArray[Any], shades: int, full: NDArray[np.bool_]) -> tuple[NDArray[Any], F32, NDArray[Any]]:
    """Pixels of columns that are not hidden, in the order of columns.

    Returns
    -------
    pixel, cover, shade
        (n,) each: index into the canvas, 0..1, index into the flattened inks.
    """
    body = np.maximum(part["radius"], np.float32(0.5))
    half = np.sqrt(np.maximum((1 + np.float32(0.5) / body) ** 2 - part["inset"], 0)) / part["slant"]
    top = np.ceil(part["centre"] - half - np.float32(0.5)).astype(np.int32)
    runs = np.maximum(np.floor(part["centre"] + half - np.float32(0.5)).astype(np.int32) + LANES - top, 0) // LANES
    which = np.repeat(np.arange(len(part)), runs)
    nth = np.arange(len(which), dtype=np.int32) - np.repeat(np.cumsum(runs, dtype=np.int32) - runs, runs)

    def field(name: str, rows: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(part[name]).take(rows)

    # The short axis comes first: NumPy's inner loops run along the last one.
    row = (top.take(which) + LANES * nth) + np.arange(LANES, dtype=np.int32)[:, None]
    v = (row + (np.float32(0.5) - field("centre", which))) * field("slant", which)
    off = v * v
    off += field("inset", which)
    cover = (1 - np.sqrt(off)) * body.take(which)
    cover += np.float32(0.5)
    cover *= (row >= 0) & (row < field("limit", which))
    pixel = field("pixel", which) + row * field("stride", which)
    seen = (cover > FAINT) & ~full.take(pixel, mode="clip")
    nth = np.flatnonzero(seen.T.ravel())
    at = nth % LANES * len(which) + nth // LANES
    which = which.take(nth // LANES)
    v, off, cover = v.ravel().take(at), off.ravel().take(at), cover.ravel().take(at)

    h = np.sqrt(np.maximum(1 - off, 0))
    lit = np.clip(field("lit", which) + field("across", which) * v + field("front", which) * h, 0, 1)
    rim = 1 - h
    tone = 1 - rim * rim * rim * np.minimum(1, np.float32(0.45) * body).take(which)
    tone *= (np.float32(EDGE) + np.float32(1 - EDGE) * lit) * field("dim", which)
    shade = field("ink", which) * np.int32(shades) + (tone * np.float32(shades - 1) + np.float32(0.5)).astype(np.int32)
    return pixel.ravel().take(at), np.minimum(cover, np.minimum(1, 2 * part["radius"]).take(which)), shade
