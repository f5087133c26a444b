"""Accounts and tokens as users of models name them: a text is a name, a whole number is a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..arguments import found
from ..errors import ArchivitError
from ..graph.rows import Rows, as_array, check_names, rows_of


def named_rows(given: Any, names: pd.Index, what: str) -> Rows:
    """Rows of accounts or tokens; 7 is a row even where names are written in digits, as those of punks are.

    Raises
    ------
    ArchivitError
        A name or a row is not there.
    """
    try:
        line = np.atleast_1d(as_array(given))
    except ValueError:
        raise ArchivitError(f"{what}s must be names or rows, found lists of unequal lengths") from None
    if line.ndim != 1:
        raise ArchivitError(f"{what}s must be a list of names or rows, found {line.ndim} dimensions")
    if line.dtype.kind not in "iu":
        return rows_of(line, names, what) if len(line) else np.empty(0, np.intp)
    outside = line[(line < 0) | (line >= len(names))]
    if len(outside) and not len(names):
        raise ArchivitError(f"there are no {what}s in the record; found row {outside[0]}")
    if len(outside):
        raise ArchivitError(f"{what} row {outside[0]} is outside 0..{len(names) - 1}")
    return line.astype(np.intp)


def named_row(given: Any, names: pd.Index, what: str) -> int:
    """Row of one account or token."""
    if isinstance(given, (bool, np.bool_)):  # a list of them is a mask
        check_names(np.array([bool(given)], object), f"{what}s must be names, or rows as whole numbers")
    chosen = named_rows([given] if isinstance(given, str) else given, names, what)
    if len(chosen) != 1:
        raise ArchivitError(f"expected one {what}, by its name or row; found {found(given)}")
    return int(chosen[0])
