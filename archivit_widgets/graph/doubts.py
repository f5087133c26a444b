"""Dates that the report doubts, such as a misread year: they stay in the record, but rule no scale and no axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .transfers import TransferGraph


@dataclass(frozen=True)
class Sure:
    """The transfers whose dates are not doubted: all but a few at the two ends of the record.

    Attributes
    ----------
    first, stop
        Rows of transfers, [first, stop).
    doubted
        How many others there are.
    """

    first: int
    stop: int
    doubted: int

    def span(self, graph: TransferGraph) -> tuple[int, int]:
        """First and last time, seconds since 1970; 0 where there are none."""
        time = graph.record.time[self.first : self.stop]
        return (int(time[0]), int(time[-1])) if len(time) else (0, 0)


def sure(graph: TransferGraph) -> Sure:
    """Find the transfers whose dates the report does not doubt; all, where it doubts all that a window holds."""
    size = len(graph)
    doubt = graph.report.reasons.get("suspicious_date")
    if doubt is None:
        return Sure(0, size, 0)
    most = min(doubt.count, size)
    first = _leading(graph.rows[:most], doubt.listed)
    last = _leading(graph.rows[size - most :][::-1], doubt.listed)
    return Sure(0, size, 0) if first + last >= size else Sure(first, size - last, first + last)


def _leading(rows: NDArray[np.int64], listed: NDArray[np.int64]) -> int:
    """How many rows there are before the first that is not listed."""
    return int(np.cumprod(np.isin(rows, listed)).sum())
