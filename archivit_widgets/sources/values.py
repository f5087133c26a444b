"""Prices in all the ways files write them, as float64, NaN where unknown.

DuckDB turns what is a plain number into one while the file is scanned; what is left, such as ``£1,200``, ``0.5 ETH``
or ``12,50``, is few different texts, which are read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .report import EXAMPLES
from .table import quoted
from .words import CURRENCIES, MISSING

F64 = NDArray[np.float64]

GROUPED = re.compile(r"[1-9]\d{0,2}([,' ]\d{3})+(\.\d+)?|[1-9]\d?(,\d\d)+,\d{3}(\.\d+)?")  # in India by two
GROUPED_COMMA = re.compile(r"[1-9]\d{0,2}([.' ]\d{3})+(,\d+)?")
COMMA = re.compile(r"\d+,\d+")
PLAIN = re.compile(r"\d*\.?\d+([eE][-+]?\d+)?|\d+\.")
AMOUNT = re.compile(r"([^\d.,-]*?)\s*([-+]?[\d.,' ]*\d[\d.,]*(?:[eE][-+]?\d+)?)\s*([^\d]*)")
# Numbers that can be read in one way only: with a comma before decimals, or with a point.
SURE_COMMA = re.compile(r"0,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}([.' ]\d{3})+,\d+|[1-9]\d{0,2}(\.\d{3}){2,}")
SURE_POINT = re.compile(r"0?\.\d+|\d+\.(\d{1,2}|\d{4,})|[1-9]\d{0,2}([,' ]\d{2,3})+\.\d+|[1-9]\d{0,2}(,\d{2,3})+,\d{3}")
SURE = (SURE_COMMA, SURE_POINT)
# What auction houses write before a price.
SAID = re.compile(r"^((lot )?sold( for)?|(price )?reali[sz]ed( price)?|hammer( price)?)(?!\w)")
LONGEST = 64  # characters of a price: the pattern above would ponder over a page of blanks for hours
EITHER = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")


def select(column: str, kind: str) -> dict[str, str]:
    """Write the SQL that reads one column of prices: ``number``, and ``text`` of what is none."""
    name = quoted(column)
    if kind != "VARCHAR":
        return {"number": f"try_cast({name} AS DOUBLE)"}
    # 1_000 is a number to DuckDB, but to nobody who writes prices.
    # 1.500 beside 1.234,50 is fifteen hundred: the other texts tell.
    either = f"regexp_full_match(trim({name}), '[1-9]\\d{{0,2}}\\.\\d{{3}}')"
    number = f"CASE WHEN NOT contains({name}, '_') AND NOT {either} THEN try_cast({name} AS DOUBLE) END"
    return {"number": number, "text": f"CASE WHEN {number} IS NULL THEN {name} END"}


class Doubt(NamedTuple):
    """Texts that can be read in two ways, such as 1,500: which they are, and what told how, empty if nothing did."""

    texts: list[int]
    told: str


class Written(NamedTuple):
    """What the different texts of a price column say, (k,) each.

    Values are NaN and not missing where a text is no number, or one in another currency; `units` are what each text
    names, empty where it names none, None where what it names is no currency. `currency` is what the values are in.
    """

    values: F64
    missing: NDArray[np.bool_]
    currency: str | None
    doubts: list[Doubt]
    units: list[str | None]


def read_texts(
    texts: list[str], currency: str | None, counts: NDArray[np.int64] | None = None, plain: F64 | Sequence[float] = ()
) -> Written:
    """Read the different texts of a price column.

    Parameters
    ----------
    texts
        Each text once.
    currency
        What the column is in, None where the cells may say; an amount in another currency is none.
    counts
        (k,) rows with each text.
    plain
        Numbers with a fraction that the rest of the column was read as: each has a point before its decimals.

    Returns
    -------
    Written
        In the currency that most rows name, where `currency` is None: one row is enough, and those that name none are
        taken to be in it too.
    """
    found = [amount(text) for text in texts]
    numbers = [match[2].strip() if match else "" for match in found]
    units = [unit_of(match[1], match[3]) if match else None for match in found]
    # What stands beside words that are no currency may be no price, and tells nothing.
    prices = [i for i, unit in enumerate(units) if unit is not None]
    commas, points = ([i for i in prices if sure.fullmatch(numbers[i])] for sure in SURE)
    weight = np.ones(len(texts), dtype=np.int64) if counts is None else counts
    comma = bool(commas) and bool(weight[commas].sum() >= weight[points].sum() + len(plain))
    sure = set(commas)
    values = np.array([number_of(number, comma or i in sure) for i, number in enumerate(numbers)], dtype=np.float64)
    missing = np.array([text.strip().lower() in MISSING for text in texts], dtype=bool)
    named: Counter[str] = Counter()
    for unit, rows, value in zip(units, weight.tolist(), values.tolist(), strict=True):
        if unit and value == value:
            named[unit] += rows
    main = currency or (named.most_common(1)[0][0] if named else None)
    values[[unit is None or unit not in ("", main) for unit in units]] = np.nan
    tells = [texts[i].strip() for i in (*commas[:1], *points[:1])]
    if not points and len(plain):
        tells.append(f"{plain[0]:g}")
    if not comma:
        tells.reverse()
    return Written(values, missing, main, doubts(numbers, values, comma, tells), units)


def amount(text: str) -> re.Match[str] | None:
    """Cut a price into what stands before the number, the number, and what stands after it."""
    tidied = tidy(text)
    return AMOUNT.fullmatch(tidied) if len(tidied) <= LONGEST else None


def tidy(text: str) -> str:
    """Write wide and narrow signs, spaces and apostrophes alike; leave out the point of "Rs." and the end of "5,-"."""
    text = " ".join(unicodedata.normalize("NFKC", text).split()).replace("\u2019", "'")
    return re.sub(r"(?<=[^\W\d_])\.(?=\s*\d)", " ", re.sub(r"[.,][-\u2013\u2014]+$", "", text))


def doubts(numbers: list[str], values: F64, comma: bool, tells: list[str]) -> list[Doubt]:
    """Find numbers such as 1.500, and such as 1,500.

    Parameters
    ----------
    numbers, values
        The texts without what stands around them, and what they are read as.
    comma
        Whether they are read with a comma before decimals.
    tells
        A price that tells so, and one that tells otherwise, where there are such.
    """
    found: dict[str, list[int]] = {}
    for i in np.flatnonzero(~np.isnan(values)).tolist():
        if match := EITHER.fullmatch(numbers[i]):
            found.setdefault(match[1], []).append(i)
    if len(tells) == 1 and not comma:
        found.pop(".", None)  # every program writes decimals so, and prices with three of them
    told = (
        f"a {'comma' if comma else 'point'} is taken to stand before decimals, as {tells[0]!r} tells" if tells else ""
    )
    told += "".join(f", although {other!r} tells otherwise" for other in tells[1:])
    return [Doubt(texts, told) for texts in found.values()]


def as_read(column: str, text: str, value: float, told: str, rows: NDArray[np.int64]) -> str:
    """Say how such a text, which stands in some rows, was read."""
    so = f"{column}: {text.strip()!r} is read as {value:g}, and so are all like it"
    if not told:
        return (
            f"{so}; no price tells whether decimals or thousands follow the sign. If this is wrong, write the prices "
            "without it and read them again."
        )
    more = f" and {len(rows) - EXAMPLES:,} more" if len(rows) > EXAMPLES else ""
    return f"{so} (row{'s' * (len(rows) > 1)} {', '.join(f'{row:,}' for row in rows[:EXAMPLES])}{more}): {told}."


def number_of(text: str, comma: bool) -> float:
    """Read a number with its separators; NaN where it is none, or below zero."""
    if PLAIN.fullmatch(text) and not (comma and GROUPED_COMMA.fullmatch(text)):
        return float(text)
    if comma and (COMMA.fullmatch(text) or GROUPED_COMMA.fullmatch(text)):
        return float(re.sub(r"[.' ]", "", text).replace(",", "."))
    if GROUPED.fullmatch(text):
        return float(re.sub(r"[,' ]", "", text))
    return float("nan")


def unit_of(*texts: str) -> str | None:
    """Name the currency written around a number: empty where there is none, None where it is no currency, or two."""
    words = {SAID.sub("", text.strip(" .:").lower()).strip(" .:") for text in texts} - {""}
    units = {CURRENCIES.get(word.replace(" ", "")) for word in words}
    return "" if not units else units.pop() if len(units) == 1 else None
