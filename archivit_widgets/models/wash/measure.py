"""One walk through transfers, moment by moment: the features and the evidence of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.columns import F64, I64
from ...graph.compiled import compiled
from .behaviour import behave, pay_for, remember
from .names import CHAIN, COLUMN, CYCLE, FEATURES, NONE, ROTATION, ROUND_TRIP, SELF_TRADE
from .rounds import LONGEST, look_round
from .state import State
from .structure import structure
from .walks import walk

_COUNTS = [COLUMN[name] for name in ("length", "laps", "hops", "rapid", "new", "round", "linked", "linked_all")]


class Funding(NamedTuple):
    """Who paid for whom, in order of time; `place` is how many of them have happened."""

    payer: I64
    account: I64
    time: I64
    place: I64


class Measured(NamedTuple):
    """Of transfers [begin, stop): (n, features) what is known of each, and the evidence that ends in it.

    Attributes
    ----------
    pattern
        (n,) what the evidence looks like, a number of `names.PATTERNS`.
    depth
        (n,) how many transfers it has.
    rows
        (total,) the evidence of all, one after the other, each in order of time.
    """

    features: F64
    pattern: I64
    depth: I64
    rows: I64


def measure(begin: int, stop: int, state: State, funding: Funding, gifts_pay: bool) -> Measured:
    """Measure the transfers [begin, stop), which are whole moments and lie in `state.past` already."""
    n = stop - begin
    features = np.full((n, len(FEATURES)), np.nan)
    features[:, _COUNTS] = 0.0
    pattern, depth, found = np.zeros(n, np.int64), np.ones(n, np.int64), np.full((n, LONGEST), -1, np.int64)
    order = np.empty(n, np.int64)
    past = state.past
    walk(begin, stop, past.source, past.target, past.token, past.time, state.tokens.last, past.before, order)
    _moments(begin, stop, state, funding, gifts_pay, order, features, pattern, depth, found)
    rows = np.empty(int(depth.sum()), np.int64)
    _gather(begin, past.before, pattern, depth, found, rows)
    return Measured(features, pattern, depth, rows)


@compiled
def _moments(
    begin: int, stop: int, state: State, funding: Funding, gifts_pay: bool, order: I64,
    features: F64, pattern: I64, depth: I64, found: I64,
) -> None:  # fmt: skip
    """Measure all transfers of a moment, then remember them, then look for rounds that they close."""
    time = state.past.time
    first = begin
    while first < stop:
        after = first + 1
        while after < stop and time[after] == time[first]:
            after += 1
        while funding.place[0] < len(funding.time) and funding.time[funding.place[0]] < time[first]:
            place = funding.place[0]
            pay_for(funding.payer[place], funding.account[place], state)
            funding.place[0] = place + 1
        for j in range(first - begin, after - begin):
            behave(order[j], state, features[order[j] - begin])
        for j in range(first - begin, after - begin):
            i = order[j]
            length, deep = structure(i, state, features[i - begin])
            pattern[i - begin] = _named(length, deep)
            depth[i - begin] = deep if pattern[i - begin] != NONE else 1
        for j in range(first - begin, after - begin):
            remember(order[j], state, gifts_pay)
        for i in range(first, after):
            many = look_round(i, state, features[i - begin], found[i - begin])
            if many and (pattern[i - begin] == NONE or pattern[i - begin] == CHAIN):
                pattern[i - begin], depth[i - begin] = ROTATION, many
        first = after


@compiled
def _named(length: int, depth: int) -> int:
    """Name a walk by how it closes."""
    if length == 1:
        return SELF_TRADE
    if length == 2:
        return ROUND_TRIP
    if length > 2:
        return CYCLE
    return CHAIN if depth > 1 else NONE


@compiled
def _gather(begin: int, before: I64, pattern: I64, depth: I64, found: I64, rows: I64) -> None:
    """Write the evidence of each transfer, in the order in which it was walked; of a round, in order of the record."""
    place = 0
    for i in range(len(depth)):
        deep = depth[i]
        if pattern[i] == ROTATION:
            rows[place : place + deep] = np.sort(found[i, :deep])
        else:
            j = begin + i
            for step in range(deep - 1, -1, -1):
                rows[place + step] = j
                j = before[j]
        place += deep
