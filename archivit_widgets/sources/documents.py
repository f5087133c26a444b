"""JSON: a list of records, one record a line, or columns by name."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .encoding import as_utf8
from .header import column_names
from .lines import LARGEST, is_json, without_bad_lines
from .table import Misread, Table, connect, literal, quoted
from .text import glob_safe

if TYPE_CHECKING:
    import duckdb

FIRST = 8  # lines that tell whether each of them is a record


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


def keys(path: Path, label: str) -> dict[str, list[str]]:
    """Name the columns of all records, and what lies in those that are objects.

    Depth 2: names of columns are wanted, and of what lies in them, not what that may be; -1: from all records.
    """
    connection = connect()
    query = f"SELECT * FROM read_json({source(path)}, sample_size=-1, maximum_depth=2)"  # noqa: S608 - our own SQL
    relation = Table(connection, "", {}, label).guarded(lambda: connection.sql(query))
    found = {name: inner(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
    if list(found) == ["json"]:
        raise ArchivitError(f'{label}: holds no records; expected a list of objects such as {{"from": ..., "to": ...}}')
    return found


def source(path: Path) -> str:
    """Write the first arguments of what reads JSON in SQL."""
    return f"{literal(glob_safe(path))}, maximum_object_size={LARGEST}"


def open_records(path: Path, found: dict[str, list[str]], label: str, notes: tuple[str, ...]) -> Table:
    """Open a list of records, or one record a line, as a table of the columns that were found."""
    connection = connect()
    table = Table(connection, "", {}, label)
    if any(re.sub(r"_\d+$", "", name).lower() in map(str.lower, found) for name in found if re.search(r"_\d+$", name)):
        check_case(table, connection, source(path))
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found)
    origin = f"read_json({source(path)}, columns={{{columns}}}, format='auto')"
    if any(found.values()):
        names = flat(found)
        select = ", ".join(
            f"{quoted(parent)} AS {quoted(name)}"
            if child is None
            else f"json_extract_string({quoted(parent)}, {literal(pointer(child))}) AS {quoted(name)}"
            for name, (parent, child) in names.items()
        )
        origin = f"(SELECT {select} FROM {origin})"  # noqa: S608 - our own SQL
        return Table(connection, origin, dict.fromkeys(names, "VARCHAR"), label, notes=notes)
    return Table(connection, origin, dict.fromkeys(found, "VARCHAR"), label, notes=notes)


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


def inner(kind: Any) -> list[str]:
    """Name what lies in a column of objects."""
    return [name for name, _ in kind.children] if kind.id == "struct" else []


def pointer(key: str) -> str:
    """Write the way to a member of an object, as RFC 6901 has it."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def flat(found: dict[str, list[str]]) -> dict[str, tuple[str, str | None]]:
    """Make columns of what lies in columns of objects, by its own name, or its parent's too where that name is taken.

    Returns
    -------
    dict
        Name -> (column, member or None).
    """
    pairs: list[tuple[str, str | None]] = []
    for parent, inside in found.items():
        pairs += [(parent, child) for child in inside] or [(parent, None)]
    given = Counter((child or parent).lower() for parent, child in pairs)
    names = [
        parent if child is None else child if given[child.lower()] == 1 else f"{parent}_{child}"
        for parent, child in pairs
    ]
    return dict(zip(column_names(names, len(names)), pairs, strict=True))


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
    lists = [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) == 1:
        records = [record if isinstance(record, dict) else {} for record in lists[0]]
        columns = from_records(records)
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


def from_records(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Turn records into columns, and objects in them into columns too."""
    found: dict[str, dict[str, None]] = {}
    plain: set[str] = set()
    for record in records:
        for key, value in record.items():
            found.setdefault(key, {}).update(dict.fromkeys(value if isinstance(value, dict) else ()))
            if not isinstance(value, dict | NoneType):
                plain.add(key)
    names = flat({key: [] if key in plain else list(inside) for key, inside in found.items()})
    return {
        name: [record.get(parent) if child is None else (record.get(parent) or {}).get(child) for record in records]
        for name, (parent, child) in names.items()
    }


def as_text(value: Any) -> str | None:
    """Write a JSON value as the text that stands for it."""
    return value if value is None or isinstance(value, str) else json.dumps(value)
