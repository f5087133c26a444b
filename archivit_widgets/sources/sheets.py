"""Excel and OpenDocument sheets: stored values only; formulas are never computed."""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path
from typing import Any

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .header import LEAD, above_header, column_names, left_out
from .packed import check_archive
from .table import Table, first_line, is_panic


def open_excel(path: Path, label: str, workplace: Path) -> Table:
    """Open the first sheet of a workbook that holds anything.

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
            for name in book.sheet_names:
                # All rows decide the types: what a sample did not foresee would become empty.
                sheet = book.load_sheet(name, schema_sample_rows=None)
                if sheet.width and sheet.total_height:
                    others = len(book.sheet_names) - 1
                    left = "the other was" if others == 1 else f"{others} others were"
                    notes = (f"The sheet {short(name)!r} was read, {left} not.",) if others else ()
                    if not any(text.startswith("__UNNAMED__") for text in sheet.to_arrow().schema.names):
                        return from_arrow(as_arrow(sheet.to_arrow()), label, notes)
                    data, said = below_titles(book.load_sheet(name, header_row=None, schema_sample_rows=None))
                    return from_arrow(data, label, notes + said)
    except ArchivitError:
        raise
    except BaseException as error:
        if not isinstance(error, (fastexcel.FastExcelError, OSError, ValueError)) and not is_panic(error):
            raise
        raise ArchivitError(f"{label}: cannot be read: {first_line(error)}") from None
    raise ArchivitError(f"{label}: all sheets are empty; expected a header and rows of transfers")


def below_titles(sheet: Any) -> tuple[Any, tuple[str, ...]]:
    """Take the names of the columns from the row in which they stand, and say which rows above it were left out.

    The names are among the cells here, so that every cell is a text.
    """
    data = as_arrow(sheet.to_arrow())
    first = data.slice(0, LEAD).to_pydict().values()
    rows = [["" if cell is None else str(cell) for cell in row] for row in zip(*first, strict=True)]
    top = above_header(rows, data.num_columns)
    names = column_names(rows[top], data.num_columns)
    lead = ["; ".join(cell for cell in row if cell) for row in rows[:top]]
    return data.slice(top + 1).rename_columns(names), left_out(lead)


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
    return data.rename_columns(column_names(data.column_names, data.num_columns))
