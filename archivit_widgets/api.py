"""Composes the stages: from a file to a graph in one call, or to a picture step by step."""

from __future__ import annotations

from typing import Any

from .graph.transfers import TransferGraph
from .pipeline import Pipeline
from .steps import Clean, Load, Measure, Pack, Place, Simulate


def read_transfers(
    path_or_frame: Any,
    *,
    source: str | None = None,
    target: str | None = None,
    token: str | None = None,
    collection: str | None = None,
    time: str | None = None,
    value: str | None = None,
    kind: str | None = None,
    currency: str | None = None,
    day_first: bool | None = None,
) -> TransferGraph:
    """Read a record of transfers and clean it; ``graph.report`` says what was found.

    Parameters
    ----------
    path_or_frame
        CSV, TSV, JSON, JSONL, Parquet, Feather, Arrow IPC, HDF5 or Excel (text formats also as .gz or .zip), or a
        pandas, Polars or Arrow table.
    source, target, token, collection, time, value, kind
        Names of columns. None: recognised from names and contents. An empty text: the file has no such column.
    currency
        A column that names each row's currency, or the currency whose prices are wanted, such as ``"USD"``.
    day_first
        Whether 3/4/1880 is in April. None: found out from the other dates.

    Returns
    -------
    TransferGraph

    Raises
    ------
    ArchivitError
        In one line: the file cannot be read, or a role is missing or ambiguous, and what to pass then.

    Examples
    --------
    >>> graph = read_transfers("sales.csv")  # doctest: +SKIP
    >>> print(graph.report)  # doctest: +SKIP
    """
    road = default(
        path_or_frame,
        source=source,
        target=target,
        token=token,
        collection=collection,
        time=time,
        value=value,
        kind=kind,
        currency=currency,
        day_first=day_first,
    )
    graph: TransferGraph = road.until("graph")()["graph"]
    return graph


def simulate_market(
    transfers: int = 20_000, seed: int = 0, *, wash: float = 0.02, collections: int | None = None
) -> TransferGraph:
    """Simulate a market of art whose every wash trade is known: the example that needs no file.

    Parameters
    ----------
    transfers
        How many transfers, exactly.
    seed
        The same seed gives the same market, byte for byte.
    wash
        Share of wash trades, about; 0 for an honest market.
    collections
        How many collections, 10,000 at most; by default one for each 2,500 transfers, from 5 to 200.

    Returns
    -------
    TransferGraph
        In ETH. ``graph.truth`` holds its wash trades (``transfer``, the row of ``graph.transfers``, ``ring``,
        ``pattern``), ``graph.funding`` who paid for each account (``funder``, ``account``, ``time``).

    Raises
    ------
    ArchivitError
        A number is out of range.

    Examples
    --------
    >>> graph = simulate_market(1_000, seed=7)
    >>> len(graph.transfers)
    1000
    """
    graph: TransferGraph = Pipeline([Simulate(transfers, seed, wash, collections)])()["graph"]
    return graph


def default(path_or_frame: Any, **roles: Any) -> Pipeline:
    """Give the whole road from a file to what the widget draws, as a pipeline to run or to extend.

    Parameters
    ----------
    path_or_frame, roles
        As in `read_transfers`.

    Returns
    -------
    Pipeline
        Of `Load`, `Clean`, `Measure`, `Place` and `Pack`; called, it gives a dict of ``loaded``, ``graph``, ``edges``,
        ``positions``, ``scene`` and ``channels``.

    Examples
    --------
    >>> road = default("sales.csv").then(MyStep())  # doctest: +SKIP
    >>> road()["scene"]  # doctest: +SKIP
    """
    currency, day_first = roles.pop("currency", None), roles.pop("day_first", None)
    return Pipeline([Load(path_or_frame, roles, currency, day_first), Clean(), Measure(), Place(), Pack()])
