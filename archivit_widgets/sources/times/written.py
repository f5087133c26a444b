"""The SQL that reads a column of times, in several ways beside each other.

Text is parsed by DuckDB while the file is scanned, in parallel columns: `clear` for what can be read in one way only,
`day_first` and `month_first` for what can be read in two, `about` for years that are not certain, `span` for a year
and the end of another or a month, `whole` and `number` for digits alone. Which of two readings is meant is decided from
the whole column afterwards; see `decide`.
"""

from __future__ import annotations

from ..table import literal, quoted
from ..words import MISSING
from . import spans
from .forms import DAY_FIRST, DOTTED, ISO, MONTH_FIRST, about, microseconds, named, numbered


def select(column: str, kind: str) -> dict[str, str]:
    """Write the SQL that reads one column of times.

    Parameters
    ----------
    column
        Its name.
    kind
        Its DuckDB type.

    Returns
    -------
    dict
        ``clear``, ``day_first``, ``month_first``: microseconds since 1970, each NULL where the one before could be
        read; ``dotted`` is 1 where points stand between day, month and year; ``about`` as the first, for years that are
        not certain, or several; ``span`` for a year and the end of another or a month, packed by `spans.select`;
        ``whole`` and ``number`` for digits alone. Only one of them where the type says all. ``absent`` is 1 where
        nothing is written, else NULL.
    """
    return readings(column, kind) | {"absent": f"CASE WHEN {absent(column, kind)} THEN 1::BIGINT END"}


def absent(column: str, kind: str) -> str:
    """Write the SQL of where a column says nothing."""
    nothing = f"{quoted(column)} IS NULL"
    if kind != "VARCHAR":
        return nothing
    # Not IN, nor a list: DuckDB makes joins of these, and a join does not keep the order of the rows.
    words = literal("|".join(["", *sorted(MISSING), ""]))
    return f"{nothing} OR contains({words}, '|' || lower(trim({quoted(column)})) || '|')"


def readings(column: str, kind: str) -> dict[str, str]:
    """Write the SQL of all ways to read a column; see `select`."""
    name = quoted(column)
    if kind.startswith(("TIMESTAMP", "DATE")):
        zoned = "ZONE" in kind or kind.startswith("TIMESTAMPTZ")  # of nanoseconds it is TIMESTAMPTZ_NS
        return {"clear": microseconds(f"try_cast({name} AS {'TIMESTAMPTZ' if zoned else 'TIMESTAMP'})")}
    if kind in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}:
        return {"whole": f"{name}::BIGINT"}
    if kind != "VARCHAR":
        return {"number": f"try_cast({name} AS DOUBLE)"}
    text = f"trim({name})"
    iso = f"CASE WHEN regexp_full_match({text}, '{ISO}') THEN try_cast({text} AS TIMESTAMPTZ) END"
    whole = f"CASE WHEN regexp_full_match({text}, '[-+]?\\d+') THEN try_cast({text} AS BIGINT) END"
    number = f"CASE WHEN {iso} IS NULL AND {whole} IS NULL THEN try_cast({text} AS DOUBLE) END"
    return {
        "clear": f"coalesce({microseconds(iso)}, {named(text)})",
        "about": about(text),
        "span": spans.select(text),
        "whole": whole,
        "number": number,
        "day_first": numbered(text, DAY_FIRST),
        "month_first": numbered(text, MONTH_FIRST),
        "dotted": f"CASE WHEN regexp_matches({text}, '{DOTTED}') THEN 1::BIGINT END",
    }
