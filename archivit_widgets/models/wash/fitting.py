"""Fits the channels to markets whose truth is known: planted rings among honest trade and honest look-alikes.

An event is a positive where a ring's own transfer ends some evidence. Transfers of a ring that end none (its first
hop) say nothing yet, nor do outsiders among it: they are left out, and judged by what they become part of. Left out too
are paid walks of the market itself that close, as nobody knows their truth in a real one.

Each ring weighs the same, but for open chains and rounds of several works, which weigh less (`LIGHT`): works that go
on through new hands, and partners who buy from one another, are common in real markets and rare in simulated ones.
Honest look-alikes weigh more than other honest trade (`HEAVY`): an alert about an honest house is the worst mistake.

Markets are bent in the ways in which real records differ: some prices unknown, days instead of seconds, sales only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...graph.columns import F64, I64
from ...graph.transfers import TransferGraph
from ...sources.market import simulate
from ..evaluate.controls import PUT_IN, put_business
from ..evaluate.inserting import HONEST, OUTSIDER, Inserter, rewritten
from ..evaluate.planting import put_rings
from ..trees import Boosting, Forest, Rows, fit_trees
from .channels import CHANNELS, Calibration, Channels, certain, columns
from .names import BEHAVIOUR, COLUMN, ENTITY, NONE, STRUCTURE
from .unseen import Samples, with_stand_ins
from .watch import Watch, closed_rows, funding_codes

SIZES = 4 * (16_000, 8_000, 8_000, 10_000, 8_000, 16_000, 12_000, 6_000, 10_000, 12_000)
NOT_PUT = -3
LIGHT = {"fast_chain": 0.3, "slow_chain": 0.3, "rotation": 0.3}  # what rings weigh that honest trade often looks like
HEAVY = 10.0  # what each transfer of an honest look-alike weighs
ODDS = 0.2  # of positives to negatives while fitting, by weight
RISING = ("laps", "inside", "hops", "rapid", "paid", "round_inside", "linked", "linked_all")
FALLING = (
    "span", "quickest", "drift", "imbalance", "hub", "hops_pace", "hops_slowest", "hops_drift", "round_span",
    "round_imbalance", "round_hub", "given", "hops_given", "round_given",
)  # fmt: skip
GROWN = {
    "structure": Boosting(rounds=120, leaves=15, rows_a_leaf=30, rate=0.08),
    "behaviour": Boosting(rounds=60, leaves=8, rows_a_leaf=60, rate=0.06),
    "entity": Boosting(rounds=25, leaves=4, rows_a_leaf=60, rate=0.1),
}


@dataclass(frozen=True)
class Market:
    """A record, the ring of each transfer as `inserting.Put` counts them, who is told who paid, what was planted."""

    graph: TransferGraph
    ring: I64
    funded: bool
    typologies: tuple[str, ...]

    @property
    def funding(self) -> pd.DataFrame | None:
        """What the detector is told."""
        return self.graph.funding if self.funded else None

    @property
    def told(self) -> NDArray[np.bool_]:
        """Whether it is known of each transfer if it is a ring's: not of outsiders, nor of the market's own circles."""
        unknown = (self.ring == OUTSIDER) | ((self.ring == NOT_PUT) & closed_rows(self.graph.record))
        told: NDArray[np.bool_] = ~unknown
        return told

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Whether each transfer is a ring's."""
        wash: NDArray[np.bool_] = self.ring >= 0
        return wash


def markets(
    typologies: Sequence[str], seed: int, hosts: Sequence[TransferGraph] | None = None, rings: int = 14, works: int = 40
) -> Iterator[Market]:
    """Give markets with planted rings and honest look-alikes."""
    for number, host in enumerate(_hosts(seed) if hosts is None else hosts):
        inserter = Inserter(host, np.random.default_rng((seed, number)))
        patterns = put_rings(inserter, typologies, rings)
        for name in PUT_IN:
            put_business(inserter, name, works)
        graph, rows = inserter.record(patterns, "a market to fit to")
        ring = np.full(len(graph), NOT_PUT)
        ring[rows] = [put.ring for put in inserter.puts]
        yield Market(graph, ring, funded=graph.funding is not None and number % 2 == 0, typologies=tuple(typologies))


