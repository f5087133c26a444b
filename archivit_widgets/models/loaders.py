"""Walks transfers by windows of time, from a graph or from a Parquet file larger than memory.

    for window in windows(graph, "7D", past=1_000):      # or windows("transfers.parquet", "7D", past=1_000)
        window.past     # TemporalData: the last 1,000 transfers strictly before window.start
        window.events   # TemporalData: those of [window.start, window.end)

Transfers of one moment are never parted, and a window tells nothing of what comes after it: who knows ``past`` and is
judged by ``events`` cannot see the future. Memory holds one window, its past and one block of the file, however long
the record is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..arguments import of_kind, whole
from ..errors import ArchivitError
from ..graph.columns import I64, Columns
from ..graph.pyg import between_known, events
from ..graph.transfers import TransferGraph
from .parquet import Parquet
from .periods import Periods, periods

if TYPE_CHECKING:
    from torch_geometric.data import TemporalData

MOST = 1_000_000  # transfers in a window


@dataclass(frozen=True)
class Window:
    """Transfers of [start, end), seconds, between known parties, and the latest ones strictly before; see `windows`."""

    start: int
    end: int
    past: TemporalData
    events: TemporalData


@dataclass(frozen=True)
class _Rows:
    """Transfers, and which rows of the whole record they are."""

    record: Columns
    rows: I64

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, which: slice) -> _Rows:
        return _Rows(self.record.take(np.arange(*which.indices(len(self)))), self.rows[which])

    def known(self) -> _Rows:
        both = between_known(self.record)
        return _Rows(self.record.take(both), self.rows[both])

    def data(self) -> TemporalData:
        return events(self.record, self.rows)


def windows(
    source: TransferGraph | Parquet | str | os.PathLike[str],
    period: str | float | pd.Timedelta | None = None,
    *,
    past: int = 0,
    most: int = MOST,
) -> Iterator[Window]:
    """Walk windows of time, earliest first; those without a transfer are left out.

    Parameters
    ----------
    source
        A graph, or a Parquet file in order of time.
    period
        Length of a window, counted from 1970: text such as ``"7D"``, a Timedelta, or seconds. None: for a graph about
        64 windows; of a file it must be said.
    past
        How many of the latest transfers before a window go with it.
    most
        A window of more transfers is given in parts, each with the earlier ones in its past.

    Raises
    ------
    ArchivitError
        An argument is wrong, or the file is not as it must be.
    """
    past, most = whole("past", past, 0), whole("most", most, 1)
    if isinstance(source, TransferGraph):
        return _walk(iter([source.record]), periods(source.record.time, period), past, most)
    if not isinstance(source, Parquet):
        expected = "a TransferGraph, a Parquet, or the path of a Parquet file"
        source = Parquet(of_kind("source", source, (str, os.PathLike), expected))
    if period is None:
        raise ArchivitError("period must say how long a window of a Parquet file is, such as '7D'")
    return _walk(source.blocks(), periods(np.empty(0, np.int64), period), past, most)


def _walk(blocks: Iterator[Columns], length: Periods, past: int, most: int) -> Iterator[Window]:
    """Give windows as soon as they are surely whole: when a later moment is seen."""
    held: _Rows | None = None
    before: _Rows | None = None
    seen, reached = 0, np.iinfo(np.int64).min
    for block in _and_end(blocks):
        if block is not None:
            more = _Rows(block, np.arange(seen, seen + len(block)))
            held, seen = more if held is None else _joined(held, more), seen + len(block)
        if held is None:
            return
        begin, time = 0, held.record.time
        for end in _ends(time, length, most, block is None):
            part, begin = held.of(slice(begin, end)).known(), end
            if not len(part):
                continue
            period = length.before(int(part.record.time[0]))
            parted = end < len(time) and length.before(int(time[end])) == period
            start, reached = max(length.start(period), reached), int(time[end]) if parted else length.start(period + 1)
            before = part.of(slice(0)) if before is None else before
            yield Window(start, reached, before.data(), part.data())
            before = _latest(before, part, past)
        held = held.of(slice(begin, None))


def _and_end(blocks: Iterator[Columns]) -> Iterator[Columns | None]:
    yield from blocks
    yield None


def _ends(time: I64, length: Periods, most: int, last: bool) -> list[int]:
    """Where windows end that begin at 0 and follow one another; the last one only if no more can come."""
    later = np.flatnonzero(np.diff(time)) + 1  # where a new moment begins
    if last and len(time):
        later = np.append(later, len(time))
    period = length.of(time)
    closing = (later == len(time)) | (period[np.minimum(later, len(time) - 1)] != period[later - 1])
    ends: list[int] = []
    begin = 0
    for close in later[closing].tolist():
        ends += [*_parts(later, begin, close, most), close]
        begin = close
    return ends + _parts(later, begin, len(time), most)


def _parts(later: I64, begin: int, end: int, most: int) -> list[int]:
    """Where to cut what is more than `most`, between moments; a moment of more than that stays whole."""
    cuts: list[int] = []
    while end - begin > most:
        at = int(np.searchsorted(later, begin + most, side="right")) - 1
        at += int(at < 0 or later[at] <= begin)
        if at >= len(later) or later[at] >= end:
            break
        begin = int(later[at])
        cuts.append(begin)
    return cuts


def _latest(before: _Rows, part: _Rows, past: int) -> _Rows:
    if not past:
        return part.of(slice(0))
    both = _joined(before.of(slice(-past, None)), part.of(slice(-past, None)))
    return both.of(slice(-past, None))


def _joined(one: _Rows, other: _Rows) -> _Rows:
    a, b = one.record, other.record
    names = ("source", "target", "token", "time", "value")
    arrays = {name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in names}
    return _Rows(Columns(**arrays, accounts=b.accounts, tokens=b.tokens), np.concatenate([one.rows, other.rows]))
