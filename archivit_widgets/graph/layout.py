"""Where accounts lie: traders near each other, hops as distances, time from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, csgraph, csr_matrix

from .layout_descent import descend, jitter
from .layout_hops import hops, pivot_map

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .transfers import TransferGraph

    F32 = NDArray[np.float32]

STEPS = 200
"""Steps downhill for the largest component."""
SMALL_STEPS = 1000
"""Steps that all the other components share."""
TINY = 12
"""Up to this many accounts a component is placed by its distances alone."""


def place(graph: TransferGraph, dims: int = 3, seed: int = 0) -> F32:
    """Place the accounts of a graph so that the picture means something.

    Accounts that traded with each other lie together, and the distance of two accounts follows the hops between them
    (`layout_descent`). The picture is turned, which costs nothing, so that time runs along x as well as the trades
    allow: accounts that appeared early lie to the left, late ones to the right. What is not joined to the largest
    component lies on a thin shell around it, in order of time too.

    Parameters
    ----------
    graph
        The transfers between accounts.
    dims
        3, or 2 for a flat picture.
    seed
        Same graph, same seed, same positions.

    Returns
    -------
    (n_accounts, dims) float32, centred, 98 % within a distance of 1 from the origin, aligned with ``graph.accounts``.

    Raises
    ------
    ValueError
        Where ``dims`` is neither 2 nor 3.
    """
    if dims not in (2, 3):
        raise ValueError(f"dims is 2 or 3, not {dims!r}")
    n = graph.record.accounts
    if n == 0:
        return np.zeros((0, dims), np.float32)
    rng = np.random.default_rng(seed)
    ties, age = _ties(graph), _age(graph)
    parts = _components(ties)
    at = np.zeros((n, dims), np.float32)
    steps = STEPS
    for part in parts:
        at[part] = _component(ties, part, dims, rng, steps)
        steps = SMALL_STEPS // len(parts)
    largest, *others = parts
    at[largest] = _turn(at[largest], age[largest])
    _around(at, largest, others, age)
    return _fit(at)


def _ties(graph: TransferGraph) -> csr_matrix:
    """Who traded with whom: (n, n) symmetric, ones, no diagonal, sorted."""
    a, b = graph.groups.source, graph.groups.target
    apart = a != b
    a, b = a[apart], b[apart]
    n = graph.record.accounts
    ones = np.ones(2 * len(a), np.float32)
    ties = coo_matrix((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)).tocsr()
    ties.data[:] = 1
    return ties


def _age(graph: TransferGraph) -> NDArray[np.float64]:
    """(n,) in 0..1: the order in which accounts first appear; the record is in order of time already."""
    record = graph.record
    first = np.full(record.accounts + 1, len(record))
    moment = np.arange(len(record))[::-1]
    first[record.source[::-1]] = moment
    first[record.target[::-1]] = np.minimum(first[record.target[::-1]], moment)
    _, rank = np.unique(first[:-1], return_inverse=True)
    return np.asarray(rank / max(int(rank.max()), 1), np.float64)


def _components(ties: csr_matrix) -> list[NDArray[np.intp]]:
    """Rows of each connected component, the largest first."""
    count, label = csgraph.connected_components(ties, directed=False)
    rows = np.argsort(label, kind="stable")
    size = np.bincount(label, minlength=count)
    parts = np.split(rows, np.cumsum(size)[:-1])
    return [parts[c] for c in np.argsort(-size, kind="stable")]


def _component(ties: csr_matrix, rows: NDArray[np.intp], dims: int, rng: np.random.Generator, steps: int) -> F32:
    """Place one connected component, in hops."""
    n = len(rows)
    if n == 1:
        return np.zeros((1, dims), np.float32)
    own = ties if n == ties.shape[0] else ties[rows][:, rows]
    if n <= TINY:
        every = hops(own, np.arange(n))
        return np.asarray(pivot_map(every, dims) / n + jitter((n, dims), rng), np.float32)
    if n < 5000:
        return descend(own, dims, rng, range(steps))
    from tqdm.auto import tqdm

    return descend(own, dims, rng, tqdm(range(steps), "placing accounts", delay=2, leave=False))


def _turn(at: F32, age: NDArray[np.float64]) -> F32:
    """Turn positions so that x is the direction in which age grows most, and the rest lie by their spread."""
    centred = at - at.mean(axis=0)
    _, _, spread = np.linalg.svd(centred.T @ centred)
    later, *_ = np.linalg.lstsq(centred, age - age.mean(), rcond=None)
    length = np.linalg.norm(later)
    axes = np.vstack([later / length if length > 1e-12 else spread[0], spread])
    turn: list[NDArray[np.float64]] = []
    for axis in axes.astype(np.float64):
        rest = axis - sum((axis @ t) * t for t in turn)
        if np.linalg.norm(rest) > 1e-3 and len(turn) < at.shape[1]:
            turn.append(rest / np.linalg.norm(rest))
    return np.asarray(centred @ np.array(turn).T, np.float32)


def _around(at: F32, largest: NDArray[np.intp], others: list[NDArray[np.intp]], age: NDArray[np.float64]) -> None:
    """Move the smaller components to shells around the largest: time runs along x, larger ones lie further in."""
    if not others:
        return
    dims = at.shape[1]
    inner = np.maximum(np.quantile(np.abs(at[largest]), 0.97, axis=0), 0.5)
    room = np.cumsum([0.5 * len(rows) for rows in others])
    layer = (1 + room / inner.prod()) ** (1 / dims)
    when = np.argsort(np.argsort([age[rows].mean() for rows in others], kind="stable"))
    middle = _directions(len(others), dims)[when] * inner * layer[:, None]
    for rows, to in zip(others, middle, strict=True):
        at[rows] += to - at[rows].mean(axis=0)


def _directions(count: int, dims: int) -> NDArray[np.float64]:
    """(count, dims) unit vectors, evenly spread, in order of x: a Fibonacci sphere; flat, above and below in turn."""
    x = 2 * (np.arange(count) + 0.5) / count - 1
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5) if dims == 3 else 1)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)[:, : dims - 1]
    return np.column_stack([x, np.sqrt(1 - x * x)[:, None] * around])


def _fit(at: F32) -> F32:
    """Centre, and scale so that 98 % lie within 1."""
    centred = at - np.median(at, axis=0)
    reach = np.quantile(np.linalg.norm(centred, axis=1), 0.98)
    return np.asarray(centred / max(reach, 1e-9), np.float32)
