"""Numbers as times: whether they count seconds, days or years is told by the column as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..words import parts
from .units import DAY, I64, UNKNOWN

UNIX = (("nanoseconds", 9, 1e17), ("microseconds", 6, 1e14), ("milliseconds", 3, 1e11), ("seconds", 0, 0.0))
NAMED_YEARS = frozenset(["year", "years", "yr", "annee", "année", "jahr"])  # words of a column of years
DATED = NAMED_YEARS | {"date", "day", "sold"}  # words of a column of dates


def like_years(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Find numbers that are years if the column is one of years."""
    return (numbers >= 1000) & (numbers < 2200)


def from_numbers(numbers: NDArray[Any], column: str, notes: list[str], dates: int) -> I64:
    """Numbers become seconds: the column as a whole tells what they count, and how many dates stand beside them."""
    known = numbers != UNKNOWN if numbers.dtype == np.int64 else np.isfinite(numbers.astype(np.float64, copy=False))
    result = np.full(len(numbers), UNKNOWN)
    values = numbers[known]
    if len(values) == 0:
        return result
    name, convert = meaning(values.astype(np.float64, copy=False), parts(column), dates)
    if name:
        notes.append(f"{column}: numbers are read as {name}.")
    result[known] = convert(values)
    return result


def meaning(
    values: NDArray[np.float64], words: frozenset[str], dates: int
) -> tuple[str, Callable[[NDArray[Any]], I64]]:
    """Say what most numbers of a column can be, and how to turn them into seconds."""
    size = float(np.median(np.abs(values)))

    def most(low: float, high: float, share: float = 0.9) -> bool:
        return bool(((values >= low) & (values < high)).mean() >= share)

    if words & {"step", "steps", "tick", "round"}:
        return "steps, one second each", scaled(1)
    for digits, unit in ((14, "yyyymmddhhmmss"), (12, "yyyymmddhhmm"), (8, "yyyymmdd")):
        if (
            most(10.0 ** (digits - 1), 2.2 * 10.0 ** (digits - 1))
            and (calendar(values, digits) != UNKNOWN).mean() >= 0.5  # of other numbers a third at most looks like days
        ):
            return unit, lambda found, digits=digits: calendar(found, digits)
    if size >= 1e8:
        unit, power = next((u, p) for u, p, low in UNIX if size >= low)
        return f"unix time in {unit}", scaled(10**power)
    named = bool(words & DATED)
    dated = dates > 0 or named
    # In a short ledger one odd year is more than a tenth; of days that are counted from 1 on, half look like years.
    if most(1000, 2200, 0.75) if dated else most(1000, 2200) and values.min() >= 1400:
        return "years", years
    if words & NAMED_YEARS and most(-10_000, 2200):  # of antiquities, most before the year 1000
        return "years", years
    if most(10_000, 80_000) and (dated or values.min() >= 20_000):
        return "days of a spreadsheet (1 is 1900-01-01)", spreadsheet
    if dates >= len(values) or (named and (values % 1 != 0).mean() > 0.5):  # such as 01.1881: no second of 1970
        return "", lambda found: np.full(len(found), UNKNOWN)
    return "seconds since 1970 (or steps)", scaled(1)


def scaled(per_second: int) -> Callable[[NDArray[Any]], I64]:
    """Divide by a power of ten, rounded down; whole numbers stay exact."""
    return lambda found: bounded(found // per_second)


def bounded(found: NDArray[Any]) -> I64:
    """Turn floats into seconds; what lies outside int64 is not known."""
    if found.dtype == np.int64:
        return found.astype(np.int64, copy=False)
    inside = np.abs(found.astype(np.float64, copy=False)) < 2.0**62
    return np.where(inside, np.where(inside, found, 0).astype(np.int64), UNKNOWN)


def years(found: NDArray[Any]) -> I64:
    """Years alone mean their first second; a year of five digits is none."""
    whole_years = np.floor(found.astype(np.float64))
    valid = (np.abs(whole_years) < 10_000) & (whole_years == found)
    first = (np.where(valid, whole_years, 1970).astype(np.int64) - 1970).astype("datetime64[Y]")
    return np.where(valid, first.astype("datetime64[s]").astype(np.int64), UNKNOWN)


def spreadsheet(found: NDArray[Any]) -> I64:
    """Days since 1899-12-30, as Excel counts them, with the time of day as a fraction."""
    return bounded(np.round((found.astype(np.float64) - 25_569) * DAY))


def calendar(found: NDArray[Any], digits: int) -> I64:
    """Read yyyymmdd[hhmm[ss]] written as one number; months, days and hours that do not exist are not known."""
    values = bounded(np.floor(found))
    inside = (values >= 10 ** (digits - 1)) & (values < 10**digits)
    rest = np.where(inside, values, 19_700_101 * 10 ** (digits - 8))
    clock = np.zeros_like(rest)
    for step, limit in zip((1, 60, 3600)[(14 - digits) // 2 :], (60, 60, 24)[(14 - digits) // 2 :], strict=True):
        rest, part = np.divmod(rest, 100)
        inside &= part < limit
        clock += part * step
    rest, day = np.divmod(rest, 100)
    year, month = np.divmod(rest, 100)
    inside &= (month >= 1) & (month <= 12) & (day >= 1)
    start = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    date = start.astype("datetime64[D]") + (day - 1)
    inside &= date.astype("datetime64[M]") == start
    return np.where(inside, date.astype(np.int64) * DAY + clock, UNKNOWN)
