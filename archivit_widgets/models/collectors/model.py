"""The model: see the package for what it is and is not."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from tqdm.auto import tqdm

from ...arguments import whole
from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ...graph.moments import moment
from .. import stored
from ..periods import Periods, periods
from ..trees import MOST_SEED, Boosting, Forest, Rows, fit_trees
from .state import FEATURES, Trades, embeddings, seen, state

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

MOST_ROWS = 500_000  # of a fit; of more, the latest periods
LEAST_PERIODS = 6
# Seven leaves measured best on the periods before those that judge, of CryptoPunks and of the simulated market.
HOW = Boosting(rounds=400, leaves=7, rows_a_leaf=100, rate=0.03, patience=40)
SPEND = replace(HOW, objective="tweedie", metric="tweedie")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What accounts known at the start of a period did within it; arrays are (n,).

    Attributes
    ----------
    account
        Rows of the accounts.
    buys, sells
        Whether they did.
    spend
        Sum of the known values of what they bought.
    """

    account: NDArray[np.intp]
    buys: NDArray[np.bool_]
    sells: NDArray[np.bool_]
    spend: F64


def outcome(trades: Trades, start: int, end: int) -> Outcome:
    """Look at what happened in [start, end) to the accounts that were seen before."""
    known = np.flatnonzero(seen(trades.between(-np.inf, start)))
    now, n = trades.between(start, end), trades.shape[0]
    buys, sells = (np.bincount(who, minlength=n)[known] > 0 for who in (now.target, now.source))
    spend: F64 = np.bincount(now.target, np.nan_to_num(now.value), n)[known].astype(np.float64)
    return Outcome(known, buys, sells, spend)


@dataclass(frozen=True, eq=False)
class CollectorModel:
    """Forecasts of what accounts do in a period; made by `fit` or `load`.

    Attributes
    ----------
    buys, sells, spend
        Forests over `state.FEATURES`: log-odds, and the logarithm of what is expected over what the market paid
        of late (`Trades.level_at`); no `spend` where the record knew no price.
    period
        Seconds.
    """

    buys: Forest
    sells: Forest
    spend: Forest | None
    period: int

    @classmethod
    def fit(
        cls,
        graph: TransferGraph,
        *,
        until: Any = None,
        period: str | float | pd.Timedelta | None = None,
        seed: int = 0,
        progress: bool = True,
    ) -> Self:
        """Learn from all whole periods of a record.

        Parameters
        ----------
        until
            Transfers from this moment on are not looked at; None: all are.
        period
            Length of what is forecast, such as ``"30D"``; None: a 64th of the record.

        Raises
        ------
        ArchivitError
            There are too few periods with transfers.
        """
        check_graph(graph)
        trades = Trades.of(graph.record)
        trades = trades if until is None else trades.between(-np.inf, moment(until))
        clock = periods(trades.time, period)
        rows, late = examples(trades, clock, progress=progress)
        seed = whole("seed", seed, 0, MOST_SEED)
        buys, sells = (_fitted(rows, late, label, seed) for label in ("buys", "sells"))
        priced = rows.spend.any() and late.spend.any()
        return cls(buys, sells, _fitted(rows, late, "spend", seed) if priced else None, clock.length)

    def predict(self, graph: TransferGraph, at: Any = None) -> pd.DataFrame:
        """Forecast the period that begins at a moment, from what happened before it.

        Parameters
        ----------
        at
            A moment; None: right after the last transfer.

        Returns
        -------
        pandas.DataFrame
            Aligned with `graph.accounts`: ``account``, ``buys``, ``sells`` (0 to 1), ``spend`` (the graph's currency);
            NaN for accounts not seen before, and all spend where the model was fitted to a record without prices.
        """
        check_graph(graph)
        trades = Trades.of(graph.record)
        if not len(trades):
            raise ArchivitError("the graph holds no transfer between two accounts; there is nothing to forecast from")
        when = int(trades.time[-1]) + 1 if at is None else moment(at)
        said = self.forecast(trades, when)
        said[~seen(trades.between(-np.inf, when))] = np.nan
        columns = dict(zip(("buys", "sells", "spend"), said.T, strict=True))
        return pd.DataFrame({"account": graph.accounts["account"], **columns})

    def forecast(self, trades: Trades, at: int) -> F64:
        """Forecast for all accounts: (accounts, 3) float64, probabilities of buying and selling, expected spend."""
        rows = state(trades, at, self.period)
        spend = np.full(len(rows), np.nan)
        if self.spend is not None:
            spend = np.exp(np.clip(self.spend.raw_score(rows) + trades.level_at(at), -50, 50))
        return np.column_stack([expit(self.buys.raw_score(rows)), expit(self.sells.raw_score(rows)), spend])

    def embeddings(self, graph: TransferGraph, at: Any = None, size: int = 32, seed: int = 0) -> NDArray[np.float32]:
        """Place accounts by company and tokens before a moment, (accounts, size); see `state.embeddings`."""
        check_graph(graph)
        trades = Trades.of(graph.record)
        when = (int(trades.time[-1]) + 1 if len(trades) else 0) if at is None else moment(at)
        return embeddings(trades, when, self.period, size, seed)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one safetensors file; see `stored.save`."""
        arrays = self.buys.arrays("buys.") | self.sells.arrays("sells.")
        arrays |= {} if self.spend is None else self.spend.arrays("spend.")
        config = {"period": self.period, "features": list(FEATURES), "spend": self.spend is not None}
        stored.save(path, type(self).__name__, config, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a saved model, all its arrays checked; see `stored.load`."""
        config, arrays = stored.load(path, cls.__name__)
        if config.get("features") != list(FEATURES):
            raise ArchivitError(f"{path}: was fitted to other features than this version has; fit the model again")
        names = ["buys", "sells"] + ["spend"] * (config.get("spend") is not False)
        forests = {name: Forest.from_arrays(arrays, f"{name}.") for name in names}
        if any(forest.features != len(FEATURES) for forest in forests.values()):
            raise ArchivitError(f"{path}: its trees ask for other features; it is damaged")
        period = whole("period in the file of the model", config.get("period"), 1)
        return cls(forests["buys"], forests["sells"], forests.get("spend"), period)


