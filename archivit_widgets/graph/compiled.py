"""The same measurements for large records, compiled by numba: no sorting, only counting.

`holding` walks once through the record and keeps the last arrival of each token. `group` deals the transfers out
twice, like a radix sort with one digit for each account: by target, then by source; both keep the order of time, so
transfers end up by (source, target, time). `total` then walks along. All agree with their namesakes in NumPy to the
last bit. The first call compiles (`CHANGELOG.md` says how long that takes); later ones, in other processes too, load
the machine code from the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numba
import numpy as np
from numpy.typing import NDArray

from . import plain
from .columns import F64, I32, I64, Columns
from .groups import Groups, Totals

U32: TypeAlias = NDArray[np.uint32]
U64: TypeAlias = NDArray[np.uint64]
BLOCK = 256  # transfers whose memory is fetched together: the processor waits for many at once


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call and keep the machine code on disk, if there is a place for it."""
    try:
        return cast(Callable[..., Any], numba.njit(cache=True)(function))
    except RuntimeError:  # no directory that numba may write to
        return cast(Callable[..., Any], numba.njit(function))


def holding(record: Columns) -> F64:
    """Do what `plain.holding` does, in O(n) where tokens pass from hand to hand without a gap."""
    hold = np.empty(len(record))
    last = np.empty((record.tokens + 1, 2), np.int64)  # who and when side by side: one cache line for both
    odd, _ = _last_hands(record.source, record.target, record.token, record.time, last, hold)
    if odd:
        strange = np.zeros(record.tokens + 1, bool)
        _strange_tokens(record.source, record.target, record.token, last, strange)
        rows = np.flatnonzero(strange[record.token])
        hold[rows] = plain.holding(record.take(rows))
    return hold


def group(record: Columns) -> Groups:
    """Do what `plain.group` does, in O(n + accounts)."""
    by_target, by_source, place = (np.zeros(record.accounts + 1, np.int32) for _ in range(3))
    known = _count(record.source, record.target, by_target, by_source)
    first, second = np.empty(known, np.uint64), np.empty(known, np.uint64)
    _deal_by_target(record.source, record.target, by_target, place, first)
    _deal_by_source(by_target, by_source, place, first, second)
    del first
    rows, begin = np.empty(known, np.int32), np.empty(known + 1, np.uint32)
    source, target = np.empty(known, np.int32), np.empty(known, np.int32)
    edges = _cut(by_source, second, rows, begin, source, target)
    return Groups(rows, begin[: edges + 1], source[:edges], target[:edges])


def total(record: Columns, groups: Groups, hold: F64) -> Totals:
    """Do what `plain.total` does, in one walk."""
    count, first, last = (np.empty(len(groups), np.int64) for _ in range(3))
    volume, average, held = (np.empty(len(groups)) for _ in range(3))
    pairs = np.empty((len(record), 2))  # side by side: one cache miss for both
    pairs[:, 0], pairs[:, 1] = record.value, hold
    _walk(groups.rows, groups.begin, record.time, pairs, count, first, last, volume, average, held)
    return Totals(count, volume, average, first, last, held)


# Every array is made outside, by NumPy: it asks Linux for huge pages, and the compiled code would not; with small
# pages half of the time goes into finding memory.


@compiled
def _last_hands(source: I32, target: I32, token: I32, time: I64, last: NDArray[np.int64], hold: F64) -> tuple[int, int]:
    """Walk in order of time, keeping in `last` who received each token last, and when.

    Writes to (n,) `hold` for how many seconds, where the one who gives received it last, else NaN; returns how often
    somebody gave what another had received last (and a number of no meaning, see below).
    """
    odd, touched = 0, np.int64(0)
    last[:, 0] = -1
    for start in range(0, len(time), BLOCK):
        stop = min(start + BLOCK, len(time))
        for i in range(start, stop):  # touch what comes next, so that one cache miss hides another
            touched ^= last[token[i], 0]
        for i in range(start, stop):
            k, s, t = token[i], source[i], time[i]
            who = last[k, 0]
            known = (s >= 0) & (k >= 0)
            hold[i] = float(t - last[k, 1]) if known & (who == s) else np.nan
            odd += known & (who >= 0) & (who != s)
            last[k, 0] = target[i]
            last[k, 1] = t
    return odd, int(touched)


