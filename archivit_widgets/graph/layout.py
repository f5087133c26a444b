"""Where accounts lie: partners near each other, hops as distances, time from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..arguments import whole
from .columns import check_graph
from .layout_descent import descend, is_branched, turned
from .layout_hops import hops, pivot_map
from .layout_parts import gather, shown, surround
from .layout_small import majorise
from .layout_ties import among, arrival, components, order, ties

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from .transfers import TransferGraph

    F32 = NDArray[np.float32]
    F64 = NDArray[np.float64]

FEW, STEPS = 5_000, 80
"""Up to so many accounts, so many steps downhill: they are there at once."""
MANY, MORE_STEPS = 30_000, 120
"""Up to so many accounts, so many steps, in some seconds; still more accounts get fewer."""
TINY = 24
"""Up to this many accounts a component beside the largest is placed by a few distances alone."""
SMALL = 400
"""Up to this many accounts a branched component is placed by all its distances."""
SMALLER = 0.25
"""Size of the other components beside the largest, for the same hops."""


def place(graph: TransferGraph, dims: int = 3, seed: int = 0, *, steps: int | None = None) -> F32:
    """Place the accounts of a graph so that the picture means something.

    Time runs along x: accounts that appeared first lie left, the latest right. Across it, and as far as time allows
    along it, accounts that traded with each other lie together, above all those that share partners; communities
    stand apart; and the distance of two accounts follows the hops between them (`layout_descent` says how). What is
    not joined to the largest component lies close around it, at its time too. An account of a window that has no
    transfer there lies where some other does, so it moves nothing; it is not drawn.

    Parameters
    ----------
    graph
        The transfers between accounts.
    dims
        3, or 2 for a flat picture.
    seed
        Same graph, same seed, same positions.
    steps
        How long to improve large components, or dense ones; time grows with it, and so does the share of neighbours
        that lie next to each other; the distances are as good after 30. By default 80, above 5,000 accounts 120, above
        30,000 fewer.

    Returns
    -------
    (n_accounts, dims) float32, centred, 98 % within a distance of 1 from the origin, aligned with ``graph.accounts``.

    Raises
    ------
    ArchivitError
        ``dims`` is neither 2 nor 3, ``seed`` or ``steps`` no whole number.
    """
    check_graph(graph)
    dims, seed = whole("dims", dims, 2, 3), whole("seed", seed, 0)
    steps = None if steps is None else whole("steps", steps, 1)
    there = np.flatnonzero(graph.record.present)
    if not len(there):
        return np.zeros((graph.record.accounts, dims), np.float32)
    known, time = ties(graph), arrival(graph)
    known = known if len(there) == known.shape[0] else among(known, there)
    placed = _record(known, time[there], dims, np.random.default_rng(seed), steps)
    source, target = (np.searchsorted(there, end) for end in (graph.groups.source, graph.groups.target))
    if np.ptp(time[there]) == 0 and placed[source, 0].sum() > placed[target, 0].sum():
        placed[:, :2] *= -1  # where time does not tell, what is given goes to the right
    placed = _fit(placed)
    at = placed[np.arange(graph.record.accounts) % len(placed)]
    at[there] = placed
    return at


def _record(known: csr_matrix, time: F64, dims: int, rng: np.random.Generator, steps: int | None) -> F32:
    """Place all components, the smaller ones around the largest, in hops."""
    n, age = len(time), order(time)
    largest, *others = components(known)
    many = max(1, sum(len(rows) > TINY for rows in others))  # that share the steps: the tiny ones need none
    others = gather(others, age)
    usual = STEPS if n <= FEW else max(20, MORE_STEPS * MANY // max(n, MANY))
    steps = usual if steps is None else steps
    at = np.zeros((n, dims), np.float32)
    at[largest] = _component(known, largest, time, dims, rng, steps)
    for rows in shown(others):
        at[rows] = SMALLER * _component(known, rows, time, dims, rng, min(steps, 1000 // many), sketch=True)
    surround(at, largest, others, age)
    return at


def _component(
    known: csr_matrix,
    rows: NDArray[np.intp],
    time: F64,
    dims: int,
    rng: np.random.Generator,
    steps: int,
    *,
    sketch: bool = False,
) -> F32:
    """Place one connected component, in hops; a tiny one at once, if a sketch will do: there may be thousands."""
    n = len(rows)
    if n == 1:
        return np.zeros((1, dims), np.float32)
    own = known if n == known.shape[0] else among(known, rows)
    if own.nnz == 0:
        return rng.normal(scale=0.2 * n ** (1 / dims), size=(n, dims)).astype(np.float32)
    age = order(time[rows])
    if sketch and n <= TINY:
        every = np.arange(n)
        at = pivot_map(hops(own, every), every, dims) + rng.normal(scale=0.1, size=(n, dims)).astype(np.float32)
        return turned(at, age) if n > 2 and np.ptp(age) > 0 else at
    if n <= TINY or (n <= SMALL and is_branched(own)):
        return majorise(own, age, dims, rng)
    if n <= FEW:
        return descend(own, age, dims, rng, range(steps))
    from tqdm.auto import tqdm  # it looks for a notebook, which small graphs need not wait for

    return descend(own, age, dims, rng, tqdm(range(steps), "placing accounts", delay=2, leave=False))


def _fit(at: F32) -> F32:
    """Centre, and scale so that 98 % lie within 1."""
    low, high = np.quantile(at, [0.01, 0.99], axis=0)
    centred = at - (low + high) / 2
    reach = np.quantile(np.linalg.norm(centred, axis=1), 0.98)
    return np.asarray(centred / max(reach, 1e-9), np.float32)
