"""Wash trades: transfers by which accounts that belong together make a work look wanted.

    table = detect(graph, funding=None)          # one row per transfer: score, pattern, group, evidence, net
    alerts = WashDetector().alerts(graph)        # each raised by the transfer that closed it
    print(explain(graph, alerts[0]))             # one sentence
    Arteries(graph, alert=edge_scores(graph, table["score"]))

An alert is evidence to look at, not proof of fraud: a record of transfers does not say who stands behind an account.

Model card
----------
What. Log-odds that add up over three channels (`channels`): the structure of the walk or round that a transfer closes
(`walks`, `structure`, `rounds`), the behaviour of its parties (`behaviour`), and who paid for them; boosted trees of
plain arrays, calibrated to a prior of 1 %. Each transfer scores what the worst evidence does that it is part of.

Data. Forty simulated honest markets (seed 0), bent as real records are: prices unknown, days for seconds, sales only,
few busy accounts, other tempi; rings of nine typologies and five kinds of honest look-alikes put in; as many again to
calibrate. Open chains and rounds weigh 0.3 of other rings, look-alikes ten times other honest trade (`fitting`); before
that 0.975 of MoonCats' closed patterns were found, 0.806 of its slow chains. No real market was fitted to, but those
two weights were chosen by the table below. `WashDetector.fit(hosts)` fits to markets of your own.

Measured by ``python -m tests.benchmarks.models_wash``, on rings planted into markets that were not fitted to, with a
threshold that flags 0.2 % of honest transfers (protocol: `evaluate.wash`), two shared cores:

=====================================  =================  ===========  ========  =========
..                                     simulated, seed 3  CryptoPunks  MoonCats  aim
=====================================  =================  ===========  ========  =========
certain cases found                    1.000              1.000        1.000     0.99
closed patterns found                  0.995              0.991        0.989     0.98
fresh chains within an hour            1.000              1.000        0.956     0.90
fresh chains over days                 1.000              0.978        0.935     0.30
rotation of several works              0.905              0.797        0.281     none
market maker flagged (score 0.5)       0.0005             0.0004       0.0006    <= 0.001
lending, gift flagged, the worse       0.0007             0.0000       0.0000    <= 0.001
escrow, custodial flagged, the worse   0.0000             0.0000       0.0006    <= 0.001
rewired, shuffled flagged, the worse   0.0000             0.0001       0.0031    <= 0.005
calibration error at 1 %               0.0003             0.0002       0.0024    none
share of the market as it is, flagged  0.02 %             0.08 %       0.96 %    none
=====================================  =================  ===========  ========  =========

What is put in is drawn sixty times (4,700 to 14,600 transfers each), for of the 1,200 of ten draws one alert is 0.17 %
already: so many were flagged of the first ten escrows and custodians on MoonCats, rounds through the contract that
wraps the cats, no price known; of fifty more escrows none, of fifty more custodians one alert.

All typologies together, five times four rings of each: PR-AUC 0.997, 0.996, 0.976 on the three markets; rules by hand
over the same walks 0.960, 0.959, 0.898; circles (SCC) 0.698, 0.716, 0.736; isolation forest 0.588, 0.689, 0.722; Dune
f1-f4 0.300, 0.551, 0.593; volume matching 0.083, 0.107, 0.069; MIDAS-R 0.060, 0.028, 0.014. Where rivals are better:
ping-pong, of which circles find all on CryptoPunks and MoonCats (0.904 and 0.917 here), as every closed walk is one to
them. Median delay of the first alert: 2 of the ring's transfers, on MoonCats 3. Rings of the simulated market itself,
which others wrote: PR-AUC 0.939, 0.948 for who knows who paid.

Fitted without one typology, the share of its recall that is left (aim 0.80): on the simulated market 1.00 for all but
fresh laps (0.97) and ping-pong (0.95), on CryptoPunks 0.99 and more. Circles stand in for round trips and rounds that
fitting was not shown (`unseen`). A detector of seed 1 found 0.986 of MoonCats' closed patterns, and flagged 0.0011 of
its market maker.

AMLSim (`evaluate.payments`), the same features fitted on one ledger and judged on the other: account AUC 0.896 and
0.895 (goal 0.95, not reached), PR-AUC 0.755 and 0.776; by degree 0.759 and 0.792, PR-AUC 0.158 and 0.183. Speed: all
features of 138,000 transfers in a second of one core's time, scores of 102,000, a stream in batches of 1,000 85,000,
one by one 770, as each is a table of its own.

Limits. Rings of one lap among busy accounts, rounds of works at unlike prices and chains through old accounts are often
missed. Where few prices are known (MoonCats) chance rounds and honest circles are told apart badly. A vault with few
customers looks like a ring. Who spreads a ring over months, or over more than 64 hops or five accounts of a round,
stays unseen. Roundness of prices speaks: CryptoPunks told in another currency (times 1733.27, rounded) loses 2 of its 8
flags, without its sales to unknown buyers it gets 2 more. Within one second the order of rows decides what walks do
not: MoonCats read backwards moves 10 rows, 2 of them over or under 0.5. Planted rings are what we could think of: what
they do not look like is not measured.

Not for: accusing anybody; deciding without a person about accounts, prices or payments; records of natural persons.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...arguments import counted, number, of_kind
from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ...graph.rows import in_order, once
from ...graph.transfers import TransferGraph
from .alerts import Alert
from .detector import WashDetector
from .names import PATTERNS, PRIOR
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
        evidence it is part of. ``pattern``: what that alert saw (`PATTERNS`). ``group``: number of its ring, -1 none,
        the same as in `Alert.group`, with gaps: evidence that shares a transfer, or has the same accounts, is one ring.
        (Chains of several works that only begin with the same account are as many rings.) ``evidence``: positions of
        that alert's transfers in ``graph.transfers``, empty where there is no pattern. ``net``: account -> what it was
        left with in that evidence, received minus paid, NaN where one of its prices is unknown; None where there is
        none.
    """
    return WashDetector().score(graph, funding)


