"""Smaller graphs cut out of a larger one: windows in time, and selections of accounts and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ArchivitError
from .groups import narrowed
from .moments import moment
from .rows import Rows, rows_of
from .tables import Identity

if TYPE_CHECKING:
    from ..sources.records import Transfers
    from .columns import I32
    from .transfers import TransferGraph


def between(graph: TransferGraph, start: Any, end: Any) -> TransferGraph:
    """Keep the transfers of [start, end)."""
    time = graph.record.time
    if start is not None and end is not None and moment(end) < moment(start):
        raise ArchivitError(f"the window ends at {end!r}, before it starts at {start!r}")
    first = 0 if start is None else int(np.searchsorted(time, moment(start)))
    stop = len(time) if end is None else max(first, int(np.searchsorted(time, moment(end))))
    kept = slice(first, stop)
    return type(graph)(
        _kept(graph.source_of, kept),
        hold=graph.hold[kept],
        groups=narrowed(graph.groups, graph.edge_of[kept]),
        identity=graph.identity,
    )


def subgraph(graph: TransferGraph, accounts: Iterable[Any] | None, tokens: Iterable[Any] | None) -> TransferGraph:
    """Keep the transfers between some accounts, of some tokens, and count the rows of both anew."""
    record, names = graph.record, graph.identity
    chosen_accounts = _chosen(accounts, names.accounts["account"], "account")
    chosen_tokens = _chosen(tokens, names.tokens["token"], "token")
    keep = np.ones(len(record), bool)
    if chosen_accounts is not None:
        keep &= chosen_accounts[record.source] & chosen_accounts[record.target]
    if chosen_tokens is not None:
        keep &= chosen_tokens[record.token]
    kept = np.flatnonzero(keep)
    account_rows = _stay(chosen_accounts, record.accounts, record.source[kept], record.target[kept])
    token_rows = _stay(chosen_tokens, record.tokens, record.token[kept])
    cut = _kept(graph.source_of, kept)
    table = cut.table
    for column, rows, frame in (
        ("source", account_rows, names.accounts),
        ("target", account_rows, names.accounts),
        ("token", token_rows, names.tokens),
    ):
        table[column] = table[column].cat.set_categories(frame.iloc[rows, 0])
    return type(graph)(
        replace(cut, table=table),
        hold=graph.hold[kept],
        identity=Identity(_taken(names.accounts, account_rows), _taken(names.tokens, token_rows)),
    )


def _chosen(given: Iterable[Any] | None, names: pd.Series, what: str) -> NDArray[np.bool_] | None:
    """Mark what was asked for; one place more, for the code -1 of the unknown, which nobody can ask for."""
    if given is None:
        return None
    chosen = np.zeros(len(names) + 1, bool)
    chosen[rows_of(given, pd.Index(names), what)] = True
    return chosen


def _stay(chosen: NDArray[np.bool_] | None, n: int, *codes: I32) -> Rows:
    """Rows that stay: those asked for, or those that still appear, ascending."""
    if chosen is None:
        chosen = np.zeros(n + 1, bool)
        for code in codes:
            chosen[code] = True
    return np.flatnonzero(chosen[:-1])


def _taken(frame: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Some rows, and which rows they were."""
    return frame.iloc[rows].reset_index(drop=True).assign(parent=rows)


def _kept(record: Transfers, kept: slice | Rows) -> Transfers:
    """Some of the transfers; truth follows the rows it points to."""
    truth = record.truth
    if truth is not None:
        row = np.full(len(record.table) + 1, -1, np.int64)
        row[:-1][kept] = np.arange(len(record.rows[kept]))
        moved = row[truth["transfer"]]
        truth = truth.assign(transfer=moved)[moved >= 0].reset_index(drop=True)
    table = record.table.iloc[kept].reset_index(drop=True)
    return replace(record, table=table, rows=record.rows[kept], truth=truth)
