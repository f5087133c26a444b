"""A painter of tubes and balls in NumPy: what a still picture is drawn with, where there is no GPU.

Everything solid is cut into *columns*: the run of pixels that one step along a tube's (or ball's) main axis on the
screen covers, across it. Across a column the surface is a round one, so coverage, normal and light follow from the
distance to the middle::

      . . # . .      a tube that runs mostly sideways is cut into vertical columns,
      . # # # .      one that runs mostly upwards into horizontal ones;
      # # # . .      a pixel at v beside the middle has the normal  v * side + sqrt(1 - v^2) * towards the eye
      # # . . .

Columns are sorted by depth and painted far to near in batches that stay in the processor's cache, with exact coverage
at their borders; so hairlines thinner than a pixel come out faint and not dotted. A rasteriser in C (Cairo, Skia, AGG)
was not taken: none of them sorts by depth within a curve, and a stroke has no round shading.
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
#: The share of an ink's shades that leads from the silhouette's colour to the unlit side.
EDGE = 0.4


def paint(canvas: F32, columns: NDArray[Any], inks: F32) -> None:
    """Paint columns over a canvas, far to near.

    Parameters
    ----------
    canvas
        (pixels, 4) float32 in 0..1, the fourth unused, written in place.
    columns
        (n,) of `COLUMN`.
    inks
        (k, shades, 4) float32: the colours of each ink, from the silhouette over the unlit side to full light.
    """
    shades = inks.shape[1]
    table = pixels_of(inks.reshape(-1, 4))
    flat = pixels_of(canvas)
    order = far_to_near(columns["depth"])
    for start in range(0, len(order), BATCH):
        part = columns[order[start : start + BATCH]]
        pixel, cover, shade = fragments(part, shades)
        # Far to near within the batch too. Faint borders first: where two columns of one batch meet in a pixel, the
        # solid one must win.
        lanes, n = cover.shape
        nth = np.flatnonzero((cover > 0.02).T.ravel())
        seen = nth % lanes * n + nth // lanes
        solid = cover.ravel().take(seen) >= 0.5
        for seen in (seen[~solid], seen[solid]):
            at = pixel.ravel().take(seen)
            below = flat.take(at, mode="clip").view(np.float32)
            color = table.take(shade.ravel().take(seen), mode="clip").view(np.float32)
            color -= below
            color *= np.repeat(cover.ravel().take(seen), 4)
            color += below
            flat[at] = color.view(np.complex128)


def pixels_of(colors: F32) -> NDArray[np.complex128]:
    """(n,) view of (n, 4) float32: sixteen bytes that NumPy moves as one, ten times as fast as rows of four."""
    return colors.view(np.complex128).ravel()


def far_to_near(depth: F32) -> NDArray[np.intp]:
    """Order of painting: farthest first, ties in the given order."""
    if len(depth) == 0:
        return np.empty(0, np.intp)
    near, far = float(depth.min()), float(depth.max())
    key = ((far - depth) * np.float32(65535 / max(far - near, 1e-9))).astype(np.uint16)  # 16 bits: a radix sort
    return np.argsort(key, kind="stable")


def fragments(part: NDArray[Any], shades: int) -> tuple[NDArray[Any], F32, NDArray[Any]]:
    """Pixels of columns, with their coverage and shade.

    Returns
    -------
    pixel, cover, shade
        (LANES, n) each: index into the canvas, 0..1, index into the flattened inks.
    """
    centre, radius = part["centre"], part["radius"]
    body = np.maximum(radius, np.float32(0.5))
    half = np.sqrt(np.maximum((1 + np.float32(0.5) / body) ** 2 - part["inset"], 0)) / part["slant"]
    top = np.ceil(centre - half - np.float32(0.5)).astype(np.int32)
    runs = np.maximum(np.floor(centre + half - np.float32(0.5)).astype(np.int32) + LANES - top, 0) // LANES
    which = np.repeat(np.arange(len(part)), runs)
    nth = np.arange(len(which), dtype=np.int32) - np.repeat(np.cumsum(runs, dtype=np.int32) - runs, runs)

    def field(name: str) -> NDArray[Any]:
        return np.ascontiguousarray(part[name]).take(which)

    # The short axis comes first: NumPy's inner loops run along the last one.
    row = (top.take(which) + LANES * nth) + np.arange(LANES, dtype=np.int32)[:, None]
    v = (row + (np.float32(0.5) - field("centre"))) * field("slant")
    off = v * v
    off += field("inset")
    body = body.take(which)
    cover = (1 - np.sqrt(off)) * body
    cover += np.float32(0.5)
    np.clip(cover, 0, np.minimum(1, 2 * field("radius")), out=cover)
    cover *= (row >= 0) & (row < field("limit"))
    h = np.sqrt(np.maximum(1 - off, 0))
    lit = np.clip(field("lit") + field("across") * v + field("front") * h, 0, 1)
    rim = 1 - h
    tone = 1 - rim * rim * rim * np.minimum(1, np.float32(0.45) * body)
    tone *= (np.float32(EDGE) + np.float32(1 - EDGE) * lit) * field("dim")
    shade = field("ink") * np.int32(shades) + (tone * np.float32(shades - 1) + np.float32(0.5)).astype(np.int32)
    pixel = field("pixel") + row * field("stride")
    return pixel, cover, shade
