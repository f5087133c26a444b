"""Times in all the ways files write them, as seconds since 1970-01-01 UTC.

Text is parsed by DuckDB while the file is scanned, in parallel columns: `clear` for what can be read in one way only,
`day_first` and `month_first` for what can be read in two, `about` for years that are not certain, `whole` and `number`
for digits alone. Which of two readings is meant, and whether a number counts seconds, days or years, is decided from
the whole column afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArchivitError
from .table import literal, quoted
from .words import MISSING, parts

I64 = NDArray[np.int64]
Found = dict[str, NDArray[Any] | None]

UNKNOWN = np.iinfo(np.int64).min  # a time that cannot be read
ABSENT = UNKNOWN + 1  # no time
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNIX = (("nanoseconds", 9, 1e17), ("microseconds", 6, 1e14), ("milliseconds", 3, 1e11), ("seconds", 0, 0.0))

CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
WORDED = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%b. %d, %Y",
    "%b. %d %Y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%b-%d-%Y",
    "%d/%b/%Y",
    "%a, %d %b %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
)
CLEAR = (
    *(day + clock for day in WORDED for clock in CLOCKS),
    "%Y-%m",
    "%Y/%m",
    "%B %Y",
    "%b %Y",
    "%Y.%m.%d",
    "%Y%m%dT%H%M%S",
    "%Y%m%dT%H%M%SZ",
    "%Y-%m-%d %H:%M:%S %z UTC",
    "%a, %d %b %Y %H:%M:%S GMT",
)
# How a catalogue writes a year that it does not know for certain, or several.
ABOUT = (
    r"(?:c|ca|circa|about|approx)\.?\s*\d{4}\s*(?:[-–]\s*\d{4}\s*)?\??|\d{4}\s*(?:\?|\(\?\))|\[\d{4}\s*\??\]"
    r"|\d{4}\s*[-–/]\s*\d{4}\s*\??|(?:the\s+)?\d{3}0s"
)
DAY_FIRST = tuple(day + clock for day in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y") for clock in CLOCKS)
MONTH_FIRST = tuple(day + clock for day in ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y") for clock in CLOCKS)


def select(column: str, kind: str) -> dict[str, str]:
    """Write the SQL that reads one column of times.

    Parameters
    ----------
    column
        Its name.
    kind
        Its DuckDB type.

    Returns
    -------
    dict
        ``clear``, ``day_first``, ``month_first``: microseconds since 1970, each NULL where the one before could be
        read; ``about`` likewise, for years that are not certain, or several; ``whole`` and ``number`` for digits
        alone. Only one of them where the type says all. ``absent`` is 1 where nothing is written, else NULL.
    """
    return readings(column, kind) | {"absent": f"CASE WHEN {absent(column, kind)} THEN 1::BIGINT END"}


def absent(column: str, kind: str) -> str:
    """Write the SQL of where a column says nothing."""
    nothing = f"{quoted(column)} IS NULL"
    if kind != "VARCHAR":
        return nothing
    # Not IN, nor a list: DuckDB makes joins of these, and a join does not keep the order of the rows.
    words = literal("|".join(["", *sorted(MISSING), ""]))
    return f"{nothing} OR contains({words}, '|' || lower(trim({quoted(column)})) || '|')"


def readings(column: str, kind: str) -> dict[str, str]:
    """Write the SQL of all ways to read a column; see `select`."""
    name = quoted(column)
    if kind.startswith(("TIMESTAMP", "DATE")):
        return {"clear": microseconds(f"try_cast({name} AS {'TIMESTAMPTZ' if 'ZONE' in kind else 'TIMESTAMP'})")}
    if kind in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}:
        return {"whole": f"{name}::BIGINT"}
    if kind != "VARCHAR":
        return {"number": f"try_cast({name} AS DOUBLE)"}
    text = f"trim({name})"
    iso = f"CASE WHEN regexp_matches({text}, '^-?\\d{{4,6}}[-/]') THEN try_cast({text} AS TIMESTAMPTZ) END"
    year = f"regexp_matches({text}, '\\d{{4}}') AND NOT regexp_matches({text}, '^\\d+$')"
    ordinal = f"regexp_replace({text}, '(\\d)(st|nd|rd|th)\\b', '\\1')"
    clear = f"coalesce({microseconds(iso)}, CASE WHEN {year} THEN {microseconds(strptime(ordinal, CLEAR))} END)"
    whole = f"CASE WHEN regexp_full_match({text}, '[-+]?\\d+') THEN try_cast({text} AS BIGINT) END"
    number = f"try_cast({text} AS DOUBLE)"
    rest = f"{clear} IS NULL AND {number} IS NULL AND {year}"
    # The first test is cheap and nearly always false.
    ends = f"contains('act[', lower({text}[1])) OR contains('?)]s', {text}[-1])"
    several = f"length({text}) BETWEEN 9 AND 12 AND NOT contains('-/', {text}[8])"
    maybe = f"({ends} OR {several}) AND regexp_full_match({text}, '{ABOUT}', 'i')"
    day = f"try_cast(regexp_extract({text}, '\\d{{4}}') || '-01-01' AS TIMESTAMP)"
    return {
        "clear": clear,
        "about": f"CASE WHEN {maybe} THEN {microseconds(day)} END",
        "whole": whole,
        "number": f"CASE WHEN {iso} IS NULL AND {whole} IS NULL THEN {number} END",
        "day_first": f"CASE WHEN {rest} THEN {microseconds(strptime(text, DAY_FIRST))} END",
        "month_first": f"CASE WHEN {rest} THEN {microseconds(strptime(text, MONTH_FIRST))} END",
    }


def strptime(text: str, formats: tuple[str, ...]) -> str:
    """Write the SQL that tries formats in turn."""
    return f"try_strptime({text}, [{', '.join(repr(one) for one in formats)}])"


def microseconds(moment: str) -> str:
    """Write the SQL that counts microseconds since 1970; infinity and BC-years beyond int64 are NULL."""
    return f"CASE WHEN isfinite({moment}) THEN epoch_us({moment}) END"


def seconds(found: Found, column: str, day_first: bool | None, label: str) -> tuple[I64, list[str]]:
    """Decide how a whole column is meant.

    Parameters
    ----------
    found
        What `select` gave, (n,) each, `UNKNOWN` or NaN where nothing could be read; None where nowhere.
    column, label
        Names for messages.
    day_first
        Which of day and month stands first, None to find out.

    Returns
    -------
    seconds, notes
        (n,) int64, `UNKNOWN` where unparsable, and what was decided.

    Raises
    ------
    ArchivitError
        Nothing tells whether 3/4/1880 is in March or in April.
    """
    notes: list[str] = []
    readings: list[I64] = []
    if (clear := found.get("clear")) is not None:
        readings.append(whole_seconds(clear))
    if (about := found.get("about")) is not None:
        readings.append(whole_seconds(about))
    either = [None if (one := found.get(key)) is None else whole_seconds(one) for key in ("day_first", "month_first")]
    if either[0] is not None or either[1] is not None:
        readings.append(days(either, column, day_first, label, notes))
    if (numbers := together(found.get("whole"), found.get("number"))) is not None:
        readings.append(from_numbers(numbers, column, notes, beside_dates=bool(readings)))
    if not readings:
        raise ArchivitError(f"{label}: column {column!r}: no time could be read; expected dates, years or unix time")
    result = readings[0]
    for other in readings[1:]:
        result = np.where(result == UNKNOWN, other, result)
    return result, notes


def together(whole: NDArray[Any] | None, number: NDArray[Any] | None) -> NDArray[Any] | None:
    """Join whole numbers, which stay exact where there are no others, and numbers with a fraction."""
    if whole is None or number is None:
        return number if whole is None else whole
    return np.where(whole == UNKNOWN, number, whole.astype(np.float64))


def whole_seconds(micros: NDArray[Any]) -> I64:
    """Microseconds become whole seconds, rounded down before 1970 too."""
    micros = micros.astype(np.int64, copy=False)
    return np.where(micros == UNKNOWN, UNKNOWN, micros // 1_000_000)


def days(either: list[I64 | None], column: str, asked: bool | None, label: str, notes: list[str]) -> I64:
    """Choose between day first and month first: a day above 12 tells, else the order of the rows."""
    size = len(next(one for one in either if one is not None))
    day, month = (np.full(size, UNKNOWN) if one is None else one for one in either)
    day_only, month_only = (day != UNKNOWN) & (month == UNKNOWN), (month != UNKNOWN) & (day == UNKNOWN)
    if asked is None and day_only.any() != month_only.any():
        asked = bool(day_only.any())
    if asked is None and day_only.any():
        asked = bool(day_only.sum() > month_only.sum())
    if asked is None and not np.array_equal(day, month):
        rising = [bool((np.diff(one[one != UNKNOWN]) >= 0).all()) for one in (day, month)]
        if rising[0] == rising[1]:
            return unsure(day, month, column, label, notes)
        asked = rising[0]
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


def from_numbers(numbers: NDArray[Any], column: str, notes: list[str], beside_dates: bool) -> I64:
    """Numbers become seconds: the column as a whole tells what they count, and the dates that stand beside them."""
    known = numbers != UNKNOWN if numbers.dtype == np.int64 else np.isfinite(numbers.astype(np.float64, copy=False))
    result = np.full(len(numbers), UNKNOWN)
    values = numbers[known]
    if len(values) == 0:
        return result
    name, convert = meaning(values.astype(np.float64, copy=False), parts(column), beside_dates)
    if name:
        notes.append(f"{column}: numbers are read as {name}.")
    result[known] = convert(values)
    return result


def meaning(
    values: NDArray[np.float64], words: frozenset[str], dated: bool
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
            and (calendar(values, digits) != UNKNOWN).mean() >= 0.9
        ):
            return unit, lambda found, digits=digits: calendar(found, digits)
    if size >= 1e8:
        unit, power = next((u, p) for u, p, low in UNIX if size >= low)
        return f"unix time in {unit}", scaled(10**power)
    dated = dated or bool(words & {"year", "years", "yr", "date", "day", "sold", "annee", "jahr"})
    # In a short ledger one odd year is more than a tenth; of days that are counted from 1 on, half look like years.
    if most(1000, 2200, 0.75) if dated else most(1000, 2200) and values.min() >= 1400:
        return "years", years
    if most(10_000, 80_000) and (dated or values.min() >= 20_000):
        return "days of a spreadsheet (1 is 1900-01-01)", spreadsheet
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
