"""The record as plain arrays: what every measurement of a graph reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import of_kind
from ..errors import ArchivitError

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
COPIES_ON_WRITING = int(pd.__version__.partition(".")[0]) >= 3
Array = TypeVar("Array", bound=NDArray[np.generic])


@dataclass(frozen=True)
class Columns:
    """Transfers in order of (time, row in the file).

    Attributes
    ----------
    source, target, token
        (n,) int32: rows of accounts and tokens; -1 where unknown or none.
    time
        (n,) int64, seconds since 1970-01-01 UTC, ascending.
    value
        (n,) float64, NaN where unknown.
    accounts, tokens
        How many rows the accounts and the tokens have.
    """

    source: I32
    target: I32
    token: I32
    time: I64
    value: F64
    accounts: int
    tokens: int

    def __len__(self) -> int:
        """Count the transfers."""
        return len(self.time)

    @property
    def present(self) -> NDArray[np.bool_]:
        """(accounts,) which of them take part in a transfer; in a window of a record not all do."""
        found = np.zeros(self.accounts + 1, bool)  # one more, for -1: an unknown party
        found[self.source] = found[self.target] = True
        return found[:-1]

    def take(self, rows: NDArray[np.intp]) -> Columns:
        """Choose some transfers, in order."""
        return Columns(
            source=self.source[rows],
            target=self.target[rows],
            token=self.token[rows],
            time=self.time[rows],
            value=self.value[rows],
            accounts=self.accounts,
            tokens=self.tokens,
        )


def columns(table: pd.DataFrame) -> Columns:
    """Read the arrays out of a table of transfers, without a copy where the types allow it.

    Raises
    ------
    ArchivitError
        The table is not in order of time, or source and target do not share their accounts.
    """
    source, target, token = table["source"], table["target"], table["token"]
    # Not by their types: to pandas the order of categories makes no difference, but codes are rows.
    if not source.cat.categories.equals(target.cat.categories):
        raise ArchivitError("source and target must be categoricals that share one list of accounts")
    time = frozen(table["time"].to_numpy(np.int64))
    if (time[1:] < time[:-1]).any():
        raise ArchivitError("transfers must be in order of time")
    return Columns(
        source=_codes(source),
        target=_codes(target),
        token=_codes(token),
        time=time,
        value=frozen(table["value"].to_numpy(np.float64)),
        accounts=len(source.cat.categories),
        tokens=len(token.cat.categories),
    )


def _codes(column: pd.Series) -> I32:
    """Codes of a categorical as int32; pandas keeps them in the smallest type that fits."""
    codes: I32 = column.cat.codes.to_numpy().astype(np.int32, copy=False)
    return frozen(codes)


def frozen(array: Array) -> Array:
    """Return a view that nobody can write into; the array itself stays as it was."""
    view = array.view()
    view.flags.writeable = False
    return view


def view(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table into which its reader may write without changing ours; before pandas 3 that takes a copy."""
    return table.copy(deep=not COPIES_ON_WRITING)


def check_graph(graph: Any) -> None:
    """Refuse what is no graph."""
    from .transfers import TransferGraph  # it imports this module

    of_kind("graph", graph, TransferGraph, "a TransferGraph (see read_transfers)")
