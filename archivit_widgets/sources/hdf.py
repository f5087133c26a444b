"""HDF5: columns side by side in a group, or one table of records. Nothing in the file is ever run."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..arguments import short
from ..errors import ArchivitError
from .columnar import from_arrow
from .packed import check_size
from .roles import SAMPLE
from .table import Table, first_line

HINT = "save the table as Parquet, or from pandas with format='table', data_columns=True"


def open_hdf(path: Path, label: str, workplace: Path) -> Table:
    """Open the one table in an HDF5 file.

    Raises
    ------
    ArchivitError
        It is damaged, holds no or several tables, or a column holds objects (pickles), which are never opened.
    """
    import pyarrow as pa

    try:
        with opened(path, label) as file:
            found = tables(file)
            if len(found) != 1:
                listed = ", ".join(short(name, 40) for name in found) or "none"
                raise ArchivitError(f"{label}: expected one table, found {listed}; {HINT}")
            parts = next(iter(found.values()))
            check_size(path, sum(len(part) * type_of(part).itemsize for part in parts.values()), label)
            columns = {name: values(part, name, label) for name, part in parts.items()}
            return from_arrow(pa.table(list(columns.values()), names=list(columns)), label)
    except (OSError, RuntimeError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{label}: cannot be read: {first_line(error)}") from None


def opened(path: Path, label: str) -> Any:
    """Open the file itself; what cannot be read of its tables is another matter."""
    import h5py

    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ArchivitError(f"{label}: is HDF5 that is damaged or cut short: {first_line(error)}") from None


def tables(file: Any) -> dict[str, dict[str, Any]]:
    """Find the groups whose datasets are columns of equal length, and the datasets that are records."""
    import h5py

    found: dict[str, dict[str, Any]] = {}

    def visit(group: Any, path: str, depth: int) -> None:
        # Links are not followed: they may lead out of the file, as data that is kept elsewhere does.
        parts = {key: group.get(key) for key in group if isinstance(group.get(key, getlink=True), h5py.HardLink)}
        columns = {key: part for key, part in parts.items() if isinstance(part, h5py.Dataset) and is_inside(part)}
        for key, part in list(columns.items()):
            if part.dtype.names and part.ndim == 1:
                found[f"{path}{key}"] = {name: part.fields(name) for name in part.dtype.names}
                del columns[key]
        flat = all(part.ndim == 1 for part in columns.values())
        if len(columns) > 1 and flat and len({len(part) for part in columns.values()}) == 1:
            found[path] = columns
        for key, part in parts.items():
            if isinstance(part, h5py.Group) and depth < 8:
                visit(part, f"{path}{key}/", depth + 1)

    visit(file, "/", 0)
    return found


def is_inside(part: Any) -> bool:
    """Say whether a dataset's values stand in the file itself, and not in others that it names."""
    return not part.external and not part.is_virtual


def type_of(part: Any) -> np.dtype[Any]:
    """Give the type of a dataset, or of one field of its records."""
    kind: np.dtype[Any] = part.dtype if hasattr(part, "dtype") else part[:0].dtype
    return kind


def values(part: Any, name: str, label: str) -> Any:
    """Read one column of numbers or texts."""
    import h5py
    import pyarrow as pa

    kind = type_of(part)
    text = h5py.check_string_dtype(kind)
    if kind.kind == "S":
        return pa.array(whole(part[:]), type=pa.binary())
    if kind.hasobject and text is not None:
        return pa.array([one.encode() if isinstance(one, str) else bytes(one) for one in part[:]], type=pa.binary())
    if kind.kind not in "iufb" or kind.shape:
        raise ArchivitError(
            f"{label}: column {short(name)!r}: holds {short(kind)} objects, which are never opened; {HINT}"
        )
    return pa.array(np.ascontiguousarray(part[:]).astype(kind.newbyteorder("="), copy=False))


def whole(cells: Any) -> list[bytes]:
    """Give texts of a fixed width without the zero bytes behind them, and addresses and hashes with theirs.

    NumPy cuts these bytes off. A column holds addresses if half of its cells fill the width of one, and are no texts.
    """
    width, found = cells.dtype.itemsize, cells.tolist()
    some = list(islice(filter(None, found), SAMPLE)) if width in (20, 32) else []
    if some and 2 * sum(len(cell) == width and not is_text(cell) for cell in some) >= len(some):
        return [cell.ljust(width, b"\0") for cell in found]
    return list(found)


def is_text(cell: bytes) -> bool:
    """Say whether bytes are letters in UTF-8, as `columnar.text_of_bytes` does in SQL."""
    try:
        return not any(letter < " " or letter == "\x7f" for letter in cell.decode())
    except UnicodeDecodeError:
        return False
