"""Periods: windows of equal length, counted from 1970, so that no record's end or beginning moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arguments import found
from ..errors import ArchivitError
from ..graph import flow
from ..graph.columns import I64

DAY = 86_400
MOST = 1_000 * 366 * DAY
ABOUT = 64  # periods in a record, where nobody says how long one is


@dataclass(frozen=True)
class Periods:
    """Period ``p`` is [p, p + 1) x ``length``, seconds since 1970."""

    length: int

    def of(self, time: I64) -> I64:
        """Give the period of each moment."""
        period: I64 = np.floor_divide(time, self.length)
        return period

    def start(self, period: int) -> int:
        """First second of a period."""
        return period * self.length

    def halved(self) -> Periods:
        """Give periods of about half the length, in whole days where they are longer; of one second at least."""
        half = max(self.length // 2, 1)
        return Periods(half - half % DAY if half > DAY else half)

    def before(self, moment: int) -> int:
        """Give the number of the first period that is not over at a moment: all before it are."""
        return moment // self.length


def periods(time: I64, length: str | float | pd.Timedelta | None = None) -> Periods:
    """Choose how long a period is.

    Parameters
    ----------
    time
        (n,) int64 seconds, ascending: the part of the record that may be looked at.
    length
        A Timedelta, text with a unit such as ``"7D"``, or seconds; whole seconds are kept. None: such that the record
        has about 64, in whole days where it spans more.

    Raises
    ------
    ArchivitError
        It is no length of time, or shorter than a second.
    """
    if length is None:
        span = int(time[-1]) - int(time[0]) if len(time) else 0
        unit = DAY if span >= ABOUT * DAY else 1
        return Periods(max(math.ceil(span / ABOUT / unit), 1) * unit)
    seconds = flow.seconds(length, "period")
    if not 1 <= seconds <= MOST:
        raise ArchivitError(f"a period must last from one second to a thousand years, found {found(length)}")
    return Periods(int(seconds))