def fit(markets: Sequence[Market], seed: int, prior: float) -> Channels:
    """Fit the forests, one on what the others left open, uncalibrated."""
    shown = {name for market in markets for name in market.typologies}
    parts = zip(*(_samples(market) for market in markets), strict=True)
    samples = Samples(*(np.concatenate(column) for column in parts))
    features, labels, weights = with_stand_ins(samples, shown, np.random.default_rng(seed))
    weights = np.where(labels, weights * ODDS * (~labels).sum() / weights[labels].sum(), weights)
    offset = np.log(ODDS) + certain(features)
    forests: dict[str, Forest] = {}
    for name in CHANNELS:
        rows = Rows(features[:, columns(name)], labels, weights, offset)
        forests[name] = fit_trees(rows, _growing(name), seed=seed)
        offset = offset + forests[name].raw_score(rows.features)
    start = float(np.log(prior / (1 - prior)))
    return Channels(forests["structure"], forests["behaviour"], forests["entity"], start, prior=prior)


def calibrated(channels: Channels, odds: F64, truth: NDArray[np.bool_], prior: float) -> Channels:
    """Fit the calibration to transfers: the log-odds of each, uncalibrated, and whether it is a ring's."""
    return replace(channels, calibration=Calibration.fit(odds, truth, prior))


def _samples(market: Market) -> Samples:
    """Give the features, labels and weights of the events of a market."""
    graph, funding = market.graph, market.funding
    watch = Watch(None, None if funding is None else funding_codes(funding, graph.account_type.categories))
    watch.add(graph.record)
    measured = watch.features()
    truth, ring = market.truth, market.ring
    closed = (measured.features[:, COLUMN["length"]] > 0) & (measured.features[:, COLUMN["paid"]] > 0)
    says = np.where(truth, measured.pattern != NONE, ring != OUTSIDER) & ~((ring == NOT_PUT) & closed)
    weight = np.ones(len(truth))
    events = np.bincount(ring[truth & says])
    weight[truth & says] = 1.0 / events[ring[truth & says]]
    rings = market.graph.truth
    assert rings is not None
    weight[ring == HONEST] = HEAVY
    weight[rings["transfer"]] *= rings["pattern"].map(LIGHT).fillna(1.0)
    return Samples(measured.features[says], truth[says], weight[says])


def _growing(channel: str) -> Boosting:
    """Grow trees that may only rise, or fall, with what can only speak for, or against, a ring."""
    names = {"structure": STRUCTURE, "behaviour": BEHAVIOUR, "entity": ENTITY}[channel]
    way = [1 if name in RISING else -1 if name in FALLING else 0 for name in names]
    return replace(GROWN[channel], more=(("monotone_constraints", way),))


def _hosts(seed: int) -> Iterator[TransferGraph]:
    """Simulate honest markets: some as they are, some of few prices, of days, of sales only, of busy accounts."""
    for number, transfers in enumerate(SIZES):
        rng = np.random.default_rng((seed, number))
        market = TransferGraph(simulate(transfers, seed=1_000_003 * (seed + 1) + number, wash=0.0))
        table = market.transfers
        if number % 5 == 1:
            table.loc[rng.random(len(table)) < 0.8, "value"] = np.nan
        elif number % 5 == 2:
            table["time"] -= table["time"] % 86_400
        elif number % 5 == 3:
            table = table[(table["kind"] == "sale").to_numpy()].reset_index(drop=True)
        if number % 5 in (0, 3):
            table["time"] = (
                table["time"].iloc[0] + (table["time"] - table["time"].iloc[0]) // (1, 10, 3, 6)[number // 3 % 4]
            )
        if number % 5 >= 3:
            table = _busier(market, table, rng)
        yield rewritten(market, table, "a simulated market")


def _busier(market: TransferGraph, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let some accounts be the same person's as a busy one's: a market of few who trade much with one another."""
    n = market.record.accounts
    sides = np.concatenate([market.record.source, market.record.target])
    same = np.arange(n)
    joins = rng.random(n) < rng.uniform(0.05, 0.3)
    same[joins] = rng.choice(sides[sides >= 0], int(joins.sum()))
    names = market.account_type.categories
    for side in ("source", "target"):
        codes = table[side].cat.codes.to_numpy()
        table[side] = pd.Categorical.from_codes(np.where(codes < 0, -1, same[codes]), names)
    own = (table["source"].cat.codes == table["target"].cat.codes).to_numpy()
    return table[~own].reset_index(drop=True)
