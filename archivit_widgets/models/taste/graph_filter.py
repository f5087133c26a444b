"""A low-pass filter on the graph of who had what, without training; and its like on pictures.

    N = Du^-a R Di^-(1-a)        R: accounts x items, Du and Di: what its rows and columns add up to
    P = (N'N) ** p               each entry raised to p
    scores = R P

after Park, Shin and Shin 2024, Turbo-CF: Matrix Decomposition-Free Graph Filtering for Fast Recommendation
(arXiv 2404.14243), its linear filter. P stays sparse: of each item only the nearest are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tqdm.auto import tqdm

from ...graph.columns import F64

Matrix = Any  # scipy.sparse.csr_matrix carries no types
BLOCK = 512  # items whose neighbours are looked for together


def normalised(had: Matrix, balance: float) -> Matrix:
    """Weigh rows and columns down by what they add up to: ``Du^-a R Di^-(1-a)``, a is `balance` from 0 to 1."""
    return sparse.diags(_power(had.sum(axis=1), -balance)) @ had @ sparse.diags(_power(had.sum(axis=0), balance - 1))


def nearness(had: Matrix, balance: float, power: float, neighbours: int, *, progress: bool = False) -> Matrix:
    """Say how near items are by who had them.

    Parameters
    ----------
    had
        Sparse (accounts, items), 0 or more.
    balance, power
        a and p of the module.
    neighbours
        How many items are kept beside each, at most.

    Returns
    -------
    sparse (items, items) float64
        Row: how much having the one speaks for each other. Symmetric but for what is cut off.
    """
    return nearnesses(had, balance, (power,), neighbours, progress=progress)[0]


def nearnesses(
    had: Matrix, balance: float, powers: Sequence[float], neighbours: int, *, progress: bool = False
) -> list[Matrix]:
    """Give `nearness` for each of several powers, N'N worked out once."""
    weighed = normalised(had, balance).tocsc()
    if not weighed.shape[1]:
        return [sparse.csr_matrix((0, 0)) for _ in powers]
    kept: list[list[Matrix]] = [[] for _ in powers]
    for start in tqdm(range(0, weighed.shape[1], BLOCK), "items", disable=not progress, leave=False):
        rows = (weighed[:, start : start + BLOCK].T @ weighed).tocsr()
        rows.sort_indices()
        for parts, power in zip(kept, powers, strict=True):
            raised = sparse.csr_matrix((rows.data**power, rows.indices, rows.indptr), shape=rows.shape)
            parts.append(largest(raised, neighbours))  # not before: what differs in its last digit may be equal now
    return [sparse.vstack(parts, "csr") for parts in kept]


def likeness(embeddings: NDArray[np.floating[Any]], neighbours: int) -> Matrix:
    """Say how alike items are by their embeddings: cosine of the nearest, 0 where it is negative.

    Parameters
    ----------
    embeddings
        (items, dimensions); a row of zeros is like nothing, itself included.

    Returns
    -------
    sparse (items, items) float64
        Without the diagonal: an item is no news of itself.
    """
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit = np.divide(embeddings, length, out=np.zeros(embeddings.shape, np.float64), where=length > 0)
    kept = []
    for start in range(0, len(unit), BLOCK):
        rows = np.maximum(unit[start : start + BLOCK] @ unit.T, 0)
        rows[np.arange(len(rows)), start + np.arange(len(rows))] = 0
        kept.append(largest(sparse.csr_matrix(rows), neighbours))
    return sparse.vstack(kept, "csr") if kept else sparse.csr_matrix((0, 0))


def largest(rows: Matrix, most: int) -> Matrix:
    """Keep the largest entries of each row; of equal ones the first."""
    if np.diff(rows.indptr).max(initial=0) <= most:
        return rows
    rows.sort_indices()
    keep = [
        begin + np.sort(np.argsort(-rows.data[begin:end], kind="stable")[:most])
        for begin, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
    ]
    chosen, counts = np.concatenate(keep), [len(one) for one in keep]
    indptr = np.concatenate([[0], np.cumsum(counts)])
    return sparse.csr_matrix((rows.data[chosen], rows.indices[chosen], indptr), shape=rows.shape)


def _power(sums: Any, exponent: float) -> F64:
    """Raise sums to a power; what adds up to nothing stays nothing."""
    values = np.asarray(sums, np.float64).ravel()
    return np.power(values, exponent, out=np.zeros_like(values), where=values > 0)
