"""Measures records with NumPy: who held what for how long, which transfers make up which edge, and their sums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import F64, I32, I64, Columns
from .groups import Groups, Totals


def holding(record: Columns) -> F64:
    """Seconds from the source's latest arrival of the same token, earlier in the order, to the transfer.

    A token that went to an unknown buyer or was burned has left every known hand: arrivals before that no longer
    count. Record after record, one arrival may explain several departures: files have gaps.

    Returns
    -------
    (n,) float64
        NaN where the source or the token is unknown, or no such arrival is on record.
    """
    hold = np.full(len(record), np.nan)
    order = np.flatnonzero(record.token >= 0)
    order = order[_order(record.token[order].astype(np.int64), record.tokens)]
    source, target, time = record.source[order], record.target[order], record.time[order]
    chain = _chains(record.token[order], target)
    arrival = np.full(len(order), -1, np.int64)
    arrival[1:] = np.where((chain[1:] == chain[:-1]) & (target[:-1] == source[1:]), np.arange(len(order) - 1), -1)
    odd = np.flatnonzero((arrival < 0) & (source >= 0))  # the last one to receive it is not the one who gives it
    if len(odd):
        arrival[odd] = _earlier_arrivals(chain, source, target, odd, record.accounts)
    found = np.flatnonzero((arrival >= 0) & (source >= 0))
    hold[order[found]] = time[found].astype(np.float64) - time[arrival[found]].astype(np.float64)
    return hold


def _order(key: I64, most: int) -> NDArray[np.intp]:
    """Order keys in 0..most; equal ones stay in order. NumPy sorts numbers much faster than it finds their order."""
    shift = len(key).bit_length()
    if most.bit_length() + shift > 63:
        return np.argsort(key, kind="stable")
    packed = np.sort(key << shift | np.arange(len(key)))
    return packed & ((1 << shift) - 1)


def _chains(token: I32, target: I32) -> I64:
    """Number the known chains of owners: a new one begins with each token and after each unknown target."""
    begins = np.zeros(len(token), bool)
    begins[1:] = (token[1:] != token[:-1]) | (target[:-1] < 0)
    return np.cumsum(begins)


def _earlier_arrivals(chain: I64, source: I32, target: I32, odd: I64, accounts: int) -> I64:
    """For each position in `odd`: the latest earlier position in its chain where its source was the target, or -1."""
    searched = np.zeros(chain[-1] + 1, bool)
    searched[chain[odd]] = True
    arrivals = np.flatnonzero(searched[chain] & (target >= 0))
    key = np.concatenate([chain[odd] * accounts + source[odd], chain[arrivals] * accounts + target[arrivals]])
    place = np.concatenate([odd, arrivals])
    is_arrival = np.repeat([False, True], [len(odd), len(arrivals)])
    by_key = np.lexsort((is_arrival, place, key))  # of one transfer, the departure comes before its own arrival
    key, place, is_arrival = key[by_key], place[by_key], is_arrival[by_key]
    latest = np.maximum.accumulate(np.where(is_arrival, np.arange(len(key)), -1))
    found = (latest >= 0) & (key[latest] == key)
    answer = np.empty(len(key), np.int64)
    answer[by_key] = np.where(found, place[latest], -1)
    return answer[: len(odd)]


def group(record: Columns) -> Groups:
    """Group transfers by (source, target); O(n log n)."""
    rows = np.flatnonzero((record.source >= 0) & (record.target >= 0))
    pair = record.source[rows].astype(np.int64) * record.accounts + record.target[rows]
    order = _order(pair, record.accounts**2)
    return _grouped(rows[order], pair[order], record.accounts)


def total(record: Columns, groups: Groups, hold: F64) -> Totals:
    """Add up each edge's transfers, in order of time; `hold` is (n,) seconds, NaN where unknown."""
    volume, average = _sums(groups, record.value)
    begin = groups.begin.astype(np.int64)
    return Totals(
        count=np.diff(begin),
        volume=volume,
        average=average,
        first=record.time[groups.rows[begin[:-1]]],
        last=record.time[groups.rows[begin[1:] - 1]],
        hold=_sums(groups, hold)[1],
    )


def _grouped(rows: NDArray[np.intp], pair: I64, accounts: int) -> Groups:
    """Cut ordered transfers where the pair changes."""
    changes = np.flatnonzero(np.diff(pair, prepend=-1))
    source, target = np.divmod(pair[changes], max(accounts, 1))
    begin = np.append(changes, len(rows)).astype(np.uint32)
    return Groups(rows.astype(np.int32), begin, source.astype(np.int32), target.astype(np.int32))


def _sums(groups: Groups, values: F64) -> tuple[F64, F64]:
    """Sum and mean of the known values of each edge, added in order of time."""
    values = values[groups.rows]
    known = ~np.isnan(values)
    edges, m = groups.edges[known], len(groups)
    sums: F64 = np.bincount(edges, values[known], m).astype(np.float64, copy=False)
    counts = np.bincount(edges, minlength=m)
    mean: F64 = np.divide(sums, counts, out=np.full(m, np.nan), where=counts > 0)
    return sums, mean
