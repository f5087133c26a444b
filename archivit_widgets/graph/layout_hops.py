"""Distances for the layout: hops between accounts, and the classical map that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

MOST_HOPS = 255


def hops(ties: csr_matrix, landmarks: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Hops from each landmark to every account, all landmarks at once.

    A breadth-first search whose frontier is one bit for each landmark: a level is one OR over the neighbours' rows, so
    64 searches cost what one does (Then et al., The More the Merrier: Efficient Multi-Source Graph Traversal, VLDB
    2014).

    Parameters
    ----------
    ties
        (n, n) symmetric adjacency, connected, without empty rows.
    landmarks
        (m,) rows of ``ties``.

    Returns
    -------
    (m, n) uint8, saturated at 255.
    """
    n, m = ties.shape[0], len(landmarks)
    seeds = np.zeros((n, -(-m // 64) * 64), bool)
    seeds[landmarks, np.arange(m)] = True
    reached = np.packbits(seeds, axis=1, bitorder="little").view(np.uint64)
    distance = np.zeros((n, m), np.uint8)
    for _ in range(MOST_HOPS):
        distance += 1 - np.unpackbits(reached.view(np.uint8), axis=1, bitorder="little")[:, :m]
        grown = np.bitwise_or.reduceat(reached[ties.indices], ties.indptr[:-1], axis=0)
        grown |= reached
        if np.array_equal(grown, reached):
            break
        reached = grown
    return np.ascontiguousarray(distance.T)


def pivot_map(distance: NDArray[np.unsignedinteger], pivots: NDArray[np.integer], dims: int) -> NDArray[np.float32]:
    """Place accounts by their distances to a few pivots (Brandes and Pich, Eigensolver Methods for Progressive
    Multidimensional Scaling of Large Data, GD 2006).

    Parameters
    ----------
    distance
        (p, n) from each pivot, in any unit.
    pivots
        (p,) their rows.
    dims
        Number of coordinates.

    Returns
    -------
    (n, dims) float32 in the unit of ``distance``. Each axis points to where its account of greatest absolute
    value lies, so that the result does not hang on the eigensolver's choice of sign.
    """
    squared = distance.T.astype(np.float64) ** 2
    squared -= squared.mean(axis=0)
    squared -= squared.mean(axis=1, keepdims=True)
    _, axes = np.linalg.eigh(squared.T @ squared)
    largest = axes[:, ::-1][:, :dims]
    out: NDArray[Any] = np.zeros((squared.shape[0], dims))
    out[:, : largest.shape[1]] = squared @ largest
    peak = np.abs(out).argmax(axis=0)
    out *= np.where(out[peak, np.arange(dims)] < 0, -1, 1)
    drawn = np.linalg.norm(out[pivots, None] - out[pivots], axis=2)
    out *= (drawn * distance[:, pivots]).sum() / max((drawn * drawn).sum(), 1e-9)
    return out.astype(np.float32)
