"""Transfers in, events out: one record in one piece, or batch after batch, with equal results.

A moment is judged when it is over: transfers at one time have no order, so those at the latest time wait for the next
one. That is all by which a stream lags behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...graph.columns import F64, I64, Columns
from ...graph.rows import folded
from . import state as states
from .measure import Funding, Measured, measure
from .names import CLOSED, COLUMN

_LINKED = COLUMN["linked_all"]
PIECE = 100_000  # transfers measured at once: their features are forgotten before the next


class Scorer(Protocol):
    """Whoever can tell log-odds from features; `prior`, where it has one, is the share of wash trades they hold at."""

    def log_odds(self, features: F64) -> F64:
        """Give (n,) log-odds, that transfers with these (n, features) are wash trades."""


@dataclass(frozen=True)
class Events:
    """What was said of transfers [begin, begin + n), each as the last one of its evidence.

    Attributes
    ----------
    begin
        Position of the first.
    odds
        (n,) log-odds.
    pattern, depth, rows
        As in `measure.Measured`.
    linked
        (n,) mean entity tie over the evidence.
    """

    begin: int
    odds: F64
    pattern: I64
    depth: I64
    rows: I64
    linked: F64

    @property
    def offsets(self) -> I64:
        """(n + 1,): the evidence of event e is ``rows[offsets[e]:offsets[e + 1]]``."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.depth)])


class Watch:
    """Keeps the state between batches of transfers given as codes.

    Parameters
    ----------
    scorer
        Tells log-odds from features; None: only the structure is measured, all log-odds are 0.
    funding
        Who paid for whom, as codes, or None where gifts must stand in for that.
    shift
        Added to all log-odds: from the scorer's prior to the one at which they are asked for.
    """

    def __init__(self, scorer: Scorer | None, funding: tuple[I64, I64, I64] | None = None, shift: float = 0.0) -> None:
        self._scorer, self._shift = scorer, shift
        self._gifts_pay = funding is None
        payer, account, time = funding or (np.empty(0, np.int64),) * 3
        order = np.argsort(time, kind="stable")
        self._funding = Funding(payer[order], account[order], time[order], np.zeros(1, np.int64))
        self._paid = int(max(payer.max(initial=-1), account.max(initial=-1))) + 1
        self._state = states.empty()
        self._known = self._judged = 0

    @property
    def latest(self) -> int | None:
        """The time of the last transfer."""
        return int(self._state.past.time[self._known - 1]) if self._known else None

    def add(self, record: Columns) -> None:
        """Take transfers that happened at or after the latest one."""
        n, known = len(record), self._known
        accounts = max(record.accounts, self._paid)
        self._state = states.room(self._state, known + n, accounts, record.tokens, known + n - self._judged)
        for name in ("source", "target", "token", "time", "value"):
            getattr(self._state.past, name)[known : known + n] = getattr(record, name)
        self._known = known + n

    def judge(self, over: bool = False) -> Iterator[Events]:
        """Judge the moments that are over, all of them if the record is."""
        time = self._state.past.time
        stop = self._known
        if not over and stop:
            stop = int(np.searchsorted(time[:stop], time[stop - 1]))
        while self._judged < stop:
            begin, end = self._judged, min(self._judged + PIECE, stop)
            end = int(np.searchsorted(time[:stop], time[end - 1], side="right"))
            measured = measure(begin, end, self._state, self._funding, self._gifts_pay)
            self._judged = end
            yield self._event(begin, measured)

    def features(self) -> Measured:
        """Measure all that waits, and give the features themselves: what a detector is fitted to."""
        begin, self._judged = self._judged, self._known
        return measure(begin, self._known, self._state, self._funding, self._gifts_pay)

    def balance(self, rows: NDArray[np.int64]) -> tuple[I64, F64]:
        """Give the accounts of some transfers and what each was left with: received minus paid.

        NaN where one of its prices is unknown. Nobody (a mint's giver, an unknown buyer) is no account.
        """
        past = self._state.past
        value = past.value[rows]
        sides = np.concatenate([past.source[rows], past.target[rows]])
        there = sides >= 0
        accounts, place = np.unique(sides[there], return_inverse=True)
        net = np.zeros(len(accounts))
        np.add.at(net, place, np.concatenate([value, -value])[there])
        return accounts.astype(np.int64), net

    def members(self, rows: NDArray[np.int64]) -> frozenset[int]:
        """Give the accounts of some transfers."""
        past = self._state.past
        return frozenset(past.source[rows].tolist() + past.target[rows].tolist()) - {-1}

    def _event(self, begin: int, measured: Measured) -> Events:
        odds = np.zeros(len(measured.depth)) if self._scorer is None else self._scorer.log_odds(measured.features)
        odds = odds + self._shift
        return Events(begin, odds, measured.pattern, measured.depth, measured.rows, measured.features[:, _LINKED])


def closed_rows(record: Columns) -> NDArray[np.bool_]:
    """Whether each transfer lies on a walk that returned to a holder."""
    watch = Watch(None)
    watch.add(record)
    measured = watch.features()
    lies = np.zeros(len(record), bool)
    lies[measured.rows[np.repeat(np.isin(measured.pattern, CLOSED), measured.depth)]] = True
    return lies


def funding_codes(funding: pd.DataFrame, accounts: pd.Index) -> tuple[I64, I64, I64]:
    """Give funder and account as codes, those that are no account of the record after all others, and the times."""
    place, names = pd.factorize(pd.concat([funding["funder"], funding["account"]]).astype(object).map(folded))
    code = accounts.astype(object).map(folded).get_indexer(pd.Index(names)).astype(np.int64)
    code[code < 0] = len(accounts) + np.arange((code < 0).sum())
    payer, account = np.split(code[place], 2)
    return payer, account, funding["time"].to_numpy(np.int64)
