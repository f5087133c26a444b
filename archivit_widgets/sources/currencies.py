"""Columns that name the currency of each row, known by a part of their name, and the price that each is about."""

from __future__ import annotations

import re

from ..arguments import short
from .roles import NUMBER, Sample, share
from .table import Table
from .words import CURRENCY, NO_PRICE_OF_ITS_OWN, PRICE, parts

WORD = re.compile(r"[^\d]{1,40}")
AMOUNTS = PRICE[0] | PRICE[1] | frozenset(["estimate", "reserve", "premium", "fee", "low", "high"])


def columns(table: Table, sample: Sample, chosen: dict[str, str | None]) -> list[str]:
    """List the columns named for a currency whose cells are words: a rate or an amount in a currency is none."""
    used = set(chosen.values())
    named = [name for name in table.types if name not in used and parts(table.header(name)) & CURRENCY]
    return [name for name in named if share(sample[name], WORD.fullmatch) >= 0.5]


def of_price(price: str, table: Table, sample: Sample, chosen: dict[str, str | None]) -> tuple[list[str], list[str]]:
    """List the equally good columns for the currency of a price, and say which are about another amount.

    Beside ``hammer_price``, ``hammer_currency`` is meant, and not ``estimate_currency`` where there is an estimate.
    """
    found = columns(table, sample, chosen)
    shared = {name: about(name) & parts(price) for name in found}
    rows = {name: other for name in found if not shared[name] and (other := another(name, price, table, sample))}
    notes = [
        f"{short(name, 30)}: taken for the currency of {short(other, 30)}, and not of {short(price, 30)} "
        f"(pass currency={short(name)!r} if it is)."
        for name, other in rows.items()
    ]
    best = max((len(words) for words in shared.values()), default=0)
    return [name for name in found if name not in rows and len(shared[name]) == best], notes


def about(name: str) -> frozenset[str]:
    """Give the words of a currency's column that say of which price it is."""
    return parts(name) - NO_PRICE_OF_ITS_OWN


def another(name: str, price: str, table: Table, sample: Sample) -> str | None:
    """Find the amount that a currency's column is about, where that is not the price."""
    amounts = [
        other
        for other in table.types
        if other not in (name, price)
        and about(name) & parts(other)
        and (parts(other) & AMOUNTS or about(name) & AMOUNTS)
    ]
    return next((other for other in amounts if share(sample[other], NUMBER.fullmatch) >= 0.5), None)
