"""CSV, TSV and text with other separators: dialect, header, encoding and rows that do not fit."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import ArchivitError
from .encoding import CHUNK, as_utf8
from .table import Misread, Table, connect, literal, short

if TYPE_CHECKING:
    import duckdb

SAMPLE = 1 << 18  # bytes from which dialect and header are guessed
LONGEST = 4_000_000  # bytes of the longest row that is read
DELIMITERS = (",", "\t", ";", "|", " ")


def open_text(path: Path, label: str, workplace: Path) -> Table:
    """Open a file of separated values; `workplace` takes a copy where the encoding must be changed.

    Raises
    ------
    ArchivitError
        The file is empty, no text, or has no columns.
    """
    path, notes = as_utf8(path, label, workplace)
    lines, skip = head(path, label)
    delimiter, width = dialect(lines, label)
    first = next(csv.reader(lines, delimiter=delimiter))
    header = is_header(first)
    names = column_names(first if header else [], max(width, len(first) if header else 0))
    lead = skip
    skip += header  # DuckDB skips records: a quoted name may go over several lines
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = (
        f"auto_detect=false, delim={literal(delimiter)}, quote='\"', escape='\"', header=false, skip={skip}, "
        f"columns={{{columns}}}, store_rejects=true, max_line_size={LONGEST}, buffer_size={2 * LONGEST}, "
        "hive_partitioning=false, filename=false"
    )
    connection = connect()
    return Table(
        connection=connection,
        origin=f"read_csv({literal(glob_safe(path))}, {options})",
        types=dict.fromkeys(names, "VARCHAR"),
        label=label,
        header=header,
        misread=lambda: misread(connection, path, skip, lead, len(names)),
        notes=notes,
    )


def glob_safe(path: Path) -> str:
    """Write a path so that DuckDB takes ``*``, ``?`` and ``[`` in it for what they are."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def head(path: Path, label: str) -> tuple[list[str], int]:
    """Read the first lines that are neither blank nor comments, and count those skipped before them."""
    with path.open("rb") as file:
        start = file.readline(LONGEST)
        text = (start + file.read(SAMPLE)).decode("utf-8-sig", errors="ignore")
        whole = not file.read(1)
    lines = text.splitlines(keepends=True)
    if not whole and len(lines) > 1:
        lines.pop()
    skip = next((i for i, line in enumerate(lines) if line.strip() and line[0] not in "#%"), len(lines))
    if skip == len(lines):
        raise ArchivitError(f"{label}: the file is empty; expected a header and rows of transfers")
    return lines[skip:], skip


def dialect(lines: list[str], label: str) -> tuple[str, int]:
    """Find the separator that cuts most rows into equally many fields, and how many those are."""
    csv.field_size_limit(LONGEST)
    best = (0.0, 1, ",")
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, count = widths.most_common(1)[0]
        # Of two separators that fit about equally well, the one that comes first in the list is the likelier.
        if width > 1 and count / widths.total() > best[0] + 0.1:
            best = (count / widths.total(), width, delimiter)
    if best[1] == 1:
        found = short(lines[0].strip())
        raise ArchivitError(f"{label}: row 1 is not separated into columns: found {found!r}; expected commas or tabs")
    return best[2], best[1]


def is_header(row: list[str]) -> bool:
    """Names are words: a first row with a number, an address or a date in it is data."""
    cells = [cell.strip() for cell in row]
    data = re.compile(
        r"[-+]?[\d.,]*\d([eE][-+]?\d+)?|0x[0-9a-fA-F]{6,}|\d{4}-\d\d?-\d\d?.*|\d\d?[./]\d\d?[./]\d{2,4}.*"
    )
    return any(cells) and not any(data.fullmatch(cell) for cell in cells)


def column_names(header: list[str], width: int) -> list[str]:
    """Name all columns, each differently: where the header is silent, column1, column2, ..."""
    # One name too few: the first column holds row names, as R and pandas write them.
    cells = [""] * (len(header) == width - 1 > 0) + header
    cells += [""] * (width - len(cells))
    names: list[str] = []
    for i, cell in enumerate(cells):
        base = name = cell.strip() or f"column{i + 1}"
        taken = {other.lower() for other in names}
        number = 2
        while name.lower() in taken:
            name, number = f"{base}_{number}", number + 1
        names.append(name)
    return names


def misread(connection: duckdb.DuckDBPyConnection, path: Path, before: int, lead: int, width: int) -> Misread:
    """List the rows of the last scan that did not fit into the columns.

    `before` records stand before the first row, the first `lead` of them lines that are blank or comments.
    """
    query = (
        "SELECT line, any_value(error_type::VARCHAR), any_value(line_byte_position), any_value(csv_line) "
        "FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY line ORDER BY line"
    )
    faults = connection.execute(query).fetchall()
    if not faults:
        return Misread()
    lines = np.array([line for line, *_ in faults], dtype=np.int64) - before
    # DuckDB's position, from 1, is where the line before ended: blank lines stand between it and the row's text.
    starts = [position - 1 + len(text or "") - len((text or "").lstrip("\r\n")) for _, _, position, text in faults]
    lines -= blank_lines_before(path, np.array(starts, dtype=np.int64), lead)
    kinds = Counter(kind.lower() for _, kind, _, _ in faults)
    found = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
    return Misread(rows=lines, text=f"rows that do not have the {width} fields of the others ({found})")


def blank_lines_before(path: Path, positions: NDArray[np.int64], lead: int) -> NDArray[np.int64]:
    """Count the blank lines before each byte position: DuckDB numbers them, but they are no rows.

    The first `lead` lines are counted as records already.
    """
    blank: list[int] = []
    with path.open("rb") as file:
        start = sum(len(file.readline()) for _ in range(lead))
        # Blocks end with a line, so that a pair of line ends is never cut.
        while block := b"".join(file.readlines(CHUNK)):
            blank += [start + match.start() for match in re.finditer(rb"^\r?\n", block, re.MULTILINE)]
            start += len(block)
    return np.searchsorted(np.array(blank, dtype=np.int64), positions).astype(np.int64)
