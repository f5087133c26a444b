"""Who traded with whom, who first appeared when, and which trades make a neighbourhood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, csgraph, csr_matrix, diags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .transfers import TransferGraph

NEIGHBOURS = 15
"""Of the trades of one account, how many can make its neighbourhood: there is no room for more around it."""
WORK = 1e7
"""Most pairs of partners that are counted; the busiest accounts are passed over, they tell the least."""


def ties(graph: TransferGraph) -> csr_matrix:
    """Say who traded with whom: (n, n) float32, symmetric, ones, no diagonal, sorted."""
    a, b = graph.groups.source, graph.groups.target
    apart = a != b
    a, b = a[apart], b[apart]
    n = graph.record.accounts
    ones = np.ones(2 * len(a), np.float32)
    out = coo_matrix((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)).tocsr()
    out.data[:] = 1
    return out


def components(known: csr_matrix) -> list[NDArray[np.intp]]:
    """Rows of each connected component, the largest first."""
    count, label = csgraph.connected_components(known, directed=False)
    rows = np.argsort(label, kind="stable")
    size = np.bincount(label, minlength=count)
    parts = np.split(rows, np.cumsum(size)[:-1])
    return [parts[c] for c in np.argsort(-size, kind="stable")]


def among(known: csr_matrix, rows: NDArray[np.intp]) -> csr_matrix:
    """Ties of one component, whose rows ascend; takes no longer where there are many others."""
    own = known[rows]
    return csr_matrix((own.data, np.searchsorted(rows, own.indices), own.indptr), shape=(len(rows), len(rows)))


def arrival(graph: TransferGraph) -> NDArray[np.float64]:
    """Seconds since 1970 at which each account first appears, (n,) float64; the last moment for one that never does."""
    record = graph.record
    if not len(record):
        return np.zeros(record.accounts)
    first = np.full(record.accounts + 1, len(record) - 1)  # one more, for -1: an unknown party
    for end in (record.source, record.target):
        accounts, row = np.unique(end, return_index=True)  # the record is in order of time
        first[accounts] = np.minimum(first[accounts], row)
    return np.asarray(record.time[first[:-1]], np.float64)


def order(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks between 0 and 1, equal for equal values, the mean of all is 1/2."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - count / 2
    return np.asarray(middle[place] / len(values), np.float64)


def closeness(known: csr_matrix) -> csr_matrix:
    """Weigh the trades by how much they say about the neighbourhood of each account.

    A partner who shares many partners counts more (by resource allocation: a shared partner with few others says more;
    Zhou, Lü and Zhang, Predicting missing links via local information, 2009), one who trades with everybody less.

    Parameters
    ----------
    known
        (n, n) as `ties` gives, without empty rows.

    Returns
    -------
    (n, n) float32 symmetric: what each account finds in the other, added up; every account shares out 1 among its
    `NEIGHBOURS` closest.
    """
    n = known.shape[0]
    degree = np.diff(known.indptr)
    by_degree = np.sort(degree)
    few = by_degree[np.searchsorted(np.cumsum(by_degree.astype(np.float64) ** 2), WORK, side="right") - 1]
    middle = np.where(degree <= few, 1 / degree, 0).astype(np.float32)
    shared = ((known @ diags(middle)) @ known).multiply(known) + 0.02 * known
    shared = shared.tocsr()
    shared.sort_indices()
    weight = shared.data / np.maximum(degree[known.indices], 10)
    account = np.repeat(np.arange(n), degree)
    best = np.lexsort((-weight, account))
    weight[best[np.arange(len(best)) - known.indptr[account] >= NEIGHBOURS]] = 0
    weight /= np.bincount(account, weight, n)[account]
    one_way = csr_matrix((weight.astype(np.float32), known.indices, known.indptr), shape=(n, n))
    both = (one_way + one_way.T).tocsr()
    both.eliminate_zeros()
    return both
