"""Selections: what a user names, as rows of edges and accounts, and as a window of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ArchivitError
from ..frames.words import day
from ..graph.moments import moment
from ..graph.rows import as_array, as_mask, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph


Rows = tuple["NDArray[Any]", "NDArray[Any]"]


def select_edges(graph: TransferGraph, wish: Any, held: Rows | None = None) -> Rows:
    """Find the edges, and the accounts, that a user means by a selection of edges.

    Parameters
    ----------
    graph
        What is shown.
    wish
        Rows of ``graph.edges``, a boolean mask of them, a part of that table, account names or a part of
        ``graph.accounts`` (their arteries), or None.
    held
        What is selected already. A table of just its edges names its accounts too: ``w.selection = w.selection``
        changes nothing.

    Returns
    -------
    Ascending rows of edges, and of the accounts that were named.

    Raises
    ------
    ArchivitError
        If a row or a name is not there, or a mask has the wrong length.
    """
    edges, accounts = _meant(graph, wish)
    table = isinstance(wish, pd.DataFrame) and "account" not in wish
    return held if held is not None and table and np.array_equal(edges, held[0]) else (edges, accounts)


def _meant(graph: TransferGraph, wish: Any) -> Rows:
    nothing = np.empty(0, np.intp)
    if wish is None:
        return nothing, nothing
    if isinstance(wish, pd.DataFrame):
        if "account" in wish:
            return _of_accounts(graph, select_accounts(graph, wish))
        wish = wish.index
    if isinstance(wish, slice):
        wish = range(len(graph.edges))[wish]
    elif isinstance(wish, set | frozenset):
        wish = list(wish)
    wish = [wish] if isinstance(wish, str) or np.ndim(wish) == 0 else wish
    mask = as_mask(wish, len(graph.edges), "edges")
    if mask is not None:
        return np.flatnonzero(mask), nothing
    given = as_array(wish)
    if not given.size:
        return nothing, nothing
    if given.dtype.kind in "iu":
        return _rows(given, len(graph.edges), "edge"), nothing
    return _of_accounts(graph, select_accounts(graph, given))


def _of_accounts(graph: TransferGraph, named: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the rows of the edges that begin or end at accounts, and the accounts."""
    chosen = np.zeros(len(graph.accounts), bool)
    chosen[named] = True
    source, target = (graph.edges[side].cat.codes.to_numpy() for side in ("source", "target"))
    return np.flatnonzero(chosen[source] | chosen[target]), named


def select_accounts(graph: TransferGraph, wish: Any) -> NDArray[np.intp]:
    """Find ascending rows of the accounts meant: names, rows, a mask, a part of ``graph.accounts``, or None."""
    if wish is None:
        return np.empty(0, np.intp)
    if isinstance(wish, pd.DataFrame):
        wish = wish.index
        if wish.dtype.kind in "iu":  # rows, even where names are numbers
            return _rows(wish.to_numpy(), len(graph.accounts), "account")
    names = pd.Index(graph.accounts["account"])
    return np.unique(rows_of([wish] if np.ndim(wish) == 0 else wish, names, "account"))


def with_ends(graph: TransferGraph, edges: NDArray[Any], accounts: NDArray[Any]) -> NDArray[np.bool_]:
    """(n_accounts,) whether each is among accounts or an end of edges; without edges, of the arteries of accounts."""
    if not len(edges):
        edges, accounts = _of_accounts(graph, accounts)
    chosen = np.zeros(len(graph.accounts), bool)
    chosen[accounts] = True
    for side in ("source", "target"):
        chosen[graph.edges[side].cat.codes.to_numpy()[edges]] = True
    return chosen


def select_window(graph: TransferGraph, wish: Any) -> list[int] | None:
    """Find the timeline's window [start, end) that a user means, in seconds since 1970 UTC; None is none."""
    if wish is None:
        return None
    if isinstance(wish, str) or np.size(wish) != 2:
        raise ArchivitError(f"the window is {wish!r}, but must be a pair (start, end), or None")
    time = graph.record.time
    whole = (int(time[0]), int(time[-1]) + 1) if len(time) else (0, 1)  # where an end is left open
    start, end = (last if one is None else moment(one) for one, last in zip(wish, whole, strict=True))
    if start >= end:
        raise ArchivitError(f"the window ends at {wish[1]!r}, not after it starts at {wish[0]!r}")
    if len(time) and not (start <= time[-1] and end > time[0]):
        span = f"{day(time[0])} to {day(time[-1])}"
        raise ArchivitError(f"the window, {day(start)} to {day(end)}, lies outside the record, {span}")
    return [start, end]


def _rows(given: NDArray[Any], n: int, what: str) -> NDArray[np.intp]:
    rows = np.unique(given).astype(np.intp)
    if len(rows) and (rows[0] < 0 or rows[-1] >= n):
        bad = rows[0] if rows[0] < 0 else rows[-1]
        raise ArchivitError(f"{what} row {bad:,} is not in the graph: its rows are 0 to {n - 1:,}")
    return rows
