"""Tables of accounts and tokens: what each one gave and received, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .columns import I32, I64, frozen

if TYPE_CHECKING:
    from .transfers import TransferGraph


@dataclass(frozen=True)
class Identity:
    """The columns of accounts and tokens that stay the same in every window: names, collections, parents' rows."""

    accounts: pd.DataFrame
    tokens: pd.DataFrame


def identity(table: pd.DataFrame) -> Identity:
    """Read the names of accounts and tokens, and each token's collection where known, out of a whole record."""
    token = table["token"]
    names = {"token": pd.Series(token.cat.categories)}
    if "collection" in table:
        row = np.zeros(len(token.cat.categories), np.intp)
        code = token.cat.codes.to_numpy()[::-1]
        row[code[code >= 0]] = np.flatnonzero(code >= 0)  # the last writer wins: each token's first transfer
        names["collection"] = table["collection"].iloc[::-1].iloc[row].reset_index(drop=True)
    return Identity(
        accounts=pd.DataFrame({"account": pd.Series(table["source"].cat.categories)}, copy=False),
        tokens=pd.DataFrame(names, copy=False),
    )


def accounts(graph: TransferGraph) -> pd.DataFrame:
    """Count what each account gave and received; mints, burns and unknown buyers count for the known party.

    Returns
    -------
    (n_accounts,) rows
        ``account``, ``transfers_out``, ``transfers_in``, ``volume_out``, ``volume_in`` (known values, in
        ``graph.currency``), ``first_time``, ``last_time`` (seconds; NA where the account has no transfer), and
        ``parent`` in a subgraph.
    """
    record, n = graph.record, graph.record.accounts
    count_out, volume_out = _sums(record.source, record.value, n)
    count_in, volume_in = _sums(record.target, record.value, n)
    first, last = _span((record.source, record.target), record.time, n)
    measured = {
        "transfers_out": count_out,
        "transfers_in": count_in,
        "volume_out": volume_out,
        "volume_in": volume_in,
        "first_time": first,
        "last_time": last,
    }
    return _beside(graph.identity.accounts, measured)


def tokens(graph: TransferGraph) -> pd.DataFrame:
    """Count how often each token moved, and for how much.

    Returns
    -------
    (n_tokens,) rows
        ``token``, ``collection`` where known, ``transfers``, ``volume``, ``first_time``, ``last_time`` (NA where the
        token has no transfer), and ``parent`` in a subgraph.
    """
    record, n = graph.record, graph.record.tokens
    count, volume = _sums(record.token, record.value, n)
    first, last = _span((record.token,), record.time, n)
    measured = {"transfers": count, "volume": volume, "first_time": first, "last_time": last}
    return _beside(graph.identity.tokens, measured)


def _beside(names: pd.DataFrame, measured: dict[str, object]) -> pd.DataFrame:
    """Join names and measures, ``parent`` last."""
    columns = {name: names[name] for name in names if name != "parent"} | measured
    if "parent" in names:
        columns["parent"] = names["parent"]
    return pd.DataFrame(columns, copy=False)


def _sums(code: I32, value: np.ndarray[tuple[int], np.dtype[np.float64]], n: int) -> tuple[object, object]:
    """Count the transfers of each code, and add up their known values."""
    has = code >= 0
    known = has & ~np.isnan(value)
    return frozen(np.bincount(code[has], minlength=n)), frozen(np.bincount(code[known], value[known], n))


def _span(codes: tuple[I32, ...], time: I64, n: int) -> tuple[object, object]:
    """First and last time of each code as nullable integers; `time` ascends."""
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    never = np.ones(n, bool)
    for code in codes:
        seen, when = code[code >= 0], time[code >= 0]
        earliest, latest = first.copy(), last.copy()
        earliest[seen[::-1]] = when[::-1]  # the last writer wins
        latest[seen] = when
        first, last = np.minimum(first, earliest), np.maximum(last, latest)
        never[seen] = False
    never = frozen(never)
    return pd.arrays.IntegerArray(frozen(first), never), pd.arrays.IntegerArray(frozen(last), never)
