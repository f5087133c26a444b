"""From curves and balls in space to the columns that `raster.paint` draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import NEAR, Camera, project, scale
from ..frames.scene import F32, Scene, look
from .raster import COLUMN

I32 = NDArray[np.int32]
#: Columns, whose each is, and where on its curve.
Columns = tuple[NDArray[Any], I32, F32]
#: Pixels of radius from which a tube's end is seen to be cut off.
SEEN = 1.2
#: Pixels that the side of a turning tube may jump from step to step.
ROUGH = 0.7


@dataclass(frozen=True)
class Canvas:
    """Size of the drawn area in pixels, the camera, the most that fog hides, and the key light in the camera's axes."""

    width: int
    height: int
    camera: Camera
    fog: float

    @property
    def light(self) -> F32:
        """(3,) unit vector: right, up, towards the eye."""
        light = np.array(look()["light"], np.float32)
        return np.asarray(light / np.linalg.norm(light), np.float32)


@dataclass(frozen=True)
class Steps:
    """Straight steps along curves, on the screen.

    Attributes
    ----------
    edge
        (n,) int32: whose step.
    x, y, depth, radius, along
        (2, n) float32: start and end; pixels, units of the scene, pixels, and the fraction of the curve 0..1.
    """

    edge: I32
    x: F32
    y: F32
    depth: F32
    radius: F32
    along: F32

    def where(self, which: NDArray[Any]) -> Steps:
        """Only some of them."""
        return Steps(
            self.edge[which], *(getattr(self, part)[:, which] for part in ("x", "y", "depth", "radius", "along"))
        )


def controls(scene: Scene) -> tuple[F32, F32]:
    """Bezier points (n_edges, 4, 3) and about the length (n_edges,) of each artery; ``curve_of`` in curve.wgsl."""
    a, b = scene.positions[scene.source], scene.positions[scene.target]
    d = b - a
    out = scene.bend[:, :3].astype(np.float32) / 127
    chord = np.linalg.norm(d, axis=1)
    off = out * chord[:, None]
    points = np.stack([a, a + d / 3 + off, a + 2 * d / 3 + off, b], axis=1)
    length = chord * (1.1 + 0.7 * 0.75 * np.linalg.norm(out, axis=1))
    loop = np.flatnonzero(scene.source == scene.target)
    if len(loop):
        o = out[loop]
        size = np.linalg.norm(o, axis=1, keepdims=True)
        other = np.where(np.abs(o[:, 2:]) > 0.9 * size, [[1, 0, 0]], [[0, 0, 1]])
        p = np.cross(o, other)
        p *= size / np.maximum(np.linalg.norm(p, axis=1, keepdims=True), 1e-6)
        points[loop, 1] = a[loop] + look()["loop"]["most"] * (o + p)
        points[loop, 2] = a[loop] + look()["loop"]["most"] * (o - p)
        length[loop] = look()["loop"]["most"] * size[:, 0] * (2 * 1.1 + 0.7)
    return np.asarray(points, np.float32), np.asarray(length, np.float32)


def looks_long(points: F32, camera: Camera) -> F32:
    """(n,) how long curves (n, 4, 3) look, in units of the scene: what runs towards the eye is not counted."""
    basis = camera.basis()
    eye = np.asarray(camera.target, np.float32) + camera.distance * basis[2]
    from_ = eye - points[:, 1:3].mean(axis=1)
    from_ /= np.maximum(np.linalg.norm(from_, axis=1, keepdims=True), 1e-9)
    legs = np.stack([*np.moveaxis(np.diff(points, axis=1), 1, 0), points[:, 3] - points[:, 0]])
    legs = legs - (legs * from_).sum(axis=2, keepdims=True) * from_
    return np.asarray(np.linalg.norm(legs, axis=2).sum(axis=0) / 2, np.float32)


def unevenness(points: F32) -> F32:
    """(n,) how unevenly the parameter runs along curves (n, 4, 3); ``unevenness_of`` in curve.wgsl."""
    a, b, c, d = np.moveaxis(points, 1, 0)
    ends, between = 4 * np.linalg.norm(b - a, axis=1), np.linalg.norm(d - a + c - b, axis=1)
    return np.asarray(np.maximum(0, ends - between) / np.maximum(ends + between, 1e-9), np.float32)


def arc_share(t: F32, uneven: F32) -> F32:
    """(n,) shares of the length that lie before parameters; as in curve.wgsl."""
    s = t - np.float32(0.5)
    return np.asarray(t - np.float32(0.827) * uneven * s * (1 - 4 * s * s), np.float32)


def point_at(points: F32, t: F32) -> F32:
    """(n, 3) where curves (n, 4, 3) are at parameters (n,)."""
    a, b, c, d = np.moveaxis(points, 1, 0)
    t = t[:, None]
    s = 1 - t
    return np.asarray(s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d, np.float32)


