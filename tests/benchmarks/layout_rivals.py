"""Other layouts, each as its package gives it: name -> place(ties, dims, seed) -> (n, dims)."""

import random
from functools import partial
from importlib.util import find_spec

import numpy as np
from scipy.sparse import csgraph

LARGE = 5000
"""Above this many accounts those that compare every pair are left out: they take hours, or all memory."""


def rivals(n):
    """Layouts that are installed and can place `n` accounts, and the names of those left out."""
    every = {
        "igraph fr": ("igraph", partial(_igraph, "fruchterman_reingold"), True),
        "igraph kk": ("igraph", partial(_igraph, "kamada_kawai"), True),
        "igraph drl": ("igraph", partial(_igraph, "drl"), False),
        "igraph umap": ("igraph", partial(_igraph, "umap"), False),
        "umap-learn": ("umap", _umap, False),
        "networkx spring": ("networkx", _spring, True),
        "pivot MDS": ("scipy", _pivot, False),
        "random": ("numpy", _random, False),
    }
    fit = {name: place for name, (package, place, small) in every.items() if _can(package, small, n)}
    return fit, [name for name in every if name not in fit]


def _can(package, small, n):
    return find_spec(package) is not None and not (small and n > LARGE)


def _igraph(method, ties, dims, seed):
    import igraph

    igraph.set_random_number_generator(random.Random(seed))
    source, target = ties.nonzero()
    once = source < target
    graph = igraph.Graph(n=ties.shape[0], edges=np.column_stack([source[once], target[once]]))
    return np.array(getattr(graph, f"layout_{method}")(dim=dims).coords)


def _umap(ties, dims, seed):
    """The optimisation of umap-learn on the graph itself, as the package does it on its graph of neighbours."""
    from umap.umap_ import find_ab_params, simplicial_set_embedding

    a, b = find_ab_params(1.0, 0.1)
    graph = ties.astype(np.float32).tocoo()
    state = np.random.RandomState(seed)
    options = {"densmap": False, "densmap_kwds": {}, "output_dens": False}
    at, _ = simplicial_set_embedding(
        None, graph, dims, 1.0, a, b, 1.0, 5, None, "spectral", state, "euclidean", {}, **options
    )
    return at


def _spring(ties, dims, seed):
    import networkx

    at = networkx.spring_layout(networkx.from_scipy_sparse_array(ties), dim=dims, seed=seed)
    return np.array([at[i] for i in range(ties.shape[0])])


def _pivot(ties, dims, seed, pivots=200):
    """Pivot MDS (Brandes and Pich 2006), written anew here so that the layout under test is not its own rival."""
    n = ties.shape[0]
    chosen = np.random.default_rng(seed).choice(n, min(pivots, n), replace=False)
    squared = csgraph.dijkstra(ties, directed=False, indices=chosen, unweighted=True).T ** 2
    squared -= squared.mean(axis=0)
    squared -= squared.mean(axis=1, keepdims=True)
    _, axes = np.linalg.eigh(squared.T @ squared)
    return squared @ axes[:, : -dims - 1 : -1]


def _random(ties, dims, seed):
    return np.random.default_rng(seed).normal(size=(ties.shape[0], dims))
