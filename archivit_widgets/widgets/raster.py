"""A painter of tubes, balls and threads in NumPy: what a still picture is drawn with, where there is no GPU.

Everything is cut into *columns*: the run of pixels that one step along a tube's (or ball's) main axis on the screen
covers, across it. Across a column the surface is a round one, so coverage, normal and light follow from the distance to
the middle::

      . . # . .      a tube that runs mostly sideways is cut into vertical columns,
      . # # # .      one that runs mostly upwards into horizontal ones;
      # # # . .      a pixel at v beside the middle has the normal  v * side + sqrt(1 - v^2) * towards the eye
      # # . . .

Solid columns are sorted by depth and painted near to far, in batches that stay in the processor's cache. A pixel keeps
how much of what lies behind still shows, so what is hidden costs little, and a border covers as much of a pixel as it
should. Threads come on top, where nothing solid lies before them; they are translucent, and as their inks commute they
need no order. A rasteriser in C (Cairo, Skia, AGG) was not taken: none of them sorts by depth within a curve, and a
stroke has no round shading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.scene import F32

#: One column. ``pixel`` is where minor coordinate 0 lies in the flat canvas, ``stride`` the step to the next pixel,
#: ``limit`` how many there are; ``centre`` the middle in pixels; the normal's square length off the axis is
#: ``inset + v^2`` with ``v = (x - centre) * slant``; with h the part towards the front, the light on it is
#: ``lit + across * v + front * h``. ``dim`` darkens all of it, ``round`` is 0 where so few pixels are lit as if flat,
#: ``rim`` says how much a silhouette darkens; ``ink`` is a row of inks.
COLUMN = np.dtype(
    [
        ("pixel", "i4"),
        ("stride", "i4"),
        ("limit", "i4"),
        ("ink", "i4"),
        ("depth", "f4"),
        ("centre", "f4"),
        ("radius", "f4"),
        ("inset", "f4"),
        ("slant", "f4"),
        ("lit", "f4"),
        ("across", "f4"),
        ("front", "f4"),
        ("facing", "f4"),
        ("dim", "f4"),
        ("round", "f4"),
        ("rim", "f4"),
    ]
)
Thread = tuple[NDArray[Any], F32, F32]
LANES = 4
BATCH = 6000
#: Less cover than this is not seen; a pixel that lets less than this through is full.
FAINT = FULL = 0.02
#: The most that a thread covers: its logarithm must stay finite.
OPAQUE = np.float32(0.99)
#: The share of an ink's shades that leads from the silhouette's colour to the unlit side.
EDGE = 0.4


@dataclass(frozen=True)
class Fragments:
    """Pixels of columns.

    Attributes
    ----------
    pixel, v, off
        (LANES, n): index into the canvas; how far beside the middle; squared distance from the axis, 1 at the surface.
    column
        (n,) whose.
    inside
        (LANES, n) whether that pixel exists.
    """

    pixel: NDArray[np.int32]
    v: F32
    off: F32
    column: NDArray[np.intp]
    inside: NDArray[np.bool_]


def paint(columns: NDArray[Any], inks: F32, ground: F32, pixels: int) -> tuple[F32, F32]:
    """Paint what is solid.

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
    (pixels, 3) float32 in 0..1, and (pixels,) depth of the nearest surface, infinite where none covers half a pixel.
    """
    shades = inks.shape[1]
    # The fourth component of a pixel says how much of what lies behind it shows; so painting takes it away.
    table = np.full((len(inks) * shades, 4), -1, np.float32)
    table[:, :3] = inks.reshape(-1, 3)
    canvas = np.zeros((pixels, 4), np.float32)
    canvas[:, 3] = 1
    colors, flat = as_one(table), as_one(canvas)
    full, depth = np.zeros(pixels, bool), np.full(pixels, np.inf, np.float32)
    order = near_to_far(columns["depth"])
    for start in range(0, len(order), BATCH):
        part = columns.take(order[start : start + BATCH])  # much faster than part[order] with a record
        pixel, cover, shade, near = seen(part, shades, full)
        solid = cover >= 0.5
        first = np.flatnonzero(solid & (depth.take(pixel) == np.inf))
        depth[pixel.take(first)] = near.take(first)
        # Faint borders last: where two columns of one batch meet in a pixel, the solid one must win.
        some = np.flatnonzero(solid)
        while len(some):
            lay(flat, full, pixel.take(some), cover.take(some), colors.take(shade.take(some)))
            some = some[beaten(pixel.take(some), full)]
        some = np.flatnonzero(~solid)
        lay(flat, full, pixel.take(some), cover.take(some), colors.take(shade.take(some)))
    return np.asarray(canvas[:, :3] + canvas[:, 3:] * ground, np.float32), depth


def lay(
    flat: NDArray[np.complex128],
    full: NDArray[np.bool_],
    pixel: NDArray[np.int32],
    cover: F32,
    color: NDArray[np.complex128],
) -> None:
    """Lay colours under what is painted already, in place; of two in one pixel the last stays."""
    below, under = flat.take(pixel).view(np.float32), color.view(np.float32)
    under *= np.repeat(cover * below[3::4], 4)
    under += below
    flat[pixel] = under.view(np.complex128)
    full[pixel] = under[3::4] < FULL


def beaten(pixel: NDArray[np.int32], full: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Of fragments laid at once, those that another kept out of a pixel and yet lets show through: they come next.

    Without them a small ball before a tube would be a hole to the ground.
    """
    some = np.flatnonzero(~full.take(pixel))[::-1]
    _, stayed = np.unique(pixel.take(some), return_index=True)
    return np.delete(some, stayed)[::-1]


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


