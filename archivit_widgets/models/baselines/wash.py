"""What a detector of wash trades must beat: rules in use, circles without time, volume matching, two anomaly scores.

Each takes a graph (and who paid for whom) and gives (n,) scores of its transfers, higher for more suspicious. The rules
and the circles look at the whole record, future included: an advantage that the detector does not have.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.ensemble import IsolationForest

from ...graph.columns import F64, I64
from ...graph.compiled import compiled
from ...graph.transfers import TransferGraph
from ..wash.watch import Watch, funding_codes

HOUR, DAY, WEEK = 3_600, 86_400, 7 * 86_400
MARGIN = 0.01  # of the mean trade: what a net position may be, Victor and Weintraud 2021
Funding = pd.DataFrame | None
Rival = Callable[[TransferGraph, Funding], F64]


def dune(graph: TransferGraph, funding: Funding = None) -> F64:
    """Count which of Dune's rules f1-f4 fire (duneanalytics/spellbook, ``nft_wash_trades.sql``).

    f1: buyer is seller. f2: the same token went the other way between the two, at any time. f3: the buyer bought the
    token three times or more, or the seller sold it so often. f4: one payer first paid for both, or one for the other.
    """
    table = _named(graph)
    key, back = ["source", "target", "token"], ["target", "source", "token"]
    pairs = pd.MultiIndex.from_frame(table[key])
    traded = table["token"] >= 0
    f1 = table["source"] == table["target"]
    f2 = pd.MultiIndex.from_frame(table[back]).isin(pairs) & ~f1
    often = [table.groupby([side, "token"])["time"].transform("size") >= 3 for side in ("source", "target")]
    score = f1.astype(float) + (f2 & traded) + ((often[0] | often[1]) & traded)
    if funding is not None:
        payer = _first_payer(graph, funding)
        s, t = payer[table["source"]], payer[table["target"]]
        f4 = ((s == t) & (s >= 0)) | (s == table["target"]) | (t == table["source"])
        score += f4
    return _known(graph, np.asarray(score, np.float64))


def circles(graph: TransferGraph, funding: Funding = None) -> F64:
    """Count the transfers of the strongly connected part of its token's graph in which a transfer lies, 0 for none.

    Closed cycles after von Wachter et al. 2022 (arXiv 2202.03866) and La Morgia et al. 2022 (arXiv 2212.01225).
    """
    table = _named(graph)
    part = _parts(table["source"], table["target"], table["token"])
    inside = (part >= 0) & (table["token"].to_numpy() >= 0)
    size = pd.Series(part[inside]).map(pd.Series(part[inside]).value_counts())
    score = np.zeros(len(table))
    score[inside] = size
    return _known(graph, score)


def volume_match(graph: TransferGraph, funding: Funding = None) -> F64:
    """Count the windows of an hour, a day and a week in which a transfer is part of trade that leaves nobody richer.

    After Victor and Weintraud 2021 (arXiv 2102.07001), per token: trades within a strongly connected part are taken
    away from the end until every member's net position is within 1 % of the mean trade; what remains is wash. Self
    trades count for all windows. Parts need not recur a hundred times as there: works of art seldom trade so often.
    """
    table = _named(graph)
    table["row"] = np.arange(len(table))
    own = (table["source"] == table["target"]).to_numpy()
    score = np.where(own, 3.0, 0.0)
    traded = table[
        ~own & (table["value"] > 0) & (table["token"] >= 0) & (table["source"] >= 0) & (table["target"] >= 0)
    ]
    for window in (HOUR, DAY, WEEK):
        groups = traded.assign(window=traded["time"] // window).groupby(["token", "window"], sort=False)
        for rows in (rows for _, rows in groups if len(rows) > 1):
            part = _parts(rows["source"], rows["target"])
            for one in np.unique(part[part >= 0]):
                score[_balanced(rows[part == one])] += 1
    return _known(graph, score)


def isolation_forest(graph: TransferGraph, funding: Funding = None) -> F64:
    """Score by an isolation forest (Liu, Ting and Zhou 2008) over the detector's own features."""
    if not len(graph):
        return np.empty(0)
    codes = None if funding is None else funding_codes(funding, graph.account_type.categories)
    watch = Watch(None, codes)
    watch.add(graph.record)
    features = np.nan_to_num(watch.features().features, nan=-1.0)
    forest = IsolationForest(n_estimators=100, random_state=0, n_jobs=1).fit(features)
    return _known(graph, -forest.score_samples(features))


