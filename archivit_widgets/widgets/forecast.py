"""A span of time of which what plays is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArchivitError
from ..graph import words
from ..graph.moments import moment

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

    Span = tuple[int, int]


def read_forecast(graph: TransferGraph, wish: Any) -> Span | None:
    """Read [start, end) in seconds since 1970 UTC.

    Parameters
    ----------
    graph
        What is shown.
    wish
        A pair of what `TransferGraph.between` takes, or None: there is no forecast. A start of None is the first
        second after the record.

    Raises
    ------
    ArchivitError
        It is no such pair, does not end after it starts, or starts before the record does.
    """
    if wish is None:
        return None
    if isinstance(wish, str) or np.ndim(wish) != 1 or len(wish) != 2 or wish[1] is None:
        raise ArchivitError(f"forecast is {wish!r}, but must be a pair (start, end) of moments, or None")
    time = graph.record.time
    try:
        end = moment(wish[1])
        start = moment(wish[0]) if wish[0] is not None else int(time[-1]) + 1 if len(time) else end - 1
    except ArchivitError as error:
        raise ArchivitError(f"forecast: {error}") from None
    if start >= end:
        raise ArchivitError(f"the forecast ends at {words.minute(end)}, not after it starts at {words.minute(start)}")
    if len(time) and start < time[0]:
        begins = words.day(int(time[0]))
        raise ArchivitError(f"the forecast starts at {words.day(start)}, before the record does at {begins}")
    return start, end


def entry(span: Span) -> dict[str, Any]:
    """Give what the legend says of it."""
    return {
        "channel": "forecast",
        "title": f"from {words.day(span[0])}",
        "unit": "",
        "scale": "hatched",
        "ticks": [],
        "unknown": False,
        "note": "what plays there is predicted",
    }


def said(time: int | None, span: Span | None) -> str:
    """Say which moment a frame shows, if any, and whether that is predicted; `said` in js/src/ui/timeline.ts."""
    if time is None:
        return ""
    predicted = span is not None and span[0] <= time < span[1]
    return words.minute(time) + ", predicted" * predicted
