"""The SQL that reads a column of times, in several ways beside each other.

Text is parsed by DuckDB while the file is scanned, in parallel columns: `clear` for what can be read in one way only,
`day_first` and `month_first` for what can be read in two, `about` for years that are not certain, `whole` and `number`
for digits alone. Which of two readings is meant is decided from the whole column afterwards; see `decide`.
"""

from __future__ import annotations

from ..table import literal, quoted
from ..words import MISSING

CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
WORDED = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%b. %d, %Y",
    "%b. %d %Y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%b-%d-%Y",
    "%d/%b/%Y",
    "%a, %d %b %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
)
CLEAR = (
    *(day + clock for day in WORDED for clock in CLOCKS),
    "%Y-%m",
    "%Y/%m",
    "%B %Y",
    "%b %Y",
    "%Y.%m.%d",
    "%Y%m%dT%H%M%S",
    "%Y%m%dT%H%M%SZ",
    "%Y-%m-%d %H:%M:%S %z UTC",
    "%a, %d %b %Y %H:%M:%S GMT",
)
# How a catalogue writes a year that it does not know for certain, or several.
ABOUT = (
    r"(?:c|ca|circa|about|approx)\.?\s*\d{4}\s*(?:[-–]\s*\d{4}\s*)?\??|\d{4}\s*(?:\?|\(\?\))|\[\d{4}\s*\??\]"
    r"|\d{4}\s*[-–/]\s*\d{4}\s*\??|(?:the\s+)?\d{3}0s"
)
DAY_FIRST = tuple(day + clock for day in ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y") for clock in CLOCKS)
MONTH_FIRST = tuple(day + clock for day in ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y") for clock in CLOCKS)


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
        read; ``about`` likewise, for years that are not certain, or several; ``whole`` and ``number`` for digits
        alone. Only one of them where the type says all. ``absent`` is 1 where nothing is written, else NULL.
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
        return {"clear": microseconds(f"try_cast({name} AS {'TIMESTAMPTZ' if 'ZONE' in kind else 'TIMESTAMP'})")}
    if kind in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}:
        return {"whole": f"{name}::BIGINT"}
    if kind != "VARCHAR":
        return {"number": f"try_cast({name} AS DOUBLE)"}
    text = f"trim({name})"
    iso = f"CASE WHEN regexp_matches({text}, '^-?\\d{{4,6}}[-/]') THEN try_cast({text} AS TIMESTAMPTZ) END"
    year = f"regexp_matches({text}, '\\d{{4}}') AND NOT regexp_matches({text}, '^\\d+$')"
    ordinal = f"regexp_replace({text}, '(\\d)(st|nd|rd|th)\\b', '\\1')"
    clear = f"coalesce({microseconds(iso)}, CASE WHEN {year} THEN {microseconds(strptime(ordinal, CLEAR))} END)"
    whole = f"CASE WHEN regexp_full_match({text}, '[-+]?\\d+') THEN try_cast({text} AS BIGINT) END"
    number = f"try_cast({text} AS DOUBLE)"
    rest = f"{clear} IS NULL AND {number} IS NULL AND {year}"
    # The first test is cheap and nearly always false.
    ends = f"contains('act[', lower({text}[1])) OR contains('?)]s', {text}[-1])"
    several = f"length({text}) BETWEEN 9 AND 12 AND NOT contains('-/', {text}[8])"
    maybe = f"({ends} OR {several}) AND regexp_full_match({text}, '{ABOUT}', 'i')"
    day = f"try_cast(regexp_extract({text}, '\\d{{4}}') || '-01-01' AS TIMESTAMP)"
    return {
        "clear": clear,
        "about": f"CASE WHEN {maybe} THEN {microseconds(day)} END",
        "whole": whole,
        "number": f"CASE WHEN {iso} IS NULL AND {whole} IS NULL THEN {number} END",
        "day_first": f"CASE WHEN {rest} THEN {microseconds(strptime(text, DAY_FIRST))} END",
        "month_first": f"CASE WHEN {rest} THEN {microseconds(strptime(text, MONTH_FIRST))} END",
    }


def strptime(text: str, formats: tuple[str, ...]) -> str:
    """Write the SQL that tries formats in turn."""
    return f"try_strptime({text}, [{', '.join(repr(one) for one in formats)}])"


def microseconds(moment: str) -> str:
    """Write the SQL that counts microseconds since 1970; infinity and BC-years beyond int64 are NULL."""
    return f"CASE WHEN isfinite({moment}) THEN epoch_us({moment}) END"
