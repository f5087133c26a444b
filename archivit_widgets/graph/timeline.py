"""The record's own calendar: how many transfers fell into each second, day, month or century."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..sources.times.units import DAY, HOUR, MINUTE, MONTHS
from .doubts import sure

if TYPE_CHECKING:
    from .columns import I64
    from .transfers import TransferGraph

FEW = 100  # transfers of which none is an outlier
MONDAY = 4 * DAY  # 1970-01-01 was a Thursday


@dataclass(frozen=True)
class Step:
    """A stride of the calendar: `count` units of seconds ("s"), months ("M") or years ("Y")."""

    unit: str
    count: int


@dataclass(frozen=True)
class Timeline:
    """A histogram of transfers in calendar bins.

    Attributes
    ----------
    start, end
        Seconds since 1970-01-01 UTC: [start, end) holds every transfer.
    edges
        (b + 1,) int64 seconds: bounds of the bins, on whole days, months or years. They hold every transfer too, but
        where the report doubts a few dates, or a few lie so far off (a misread year) that all others would share a few
        bins, they hold those others.
    counts
        (b,) int64: transfers in each bin; the first also has what lies before it, the last what lies after it, so that
        they add up to all.
    before, after
        How many transfers those are.
    ticks
        (second, text) of the few moments to name, inside the bins.
    """

    start: int
    end: int
    edges: I64
    counts: I64
    before: int
    after: int
    ticks: tuple[tuple[int, str], ...]


def timeline(graph: TransferGraph, bins: int = 96, ticks: int = 7) -> Timeline:
    """Count transfers over time, in at most `bins` bins of the finest calendar step that fits."""
    time = graph.record.time
    if not len(time):
        return Timeline(0, 1, np.array([0, 1]), np.array([0]), 0, 0, ())
    trusted = sure(graph)
    start, end = _bulk(time[trusted.first : trusted.stop])
    edges = bounds(start, end, _finest(start, end, bins))
    below = np.searchsorted(time, edges)
    before, after = int(below[0]), len(time) - int(below[-1])
    below[0], below[-1] = 0, len(time)
    return Timeline(
        start=int(time[0]),
        end=int(time[-1]) + 1,
        edges=edges,
        counts=np.diff(below),
        before=before,
        after=after,
        ticks=tuple((t, text) for t, text in marks(start, end, ticks) if edges[0] <= t <= edges[-1]),
    )


def marks(start: int, end: int, most: int) -> list[tuple[int, str]]:
    """Name the marks of the finest calendar step that parts [start, end) into at most `most`: second, text.

    The first may lie before it, the last after it.
    """
    step = _finest(start, end, most)
    return [(int(second), _text(int(second), step)) for second in bounds(start, end, step)]


def _bulk(time: I64) -> tuple[int, int]:
    """Find the span [start, end) of all times; or of nearly all, where it is less than a third of that."""
    first, last = int(time[0]), int(time[-1])
    few = len(time) // 1000 + 1
    if len(time) < FEW:
        return first, last + 1
    low, high = int(time[few]), int(time[-1 - few])
    margin = (high - low) // 20
    if high == low or last - first <= 3 * (high - low):
        return first, last + 1
    return max(first, low - margin), min(last, high + margin) + 1


def bounds(start: int, end: int, step: Step) -> I64:
    """Give the calendar's marks from the last one at or before `start` to the first one at or after `end`."""
    first, stop = _reach(start, end, step)
    marks = np.arange(first, stop + 1, dtype=np.int64) * step.count
    if step.unit == "s":
        return marks + _offset(step)
    origin = 0 if step.unit == "M" else 1970  # years are counted from year 0, so that decades are decades
    return _seconds(marks - origin, step.unit)


def _finest(start: int, end: int, most: int) -> Step:
    """Find the finest step with at most `most` bins; only centuries of bins can miss it, where `most` is 1."""
    for step in _ladder():
        first, stop = _reach(start, end, step)
        if stop - first <= most or step.count > 10**12:
            return step
    raise AssertionError("the ladder has no end")


def _ladder() -> list[Step]:
    """Steps from a second up, each a few times as long as the one before."""
    seconds = [1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR]
    steps = [Step("s", s) for s in [*seconds, DAY, 2 * DAY, 7 * DAY]]
    steps += [Step("M", m) for m in (1, 3, 6)]
    return steps + [Step("Y", m * 10**power) for power in range(14) for m in (1, 2, 5)]


def _reach(start: int, end: int, step: Step) -> tuple[int, int]:
    """Number the steps whose marks are the last one at or before `start` and the first one at or after `end`."""
    if step.unit == "s":
        return (start - _offset(step)) // step.count, -((_offset(step) - end) // step.count)
    return _units(start, step.unit) // step.count, _units(end - 1, step.unit) // step.count + 1


def _offset(step: Step) -> int:
    """Second from which steps are counted: weeks begin on Mondays."""
    return MONDAY if step.count == 7 * DAY else 0


def _units(second: int, unit: str) -> int:
    """Number of the month since 1970-01, or of the year, in which a second lies."""
    number = int(np.datetime64(second, "s").astype(f"datetime64[{unit}]").astype(np.int64))
    return number + 1970 if unit == "Y" else number


def _seconds(units: I64, unit: str) -> I64:
    """First second of each month or year, counted from 1970."""
    return units.astype(f"datetime64[{unit}]").astype("datetime64[s]").astype(np.int64)


def _text(second: int, step: Step) -> str:
    """Name a moment as precisely as its step needs."""
    moment = np.datetime64(second, "s")
    year = _units(second, "Y")
    if step.unit == "Y":
        return str(year)
    month = MONTHS[_units(second, "M") % 12]
    if step.unit == "M":
        return f"{month} {year}"
    day = (moment.astype("datetime64[D]") - moment.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    if step.count >= DAY:
        return f"{day} {month} {year}"
    clock = f"{second % DAY // HOUR:02}:{second % HOUR // MINUTE:02}"
    return f"{day} {month} {clock}" if step.count >= MINUTE else f"{clock}:{second % MINUTE:02}"