def field(part: NDArray[Any], name: str, rows: NDArray[Any]) -> NDArray[Any]:
    """(n,) values of a field."""
    return np.ascontiguousarray(part[name]).take(rows)


def spread(part: NDArray[Any], more: float) -> Fragments:
    """All pixels of columns, and ``more`` of them beyond the surface on both sides."""
    outer = 1 + np.float32(more) / np.maximum(part["radius"], np.float32(0.5))
    half = np.sqrt(np.maximum(outer * outer - part["inset"], 0)) / part["slant"]
    top = np.ceil(part["centre"] - half - np.float32(0.5)).astype(np.int32)
    runs = np.maximum(np.floor(part["centre"] + half - np.float32(0.5)).astype(np.int32) + LANES - top, 0) // LANES
    column = np.repeat(np.arange(len(part)), runs)
    nth = np.arange(len(column), dtype=np.int32) - np.repeat(np.cumsum(runs, dtype=np.int32) - runs, runs)
    # The short axis comes first: NumPy's inner loops run along the last one.
    row = (top.take(column) + LANES * nth) + np.arange(LANES, dtype=np.int32)[:, None]
    v = row.astype(np.float32)  # not by itself: int32 and float32 make float64
    v += np.float32(0.5) - field(part, "centre", column)
    v *= field(part, "slant", column)
    off = v * v
    off += field(part, "inset", column)
    inside = (row >= 0) & (row < field(part, "limit", column))
    pixel = field(part, "pixel", column) + row * field(part, "stride", column)
    return Fragments(pixel, v, off, column, inside)


def seen(
    part: NDArray[Any], shades: int, full: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], F32, NDArray[np.int32], F32]:
    """Pixels of columns that are not hidden, in the order of columns.

    Returns
    -------
    pixel, cover, shade, depth
        (n,) each: index into the canvas, 0..1, index into the flattened inks, distance.
    """
    all_ = spread(part, 0.5)
    body = np.maximum(part["radius"], np.float32(0.5))
    cover = (1 - np.sqrt(all_.off)) * body.take(all_.column)
    cover += np.float32(0.5)
    kept = (cover > FAINT) & all_.inside & ~full.take(all_.pixel, mode="clip")
    nth = np.flatnonzero(kept.T.ravel())
    at = nth % LANES * len(all_.column) + nth // LANES
    which = all_.column.take(nth // LANES)
    v, off, cover = all_.v.ravel().take(at), all_.off.ravel().take(at), cover.ravel().take(at)

    flat = field(part, "round", which)
    v *= flat
    off *= flat * flat
    h = np.sqrt(np.maximum(1 - off, 0))
    lit = field(part, "lit", which) + field(part, "across", which) * v + field(part, "front", which) * h
    rim = 1 - h * field(part, "facing", which)
    tone = 1 - rim * rim * rim * field(part, "rim", which)
    tone *= (np.float32(EDGE) + np.float32(1 - EDGE) * np.clip(lit, 0, 1)) * field(part, "dim", which)
    shade = field(part, "ink", which) * np.int32(shades) + np.rint(tone * np.float32(shades - 1)).astype(np.int32)
    cover = np.minimum(cover, np.minimum(1, 2 * part["radius"]).take(which))
    return all_.pixel.ravel().take(at), cover, shade, field(part, "depth", which)


def overlay(picture: F32, depth: F32, batches: Iterable[Thread]) -> None:
    """Draw threads over a picture, in place; ``shade`` in thread.wgsl.

    Each thread covers what lies below by its alpha. How much shows through all of them is a product, so needs no order;
    their colour is the mean by alpha, as in blended transparency (McGuire and Bavoil 2013, without weights by depth).

    Parameters
    ----------
    picture, depth
        What `paint` gave.
    batches
        (n,) of `COLUMN`, whose outermost pixel fades; (3, n) colour; (n,) how much of it. Small ones stay in the
        processor's cache.
    """
    color = np.zeros((3, len(depth)), np.float32)
    cover, through = np.zeros((2, len(depth)), np.float32)
    for columns, ink, alpha in batches:
        all_ = spread(columns, 0)
        strength = np.minimum((1 - np.abs(all_.v)) * field(columns, "radius", all_.column), 1)
        strength *= np.minimum(alpha, OPAQUE).take(all_.column)
        behind = depth.take(all_.pixel, mode="clip") < field(columns, "depth", all_.column)
        kept = np.flatnonzero(((strength > 0.002) & all_.inside & ~behind).ravel())
        which = all_.column.take(kept % max(len(all_.column), 1))
        at, strength = all_.pixel.ravel().take(kept), strength.ravel().take(kept)
        np.add.at(cover, at, strength)
        np.add.at(through, at, np.log(1 - strength))
        for channel in range(3):
            np.add.at(color[channel], at, strength * ink[channel].take(which))
    covered = np.flatnonzero(cover)
    left = np.exp(through[covered])[:, None]
    picture[covered] = picture[covered] * left + (color[:, covered] / cover[covered]).T * (1 - left)
