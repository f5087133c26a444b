"""The time of day in a column of its own: which column it is, the SQL that reads it, and the day it is added to."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..table import quoted
from ..words import CLOCKS, parts
from .units import DAY, I64, UNKNOWN

# A sheet writes a time of day as one of its first day, 1899 or 1904.
FIRST_DAY = r"(?:(?:1899-12-3[01]|1900-01-0[01]|1904-01-01)[ T])?"
FORM = rf"^{FIRST_DAY}(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:[.,]\d+)?)?\s*(?:([AaPp])\.?\s?[Mm]\.?)?\s*(?:Z|UTC|GMT)?$"
CLOCK = re.compile(FORM)
DATED = re.compile(r"\d{4}-\d\d-\d\d")
YEAR = re.compile(r"\s*\d{3,4}(\.0)?\s*")
COUNTED = re.compile(r"\s*-?\d{9,}(\.\d*)?\s*")  # seconds since 1970
MIDNIGHT = re.compile(r"\b00:00(:00(\.0+)?)?\b")


def is_clock(values: list[str]) -> bool:
    """Say whether values are times of day, and no moments: "10:00" is no time without its day."""
    others = [value for value in values if not CLOCK.match(value.strip())]
    return len(others) < len(values) / 2 and not any(DATED.match(value.strip()) for value in others)


def beside(sample: dict[str, list[str]], time: str, days: bool, notes: list[str]) -> str | None:
    """Find the column that says the time of day, if the column of times, or others beside its years, say the day alone.

    Of several the one is meant that shares a word with the column of days, or else none.
    """
    found = [name for name in sample if name != time and parts(name) & CLOCKS and is_clock(sample[name])]
    if len(found) > 1:
        near = [name for name in found if parts(name) & parts(time)]
        notes += [f"{', '.join(found)}: several times of day; none is read."] * (len(near) != 1)
        found = near if len(near) == 1 else []
    if not found:
        return None
    size = max(1, len(sample[time]))
    if not days and sum(bool(YEAR.fullmatch(value)) for value in sample[time]) >= size / 2:
        notes.append(f"{found[0]}: not read, as {time} says no day.")
        return None
    if any(":" in MIDNIGHT.sub("", value) for value in sample[time]) or (
        sum(bool(COUNTED.fullmatch(value)) for value in sample[time]) >= size / 2
    ):
        notes.append(f"{found[0]}: not read, as {time} says the time of day itself.")
        return None
    notes.append(f"The time is {time} and the time of day in {found[0]}.")
    return found[0]


def clock_sql(column: str) -> str:
    """Write the SQL of the seconds since midnight, NULL where they cannot be read."""
    text = f"trim({quoted(column)}::VARCHAR)"
    hour, minute, second = (f"try_cast(regexp_extract({text}, '{FORM}', {i}) AS BIGINT)" for i in (1, 2, 3))
    half = f"lower(regexp_extract({text}, '{FORM}', 4))"
    hours = f"CASE {half} WHEN '' THEN {hour} WHEN 'p' THEN {hour} % 12 + 12 ELSE {hour} % 12 END"
    real = f"{hour} < 24 AND {minute} < 60 AND coalesce({second}, 0) < 60 AND ({half} = '' OR {hour} BETWEEN 1 AND 12)"
    return f"CASE WHEN {real} THEN ({hours}) * 3600 + {minute} * 60 + coalesce({second}, 0) END"


def with_clock(time: I64, clock: NDArray[Any] | None, day_known: NDArray[np.bool_]) -> tuple[I64, NDArray[np.bool_]]:
    """Add times of day to days.

    Parameters
    ----------
    time
        (n,) seconds.
    clock
        (n,) seconds since midnight, or None where none could be read.
    day_known
        (n,) whether the time is a day, and not only the first of a year or a span.

    Returns
    -------
    seconds, found
        (n,) each; `found` is False where a day is left without its time of day.
    """
    day = (time != UNKNOWN) & (time % DAY == 0) & day_known
    if clock is None:
        return time, ~day
    known = clock != UNKNOWN
    return np.where(day & known, time + np.where(known, clock, 0), time), ~day | known