def of_share(share: F32, uneven: F32) -> F32:
    """(n,) parameters before which shares of the length lie: undoes `arc_share`."""
    t = share
    for _ in range(3):
        t = share + t - arc_share(t, uneven)
    return t


def steps(points: F32, radius: F32, canvas: Canvas, longest: float = 14.0) -> Steps:
    """Cut curves into steps of about ``longest`` pixels; thick ones that turn into shorter: their sides show it.

    Parameters
    ----------
    points
        (n, 4, 3) Bezier points.
    radius
        (n,) units of the scene.
    """
    camera = canvas.camera
    x, y, far = project(points, camera, canvas.width, canvas.height)
    dx, dy = np.diff(x, axis=1), np.diff(y, axis=1)
    corner = dx[:, :-1] * dy[:, 1:] - dy[:, :-1] * dx[:, 1:], dx[:, :-1] * dx[:, 1:] + dy[:, :-1] * dy[:, 1:]
    sweep = np.abs(np.arctan2(*corner)).sum(axis=1) * radius * scale(far.min(axis=1), canvas.height)
    count = np.clip((np.abs(dx) + np.abs(dy)).sum(axis=1) / longest, 2, 32)
    count = np.ceil(np.maximum(count, np.minimum(sweep / ROUGH, 256))).astype(np.int32)
    edge = np.repeat(np.arange(len(count), dtype=np.int32), count + 1)
    nth = np.arange(len(edge), dtype=np.int32) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    t = (nth / count[edge]).astype(np.float32)
    s = 1 - t
    seen = (points - np.asarray(camera.target, np.float32)) @ camera.basis().T
    blend = np.stack([s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t], axis=1)
    at = np.einsum("nk,nkc->nc", blend, seen[edge])
    depth = np.maximum(np.float32(camera.distance) - at[:, 2], np.float32(NEAR))
    pixels = scale(depth, canvas.height)
    first = np.flatnonzero(nth < count[edge])
    ends = np.stack([first, first + 1])
    return Steps(
        edge[first],
        (canvas.width / 2 + at[:, 0] * pixels)[ends],
        (canvas.height / 2 - at[:, 1] * pixels)[ends],
        depth[ends],
        (radius[edge] * pixels)[ends],
        t[ends],
    )


def tubes(way: Steps, canvas: Canvas) -> Columns:
    """Columns of the steps of tubes.

    Returns
    -------
    columns
        (n,) of `COLUMN`; ``ink`` is left open, ``slant`` a cosine until the radius is final: see `slanted`.
    edge, along
        (n,) whose column, and where on its curve.
    """
    way, upright = cut_both_ways(way)
    major, minor = np.where(upright, way.y, way.x), np.where(upright, way.x, way.y)
    run = major[1] - major[0]
    run = np.where(np.abs(run) < 1e-3, np.float32(1e-3), run)
    slope = np.clip((minor[1] - minor[0]) / run, -2, 2)
    cos = 1 / np.sqrt(1 + slope * slope)
    limit = np.where(upright, canvas.height, canvas.width)
    first = np.clip(np.ceil(major.min(axis=0) - 0.5), 0, limit).astype(np.int32)
    count = np.clip(np.ceil(major.max(axis=0) - 0.5), 0, limit).astype(np.int32) - first
    step = np.repeat(np.arange(len(count), dtype=np.int32), count)
    at = np.arange(len(step), dtype=np.int32) - np.repeat(np.cumsum(count) - count - first, count).astype(np.int32)
    f = (at.astype(np.float32) + np.float32(0.5) - major[0][step]) / run[step]

    def between(ends: F32) -> F32:
        return np.asarray(ends[0][step] + f * (ends[1] - ends[0])[step], np.float32)

    side = np.where(upright, [np.ones_like(slope), slope], [-slope, -np.ones_like(slope)]) * cos
    out = np.zeros(len(step), COLUMN)
    out["pixel"] = at * np.where(upright, canvas.width, 1).astype(np.int32)[step]
    out["stride"] = np.where(upright, 1, canvas.width)[step]
    out["limit"] = np.where(upright, canvas.width, canvas.height)[step]
    out["depth"] = between(way.depth)
    out["centre"] = between(minor)
    out["radius"] = between(way.radius)
    out["slant"] = cos[step]
    out["across"] = (side[0] * canvas.light[0] + side[1] * canvas.light[1])[step]
    front, facing = fronts(way, canvas)
    out["front"], out["facing"] = front[step], facing[step]
    out["dim"] = out["round"] = out["rim"] = 1
    return out, way.edge[step], np.clip(between(way.along), 0, 1)


