"""The scene: what is sent once. Where accounts lie, which accounts an artery joins, and how it bends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@cache
def look() -> dict[str, Any]:
    """Constants of the picture, shared by the kernel, the page and the shaders (``frames/look.json``)."""
    text = files(__package__).joinpath("look.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def crowd(edges: int) -> float:
    """How much thinner arteries and accounts are drawn where edges are many; ``crowd`` of js/src/look.ts."""
    spec = look()["crowd"]
    thinner: float = (spec["edges"] / max(edges, 1)) ** spec["power"]
    return min(float(spec["most"]), thinner)


@dataclass(frozen=True)
class Scene:
    """Geometry of one picture; immutable.

    Attributes
    ----------
    positions
        (n_accounts, 3) float32, centred, nearly all within radius 1; z = 0 for a flat layout.
    sizes
        (n_accounts,) uint8: turnover as a visual fraction, 255 the largest.
    source, target
        (n_edges,) uint16 where there are at most 65,536 accounts, else uint32: rows of ``graph.accounts``.
    bend
        (n_edges, 4) int8: see `bends`.
    labels
        (row, name) of the few accounts that are named in the picture.
    """

    positions: F32
    sizes: NDArray[np.uint8]
    source: NDArray[np.unsignedinteger[Any]]
    target: NDArray[np.unsignedinteger[Any]]
    bend: NDArray[np.int8]
    labels: tuple[tuple[int, str], ...] = ()

    @property
    def flat(self) -> bool:
        """All accounts lie in the plane z = 0."""
        return not np.any(self.positions[:, 2])


def bends(positions: F32, source: NDArray[Any], target: NDArray[Any]) -> NDArray[np.int8]:
    """How each artery leaves the straight line.

    With d = target - source, o = 127 * bend.xyz, an artery is the cubic Bezier through ::

        source, source + d/3 + |d| o, source + 2d/3 + |d| o, target

    and a transfer to oneself is the loop ``a, a + L (o + p), a + L (o - p), a`` with L = look.loop and p the unit
    vector perpendicular to o. The bend turns with d, so an artery and its reverse bulge to opposite sides and never
    overlap.

    Parameters
    ----------
    positions
        (n_accounts, 3) float32.
    source, target
        (n_edges,) rows of ``positions``.

    Returns
    -------
    (n_edges, 4) int8, 127 = 1.0; the fourth component is a phase seed in [-127, 127].
    """
    a, b = positions[source], positions[target]
    d = b - a
    flat = bool(np.all(positions[:, 2] == 0))
    up = np.array([0, 0, 1] if flat else [0, 1, 0], np.float32)
    side = np.cross(d, up)
    length = np.linalg.norm(side, axis=1, keepdims=True)
    side = np.where(length > 1e-9, side / np.maximum(length, 1e-9), np.array([1, 0, 0], np.float32))
    outward = (a + b) / 2
    outward = outward / np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
    direction = side + (0 if flat else 0.5) * outward
    loop = np.asarray(source) == np.asarray(target)
    direction[loop] = outward[loop] + 1e-3
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
    direction *= np.where(loop, 1.0, look()["bend"])[:, None]
    out = np.empty((len(d), 4), np.int8)
    out[:, :3] = np.rint(direction * 127)
    seed = (np.arange(len(d), dtype=np.uint32) * np.uint32(2654435761)) >> np.uint32(24)
    out[:, 3] = (seed % 255).astype(np.int16) - 127
    return out
