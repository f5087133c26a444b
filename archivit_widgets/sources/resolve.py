"""All roles of one table, found in an order in which each choice narrows the next."""

from __future__ import annotations

from .prices import Price, choose_price, price_of
from .roles import (
    ROLES,
    Roles,
    anything,
    candidates,
    check_asked,
    choose,
    is_kind,
    is_party,
    is_time,
    missing,
    take_sample,
)
from .table import Table
from .words import CURRENCIES


def resolve(table: Table, asked: dict[str, str | None], currency: str | None) -> tuple[Roles, Price | None]:
    """Find the column of every role.

    Parameters
    ----------
    table
        The opened table.
    asked
        Column by role, as the caller says; an empty text where the file has none; None to find out.
    currency
        Name of a currency column, or the currency whose prices are wanted.

    Raises
    ------
    ArchivitError
        Source, target or time are missing, or a role is ambiguous.
    """
    sample = take_sample(table)
    if currency and currency in table.types:
        asked = {**asked, "currency": currency}
        currency = None
    check_asked(table, asked)
    chosen: dict[str, str | None] = {role: asked.get(role) for role in (*ROLES, "tx")}
    tests = {"source": is_party, "target": is_party, "time": is_time, "kind": is_kind}
    for role in ("source", "target", "time", "token", "collection", "kind", "tx", "currency"):
        if chosen[role] is None:
            used = {name for name in chosen.values() if name}
            found = candidates(role, table, sample, used, tests.get(role, anything))
            chosen[role] = choose(role, found, table, sample)
    used = {name for name in chosen.values() if name}
    for role in ("source", "target", "time"):
        if not chosen[role]:
            raise missing(role, table, sample, used)
    wanted = CURRENCIES.get(currency.lower(), currency.upper()) if currency else None
    price: Price | None = None
    notes: list[str] = []
    if chosen["value"]:
        price = price_of(chosen["value"]) or Price(chosen["value"], None)
    elif chosen["value"] is None:
        price, notes = choose_price(table, sample, used, wanted)
        chosen["value"] = price.column if price else None
    columns: dict[str, tuple[str, ...]] = {role: (name,) for role, name in chosen.items() if name}
    return Roles(columns, tuple(notes)), price
