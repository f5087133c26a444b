"""Wash trades: transfers by which accounts that belong together make a work look wanted.

    table = detect(graph, funding=None)          # one row per transfer: score, pattern, group, evidence, net
    alerts = WashDetector().alerts(graph)        # each raised by the transfer that closed it
    print(explain(graph, alerts[0]))             # one sentence
    Arteries(graph, alert=edge_scores(graph, table["score"]))

An alert is evidence to look at, not proof of fraud: a record of transfers does not say who stands behind an account.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ...graph.transfers import TransferGraph
from .alerts import Alert
from .detector import PRIOR, WashDetector
from .names import PATTERNS
from .stream import Stream
from .words import explain

__all__ = [
    "PATTERNS",
    "PRIOR",
    "Alert",
    "Stream",
    "WashDetector",
    "as_json",
    "detect",
    "edge_scores",
    "explain",
    "listed",
]


def detect(graph: TransferGraph, funding: pd.DataFrame | None = None) -> pd.DataFrame:
    """Score every transfer with the default detector.

    Parameters
    ----------
    graph
        The record.
    funding
        ``funder``, ``account``, ``time`` (int seconds): who paid for whom; of a simulated market, ``graph.funding``.
        Without it gifts between accounts stand in for payments, ``attrs["entities"]`` says so, and nothing is called a
        ``funded_ring``.

    Returns
    -------
    DataFrame aligned with ``graph.transfers``
        ``score``: probability, at a prior of 1 %, that the transfer is a wash trade: the highest of all alerts whose
        evidence it is part of. ``pattern``: what that alert saw (`PATTERNS`). ``group``: number of its ring, -1 none.
        ``evidence``: positions of that alert's transfers in ``graph.transfers``, empty where there is no pattern.
        ``net``: account -> what it was left with in that evidence, received minus paid; None where there is none.
    """
    return WashDetector().score(graph, funding)


def edge_scores(graph: TransferGraph, scores: ArrayLike) -> F64:
    """Give each edge the highest score of its transfers: the ``alert`` channel of `Arteries`.

    Parameters
    ----------
    scores
        (transfers,) such as ``detect(graph)["score"]``.

    Returns
    -------
    (edges,) float64
    """
    check_graph(graph)
    each = np.asarray(scores, np.float64)
    if each.shape != (len(graph),):
        raise ArchivitError(f"scores must be one for each of {len(graph):,} transfers, found {each.shape}")
    edges = np.zeros(len(graph.groups))
    inside = graph.edge_of >= 0
    np.maximum.at(edges, graph.edge_of[inside], each[inside])
    return edges


def listed(graph: TransferGraph, table: pd.DataFrame, threshold: float = 0.5) -> pd.DataFrame:
    """List transfers that score at least `threshold`, with what a reader needs to find them in the file.

    Returns
    -------
    DataFrame
        ``row`` (position in ``graph.transfers``), ``file_row``, ``source target token time value`` as they are there,
        ``score pattern group evidence``.
    """
    kept = np.flatnonzero(table["score"].to_numpy() >= threshold)
    known = graph.transfers[["source", "target", "token", "time", "value"]].iloc[kept].reset_index(drop=True)
    found = table[["score", "pattern", "group", "evidence"]].iloc[kept].reset_index(drop=True)
    known.insert(0, "row", kept)
    known.insert(1, "file_row", graph.rows[kept])
    return pd.concat([known, found], axis=1)


def schema(table: pd.DataFrame) -> Any:
    """Give the types of a listed table in Parquet: evidence is list<int64>, even where there is none."""
    import pyarrow as pa

    found = pa.Schema.from_pandas(table, preserve_index=False)
    place = found.get_field_index("evidence")
    return found.set(place, pa.field("evidence", pa.list_(pa.int64())))


def as_json(evidence: pd.Series) -> pd.Series:
    """Give evidence as texts, each a JSON array."""
    return pd.Series([json.dumps(rows.tolist()) for rows in evidence], evidence.index, object)
