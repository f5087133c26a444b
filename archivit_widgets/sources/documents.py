"""JSON: a list of records, one record a line, or columns by name."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .encoding import as_utf8
from .lines import LARGEST, is_json, without_bad_lines
from .nested import Way, flat, leaves
from .table import Misread, Table, connect, literal, quoted
from .text import glob_safe

if TYPE_CHECKING:
    import duckdb

FIRST = 8  # lines that tell whether each of them is a record
DEEPEST = 4  # objects within objects that become columns, and within which the list of records is looked for


def open_json(path: Path, label: str, workplace: Path) -> Table:
    """Open a JSON file; every value is read as text and judged by what it says.

    Raises
    ------
    ArchivitError
        It is no JSON, or no table of records.
    """
    path, notes = as_utf8(path, label, workplace, "JSON records")
    if (document := single_document(path, label)) is not None:
        return from_columns(document, label, notes)
    misread = Misread()
    try:
        found = keys(path, label)
    except ArchivitError as error:
        copy = workplace / "records.jsonl"
        misread = without_bad_lines(path, label, copy)
        if not len(misread.rows):
            raise explained(path, label) or error from None
        path, found = copy, keys(copy, label)
    return replace(open_records(path, found, label, notes), misread=lambda: misread)


def keys(path: Path, label: str) -> list[Way]:
    """Name the columns of all records, and what lies in those that are objects; -1: from all records."""
    connection = connect()
    query = f"SELECT * FROM read_json({source(path)}, sample_size=-1, maximum_depth={DEEPEST})"  # noqa: S608 - our own SQL
    relation = Table(connection, "", {}, label).guarded(lambda: connection.sql(query))
    found = [way for name, kind in zip(relation.columns, relation.types, strict=True) for way in leaves((name,), kind)]
    if found == [("json",)]:
        raise ArchivitError(f'{label}: holds no records; expected a list of objects such as {{"from": ..., "to": ...}}')
    return found


def source(path: Path) -> str:
    """Write the first arguments of what reads JSON in SQL."""
    return f"{literal(glob_safe(path))}, maximum_object_size={LARGEST}"


def open_records(path: Path, found: list[Way], label: str, notes: tuple[str, ...]) -> Table:
    """Open a list of records, or one record a line, as a table of the columns that were found."""
    connection = connect()
    table = Table(connection, "", {}, label)
    tops = list(dict.fromkeys(top for top, *_ in found))
    if any(re.sub(r"_\d+$", "", name).lower() in map(str.lower, tops) for name in tops if re.search(r"_\d+$", name)):
        check_case(table, connection, source(path))
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in tops)
    origin = f"read_json({source(path)}, columns={{{columns}}}, format='auto')"
    names = flat(found)
    if len(tops) < len(found) or max(map(len, found)) > 1:
        select = ", ".join(f"{value(way)} AS {quoted(name)}" for name, way in names.items())
        origin = f"(SELECT {select} FROM {origin})"  # noqa: S608 - our own SQL
    return Table(connection, origin, dict.fromkeys(names, "VARCHAR"), label, notes=notes)


def check_case(table: Table, connection: duckdb.DuckDBPyConnection, arguments: str) -> None:
    """Refuse keys that differ only in case: DuckDB would call one of them Value_1, and find it in no record."""
    query = f"SELECT DISTINCT unnest(json_keys(json)) FROM read_json_objects({arguments}, format='auto')"  # noqa: S608 - our own SQL
    keys = sorted(key for (key,) in table.guarded(lambda: connection.sql(query).fetchall()))
    counts = Counter(map(str.lower, keys))
    if alike := [repr(short(key)) for key in keys if counts[key.lower()] > 1]:
        raise ArchivitError(
            f"{table.label}: keys of the records differ only in case: {', '.join(alike[:4])}; rename them, or read the "
            "file with pandas and pass the table"
        )


def value(way: Way) -> str:
    """Write the SQL of what lies at the end of a way, as RFC 6901 points to it."""
    top, *rest = way
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in rest)
    return f"json_extract_string({quoted(top)}, {literal(pointer)})" if rest else quoted(top)


def single_document(path: Path, label: str) -> dict[str, Any] | None:
    """Read a file that is one object as a whole, or None where it is a list or has one record a line."""
    with path.open("rb") as file:
        if file.read(1 << 12).lstrip()[:1] != b"{":
            return None
        file.seek(0)
        lines = list(islice((line for line in file if line.strip()), FIRST))
    if len(lines) > 1 and 2 * sum(map(is_json, lines)) > len(lines):
        return None
    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        if len(lines) > 1 and any(map(is_json, lines)):
            return None
        raise ArchivitError(f"{label}: is no valid JSON: {short(error, 120)}") from None
    return dict(document)


def explained(path: Path, label: str) -> ArchivitError | None:
    """Say where a file stops being JSON, which DuckDB counts in its own way."""
    try:
        with path.open("rb") as file:
            lines = file.read(1 << 12).lstrip()[:1] == b"{"
            file.seek(0)
            for row, line in enumerate(file, start=1):
                if lines and line.strip() and not is_json(line):
                    return ArchivitError(f"{label}: row {row}: found {short(line.decode('utf-8'))!r}, which is no JSON")
            file.seek(0)
            if not all(is_json(line) for line in file if line.strip()):
                json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        return ArchivitError(f"{label}: is no valid JSON: {short(error, 120)}")
    return None


def from_columns(document: dict[str, Any], label: str, notes: tuple[str, ...]) -> Table:
    """Read an object that holds a list of records, or lists (or numbered objects) of values by column."""
    import pyarrow as pa

    values = list(document.values())
    if (place := place_of_records(document, label)) is not None:
        records = [record if isinstance(record, dict) else {} for record in inside(document, place)]
        columns = from_records(records)
        if len(place) > 1:
            notes += (f"The records are those of {'.'.join(short(key, 30) for key in place)}.",)
    elif values and all(isinstance(value, dict) for value in values):
        rows = list(dict.fromkeys(row for value in values for row in value))
        columns = {key: [value.get(row) for row in rows] for key, value in document.items()}
    elif values and all(isinstance(value, list) for value in values) and len({len(value) for value in values}) == 1:
        columns = document
    else:
        columns = {key: [value] for key, value in document.items()}
    if not columns:
        raise ArchivitError(f'{label}: holds no records; expected a list of objects such as {{"from": ..., "to": ...}}')
    texts = [pa.array([as_text(value) for value in column], type=pa.string()) for column in columns.values()]
    return from_arrow(pa.table(texts, names=list(columns)), label, notes)


def place_of_records(document: dict[str, Any], label: str) -> Way | None:
    """Find the way to the one list of records, such as data.transfers, or None.

    Raises
    ------
    ArchivitError
        There are several, in objects within the document.
    """
    level: list[tuple[Way, dict[str, Any]]] = [((), document)]
    for _ in range(DEEPEST):
        members = [((*way, key), part) for way, holder in level for key, part in holder.items()]
        found = [way for way, part in members if isinstance(part, list) and part and isinstance(part[0], dict)]
        if len(found) == 1:
            return found[0]
        if len(found) > 1 and len(found[0]) > 1 and not is_by_columns(document):
            named = ", ".join(".".join(short(key, 30) for key in way) for way in found[:6])
            raise ArchivitError(f"{label}: holds several lists of records: {named}; save one of them as a file")
        if found:
            return None
        level = [(way, part) for way, part in members if isinstance(part, dict)]
    return None


def is_by_columns(document: dict[str, Any]) -> bool:
    """Say whether an object holds columns of numbered values, as pandas writes them."""
    return all(isinstance(part, dict) and all(map(str.isdigit, part)) for part in document.values())


def inside(record: Any, way: Way) -> Any:
    """Follow a way into objects; None where it ends early."""
    for key in way:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def from_records(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Turn records into columns, and objects in them into columns too."""
    ways = [way for way in members(records, ()) if way]
    return {name: [inside(record, way) for record in records] for name, way in flat(ways).items()}


def members(parts: list[Any], way: Way) -> list[Way]:
    """Name what lies in objects that all stand at the end of one way; the way itself where something else stands."""
    found: dict[str, list[Any]] = {}
    for part in parts:
        if isinstance(part, dict):
            for key, value in part.items():
                found.setdefault(key, []).append(value)
        elif part is not None:
            return [way]
    if not found or len(way) == DEEPEST:
        return [way]
    return [deeper for key, values in found.items() for deeper in members(values, (*way, key))]


def as_text(value: Any) -> str | None:
    """Write a JSON value as the text that stands for it."""
    return value if value is None or isinstance(value, str) else json.dumps(value)
