"""Thick tubes: as what a ball leaves behind on its way, pixel by pixel.

The strips of `strips.tubes` run across a tube upright or sideways: on a slanting one its bands of light stand upright
or lie flat, its ends are cut like that, and where it turns they stick out at its outer side. The few arteries of which
that is seen are drawn from each pixel's nearest point on the axis::

      . # # # .
      # # # # #        off = |pixel - nearest| / radius, the normal points from there to the pixel
      # # . # #
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.scene import F32
from .raster import COLUMN
from .strips import Canvas, Columns, Steps, fronts

#: Half width in pixels from which that is seen.
THICK = 4.0
#: Pixels beyond the surface that a border may touch.
BORDER = 1.0
#: So large that a column holds one pixel.
NARROW = 1000.0


def thick(points: F32, radius: F32, canvas: Canvas) -> NDArray[np.bool_]:
    """(n,) whether curves (n, 4, 3) of radius (n,), in units of the scene, are thick on the screen."""
    _, _, far = project(points, canvas.camera, canvas.width, canvas.height)
    return np.asarray(radius * scale(far.min(axis=1), canvas.height) > THICK)


def swept(way: Steps, canvas: Canvas) -> Columns:
    """Columns of one pixel each, of the steps of such tubes; as `strips.tubes` gives them."""
    step, column, row = nearby(way, canvas)
    start, run = np.stack([way.x[0], way.y[0]]), np.stack([way.x[1] - way.x[0], way.y[1] - way.y[0]])
    at = np.stack([column, row]).astype(np.float32) + np.float32(0.5)
    square = np.maximum((run * run).sum(axis=0), np.float32(1e-6))
    f = np.clip(((at - start[:, step]) * run[:, step]).sum(axis=0) / square[step], 0, 1).astype(np.float32)

    def along(ends: F32) -> F32:
        return np.asarray(ends[0][step] + f * (ends[1] - ends[0])[step], np.float32)

    radius = along(way.radius)
    beside = (at - start[:, step] - f * run[:, step]) / np.maximum(radius, np.float32(0.5))
    off = (beside * beside).sum(axis=0)
    pixel = row * canvas.width + column
    near = np.flatnonzero(np.sqrt(off) * radius < radius + BORDER)
    where = way.edge[step[near]].astype(np.int64) * (canvas.width * canvas.height) + pixel[near]
    kept = near[nearest(where, off[near])]

    front, facing = fronts(way, canvas)
    out = np.zeros(len(kept), COLUMN)
    out["pixel"], out["stride"], out["limit"] = column[kept], canvas.width, canvas.height
    out["centre"], out["radius"], out["inset"] = row[kept] + np.float32(0.5), radius[kept], off[kept]
    out["slant"] = NARROW * np.maximum(radius[kept], np.float32(0.5))
    out["depth"] = along(way.depth)[kept]
    out["lit"] = beside[0, kept] * canvas.light[0] - beside[1, kept] * canvas.light[1]
    out["front"], out["facing"] = front[step[kept]], facing[step[kept]]
    out["dim"] = out["round"] = out["rim"] = 1
    return out, way.edge[step[kept]], along(way.along)[kept]


def nearby(way: Steps, canvas: Canvas) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Pixels round each step: the step, and the pixel's column and row, (n,) each."""
    reach = way.radius.max(axis=0) + np.float32(BORDER)

    def span(ends: F32, limit: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        first = np.clip(np.floor(ends.min(axis=0) - reach), 0, limit).astype(np.int32)
        return first, np.clip(np.ceil(ends.max(axis=0) + reach), 0, limit).astype(np.int32) - first

    (left, width), (top, height) = span(way.x, canvas.width), span(way.y, canvas.height)
    count = width.astype(np.int64) * height
    step = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(step)) - np.repeat(np.cumsum(count) - count, count)
    across = np.maximum(width, 1)[step]
    return step, (left[step] + nth % across).astype(np.int32), (top[step] + nth // across).astype(np.int32)


def nearest(where: NDArray[np.int64], off: F32) -> NDArray[Any]:
    """Of each group of equal `where` the place with the least `off`; of whole numbers one sort is enough."""
    order = np.argsort((where << 16) + (np.minimum(off, np.float32(2)) * np.float32(32767)).astype(np.int64))
    return order[np.flatnonzero(np.diff(where[order], prepend=-1))]
