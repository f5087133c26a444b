"""Who buys, who sells and for how much in the next period, judged on periods that no fit has seen.

Protocol. Periods are a 64th of the record, or as asked; the first and the last transfers, a hundredth of them each, are
left out where they take up more than half of the time (`settled`). Contenders are fitted to whole periods before 80 %
of the span of time (the trees keep the last 15 % of those to know when to stop), then judged at the start of every
later whole period: each account that was seen before is a case. The state at the start holds what happened before it,
later periods included as they pass; what was fitted stays. Of very many periods some, evenly spread, are judged and fit
the rivals, which a note says. Average precision (area under precision over recall) and the Brier score over all cases;
intervals of differences by 200 draws of accounts, paired. Spend: what was forecast for all over what was spent, and the
share of it that the 5 % of accounts with the highest forecasts spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ...arguments import counted
from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ...graph.words import count, duration
from ..baselines.collectors import BaseRate, BetaGeometric, Logistic, Rival, Table
from ..collectors import CollectorModel
from ..collectors.model import LEAST_PERIODS, MOST_ROWS, Outcome, outcome, settled, whole_periods
from ..collectors.state import SIDES, Activity, Trades, activity
from ..periods import ABOUT, Periods, periods
from . import metrics
from .table import MODEL, Evaluation, Stopwatch, watched

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

JUDGED_FROM = 0.80
DRAWS = 200
MOST_CASES = 50_000  # judged, about; rivals are fitted to as many as the model is
RIVALS: dict[str, type[Rival]] = {
    "recency-frequency table": Table,
    "logistic regression": Logistic,
    "BG/NBD": BetaGeometric,
    "base rate": BaseRate,
}
LABEL = {"bought": "buys", "sold": "sells"}
MEASURES = (("ap", metrics.average_precision, 1.0), ("brier", metrics.brier, -1.0))


def table(
    graph: TransferGraph,
    *,
    period: str | float | pd.Timedelta | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Evaluation:
    """Judge the forecasts of `CollectorModel` and its rivals on the late part of a record.

    Parameters
    ----------
    period
        As for `CollectorModel.fit`.
    progress
        Whether bars are shown; None: in a terminal.

    Raises
    ------
    ArchivitError
        The record has too few periods, or nobody who returns in them.
    """
    check_graph(graph)
    progress = watched(progress)
    trades = Trades.of(graph.record)
    clock = periods(settled(trades.time), period)
    parts = _parts(trades, clock, chosen=period is not None)
    early, late = (
        _spread(part, most, graph.record.accounts) for part, most in zip(parts, (MOST_ROWS, MOST_CASES), strict=True)
    )
    watch, cases = Stopwatch(), [outcome(trades, clock.start(number), clock.start(number + 1)) for number in late]
    with watch.of(MODEL):
        model = CollectorModel.fit(
            graph, until=clock.start(parts[1][0]), period=float(clock.length), seed=seed, progress=progress
        )
        said = np.concatenate(
            [model.forecast(trades, clock.start(one))[did.account] for one, did in zip(late, cases, strict=True)]
        )
    truth = _truth(cases)
    forecasts: dict[str, dict[str, F64]] = {MODEL: {"buys": said[:, 0], "sells": said[:, 1], "spend": said[:, 2]}}
    forecasts |= {name: {} for name in (*RIVALS, "mean of past periods")}
    for side in SIDES:
        for name, said_by_rival in _rivals(trades, clock, early, late, side, watch).items():
            forecasts[name][LABEL[side]] = said_by_rival
    with watch.of("mean of past periods"):
        forecasts["mean of past periods"]["spend"] = _mean_spend(trades, clock, late, cases)
    groups = _groups(cases)
    scores = {name: _scores(truth, one) for name, one in forecasts.items()}
    model_said = forecasts.pop(MODEL)
    for name, gain in _gains(truth, model_said, forecasts, groups, progress=progress).items():
        scores[name] |= {"gain": gain}
    protocol = {
        "period": duration(clock.length),
        "fitted to": count(len(parts[0]), "period"),
        "judged on": f"{count(len(late), 'period')}, {len(truth['buys']):,} cases of {len(groups):,} accounts",
        "buys": f"{truth['buys'].mean():.2%}",
        "sells": f"{truth['sells'].mean():.2%}",
    }
    baselines = {name: scores[name] for name in forecasts}
    notes = *_notes(scores), *_thinned(*parts, early, late)
    return Evaluation("collectors", scores[MODEL], baselines, protocol, notes, watch.seconds)


def _parts(trades: Trades, clock: Periods, *, chosen: bool) -> tuple[range, range]:
    """Numbers of the whole periods that fit, and of those that judge."""
    numbers = whole_periods(trades.time, clock)
    cut = round(JUDGED_FROM * len(numbers))
    if cut <= LEAST_PERIODS:  # the model leaves out the last one, whose end it has not seen
        span = int(np.ptp(trades.time)) if len(trades) else 0
        raise ArchivitError(
            f"found {counted(len(trades), 'transfer')} between two known accounts in {duration(span)}, "
            f"{counted(len(numbers), 'whole period')} of {duration(clock.length)}: too few to judge forecasts; "
            f"{'choose a shorter period, or ' if chosen and clock.length > 1 else ''}take a longer record"
        )
    return numbers[:cut], numbers[cut:]


def _spread(numbers: range, most: int, accounts: int) -> range:
    """Choose periods, evenly, of about so many cases at most, but no fewer than a record has by itself."""
    return numbers[:: -(-len(numbers) // max(most // max(accounts, 1), ABOUT))]


def _truth(cases: list[Outcome]) -> dict[str, NDArray[Any]]:
    return {name: np.concatenate([getattr(one, name) for one in cases]) for name in ("buys", "sells", "spend")}


def _activities(trades: Trades, clock: Periods, numbers: range, side: str) -> tuple[Activity, NDArray[np.bool_]]:
    """Pool what was known of the seen accounts at the starts of periods, and whether they did it within."""
    found, labels = [], []
    for number in numbers:
        start, end = clock.start(number), clock.start(number + 1)
        did = outcome(trades, start, end)
        past = activity(trades.between(-np.inf, start), side, start, clock.length)
        found.append([column[did.account] for column in (past.count, past.recency, past.age)])
        labels.append(getattr(did, LABEL[side]))
    return Activity(*(np.concatenate(column) for column in zip(*found, strict=True))), np.concatenate(labels)


def _rivals(trades: Trades, clock: Periods, early: range, late: range, side: str, watch: Stopwatch) -> dict[str, F64]:
    (past, did), (now, _) = (_activities(trades, clock, part, side) for part in (early, late))
    found = {}
    for name, rival in RIVALS.items():
        with watch.of(name):
            found[name] = rival.fit(past, did).probability(now)
    return found


def _mean_spend(trades: Trades, clock: Periods, late: range, cases: list[Outcome]) -> F64:
    """What each account spent per period since it was first seen to buy."""
    found = []
    for number, did in zip(late, cases, strict=True):
        start = clock.start(number)
        past = trades.between(-np.inf, start)
        spent = np.bincount(past.target, np.nan_to_num(past.value), past.shape[0])
        age = activity(past, "bought", start, clock.length).age
        found.append((spent / np.maximum(np.nan_to_num(age, nan=1.0), 1.0))[did.account])
    return np.concatenate(found)


def _groups(cases: list[Outcome]) -> list[NDArray[np.intp]]:
    account = np.concatenate([one.account for one in cases])
    order = np.argsort(account, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(account[order])) + 1)


def _scores(truth: Mapping[str, NDArray[Any]], said: Mapping[str, F64]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for label in ("buys", "sells"):
        if label in said:
            found[label] = {
                "ap": metrics.average_precision(truth[label], said[label]),
                "brier": metrics.brier(truth[label], said[label]),
            }
    if "spend" in said:
        found["spend"] = {
            "total_ratio": float(said["spend"].sum() / truth["spend"].sum()) if truth["spend"].any() else float("nan"),
            "top_5%": _captured(truth["spend"], said["spend"]),
        }
    return found


def _captured(spend: F64, said: F64) -> float:
    """Share of all that was spent that the twentieth with the highest forecast spent; ties are shared."""
    total = float(spend.sum())
    most = max(len(said) // 20, 1)
    if not total or np.isnan(said).any():  # nobody spent, or no price was known to learn from
        return float("nan")
    return metrics.precision_at(spend, said, most) * most / total


def _gains(
    truth: Mapping[str, NDArray[Any]],
    model: Mapping[str, F64],
    rivals: Mapping[str, Mapping[str, F64]],
    groups: list[NDArray[np.intp]],
    *,
    progress: bool,
) -> dict[str, dict[str, float]]:
    """What the model has more average precision, and a lower Brier score, than each rival; intervals of 95 %."""
    compared = list(product(RIVALS, LABEL.values(), MEASURES))

    def gains(rows: NDArray[np.intp]) -> list[float]:
        own = {
            (label, name): metric(truth[label][rows], model[label][rows])
            for label, (name, metric, _) in product(LABEL.values(), MEASURES)
        }
        bar.update()
        return [
            sign * (own[label, name] - metric(truth[label][rows], rivals[rival][label][rows]))
            for rival, label, (name, metric, sign) in compared
        ]

    with tqdm(total=DRAWS, desc="intervals", disable=not progress, leave=False) as bar:
        intervals = metrics.intervals(groups, gains, DRAWS)
    found: dict[str, dict[str, float]] = {name: {} for name in RIVALS}
    for (rival, label, (name, *_)), bounds in zip(compared, intervals, strict=True):
        found[rival] |= dict(zip((f"{label}_{name}_low", f"{label}_{name}_high"), bounds, strict=True))
    return found


def _thinned(to_fit: range, to_judge: range, early: range, late: range) -> tuple[str, ...]:
    if early == to_fit and late == to_judge:
        return ()
    return (
        f"Evenly spread, {len(late):,} of {len(to_judge):,} late periods are judged, and rivals fitted to "
        f"{len(early):,} of {len(to_fit):,} early ones: of a longer period all would be.",
    )


def _notes(scores: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    said = []
    for label, (metric, *_) in product(("buys", "sells"), MEASURES):
        low, high = f"{label}_{metric}_low", f"{label}_{metric}_high"
        gains = {name: one["gain"] for name, one in scores.items() if low in one.get("gain", {})}
        better = [name for name, gain in gains.items() if gain[high] < 0]
        level = [name for name, gain in gains.items() if gain[low] <= 0 <= gain[high]]
        said.append(
            f"{label} {metric}: better than the model: {', '.join(better) or 'none'}; "
            f"not told apart from it: {', '.join(level) or 'none'}."
        )
    return tuple(said)
