"""The orbit camera of the still pictures: the same numbers as ``js/src/camera.ts`` gives in the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..arguments import number, of_kind
from ..errors import ArchivitError
from .scene import F32, Scene, look, middles, radii, widths

NEAR = 0.05
#: Accounts farther from the scene's origin are not waited for, nor what hangs on them; the largest may be 1 farther.
FAR = 1.2
#: Shares of width and height that the first view fills, and how near the eye comes at most.
ROOM = (0.96, 0.96)
NEAREST = 1.5
#: Where an eye may stand. The page lets nobody come nearer than that, and a narrow one must stand far off to hold all.
CLOSEST, FARTHEST = 0.02, 1e6
#: Half the width of a loop, in its sizes: see `bends`.
WIDE = 0.3


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

    NUMBERS: ClassVar = ("yaw", "pitch", "distance")

    yaw: float
    pitch: float
    distance: float
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Camera:
        """Read the ``camera`` trait: {yaw, pitch, distance, target: [x, y, z]}.

        Raises
        ------
        ArchivitError
            One of them is not there, or no number, or out of reach.
        """
        of_kind("camera", state, Mapping, "a dict of yaw, pitch, distance and target: [x, y, z]")
        try:
            x, y, z = (number("target of the camera", v, -FARTHEST, FARTHEST) for v in state["target"])
            yaw, pitch = (number(f"{name} of the camera", state[name]) for name in cls.NUMBERS[:2])
            distance = number("distance of the camera", state["distance"], CLOSEST, FARTHEST)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ArchivitError):
                raise
            raise ArchivitError("camera must hold yaw, pitch, distance and target: [x, y, z]") from None
        return cls(yaw, pitch, distance, (x, y, z))

    def state(self) -> dict[str, Any]:
        """Give the ``camera`` trait, in plain numbers."""
        return {**{name: getattr(self, name) for name in self.NUMBERS}, "target": list(self.target)}

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


def fit(scene: Scene, aspect: float, room: tuple[float, float] = ROOM) -> Camera:
    """Frame what is drawn: the first view. ``fit`` of camera.ts, step by step.

    Each thing is a ball: an account as large as its sphere, the middle of an artery as thick as the thickest,
    that of a loop as wide as it is beside.
    With the eye at the distance D in front of the plane through the scene's origin, shifted by c to the right, a ball
    at (x, y, z) in the camera's axes with radius r lies left of the picture's right border if ::

        x - c + r sqrt(1 + t^2) <= t (D - z)      t = room * aspect * tan(fov / 2)

    so D t + c >= R, the largest x + t z + r sqrt(1 + t^2) of all balls, and D t - c >= L likewise for -x. The nearest
    such eye has D = (R + L) / 2t and c = (R - L) / 2; up and down alike, and the larger D holds. Accounts
    farther than `FAR` + size from the origin and their arteries are not waited for; a scene is scaled so that 98 of
    100 lie within 1.

    Parameters
    ----------
    scene
        Geometry.
    aspect
        Width of the picture divided by its height.
    room
        Shares of the width and the height that are to hold it all.
    """
    yaw, pitch = (0.0, 0.0) if scene.flat else (0.6, 0.35)
    thick = np.full(len(scene.source), widths(len(scene.source))[1], np.float32)
    loop = scene.source == scene.target
    thick[loop] += WIDE * look()["loop"]["most"] / 127 * np.linalg.norm(scene.bend[loop, :3].astype(np.float32), axis=1)
    balls = (
        np.concatenate([scene.positions, middles(scene)]),
        np.concatenate([radii(scene.sizes, len(scene.source)), thick]),
    )
    near = (scene.positions**2).sum(axis=1) <= (FAR + scene.sizes.astype(np.float64) / 255) ** 2
    near = np.concatenate([near, near[scene.source] & near[scene.target]])
    if not near.any():
        return Camera(yaw, pitch, 3.0)
    basis = Camera(yaw, pitch, 1.0).basis()
    at, radius = (balls[0][near] @ basis.T).astype(np.float64), balls[1][near]
    shift, distance = [0.0, 0.0], NEAREST
    for axis, share in enumerate((room[0] * aspect, room[1])):
        t = share * slope()
        fixed = t * at[:, 2] + radius * math.hypot(1, t)
        right, left = float((fixed + at[:, axis]).max()), float((fixed - at[:, axis]).max())
        shift[axis] = (right - left) / 2
        distance = max(distance, (right + left) / (2 * t))
    x, y, z = (float(v) for v in shift @ basis[:2])
    return Camera(yaw, pitch, distance, (x, y, z))
