"""Tables in memory: pandas, Polars, Arrow, and whatever else speaks Arrow's protocol."""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .table import Table, first_line, is_panic

PLAIN = (str, int, float, bool, bytes, datetime.date, datetime.time, decimal.Decimal, uuid.UUID, np.generic)


def open_frame(source: Any) -> Table:
    """Open a table in memory.

    Raises
    ------
    ArchivitError
        It is no table, or a column holds objects that are no plain values.
    """
    import pyarrow as pa

    label = f"the {type(source).__module__.split('.')[0]} table"
    strange: dict[str, str] = {}
    try:
        if hasattr(source, "collect") and hasattr(source, "lazy"):
            source = source.collect()  # a Polars query that has not run yet
        if type(source).__module__.startswith("polars.") and hasattr(source, "schema"):
            source, strange = from_polars(source)
        if isinstance(source, pd.DataFrame):
            data, strange = from_pandas(source, label)
        elif isinstance(source, pa.RecordBatch):
            data = pa.Table.from_batches([source])
        elif isinstance(source, pa.Table):
            data = source
        elif hasattr(source, "__arrow_c_stream__") and type(source).__name__ != "Series":
            data = pa.table(source)
        else:
            kind = short(type(source).__name__)
            raise ArchivitError(f"expected a path or a pandas, Polars or Arrow table, found {kind}")
    except ArchivitError:
        raise
    except BaseException as error:  # others' tables have errors of their own kinds
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        raise ArchivitError(f"{label}: cannot be read: {first_line(error)}") from None
    if data.num_columns == 0 and strange:
        raise ArchivitError(f"{label}: no column is of a type that is read")
    if data.num_columns == 0:
        raise ArchivitError(f"{label}: has no columns; expected a table of transfers")
    notes = tuple(f"{short(name, 30)}: left out, as {kind} values are not read." for name, kind in strange.items())
    table = from_arrow(data, label, notes)
    return replace(table, strange=table.strange | strange)


def from_polars(frame: Any) -> tuple[Any, dict[str, str]]:
    """Write integers of 128 bits, which Arrow does not know, as texts; leave out objects: Arrow gets their pointers.

    Returns
    -------
    frame, strange
        The table, and the type of each column that was left out.
    """
    kinds = {name: str(kind) for name, kind in frame.schema.items()}
    strange = {name: short(kind) for name, kind in kinds.items() if re.search(r"Object|\wInt128|\(U?Int128", kind)}
    wide = {name: str for name, kind in kinds.items() if kind in {"Int128", "UInt128"}}
    return frame.drop(list(strange)).cast(wide), strange


def from_pandas(frame: pd.DataFrame, label: str) -> tuple[Any, dict[str, str]]:
    """Turn a pandas table into an Arrow table, its named index levels into columns.

    Returns
    -------
    data, strange
        The table, and the type of each column that was left out.
    """
    import pyarrow as pa

    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = ["_".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    columns: list[tuple[str, Any]] = []
    strange: dict[str, str] = {}
    for i, name in enumerate(names):
        column = frame.iloc[:, i]
        if isinstance(column.dtype, pd.PeriodDtype):
            column = column.dt.to_timestamp()  # Arrow would take the number of the period
        elif isinstance(column.dtype, pd.SparseDtype):
            column = column.astype(column.dtype.subtype)
        kind = objects(column) if column.dtype == object else str(column.dtype) * (column.dtype.kind == "c")
        if kind:
            strange[name] = kind
            continue
        if column.dtype == object:
            column = plain_values(column, name, label)
        columns.append((name, pa.Array.from_pandas(column)))
    return pa.table([column for _, column in columns], names=[name for name, _ in columns]), strange


def objects(column: pd.Series) -> str:
    """Name the type of a column that holds nothing but objects, such as lists; an empty text for any other."""
    kinds = {type(value) for value in column.to_numpy()[known_values(column)]}
    odd = not any(issubclass(kind, PLAIN) for kind in kinds)
    return short(min(kind.__name__ for kind in kinds)) if kinds and odd else ""


def known_values(column: pd.Series) -> np.ndarray[Any, Any]:
    """Say which rows of a column hold anything, (n,) bool."""
    return column.notna().to_numpy() if len(column) else np.zeros(0, dtype=bool)


def plain_values(column: pd.Series, name: str, label: str) -> pd.Series:
    """Write a column of mixed values as texts; objects among plain values are refused, never asked."""
    known = known_values(column)
    kinds = {type(value) for value in column.to_numpy()[known]}
    strange = [kind for kind in kinds if not issubclass(kind, PLAIN)]
    if strange:
        row = next(i for i, value in enumerate(column, start=1) if type(value) in strange)
        found = short(strange[0].__name__)
        raise ArchivitError(f"{label}: row {row}, column {short(name)!r}: found a {found}, expected text or a number")
    binary = any(issubclass(kind, bytes) for kind in kinds)
    if len(kinds) == 1 and not binary and not kinds & {decimal.Decimal, int, uuid.UUID}:
        return column
    if kinds == {int} and column[known].map(abs).max() < 2**63:
        return column
    write = as_bytes if binary else str
    texts = [None if not here else write(value) for here, value in zip(known, column.to_numpy(), strict=True)]
    return pd.Series(texts, dtype=object if binary else "str")


def as_bytes(value: Any) -> bytes:
    """Write one plain value as bytes, where others are: all of them become texts in one way."""
    return bytes(value) if isinstance(value, bytes) else str(value).encode()
