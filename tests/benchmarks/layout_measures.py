"""How good a layout is, measured without any code of the layout itself."""

import numpy as np
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

NEAREST = 10


def hops_from(ties, count=300, seed=1):
    """Rows of at most `count` accounts, drawn by lot, and hops from each to every account: (s,), (s, n)."""
    n = ties.shape[0]
    sources = np.sort(np.random.default_rng(seed).choice(n, min(count, n), replace=False))
    return sources, csgraph.dijkstra(ties, directed=False, indices=sources, unweighted=True)


def stress(at, sources, hops):
    """Normalised stress over the sampled pairs: min over a of sum (a d - h)^2 / sum h^2, 0 for perfect distances.

    d is the drawn distance, h the hops. With the best a = sum d h / sum d^2 it is 1 - (sum d h)^2 / (sum d^2 sum h^2).
    """
    at = np.asarray(at, float)
    both = drawn = wanted = 0.0
    for source, hop in zip(sources, hops, strict=True):
        length = np.linalg.norm(at - at[source], axis=1)
        both, drawn, wanted = both + length @ hop, drawn + length @ length, wanted + hop @ hop
    return 1 - both * both / (drawn * wanted)


def preservation(at, ties):
    """Share of graph neighbours among the k nearest, k = min(10, degree), averaged over the accounts."""
    n = ties.shape[0]
    degree = np.diff(ties.indptr)
    k = np.minimum(NEAREST, degree)
    near = min(NEAREST + 1, n)
    _, found = cKDTree(at).query(at, near)
    account = np.repeat(np.arange(n), near).reshape(n, near)
    stranger = found != account  # oneself is not always first: others may lie at the same place
    rank = np.cumsum(stranger, axis=1) - 1
    known = np.isin(account * n + found, np.repeat(np.arange(n), degree) * n + ties.indices)
    return float(((stranger & known & (rank < k[:, None])).sum(axis=1) / k).mean())
