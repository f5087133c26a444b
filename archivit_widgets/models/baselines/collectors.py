"""Recency and frequency: what a forecast of collectors must beat.

Each rival is fitted to how often and when accounts did one thing (`Activity`) before the starts of past periods, and
whether they did it within; it says with which probability they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, log1p

from ...graph.columns import F64
from ..collectors.state import Activity

Labels = NDArray[np.bool_]
BINS = 6
LEAN = 10  # cases of the base rate that each cell of the table is given beside its own


class Rival(Protocol):
    """Says with which probability accounts do one thing in the next period."""

    @classmethod
    def fit(cls, past: Activity, did: Labels) -> Self:
        """Learn from what was known of (n,) accounts, and whether they did it."""

    def probability(self, past: Activity) -> F64:
        """(n,) float64."""


@dataclass(frozen=True)
class BaseRate:
    """The same for all: how many did it."""

    rate: float

    @classmethod
    def fit(cls, past: Activity, did: Labels) -> Self:
        """Take the mean."""
        return cls(float(did.mean()))

    def probability(self, past: Activity) -> F64:
        """(n,) float64."""
        return np.full(len(past.count), self.rate)


@dataclass(frozen=True, eq=False)
class Table:
    """The share of accounts that did it, for each cell of recency x frequency; small cells lean on the base rate.

    Attributes
    ----------
    recency, count
        Inner edges of the bins.
    share
        (bins + 1, bins) float64; the last row is for accounts that never did it.
    """

    recency: F64
    count: F64
    share: F64

    @classmethod
    def fit(cls, past: Activity, did: Labels) -> Self:
        """Cut both into bins of equal size, and count."""
        ever = past.count > 0
        recency, count = _edges(past.recency[ever]), _edges(past.count[ever])
        empty = cls(recency, count, np.zeros((BINS + 1, BINS)))
        cell = empty._cell(past)
        happened = np.bincount(cell, did.astype(np.float64), empty.share.size)
        share = (happened + LEAN * did.mean()) / (np.bincount(cell, minlength=empty.share.size) + LEAN)
        return cls(recency, count, share.reshape(empty.share.shape))

    def probability(self, past: Activity) -> F64:
        """(n,) float64."""
        found: F64 = self.share.ravel()[self._cell(past)]
        return found

    def _cell(self, past: Activity) -> NDArray[np.intp]:
        row = np.searchsorted(self.recency, np.nan_to_num(past.recency), side="left")
        column = np.searchsorted(self.count, past.count, side="left")
        return np.where(past.count > 0, row, BINS) * BINS + np.where(past.count > 0, column, 0)


def _edges(values: F64) -> F64:
    """Inner edges of bins of equal size."""
    if not len(values):
        return np.zeros(BINS - 1)
    edges: F64 = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])
    return edges


@dataclass(frozen=True, eq=False)
class Logistic:
    """Logistic regression on log recency, log frequency and log age."""

    weights: F64

    @classmethod
    def fit(cls, past: Activity, did: Labels) -> Self:
        """Minimise the logistic loss with a slight penalty."""
        x = cls._columns(past)

        def loss(weights: F64) -> tuple[float, F64]:
            score = x @ weights
            error = expit(score) - did
            return float(np.logaddexp(0, score).sum() - score @ did + weights @ weights / 2), x.T @ error + weights

        return cls(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)

    def probability(self, past: Activity) -> F64:
        """(n,) float64."""
        found: F64 = expit(self._columns(past) @ self.weights)
        return found

    @staticmethod
    def _columns(past: Activity) -> F64:
        never = past.count == 0
        logs = (np.where(never, 0, np.log1p(np.nan_to_num(one))) for one in (past.recency, past.count, past.age))
        return np.column_stack([np.ones(len(never)), never, *logs])


@dataclass(frozen=True, eq=False)
class BetaGeometric:
    """BG/NBD (Fader, Hardie and Lee 2005, Counting Your Customers the Easy Way).

    While alive, an account acts at rate lambda ~ Gamma(r, alpha); after each act it leaves with p ~ Beta(a, b). With x
    acts after the first, the last t_x after it and T since: it acts in the next period unless it has left or rests,

        P = P(alive) (1 - ((alpha + T) / (alpha + T + 1))^(r + x))
        P(alive) = 1 / (1 + [x > 0] a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x))

    Accounts that never did it get the share of their kind that did.
    """

    r: float
    alpha: float
    a: float
    b: float
    never: float

    @classmethod
    def fit(cls, past: Activity, did: Labels) -> Self:
        """Maximise the likelihood of all past acts; only `never` looks at the labels."""
        ever = past.count > 0
        x, last, span = _acts(past, ever)

        def loss(logs: F64) -> float:
            r, alpha, a, b = np.exp(logs)
            both = gammaln(r + x) - gammaln(r) + r * logs[1]
            stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + span)
            left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + last)
            each = both + np.where(x > 0, np.logaddexp(stays, left), stays)
            return float(-each.mean() + 1e-3 * (logs**2).sum())

        found = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=[(-8, 8)] * 4).x if ever.any() else np.zeros(4)
        rate = (did[~ever].sum() + 1.0) / ((~ever).sum() + 10.0)
        r, alpha, a, b = np.exp(found).tolist()
        return cls(r, alpha, a, b, float(rate))

    def probability(self, past: Activity) -> F64:
        """(n,) float64."""
        ever = past.count > 0
        x, last, span = _acts(past, ever)
        gone = (self.r + x) * (np.log(self.alpha + span) - np.log(self.alpha + last))
        alive = np.where(x > 0, 1 / (1 + self.a / (self.b + np.maximum(x, 1) - 1) * np.exp(np.minimum(gone, 500))), 1.0)
        acts = -np.expm1(-(self.r + x) * log1p(1 / (self.alpha + span)))
        found = np.full(len(past.count), self.never)
        found[ever] = alive * acts
        return found


def _acts(past: Activity, ever: Labels) -> tuple[F64, F64, F64]:
    """x, t_x and T of `BetaGeometric`, in periods."""
    span = past.age[ever]
    return past.count[ever] - 1, span - past.recency[ever], span
