"""Old account books: pounds, shillings and pence; a year beside month and day; the seller written before the lot.

These columns are read together by rules that the report states:

- value = pounds + shillings / 20 + pence / 240; empty shillings and pence count as none.
- time = the day of ``month_day`` (or ``month`` and ``day``) in ``year``; where no day can be read, the year's first
  second. A spreadsheet may have turned "April 17" into 4/17/2016: month and day are taken, its year is not.
- source = the name before the number of the lot in ``seller/artwork`` ("John Smith. 83. A View. Drawing"), where the
  column of the seller is empty.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from .scan import Encoded
from .table import quoted
from .times.units import DAY, MONTHS, UNKNOWN
from .words import NAMES, plain

I64 = NDArray[np.int64]

SHILLINGS, PENCE = ("shillings", "s"), ("pence", "d")
NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ .,-]+)?([a-z]{3,9})\.?(?:[ .,-]+(\d{1,2})(?:st|nd|rd|th)?)?")
NUMBERED = re.compile(r"(\d{1,2})[ /.-](\d{1,2})(?:[/.-]\d{2,4})?")
TURNED = re.compile(r"(?:\d{4}-(\d{2})-(\d{2})).*")
LOT = r"^\s*([^\d]*?)[.,]?\s*(\([^)]*\)\s*)?\d+[A-Za-z]?\*?[.,]"


def pounds_shillings_pence(columns: list[str], pounds: str) -> tuple[tuple[str, float], ...]:
    """List the columns of one price and how many of each make a pound, if shillings stand beside pounds."""
    by_name = {plain(name): name for name in columns}
    shillings = next((by_name[name] for name in SHILLINGS if name in by_name), None)
    pence = next((by_name[name] for name in PENCE if name in by_name), None)
    if plain(pounds) not in {"pounds", "£", "l"} or shillings is None:
        return ((pounds, 1.0),)
    return ((pounds, 1.0), (shillings, 20.0)) + (((pence, 240.0),) if pence else ())


def day_columns(columns: list[str], year: str) -> tuple[str, ...]:
    """Name the columns that say which day of the year, if the time is a year."""
    by_name = {plain(name): name for name in columns}
    if not (match := re.fullmatch(r"(.*?)(year|yr)", plain(year))):
        return ()
    # Beside sale_date_year stand sale_date_month and sale_date_day, beside sale_year perhaps month and day.
    for before in (match[1], ""):
        for names in (("month_day",), ("month", "day"), ("month",)):
            if all(before + name in by_name for name in names):
                return tuple(by_name[before + name] for name in names)
    return ()


def years_of_days(columns: list[str]) -> list[str]:
    """List columns of years beside which a month of the same name stands: ``lot_sale_year`` and ``lot_sale_month``."""
    names = {plain(name) for name in columns}
    years = [name for name in columns if re.search(r"_(year|yr)$", plain(name))]
    return [name for name in years if re.sub(r"(year|yr)$", "month", plain(name)) in names]


def parts_of_days(sample: dict[str, list[str]]) -> set[str]:
    """Name the columns of months and days beside years: "12" in one of them is no time by itself."""
    columns = list(sample)
    named = {part for year in columns for part in day_columns(columns, year)}
    return {name for name in named if all(re.fullmatch(r"\d{1,2}(\.0)?", value.strip()) for value in sample[name])}


def seller_before_lot(columns: list[str]) -> str | None:
    """Name a column such as ``seller/artwork`` that holds the seller and the work in one text."""
    givers = {name for tier in NAMES["source"] for name in tier}
    works = {name for tier in NAMES["token"] for name in tier} | {"work", "title"}
    for name in columns:
        halves = [plain(half) for half in name.split("/")]
        if len(halves) == 2 and halves[0] in givers and halves[1] in works:
            return name
    return None


def seller_sql(seller: str, both: str) -> str:
    """Write the SQL that takes the seller from its column, or from before the number of the lot."""
    own = f"nullif(trim({quoted(seller)}), '')"
    return f"coalesce({own}, nullif(trim(regexp_extract({quoted(both)}, '{LOT}', 1)), ''))"


def day_sql(columns: tuple[str, ...]) -> str:
    """Write the SQL of the text that says which day."""
    return " || ' ' || ".join(f"coalesce(trim({quoted(name)}::VARCHAR), '')" for name in columns)


def with_days(time: I64, days: Encoded) -> tuple[I64, NDArray[np.bool_]]:
    """Add month and day to years.

    Parameters
    ----------
    time
        (n,) seconds.
    days
        The text of each row.

    Returns
    -------
    seconds, found
        (n,) each; `found` is False where the day could not be read, or is none of that year.
    """
    texts = [text.strip().lower() for text in days.texts.to_pylist()]
    numbered = [match for text in texts if (match := NUMBERED.fullmatch(text))]
    day_first = sum(int(m[1]) > 12 for m in numbered) > sum(int(m[2]) > 12 for m in numbered)
    pairs = np.array([month_and_day(text, day_first) for text in texts] + [(0, 0)], dtype=np.int64)
    month, day = pairs[days.codes].T
    year = np.where(time == UNKNOWN, 0, time).astype("datetime64[s]").astype("datetime64[Y]")
    alone = (time != UNKNOWN) & (year.astype("datetime64[s]").astype(np.int64) == time)
    first = year.astype("datetime64[M]") + np.maximum(month - 1, 0)
    date = first.astype("datetime64[D]") + np.maximum(day - 1, 0)
    found = alone & (month > 0) & (date.astype("datetime64[M]") == first)
    return np.where(found, date.astype(np.int64) * DAY, time), found | (time == UNKNOWN)


def month_and_day(text: str, day_first: bool) -> tuple[int, int]:
    """Read "June 30", "30. June", "Mar. 12", "6 30" or 6/30/2016; (0, 0) where it says no day, (6, 1) for "June"."""
    if match := TURNED.fullmatch(text):
        month, day = int(match[1]), int(match[2])
    elif match := NUMBERED.fullmatch(text):
        month, day = (int(match[1]), int(match[2])) if not day_first else (int(match[2]), int(match[1]))
    elif (match := NAMED.fullmatch(text)) and match[2][:3].title() in MONTHS and not (match[1] and match[3]):
        month, day = MONTHS.index(match[2][:3].title()) + 1, int(match[1] or match[3] or 1)
    else:
        return 0, 0
    return (month, day) if 1 <= month <= 12 and 1 <= day <= 31 else (0, 0)
