"""What a model of taste must beat: popularity, item neighbours, EASE, implicit ALS.

Each rival is fitted to the same matrix of who had what as the model, and says how much accounts want items. ALS is our
own (`als`): sixty lines that run wherever the package does, with equal results for equal seeds, so that the table of
``archivit evaluate taste`` never lacks a row; the benchmark holds it against the package ``implicit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...arguments import number, whole
from ...errors import ArchivitError
from ...graph.columns import F64
from ..taste.graph_filter import BLOCK, largest
from ..taste.holdings import Matrix

MOST_ITEMS_OF_EASE = 2_000  # it inverts a dense matrix of items x items


class Scorer(Protocol):
    """Says how much accounts want items; comparable within a row only."""

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64 for n rows of accounts."""


@dataclass(frozen=True, eq=False)
class Popularity:
    """The same for all: how often each item was bought, (items,), of late or ever."""

    popular: F64

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64."""
        return np.tile(self.popular, (len(rows), 1))


@dataclass(frozen=True, eq=False)
class Linear:
    """What an account had, times a matrix that says which item speaks for which."""

    had: Matrix
    near: Any

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64."""
        found = self.had[rows] @ self.near
        return found.toarray() if sparse.issparse(found) else np.asarray(found)


@dataclass(frozen=True, eq=False)
class Factors:
    """Products of a vector of the account with one of the item: (accounts, f) and (items, f)."""

    accounts: F64
    items: F64

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64."""
        return self.accounts[rows] @ self.items.T


def item_neighbours(had: Matrix, *, neighbours: int = 100, shrink: float = 0.0, once: bool = False) -> Linear:
    """Item neighbours: cosine of columns, less where few had both (Deshpande and Karypis 2004, ItemKNN).

    Parameters
    ----------
    neighbours
        How many are kept beside each item.
    shrink
        Added to the product of lengths.
    once
        Whether an item that an account had several times counts once.
    """
    whole("neighbours", neighbours, 1)
    number("shrink", shrink, 0)
    counts = _once(had) if once else had
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=0)).ravel())
    columns, kept = counts.tocsc(), []
    for start in range(0, counts.shape[1], BLOCK):  # all pairs at once may be a tenth of items x items
        rows = (columns[:, start : start + BLOCK].T @ columns).tocsr()
        rows.sort_indices()
        own = np.repeat(length[start : start + BLOCK], np.diff(rows.indptr))
        rows.data /= own * length[rows.indices] + shrink
        kept.append(largest(rows, neighbours))
    return Linear(counts, sparse.vstack(kept, "csr"))


def ease(had: Matrix, *, penalty: float = 100.0, once: bool = True) -> Linear:
    """Linear model from items to items with a zero diagonal, in closed form (Steck 2019, EASE^R, arXiv 1905.03375).

    Raises
    ------
    ArchivitError
        There are more items than a dense matrix of their pairs should hold.
    """
    number("penalty", penalty, 1e-9)
    if had.shape[1] > MOST_ITEMS_OF_EASE:
        raise ArchivitError(f"EASE inverts a matrix of all pairs of items; {had.shape[1]:,} items are too many for it")
    counts = _once(had) if once else had
    gram = (counts.T @ counts).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    inverse = np.linalg.inv(gram)
    weight = inverse / -np.diag(inverse)
    np.fill_diagonal(weight, 0)
    return Linear(counts, weight)


def _once(had: Matrix) -> Matrix:
    ones = had.copy()
    ones.data = np.ones_like(ones.data)
    return ones
