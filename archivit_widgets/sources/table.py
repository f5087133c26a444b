"""One opened table, whatever it was read from: DuckDB can select from it, and its faults are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..arguments import short
from ..errors import ArchivitError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from numpy.typing import NDArray

NOWHERE: NDArray[np.int64] = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Misread:
    """Rows that the parser could not read; they are no part of the table.

    Attributes
    ----------
    rows
        (k,) int64, ascending: their numbers among the data rows, from 1.
    text
        What was found and what was expected.
    code
        What the report calls it.
    """

    rows: NDArray[np.int64] = field(default_factory=lambda: NOWHERE)
    text: str = ""
    code: str = "ragged_row"


class Broken(NamedTuple):
    """A cell that a sheet could not compute, and that is read as empty: data row from 0, column, what stands in it."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table that DuckDB can scan, in the order of its rows.

    Attributes
    ----------
    connection
        Where `origin` can be selected from.
    origin
        What stands after FROM.
    types
        Name of each column and its DuckDB type.
    label
        The file's name, or what the table is, for messages.
    misread
        Asked after a scan: the rows that could not be read.
    mended
        Asked after a scan: the table to scan instead, where the parser lost more than the rows it names; else None.
    notes
        What was found out about the file itself, for the report.
    called
        What the file calls a column that had to be numbered, as an earlier one is called the same.
    broken
        Cells that hold an error instead of a value, in the order of the rows.
    strange
        Columns that were left out, as values of their types are not read, and these types.
    """

    connection: duckdb.DuckDBPyConnection
    origin: str
    types: dict[str, str]
    label: str
    misread: Callable[[], Misread] = Misread
    mended: Callable[[], Table | None] = lambda: None
    notes: tuple[str, ...] = ()
    called: dict[str, str] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    strange: dict[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str:
        """Say what the file calls a column; pandas writes ``buyer.1`` for a second ``buyer``."""
        base, dot, number = name.rpartition(".")
        mangled = dot and number.isdigit() and base in self.types
        return self.called.get(name, base if mangled else name)

    def scan(self, select: str, limit: int | None = None) -> pa.RecordBatchReader:
        """Stream the columns of a SELECT in the order of the rows.

        Raises
        ------
        ArchivitError
            The file is damaged: what DuckDB says about it, in one line.
        """
        query = f"SELECT {select} FROM {self.origin}" + (f" LIMIT {limit}" if limit else "")  # noqa: S608 - our own SQL
        return self.guarded(lambda: reader(self.connection.sql(query)))

    def guarded(self, work: Callable[[], Any]) -> Any:
        """Do what reads from the file; whatever DuckDB says against it becomes one line of ours."""
        import duckdb
        import pyarrow as pa

        try:
            return work()
        except (duckdb.Error, pa.ArrowException, OSError, UnicodeError, RuntimeError) as error:
            raise ArchivitError(f"{self.label}: cannot be read: {first_line(error)}") from None

    def batches(self, select: str, limit: int | None = None) -> Any:
        """Give the record batches of `scan`, with the same errors."""
        stream = self.scan(select, limit)
        while (batch := self.guarded(lambda: next(stream, None))) is not None:
            yield batch

    def close(self) -> None:
        """Let go of the file, and of the memory that reading it took."""
        import pyarrow as pa

        self.connection.close()
        pa.default_memory_pool().release_unused()


def reader(relation: Any) -> pa.RecordBatchReader:
    """Stream a relation, by the name that this method has in DuckDB 2, since 1.4, or before."""
    names = ("to_arrow_reader", "fetch_record_batch", "fetch_arrow_reader")
    return next(getattr(relation, name) for name in names if hasattr(relation, name))(100_000)


def connect() -> duckdb.DuckDBPyConnection:
    """Open a database in memory that never reaches for the network and tells time in UTC."""
    import duckdb

    settings: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(config=settings)
    # One thread: where several read, DuckDB 2.0 streams the blocks of a file in whatever order they are done, and says
    # nothing of it, although insertion order is to be preserved. Row numbers and the order of equal times hang on it.
    connection.execute("SET TimeZone='UTC'; SET enable_progress_bar=false; SET threads=1")
    return connection


def quoted(name: str) -> str:
    """Write a column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def first_line(error: BaseException, width: int = 160) -> str:
    """Shorten a library's message to its first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return short(lines[0], width) if lines else type(error).__name__


def is_panic(error: BaseException) -> bool:
    """Say whether a library written in Rust gave up: no `Exception`, and of a class that cannot be imported."""
    return type(error).__name__ == "PanicException"
