"""How a whole column of times is meant, where single cells can be read in several ways."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ArchivitError
from . import spans
from .counted import from_numbers, like_years
from .units import I64, UNKNOWN

Found = dict[str, NDArray[Any] | None]


class Moments(NamedTuple):
    """A column of times.

    Attributes
    ----------
    seconds
        (n,) int64, `UNKNOWN` where unparsable.
    about
        (n,) which of them are not known for certain, or the first second of a span.
    notes
        What was decided.
    """

    seconds: I64
    about: NDArray[np.bool_]
    notes: list[str]


def moments(found: Found, column: str, day_first: bool | None, label: str, shown: str = "it") -> Moments:
    """Decide how a whole column is meant.

    Parameters
    ----------
    found
        What `written.select` gave, (n,) each, `UNKNOWN` or NaN where nothing could be read; None where nowhere.
    column, label
        Names for messages.
    day_first
        Which of day and month stands first, None to find out.
    shown
        What stands in the column, if nothing could be read.

    Raises
    ------
    ArchivitError
        No time could be read, or nothing tells whether 3/4/1880 is in March or in April.
    """
    notes: list[str] = []
    readings: list[I64] = []
    if (clear := found.get("clear")) is not None:
        readings.append(whole_seconds(clear))
    either = [None if (one := found.get(key)) is None else whole_seconds(one) for key in ("day_first", "month_first")]
    if either[0] is not None or either[1] is not None:
        readings.append(days(either, found.get("dotted"), column, day_first, label, notes))
    dates = count(readings)
    about: list[NDArray[np.bool_]] = []
    if (uncertain := found.get("about")) is not None:
        readings.append(whole_seconds(uncertain))
        about.append(uncertain != UNKNOWN)
    numbers = together(found.get("whole"), found.get("number"))
    if (packed := found.get("span")) is not None:
        alone = sum(int(rows.sum()) for rows in about) + (0 if numbers is None else int(like_years(numbers).sum()))
        time, is_span = spans.read(packed, column, alone > dates, dates > alone, notes)
        readings.append(time)
        about.append(is_span)
    if numbers is not None:
        readings.append(from_numbers(numbers, column, notes, count(readings)))
    if not readings:
        raise ArchivitError(
            f"{label}: column {column!r}: no time could be read in {shown}; expected dates, years or unix time"
        )
    result = readings[0]
    for other in readings[1:]:
        result = np.where(result == UNKNOWN, other, result)
    return Moments(result, np.any(about, axis=0) if about else np.zeros(len(result), dtype=bool), notes)


def count(readings: list[I64]) -> int:
    """Count the rows that are read: each in one way only."""
    return sum(int((one != UNKNOWN).sum()) for one in readings)


def together(whole: NDArray[Any] | None, number: NDArray[Any] | None) -> NDArray[Any] | None:
    """Join whole numbers, which stay exact where there are no others, and numbers with a fraction."""
    if whole is None or number is None:
        return number if whole is None else whole
    return np.where(whole == UNKNOWN, number, whole.astype(np.float64))


def whole_seconds(micros: NDArray[Any]) -> I64:
    """Microseconds become whole seconds, rounded down before 1970 too."""
    micros = micros.astype(np.int64, copy=False)
    return np.where(micros == UNKNOWN, UNKNOWN, micros // 1_000_000)


def days(
    either: list[I64 | None],
    dotted: NDArray[Any] | None,
    column: str,
    asked: bool | None,
    label: str,
    notes: list[str],
) -> I64:
    """Choose between day first and month first: a day above 12 tells, else the order of the rows, or points between.

    Where points stand between them, as in 3.4.1880, the day is first in nearly all countries.
    """
    size = len(next(one for one in either if one is not None))
    day, month = (np.full(size, UNKNOWN) if one is None else one for one in either)
    day_only, month_only = (day != UNKNOWN) & (month == UNKNOWN), (month != UNKNOWN) & (day == UNKNOWN)
    if asked is None and day_only.any() != month_only.any():
        asked = bool(day_only.any())
    if asked is None and day_only.any():
        asked = bool(day_only.sum() > month_only.sum())
    if asked is None and not np.array_equal(day, month):
        rising = [bool((np.diff(one[one != UNKNOWN]) >= 0).all()) for one in (day, month)]
        pointed = dotted is not None and bool((dotted[day != month] == 1).all())
        if rising[0] == rising[1] and not pointed:
            return unsure(day, month, column, label, notes)
        asked = rising[0] or not rising[1]
    notes.append(f"{column}: days are read as {'day/month/year' if asked is not False else 'month/day/year'}.")
    return day if asked is not False else month


def unsure(day: I64, month: I64, column: str, label: str, notes: list[str]) -> I64:
    """Refuse to guess where many rows can be read in two ways that differ; a few in a large file are left unparsed."""
    count = int((day != month).sum())
    if count > len(day) // 100:
        raise ArchivitError(
            f"{label}: column {column!r}: {count:,} dates can be day/month or month/day, and nothing tells which; "
            "pass day_first=True or day_first=False"
        )
    notes.append(f"{column}: dates that can be day/month or month/day were not read ({count:,}).")
    return np.where(day == month, day, UNKNOWN)
