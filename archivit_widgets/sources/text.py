"""CSV, TSV and text with other separators: dialect, header, encoding and rows that do not fit."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..arguments import short
from ..errors import ArchivitError
from .encoding import CHUNK, as_utf8
from .header import LEAD, above_header, column_names, fitted, is_comment, is_header, left_out, numbered
from .quotes import opening, without_torn
from .table import Misread, Table, connect, literal

if TYPE_CHECKING:
    import duckdb

SAMPLE = 1 << 18  # bytes from which dialect and header are guessed
LONGEST = 4_000_000  # bytes of the longest row that is read
MISREAD = {
    "too many columns": "with too many",
    "missing columns": "with too few",
    "unquoted value": "with a quote that is not closed or not doubled",
    "line size over maximum": "too long",
}
TORN = {"unquoted value", "line size over maximum"}  # what DuckDB says where a quote is not closed
DELIMITERS = (",", "\t", ";", "|", " ")


def open_text(path: Path, label: str, workplace: Path) -> Table:
    """Open a file of separated values; `workplace` takes a copy where the text must be changed.

    Raises
    ------
    ArchivitError
        The file is empty, no text, or has no columns.
    """
    path, notes = as_utf8(path, label, workplace)
    lines = head(path)
    with long_fields():
        delimiter, width = dialect(lines, label)
        rows, begins = records(lines, delimiter)
    top = above_header(rows, width)
    lead = lines[: begins[top]]
    if lead:
        path = below(path, sum(len(line.encode()) for line in lead), workplace)
        notes += left_out(lead)
    first = rows[top]
    header = is_header(first)
    if header:
        first = fitted(first, rows[top + 1 :], width)
    first = first if header else []
    names = column_names(first, max(width, len(first)))
    skip = int(header)  # DuckDB skips records: a quoted name may go over several lines
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = (
        f"auto_detect=false, delim={literal(delimiter)}, quote='\"', escape='\"', header=false, skip={skip}, "
        f"columns={{{columns}}}, store_rejects=true, max_line_size={LONGEST}, buffer_size={2 * LONGEST}, "
        "hive_partitioning=false, filename=false"
    )
    text = Text(path, options, delimiter, skip, len(names))
    connection = connect()
    types = dict.fromkeys(names, "VARCHAR")
    table = Table(connection, text.origin, types, label, notes=notes, called=numbered(first, names))
    return replace(
        table,
        misread=lambda: misread(connection, text),
        mended=lambda: mended(table, text, workplace),
    )


@dataclass(frozen=True)
class Text:
    """A file and how DuckDB reads it.

    Attributes
    ----------
    path, options, delimiter
        Where it lies, and how it is written.
    skip
        How many records stand before the first row.
    width
        How many fields a row has.
    torn
        Where a line stands for others that were torn by quotes (its first byte), and for how many.
    """

    path: Path
    options: str
    delimiter: str
    skip: int
    width: int
    torn: dict[int, int] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """What stands after FROM."""
        return f"read_csv({literal(glob_safe(self.path))}, {self.options})"


def glob_safe(path: Path) -> str:
    """Write a path so that DuckDB takes ``*``, ``?`` and ``[`` in it for what they are."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def head(path: Path) -> list[str]:
    """Read the first lines."""
    with path.open("rb") as file:
        start = file.readline(LONGEST) + file.read(SAMPLE)
        whole = not file.read(1)
    lines = [line.decode("utf-8", errors="ignore") for line in start.splitlines(keepends=True)]
    if not whole and len(lines) > 1:
        lines.pop()
    return lines


@contextmanager
def long_fields() -> Iterator[None]:
    """Let `csv` take fields as long as ours; its bound is one for the whole process, and others may rely on it."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def records(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Cut the first lines into fields, and say at which line each row begins: a quoted field may go over several."""
    reader = csv.reader(lines, delimiter=delimiter)
    begins, rows = [0], []
    for row in islice(reader, LEAD):
        rows.append(row)
        begins.append(reader.line_num)
    return rows, begins


def below(path: Path, start: int, workplace: Path) -> Path:
    """Copy what stands from a byte on."""
    copy = workplace / "below.csv"
    with path.open("rb") as file, copy.open("wb") as out:
        file.seek(start)
        shutil.copyfileobj(file, out)
    return copy


def dialect(lines: list[str], label: str) -> tuple[str, int]:
    """Find the separator that cuts most rows into equally many fields, and how many those are."""
    best = (0.0, 1, ",")
    table = [line for line in lines if line.strip() and not is_comment(line)] or lines
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(table, delimiter=delimiter) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        # Of two separators that fit about equally well, the one that comes first in the list is the likelier.
        if width > 1 and count / widths.total() > best[0] + 0.1:
            best = (count / widths.total(), width, delimiter)
    if best[1] == 1:
        found = short(lines[0].strip())
        raise ArchivitError(f"{label}: row 1 is not separated into columns: found {found!r}; expected commas or tabs")
    return best[2], best[1]


def rejected(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, int, str]]:
    """List the rows that the last scan did not take: number of the record, what is wrong, first byte from 1, text."""
    query = (
        "SELECT line, lower(any_value(error_type::VARCHAR)), any_value(line_byte_position), any_value(csv_line) "
        "FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY line ORDER BY line"
    )
    return connection.execute(query).fetchall()


