"""Rings of accounts that trade works among themselves to make them look wanted: the known truth of a simulated market.

Each ring buys works of one collection as anybody might, moves them in one pattern at prices that drift upwards, and
leaves them with one of its accounts, which sells on like any owner. Patterns, with a, b, c accounts of the ring:

=============  =====================================================================================================
self_trade     a -> a: buyer and seller are one
round_trip     a -> b -> a -> b: one work to and fro
cycle          a -> b -> c -> a, three to six accounts, some laps
rotation       a -> b of one work, b -> c of another, c -> a of a third: no work returns, every account breaks even
funded_ring    a -> b -> c on accounts used once, opened for each work and all paid for by one funder
chain          the same, paid for through exchanges, so that nobody sees who
=============  =====================================================================================================

Sources: the patterns confirmed on chain by von Wachter et al. 2022 (arXiv 2202.03866) and La Morgia et al. 2022
(arXiv 2212.01225), and those that their methods miss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..times.units import DAY, MINUTE
from .people import People

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

PATTERNS = ("self_trade", "round_trip", "cycle", "rotation", "funded_ring", "chain")
SHARE = (0.1, 0.25, 0.2, 0.15, 0.15, 0.15)
ONE_WAY = ("funded_ring", "chain")


@dataclass(frozen=True)
class Ring:
    """A plan: how many accounts move how many works, how fast, and at what price.

    `step` is the resale after which the ring takes over, `place` where in the collection's sales of that step, 0..1.
    `dwell` is the usual time between two trades in seconds, `drift` and `jitter` what each adds to the logarithm of
    the price. `hidden` rings pay for their accounts through exchanges.
    """

    pattern: str
    step: int
    collection: int
    place: float
    works: int
    accounts: int
    laps: int
    dwell: float
    drift: float
    jitter: float
    hidden: bool


@dataclass(frozen=True)
class Moves:
    """What a ring did with one work: the accounts that held it, one after the other, and when and at what markup."""

    owners: list[int]
    time: I64
    markup: F64


def plan(rng: np.random.Generator, trades: int, size: F64) -> list[Ring]:
    """Plan rings for about so many wash trades, in collections by `size`, which sums to 1."""
    rings: list[Ring] = []
    shares = np.cumsum(size[:-1])
    while trades > 0:
        pattern = str(rng.choice(PATTERNS, p=SHARE))
        accounts = {"self_trade": 1, "round_trip": 2, "cycle": 3, "rotation": 2}.get(pattern, 3) + int(
            rng.integers(4)
            if pattern in ("cycle", "funded_ring", "chain")
            else rng.integers(3) * (pattern == "rotation")
        )
        ring = Ring(
            pattern=pattern,
            step=int(rng.choice(4, p=(0.4, 0.3, 0.2, 0.1))),
            collection=int(np.searchsorted(shares, rng.random())),
            place=float(rng.random()),
            works=accounts * int(rng.integers(1, 3)) if pattern == "rotation" else int(rng.geometric(0.5)),
            accounts=accounts,
            laps=int(rng.geometric(0.5)),
            dwell=float(np.exp(rng.uniform(np.log(10 * MINUTE), np.log(6 * DAY)))),
            drift=float(rng.uniform(-0.02, 0.12)),
            jitter=float(rng.choice((0.0, 0.01, 0.05))),
            hidden=pattern == "chain" or (pattern != "funded_ring" and bool(rng.random() < 0.5)),
        )
        rings.append(ring)
        trades -= ring.works * hops(ring)
    return rings


def hops(ring: Ring) -> int:
    """Count the wash trades of each work in a ring."""
    return {
        "self_trade": min(ring.laps, 3),
        "round_trip": min(2 * ring.laps, 10),
        "cycle": ring.accounts * min(ring.laps, 3),
        "rotation": 1,
    }.get(ring.pattern, ring.accounts)


@dataclass(frozen=True)
class Sales:
    """Works that change hands in one step, (n,) each; rings overwrite ``buyer`` where they buy and ``paid`` is true."""

    collection: I64
    token: I64
    seller: I64
    buyer: I64
    time: I64
    paid: NDArray[np.bool_]


@dataclass
class Accounts:
    """Counts accounts, and keeps who paid for those that rings opened: an account, or None for an exchange."""

    count: int
    funder: dict[int, int | None] = field(default_factory=dict)

    def open(self, funder: int | None) -> int:
        """Open one more."""
        self.funder[self.count] = funder
        self.count += 1
        return self.count - 1


def wash(
    rng: np.random.Generator, rings: list[Ring], people: People, sales: Sales, opened: Accounts
) -> Iterator[tuple[Ring, I64, list[Moves]]]:
    """Find works for each ring and move them.

    Yields
    ------
    The ring, the places in `sales` where it buys, and for each what it does afterwards.
    """
    order = np.lexsort((sales.time, sales.collection))
    begin = np.searchsorted(sales.collection[order], np.arange(people.collections + 1))
    free = sales.paid.copy()
    for ring in rings:
        low, high = int(begin[ring.collection]), int(begin[ring.collection + 1])
        first = low + int(ring.place * max(high - low - ring.works + 1, 1))
        place = order[first : min(first + ring.works, high)]
        place = place[free[place]]
        if not len(place):
            continue
        members = _members(rng, ring, people, int(sales.time[place].min()), opened)
        place = place[(sales.seller[place, None] != members).all(axis=1)]  # nobody buys from himself to begin with
        if ring.pattern == "rotation":
            place = place[: len(place) // ring.accounts * ring.accounts]  # each account gives one and gets one
        free[place] = False
        if len(place):
            yield ring, place, [_move(rng, ring, members, i, int(sales.time[at]), opened) for i, at in enumerate(place)]


def _members(rng: np.random.Generator, ring: Ring, people: People, time: int, opened: Accounts) -> list[int]:
    """Choose a ring's accounts: a known collector leads; the others are collectors too, or opened for it."""
    many = 1 if ring.pattern in ONE_WAY else ring.accounts
    known = people.buyer(rng, np.full(many, ring.collection), np.full(many, time))
    members = [int(known[0])]
    for account in known[1:]:
        if rng.random() < 0.35 and account not in members:
            members.append(int(account))
        else:
            members.append(opened.open(None if ring.hidden else members[0]))
    return members


def _move(
    rng: np.random.Generator, ring: Ring, members: list[int], number: int, bought: int, opened: Accounts
) -> Moves:
    """Move the ring's work `number`, bought at second `bought`."""
    count = hops(ring)
    if ring.pattern in ONE_WAY:
        owners = members + [opened.open(None if ring.hidden else members[0]) for _ in range(count)]
    else:
        begin = number if ring.pattern == "rotation" else 0
        owners = [members[(begin + i) % len(members)] for i in range(count + 1)]
    dwell = ring.dwell * np.exp(0.5 * rng.standard_normal(count))
    return Moves(
        owners=owners,
        time=bought + np.cumsum(np.maximum(dwell, MINUTE).astype(np.int64)),
        markup=np.cumsum(ring.drift + ring.jitter * rng.standard_normal(count)),
    )
