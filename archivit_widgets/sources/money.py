"""The columns that say what was paid: the price, its currency, and how many decimals it has."""

from __future__ import annotations

from ..arguments import short
from ..errors import ArchivitError
from . import currencies, decimals
from .prices import Price, choose_price, price_of
from .search import Search, fill


def find_price(search: Search, wanted: str | None) -> Price | None:
    """Choose the column of prices, and what must be known to read it.

    Parameters
    ----------
    search
        Its value and its currency are filled.
    wanted
        The currency that was asked for.
    """
    price = of_value(search, wanted)
    if price and not search.asked.get("currency"):
        find_currency(search, price)
    return decimals.beside(price, search.table, search.sample, search.chosen["currency"])


def of_value(search: Search, wanted: str | None) -> Price | None:
    """Choose the column of prices, as the caller says or as the names tell."""
    chosen = search.chosen
    if chosen["value"]:
        told = price_of(chosen["value"]) or Price(chosen["value"], None)
        if wanted and told.currency not in (None, wanted):
            raise ArchivitError(
                f"{search.table.label}: value={short(told.column)!r} is in {told.currency}, but currency={wanted!r} "
                "was asked for; pass one of them"
            )
        return told
    if chosen["value"] is not None:
        return None
    price, said = choose_price(search.table, search.sample, search.used, wanted)
    search.notes.extend(said)
    if not price:
        search.notes.append("No column of prices was recognised: all values are unknown (pass value='...').")
    chosen["value"] = price.column if price else None
    return price


def find_currency(search: Search, price: Price) -> None:
    """Choose the column that says each row's currency: by its name alone, or by the price beside which it stands."""
    table, sample, chosen = search.table, search.sample, search.chosen
    if price.says_all:
        named = [chosen["currency"]] if chosen["currency"] else currencies.columns(table, sample, chosen)
        search.notes.extend(
            f"{name}: not read, as {price.column} says by its name that it is in {price.currency}." for name in named
        )
        chosen["currency"] = None
    elif chosen["currency"] is None:
        found, said = currencies.of_price(price.column, table, sample, chosen)
        search.notes.extend(said)
        fill(search, "currency", found)
        if name := chosen["currency"]:
            search.notes.append(f"{short(name, 30)}: taken for the currency of {short(price.column, 30)}.")
