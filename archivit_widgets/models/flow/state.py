"""What is known of every edge before a period begins: counters and decays that only look back.

`History` walks a record period by period. `History.add` takes the transfers of one period; `History.snapshot` says
what was known before the next one. Decays are worked out when asked for, so adding a period costs what happened in it.

Two clocks run. That of the calendar ticks once a period; that of a source ticks once in each period in which it gives
something, so that a collector who trades twice a year forgets no faster than a dealer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I64

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

F32 = NDArray[np.float32]
KEPT = (0.3, 0.6, 0.9, 1.0)  # what an edge's share keeps at each tick of its source's clock; 1: all of history
HALF_LIVES = (1.0, 4.0, 16.0)  # periods
LATE = 4.0  # periods: the half-life of what counts as recent
LAGS = 8  # periods of the source's own clock that are remembered one by one
WINDOWS = (3, 7)
#: Columns of `Snapshot.history`: what each simple forecast says of an edge, in no unit of its own.
SHARES = (
    *(f"exponential average, keeps {kept:g}" for kept in KEPT),
    *(f"exponential average, half-life {half:g}" for half in HALF_LIVES),
    *(f"moving average of {window}" for window in WINDOWS),
    "persistence",
    "popularity",
)


@dataclass(frozen=True)
class Snapshot:
    """What was known of m edges between k accounts at one moment, from transfers strictly before it.

    Attributes
    ----------
    time
        The moment, seconds.
    accounts
        (k,) int64 rows of ``graph.accounts``.
    source, target
        (m,) int64 places in `accounts`.
    edge
        (m,) int64 rows of ``graph.edges``.
    reverse
        (m,) int64 place of the edge from target to source among these, -1 where there is none.
    history
        (m, len(SHARES)) float32, 0 or more: what simple forecasts expect.
    attributes
        (m, 6) float32: transaction_count, avg_value (in mean values), age in periods since the last transfer, age
        since the first, hold_time in periods, and whether that is known.
    weight
        (m, 3) float32: recent value a period, by half-life, in mean values.
    x
        (k, 6) float32 of accounts: ticks of its clock, share of value on new edges, recent value out and in, edges
        out and in.
    """

    time: int
    accounts: I64
    source: I64
    target: I64
    edge: I64
    reverse: I64
    history: F32
    attributes: F32
    weight: F32
    x: F32

    def __len__(self) -> int:
        """Count the edges."""
        return len(self.edge)


@dataclass(frozen=True)
class Outcome:
    """What the accounts of a snapshot then gave in the period.

    Attributes
    ----------
    worth
        (m,) float64 along each edge of the snapshot, in mean values.
    out
        (k,) float64 by each account in all.
    new
        What went along edges not yet known: (j,) places of their sources in the snapshot, (j,) their targets, rows of
        ``graph.accounts``, and (j,) worths.
    """

    worth: F64
    out: F64
    new: tuple[I64, I64, F64]


class History:
    """Counters and decays of all edges of a graph, period by period.

    Parameters
    ----------
    graph
        Names the edges; nothing is read of its transfers but what `add` is given.
    length
        Of a period, seconds.
    by
        ``value`` or ``count``: what flows.
    unit
        What is 1: the mean value of a transfer.
    """

    def __init__(self, graph: TransferGraph, length: int, by: str, unit: float) -> None:
        groups, n = graph.groups, graph.record.accounts
        m = len(groups)
        self._length, self._by, self._unit = length, by, unit
        self._edge_of, self._hold, self._record = graph.edge_of, graph.hold, graph.record
        self._source, self._target = groups.source.astype(np.int64), groups.target.astype(np.int64)
        self._back = _reversed(self._source, self._target, n)
        self._count, self._known = np.zeros(m), np.zeros(m)
        self._value, self._holds, self._held = np.zeros(m), np.zeros(m), np.zeros(m)
        self._first, self._last = np.zeros(m, np.int64), np.zeros(m, np.int64)
        self._share, self._tick = np.zeros((m, len(KEPT)), np.float32), np.zeros(m, np.int32)
        self._lag, self._lag_tick = np.zeros((m, LAGS), np.float32), np.full((m, LAGS), -LAGS, np.int32)
        self._flow, self._seen = np.zeros((m, len(HALF_LIVES)), np.float32), np.zeros(m, np.int64)
        self._clock, self._new = np.zeros(n, np.int32), np.ones(n, np.float32)
        self._received, self._reached = np.zeros(n), np.zeros(n, np.int64)

    def add(self, period: int, rows: slice) -> None:
        """Take the transfers of a period, later than all before."""
        edge, worth, count = self._edges(rows)
        if not len(edge):
            return
        self._add_share(edge, worth)
        fade = np.exp2(-_ago(period, self._seen[edge])[:, None] / np.array(HALF_LIVES)).astype(np.float32)
        self._flow[edge] = self._flow[edge] * fade + worth[:, None].astype(np.float32)
        self._seen[edge] = period
        self._receive(period, edge, count)
        self._count_up(rows)

    def _receive(self, period: int, edge: I64, count: I64) -> None:
        """Count what accounts receive, decayed with a half-life of `LATE`."""
        target, place = np.unique(self._target[edge], return_inverse=True)
        fade = np.exp2(-_ago(period, self._reached[target]) / LATE)
        self._received[target] = self._received[target] * fade + np.bincount(place, count)
        self._reached[target] = period

    def snapshot(self, period: int, edges: I64 | None = None) -> Snapshot:
        """Say what is known before a period begins, of all edges that are known by then."""
        time = period * self._length
        edge = np.flatnonzero(self._count) if edges is None else edges
        accounts, ends = np.unique(np.concatenate([self._source[edge], self._target[edge]]), return_inverse=True)
        source, target = ends[: len(edge)], ends[len(edge) :]
        weight = self._weight(edge, period)
        return Snapshot(
            time=time,
            accounts=accounts,
            source=source,
            target=target,
            edge=edge,
            reverse=self._reverse(edge),
            history=self._history(edge, weight, period),
            attributes=self._attributes(edge, time),
            weight=weight,
            x=self._accounts(accounts, source, target, weight),
        )

    def outcome(self, snapshot: Snapshot, rows: slice) -> Outcome:
        """Look at what happened in the period after a snapshot."""
        edge, worth, _ = self._edges(rows)
        place = np.searchsorted(snapshot.edge, edge)
        old = place < len(snapshot)
        old[old] = snapshot.edge[place[old]] == edge[old]
        along = np.zeros(len(snapshot))
        along[place[old]] = worth[old]
        at = np.searchsorted(snapshot.accounts, self._source[edge])
        there = at < len(snapshot.accounts)
        there[there] = snapshot.accounts[at[there]] == self._source[edge][there]
        out: F64 = np.bincount(at[there], worth[there], len(snapshot.accounts)).astype(np.float64)
        fresh = there & ~old
        return Outcome(along, out, (at[fresh], self._target[edge[fresh]], worth[fresh]))

    def _edges(self, rows: slice) -> tuple[I64, F64, I64]:
        """Edges with a transfer between known parties, what flowed along each, and how many transfers."""
        edge_of = self._edge_of[rows]
        inside = edge_of >= 0
        value = self._record.value[rows][inside]
        worth = np.ones(len(value)) if self._by == "count" else np.maximum(np.nan_to_num(value), 0.0) / self._unit
        edge, place, count = np.unique(edge_of[inside], return_inverse=True, return_counts=True)
        return edge.astype(np.int64), np.bincount(place, worth, len(edge)).astype(np.float64), count

    def _add_share(self, edge: I64, worth: F64) -> None:
        """Let the clock of each source that gave something tick, and take each edge's share of it."""
        source = self._source[edge]
        out = np.bincount(source, worth, len(self._clock))
        gave = worth > 0
        ticking = np.unique(source[gave])
        fresh = np.bincount(source, np.where(self._count[edge] == 0, worth, 0.0), len(self._clock))[ticking]
        self._new[ticking] += (fresh / out[ticking] - self._new[ticking]).astype(np.float32) * 0.3
        self._clock[ticking] += 1
        edge, source = edge[gave], source[gave]
        share = (worth[gave] / out[source]).astype(np.float32)
        now = self._clock[source]
        fade = np.power(np.array(KEPT, np.float32), (now - self._tick[edge])[:, None])
        self._share[edge] = self._share[edge] * fade + share[:, None]
        self._tick[edge] = now
        self._lag[edge, now % LAGS], self._lag_tick[edge, now % LAGS] = share, now

    def _count_up(self, rows: slice) -> None:
        """Count transfers, their known values and holding times, and note first and last times."""
        edge = self._edge_of[rows].astype(np.int64)
        inside = np.flatnonzero(edge >= 0)
        edge = edge[inside]
        time, value, hold = self._record.time[rows][inside], self._record.value[rows][inside], self._hold[rows][inside]
        begins = self._count[edge] == 0
        self._first[edge[begins][::-1]] = time[begins][::-1]  # the last writer wins: the earliest
        self._last[edge] = time
        np.add.at(self._count, edge, 1)
        known, held = ~np.isnan(value), ~np.isnan(hold)
        np.add.at(self._known, edge[known], 1)
        np.add.at(self._value, edge[known], value[known])
        np.add.at(self._holds, edge[held], 1)
        np.add.at(self._held, edge[held], hold[held])

    def _weight(self, edge: I64, period: int) -> F32:
        """Decayed value a period: sums of geometric weights, so of a steady flow its rate."""
        half = np.array(HALF_LIVES)
        fade = np.exp2(-_ago(period - 1, self._seen[edge])[:, None] / half) * (1 - np.exp2(-1 / half))
        weight: F32 = self._flow[edge] * fade.astype(np.float32)
        return weight

    def _history(self, edge: I64, weight: F32, period: int) -> F32:
        now = self._clock[self._source[edge]]
        fade = np.power(np.array(KEPT, np.float32), (now - self._tick[edge])[:, None])
        behind = now[:, None] - self._lag_tick[edge]  # ticks ago; 0 is the source's last one
        moving = [np.where(behind < window, self._lag[edge], 0).sum(axis=1) / window for window in WINDOWS]
        last = np.where(behind < 1, self._lag[edge], 0).sum(axis=1)
        target = self._target[edge]
        popular = self._received[target] * np.exp2(-_ago(period - 1, self._reached[target]) / LATE)
        return np.column_stack([self._share[edge] * fade, weight, *moving, last, popular]).astype(np.float32)

    def _attributes(self, edge: I64, time: int) -> F32:
        known, held = self._known[edge], self._holds[edge]
        mean = np.divide(self._value[edge], known * self._unit, out=np.zeros(len(edge)), where=known > 0)
        hold = np.divide(self._held[edge], held * self._length, out=np.zeros(len(edge)), where=held > 0)
        last, first = (time - self._last[edge]) / self._length, (time - self._first[edge]) / self._length
        return np.column_stack([self._count[edge], mean, last, first, hold, held > 0]).astype(np.float32)

    def _accounts(self, accounts: I64, source: I64, target: I64, weight: F32) -> F32:
        k, recent = len(accounts), weight[:, 1]
        return np.column_stack(
            [
                self._clock[accounts],
                self._new[accounts],
                np.bincount(source, recent, k),
                np.bincount(target, recent, k),
                np.bincount(source, minlength=k),
                np.bincount(target, minlength=k),
            ]
        ).astype(np.float32)

    def _reverse(self, edge: I64) -> I64:
        """Place of each edge's reverse among these ascending edges, -1 where it is not."""
        back = self._back[edge]
        place = np.minimum(np.searchsorted(edge, back), max(len(edge) - 1, 0))
        there = (back >= 0) & (edge[place] == back) if len(edge) else np.zeros(0, bool)
        return np.where(there, place, -1)


def _ago(period: int, last: I64) -> I64:
    """Periods since something last happened; 0 where it never did: before 1970 periods lie below where it begins."""
    since: I64 = np.maximum(period - last, 0)
    return since


def _reversed(source: I64, target: I64, accounts: int) -> I64:
    """Row of the edge from target to source, -1 where there is none; edges are in order of (source, target)."""
    key, back = source * accounts + target, target * accounts + source
    place = np.minimum(np.searchsorted(key, back), max(len(key) - 1, 0))
    return np.where(key[place] == back, place, -1) if len(key) else np.zeros(0, np.int64)
