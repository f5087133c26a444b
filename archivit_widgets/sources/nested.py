"""Columns of records within records, as JSON and Arrow have them: each value in them is a column of its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .header import column_names
from .table import literal, quoted
from .words import plain

MANY = 1_000  # columns, from which on objects within objects stay texts

Way = tuple[str, ...]  # the keys that lead to a value


def leaves(way: Way, kind: Any) -> dict[Way, str]:
    """Name what lies in a column of objects, however deep, or the column itself, and its DuckDB type."""
    if kind.id != "struct":
        return {way: str(kind)}
    return {deeper: told for name, inside in kind.children for deeper, told in leaves((*way, name), inside).items()}


def member(way: Way) -> str:
    """Write the SQL of what lies at the end of a way into records of DuckDB."""
    top, *rest = way
    sql = quoted(top)
    for key in rest:
        sql = f"struct_extract({sql}, {literal(key)})"
    return sql


def flat(ways: list[Way]) -> dict[str, Way]:
    """Name columns of what lies in objects.

    By its own name, if it lies in an object of the record; by its parent's too, if it lies deeper, or where that name
    is taken; by all of its parents' where that is taken too.
    """
    if len(ways) > MANY:
        ways = list(dict.fromkeys(way[:2] for way in ways))
    told = [way[-1:] if len(way) < 3 else way[-2:] for way in ways]
    for longer in ([way[-2:] for way in ways], ways):
        given = Counter(plain("_".join(name)) for name in told)
        told = [name if given[plain("_".join(name))] == 1 else more for name, more in zip(told, longer, strict=True)]
    return dict(zip(column_names(["_".join(name) for name in told], len(told)), ways, strict=True))
