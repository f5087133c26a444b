"""What accounts, tokens and the market did before: features of the behaviour and entity channels, and their upkeep.

After Falk, Tsoukalas and Zhang 2023 (arXiv 2311.18717): time since the token's last trade, counts of a week, price and
its deviation, roundness; with counts of pairs, of partners, and the tie between who paid for whom.
"""

from __future__ import annotations

import math

import numpy as np

from ...graph.columns import F64
from ...graph.compiled import compiled
from .names import COLUMN
from .state import NEVER, RECENT, State, count_pair, times

WEEK = 7 * 86_400.0
LEAST = 1e-300  # below it the power of ten that a price is divided by is none
MEMORY = 0.99  # share of the market's mean that one price leaves

(
    _SELLER_AGE, _BUYER_AGE, _SELLER_GAVE, _SELLER_GOT, _BUYER_GAVE, _BUYER_GOT, _SELLER_PARTNERS, _BUYER_PARTNERS,
    _SELLER_WEEK, _BUYER_WEEK, _PAIR, _REVERSE, _SELLER_SHARE, _BUYER_SHARE, _HELD, _TOKEN_IDLE, _TOKEN_MOVES,
    _PRICE_CHANGE, _PRICE_MARKET, _DIGITS, _AS_SOLD, _AS_BOUGHT, _AS_PAID, _UNPAID,
) = range(COLUMN["seller_age"], COLUMN["unpaid"] + 1)  # fmt: skip
_LINKED = COLUMN["linked"]


@compiled
def behave(i: int, state: State, row: F64) -> None:
    """Write the behaviour of transfer i into a row of features."""
    past, accounts, tokens = state.past, state.accounts, state.tokens
    s, t, k, now = past.source[i], past.target[i], past.token[i], past.time[i]
    if s >= 0:
        row[_SELLER_AGE] = _age(accounts.first[s], now)
        row[_SELLER_GAVE], row[_SELLER_GOT] = math.log1p(accounts.gave[s]), math.log1p(accounts.got[s])
        row[_SELLER_PARTNERS] = math.log1p(accounts.partners[s])
        row[_SELLER_WEEK] = math.log1p(accounts.week_gave[s] * _faded(accounts.moved[s], now))
    if t >= 0:
        row[_BUYER_AGE] = _age(accounts.first[t], now)
        row[_BUYER_GAVE], row[_BUYER_GOT] = math.log1p(accounts.gave[t]), math.log1p(accounts.got[t])
        row[_BUYER_PARTNERS] = math.log1p(accounts.partners[t])
        row[_BUYER_WEEK] = math.log1p(accounts.week_got[t] * _faded(accounts.moved[t], now))
    if s >= 0 and t >= 0:
        pair, reverse = times(state.pairs, s, t), times(state.pairs, t, s)
        row[_PAIR], row[_REVERSE] = math.log1p(pair), math.log1p(reverse)
        row[_SELLER_SHARE] = pair / accounts.gave[s] if accounts.gave[s] else np.nan
        row[_BUYER_SHARE] = pair / accounts.got[t] if accounts.got[t] else np.nan
    value = past.value[i]
    if k >= 0:
        row[_TOKEN_MOVES], row[_TOKEN_IDLE] = math.log1p(tokens.moves[k]), _age(tokens.moved[k], now)
        if value > 0:
            row[_PRICE_CHANGE] = math.log(value) - math.log(tokens.price[k])
    if past.before[i] >= 0:
        row[_HELD] = math.log1p(now - past.time[past.before[i]])
    if value > 0 and state.market[1] > 0:
        row[_PRICE_MARKET] = math.log(value) - state.market[0] / state.market[1]
    if value > 0 and s >= 0 and t >= 0:
        row[_AS_SOLD] = abs(math.log(value) - math.log(accounts.sold_at[s]))
        row[_AS_BOUGHT] = abs(math.log(value) - math.log(accounts.bought_at[s]))
        row[_AS_PAID] = abs(math.log(value) - math.log(accounts.bought_at[t]))
    row[_DIGITS] = digits(value)
    row[_UNPAID] = 0.0 if value > 0 else 1.0 if value == 0 else 2.0
    past.linked[i] = row[_LINKED] = tie(s, t, state)


