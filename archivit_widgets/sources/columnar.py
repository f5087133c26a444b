"""Parquet, Feather and Arrow IPC: files that know their columns."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arguments import short
from ..errors import ArchivitError
from .header import column_names, numbered
from .nested import MANY, flat, leaves, member
from .table import Table, connect, first_line, literal, quoted
from .text import glob_safe

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def open_parquet(path: Path, label: str, workplace: Path) -> Table:
    """Open a Parquet file; DuckDB reads only the columns that are asked for."""
    origin = f"read_parquet({literal(glob_safe(path))}, hive_partitioning=false, filename=false)"
    table = from_origin(connect(), origin, label)
    if not any(re.search(r"_\d+$", name) for name in table.types):
        return table
    # DuckDB numbers names that recur, and does not say so.
    import pyarrow as pa
    import pyarrow.parquet

    try:
        names = pyarrow.parquet.read_schema(path).names
    except (pa.ArrowException, OSError):  # what DuckDB can read is no worse for it
        return table
    return replace(table, called=numbered(names, list(table.types))) if len(names) == len(table.types) else table


def open_arrow(path: Path, label: str, workplace: Path) -> Table:
    """Open Arrow IPC, as a file or as a stream; Feather is the same format, its first version apart."""
    import pyarrow as pa
    import pyarrow.feather as feather

    with path.open("rb") as file:
        start = file.read(8)
    try:
        if start.startswith(b"FEA1"):
            return from_arrow(feather.read_table(str(path)), label)
        with pa.memory_map(str(path)) as file:
            is_file = start.startswith(b"ARROW1")
            data = pa.ipc.open_file(file).read_all() if is_file else pa.ipc.open_stream(file).read_all()
        return from_arrow(data, label)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{label}: is Arrow or Feather that is damaged or cut short: {first_line(error)}") from None


def from_arrow(data: pa.Table, label: str, notes: tuple[str, ...] = ()) -> Table:
    """Make an Arrow table one that DuckDB can scan.

    Names that recur are numbered; columns of types that DuckDB does not know are left out, which a note says.

    Raises
    ------
    ArchivitError
        Its pieces do not fit together, or its texts are none: DuckDB would take them as they are.
    """
    import pyarrow as pa

    try:
        data.validate(full=True)
    except pa.ArrowException as error:
        raise ArchivitError(f"{label}: is damaged: {first_line(error)}") from None
    names = column_names(data.column_names, data.num_columns)
    called = numbered(data.column_names, names)
    connection = connect()
    data, strange = known_types(connection, data.rename_columns(names))
    if not data.num_columns:
        raise ArchivitError(f"{label}: no column is of a type that is read")
    connection.register("transfers", data)
    notes += tuple(f"{short(name, 30)}: left out, as {kind} values are not read." for name, kind in strange.items())
    return replace(from_origin(connection, "transfers", label, notes), called=called, strange=strange)


def known_types(connection: duckdb.DuckDBPyConnection, data: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """Write half floats and wide decimals as what DuckDB knows, and leave out what it does not.

    Returns
    -------
    data, strange
        The table, and the type of each column that was left out.
    """
    if is_known(connection, data):
        return data, {}
    strange: dict[str, str] = {}
    for field in data.schema:
        i = data.schema.get_field_index(field.name)
        if is_known(connection, data.select([i])):
            continue
        if (column := plainer(data.column(i))) is not None:
            data = data.set_column(i, field.name, column)
        else:
            strange[field.name] = short(field.type)
            data = data.remove_column(i)
    return data, strange


def is_known(connection: duckdb.DuckDBPyConnection, data: pa.Table) -> bool:
    """Say whether DuckDB takes columns of such types: it is asked with none of their rows."""
    import duckdb

    try:
        connection.register("asked", data.slice(0, 0))
        connection.unregister("asked")
    except duckdb.Error:
        return False
    return True


def plainer(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Write numbers of a type that DuckDB does not know as floats, or as texts where they are whole; None otherwise."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_float16(column.type):
        return column.cast(pa.float32())
    if pa.types.is_decimal256(column.type):  # a token's number has more digits than a float
        return column.cast(pa.float64() if column.type.scale > 0 else pa.string())
    return None


def from_origin(connection: Any, origin: str, label: str, notes: tuple[str, ...] = ()) -> Table:
    """Ask DuckDB for the columns of what it can scan; those that lie in records are columns too."""
    table = Table(connection, origin, {}, label, notes=notes)
    relation = table.guarded(lambda: connection.sql(f"FROM {origin}"))
    tops = list(zip(relation.columns, relation.types, strict=True))
    if not tops:
        raise ArchivitError(f"{label}: has no columns; expected a table of transfers")
    kinds = {way: kind for name, top in tops for way, kind in leaves((name,), top).items()}
    if len(kinds) > MANY:
        kinds = {(name,): str(kind) for name, kind in tops}
    deep = len(kinds) != len(tops) or max(map(len, kinds)) > 1
    names = flat(list(kinds)) if deep else {way[0]: way for way in kinds}
    types, view = {}, []
    for name, way in names.items():
        kind, sql = kinds.get(way, "VARCHAR"), member(way)
        # Names from a short list, such as a pandas categorical, are texts like others.
        if kind.startswith(("VARCHAR", "ENUM", "UUID", '"NULL"', "BLOB")):
            kind, sql = "VARCHAR", text_of_bytes(sql) if kind == "BLOB" else f"{sql}::VARCHAR"
        types[name] = kind
        view.append(f"{sql} AS {quoted(name)}")
    return Table(connection, f"(SELECT {', '.join(view)} FROM {origin})", types, label, notes=notes)  # noqa: S608 - our own SQL


def text_of_bytes(column: str) -> str:
    """Write the SQL of the text that bytes stand for; `column` is SQL itself.

    As many bytes as an address or a hash has, and no text, are hexadecimal digits; the rest is UTF-8, or else Latin-1.
    """
    text = f"try(decode({column}))"
    digits = f"octet_length({column}) IN (20, 32) AND coalesce(regexp_matches({text}, '[[:cntrl:]]'), true)"
    latin = f"array_to_string([chr(('0x' || pair)::INTEGER) for pair in regexp_extract_all(hex({column}), '..')], '')"
    return f"CASE WHEN {digits} THEN '0x' || lower(hex({column})) ELSE coalesce({text}, {latin}) END"
