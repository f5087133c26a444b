"""Ghosts in a still picture: beads drawn out, and no string between them; as artery.wgsl and thread.wgsl draw them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.scene import F32, look
from .strips import I32, Canvas, Columns, balls, looks_long, of_share, point_at, unevenness

#: Looking so much shorter than it is, a ghost has blunt dashes; as in artery.wgsl.
STEEP = 0.75


def pitches(points: F32, radius: F32) -> tuple[F32, F32]:
    """How many dashes, (n,), and from one to the next in units of the scene, (n,); ``dashes_of`` in ribbon.wgsl.

    Parameters
    ----------
    points, radius
        (n, 4, 3) Bezier points, and (n,) half widths in units of the scene.
    """
    path = np.linalg.norm(np.diff(points, axis=1), axis=2).sum(axis=1)
    long = 0.5 * (path + np.linalg.norm(points[:, 3] - points[:, 0], axis=1))
    count = np.maximum(2, long / np.maximum(look()["ghost"]["pitch"], 4 * radius))
    return np.asarray(count, np.float32), np.asarray(long / count, np.float32)


def on_dash(along: F32, count: F32, half: F32 | np.float32) -> NDArray[np.bool_]:
    """(m,) whether shares of a length lie on a dash; the one in the middle stays there.

    Parameters
    ----------
    along, count, half
        (m,) shares; how many dashes; half a dash, in its pitch.
    """
    return np.asarray(np.abs((0.5 + (along - 0.5) * count) % 1 - 0.5) <= half)


def straight(radius: F32, pitch: F32, blunt: NDArray[np.bool_]) -> F32:
    """(n,) half of what is straight of a dash, in its pitch: the rest of it is round ends, but of blunt ones."""
    dash = look()["ghost"]["dash"] / 2
    return np.asarray(np.where(blunt, dash, np.maximum(0, dash - radius / pitch)), np.float32)


def runs_away(points: F32, canvas: Canvas) -> NDArray[np.bool_]:
    """(n,) whether so much of curves runs to or from the eye that round ends would fill the gaps between dashes."""
    count, pitch = pitches(points, np.zeros(len(points), np.float32))
    return np.asarray(looks_long(points, canvas.camera) < STEEP * count * pitch)


def round_ends(points: F32, radius: F32, dashed: NDArray[np.bool_], canvas: Canvas) -> Columns:
    """Columns of the balls that round off the dashes of tubes.

    Parameters
    ----------
    points, radius, dashed
        (n, 4, 3), (n,), and which are ghosts.
    """
    rows = np.flatnonzero(dashed & ~runs_away(points, canvas)).astype(np.int32)
    curves = points[rows]
    count, pitch = pitches(curves, radius[rows])
    half = straight(radius[rows], pitch, np.zeros(len(rows), bool))
    most = np.floor(count / 2 + half).astype(np.int32)
    which = np.repeat(np.arange(len(rows)), 2 * most + 1)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(2 * most + 1) - most - 1, 2 * most + 1)
    along = 0.5 + (nth + half[which] * np.array([[-1.0], [1.0]])) / count[which]
    side, at = np.nonzero((along >= 0) & (along <= 1))
    which, along = which[at], along[side, at].astype(np.float32)
    return _balls(curves[which], along, rows[which], radius, canvas)


def _balls(curves: F32, along: F32, edge: I32, radius: F32, canvas: Canvas) -> tuple[NDArray[Any], I32, F32]:
    places = point_at(curves, of_share(along, unevenness(curves)))
    x, y, depth = project(places, canvas.camera, canvas.width, canvas.height)
    out, ball = balls(x, y, depth, radius[edge] * scale(depth, canvas.height), canvas)
    out["depth"] *= 1.01  # behind the tube that they end
    return out, edge[ball], along[ball]
