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

from ...arguments import counted, whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ...graph.moments import moment
from ...graph.words import duration, minute
from .. import stored
from ..periods import Periods, periods
from ..trees import MOST_SEED, Boosting, Forest, Rows, fit_trees
from .state import FEATURES, Trades, embeddings, seen, state

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

MOST_ROWS = 500_000  # of a fit; of more, the latest periods
LEAST_PERIODS = 6
STRAY = 100  # one transfer in so many, on either side, may be strays; see `settled`
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
        of late (`Trades.price_before`); no `spend` where the record knew no price.
    period
        Seconds.
    cases
        Accounts at starts of periods that it was fitted to.
    """

    buys: Forest
    sells: Forest
    spend: Forest | None
    period: int
    cases: int

    def __repr__(self) -> str:
        """Say what it forecasts, and from how much."""
        what = "buys and sells" if self.spend is None else "buys, sells and spend"
        return f"CollectorModel({what} in periods of {duration(self.period)}, fitted to {self.cases:,} cases)"

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
            Length of what is forecast, such as ``"30D"``; None: a 64th of the record, strays left out (`settled`).

        Raises
        ------
        ArchivitError
            There are too few periods with transfers.
        """
        check_graph(graph)
        trades = Trades.of(graph.record)
        trades = trades if until is None else trades.between(-np.inf, moment(until))
        clock = periods(settled(trades.time), period)
        rows, late = examples(trades, clock, progress=progress)
        seed = whole("seed", seed, 0, MOST_SEED)
        buys, sells = (_fitted(rows, late, label, seed) for label in ("buys", "sells"))
        priced = all(np.nansum(part.spend) for part in (rows, late))
        spend = _fitted(rows, late, "spend", seed) if priced else None
        return cls(buys, sells, spend, clock.length, len(rows.buys) + len(late.buys))

    def predict(self, graph: TransferGraph, at: Any = None) -> pd.DataFrame:
        """Forecast the period that begins at a moment, from what happened before it.

        Parameters
        ----------
        at
            A moment; None: right after the last transfer of the record.

        Returns
        -------
        pandas.DataFrame
            Aligned with `graph.accounts`: ``account``, ``buys``, ``sells`` (0 to 1), ``spend`` (the graph's currency);
            NaN for accounts not seen before, and all spend where no price was known before, or in the fit. Its
            ``attrs["period"]`` says how many seconds the period lasts.
        """
        check_graph(graph)
        trades = Trades.of(graph.record)
        if not len(trades):
            raise ArchivitError("the graph holds no transfer between two accounts; there is nothing to forecast from")
        when = _when(graph, at)
        said = self.forecast(trades, when)
        said[~seen(trades.between(-np.inf, when))] = np.nan
        columns = dict(zip(("buys", "sells", "spend"), said.T, strict=True))
        table = pd.DataFrame({"account": graph.accounts["account"], **columns})
        table.attrs["period"] = self.period
        return table

    def forecast(self, trades: Trades, at: int) -> F64:
        """Forecast for all accounts: (accounts, 3) float64, probabilities of buying and selling, expected spend."""
        rows = state(trades, at, self.period)
        spend = np.full(len(rows), np.nan)
        if self.spend is not None:
            spend = trades.price_before(at) * np.exp(np.clip(self.spend.raw_score(rows), -50, 50))
        return np.column_stack([expit(self.buys.raw_score(rows)), expit(self.sells.raw_score(rows)), spend])

    def embeddings(self, graph: TransferGraph, at: Any = None, size: int = 32, seed: int = 0) -> NDArray[np.float32]:
        """Place accounts by company and tokens before a moment, (accounts, size); see `state.embeddings`."""
        check_graph(graph)
        return embeddings(Trades.of(graph.record), _when(graph, at), self.period, size, seed)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one safetensors file; see `stored.save`."""
        arrays = self.buys.arrays("buys.") | self.sells.arrays("sells.")
        arrays |= {} if self.spend is None else self.spend.arrays("spend.")
        config = {"period": self.period, "features": list(FEATURES), "spend": self.spend is not None}
        config |= {"cases": self.cases}
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
        cases = whole("cases in the file of the model", config.get("cases", 0), 0)  # earlier versions did not say
        return cls(forests["buys"], forests["sells"], forests.get("spend"), period, cases)


@dataclass(frozen=True, eq=False)
class Examples:
    """Accounts at the starts of periods: (n, features) and what they did; spend over what the market paid.

    `spend` is NaN where no price was known before; the periods are within [start, end).
    """

    start: int
    end: int
    features: F64
    buys: NDArray[np.bool_]
    sells: NDArray[np.bool_]
    spend: F64


def examples(trades: Trades, clock: Periods, *, progress: bool = False) -> tuple[Examples, Examples]:
    """Walk through all whole periods: the first 85 % to fit to, the later to know when to stop.

    Raises
    ------
    ArchivitError
        There are fewer than six periods.
    """
    whole_ones = whole_periods(trades.time, clock)
    if len(whole_ones) < LEAST_PERIODS:
        raise ArchivitError(
            f"the record has {counted(len(whole_ones), 'whole period')} of {duration(clock.length)} with transfers "
            f"between known accounts; at least {LEAST_PERIODS} are needed to learn who buys next: "
            f"{'choose a shorter period, or ' if clock.length > 1 else ''}take a longer record"
        )
    made: list[Examples] = []
    rows = 0
    for number in tqdm(whole_ones[::-1], "periods", disable=not progress, leave=False):
        if rows >= MOST_ROWS and len(made) > 1:
            break
        start, end = clock.start(number), clock.start(number + 1)
        did = outcome(trades, start, end)
        features = state(trades, start, clock.length)[did.account]
        spend = did.spend / trades.price_before(start)
        made.append(Examples(start, end, features, did.buys, did.sells, spend))
        rows += len(did.account)
    made.reverse()
    early = min(round(0.85 * len(made)), len(made) - 1)
    return _joined(made[:early]), _joined(made[early:])


def settled(time: I64) -> I64:
    """Leave out strays: a hundredth of the transfers on either side, where both take up more than half of the time.

    They are dates in doubt, or a market that had hardly begun; who buys next is learned where the transfers are.

    Parameters
    ----------
    time
        (n,) int64, ascending.
    """
    most = len(time) // STRAY
    middle = time[most : len(time) - most]
    return middle if most and 2 * (middle[-1] - middle[0]) < time[-1] - time[0] else time


def whole_periods(time: I64, clock: Periods) -> range:
    """Numbers of the periods within a record, (n,) ascending `time`, strays left out."""
    ends = clock.of(settled(time)[[0, -1]]).tolist() if len(time) else [0, 0]
    return range(ends[0] + 1, ends[1])


def _joined(parts: list[Examples]) -> Examples:
    columns = ([getattr(part, name) for part in parts] for name in ("features", "buys", "sells", "spend"))
    return Examples(parts[0].start, parts[-1].end, *(np.concatenate(column) for column in columns))


def _fitted(rows: Examples, late: Examples, label: str, seed: int) -> Forest:
    how = SPEND if label == "spend" else HOW
    parts = [_labelled(part, label) for part in (rows, late)]
    for name, part, labelled in zip(("first 85 %", "last 15 %"), (rows, late), parts, strict=True):
        if not labelled.labels.any():
            raise ArchivitError(
                f"of the accounts seen before, none {label} anything in the {name} of the periods to learn from, "
                f"{minute(part.start)} to {minute(part.end)}: it takes accounts that return, or a longer period"
            )
    return fit_trees(parts[0], how, validation=parts[1], seed=seed)


def _labelled(part: Examples, label: str) -> Rows:
    """Choose the examples of which it is known what they did."""
    labels = getattr(part, label).astype(np.float64)
    known = ~np.isnan(labels)
    return Rows(part.features[known], labels[known])


def _when(graph: TransferGraph, at: Any) -> int:
    """Read a moment; None: right after the last transfer of the record, whoever its parties are."""
    last = graph.record.time[-1:].tolist()
    return moment(at) if at is not None else last[0] + 1 if last else 0