def runs_upright(way: Steps) -> NDArray[np.bool_]:
    """(n,) whether each step is cut into rows, not columns."""
    return np.asarray(np.abs(way.y[1] - way.y[0]) > np.abs(way.x[1] - way.x[0]))


def cut_both_ways(way: Steps) -> tuple[Steps, NDArray[np.bool_]]:
    """Add the steps again that lie where a thick artery turns from columns to rows: there one alone leaves a notch.

    Returns
    -------
    Steps and, (m,), whether each is to be cut into rows.
    """
    upright = runs_upright(way)
    turns = np.flatnonzero((way.edge[1:] == way.edge[:-1]) & (upright[1:] != upright[:-1])) + 1
    turns = turns[way.radius[0][turns] > SEEN]
    long = np.hypot(way.x[1] - way.x[0], way.y[1] - way.y[0])
    reach = np.ceil(way.radius[0][turns] / np.maximum(np.minimum(long[turns - 1], long[turns]), 0.1)).astype(int)
    again = np.zeros(len(upright), bool)
    for off in range(-int(reach.max(initial=0)), int(reach.max(initial=0))):
        near = turns[(reach > off) & (reach >= -off)] + off
        owner = way.edge[turns[(reach > off) & (reach >= -off)]]
        inside = (near >= 0) & (near < len(again))
        near, owner = near[inside], owner[inside]
        again[near[way.edge[near] == owner]] = True
    return way.where(np.append(np.arange(len(again)), np.flatnonzero(again))), np.append(upright, ~upright[again])


def fronts(way: Steps, canvas: Canvas) -> tuple[F32, F32]:
    """Light on the front of a tube, the direction square to it in the plane of its axis and the eye; and how much that
    front looks at the eye. (n,) each.
    """
    dx, dy = way.x[1] - way.x[0], way.y[1] - way.y[0]
    flat = np.hypot(dx, dy) + np.float32(1e-6)
    rise = (way.depth[0] - way.depth[1]) * scale(way.depth.mean(axis=0), canvas.height)
    right, up, eye = canvas.light
    long = np.hypot(flat, rise)
    return np.asarray((flat * eye - rise * (dx * right - dy * up) / flat) / long, np.float32), flat / long


def joints(way: Steps, canvas: Canvas) -> Columns:
    """Columns of balls behind the ends of tubes, and where they turn from sideways to upright and notches would show.

    Returns
    -------
    As `tubes`.
    """
    upright = runs_upright(way)
    other = way.edge[1:] != way.edge[:-1]
    begins = np.append(True, other | (upright[1:] != upright[:-1]))[: len(way.edge)]
    ends = np.append(other, True)[: len(way.edge)]
    which = [np.flatnonzero(begins & (way.radius[0] > SEEN)), np.flatnonzero(ends & (way.radius[1] > SEEN))]

    def at(field: F32) -> F32:
        return np.concatenate([field[k][rows] for k, rows in enumerate(which)])

    out, ball = balls(at(way.x), at(way.y), at(way.depth), at(way.radius), canvas)
    out["depth"] *= 1.01
    return out, way.edge[np.concatenate(which)][ball], at(way.along)[ball]


def balls(x: F32, y: F32, depth: F32, radius: F32, canvas: Canvas) -> tuple[NDArray[Any], I32]:
    """Columns of balls.

    Parameters
    ----------
    x, y, depth, radius
        (n,) on the screen: pixels, pixels, units of the scene, pixels.

    Returns
    -------
    columns, ball
        (m,) of `COLUMN`, and whose column.
    """
    first = np.clip(np.floor(x - radius), 0, canvas.width).astype(np.int32)
    count = np.clip(np.ceil(x + radius), 0, canvas.width).astype(np.int32) - first
    ball = np.repeat(np.arange(len(x), dtype=np.int32), count)
    at = np.arange(len(ball), dtype=np.int32) - np.repeat(np.cumsum(count) - count - first, count).astype(np.int32)
    off = (at.astype(np.float32) + np.float32(0.5) - x[ball]) / np.maximum(radius, np.float32(0.5))[ball]
    out = np.zeros(len(ball), COLUMN)
    out["pixel"], out["stride"], out["limit"] = at, canvas.width, canvas.height
    out["depth"], out["centre"], out["radius"] = depth[ball], y[ball], radius[ball]
    out["inset"], out["slant"] = off * off, 1
    right, up, front = canvas.light
    out["lit"], out["across"], out["front"] = off * right, -up, front
    out["facing"] = out["dim"] = out["round"] = out["rim"] = 1
    return out, ball


def slanted(columns: NDArray[Any]) -> NDArray[Any]:
    """Turn ``slant`` from a cosine into 1 / pixels, once the radius is final."""
    columns["slant"] /= np.maximum(columns["radius"], np.float32(0.5))
    return columns
