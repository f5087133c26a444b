"""Lots of auctions: their numbers begin anew in every sale, so that the sale belongs to what a token is called."""

from __future__ import annotations

from collections.abc import Iterable

from ..arguments import short
from .guess import is_decimal, is_moment
from .roles import Sample, is_kind
from .table import Table
from .words import LOTS, SALES, parts, token_form


def is_lot(table: Table, name: str) -> bool:
    """Say whether a column is one of lots."""
    return bool(parts(table.header(name)) & LOTS)


def sales(table: Table, sample: Sample, used: Iterable[str]) -> list[str]:
    """List the equally good columns that name the sale of each lot; none where there are no lots."""
    free = [name for name in table.types if name not in set(used) and sample[name]]
    if not any(is_lot(table, name) for name in free):
        return []
    for tier in SALES:
        known = {token_form(name) for name in tier}
        named = [name for name in free if token_form(table.header(name)) in known]
        found = [name for name in named if names_sales(sample[name])]
        if found:
            return found
    return []


def names_sales(values: list[str]) -> bool:
    """Say whether values may name sales: they are no prices, no dates, and do not say what became of the lot."""
    return not (is_decimal(values) or is_moment(values) or is_kind(values))


def before_titles(found: list[str], table: Table, homes: list[str], notes: list[str]) -> list[str]:
    """Of columns that are equally good for the token, take lots whose sales are known: two works may share a title."""
    lots = [name for name in found if is_lot(table, name)]
    if not homes or len(lots) != 1:
        return found
    notes += [
        f"{short(name, 30)}: not read; {short(lots[0], 30)} and {short(homes[0], 30)} name the token "
        f"(pass token={short(name)!r} if it does)."
        for name in found
        if name not in lots
    ]
    return lots


def about_sale(lot: str, home: str | None) -> str:
    """Say what tells the lots of different sales apart."""
    if home:
        return f"{short(home, 30)}: taken for the collection, as {short(lot, 30)} is counted anew in every sale."
    return (
        f"{short(lot, 30)}: lots are counted anew in every sale, and no column of sales was recognised: equal numbers "
        "are taken for one token (pass collection='...')."
    )