@compiled
def tie(s: int, t: int, state: State) -> float:
    """Say how much common payment ties two accounts: log(N / fan-out of the payer) / log(N), 0 where nothing does.

    A payer of nearly everybody says nothing (the inverse document frequency of Sparck Jones 1972): exchanges, bridges
    and minters fade without being listed by name.
    """
    if s < 0 or t < 0 or s == t or state.funded[0] < 2:
        return 0.0
    payer = state.accounts.payer
    found = -1
    if payer[s] >= 0 and payer[s] == payer[t]:
        found = payer[s]
    elif payer[t] == s:
        found = s
    elif payer[s] == t:
        found = t
    if found < 0:
        return 0.0
    return max(0.0, 1.0 - math.log(max(state.accounts.paid_for[found], 1)) / math.log(state.funded[0]))


@compiled
def pay_for(payer: int, account: int, state: State) -> None:
    """Remember who first paid for an account."""
    if payer >= 0 and account >= 0 and payer != account and state.accounts.payer[account] < 0:
        state.accounts.payer[account] = payer
        state.accounts.paid_for[payer] += 1
        state.funded[0] += 1


@compiled
def remember(i: int, state: State, gifts_pay: bool) -> None:
    """Count transfer i; where nobody told who paid for whom, a first transfer for nothing counts as that."""
    past, accounts, tokens = state.past, state.accounts, state.tokens
    s, t, k, now, value = past.source[i], past.target[i], past.token[i], past.time[i], past.value[i]
    if s >= 0:
        _touch(s, now, state)
        accounts.gave[s] += 1
        accounts.week_gave[s] += 1.0
    if t >= 0:
        _touch(t, now, state)
        accounts.got[t] += 1
        accounts.week_got[t] += 1.0
    if s >= 0 and t >= 0:
        accounts.recent[s, 1:] = accounts.recent[s, : RECENT - 1].copy()
        accounts.recent[s, 0] = i
        if count_pair(state.pairs, s, t) == 0 and s != t and times(state.pairs, t, s) == 0:
            accounts.partners[s] += 1
            accounts.partners[t] += 1
        if value > 0:
            accounts.sold_at[s] = accounts.bought_at[t] = value
        elif gifts_pay:
            pay_for(s, t, state)
    if k >= 0:
        tokens.moves[k] += 1
        tokens.moved[k] = now
        if value > 0:
            tokens.price[k] = value
    if value > 0:
        state.market[0] = MEMORY * state.market[0] + math.log(value)
        state.market[1] = MEMORY * state.market[1] + 1.0


@compiled
def digits(value: float) -> float:
    """Count the significant decimal digits of a price, up to 9: 0.25 has 2, 1200 has 2; 0 where it is none."""
    if not LEAST < value < math.inf:
        return 0.0
    scaled = value / 10.0 ** math.floor(math.log10(value))
    for count in range(1, 9):
        if abs(scaled - round(scaled)) < 1e-7 * scaled:
            return float(count)
        scaled *= 10.0
    return 9.0


@compiled
def _touch(account: int, now: int, state: State) -> None:
    """Let the counts of a week fade to now."""
    accounts = state.accounts
    if accounts.first[account] == NEVER:
        accounts.first[account] = now
    faded = _faded(accounts.moved[account], now)
    accounts.week_gave[account] *= faded
    accounts.week_got[account] *= faded
    accounts.moved[account] = now


@compiled
def _faded(since: int, now: int) -> float:
    return 0.0 if since == NEVER else math.exp((float(since) - float(now)) / WEEK)


@compiled
def _age(since: int, now: int) -> float:
    return np.nan if since == NEVER else math.log1p(float(now) - float(since))
