"""Who is on a simulated market: when they join, how much they buy, what they like, how long they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

TASTES = 3  # collections that an account follows, at most
LOYALTY = 0.75  # share of purchases within them
HABIT = 1.2  # exponent of the Pareto law of appetites: few buy most
FLIPPERS = 0.3


@dataclass(frozen=True)
class People:
    """Accounts in the order in which they join; the last `artists` rows of them are the artists.

    Attributes
    ----------
    joined
        (n,) int64 seconds.
    hold
        (n,) float64: natural logarithm of the days for which they usually hold a work.
    key, total, begin, member
        The followers of each collection, those who joined first first, and after them everybody, as one list:
        ``member`` (accounts), ``key`` (collection and time joined, one ascending number), ``total`` (running sum of
        their appetites), ``begin`` (where each collection's followers start).
    span
        A number larger than any time since the market opened.
    """

    joined: I64
    hold: F64
    artists: int
    key: I64
    total: F64
    begin: I64
    member: I64
    span: int
    start: int

    @property
    def collections(self) -> int:
        """Count the collections."""
        return len(self.begin) - 2

    def habit(self, account: I64) -> F64:
        """Give the natural logarithm of the days for which accounts usually hold; accounts of rings are in a hurry."""
        known = account < len(self.hold)
        return np.where(known, self.hold[np.where(known, account, 0)], 2.0)

    def buyer(self, rng: np.random.Generator, collection: I64, time: I64) -> I64:
        """Pick somebody who has joined by then, mostly a follower of the collection, by appetite."""
        everybody = self.collections
        where = np.where(rng.random(len(time)) < LOYALTY, collection, everybody)
        stop = _search(self.key, where * self.span + (time - self.start))
        lonely = stop == self.begin[where]  # nobody follows it yet
        where[lonely] = everybody
        stop[lonely] = _search(self.key, everybody * self.span + (time[lonely] - self.start))
        low, high = self.total[self.begin[where]], self.total[stop]
        pick = _search(self.total, low + rng.random(len(time)) * (high - low)) - 1
        return self.member[np.clip(pick, self.begin[where], stop - 1)]


def gather(rng: np.random.Generator, collectors: int, artists: int, size: F64, start: int, length: int) -> People:
    """Make a market's people.

    Parameters
    ----------
    collectors, artists
        How many of each.
    size
        (collections,) how much of the market each collection is, summing to 1.
    start, length
        When the market opens, and for how long, in seconds.
    """
    joined = np.sort(length * rng.random(collectors) ** 0.75).astype(np.int64)
    joined[: max(3, collectors // 50)] = 0  # somebody was there from the first day
    appetite = np.minimum(rng.pareto(HABIT, collectors) + 0.15, 0.02 * collectors + 5)
    hold = np.where(rng.random(collectors) < FLIPPERS, 3.0, 7.1) + 0.6 * rng.standard_normal(collectors)
    likes = rng.choice(len(size), (collectors, TASTES), p=size)
    account = np.repeat(np.arange(collectors), TASTES)
    pairs = np.sort(likes.ravel() * collectors + account)  # by collection, then by time joined
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    member = np.concatenate([pairs % collectors, np.arange(collectors)])
    where = np.concatenate([pairs // collectors, np.full(collectors, len(size))])
    span = 2 * length
    return People(
        joined=np.concatenate([joined + start, np.full(artists, start)]),
        hold=np.concatenate([hold, np.full(artists, 4.0)]),
        artists=artists,
        key=where * span + joined[member],
        total=np.concatenate([[0.0], np.cumsum(appetite[member])]),
        begin=np.searchsorted(where, np.arange(len(size) + 2)),
        member=member,
        span=span,
        start=start,
    )


def _search(ordered: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.intp]:
    """Do what `np.searchsorted` does, right; many at a time are found much faster in order."""
    order = np.argsort(wanted)
    found = np.empty(len(wanted), np.intp)
    found[order] = np.searchsorted(ordered, wanted[order], side="right")
    return found
