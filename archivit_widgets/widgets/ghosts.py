"""Ghost arteries: pairs of accounts that no transfer joins yet, such as a model thinks likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import of_kind, short
from ..errors import ArchivitError
from ..graph.rows import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph

    Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


#: What the legend says of them.
LEGEND = {
    "channel": "ghost",
    "title": "likely new",
    "unit": "",
    "scale": "dashes",
    "ticks": [],
    "unknown": False,
    "note": "not in the record",
}


def read_ghosts(graph: TransferGraph, table: Any) -> Pairs:
    """Find the pairs of accounts that the lines of a table name.

    Parameters
    ----------
    graph
        What is shown.
    table
        Columns ``source`` and ``target``: names of accounts, or rows of ``graph.accounts``. Where names are numbers,
        numbers are names. None: no pairs.

    Returns
    -------
    (k,) rows of ``graph.accounts`` each, in the order of lines.

    Raises
    ------
    ArchivitError
        If a column or an account is not there, or a pair is an edge of the graph already, or there twice.
    """
    if table is None:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    of_kind("ghosts", table, pd.DataFrame, "a table with columns source and target")
    source, target = (_party(graph, table, side) for side in ("source", "target"))
    n = max(1, len(graph.accounts))
    pairs = source.astype(np.int64) * n + target
    ends = [graph.edges[side].cat.codes.to_numpy().astype(np.int64) for side in ("source", "target")]
    _refuse(graph, np.isin(pairs, ends[0] * n + ends[1]), source, target, "is an edge of the graph already")
    first = np.unique(pairs, return_index=True)[1]
    _refuse(graph, ~np.isin(np.arange(len(pairs)), first), source, target, "is there twice")
    return source, target


def _party(graph: TransferGraph, table: pd.DataFrame, side: str) -> NDArray[np.intp]:
    if side not in table:
        raise ArchivitError(f"ghosts must have columns source and target; found {short(', '.join(map(str, table)))}")
    values = table[side]
    # Of a column that holds nothing, pandas does not know what it would hold.
    given = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) or not len(values) else values
    try:
        return rows_of(given.to_numpy(), graph.account_type.categories, "account")
    except ArchivitError as error:
        raise ArchivitError(f"ghosts, column {side}: {error}") from None


def _refuse(
    graph: TransferGraph, bad: NDArray[np.bool_], source: NDArray[np.intp], target: NDArray[np.intp], why: str
) -> None:
    if bad.any():
        line = int(np.argmax(bad))
        one, other = (short(graph.account_type.categories[rows[line]]) for rows in (source, target))
        raise ArchivitError(f"ghosts: line {line} ({one} to {other}) {why}; drop it")
