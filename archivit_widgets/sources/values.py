"""Prices in all the ways files write them, as float64, NaN where unknown.

DuckDB turns what is a plain number into one while the file is scanned; what is left, such as ``£1,200``, ``0.5 ETH``
or ``12,50``, is few different texts, which are read here.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from .table import quoted
from .words import CURRENCIES

F64 = NDArray[np.float64]

GROUPED = re.compile(r"[1-9]\d{0,2}([,' \u00a0\u202f]\d{3})+(\.\d+)?")
GROUPED_COMMA = re.compile(r"[1-9]\d{0,2}([.' \u00a0\u202f]\d{3})+(,\d+)?")
COMMA = re.compile(r"\d+,\d+")
PLAIN = re.compile(r"\d*\.?\d+([eE][-+]?\d+)?|\d+\.")
AMOUNT = re.compile(r"([^\d.,-]*?)\s*([-+]?[\d.,' \u00a0\u202f]*\d[\d.,]*(?:[eE][-+]?\d+)?)\s*([^\d]*)")


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


def read_texts(texts: list[str], currency: str | None) -> tuple[F64, NDArray[np.bool_], str | None]:
    """Read the different texts of a price column.

    Parameters
    ----------
    texts
        Each text once.
    currency
        What the column is in, None where the cells may say; an amount in another currency is none.

    Returns
    -------
    values, missing, currency
        (k,) each: the number or NaN; whether the text is empty. And the currency that the cells name most often.
    """
    amounts = [AMOUNT.fullmatch(text.strip()) for text in texts]
    numbers = [match[2].strip() if match else "" for match in amounts]
    comma = decimal_comma(numbers)
    values = np.array([number_of(number, comma) for number in numbers], dtype=np.float64)
    units = [unit_of(match[1] + match[3]) if match else None for match in amounts]
    missing = np.array([not text.strip() for text in texts], dtype=bool)
    named = Counter(unit for unit in units if unit)
    main = currency or (named.most_common(1)[0][0] if named else None)
    values[[unit is None or unit not in ("", main) for unit in units]] = np.nan
    return values, missing, main


def decimal_comma(numbers: list[str]) -> bool:
    """Say whether a comma stands before decimals: some number can be read in no other way."""
    sure = re.compile(r"0,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+")
    return any(sure.fullmatch(number) for number in numbers)


def number_of(text: str, comma: bool) -> float:
    """Read a number with its separators; NaN where it is none, or below zero."""
    if PLAIN.fullmatch(text) and not (comma and GROUPED_COMMA.fullmatch(text)):
        return float(text)
    if comma and (COMMA.fullmatch(text) or GROUPED_COMMA.fullmatch(text)):
        return float(re.sub(r"[.' \u00a0\u202f]", "", text).replace(",", "."))
    if GROUPED.fullmatch(text):
        return float(re.sub(r"[,' \u00a0\u202f]", "", text))
    return float("nan")


def unit_of(text: str) -> str | None:
    """Name the currency written beside a number: empty where there is none, None where it is no currency."""
    text = text.strip().strip(".").lower()
    return CURRENCIES.get(text, "" if not text else None)