def midas(graph: TransferGraph, funding: Funding = None) -> F64:
    """Score by MIDAS-R (Bhatia et al. 2020, arXiv 1911.04464): bursts of edges and accounts, ticks of a day."""
    record = graph.record
    if not len(record):
        return np.empty(0)
    tick = (record.time - record.time[0]) // DAY + 1
    edge = record.source.astype(np.int64) * (record.accounts + 1) + record.target
    kinds = np.stack([edge, record.source.astype(np.int64), -1 - record.target.astype(np.int64)])
    score = np.zeros(len(record))
    for kind in kinds:
        score = np.maximum(score, _bursts(kind, tick, 0.5))
    return _known(graph, score)


RIVALS: dict[str, Rival] = {
    "dune f1-f4": dune,
    "circles (SCC)": circles,
    "volume match": volume_match,
    "isolation forest": isolation_forest,
    "MIDAS-R": midas,
}
CAUSAL = ("MIDAS-R",)


def _named(graph: TransferGraph) -> pd.DataFrame:
    record = graph.record
    names = ("source", "target", "token", "time", "value")
    return pd.DataFrame({name: np.array(getattr(record, name)) for name in names})


def _known(graph: TransferGraph, score: F64) -> F64:
    """Say nothing of transfers with an unknown party."""
    record = graph.record
    return np.where((record.source >= 0) & (record.target >= 0), score, float(score.min(initial=0.0)))


def _first_payer(graph: TransferGraph, funding: pd.DataFrame) -> I64:
    """Give who first paid for each account, as a code, -1 unknown; one place more, for nobody."""
    payer, account, time = funding_codes(funding, graph.account_type.categories)
    first = np.full(max(graph.record.accounts, int(account.max(initial=-1)) + 1) + 1, -1, np.int64)
    order = np.argsort(-time, kind="stable")
    first[account[order]] = payer[order]
    first[-1] = -1
    return first


def _parts(source: pd.Series, target: pd.Series, token: pd.Series | None = None) -> NDArray[np.int64]:
    """Give the strongly connected part of accounts (for each token) in which each transfer lies, -1 for none."""
    if not len(source):
        return np.empty(0, np.int64)
    by = np.zeros(len(source), np.int64) if token is None else token.to_numpy(np.int64) + 1
    width = int(max(source.max(), target.max())) + 2
    nodes, place = np.unique(np.concatenate([by * width + source + 1, by * width + target + 1]), return_inverse=True)
    begin, end = place[: len(source)], place[len(source) :]
    graph = coo_matrix((np.ones(len(begin)), (begin, end)), (len(nodes), len(nodes)))
    _, part = connected_components(graph, directed=True, connection="strong")
    known = (source >= 0).to_numpy() & (target >= 0).to_numpy()
    return np.where((part[begin] == part[end]) & known, part[begin], -1).astype(np.int64)


def _balanced(rows: pd.DataFrame) -> list[int]:
    """Take trades away from the end until nobody has won or lost; give the positions of the others."""
    while len(rows):
        value = rows["value"].to_numpy()
        sides = pd.concat([pd.Series(value, rows["source"]), pd.Series(-value, rows["target"])])
        if sides.groupby(level=0).sum().abs().max() <= MARGIN * value.mean():
            return rows["row"].tolist()
        rows = rows.iloc[:-1]
    return []


@compiled
def _bursts(key: I64, tick: I64, keep: float) -> F64:
    """Give the chi-squared score of each item: its count in this tick against its mean over all ticks so far.

    Counts are kept in a sketch of 2 x 1024 numbers; those of the last tick fade by `keep`, as in MIDAS-R.
    """
    rows, width = 2, 1024
    total, now = np.zeros((rows, width)), np.zeros((rows, width))
    score = np.zeros(len(key))
    last = tick[0]
    for i in range(len(key)):
        if tick[i] > last:
            now *= keep
            last = tick[i]
        here, ever = np.inf, np.inf
        for row in range(rows):
            mixed = np.uint64(key[i] + 7_919 * (row + 1)) * np.uint64(0x9E3779B97F4A7C15)
            slot = np.int64(mixed >> np.uint64(54))
            total[row, slot] += 1.0
            now[row, slot] += 1.0
            here, ever = min(here, now[row, slot]), min(ever, total[row, slot])
        t = float(tick[i])
        if t > 1.0:
            score[i] = (here - ever / t) ** 2 * t * t / (ever * (t - 1.0))
    return score
