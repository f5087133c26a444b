"""How works pass from hand to hand, one resale of all works at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..records import KINDS
from ..times.units import DAY, MINUTE
from .people import People
from .rings import Accounts, Ring, Sales, wash

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

STEPS = 40  # no work is sold more often than that
SPREAD = 1.7  # of the logarithm of days held, around its owner's habit
SWEEP = 0.2  # share of sales that go to the buyer of the seller's sale before
PLEDGED = 0.01  # share of purchases that go into a vault for a while: a closed loop that is no wash trade
SALE, TRANSFER, MINT, BURN, UNKNOWN = (KINDS.index(k) for k in ("sale", "transfer", "mint", "burn", "unknown_buyer"))
FATES = {SALE: 0.952, TRANSFER: 0.04, BURN: 0.002, UNKNOWN: 0.006}


@dataclass(frozen=True)
class Works:
    """What is for sale, (n,) each: ``minted`` in seconds, ``rarity`` added to the logarithm of every price."""

    collection: I64
    artist: I64
    minted: I64
    rarity: F64


@dataclass(frozen=True)
class Events:
    """What happened, (n,) each, in any order.

    -1 in source and target is nobody (known), in ring no ring; ``markup`` is added to the logarithm of the price.
    """

    source: I64
    target: I64
    token: I64
    time: I64
    kind: I64
    ring: I64
    markup: F64

    @staticmethod
    def of(source: I64, target: I64, token: I64, time: I64, kind: I64 | int) -> Events:
        """Make events that no ring has a part in."""
        shape = len(time)
        return Events(
            source, target, token, time, kind + np.zeros(shape, np.int64), np.full(shape, -1), np.zeros(shape)
        )

    @staticmethod
    def all(parts: list[Events]) -> Events:
        """Put events together."""
        return Events(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__dataclass_fields__)
        )

    def __getitem__(self, rows: NDArray[np.generic] | slice) -> Events:
        """Choose some events."""
        return Events(*(getattr(self, name)[rows] for name in Events.__dataclass_fields__))


@dataclass
class History:
    """What has happened so far, the accounts opened on the way, and the patterns of the rings."""

    accounts: Accounts
    events: list[Events] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)


def trade(rng: np.random.Generator, people: People, works: Works, rings: list[Ring], end: int) -> History:
    """Pass every work from hand to hand until `end`, in seconds."""
    history = History(Accounts(len(people.joined)))
    vaults = np.array([history.accounts.open(None), history.accounts.open(None)])
    token = np.arange(len(works.minted))
    owner, since = works.artist, works.minted
    history.events.append(Events.of(np.full(len(token), -1), owner, token, since, MINT))
    for step in range(STEPS):
        days = np.exp(people.habit(owner) + SPREAD * rng.standard_normal(len(owner)))
        time = since + np.maximum(days * DAY, 2 * MINUTE).astype(np.int64)
        soon = time < end
        token, owner, since, time = token[soon], owner[soon], since[soon], time[soon]
        buyer, time = _sweep(rng, owner, people.buyer(rng, works.collection[token], time), since, time)
        found = buyer != owner  # who finds nobody else keeps the work
        token, owner, buyer, time = token[found], owner[found], buyer[found], time[found]
        if not len(token):
            break
        kind = rng.choice(list(FATES), len(token), p=list(FATES.values()))
        sales = Sales(works.collection[token], token, owner, buyer, time, kind == SALE)
        owner_then, since = _rings(rng, people, [ring for ring in rings if ring.step == step], sales, history)
        hidden = (kind == BURN) | (kind == UNKNOWN)
        history.events.append(Events.of(owner, np.where(hidden, -1, sales.buyer), token, time, kind))
        left = kind != BURN
        token, owner, since = token[left], owner_then[left], since[left]
        since = _pledge(rng, history, vaults, token, owner, since)
    return history


def _sweep(rng: np.random.Generator, seller: I64, buyer: I64, since: I64, time: I64) -> tuple[I64, I64]:
    """Let some buyers take several works of one seller, a minute apart."""
    order = np.lexsort((time, seller))
    place = np.arange(len(order))
    follows = (rng.random(len(order)) < SWEEP) & (place > 0)
    follows[1:] &= seller[order][1:] == seller[order][:-1]
    lead = np.maximum.accumulate(np.where(follows, 0, place))
    leader = order[lead]
    when = time[leader] + MINUTE * (place - lead)
    follows &= since[order] + MINUTE < when
    buyer, time = buyer.copy(), time.copy()
    buyer[order] = np.where(follows, buyer[leader], buyer[order])
    time[order] = np.where(follows, when, time[order])
    return buyer, time


def _rings(
    rng: np.random.Generator, people: People, rings: list[Ring], sales: Sales, history: History
) -> tuple[I64, I64]:
    """Let rings buy some of the works (`sales.buyer` changes) and trade them; return who owns what since when."""
    owner, since = sales.buyer.copy(), sales.time.copy()
    for ring, place, moves in wash(rng, rings, people, sales, history.accounts):
        number = len(history.patterns)
        history.patterns.append(ring.pattern)
        for at, move in zip(place, moves, strict=True):
            hops = len(move.time)
            history.events.append(
                Events(
                    source=np.array(move.owners[:-1]),
                    target=np.array(move.owners[1:]),
                    token=np.full(hops, sales.token[at]),
                    time=move.time,
                    kind=np.full(hops, SALE),
                    ring=np.full(hops, number),
                    markup=move.markup,
                )
            )
            owner[at], since[at] = move.owners[-1], move.time[-1]
        sales.buyer[place] = [move.owners[0] for move in moves]
    return owner, since


def _pledge(rng: np.random.Generator, history: History, vaults: I64, token: I64, owner: I64, since: I64) -> I64:
    """Put some works into a vault and take them out again, unpaid; return since when they are free to be sold."""
    some = np.flatnonzero(rng.random(len(token)) < PLEDGED)
    into = since[some] + (DAY * (0.5 + 20 * rng.random(len(some)))).astype(np.int64)
    out = into + (DAY * (1 + 60 * rng.random(len(some)))).astype(np.int64)
    vault = vaults[rng.integers(len(vaults), size=len(some))]
    history.events.append(Events.of(owner[some], vault, token[some], into, TRANSFER))
    history.events.append(Events.of(vault, owner[some], token[some], out, TRANSFER))
    since = since.copy()
    since[some] = out
    return since
