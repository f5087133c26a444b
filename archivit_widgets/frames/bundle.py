"""Arteries that run the same way are drawn together, as vessels gather into trunks.

The middle of each edge is moved to where the middles of its like-minded neighbours lie: mean shift (Fukunaga and
Hostetler 1975) over the density of edges, as kernel density edge bundling does (Hurter, Ersoy and Telea 2012), but on
middles only, since an artery is one cubic. The density lives on a coarse grid, so the cost is linear in the edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    F32 = NDArray[np.float32]

CELLS = 30
"""Cells of the grid along each axis."""
ROUNDS = 4
"""Rounds of mean shift."""


def gather(middles: F32, directions: F32, weight: F32) -> F32:
    """Move the middles of edges together.

    Parameters
    ----------
    middles
        (m, 3) float32.
    directions
        (m, 3) float32 unit vectors along the edges; the sign does not count.
    weight
        (m,) float32: how much an edge attracts the others.

    Returns
    -------
    (m, 3) float32: the moved middles.
    """
    if len(middles) == 0:
        return middles
    low, high = middles.min(axis=0), middles.max(axis=0)
    span = max(float((high - low).max()), 1e-3 * float(np.abs(middles).max()), 1e-6)
    cell = span / (CELLS - 5)
    layer = np.abs(directions).argmax(axis=1) * CELLS**3
    at = middles
    for _ in range(ROUNDS):
        grid = (at - low) / cell + 2
        corner = np.floor(grid).astype(np.int64)
        shares = list(_corners(grid - corner))
        rows = [layer + ((corner + step) @ STRIDES) for step, _ in shares]
        fields = _blurred(rows, [share for _, share in shares], np.column_stack([weight, weight[:, None] * at]))
        sampled = sum(fields[:, row] * share for row, (_, share) in zip(rows, shares, strict=True))
        near = sampled[0] > 1e-12  # else nobody pulls here, not even the edge itself
        at = np.where(near, sampled[1:] / np.where(near, sampled[0], 1), at.T).T.astype(np.float32)
    return at


STRIDES = np.array([CELLS * CELLS, CELLS, 1])


def _corners(part: F32) -> Any:
    """The eight corners of the cell that a point lies in, and the point's share of each."""
    for number in range(8):
        step = np.array([number >> 2 & 1, number >> 1 & 1, number & 1])
        yield step, np.where(step, part, 1 - part).prod(axis=1)


def _blurred(rows: list[NDArray[np.int64]], shares: list[F32], values: F32) -> F32:
    """(4, 3 * CELLS**3): weight and weighted position, spread over the neighbouring cells."""
    out = []
    where = np.concatenate(rows)
    for value in values.T:
        spread = np.bincount(where, np.concatenate([value * share for share in shares]), 3 * CELLS**3)
        box = spread.reshape(3, CELLS, CELLS, CELLS)
        for axis in (1, 2, 3):
            for _ in range(2):
                box = box + 0.5 * (np.roll(box, 1, axis) + np.roll(box, -1, axis))
        out.append(box.ravel())
    return np.array(out)
