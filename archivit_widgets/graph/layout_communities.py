"""Who trades among themselves: communities of accounts, by modularity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, diags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Labels = NDArray[np.intp]

MOST = 10
"""About so many communities can be told apart in a picture."""
ROUNDS = 12
"""Most times that every account thinks its community over, at each level."""


def communities(known: csr_matrix, rng: np.random.Generator) -> Labels:
    """Find communities: more trades within than chance would give accounts that trade as much.

    Where there are very many, those that trade most with each other are taken together until about `MOST` are left.
    Louvain's method (Blondel, Guillaume, Lambiotte, Lefebvre, Fast unfolding of communities in large networks, 2008)
    with the moves of a level made together, each time by a random half, so that two accounts do not change places for
    ever.

    Parameters
    ----------
    known
        (n, n) symmetric, weights of 0 or more.
    rng
        Chooses who moves.

    Returns
    -------
    (n,) labels from 0, the largest community first.
    """
    label = np.arange(known.shape[0])
    level, resolution = known.tocsr(), 1.0
    while resolution > 0.3:
        moved = _moved(level, resolution, rng)
        if moved.max() + 1 == level.shape[0]:
            if _count(label) <= MOST:
                break
            resolution *= 0.95
            continue
        label = moved[label]
        member = _members(moved)
        level = (member.T @ level @ member).tocsr()
    by_size = np.argsort(-np.bincount(label), kind="stable")
    rank = np.empty_like(by_size)
    rank[by_size] = np.arange(len(by_size))
    return np.asarray(rank[label], np.intp)


def _moved(level: csr_matrix, resolution: float, rng: np.random.Generator) -> Labels:
    """Let the nodes of one level join the community of a neighbour where modularity gains most: (n,) labels from 0."""
    n = level.shape[0]
    strength = np.asarray(level.sum(axis=1), np.float64).ravel()
    total = max(float(strength.sum()), 1e-300)
    # a node's own loop moves with it, and says nothing; a trace of one keeps its community among the choices
    others = (level - diags(level.diagonal()) + diags(np.full(n, 1e-12))).tocsr()
    label = np.arange(n)
    for _ in range(ROUNDS):
        weight = np.bincount(label, strength, n)
        shared = (others @ csr_matrix((np.ones(n), label, np.arange(n + 1)), shape=(n, n))).tocsr()
        node = np.repeat(np.arange(n), np.diff(shared.indptr))
        own = shared.indices == label[node]
        gain = shared.data - resolution * strength[node] * (weight[shared.indices] - own * strength[node]) / total
        best = np.maximum.reduceat(gain, shared.indptr[:-1])
        stay = np.zeros(n)
        stay[node[own]] = gain[own]
        first = np.flatnonzero(gain == best[node])[::-1]
        choice = label.copy()
        choice[node[first]] = shared.indices[first]
        wish = best > stay + 1e-9
        if not wish.any():
            break
        moves = wish & (rng.random(n) < 0.5)
        label[moves] = choice[moves]
    return np.unique(label, return_inverse=True)[1]


def _count(label: Labels) -> float:
    """How many communities there are as far as an account can tell: very small ones count for little."""
    share = np.bincount(label) / len(label)
    return float(1 / (share * share).sum())


def _members(label: Labels) -> csr_matrix:
    n = len(label)
    ones: NDArray[Any] = np.ones(n)
    return csr_matrix((ones, label, np.arange(n + 1)), shape=(n, int(label.max()) + 1))
