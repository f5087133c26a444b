"""The beads of alerts in a still picture, round and on a string; as artery.wgsl draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.scene import F32, look
from .strips import I32, Canvas, Columns, balls, looks_long, of_share, point_at, unevenness

#: How far a string runs into its bead, as a share of the bead's radius: no gap may be seen between them.
INTO = np.float32(0.2)


@dataclass(frozen=True)
class Beads:
    """Beads on the screen, those of an artery one after the other.

    Attributes
    ----------
    edge, along
        (n,) whose it is; the share of its length that lies before.
    x, y, depth, radius
        (n,) pixels; units of the scene; pixels.
    count, middle
        (arteries,) how many fit along it, 0 where it is no alert; which of all beads is the one in its middle.
    """

    canvas: Canvas
    edge: I32
    along: F32
    x: F32
    y: F32
    depth: F32
    radius: F32
    count: F32
    middle: NDArray[np.intp]

    def columns(self) -> Columns:
        """What is drawn of them."""
        out, ball = balls(self.x, self.y, self.depth, self.radius, self.canvas)
        return out, self.edge[ball], self.along[ball]

    def hide(self, string: NDArray[Any], edge: I32, along: F32) -> NDArray[np.bool_]:
        """(m,) whether a column runs inside of its own bead: near or far there, it must not be seen on it.

        Parameters
        ----------
        string, edge, along
            (m,) columns, whose they are, and the shares of the length before them.
        """
        hidden = np.zeros(len(string), bool)
        which = np.flatnonzero(self.count[edge])
        part, count = string[which], self.count[edge[which]]
        most = (count // 2).astype(np.intp)
        nth = np.rint((along[which] - np.float32(0.5)) * count).astype(np.intp)
        bead = self.middle[edge[which]] + np.clip(nth, -most, most)
        upright = part["stride"] == 1
        at = part["pixel"] // np.where(upright, self.canvas.width, 1) + np.float32(0.5)
        x, y = np.where(upright, [part["centre"], at], [at, part["centre"]])
        hidden[which] = np.hypot(x - self.x[bead], y - self.y[bead]) < (1 - INTO) * self.radius[bead]
        return hidden


def swollen(points: F32, radius: F32, canvas: Canvas) -> F32:
    """(n,) half widths of beads in units of the scene: however weak an alert is, it can be told."""
    _, _, depth = project(points[:, 1:3].mean(axis=1), canvas.camera, canvas.width, canvas.height)
    least = look()["alert"]["least"]
    pixels = max(least["share"] * canvas.height / 2, least["pixels"])
    return np.asarray(np.maximum(radius, pixels / scale(depth, canvas.height)), np.float32)


def beads_of(points: F32, radius: F32, alarmed: NDArray[np.bool_], canvas: Canvas) -> Beads:
    """The beads of alerts; ``beads_of`` in artery.wgsl.

    Parameters
    ----------
    points, radius, alarmed
        (n, 4, 3) Bezier points, (n,) half widths of beads, and which are alerts.
    """
    rows = np.flatnonzero(alarmed).astype(np.int32)
    curves = points[rows]
    count = np.maximum(1, looks_long(curves, canvas.camera) / (look()["alert"]["pitch"] * radius[rows]))
    # One bead lies in the middle, and as many to both sides as there is room for.
    beside = np.floor(count / 2).astype(np.int32)
    each = 2 * beside + 1
    which, before = np.repeat(np.arange(len(rows)), each), np.cumsum(each) - each
    nth = np.arange(len(which)) - np.repeat(before + beside, each)
    along = (0.5 + nth / count[which]).astype(np.float32)
    places = point_at(curves[which], of_share(along, unevenness(curves)[which]))
    x, y, depth = project(places, canvas.camera, canvas.width, canvas.height)
    edge = rows[which]
    counts, middle = np.zeros(len(radius), np.float32), np.zeros(len(radius), np.intp)
    counts[rows], middle[rows] = count, before + beside
    return Beads(canvas, edge, along, x, y, depth, radius[edge] * scale(depth, canvas.height), counts, middle)
