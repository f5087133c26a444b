"""Features of the structure channel: the closed part of a walk, and the open end of it.

Two kinds of evidence end in a transfer. Where the walk returns to a holder: all transfers for which it has stayed among
the same holders (von Wachter et al. 2022, arXiv 2202.03866; La Morgia et al. 2022, arXiv 2212.01225). Where it does
not: the hops through accounts that did nothing else, or that each followed within an hour.
"""

from __future__ import annotations

import math

import numpy as np

from ...graph.columns import F64, I64
from ...graph.compiled import compiled
from .names import COLUMN
from .state import NEVER, State
from .walks import BACK, closing

HOUR, MONTH = 3_600, 30 * 86_400
(
    _LENGTH, _LAPS, _SPAN, _QUICKEST, _DRIFT, _IMBALANCE, _PAID, _GIVEN, _MEMBERS, _HUB, _LONER, _INSIDE, _OLDEST,
    _HOPS, _HOPS_PACE, _HOPS_SLOWEST, _HOPS_DRIFT, _HOPS_GIVEN, _RAPID, _NEW, _ROUND,
) = range(COLUMN["length"], COLUMN["round"] + 1)  # fmt: skip
_LINKED_ALL = COLUMN["linked_all"]


@compiled
def structure(i: int, state: State, row: F64) -> tuple[int, int]:
    """Write the structure of the walk that ends in transfer i into a row of features.

    Returns
    -------
    length, depth
        As `walks.closing`; where nothing closes, 0 and the number of hops that look like one hand's.
    """
    past = state.past
    if past.source[i] < 0 or past.target[i] < 0:
        return 0, 0
    length, depth = closing(i, past.source, past.target, past.before)
    row[_LENGTH] = length
    if length:
        row[_LAPS] = depth / length
        _closed(i, depth, state, row)
    hops = _hops(i, state, row)
    row[_RAPID] = _rapid(i, state)
    row[_NEW] = 1.0 if state.accounts.first[past.target[i]] == NEVER else 0.0
    if not length:
        depth = hops
    tied, j = 0.0, i
    for _ in range(max(depth, 1)):
        tied += past.linked[j]
        j = past.before[j]
    row[_LINKED_ALL] = tied / max(depth, 1)
    return length, depth


@compiled
def _closed(i: int, depth: int, state: State, row: F64) -> None:
    """Describe the last `depth` transfers of a walk that closes."""
    past = state.past
    rows = np.empty(depth, np.int64)
    j = i
    for step in range(depth):
        rows[depth - 1 - step] = j
        j = past.before[j]
    row[_SPAN] = math.log1p(past.time[i] - past.time[rows[0]])
    waited = np.inf
    for step in range(1, depth):
        waited = min(waited, float(past.time[rows[step]] - past.time[rows[step - 1]]))
    row[_QUICKEST] = math.log1p(waited) if depth > 1 else 0.0
    row[_DRIFT] = drift(rows, past.value)
    row[_IMBALANCE], row[_PAID], row[_MEMBERS] = balance(rows, state)
    row[_GIVEN] = given(rows, past.value)
    row[_HUB], row[_LONER], row[_INSIDE], row[_OLDEST] = company(rows, past.time[i], state)


@compiled
def drift(rows: I64, value: F64) -> float:
    """Give the largest |ln| of the ratio of one known price to the next, NaN where there are not two."""
    most, last = np.nan, np.nan
    for j in rows:
        price = value[j]
        if price > 0:
            change = abs(math.log(price) - math.log(last))
            if not (change <= most) and change == change:
                most = change
            last = price
    return most


@compiled
def given(rows: I64, value: F64) -> float:
    """Give the share of transfers that were for nothing, as far as is known."""
    count = 0
    for j in rows:
        count += value[j] == 0
    return count / len(rows)


@compiled
def balance(rows: I64, state: State) -> tuple[float, float, int]:
    """Give the largest |net| / turnover of a member (NaN without prices), the share of paid hops, the members."""
    past = state.past
    who, net, gross = np.empty(2 * len(rows), np.int64), np.zeros(2 * len(rows)), np.zeros(2 * len(rows))
    members, paid = 0, 0
    for j in rows:
        price = past.value[j] if past.value[j] > 0 else 0.0
        paid += price > 0
        for side in range(2):
            account = past.source[j] if side == 0 else past.target[j]
            m = 0
            while m < members and who[m] != account:
                m += 1
            if m == members:
                who[m], members = account, members + 1
            net[m] += price if side == 0 else -price
            gross[m] += price
    worst = np.nan
    for m in range(members):
        if gross[m] > 0:
            share = abs(net[m]) / gross[m]
            if not (share <= worst):
                worst = share
    return worst, paid / len(rows), members


@compiled
def company(rows: I64, now: int, state: State) -> tuple[float, float, float, float]:
    """Give ln(1 + partners) of the busiest and the loneliest member, least share of its trade inside, oldest age."""
    past, accounts = state.past, state.accounts
    most, least, inside, oldest = 0, np.iinfo(np.int64).max, 1.0, 0.0
    for j in rows:
        for side in range(2):
            account = past.source[j] if side == 0 else past.target[j]
            own = 0
            for other in rows:
                own += (past.source[other] == account) + (past.target[other] == account)
            total = max(accounts.gave[account] + accounts.got[account], own)
            most, least = max(most, accounts.partners[account]), min(least, accounts.partners[account])
            inside = min(inside, own / total)
            if accounts.first[account] != NEVER:
                oldest = max(oldest, float(now - accounts.first[account]))
    return math.log1p(most), math.log1p(least), inside, math.log1p(oldest)


@compiled
def _hops(i: int, state: State, row: F64) -> int:
    """Count the hops up to i through accounts that did nothing but pass the token on, or that came within an hour."""
    past, accounts = state.past, state.accounts
    j, hops, slowest = i, 1, 0
    while past.before[j] >= 0 and hops < BACK:
        through, came = past.source[j], past.before[j]
        waited = past.time[j] - past.time[came]
        busy = accounts.gave[through] + accounts.got[through] > (1 if j == i else 2)
        if waited > MONTH or (busy and waited > HOUR):
            break
        hops, slowest, j = hops + 1, max(slowest, waited), came
    row[_HOPS] = hops
    if hops > 1:
        rows = np.empty(hops, np.int64)
        rows[hops - 1] = i
        for step in range(hops - 2, -1, -1):
            rows[step] = past.before[rows[step + 1]]
        row[_HOPS_PACE] = math.log1p((past.time[i] - past.time[rows[0]]) / (hops - 1))
        row[_HOPS_SLOWEST] = math.log1p(slowest)
        row[_HOPS_DRIFT] = drift(rows, past.value)
        row[_HOPS_GIVEN] = given(rows, past.value)
    return hops


@compiled
def _rapid(i: int, state: State) -> int:
    """Count the transfers of the walk, up to i, that each came within an hour of the one before."""
    past = state.past
    j, count = i, 1
    while past.before[j] >= 0 and count < BACK and past.time[j] - past.time[past.before[j]] <= HOUR:
        j, count = past.before[j], count + 1
    return count
