"""Amounts in the smallest units of a token, and the column that says how many decimals each row's token has.

Etherscan writes 1250500000 for 1,250.50 USDC, of which ``tokenDecimal`` is 6: what is paid is value / 10^decimals.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .faults import Faults
from .prices import Price
from .roles import Sample
from .table import Table, quoted
from .words import parts, plain

F64 = NDArray[np.float64]

NAME = re.compile(r"(.*_)?(decimals|(token|currency|coin)_?decimal)")
COUNT = re.compile(r"\d{1,2}(\.0+)?")
MOST = 36  # decimals; no token has more than 18 or so
MANY = 12  # decimals, from which on no price in whole tokens has as many digits as one in small units
SMALL, SMALLEST = 1e6, 1e13  # what prices in small units reach, of tokens with few decimals and with many


def beside(price: Price | None, table: Table, sample: Sample, currency: str | None) -> Price | None:
    """Find the column of decimals that belongs to a price whose name does not say its unit."""
    if price is None or price.currency or price.others:
        return price
    found = [name for name in table.types if NAME.fullmatch(plain(name)) and is_count(sample[name])]
    wanted = parts(price.column) | parts(currency or "")
    best = max(found, key=lambda name: len(parts(name) & wanted), default=None)
    return replace(price, decimals=best)


def is_count(values: list[str]) -> bool:
    """Say whether values count decimals."""
    return bool(values) and all(COUNT.fullmatch(text.strip()) and float(text) <= MOST for text in values)


def select(price: Price | None) -> dict[str, str]:
    """Write the SQL that reads the column of decimals."""
    return {"decimals": f"try_cast({quoted(price.decimals)} AS DOUBLE)"} if price and price.decimals else {}


def whole(value: F64, decimals: F64 | None, price: Price, faults: Faults, notes: list[str]) -> F64:
    """Divide amounts in small units by 10^decimals, row by row, if the whole column looks like such amounts.

    Parameters
    ----------
    value, decimals
        (n,) each; None where no row says how many decimals there are.
    """
    if decimals is None or not (decimals > 0).any():
        return value
    paid = value > 0
    said = paid & (decimals >= 0) & (decimals <= MOST)
    if not said.any():
        return value
    least = np.where(decimals > MANY, SMALLEST, np.minimum(10.0 ** np.clip(decimals, 0, MANY), SMALL))
    if (value[paid] % 1 > 0).any() or np.median(value[said] / least[said]) < 1:
        notes.append(f"{price.decimals}: not used, as the values of {price.column} look like whole tokens.")
        return value
    counts = np.unique(decimals[said])
    listed = ", ".join(f"{count:g}" for count in counts[:6]) + ", ..." * (len(counts) > 6)
    notes.append(f"{price.column}: divided by 10^{price.decimals}, row by row (decimals: {listed}).")
    faults.note("unknown_decimals", "an amount of which no decimals are known: value unknown", paid & ~said)
    return np.where(said, value / 10.0 ** np.where(said, decimals, 0), np.where(paid, np.nan, value))
