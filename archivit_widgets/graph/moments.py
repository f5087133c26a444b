"""Moments as people write them, as int seconds since 1970-01-01 UTC."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ArchivitError

UNIX = {10: 1, 13: 1_000, 16: 1_000_000}  # units in a second, by digits


def moment(value: Any) -> int:
    """Read a moment, rounded up to the next whole second: of half-open windows in whole seconds, the right way.

    Parameters
    ----------
    value
        ISO text ("2021-04-05", "1720", with or without a time and an offset), a Timestamp, datetime, date or
        datetime64, or seconds since 1970. Without an offset it is UTC. Of texts of digits alone, four at most are a
        year, 8 a day as in 20210405, and 10, 13 and 16 unix time in seconds, milliseconds and microseconds.

    Raises
    ------
    ArchivitError
        It is none of these.
    """
    try:
        if isinstance(value, str):
            value = _iso(value.strip())
        if isinstance(value, np.datetime64):
            whole = value.astype("datetime64[s]")
            return int(whole.astype(np.int64)) + int(whole < value) if not np.isnat(value) else int(value)
        if isinstance(value, date):  # a datetime and a Timestamp are dates too
            return math.ceil(pd.Timestamp(value).timestamp())
        if isinstance(value, bool | np.bool_):
            raise TypeError
        up: int = math.ceil(value)
        return int(np.int64(up))  # of more seconds there is no date
    except (ValueError, TypeError, OverflowError):
        raise ArchivitError(f"a moment must be ISO text, a Timestamp or int seconds; got {value!r}") from None


def _iso(text: str) -> datetime | np.datetime64 | int:
    """Read ISO text, or unix time; NumPy knows years and months alone, and years that `datetime` does not."""
    digits = len(text) - text.startswith("-") if text.removeprefix("-").isdecimal() else 0
    if digits in UNIX:
        return -(-int(text) // UNIX[digits])  # rounded up
    if digits > 4 and digits != 8:
        raise ValueError
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if digits > 4 or not text[-1:].isdigit():
            raise
        return np.datetime64(text, "s")
