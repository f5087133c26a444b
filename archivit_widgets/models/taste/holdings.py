"""Who is known to have had which token, and what belongs to a token: the matrix that taste is read from.

An account had a token from the moment when it bought it. One that gives away a token which nobody was seen to give it
had it, too, and that becomes known with the transfer. Mints, burns, unknown buyers and transfers to oneself are no
evidence: they never enter a task of taste.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...arguments import of_kind
from ...errors import ArchivitError
from ...graph.columns import I32, I64, Columns
from ..embeddings import LARGEST

Matrix = Any  # scipy.sparse.csr_matrix carries no types
Names = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Holdings:
    """Pieces of evidence in order of time; each array is (n,).

    Attributes
    ----------
    account, token
        Rows of accounts and tokens.
    time
        When it became known, int seconds.
    bought
        Whether the account received the token then; else it gave it away.
    shape
        How many accounts and tokens there are.
    """

    account: I32
    token: I32
    time: I64
    bought: NDArray[np.bool_]
    shape: tuple[int, int]

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.time)

    def take(self, rows: NDArray[Any] | slice) -> Holdings:
        """Choose some pieces, in order."""
        return Holdings(self.account[rows], self.token[rows], self.time[rows], self.bought[rows], self.shape)

    def purchases(self) -> Holdings:
        """Keep what was bought."""
        return self.take(self.bought)

    def between(self, after: float, until: float) -> Holdings:
        """Keep what became known in (after, until]: moments are never cut in two."""
        first, stop = np.searchsorted(self.time, [after, until], side="right").tolist()
        return self.take(slice(first, stop))

    def matrix(self, items: Items) -> Matrix:
        """Count for each account and item how often the one had the other: sparse (accounts, items) float64."""
        ones = np.ones(len(self))
        had = sparse.csr_matrix((ones, (self.account, self.token)), shape=self.shape)
        return (had @ items.of).tocsr()


@dataclass(frozen=True, eq=False)
class Items:
    """What taste is about: tokens themselves, or what belongs to them, such as traits.

    Attributes
    ----------
    names
        (items,) object.
    of
        Sparse (tokens, items) float64: 1 where the item belongs to the token.
    tokens
        Whether each token is its own item.
    """

    names: Names
    of: Matrix
    tokens: bool

    def __len__(self) -> int:
        """Count the items."""
        return len(self.names)


def holdings(record: Columns) -> Holdings:
    """Read who had what out of a record; what is known at a time depends on nothing later."""
    known = (record.source >= 0) & (record.target >= 0) & (record.token >= 0) & (record.source != record.target)
    rows = np.flatnonzero(known)
    token, place = record.token[rows], np.arange(len(rows))
    target, source = record.target[rows], record.source[rows]
    width = max(record.tokens, 1)
    gave, got = source.astype(np.int64) * width + token, target.astype(np.int64) * width + token
    given = _unseen(gave, got, record.time[rows])
    chosen = np.concatenate([place, given])
    bought = np.arange(len(chosen)) < len(place)
    account = np.where(bought, target[chosen], source[chosen])
    shape = record.accounts, record.tokens
    found = Holdings(account, token[chosen], record.time[rows][chosen], bought, shape)
    return found.take(np.lexsort((~bought, chosen)))


def _unseen(gave: I64, got: I64, time: I64) -> I64:
    """Positions at which a pair of account and token gives for the first time, before the moment when it first got.

    Of what happens at one moment nobody knows the order: who gets and gives then, gives what it got.
    """
    pairs, first = np.unique(gave, return_index=True)
    arrived, when = np.unique(got, return_index=True)
    place = np.minimum(np.searchsorted(arrived, pairs), max(len(arrived) - 1, 0))
    never = arrived[place] != pairs if len(arrived) else np.ones(len(pairs), bool)
    unseen: I64 = first[never | (time[when[place]] > time[first])] if len(arrived) else first
    return unseen


def items_of(tokens: pd.Series, given: Any = None) -> Items:
    """Read which items belong to which token.

    Parameters
    ----------
    tokens
        Names of the graph's tokens, in order.
    given
        None: each token is its own item. A table with columns ``token`` and ``item``, a line for each that belongs
        together (tokens that the graph lacks are left out). Or a matrix (tokens, items), sparse or not.

    Raises
    ------
    ArchivitError
        It is none of these, does not fit, or no token has an item.
    """
    n = len(tokens)
    if given is None:
        return Items(tokens.to_numpy(object), sparse.identity(n, np.float64, "csr"), tokens=True)
    if isinstance(given, pd.DataFrame):
        names, matrix = _from_table(tokens, given)
    else:
        matrix = _from_matrix(n, given)
        names = np.array([str(item) for item in range(matrix.shape[1])], object)
    if not matrix.nnz:
        raise ArchivitError("no token of the graph has an item; names of tokens are texts, as they stand in the file")
    return Items(names, matrix, tokens=False)


def _from_table(tokens: pd.Series, table: pd.DataFrame) -> tuple[Names, Matrix]:
    missing = [name for name in ("token", "item") if name not in table]
    if missing:
        raise ArchivitError(f"items must be a table with columns token and item; it has no {' and no '.join(missing)}")
    row = pd.Index(tokens.astype(str)).get_indexer(pd.Index(table["token"].astype(str)))
    code, names = pd.factorize(table["item"], sort=True)
    kept = (row >= 0) & (code >= 0)
    shape = len(tokens), len(names)
    matrix = sparse.csr_matrix((np.ones(kept.sum()), (row[kept], code[kept])), shape=shape)
    matrix.data[:] = 1  # a line that stands twice says nothing more
    return np.asarray(names, object), matrix


def _from_matrix(n: int, given: Any) -> Matrix:
    if not sparse.issparse(given):
        given = of_kind("items", given, np.ndarray, "a table with columns token and item, or a matrix")
    if given.ndim != 2 or given.shape[0] != n:
        raise ArchivitError(f"items must be a matrix of {n:,} tokens and their items, found the shape {given.shape}")
    if given.dtype.kind not in "biuf":
        raise ArchivitError(f"items must be a matrix of numbers, found {given.dtype}")
    matrix = sparse.csr_matrix(given, dtype=np.float64)
    if not ((matrix.data >= 0) & (matrix.data <= LARGEST)).all():
        raise ArchivitError(f"items must be a matrix of finite numbers from 0 to {LARGEST:g}")
    return matrix
