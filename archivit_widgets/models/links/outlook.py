"""What will flow along each edge: how often a source gives, to whom, and what a transfer of its is worth.

    expected value of s -> c in a period = rate of s  x  length  x  share of c among whom s may give to  x  worth

The rate is the source's decayed count of transfers, halved in every period (an exponential moving average); shares are
`LinkModel`'s scores at the middle of the period, made to add up to 1 over the source's own partners and the `POOL`
accounts that received most lately; the worth is the mean value of the edge, else of the record. Where no value is known
it is 1, and what is expected is a number of transfers. The further away a period, the less is known: nothing that
happens in between is foreseen.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...arguments import whole
from ...graph.columns import F64, I32
from ...graph.rows import Rows
from ...graph.transfers import TransferGraph
from ..periods import periods as chosen_periods

if TYPE_CHECKING:
    from .model import LinkModel

POOL = 256  # accounts that any source may turn to, besides its own partners
GIVERS = 2_000  # sources that may turn to others, those that give most


@dataclass(frozen=True)
class Outlook:
    """What is expected of a graph after its last transfer.

    Attributes
    ----------
    values
        (periods, edges + new) float64: in the order of ``graph.edges``, then of `new`.
    new
        Edges that are not there yet, the likeliest first: ``source``, ``target`` (names), ``source_row``,
        ``target_row``.
    length
        Seconds of a period; the first begins with the second after the last transfer.
    origin
        What tells the graph that it was made of from others (`origin_of`).
    """

    values: F64
    new: pd.DataFrame
    length: int
    origin: tuple[int, int, int]


@dataclass(frozen=True)
class _Pairs:
    """Candidates, and which edge each one is; -1: none yet."""

    source: I32
    target: I32
    edge: I32


def outlook(model: LinkModel, graph: TransferGraph, periods: int, new_edges: int, length: Any = None) -> Outlook:
    """Work out what `LinkModel.forecast` gives, and which the new edges are."""
    periods, new_edges = whole("periods", periods, 1), whole("new_edges", new_edges, 0)
    record = graph.record
    span = chosen_periods(record.time, length).length
    after, *_ = origin = origin_of(graph)
    rate = _rates(graph, span, after)
    pairs = _pairs(graph, rate, span, after)
    middle = [after + period * span + span // 2 for period in range(periods)]
    shares = np.stack([_shares(model, pairs, when, record.accounts) for when in middle])
    flow = shares * (rate[pairs.source] * span * _worth(graph, pairs))
    is_edge = pairs.edge >= 0
    values = np.zeros((periods, len(graph.groups)))
    values[:, pairs.edge[is_edge]] = flow[:, is_edge]
    others = np.flatnonzero(~is_edge)
    best = others[np.argsort(-flow[0, others], kind="stable")[:new_edges]]
    drawn = np.zeros((periods, new_edges))  # of a tiny record there may be fewer pairs than asked for
    drawn[:, : len(best)] = flow[:, best]
    return Outlook(np.hstack([values, drawn]), _named(graph, pairs.source[best], pairs.target[best]), span, origin)


def origin_of(graph: TransferGraph) -> tuple[int, int, int]:
    """Give the second after a graph's last transfer, how many edges it has, and a checksum of the rows they join."""
    record, groups = graph.record, graph.groups
    after = int(record.time[-1]) + 1 if len(record) else 0
    return after, len(groups), zlib.crc32(np.stack([groups.source, groups.target]).tobytes(), record.accounts)


def _rates(graph: TransferGraph, clock: float, after: int) -> F64:
    """(accounts,) transfers a second that each account gives, now."""
    rate: F64 = _faded(graph, graph.record.source, clock, after) * np.log(2) / clock
    return rate


def _faded(graph: TransferGraph, party: I32, clock: float, after: int) -> F64:
    """Decayed counts of transfers between two known parties, by one of them."""
    record = graph.record
    known = (record.source >= 0) & (record.target >= 0)
    weight = np.exp2((record.time[known] - after) / clock)
    count: F64 = np.bincount(party[known], weight, record.accounts).astype(np.float64)
    return count


def _pairs(graph: TransferGraph, rate: F64, clock: float, after: int) -> _Pairs:
    """All edges, and what the busiest sources may turn to besides."""
    groups = graph.groups
    pool = _most(_faded(graph, graph.record.target, clock, after), POOL)
    givers = _most(rate, GIVERS)
    source = np.concatenate([groups.source, np.repeat(givers, len(pool))]).astype(np.int32)
    target = np.concatenate([groups.target, np.tile(pool, len(givers))]).astype(np.int32)
    edge = np.concatenate([np.arange(len(groups)), np.full(len(source) - len(groups), -1)]).astype(np.int32)
    key = source.astype(np.int64) << 32 | target
    _, first = np.unique(key, return_index=True)  # of equal pairs the first: the edge
    first = first[(source[first] != target[first]) | (edge[first] >= 0)]
    return _Pairs(source[first], target[first], edge[first])


def _most(amount: F64, count: int) -> Rows:
    """Rows of the largest amounts above 0."""
    best = np.argsort(-amount, kind="stable")[:count]
    return best[amount[best] > 0]


def _shares(model: LinkModel, pairs: _Pairs, when: int, accounts: int) -> F64:
    """(pairs,) how the transfers of each source divide among its candidates: a softmax of their scores."""
    score = model.score(pairs.source, pairs.target, np.full(len(pairs.source), when))
    most = np.full(accounts, -np.inf)
    np.maximum.at(most, pairs.source, score)
    odds = np.exp(score - most[pairs.source])
    share: F64 = odds / np.bincount(pairs.source, odds, accounts)[pairs.source]
    return share


def _worth(graph: TransferGraph, pairs: _Pairs) -> F64:
    """(pairs,) what one transfer is worth."""
    known = graph.record.value[~np.isnan(graph.record.value)]
    if not len(known):
        return np.ones(len(pairs.edge))
    own = np.append(graph.totals.average, np.nan)[pairs.edge]  # the last one stands for no edge
    worth: F64 = np.where(np.isnan(own), known.mean(), own)
    return worth


def _named(graph: TransferGraph, source: I32, target: I32) -> pd.DataFrame:
    names = graph.identity.accounts["account"].to_numpy()
    return pd.DataFrame({"source": names[source], "target": names[target], "source_row": source, "target_row": target})
