"""Selections: what a user names, as rows of edges and accounts, and as a window of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import short
from ..errors import ArchivitError
from ..graph.moments import moment
from ..graph.rows import as_array, as_mask, check_names, listed, named_in, rows_of
from ..graph.words import day

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
        Rows of ``graph.edges``, a boolean mask of them, account names (their arteries), or None. Or a table, of this
        graph or another, whose lines name edges by ``source`` and ``target`` or accounts by ``account``; transfers
        from or to nobody are no edge.
    held
        What is selected already. A table of just its edges names its accounts too: ``w.selection = w.selection``
        changes nothing.

    Returns
    -------
    Ascending rows of edges, and of the accounts that were named.

    Raises
    ------
    ArchivitError
        If a row, a name or a pair of names is not there, a mask has the wrong length, or a table names neither.
    """
    edges, accounts = _meant(graph, wish)
    table = isinstance(wish, pd.DataFrame) and "source" in wish
    return held if held is not None and table and np.array_equal(edges, held[0]) else (edges, accounts)


def _meant(graph: TransferGraph, wish: Any) -> Rows:
    nothing = np.empty(0, np.intp)
    if wish is None:
        return nothing, nothing
    if isinstance(wish, pd.Series) and ("source" in wish.index or "account" in wish.index):  # one line of a table
        wish = wish.to_frame().T
    if isinstance(wish, pd.DataFrame):
        return _of_table(graph, wish)
    wish = listed(wish, len(graph.edges), "edge")
    mask = as_mask(wish, len(graph.edges), "edges")
    if mask is not None:
        return np.flatnonzero(mask), nothing
    given = as_array(wish)
    if not given.size:
        return nothing, nothing
    if given.dtype.kind in "iu":
        return _rows(given, len(graph.edges), "edge"), nothing
    check_names(given, "edges must be rows as whole numbers, a mask, a table, or names of accounts")
    return _of_accounts(graph, select_accounts(graph, given))


def _of_table(graph: TransferGraph, table: pd.DataFrame) -> Rows:
    if "source" in table and "target" in table:
        return _between(graph, table), np.empty(0, np.intp)
    if "account" in table:
        return _of_accounts(graph, select_accounts(graph, table))
    held = short(", ".join(map(str, table)))
    raise ArchivitError(f"a table must have columns source and target, or account; found {held or 'none'}")


def _between(graph: TransferGraph, table: pd.DataFrame) -> NDArray[np.intp]:
    """Rows of the edges between the parties that each line of a table names."""
    names, n = graph.account_type.categories, len(graph.accounts)
    source, target = (named_in(table, side, names, "account") for side in ("source", "target"))
    known = (source >= 0) & (target >= 0)
    wanted = source[known].astype(np.int64) * n + target[known]
    of_edges = [graph.edges[side].cat.codes.to_numpy() for side in ("source", "target")]
    keys = of_edges[0].astype(np.int64) * n + of_edges[1]  # ascending, as edges are
    rows = np.searchsorted(keys, wanted)
    lacking = np.flatnonzero(np.append(keys, -1)[rows] != wanted)
    if len(lacking):
        one, other = (short(repr(str(names[end[known][lacking[0]]])), 60) for end in (source, target))
        raise ArchivitError(f"no edge leads from {one} to {other}")
    return np.unique(rows)


def _of_accounts(graph: TransferGraph, named: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the rows of the edges that begin or end at accounts, and the accounts."""
    chosen = np.zeros(len(graph.accounts), bool)
    chosen[named] = True
    source, target = (graph.edges[side].cat.codes.to_numpy() for side in ("source", "target"))
    return np.flatnonzero(chosen[source] | chosen[target]), named


def select_accounts(graph: TransferGraph, wish: Any) -> NDArray[np.intp]:
    """Find ascending rows of the accounts meant: names, rows, a mask, a table with ``account``, or None."""
    if wish is None:
        return np.empty(0, np.intp)
    return np.unique(rows_of(wish, graph.account_type.categories, "account"))


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