def mended(table: Table, text: Text, workplace: Path) -> Table | None:
    """Give the table without the records that quotes tore, or None if the last scan met none."""
    if not any(kind in TORN for _, kind, _, _ in rejected(table.connection)):
        return None
    copy = workplace / "mended.csv"
    torn = without_torn(text.path, text.delimiter, LONGEST, copy)
    if not torn:
        return None
    whole = replace(text, path=copy, torn=torn)
    return replace(table, origin=whole.origin, misread=lambda: misread(table.connection, whole))


def misread(connection: duckdb.DuckDBPyConnection, text: Text) -> Misread:
    """List the rows of the last scan that did not fit into the columns."""
    faults = rejected(connection)
    if not faults:
        return Misread()
    numbers = np.array([line for line, *_ in faults], dtype=np.int64) - text.skip
    # DuckDB's position, from 1, is where the line before ended: blank lines stand between it and the row's text.
    starts = [position - 1 + len(found or "") - len((found or "").lstrip("\r\n")) for _, _, position, found in faults]
    numbers -= blank_lines_before(text.path, text.delimiter, np.array(starts, dtype=np.int64))
    lines = np.array([text.torn.get(start, 1) for start in starts], dtype=np.int64)
    named = zip(starts, faults, strict=True)
    kinds = Counter("unquoted value" if start in text.torn else kind for start, (_, kind, _, _) in named)
    said = [f"{count:,} {MISREAD.get(kind, kind)}" for kind, count in kinds.most_common()]
    if swallowed := int(lines.sum()) - len(lines):
        said.append(f"{swallowed:,} that such a quote swallowed")
    # Each line that one stands for moves all that come after it by one.
    first = numbers + np.cumsum(lines - 1) - (lines - 1)
    within = np.arange(lines.sum()) - np.repeat(np.cumsum(lines) - lines, lines)
    return Misread(
        rows=np.repeat(first, lines) + within,
        text=f"rows that cannot be cut into the {text.width} fields of the others ({', '.join(said)})",
    )


def has_blank_lines(path: Path) -> bool:
    """Say whether any line is blank, in a quoted field or not: most files have none, and need no closer look."""
    before = b"\n"
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            block = before + chunk
            if re.search(rb"\n\r?\n", block):
                return True
            before = block[-2:]
    return False


def blank_lines_before(path: Path, delimiter: str, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the blank lines before each byte position: DuckDB numbers them, but they are no rows.

    Those within a quoted field are part of it.
    """
    if not has_blank_lines(path):
        return np.zeros(len(positions), dtype=np.int64)
    seen = re.compile(opening(delimiter) + rb'[^"]*(?:""[^"]*)*(?:"|(?P<open>\Z))|(?P<blank>^\r?\n)', re.MULTILINE)
    blank: list[int] = []
    start, rest = 0, b""
    with path.open("rb") as file:
        # Blocks end with a line, so that a pair of line ends is never cut.
        while lines := file.readlines(CHUNK):
            block = b"".join([rest, *lines])
            end = len(block)
            for match in seen.finditer(block):
                if match["blank"]:
                    blank.append(start + match.start())
                elif match["open"] is not None and end - match.start() <= LONGEST:
                    end = match.start()  # the field goes on in the next block
            start, rest = start + end, block[end:]
    return np.searchsorted(np.array(blank, dtype=np.int64), positions).astype(np.int64)
