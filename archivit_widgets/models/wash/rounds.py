"""Rounds of several tokens: a gives b one work, b gives c another, c gives a a third, and every account breaks even.

No token returns, so the walk of none closes. A transfer from s to t closes a round where t reaches s through recent
transfers of other tokens: the shortest such path is sought among the last `RECENT` transfers out of each account, at
first only at about the price of this transfer.
"""

from __future__ import annotations

import math

import numpy as np

from ...graph.columns import F64, I64
from ...graph.compiled import compiled
from .names import COLUMN
from .state import RECENT, State
from .structure import balance, company, given

LONGEST = 5  # accounts of a round
PERIOD = 60 * 86_400  # seconds from its first transfer to its last
ALIKE = 0.25  # of the logarithm of a price
BUDGET = 400  # transfers looked at for one that might close a round
_ROUND, _SPAN, _IMBALANCE, _GIVEN, _HUB, _INSIDE = range(COLUMN["round"], COLUMN["round_inside"] + 1)


@compiled
def look_round(i: int, state: State, row: F64, found: I64) -> int:
    """Find the shortest round that transfer i closes, describe it in a row of features.

    Parameters
    ----------
    found
        (LONGEST,) its transfers, in the order of the round; written.

    Returns
    -------
    How many they are, 0 for none.
    """
    past = state.past
    s, t = past.source[i], past.target[i]
    if s < 0 or t < 0 or s == t or state.accounts.gave[t] == 0 or state.accounts.got[s] == 0:
        row[_ROUND] = 0.0
        return 0
    length = _shortest(i, state, found, ALIKE) if past.value[i] > 0 else 0
    if not length:
        length = _shortest(i, state, found, np.inf)
    row[_ROUND] = length
    if length:
        rows = found[:length]
        row[_SPAN] = math.log1p(past.time[i] - past.time[rows].min())
        row[_IMBALANCE] = balance(rows, state)[0]
        row[_GIVEN] = given(rows, past.value)
        row[_HUB], _, row[_INSIDE], _ = company(rows, past.time[i], state)
    return length


@compiled
def _shortest(i: int, state: State, found: I64, apart: float) -> int:
    """Find the shortest round whose prices lie within a factor exp(apart) of that of transfer i; give its length."""
    budget = BUDGET
    for length in range(2, LONGEST + 1):
        closed, budget = _path(i, length, state, found, budget, apart)
        if closed:
            return length
        if budget <= 0:
            break
    return 0


@compiled
def _path(i: int, length: int, state: State, found: I64, budget: int, apart: float) -> tuple[bool, int]:
    """Seek a path of length - 1 transfers from the receiver of i back to its giver, depth first."""
    past, recent = state.past, state.accounts.recent
    goal, now = past.source[i], past.time[i]
    slot = np.zeros(LONGEST, np.int64)
    found[0] = i
    depth = 1
    while depth > 0:
        if slot[depth] == RECENT or budget <= 0:
            slot[depth] = 0
            depth -= 1
            continue
        here = past.target[found[depth - 1]]
        edge = recent[here, slot[depth]]
        slot[depth] += 1
        budget -= 1
        if edge < 0 or now - past.time[edge] > PERIOD:
            slot[depth] = RECENT  # they lie in order, the latest first
            continue
        if _taken(edge, found, depth, state) or (apart < np.inf and not _alike(edge, i, state, apart)):
            continue
        there = past.target[edge]
        found[depth] = edge
        if depth == length - 1:
            if there == goal:
                return True, budget
        elif there != goal:
            depth += 1
            slot[depth] = 0
    return False, budget


@compiled
def _alike(edge: int, i: int, state: State, apart: float) -> bool:
    price = state.past.value[edge]
    return price > 0 and abs(math.log(price) - math.log(state.past.value[i])) <= apart


@compiled
def _taken(edge: int, found: I64, depth: int, state: State) -> bool:
    """Whether a transfer leads to an account that the path has seen already, or moves a token that moved already."""
    past = state.past
    for step in range(depth):
        other = found[step]
        if other == edge or past.target[other] == past.target[edge]:
            return True
        if past.token[edge] >= 0 and past.token[other] == past.token[edge]:
            return True
    return False
