"""From events to what a reader sees: alerts with their evidence, rings, and who was left with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I64
from .names import CHAIN, FUNDED_RING, NONE, PATTERNS, ROTATION
from .watch import Events, Watch

TIED = 0.5  # mean tie of a chain's hops above which it is a funded ring


@dataclass(frozen=True)
class Alert:
    """A transfer that closed something, and all that it closed.

    Attributes
    ----------
    transfer
        Its position in the record.
    score
        Probability, at the detector's prior, that the evidence is wash trading.
    pattern
        One of `names.PATTERNS`.
    group
        Number of its ring, as `detect` numbers it: evidence that shares a transfer, or has the same accounts, is one
        ring, by its oldest number. In a stream two rings may turn out to be one later: `Stream.ring` gives the number
        that a group has by now, after `Stream.close` that of `detect`.
    evidence
        Positions of the transfers, this one included; it was raised by the last of them.
    net
        Account -> what it was left with: received minus paid, NaN where one of its prices is unknown.
    """

    transfer: int
    score: float
    pattern: str
    group: int
    evidence: tuple[int, ...]
    net: dict[str, float]


@dataclass
class Rings:
    """Which ring each transfer and each set of accounts belongs to; rings that meet become one."""

    of_row: dict[int, int] = field(default_factory=dict)
    of_members: dict[frozenset[int], int] = field(default_factory=dict)
    parent: list[int] = field(default_factory=list)

    def join(self, rows: NDArray[np.int64], members: frozenset[int]) -> int:
        """Give the oldest ring that shares a transfer or all accounts with this evidence, else a new one."""
        met = {self.root(self.of_row[row]) for row in rows.tolist() if row in self.of_row}
        if members in self.of_members:
            met.add(self.root(self.of_members[members]))
        ring = min(met, default=len(self.parent))
        if ring == len(self.parent):
            self.parent.append(ring)
        for other in met:
            self.parent[other] = ring
        self.of_row.update(dict.fromkeys(rows.tolist(), ring))
        self.of_members[members] = ring
        return ring

    def root(self, ring: int) -> int:
        """Give the number of a ring, the lowest of all it has become one with."""
        while self.parent[ring] != ring:
            self.parent[ring] = self.parent[self.parent[ring]]
            ring = self.parent[ring]
        return ring


def name_patterns(events: Events, score: F64, prior: float, payers_known: bool) -> I64:
    """Name events: a closed walk is a fact, chains and rounds must make wash trading likelier than it was.

    A chain is a funded ring where it is known who paid for its accounts, and one payer or one another did.
    """
    weak = np.isin(events.pattern, (CHAIN, ROTATION)) & (score <= prior)
    pattern: I64 = np.where(weak, NONE, events.pattern)
    return np.where(payers_known & (pattern == CHAIN) & (events.linked > TIED), FUNDED_RING, pattern)


def alerts(
    watch: Watch, events: Events, score: F64, pattern: I64, rings: Rings, threshold: float, name: Callable[[int], str]
) -> Iterator[Alert]:
    """Give the alerts among events, in their order; rings are numbered alike whatever the threshold."""
    offsets = events.offsets
    for e in np.flatnonzero(pattern != NONE).tolist():
        rows = events.rows[offsets[e] : offsets[e + 1]]
        ring = rings.join(rows, watch.members(rows))
        if score[e] < threshold:
            continue
        accounts, net = watch.balance(rows)
        yield Alert(
            transfer=events.begin + e,
            score=float(score[e]),
            pattern=PATTERNS[pattern[e]],
            group=ring,
            evidence=tuple(sorted(rows.tolist())),
            net=dict(zip(map(name, accounts.tolist()), net.tolist(), strict=True)),
        )
