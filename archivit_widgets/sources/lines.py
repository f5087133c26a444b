"""JSON with one record a line, some of which are none: these are left out, and counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..arguments import short
from ..errors import ArchivitError
from .table import Misread, Table, connect, literal
from .text import glob_safe

LARGEST = 1 << 26  # bytes of one record


def without_bad_lines(path: Path, label: str, copy: Path) -> Misread:
    """Copy the lines that are records, and say which are none.

    DuckDB judges the lines, at the speed at which it reads them: it will read the copy too. It could read past what is
    no JSON by itself, but gives NULL for it, as it does for a record that says nothing.

    Returns
    -------
    Misread
        No rows where all lines are records, or most are none: then it is another kind of file, and there is no copy.
    """
    objects = (
        f"read_json_objects({literal(glob_safe(path))}, format='newline_delimited', ignore_errors=true, "
        f"maximum_object_size={LARGEST})"
    )
    verdicts = (
        f"(SELECT json IS NULL OR json_type(json) != 'OBJECT' AS bad, row_number() OVER () AS row FROM {objects})"  # noqa: S608 - our own SQL
    )
    table = Table(connect(), verdicts, {}, label)
    try:
        (counts,) = table.batches("count(*), count_if(bad)")
        lines, lost = (int(column[0].as_py()) for column in counts.columns)
        if not 0 < 2 * lost <= lines:
            return Misread()
        found = [batch.column(0).to_numpy() for batch in replace(table, origin=f"{verdicts} WHERE bad").batches("row")]
    except ArchivitError:  # such as a record that is too long
        return Misread()
    finally:
        table.close()
    rows = np.concatenate(found)
    example = copy_others(path, rows, copy)
    return Misread(rows, f"a line that is no JSON record, such as {short(example)!r}", "not_json")


def copy_others(path: Path, rows: NDArray[np.int64], copy: Path) -> str:
    """Copy all lines but some, and give the first of these; blank lines are no rows."""
    left = iter(rows.tolist())
    first, row, bad = "", 0, next(left, 0)
    with path.open("rb") as file, copy.open("wb") as out:
        for line in file:
            row += bool(line.strip())
            if row == bad and line.strip():
                first = first or line.decode("utf-8", errors="replace")
                bad = next(left, 0)
            else:
                out.write(line)
    return first


def is_json(line: bytes) -> bool:
    """Say whether a line is a whole JSON value."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