@compiled
def _strange_tokens(source: I32, target: I32, token: I32, last: NDArray[np.int64], strange: NDArray[np.bool_]) -> None:
    """Mark the tokens that somebody gave whom another had passed it to last."""
    last[:, 0] = -1
    for i in range(len(token)):
        k = token[i]
        if k >= 0:
            strange[k] |= (source[i] >= 0) & (last[k, 0] >= 0) & (last[k, 0] != source[i])
            last[k, 0] = target[i]


@compiled
def _count(source: I32, target: I32, by_target: I32, by_source: I32) -> int:
    """Count the transfers with two known parties, and find where each account's transfers will begin."""
    for i in range(len(source)):
        if (source[i] >= 0) & (target[i] >= 0):
            by_target[target[i] + 1] += 1
            by_source[source[i] + 1] += 1
    for a in range(len(by_target) - 1):
        by_target[a + 1] += by_target[a]
        by_source[a + 1] += by_source[a]
    known: int = by_target[-1]
    return known


@compiled
def _deal_by_target(source: I32, target: I32, begin: I32, place: I32, dealt: U64) -> None:
    """Deal transfers out by target, as source << 32 | row."""
    place[:] = begin
    for i in range(len(source)):
        if (source[i] >= 0) & (target[i] >= 0):
            dealt[place[target[i]]] = np.uint64(source[i]) << np.uint64(32) | np.uint64(i)
            place[target[i]] += 1


@compiled
def _deal_by_source(by_target: I32, by_source: I32, place: I32, dealt: U64, again: U64) -> None:
    """Deal them out again by source, as target << 32 | row."""
    place[:] = by_source
    for t in range(len(by_target) - 1):
        for j in range(by_target[t], by_target[t + 1]):
            s = dealt[j] >> np.uint64(32)
            again[place[s]] = np.uint64(t) << np.uint64(32) | dealt[j] & np.uint64(0xFFFFFFFF)
            place[s] += 1


@compiled
def _cut(by_source: I32, dealt: U64, rows: I32, begin: U32, source: I32, target: I32) -> int:
    """Cut dealt transfers into edges, where source or target changes; return how many there are."""
    edge = 0
    for s in range(len(by_source) - 1):
        before = np.uint64(0xFFFFFFFF)
        for j in range(by_source[s], by_source[s + 1]):
            rows[j] = dealt[j] & np.uint64(0xFFFFFFFF)
            to = dealt[j] >> np.uint64(32)
            if to != before:
                begin[edge], source[edge], target[edge] = j, s, to
                edge += 1
                before = to
    begin[edge] = len(dealt)
    return edge


@compiled
def _walk(
    rows: I32, begin: U32, time: I64, pairs: F64,
    count: I64, first: I64, last: I64, volume: F64, average: F64, held: F64,
) -> None:  # fmt: skip
    """Add up edge after edge; `pairs` are (n, 2) value and seconds held. Blocks are fetched before they are added."""
    times, values, holds = np.empty(BLOCK, np.int64), np.empty(BLOCK), np.empty(BLOCK)
    edge, known, holders, paid, waited = 0, 0, 0, 0.0, 0.0
    for start in range(0, len(rows), BLOCK):
        size = min(BLOCK, len(rows) - start)
        for b in range(size):
            row = rows[start + b]
            times[b], values[b], holds[b] = time[row], pairs[row, 0], pairs[row, 1]
        for b in range(size):
            j = start + b
            if j == begin[edge]:
                first[edge] = times[b]
                known, holders, paid, waited = 0, 0, 0.0, 0.0
            v, h = values[b], holds[b]
            known += v == v  # NaN is not itself
            paid += v if v == v else 0.0
            holders += h == h
            waited += h if h == h else 0.0
            if j + 1 == begin[edge + 1]:
                count[edge] = j + 1 - begin[edge]
                volume[edge] = paid
                average[edge] = paid / known if known else np.nan
                last[edge] = times[b]
                held[edge] = waited / holders if holders else np.nan
                edge += 1