@dataclass(frozen=True, eq=False)
class Examples:
    """Accounts at the starts of periods: (n, features) and what they did; spend over what the market paid."""

    features: F64
    buys: NDArray[np.bool_]
    sells: NDArray[np.bool_]
    spend: F64


def examples(trades: Trades, clock: Periods, *, progress: bool = False) -> tuple[Examples, Examples]:
    """Walk through all whole periods: the first 85 % to fit to, the later to know when to stop.

    Raises
    ------
    ArchivitError
        There are fewer than six periods, or nothing happened in one of the parts.
    """
    numbers = np.unique(clock.of(trades.time)) if len(trades) else np.empty(0, np.int64)
    whole_ones = range(int(numbers[0]) + 1, int(numbers[-1])) if len(numbers) else range(0)
    if len(whole_ones) < LEAST_PERIODS:
        raise ArchivitError(
            f"the record has {max(len(whole_ones), 0)} whole periods; at least {LEAST_PERIODS} are needed to learn who "
            "buys next: choose a shorter period"
        )
    made: list[Examples] = []
    rows = 0
    for number in tqdm(whole_ones[::-1], "periods", disable=not progress, leave=False):
        if rows >= MOST_ROWS:
            break
        start, end = clock.start(number), clock.start(number + 1)
        did = outcome(trades, start, end)
        features = state(trades, start, clock.length)[did.account]
        made.append(Examples(features, did.buys, did.sells, did.spend / np.exp(trades.level_at(start))))
        rows += len(did.account)
    made.reverse()
    early = max(round(0.85 * len(made)), 1)
    return _joined(made[:early]), _joined(made[early:])


def _joined(parts: list[Examples]) -> Examples:
    columns = ([getattr(part, name) for part in parts] for name in ("features", "buys", "sells", "spend"))
    if not parts or not any(len(part.buys) for part in parts):
        raise ArchivitError("too few accounts were seen before the last periods to learn who buys next")
    return Examples(*(np.concatenate(column) for column in columns))


def _fitted(rows: Examples, late: Examples, label: str, seed: int) -> Forest:
    how = SPEND if label == "spend" else HOW
    parts = [Rows(part.features, getattr(part, label).astype(np.float64)) for part in (rows, late)]
    if not all(part.labels.any() for part in parts):
        did = {"buys": "bought", "sells": "sold", "spend": "spent"}[label]
        raise ArchivitError(f"no known account {did} anything in one part of the record; a forecast needs some")
    return fit_trees(parts[0], how, validation=parts[1], seed=seed)
