"""Excel and OpenDocument sheets: stored values only; formulas are never computed."""

from __future__ import annotations

import datetime
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .header import LEAD, above_header, left_out
from .packed import check_archive
from .table import Broken, Table, first_line, is_panic

FEWEST = 3  # columns of a table of transfers
ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def open_excel(path: Path, label: str, workplace: Path) -> Table:
    """Open the first sheet of a workbook that can hold transfers.

    Raises
    ------
    ArchivitError
        It is damaged, or no sheet holds anything.
    """
    import fastexcel

    if path.suffix.lower() != ".xls":
        check_archive(path, label)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about columns of mixed types, which become text
            book = fastexcel.read_excel(path)
            if (sheet := first_table(book)) is not None:
                return open_sheet(book, sheet, *told_apart(book.sheet_names, sheet.name, label))
    except ArchivitError:
        raise
    except BaseException as error:
        if not isinstance(error, (fastexcel.FastExcelError, OSError, ValueError)) and not is_panic(error):
            raise
        raise ArchivitError(f"{label}: cannot be read: {first_line(error)}") from None
    raise ArchivitError(f"{label}: all sheets are empty; expected a header and rows of transfers")


def first_table(book: Any) -> Any:
    """Load the first sheet that has a column for each party and the time, or else the first that holds anything."""
    first = None
    for name in book.sheet_names:
        sheet = load(book, name)
        if sheet.width >= FEWEST and sheet.total_height:
            return sheet
        if first is None and sheet.width and sheet.total_height:
            first = sheet
    return first


def told_apart(names: list[str], read: str, label: str) -> tuple[str, tuple[str, ...]]:
    """Give the label of one sheet among others, and a note that names them."""
    others = [repr(short(name, 31)) for name in names if name != read]
    if not others:
        return label, ()
    left = ", ".join(others[:6]) + f" and {len(others) - 6} more" * (len(others) > 6)
    verb = "was" if len(others) == 1 else "were"
    return f"{label}, sheet {short(read, 31)!r}", (f"The sheet {short(read, 31)!r} was read; {left} {verb} not.",)


def load(book: Any, name: str, **options: Any) -> Any:
    """Load a sheet; all of its rows decide the types: what a sample did not foresee would become empty."""
    import fastexcel

    options |= {"schema_sample_rows": None, "skip_whitespace_tail_rows": True, "whitespace_as_null": True}
    try:
        return book.load_sheet(name, **options)
    except fastexcel.CalamineCellError:  # a cell such as #NAME? has no type for the parser
        return book.load_sheet(name, dtypes="string", **options)


def open_sheet(book: Any, sheet: Any, label: str, notes: tuple[str, ...]) -> Table:
    """Make a table of a sheet, whose names of columns may stand below titles."""
    batch, errors = sheet.to_arrow_with_errors()
    data, top = as_arrow(batch), -1
    if any(text.startswith("__UNNAMED__") for text in data.column_names):
        batch, errors = load(book, sheet.name, header_row=None).to_arrow_with_errors()
        data, top, said = below_titles(as_arrow(batch))
        notes += said
    elif any(re.search(r"_\d+$", text) for text in data.column_names):
        # The parser numbers names that recur, and does not say so.
        first = book.load_sheet(sheet.name, header_row=None, n_rows=1, dtypes="string").to_arrow()
        if first.num_columns == data.num_columns:
            data = data.rename_columns([column[0].as_py() or "" for column in first.columns])
    table = from_arrow(data, label, notes)
    return replace(table, broken=broken(errors, list(table.types), top + 1))


def broken(errors: Any, names: list[str], skip: int) -> tuple[Broken, ...]:
    """List the cells that hold an error instead of a value, which the parser leaves empty, in the order of the rows."""
    found = []
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        if (kind := re.search(r"Error\((\w+)\)", error.detail)) and row >= skip:
            found.append(Broken(row - skip, names[column], ERRORS.get(kind[1], f"#{kind[1].upper()}!")))
    return tuple(sorted(found))


def below_titles(data: Any) -> tuple[Any, int, tuple[str, ...]]:
    """Take the names of the columns from the row in which they stand, say which, and what above it was left out.

    The names are among the cells here, so that every cell is a text.
    """
    first = data.slice(0, LEAD).to_pydict().values()
    rows = [["" if cell is None else str(cell) for cell in row] for row in zip(*first, strict=True)]
    top = above_header(rows, data.num_columns)
    lead = ["; ".join(cell for cell in row if cell) for row in rows[:top]]
    return data.slice(top + 1).rename_columns(rows[top]), top, left_out(lead)


def as_arrow(batch: Any) -> Any:
    """Turn a sheet into an Arrow table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    data = pa.table(batch)
    for i, column in enumerate(data.columns):
        if pa.types.is_timestamp(column.type):
            # The parser counts a day too many before Excel's first day, where Excel itself has no dates.
            early = pc.less(column, pa.scalar(datetime.datetime(1899, 12, 31), column.type))
            shifted = pc.subtract(column, pa.scalar(datetime.timedelta(days=1), pa.duration(column.type.unit)))
            data = data.set_column(i, data.column_names[i], pc.if_else(early, shifted, column))
    return data
