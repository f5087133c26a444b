"""What was known of each account before a moment: counters, recencies and decays, from earlier transfers alone.

Half-lives are multiples of the period that is forecast, and prices are told by what the market paid at their time, so
that what is learned on one market's clock and in one currency makes sense on another's. Transfers between two known
accounts count; mints, burns, unknown buyers and gifts to oneself do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...arguments import whole
from ...graph.columns import F64, I32, I64, Columns

HALF_LIVES = (0.5, 2.0, 8.0)  # in periods
SIDES = ("bought", "sold")
_EACH = ("count", "recency", "age", "value", *(f"decay {half:g}" for half in HALF_LIVES))
FEATURES = (
    *(f"{side} {name}" for side in SIDES for name in _EACH),
    "spend 2", "price", "price growth", "held", "traders", "market", "growth",
)  # fmt: skip


@dataclass(frozen=True)
class Trades:
    """Transfers between two known accounts, in order of time; each array is (n,).

    Attributes
    ----------
    source, target, token, time, value
        As in `Columns`; no token is -1, an unknown value NaN.
    level
        Mean log of the prices up to each transfer, itself included, over `unit`; weights halve every 100 prices, and
        those of one moment have no order: each counts as their mean. NaN before the first one.
    unit
        The first known price, so that no currency is the measure of another; NaN where there is none.
    shape
        How many accounts and tokens there are.
    """

    source: I32
    target: I32
    token: I32
    time: I64
    value: F64
    level: F64
    unit: float
    shape: tuple[int, int]

    @classmethod
    def of(cls, record: Columns) -> Trades:
        """Choose them out of a record."""
        kept = np.flatnonzero((record.source >= 0) & (record.target >= 0) & (record.source != record.target))
        some = record.take(kept)
        shape = record.accounts, record.tokens
        return cls(some.source, some.target, some.token, some.time, some.value, *_levels(some.time, some.value), shape)

    def __len__(self) -> int:
        """Count them."""
        return len(self.time)

    def between(self, start: float, end: float) -> Trades:
        """Keep those of [start, end)."""
        first, stop = np.searchsorted(self.time, [start, end], side="left").tolist()
        part = slice(first, max(first, stop))
        arrays = ("source", "target", "token", "time", "value", "level")
        return replace(self, **{name: getattr(self, name)[part] for name in arrays})

    def level_before(self, at: Any) -> F64:
        """Give `level` before moments, in their shape; NaN where no price was known."""
        last = np.searchsorted(self.time, at, side="left") - 1
        level: F64 = np.append(self.level, np.nan)[last]
        return level

    def price_before(self, at: int) -> float:
        """Give what the market paid before a moment; NaN where no price was known."""
        return self.unit * float(np.exp(self.level_before(at)))

    def relative(self) -> F64:
        """Divide each value by what the market paid before it, (n,) float64; NaN where either is unknown."""
        relative: F64 = self.value / self.unit / np.exp(self.level_before(self.time))
        return relative

    def of_side(self, side: str) -> I32:
        """Who bought, or who sold."""
        return self.target if side == "bought" else self.source


@dataclass(frozen=True)
class Activity:
    """How often and when accounts did one thing before a moment: what recency-frequency rivals look at.

    Attributes
    ----------
    count
        (accounts,) float64.
    recency, age
        (accounts,) float64, periods since the last and the first time; NaN where it never happened.
    """

    count: F64
    recency: F64
    age: F64


def activity(past: Trades, side: str, at: int, period: int) -> Activity:
    """Count what each account did before a moment."""
    who, n = past.of_side(side), past.shape[0]
    last, first = np.full(n, np.nan), np.full(n, np.nan)
    last[who] = past.time  # later ones overwrite earlier ones
    first[who[::-1]] = past.time[::-1]
    return Activity(np.bincount(who, minlength=n).astype(np.float64), (at - last) / period, (at - first) / period)


def seen(past: Trades) -> NDArray[np.bool_]:
    """Mark the accounts that did anything."""
    known = np.zeros(past.shape[0], bool)
    known[past.source] = known[past.target] = True
    return known


def state(trades: Trades, at: int, period: int) -> F64:
    """Describe every account by what happened before a moment.

    Parameters
    ----------
    at
        The moment, int seconds; transfers at it or later are not looked at.
    period
        Length of what is forecast, seconds.

    Returns
    -------
    (accounts, features) float64
        Columns as in `FEATURES`: logarithms of counts, values and times in periods; NaN where it never happened.
    """
    past = trades.between(-np.inf, at)
    n = past.shape[0]
    relative = past.relative()
    value = np.nan_to_num(relative)
    weights = {half: np.exp2(-(at - past.time) / (half * period)) for half in HALF_LIVES}
    columns: list[F64] = []
    for side in SIDES:
        did, who = activity(past, side, at, period), past.of_side(side)
        columns += [np.log1p(did.count), np.log1p(did.recency), np.log1p(did.age), _sum(who, value, n)]
        columns += [_sum(who, weight, n) for weight in weights.values()]
    spent = _sum(past.target, value * weights[2.0], n)
    priced = np.isfinite(relative) & (relative > 0)
    price = _mean(past.target[priced], np.log(relative[priced]), n)
    bought, sold = (np.bincount(past.of_side(side), minlength=n) for side in SIDES)
    held = np.log1p(np.maximum(bought - sold, 0))
    growth = np.full(n, past.level_before(at) - past.level_before(at - 4 * period))
    columns += [spent, price, growth, held, *_market(past, at, period)]
    return np.column_stack([np.broadcast_to(column, n) for column in columns])


def _levels(time: I64, value: F64) -> tuple[F64, float]:
    """Mean log price up to each transfer, and its unit; see `Trades`."""
    priced = value > 0
    unit = float(value[priced.argmax()]) if priced.any() else np.nan
    logs = pd.Series(np.log(value / unit, out=np.full(len(value), np.nan), where=priced))
    prices = logs.groupby(time).transform("mean").where(priced)
    return prices.ewm(halflife=100, ignore_na=True).mean().ffill().to_numpy(np.float64), unit


def _market(past: Trades, at: int, period: int) -> list[Any]:
    """Say the same of all accounts: traders and transfers in the last period, and how their number has grown."""
    last, before = past.between(at - period, np.inf), past.between(at - 4 * period, at - period)
    traders = len(np.unique(np.concatenate([last.source, last.target])))
    growth = np.log1p(len(last)) - np.log1p(len(before) / 3)
    return [np.log1p(traders), np.log1p(len(last)), growth]


def _sum(who: I32, weight: F64, n: int) -> F64:
    total: F64 = np.log1p(np.bincount(who, weight, n))
    return total


def _mean(who: I32, values: F64, n: int) -> F64:
    count = np.bincount(who, minlength=n)
    mean: F64 = np.divide(np.bincount(who, values, n), count, out=np.full(n, np.nan), where=count > 0)
    return mean


def embeddings(trades: Trades, at: int, period: int, size: int = 32, seed: int = 0) -> NDArray[np.float32]:
    """Place accounts by the company and the tokens they kept before a moment; what is recent weighs more.

    Every account and token has a random direction, drawn when it first appears: none that comes later changes it. An
    account stands at the mean of the directions of the tokens and partners of its transfers, weighed by
    ``2^(-age / 8 periods)``; a second step adds where its partners stand (as in Zhang et al. 2018, RandNE, whose
    projections need no training and no look at the whole graph).

    Returns
    -------
    (accounts, size) float32
        Rows of length 1, or zeros where nothing happened before.
    """
    draws = np.random.default_rng(whole("seed", seed, 0)).spawn(2)
    size = whole("size", size, 1, 4_096)
    past = trades.between(-np.inf, at)
    parties = np.column_stack([past.source, past.target]).ravel()
    appeared = zip(draws, (parties, past.token), past.shape, strict=True)
    accounts, tokens = (_directions(rng, rows, count, size) for rng, rows, count in appeared)
    weight = np.exp2(-(at - past.time) / (8.0 * period))
    named = tokens[past.token]
    first = _unit(_spread(past, weight, named + accounts[past.target], named + accounts[past.source]))
    return _unit(first + 0.5 * _unit(_spread(past, weight, first[past.target], first[past.source]))).astype(np.float32)


def _directions(rng: np.random.Generator, rows: I32, count: int, size: int) -> F64:
    """Draw a direction for each of `rows` in order of appearance; zeros for those that did not, and, last, for -1."""
    appeared = pd.unique(rows[rows >= 0])
    directions = np.zeros((count + 1, size))
    directions[appeared] = rng.normal(size=(len(appeared), size))
    return directions


def _spread(past: Trades, weight: F64, to_source: F64, to_target: F64) -> F64:
    """Add up what each transfer says of its two parties, (accounts, size)."""
    total = np.zeros((past.shape[0], to_source.shape[1]))
    np.add.at(total, past.source, weight[:, None] * to_source)
    np.add.at(total, past.target, weight[:, None] * to_target)
    return total


def _unit(rows: F64) -> F64:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: F64 = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit
