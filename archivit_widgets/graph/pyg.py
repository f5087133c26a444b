"""The graph in the three types of PyTorch Geometric: measured edges, transfers in time, accounts and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import found
from ..errors import ArchivitError
from . import export
from .columns import I64, Columns

if TYPE_CHECKING:
    from torch import Tensor
    from torch_geometric.data import Data, HeteroData, TemporalData

    from .transfers import TransferGraph

MESSAGE = ("value", "known")
DEAL = ("transfers", "volume", "last_time")


def to_pyg(graph: TransferGraph, kind: str = "edges") -> Data | TemporalData | HeteroData:
    """Give the graph as ``edges``, in ``temporal`` order, or as ``hetero`` of accounts and tokens.

    Raises
    ------
    ArchivitError
        There is no such kind.
    """
    makers = {"edges": export.to_pyg, "temporal": temporal, "hetero": hetero}
    if not isinstance(kind, str) or kind not in makers:
        raise ArchivitError(f"kind must be one of {', '.join(makers)}; found {found(kind)}")
    return makers[kind](graph)


def temporal(graph: TransferGraph) -> TemporalData:
    """Give the transfers with two known parties, in order of time.

    Returns
    -------
    TemporalData
        ``src`` and ``dst`` (n,) int64 rows of ``graph.accounts``; ``t`` (n,) int64 seconds; ``msg`` (n, 2) float32:
        value (0 where unknown) and whether it is known; ``token`` (n,) int64 row of ``graph.tokens``, -1 where none;
        ``transfer`` (n,) int64 row of ``graph.transfers``. Mints, burns and unknown buyers are left out.
    """
    both = between_known(graph.record)
    return events(graph.record.take(both), both)


def between_known(record: Columns) -> I64:
    """Rows of the transfers with two known parties."""
    return np.flatnonzero((record.source >= 0) & (record.target >= 0))


def events(record: Columns, transfer: I64) -> TemporalData:
    """Give transfers as `temporal` does; ``transfer`` (n,) are their rows in the whole record."""
    from torch_geometric.data import TemporalData

    known = ~np.isnan(record.value)
    return TemporalData(
        src=_tensor(record.source, np.int64),
        dst=_tensor(record.target, np.int64),
        t=_tensor(record.time, np.int64),
        msg=_tensor(np.column_stack([np.where(known, record.value, 0.0), known]), np.float32),
        token=_tensor(record.token, np.int64),
        transfer=_tensor(transfer, np.int64),
    )


def hetero(graph: TransferGraph) -> HeteroData:
    """Give accounts and tokens as two types of nodes.

    Returns
    -------
    HeteroData
        ``account`` with ``x`` as in ``Data``; ``token`` with ``x`` (transfers, volume). Edges with ``edge_index``, and
        but for the last ``edge_attr`` and ``edge_attr_names``:

        - ``account, transferred, account``: the rows of ``graph.edges``, as in ``Data``;
        - ``account, gave, token`` and ``account, received, token``: one for each pair, with transfers and volume, and
          ``last_time`` (seconds, int64); mints, burns and unknown buyers count for the known party;
        - ``account, holds, token``: the last known owner of each token whose last transfer names one.
    """
    from torch_geometric.data import HeteroData

    data, edges, record = HeteroData(), export.to_pyg(graph), graph.record
    data["account"].x, data["account"].x_names = edges.x, edges.x_names
    data["token"].x = _tensor(graph.tokens[["transfers", "volume"]], np.float32)
    data["token"].x_names = ["transfers", "volume"]
    between = data["account", "transferred", "account"]
    for name in ("edge_index", "edge_attr", "edge_attr_names", "first_time", "last_time"):
        setattr(between, name, edges[name])
    for name, party in (("gave", record.source), ("received", record.target)):
        one = data["account", name, "token"]
        one.edge_index, one.edge_attr, one.last_time = _deals(party, record)
        one.edge_attr_names = list(DEAL[:2])
    data["account", "holds", "token"].edge_index = _holders(record)
    return data


def _deals(party: Any, record: Columns) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of account and token, in that order, with transfers and volume of each, and the last time."""
    rows = np.flatnonzero((party >= 0) & (record.token >= 0))
    key = party[rows].astype(np.int64) * max(record.tokens, 1) + record.token[rows]
    pair, of = np.unique(key, return_inverse=True)
    last = np.zeros(len(pair), np.int64)
    last[of] = record.time[rows]  # the last writer wins
    volume = np.bincount(of, np.nan_to_num(record.value[rows]), len(pair))
    about = np.column_stack([np.bincount(of, minlength=len(pair)), volume])
    ends = np.stack(np.divmod(pair, max(record.tokens, 1)))
    return _tensor(ends, np.int64), _tensor(about, np.float32), _tensor(last, np.int64)


def _holders(record: Columns) -> Tensor:
    """(2, h) accounts and the tokens that they hold at the end, in order of tokens."""
    owner = np.full(record.tokens, -1, np.int64)
    named = record.token >= 0
    owner[record.token[named]] = record.target[named]  # the last writer wins; a burn leaves nobody
    token = np.flatnonzero(owner >= 0)
    return _tensor(np.stack([owner[token], token]), np.int64)


def _tensor(values: Any, dtype: Any) -> Tensor:
    import torch

    return torch.from_numpy(np.array(values, dtype))  # a copy: torch refuses arrays that may not be written
