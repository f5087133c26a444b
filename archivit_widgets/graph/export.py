"""The graph in the types of other libraries, each imported only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import networkx
    from torch_geometric.data import Data

    from .transfers import TransferGraph

FEATURES = ("transaction_count", "volume", "avg_value", "recency", "hold_time", "flow", "pressure")
ACCOUNT_FEATURES = ("transfers_out", "transfers_in", "volume_out", "volume_in")


def to_pandas(graph: TransferGraph) -> pd.DataFrame:
    """Copy the edges into a table that nobody else holds; ``source`` and ``target`` are plain names."""
    edges = graph.edges.copy(deep=True)
    for end in ("source", "target"):
        edges[end] = edges[end].astype(graph.account_type.categories.dtype)
    return edges


def to_networkx(graph: TransferGraph) -> networkx.DiGraph:
    """Nodes are the accounts by name, with the columns of ``graph.accounts``; edges carry those of ``graph.edges``.

    What an account does not have, such as a first time where it has no transfer, is left out: files of graphs know no
    None.
    """
    import networkx

    made: networkx.DiGraph = networkx.DiGraph(**({"currency": graph.currency} if graph.currency else {}))
    accounts = graph.accounts.set_index("account").astype(object)
    known = accounts.notna().to_numpy()
    for account, cells, there in zip(accounts.index, accounts.to_numpy(), known, strict=True):
        made.add_node(account, **dict(zip(accounts.columns[there], cells[there], strict=True)))
    edges = to_pandas(graph)
    columns = edges.columns[2:]
    for source, target, *values in edges.itertuples(index=False, name=None):
        made.add_edge(source, target, **dict(zip(columns, values, strict=True)))
    return made


def to_pyg(graph: TransferGraph) -> Data:
    """Give the graph to PyTorch Geometric.

    Returns
    -------
    Data
        ``edge_index`` (2, m) int64 in the order of ``graph.edges``; ``edge_attr`` (m, 7) float32 with the columns that
        ``edge_attr_names`` lists (NaN where unknown); ``first_time`` and ``last_time`` (m,) int64 seconds, which a
        float32 could not hold; ``x`` (n, 4) float32 with ``x_names``; ``num_nodes``.
    """
    import torch
    from torch_geometric.data import Data

    def tensor(values: Any, dtype: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(values, dtype))  # a copy: torch refuses arrays that may not be written

    edges, accounts = graph.edges, graph.accounts
    return Data(
        x=tensor(accounts[list(ACCOUNT_FEATURES)], np.float32),
        edge_index=tensor([graph.groups.source, graph.groups.target], np.int64),
        edge_attr=tensor(edges[list(FEATURES)], np.float32),
        first_time=tensor(edges["first_time"], np.int64),
        last_time=tensor(edges["last_time"], np.int64),
        x_names=list(ACCOUNT_FEATURES),
        edge_attr_names=list(FEATURES),
        num_nodes=graph.record.accounts,
    )
