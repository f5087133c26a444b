"""The graph of transfers: who gave what to whom, as tables that align with one another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import counted
from ..sources.records import Transfers
from . import cut, engine, export, flow, pyg, tables
from .columns import F64, I32, I64, Columns, columns, frozen, view
from .groups import Groups, Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx
    from numpy.typing import NDArray
    from torch_geometric.data import Data, HeteroData, TemporalData

    from ..sources.report import Report


class TransferGraph:
    """A record of transfers between accounts.

    Everything is worked out when first asked for, and kept. The tables are views: writing into one changes a copy
    (or is refused), never the graph.

    Parameters
    ----------
    transfers
        What a source has read and cleaned.
    hold, groups, identity
        Of a graph that was cut from a larger one: what is known already of its transfers, edges, accounts and tokens.
    """

    def __init__(
        self,
        transfers: Transfers,
        *,
        hold: F64 | None = None,
        groups: Groups | None = None,
        identity: tables.Identity | None = None,
    ) -> None:
        self._transfers = transfers
        self._hold = hold
        self._groups = groups
        self._identity = identity
        self.record: Columns = columns(transfers.table)

    @property
    def transfers(self) -> pd.DataFrame:
        """The record: ``source target token time value kind`` (+ ``collection``, ``tx``), in order of time."""
        return view(self._transfers.table)

    @property
    def edges(self) -> pd.DataFrame:
        """One row per edge, in order of (source, target), measured by `flow.measure` with its own half-life."""
        return view(self._edges)

    @property
    def accounts(self) -> pd.DataFrame:
        """One row per account: ``account``, transfers and volume out and in, first and last time (NA where none)."""
        return view(self._accounts)

    @property
    def tokens(self) -> pd.DataFrame:
        """One row per token: ``token``, ``transfers``, ``volume``, first and last time (NA where none)."""
        return view(self._tokens)

    @property
    def report(self) -> Report:
        """What was read, kept and dropped, and why; of a window or a subgraph, that of the file it was cut from."""
        return self._transfers.report

    @property
    def currency(self) -> str | None:
        """Unit of every value and volume, or None where the file does not say."""
        return self._transfers.currency

    @property
    def rows(self) -> NDArray[np.int64]:
        """Row of each transfer in its file, (n,) int64, data rows counted from 1."""
        return self._transfers.rows

    @property
    def truth(self) -> pd.DataFrame | None:
        """The planted wash trades of a simulated market: ``transfer`` (row of ``transfers``), ``ring``, ``pattern``."""
        return None if self._transfers.truth is None else view(self._transfers.truth)

    @property
    def funding(self) -> pd.DataFrame | None:
        """Who funded whom in a simulated market: ``funder``, ``account``, ``time``."""
        return None if self._transfers.funding is None else view(self._transfers.funding)

    @cached_property
    def edge_of(self) -> I32:
        """Edge of each transfer, (n,) int32; -1 where a party is unknown and the transfer is no edge."""
        return frozen(self.groups.edge_of(len(self)))

    def times_by_edge(self) -> tuple[NDArray[np.uint32], I64]:
        """Give the times of each edge's transfers.

        Returns
        -------
        (m + 1,) uint32 and (k,) int64
            The times of edge ``e`` are ``times[offsets[e]:offsets[e + 1]]``, ascending.
        """
        return frozen(self.groups.begin), frozen(self.record.time[self.groups.rows])

    def between(self, start: Any = None, end: Any = None) -> TransferGraph:
        """Cut out a window of time.

        Accounts and tokens keep their rows, so layouts still align; edges are those with a transfer inside. How long
        each token had been held is known from the whole record. T of recency and the largest volume of flow are the
        window's.

        Parameters
        ----------
        start, end
            The window [start, end): ISO text, Timestamps or int seconds since 1970 UTC; None is open.

        Raises
        ------
        ArchivitError
            One of them is no moment, or the end lies before the start.
        """
        return cut.between(self, start, end)

    def subgraph(self, accounts: Iterable[Any] | None = None, tokens: Iterable[Any] | None = None) -> TransferGraph:
        """Keep the transfers with both parties in `accounts` and the token in `tokens`.

        Rows are counted anew; ``parent`` in ``.accounts`` and ``.tokens`` says which row of this graph each one was.
        What was asked for stays, even if nothing moved there; where nothing was asked, what still appears stays.

        Parameters
        ----------
        accounts, tokens
            Names (hexadecimal ones without regard to case), rows, or a boolean mask, a pandas one in any order of its
            index, or a table with the names as ``account`` or ``token``; where names are numbers (punk 7804),
            numbers are names. None: all.

        Raises
        ------
        ArchivitError
            A name or a row is not there, or a mask is not one of the accounts or tokens.
        """
        return cut.subgraph(self, accounts, tokens)

    def to_pandas(self) -> pd.DataFrame:
        """Copy the edges into a table of your own, with plain names."""
        return export.to_pandas(self)

    def to_networkx(self) -> networkx.DiGraph:
        """Give a `networkx.DiGraph`: accounts as nodes, edges, and every column as an attribute."""
        return export.to_networkx(self)

    def to_pyg(self, kind: str = "edges") -> Data | TemporalData | HeteroData:
        """Give the graph to PyTorch Geometric; see `pyg` and `export.to_pyg` for the tensors.

        Parameters
        ----------
        kind
            ``edges``: a `Data` of edges with their metrics. ``temporal``: a `TemporalData` of the transfers with two
            known parties. ``hetero``: a `HeteroData` of accounts and tokens.
        """
        return pyg.to_pyg(self, kind)

    @property
    def account_type(self) -> pd.CategoricalDtype:
        """The accounts as a type: the codes of every source and target are rows of ``accounts``."""
        kind = self._transfers.table["source"].dtype
        assert isinstance(kind, pd.CategoricalDtype)
        return kind

    @property
    def source_of(self) -> Transfers:
        """The record that this graph was made from."""
        return self._transfers

    @cached_property
    def identity(self) -> tables.Identity:
        """Names of accounts and tokens, and what else stays the same in every window."""
        return self._identity or tables.identity(self._transfers.table)

    @cached_property
    def groups(self) -> Groups:
        """Which transfers make up which edge, as arrays."""
        return self._groups or engine.of(self.record).group(self.record)

    @cached_property
    def hold(self) -> F64:
        """Seconds for which the source of each transfer had held the token, (n,) float64; NaN where unknown."""
        return engine.of(self.record).holding(self.record) if self._hold is None else self._hold

    @cached_property
    def totals(self) -> Totals:
        """What the transfers of each edge add up to, as arrays."""
        return engine.of(self.record).total(self.record, self.groups, self.hold)

    @cached_property
    def _edges(self) -> pd.DataFrame:
        return flow.edges(self)

    @cached_property
    def _accounts(self) -> pd.DataFrame:
        return tables.accounts(self)

    @cached_property
    def _tokens(self) -> pd.DataFrame:
        return tables.tokens(self)

    def __len__(self) -> int:
        """Count the transfers."""
        return len(self.record)

    def __repr__(self) -> str:
        """Say what the graph holds."""
        unit = f" of {self.currency}" if self.currency else ""
        held = (
            counted(len(self), "transfer") + unit,
            counted(self.record.accounts, "account"),
            counted(len(self.groups), "edge"),
            counted(self.record.tokens, "token"),
        )
        return f"TransferGraph({', '.join(held)})"
