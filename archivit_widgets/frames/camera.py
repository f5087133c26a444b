"""The orbit camera of the still pictures: the same numbers as ``js/src/camera.ts`` gives in the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .scene import F32, look

NEAR = 0.05
LOOKED_AT = 4096


@dataclass(frozen=True)
class Camera:
    """Where the eye stands: ``target + distance * (cos p sin y, sin p, cos p cos y)``, up is +y.

    Attributes
    ----------
    yaw, pitch
        Radians round the vertical axis (0 looks along -z) and above the horizon.
    distance
        From eye to target, in units of the scene, whose radius is about 1.
    target
        The point in the middle of the picture.
    """

    yaw: float
    pitch: float
    distance: float
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def of(cls, state: dict[str, Any]) -> Camera:
        """Read the ``camera`` trait: {yaw, pitch, distance, target: [x, y, z]}."""
        x, y, z = (float(v) for v in state["target"])
        return cls(float(state["yaw"]), float(state["pitch"]), float(state["distance"]), (x, y, z))

    def basis(self) -> F32:
        """(3, 3) float32: right, up and back (towards the eye) as rows."""
        cy, sy, cp, sp = math.cos(self.yaw), math.sin(self.yaw), math.cos(self.pitch), math.sin(self.pitch)
        return np.array([[cy, 0, -sy], [-sp * sy, cp, -sp * cy], [cp * sy, sp, cp * cy]], np.float32)


def slope() -> float:
    """Half the height of the picture at distance 1: tan(fov / 2)."""
    return math.tan(math.radians(look()["fov"]) / 2)


def project(points: F32, camera: Camera, width: int, height: int) -> tuple[F32, F32, F32]:
    """Pixels of points.

    Parameters
    ----------
    points
        (..., 3) float32.
    width, height
        Of the picture, pixels; y grows downwards.

    Returns
    -------
    x, y, depth
        (...) float32 each. Depth is the distance along the line of sight; what lies before ``NEAR`` is held there, and
        `scale` of it says how many pixels one unit of the scene takes.
    """
    seen = (points - np.asarray(camera.target, np.float32)) @ camera.basis().T
    depth = np.maximum(np.float32(camera.distance) - seen[..., 2], np.float32(NEAR))
    pixels = scale(depth, height)
    return width / 2 + seen[..., 0] * pixels, height / 2 - seen[..., 1] * pixels, depth


def scale(depth: F32 | np.float32, height: int) -> F32:
    """Pixels that one unit of the scene takes at a depth."""
    return np.asarray(np.float32(height / 2 / slope()) / depth, np.float32)


def fit(positions: F32, flat: bool, aspect: float) -> Camera:
    """Frame the data: the first view. ``fit`` of camera.ts, step by step.

    The target is the middle of each axis between its 2nd and 98th percentile. An account at (x, y, z) in the camera's
    axes, seen from the target, lies inside the picture from distance ``z + max(|x| / aspect, |y|) / tan(fov / 2)`` on;
    the distance is the 98th percentile of that with 12 % to spare. Percentiles are of every k-th account, k such that
    at most 4,096 are looked at, without interpolation.

    Parameters
    ----------
    positions
        (n, 3) float32.
    flat
        All z are 0: looked at from the front.
    aspect
        Width of the picture divided by its height.
    """
    yaw, pitch = (0.0, 0.0) if flat else (0.6, 0.35)
    if len(positions) == 0:
        return Camera(yaw, pitch, 3.0)
    some = positions[:: -(-len(positions) // LOOKED_AT)]
    target = (_percentile(some, 0.02) + _percentile(some, 0.98)) / 2
    seen = (some - target) @ Camera(yaw, pitch, 1.0).basis().T
    need = seen[:, 2] + np.maximum(np.abs(seen[:, 0]) / aspect, np.abs(seen[:, 1])) / (slope() * 0.88)
    x, y, z = (float(v) for v in target)
    return Camera(yaw, pitch, max(0.2, float(_percentile(need, 0.98))), (x, y, z))


def _percentile(values: NDArray[np.floating[Any]], share: float) -> F32:
    """Value of rank floor(share * n) along the first axis."""
    return np.asarray(np.sort(values, axis=0)[min(len(values) - 1, int(share * len(values)))], np.float32)
