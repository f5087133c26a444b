"""What a user names or gives for the rows of a table, in the table's own order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import counted, found, short
from ..errors import ArchivitError

Rows = NDArray[np.intp]
HEX = re.compile("0x[0-9a-f]+", re.IGNORECASE)


def as_array(values: Any) -> NDArray[Any]:
    """Make a NumPy array of anything array-like; a torch tensor may need gradients or live on a GPU."""
    if hasattr(values, "detach"):
        try:
            values = values.detach().cpu()
            values = (values.float() if values.is_floating_point() else values).numpy()
        except (TypeError, RuntimeError) as error:  # sparse, meta, quantized: torch says why, and what to do
            raise ArchivitError(f"a tensor that is no plain array: {short(error, 90)}") from None
    elif hasattr(values, "to_numpy"):
        values = values.to_numpy()
    return np.asarray(values)


def in_order(values: Any, name: str, n: int, table: str = "edges") -> NDArray[Any]:
    """Make an array in the order of a graph's table; a pandas column is brought into it by its index.

    Raises
    ------
    ArchivitError
        The index is not that of the table.
    """
    if isinstance(values, pd.Series) and len(values) == n:
        index = values.index.to_numpy()
        if index.dtype.kind not in "iu" or not np.array_equal(np.sort(index), np.arange(n)):
            raise ArchivitError(
                f"the index of {name} is not that of graph.{table}, 0 to {n - 1:,}, but begins with "
                f"{short(repr(values.index.tolist()[0]), 60)}; if its order is that of the {table}, use "
                ".reset_index(drop=True)"
            )
        values = values.sort_index()
    try:
        return as_array(values)
    except ArchivitError as error:
        raise ArchivitError(f"{name}: {error}") from None
    except ValueError as error:  # lists of unequal lengths
        raise ArchivitError(f"{name} holds no numbers: {short(error, 60)}") from None


def once(table: pd.DataFrame, names: Sequence[str], what: str = "the table") -> None:
    """Refuse a table in which one of these columns stands twice."""
    twice = [name for name in names if (table.columns == name).sum() > 1]
    if twice:
        raise ArchivitError(f"column {twice[0]!r} stands more than once in {what}; keep one of them")


def as_mask(given: Any, n: int, table: str) -> NDArray[np.bool_] | None:
    """Read a boolean mask of the rows of a graph's table; what is NA is not chosen. None for anything else.

    Raises
    ------
    ArchivitError
        The mask has a wrong length, or its index is not that of the table.
    """
    array = as_array(given)
    if array.ndim != 1 or array.dtype.kind not in "bO" or pd.api.types.infer_dtype(array, skipna=True) != "boolean":
        return None
    if len(array) != n:
        raise ArchivitError(f"the mask has {counted(len(array), 'value')}, but the graph has {n:,} {table}")
    mask = in_order(given, "the mask", n, table)
    return np.where(pd.isna(mask), False, mask).astype(bool)


def listed(given: Any, n: int, what: str) -> pd.Series | NDArray[Any]:
    """Lay out a choice of rows, names or a mask as one line; one name or row is a line of one, a slice is its rows.

    Raises
    ------
    ArchivitError
        It is a dict, or nested.
    """
    if isinstance(given, pd.Series):
        return given
    if isinstance(given, slice):
        given = range(n)[given]
    expected = f"{what}s must be a list of names or rows, or a mask; found"
    if isinstance(given, Mapping):
        raise ArchivitError(f"{expected} {found(given)}")
    if isinstance(given, Iterable) and not hasattr(given, "__array__") and not isinstance(given, str | bytes):
        given = list(given)
    try:
        line = np.atleast_1d(as_array(given))
    except ArchivitError:
        raise
    except ValueError:
        raise ArchivitError(f"{expected} lists of unequal lengths") from None
    if line.ndim != 1:
        raise ArchivitError(f"{expected} {line.ndim} dimensions")
    return line


def rows_of(given: Any, names: pd.Index, what: str) -> Rows:
    """Rows of a choice: a table that names them in a column, a boolean mask, names, or rows.

    Where names are numbers, numbers are names. The index of a table says nothing: it may be that of another graph.
    """
    if isinstance(given, pd.DataFrame):
        rows = named_in(given, what, names, what)
        return rows[rows >= 0]
    given = listed(given, len(names), what)
    mask = as_mask(given, len(names), f"{what}s")
    if mask is not None:
        return np.flatnonzero(mask)
    choice = as_array(given)
    if choice.dtype.kind in "iu" and not all(str(name).isdigit() for name in names[:100]):
        bad = choice[(choice < 0) | (choice >= len(names))]
        if len(bad):
            raise ArchivitError(f"{what} row {bad[0]} is outside 0..{len(names) - 1}")
        return choice.astype(np.intp)
    return _named(choice, names, what)


def named_in(table: pd.DataFrame, column: str, names: pd.Index, what: str) -> Rows:
    """Row of the name in each line of a table; -1 where it is NA.

    Raises
    ------
    ArchivitError
        The table has no such column, or a name is not there.
    """
    if column not in table:
        parties = ": of a table of edges pass one column, source or target" if "source" in table else ""
        raise ArchivitError(f"a table must have a column {column}; found {short(', '.join(map(str, table)))}{parties}")
    codes, different = pd.factorize(table[column])
    return np.append(_named(np.asarray(different), names, what), -1)[codes]


def _named(choice: NDArray[Any], names: pd.Index, what: str) -> Rows:
    """Rows of names; hexadecimal ones are found without regard to case, as they are in a file."""
    if choice.dtype.kind in "iu":
        choice = choice.astype(object if pd.api.types.is_numeric_dtype(names.dtype) else str)
    try:
        rows = names.get_indexer(pd.Index(choice)) if len(choice) else np.empty(0, np.intp)
    except TypeError:  # a set among them, or what else is never equal to a name
        rows = np.full(len(choice), -1)
    missed = np.flatnonzero(rows < 0)
    check_names(choice[missed], f"{what}s must be names, or rows as whole numbers")
    if any(_is_hex(name) for name in choice[missed]):
        known = {folded(name): row for row, name in enumerate(names) if _is_hex(name)}
        rows[missed] = [known.get(folded(name), -1) for name in choice[missed]]
    if (rows < 0).any():
        raise ArchivitError(f"no {what} is called {short(repr(str(choice[rows < 0][0])), 60)}")
    return rows


def check_names(choice: NDArray[Any], expected: str) -> None:
    """Refuse what is neither a text nor a whole number: it names nothing."""
    for one in choice:
        if not isinstance(one, str | int | np.integer) or isinstance(one, bool):
            raise ArchivitError(f"{expected}; found {found(one)}")


def folded(name: Any) -> Any:
    """Write a name as names are compared: hexadecimal ones without regard to case."""
    return name.lower() if _is_hex(name) else name


def _is_hex(name: Any) -> bool:
    return isinstance(name, str) and HEX.fullmatch(name) is not None
