"""The scene: what is sent once. Where accounts lie, which accounts an artery joins, and how it bends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bundle import gather

F32 = NDArray[np.float32]


@cache
def look() -> dict[str, Any]:
    """Constants of the picture, shared by the kernel, the page and the shaders (``frames/look.json``)."""
    text = files(__package__).joinpath("look.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def room(edges: int) -> float:
    """1 for a scene of the usual number of edges, more for fewer; ``room`` of js/src/look.ts."""
    spec = look()["crowd"]
    return float((spec["edges"] / max(edges, 1)) ** spec["power"])


def crowd(edges: int) -> float:
    """How much thinner arteries and accounts are drawn where edges are many; ``crowd`` of js/src/look.ts."""
    return min(float(look()["crowd"]["most"]), room(edges))


def widths(edges: int) -> tuple[float, float]:
    """Radius of the thinnest and of the thickest artery, units of the scene; ``widths`` of js/src/look.ts.

    Among many the weakest are hardly there. Of few each has to be seen.
    """
    (low, high), most = look()["radius"], float(look()["crowd"]["few"])
    return crowd(edges) * low * min(most, max(1.0, room(edges) ** 2)), crowd(edges) * high


def fog(edges: int) -> float:
    """The most that fog hides, 0..1: little where arteries are few: colours are read off. ``fog`` of js/src/look.ts."""
    spec = look()["fog"]
    return float(spec["most"] * min(1.0, (edges / spec["edges"]) ** 0.5))


@dataclass(frozen=True)
class Scene:
    """Geometry of one picture; immutable.

    Attributes
    ----------
    positions
        (n_accounts, 3) float32, centred, nearly all within radius 1; z = 0 for a flat layout.
    sizes
        (n_accounts,) uint8: turnover as a visual fraction, 255 the largest; 0 where an account is not drawn.
    source, target
        (m,) uint16 where there are at most 65,536 accounts, else uint32: rows of ``graph.accounts``. First the edges of
        the graph, then ghosts.
    bend
        (m, 4) int8: see `bends`.
    labels
        (row, name) of the few accounts that are named in the picture.
    ghosts
        How many of the m, the last ones, are ghosts: they stand in no record, and are drawn dashed.
    """

    positions: F32
    sizes: NDArray[np.uint8]
    source: NDArray[np.unsignedinteger[Any]]
    target: NDArray[np.unsignedinteger[Any]]
    bend: NDArray[np.int8]
    labels: tuple[tuple[int, str], ...] = ()
    ghosts: int = 0

    @property
    def flat(self) -> bool:
        """All accounts lie in the plane z = 0."""
        return not np.any(self.positions[:, 2])


def radii(sizes: NDArray[np.uint8], edges: int) -> F32:
    """(n_accounts,) radius of each sphere, units of the scene: equal steps of the size are equal ratios; 0 is none."""
    low, high = look()["account"]
    drawn = _between(crowd(edges) * low, crowd(edges) * high, sizes.astype(np.float32) / np.float32(255))
    return np.where(sizes > 0, drawn, np.float32(0))


def thickness(fraction: F32 | np.float32, edges: int) -> F32:
    """Radius of arteries whose visual fraction is this, units of the scene, likewise."""
    return _between(*widths(edges), fraction)


def _between(low: float, high: float, fraction: F32 | np.float32) -> F32:
    return np.asarray(low * (high / low) ** fraction, np.float32)


def middles(scene: Scene) -> F32:
    """(n_edges, 3) where each artery is half-way, see `bends`."""
    a, b = scene.positions[scene.source], scene.positions[scene.target]
    reach = np.linalg.norm(b - a, axis=1)
    reach[scene.source == scene.target] = look()["loop"]["most"]
    return np.asarray((a + b) / 2 + 0.75 / 127 * reach[:, None] * scene.bend[:, :3], np.float32)


def bends(
    positions: F32,
    source: NDArray[Any],
    target: NDArray[Any],
    weight: F32 | None = None,
    radius: F32 | None = None,
) -> NDArray[np.int8]:
    """How each artery leaves the straight line.

    With d = target - source, o = 127 * bend.xyz, an artery is the cubic Bezier through ::

        source, source + d/3 + |d| o, source + 2d/3 + |d| o, target

    and a transfer to oneself is the loop ``a, a + L (o + p), a + L (o - p), a`` with L = look.loop.most and p
    perpendicular to o and as long; o points outward, and is the longer the larger the sphere and the thicker the artery
    are, so that the loop is seen and has room to turn. Arteries that run the same way are drawn together
    (`bundle.gather`). Beside that each leaves the line a little to its own right, so an artery and its reverse never
    lie in one another.

    Parameters
    ----------
    positions
        (n_accounts, 3) float32.
    source, target
        (n_edges,) rows of ``positions``.
    weight
        (n_edges,) in 0..1: how much an artery attracts others; None: all alike.
    radius
        (n_accounts,) of the spheres, out of which loops must come; None: points.

    Returns
    -------
    (n_edges, 4) int8, 127 = 1.0; the fourth component is a phase seed in [-127, 127].
    """
    a, b = positions[source], positions[target]
    d = b - a
    length = np.linalg.norm(d, axis=1, keepdims=True)
    along = d / np.maximum(length, 1e-9)
    offset = _bundled((a + b) / 2, along, length, weight) + look()["lane"] * _right(
        along, flat=not positions[:, 2].any()
    )
    loop = np.asarray(source) == np.asarray(target)
    outward = a[loop] + np.float32(1e-3)
    offset[loop] = outward / np.linalg.norm(outward, axis=1, keepdims=True)
    spec = look()["loop"]
    out_of = 0.0 if radius is None else spec["beyond"] * radius[np.asarray(source)[loop], None]
    # A tube cannot turn within its own thickness: the loop's sharpest turn has 0.22 of its size as radius.
    turning = 0.0 if weight is None else spec["turn"] * thickness(weight[loop, None], len(d))
    offset[loop] *= np.minimum(1, np.maximum(np.maximum(spec["least"], out_of), turning) / spec["most"])
    out = np.empty((len(d), 4), np.int8)
    out[:, :3] = np.rint(np.clip(offset, -1, 1) * 127)
    seed = (np.arange(len(d), dtype=np.uint32) * np.uint32(2654435761)) >> np.uint32(24)
    out[:, 3] = (seed % 255).astype(np.int16) - 127
    return out


def _bundled(middle: F32, along: F32, length: F32, weight: F32 | None) -> F32:
    """(m, 3) in lengths of the edge: from the middle to where its bundle runs, across the edge more than along it."""
    pull = np.minimum(length[:, 0], 1) * (1 if weight is None else 0.02 + weight**2)
    offset = gather(middle, along, pull.astype(np.float32)) - middle
    offset -= 0.7 * (offset * along).sum(axis=1, keepdims=True) * along
    offset /= np.maximum(length, 1e-9)
    size = np.linalg.norm(offset, axis=1, keepdims=True)
    # A short edge has no way to go round; one as long as the picture's radius may.
    most = look()["bend"] * np.minimum(1, length)
    # The middle of the cubic moves by 3/4 of what its two controls do.
    return np.asarray(offset * np.minimum(1, most / np.maximum(size, 1e-9)) * 4 / 3, np.float32)


def _right(along: F32, *, flat: bool) -> F32:
    """(m, 3) unit vectors to the right of each edge, seen from above; from the front in a flat picture."""
    side = np.cross(along, np.array([0, 0, 1] if flat else [0, 1, 0], np.float32))
    size = np.linalg.norm(side, axis=1, keepdims=True)
    return np.where(size > 1e-6, side / np.maximum(size, 1e-9), np.array([1, 0, 0], np.float32))
