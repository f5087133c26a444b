"""What looks like wash trading and is none: records in which every alert is known to be false.

Five are put into a market: honest business in which works return to those who had them. They are put where the
market's own walks do not close: of a walk that does nobody knows the truth, and who stands in it is flagged for it. Two
are made of the market itself, and whatever goes round in them does so by chance.

=============  ========================================================================================================
market_maker   one account buys from many and sells to many at a spread, the same works over and over
escrow         a work is handed in for nothing, and handed out to its owner or to a buyer
lending        a work is pledged and redeemed, some of them again and again, for nothing or for loan and interest
gift           for nothing to a friend, who sometimes gives it back
custodial      works go into one account for nothing, and out again to their owners or to a second account of theirs
rewired        every transfer keeps its giver and its time, the receivers are dealt out anew within a month or so
time_shuffled  every transfer keeps its parties, the times are dealt out anew
=============  ========================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...arguments import whole
from ...errors import ArchivitError
from ...graph.columns import I64, check_graph
from ...graph.transfers import TransferGraph
from .inserting import HONEST, Inserter, Stays, rewritten

HOUR, DAY = 3_600, 86_400
PUT_IN = ("market_maker", "escrow", "lending", "gift", "custodial")
CONTROLS = (*PUT_IN, "rewired", "time_shuffled")
Steps = list[tuple[int, float, float]]  # who holds the work next, how long after, at what share of its price


@dataclass(frozen=True)
class Control:
    """A record and the positions of those of its transfers that are known to be honest."""

    graph: TransferGraph
    rows: I64


def control(graph: TransferGraph, name: str, *, works: int = 60, seed: int = 0) -> Control:
    """Make a control of a record.

    Parameters
    ----------
    name
        One of `CONTROLS`.
    works
        How many works take part in what is put in.

    Raises
    ------
    ArchivitError
        There is no such control, or the record has no room for it.
    """
    check_graph(graph)
    if name not in CONTROLS:
        raise ArchivitError(f"there is no control {name!r}; the controls are {', '.join(CONTROLS)}")
    rng = np.random.default_rng(whole("seed", seed, 0))
    if name in PUT_IN:
        inserter = Inserter(graph, rng)
        inserter.free &= ~_doubtful(graph, inserter.stays)
        put_business(inserter, name, whole("works", works, 1))
        if not inserter.puts:
            raise ArchivitError(f"{len(graph):,} transfers have no room for a {name}: no token is held for long enough")
        return Control(*inserter.record([], f"a record with a {name}"))
    return _rewired(graph, rng) if name == "rewired" else _shuffled(graph, rng)


def _doubtful(graph: TransferGraph, stays: Stays) -> NDArray[np.bool_]:
    """Whether each stay begins or ends on a walk that closes."""
    from ..wash.watch import closed_rows  # the detector is fitted with these controls

    closed = closed_rows(graph.record)
    doubtful: NDArray[np.bool_] = closed[stays.came] | ((stays.after >= 0) & closed[stays.after])
    return doubtful


def put_business(inserter: Inserter, name: str, works: int) -> None:
    """Let so many works pass through one house, as far as there is room."""
    rng, business = inserter.rng, _BUSINESS[name]
    inserter.accounts += 1
    house = inserter.accounts - 1
    for _ in range(works):
        steps = business(rng)
        found = inserter.stay(sum(wait for _, wait, _ in steps))
        if found is None:
            return
        row, when = found
        holder = int(inserter.stays.holder[row])
        people, taken = {0: holder, 1: house}, {holder, house}
        price, held_by = inserter.price(row, when), holder
        for who, wait, share in steps:
            when += int(wait)
            if who not in people:
                people[who] = inserter.account(when, 0.1, taken)
                taken.add(people[who])
            value = _value(inserter, price, share, when)
            inserter.put(held_by, people[who], int(inserter.stays.token[row]), when, value, HONEST)
            held_by = people[who]
        inserter.resell(row, held_by)


def _value(inserter: Inserter, price: float, share: float, when: int) -> float:
    """Price a hop: for nothing, at the work's price as people round it, or at what a house computes from it."""
    if share == 0:
        return 0.0
    return inserter.rounded(price, when) if share == 1 else float(f"{price * share:.4g}")


def _days(rng: np.random.Generator, low: float, high: float) -> float:
    return float(DAY * np.exp(rng.uniform(np.log(low), np.log(high))))


def _market_maker(rng: np.random.Generator) -> Steps:
    """0 sells to the house (1), which sells on to others and buys back from them."""
    steps: Steps = [(1, 0.0, 1.0)]
    for customer in range(2, 2 + int(rng.integers(1, 4))):
        steps.append((customer, _days(rng, 0.05, 5), float(rng.uniform(1.01, 1.06))))
        if rng.random() < 0.5:
            steps.append((1, _days(rng, 0.2, 10), float(rng.uniform(0.94, 1.0))))
        else:
            break
    return steps


def _escrow(rng: np.random.Generator) -> Steps:
    return [(1, 0.0, 0.0), (0 if rng.random() < 0.5 else 2, _days(rng, 0.05, 20), 0.0)]


def _lending(rng: np.random.Generator) -> Steps:
    steps: Steps = []
    priced = rng.random() < 0.4
    for loan in range(int(rng.integers(1, 4))):
        steps.append((1, _days(rng, 0.5, 20) if loan else 0.0, 0.5 if priced else 0.0))
        steps.append((0, _days(rng, 3, 60), 0.5 * float(rng.uniform(1.02, 1.15)) if priced else 0.0))
    return steps


def _gift(rng: np.random.Generator) -> Steps:
    steps: Steps = [(2, 0.0, 0.0)]
    return [*steps, (0, _days(rng, 0.5, 60), 0.0)] if rng.random() < 0.3 else steps


def _custodial(rng: np.random.Generator) -> Steps:
    return [(1, 0.0, 0.0), (0 if rng.random() < 0.6 else 2, _days(rng, 0.02, 30), 0.0)]


_BUSINESS: dict[str, Callable[[np.random.Generator], Steps]] = {
    "market_maker": _market_maker,
    "escrow": _escrow,
    "lending": _lending,
    "gift": _gift,
    "custodial": _custodial,
}


def _rewired(graph: TransferGraph, rng: np.random.Generator) -> Control:
    """Deal the receivers of transfers near in time out anew: what everybody gave and got stays."""
    table = graph.transfers
    known = np.flatnonzero((graph.record.source >= 0) & (graph.record.target >= 0))
    size = max(20, len(known) // 30)
    dealt = np.concatenate([rng.permutation(known[k : k + size]) for k in range(0, len(known), size)])
    target = graph.record.target.copy()
    target[known] = graph.record.target[dealt]
    own = known[target[known] == graph.record.source[known]]
    target[own] = graph.record.target[own]  # nobody sells to himself by chance
    table["target"] = pd.Categorical.from_codes(target, graph.account_type.categories)
    return Control(rewritten(graph, table, "a record rewired"), known)


def _shuffled(graph: TransferGraph, rng: np.random.Generator) -> Control:
    """Deal the times out anew."""
    table = graph.transfers
    order = rng.permutation(len(table))
    mixed = table.iloc[order].reset_index(drop=True)
    mixed["time"] = table["time"].to_numpy()
    rows = np.flatnonzero((mixed["source"].cat.codes >= 0) & (mixed["target"].cat.codes >= 0))
    return Control(rewritten(graph, mixed, "a record whose times are shuffled"), rows.astype(np.int64))