def edge_scores(graph: TransferGraph, scores: ArrayLike) -> F64:
    """Give each edge the highest score of its transfers: the ``alert`` channel of `Arteries`.

    Parameters
    ----------
    scores
        (transfers,) such as ``detect(graph)["score"]``; of a pandas column the index says which transfer each is.

    Returns
    -------
    (edges,) float64
    """
    check_graph(graph)
    each = _scores(graph, scores)
    edges = np.zeros(len(graph.groups))
    inside = graph.edge_of >= 0
    np.maximum.at(edges, graph.edge_of[inside], each[inside])
    return edges


def listed(graph: TransferGraph, table: pd.DataFrame, threshold: float = 0.5) -> pd.DataFrame:
    """List transfers that score at least `threshold`, with what a reader needs to find them in the file.

    Parameters
    ----------
    table
        What `detect` gave, sorted or not: its index says which transfer each line is about.

    Returns
    -------
    DataFrame
        ``row`` (position in ``graph.transfers``), ``file_row``, ``source target token time value`` as they are there,
        ``score pattern group evidence``.

    Raises
    ------
    ArchivitError
        The table is not of this record, or the threshold is not from 0 to 1.
    """
    check_graph(graph)
    threshold = number("threshold", threshold, 0, 1)
    of_kind("table", table, pd.DataFrame, "what detect gave")
    shown = ["score", "pattern", "group", "evidence"]
    missing = [name for name in shown if name not in table]
    if missing:
        raise ArchivitError(f"table has no column {missing[0]}; expected what detect gave")
    if len(table) != len(graph):
        raise ArchivitError(f"table is about {counted(len(table), 'transfer')}, the record has {len(graph):,}")
    once(table, shown)
    lines = in_order(pd.Series(np.arange(len(graph)), table.index), "table", len(graph), "transfers")
    kept = np.flatnonzero(_scores(graph, table["score"]) >= threshold)
    known = graph.transfers[["source", "target", "token", "time", "value"]].iloc[kept].reset_index(drop=True)
    found = table[shown].iloc[lines[kept]].reset_index(drop=True)
    known.insert(0, "row", kept)
    known.insert(1, "file_row", graph.rows[kept])
    return pd.concat([known, found], axis=1)


def _scores(graph: TransferGraph, given: Any) -> F64:
    """Check scores, one for each transfer, and give them in the order of the record."""
    each = in_order(given, "scores", len(graph), "transfers")
    if each.shape != (len(graph),) or each.dtype.kind not in "fiub":
        raise ArchivitError(
            f"scores must be one for each of {counted(len(graph), 'transfer')}, found {each.dtype} {each.shape}"
        )
    if not np.isfinite(each).all():
        raise ArchivitError(f"scores must be finite, found {each[~np.isfinite(each)][0]}")
    return each


def schema(table: pd.DataFrame) -> Any:
    """Give the types of a listed table in Parquet: evidence is list<int64>, even where there is none."""
    import pyarrow as pa

    found = pa.Schema.from_pandas(table, preserve_index=False)
    place = found.get_field_index("evidence")
    return found.set(place, pa.field("evidence", pa.list_(pa.int64())))


def as_json(evidence: pd.Series) -> pd.Series:
    """Give evidence as texts, each a JSON array."""
    return pd.Series([json.dumps(rows.tolist()) for rows in evidence], evidence.index, object)
