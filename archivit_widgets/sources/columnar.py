"""Parquet, Feather and Arrow IPC: files that know their columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ArchivitError
from .table import Table, connect, first_line, literal, quoted
from .text import glob_safe


def open_parquet(path: Path, label: str, workplace: Path) -> Table:
    """Open a Parquet file; DuckDB reads only the columns that are asked for."""
    origin = f"read_parquet({literal(glob_safe(path))}, hive_partitioning=false, filename=false)"
    return from_origin(connect(), origin, label)


def open_arrow(path: Path, label: str, workplace: Path) -> Table:
    """Open Arrow IPC, as a file or as a stream; Feather is the same format, its first version apart."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.feather as feather

    with path.open("rb") as file:
        start = file.read(8)
    try:
        if start.startswith(b"ARROW1"):
            return from_arrow(ds.dataset(str(path), format="ipc"), label)
        if start.startswith(b"FEA1"):
            return from_arrow(feather.read_table(str(path)), label)
        with pa.memory_map(str(path)) as file:
            return from_arrow(pa.ipc.open_stream(file).read_all(), label)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{label}: is no Arrow or Feather file that can be read: {first_line(error)}") from None


def from_arrow(data: Any, label: str, notes: tuple[str, ...] = ()) -> Table:
    """Make an Arrow table or data set one that DuckDB can scan."""
    connection = connect()
    connection.register("transfers", data)
    return from_origin(connection, "transfers", label, notes)


def from_origin(connection: Any, origin: str, label: str, notes: tuple[str, ...] = ()) -> Table:
    """Ask DuckDB for the columns of what it can scan."""
    table = Table(connection, origin, {}, label, notes=notes)
    described = table.guarded(lambda: connection.sql(f"DESCRIBE FROM {origin}").fetchall())
    if not described:
        raise ArchivitError(f"{label}: has no columns; expected a table of transfers")
    # Names from a short list, such as a pandas categorical, are texts like others.
    types = {name: "VARCHAR" if kind.startswith(("ENUM", "UUID", '"NULL"')) else kind for name, kind, *_ in described}
    view = ", ".join(f"{quoted(n)}::VARCHAR AS {quoted(n)}" if types[n] == "VARCHAR" else quoted(n) for n in types)
    return Table(connection, f"(SELECT {view} FROM {origin})", types, label, notes=notes)  # noqa: S608 - our own SQL
