"""Spans of years whose end is shortened, such as 1882/83 and 1882/3, and months, which may look the same.

1910-11 is the season 1910 to 1911 to a museum, and November 1910 to ISO. The other texts of the column tell: 1882-83
can only be a span, 1910-03 only a month.
"""

from __future__ import annotations

import calendar
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..faults import Mask
from ..words import parts
from .units import I64, UNKNOWN

MARKS = "-/–"  # the last stands for all that no program writes between a year and a month
DASH, SLASH, OTHER = range(3)
MONTH_NAMES = frozenset(["month", "months", "monat", "mois", "mese", "mes"])
HABIT = 2  # how many different texts must tell against the way in which others write months


class Texts(NamedTuple):
    """The different texts, (k,) each: the year, the number behind it, the mark between, whether it has two digits."""

    year: I64
    second: I64
    mark: I64
    two: Mask

    @property
    def step(self) -> I64:
        """Years from the first to the last, of a span; 0 or less where it is none."""
        century = np.where(self.two, 100, 10)
        last = self.year % century
        return np.where((last == century - 1) & (self.second == 0), 1, self.second - last)

    def write(self, row: int) -> str:
        """Write one of them as it stands in the file."""
        second = f"{self.second[row]:0{1 + int(self.two[row])}}"
        return f"{self.year[row]:04}{MARKS[self.mark[row]]}{second}"


def select(text: str) -> str:
    """Write the SQL that packs the year, the number behind it, its digits and the mark between into one number."""
    second = f"regexp_extract({text}, '\\d+$')"
    mark = f"CASE {text}[5] WHEN '-' THEN {DASH} WHEN '/' THEN {SLASH} ELSE {OTHER} END"
    numbers = f"try_cast({text}[1:4] AS BIGINT) * 100 + try_cast({second} AS BIGINT)"
    packed = f"(({numbers}) * 3 + {mark}) * 2 + length({second}) - 1"
    alike = f"regexp_full_match({text}, '\\d{{4}}\\s*[-/–—]\\s*\\d{{1,2}}')"
    return f"CASE WHEN length({text}) BETWEEN 6 AND 11 AND {alike} THEN {packed} END"


def unpack(packed: NDArray[Any]) -> Texts:
    """Take apart what `select` packed."""
    rest, two = np.divmod(packed.astype(np.int64), 2)
    rest, mark = np.divmod(rest, 3)
    year, second = np.divmod(rest, 100)
    return Texts(year, second, mark, two == 1)


def read(packed: NDArray[Any], column: str, alone: bool, dated: bool, notes: list[str]) -> tuple[I64, Mask]:
    """Read spans and months.

    Parameters
    ----------
    packed
        (n,) what `select` gave.
    column
        Its name.
    alone, dated
        Whether most other cells are years alone, or whole dates.
    notes
        Takes what was decided.

    Returns
    -------
    seconds, spans
        (n,) each: the first second, `UNKNOWN` where it is neither, and whether it is a span.
    """
    known = packed != UNKNOWN
    rows, different = pd.factorize(packed[known])
    texts = unpack(different)
    month = (texts.second >= 1) & (texts.second <= 12) & (texts.mark != OTHER)
    either = month & (texts.step > 0)
    spans = (texts.step > 0) & ~month
    for mark in (DASH, SLASH):
        for two in (False, True):
            group = (texts.mark == mark) & (texts.two == two)
            habit = 0 if not two or alone else HABIT if dated or mark == DASH else 0
            if not parts(column) & MONTH_NAMES and as_spans(texts, month, mark, two, habit):
                spans |= group & either
    say(texts, either, spans, np.bincount(rows, minlength=len(different)), column, notes)
    start = (texts.year - 1970) * 12 + np.where(spans, 1, texts.second) - 1
    moment = start.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)
    result, told = np.full(len(packed), UNKNOWN), np.zeros(len(packed), dtype=bool)
    result[known], told[known] = np.where(spans | month, moment, UNKNOWN)[rows], spans[rows]
    return result, told


def as_spans(texts: Texts, month: Mask, mark: int, two: bool, habit: int) -> bool:
    """Weigh the different texts: whether a number of one or two digits behind a mark ends a span, or is a month.

    A span most often ends in the next year, and most years begin one span at most; of months, few are the next number
    after the year's. A number of one digit is no month where months have a 0 before them.
    """
    here = (texts.mark == mark) & month
    only_span = (texts.step > 0) & ~month
    only_month = here & (texts.step <= 0) & (two | ~texts.two | (texts.second >= 10))
    either = here & (texts.two == two) & (texts.step > 0)
    for_span = only_span.sum() + (either & (texts.step == 1)).sum()
    again = either.sum() - len(np.unique(texts.year[either]))
    for_month = only_month.sum() + habit + ((either & (texts.step > 1)).sum() if two else again)
    return bool(for_span > for_month or for_month == 0)


def say(texts: Texts, either: Mask, spans: Mask, counts: I64, column: str, notes: list[str]) -> None:
    """Say how texts that may be both are read."""
    for chosen, is_span in ((either & spans, True), (either & ~spans, False)):
        if not chosen.any():
            continue
        row = int(np.flatnonzero(chosen)[0])
        year = int(texts.year[row])
        years = f"the years {year} to {year + int(texts.step[row])}"
        month = calendar.month_name[int(texts.second[row])]
        how = years if is_span else f"{month} {year}, not as {years}"
        count = int(counts[chosen].sum())
        alike = f"and so are all like it ({count:,} row{'s' * (count > 1)})"
        notes.append(f"{column}: {texts.write(row)!r} is read as {how}, {alike}.")
