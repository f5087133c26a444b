"""Where each account's value goes next: NDCG@10 for each account and period, beside simple forecasts.

Protocol. Periods of equal length. Periods that are over at the 0.85 quantile of time fit and choose (`FlowModel.fit`
learns until about the 0.70 quantile and chooses by the rest; rivals choose how long their past counts by the same
rest); all later ones judge, once, each from the state before it. A query is an account in a period in which it gave
something along an edge known before; truth is what went along each (value, or transfers where no value is known).

- ``ndcg10``: among the account's known edges.
- ``all ndcg10``: among edges to all accounts, as in TGB's node property prediction; accounts without a score are tied
  at 0. Every account that gives and has a known edge is a query. Simple forecasts score known edges alone;
  ``popularity``, alone and among those who received the same tokens, and each ``..., then popularity`` also score the
  candidates of `flow.new_edges`.

Means are over queries; intervals of differences are by paired bootstrap over accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...arguments import whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ..baselines import flow as rivals
from ..flow import FlowModel
from ..flow import fitting as flow_fit
from ..flow import new_edges as flow_new
from ..flow.fitting import Example
from ..flow.model import ROWS
from ..flow.new_edges import Candidates
from . import splits
from .grouped import ndcg_among_all, ndcg_by_group
from .table import MODEL, Evaluation, Stopwatch, watched

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

RARELY = 1e-6  # of who received other tokens
LITTLE = 1e-12  # below every known edge that a simple forecast gives anything


@dataclass(frozen=True)
class Late:
    """A period to be judged.

    Attributes
    ----------
    one
        What was known, and what happened.
    received
        (m,) popularity of each known edge's target.
    found, worth, missed
        Candidates of new edges, what each was worth, and the rest: places of sources and worths.
    """

    one: Example
    received: F64
    found: Candidates
    worth: F64
    missed: tuple[I64, F64]


#: Gives (m,) scores of the known edges and (r,) of the candidates, 0 or more.
Scorer = Callable[[Late], tuple[F64, F64]]


@dataclass(frozen=True)
class Judged:
    """Queries of all periods: ``account`` (q,), and ``known`` and ``among_all`` NDCG@10 (q,), NaN where none."""

    account: I64
    known: F64
    among_all: F64

    def scores(self) -> dict[str, Any]:
        """Give the means."""
        return {"ndcg10": _mean(self.known), "all": {"ndcg10": _mean(self.among_all)}}


def table(
    graph: TransferGraph,
    *,
    seeds: int = 1,
    period: Any = None,
    by: str | None = None,
    hidden: int = 24,
    epochs: int = 30,
    rows: int = ROWS,
    progress: bool | None = None,
) -> Evaluation:
    """Fit `FlowModel` and choose its rivals on the early part of a record, and judge them on the late part.

    Parameters
    ----------
    graph
        The record.
    seeds
        How many models are fitted; their mean stands in the table.
    period, by, hidden, epochs, rows, progress
        As `FlowModel.fit` takes them; progress is shown in a terminal where it is None.
    """
    check_graph(graph)
    seeds = whole("seeds", seeds, 1)
    split = splits.by_time(graph.record.time)
    until = split.choose_until + 1
    watch, models = Stopwatch(), []
    settings: dict[str, Any] = {"period": period, "by": by, "hidden": hidden, "epochs": epochs, "rows": rows}
    for seed in range(seeds):
        with watch.of(MODEL, 1 / seeds):
            models.append(FlowModel.fit(graph, until=until, seed=seed, progress=watched(progress), **settings))
    first = models[0]
    parts = all_examples(graph, first)
    choose = [one for end, one in parts if split.fit_until < end <= split.choose_until]
    late = [_late(graph, first, one) for end, one in parts if end > split.choose_until]
    if not late:
        raise ArchivitError(
            f"no period of {first.periods.length:,} seconds is left to judge by; expected more transfers"
        )
    accounts = graph.record.accounts
    asked = flow_fit.queries(choose)
    simple = {one.name: one.choose(asked) for one in rivals.ALL}
    scorers = {name: _simple(one) for name, one in simple.items()}
    scorers |= {f"{name}, then popularity": _simple(one, LITTLE) for name, one in simple.items()}
    scorers |= {"popularity": _popularity, "popularity, same tokens": _same_tokens, "all known edges alike": _alike}
    judged, ours = {}, []
    for name, scorer in scorers.items():
        with watch.of(name):
            judged[name] = judge(late, scorer, accounts)
    for fitted in models:
        with watch.of(MODEL, 1 / seeds):
            ours.append(judge(late, _model(fitted), accounts))
    model = Judged(ours[0].account, *(np.mean([getattr(o, n) for o in ours], axis=0) for n in ("known", "among_all")))
    return Evaluation(
        "flow",
        model.scores(),
        {name: one.scores() for name, one in judged.items()},
        {
            "split": "time quantiles 0.70 and 0.85",
            "period seconds": first.periods.length,
            "flows": first.by,
            "queries": int(np.isfinite(model.known).sum()),
            "queries among all": int(np.isfinite(model.among_all).sum()),
            "accounts": len(np.unique(model.account[np.isfinite(model.known)])),
            "seeds": seeds,
            "parameters": first.parameters,
            "starts at": first.starts_at,
        },
        notes(model, judged, simple, late),
        watch.seconds,
    )


def all_examples(graph: TransferGraph, model: FlowModel) -> list[tuple[int, Example]]:
    """Give the last second of each period, and what was known before it and happened in it."""
    end = int(graph.record.time[-1]) + model.periods.length
    found = flow_fit.examples(graph, model.periods, model.by, model.unit, end)
    return [(model.periods.start(number + 1) - 1, one) for number, one in found]


def judge(parts: Sequence[Late], scorer: Scorer, accounts: int) -> Judged:
    """Judge a scorer's order of edges in each period, for each account that gave something."""
    each = []
    for late in parts:
        given, then, k = late.one.given, late.one.then, len(late.one.given.accounts)
        old, new = scorer(late)
        known = ndcg_by_group(given.source, then.worth, old, k)
        source, worth = np.concatenate([given.source, late.found.source]), np.concatenate([then.worth, late.worth])
        among_all = ndcg_among_all(source, worth, np.concatenate([old, new]), *late.missed, k, accounts)
        among_all[np.bincount(given.source, minlength=k) == 0] = np.nan
        asked = np.flatnonzero(then.out > 0)
        each.append((given.accounts[asked], known[asked], among_all[asked]))
    account, known, among_all = (np.concatenate(column) for column in zip(*each, strict=True))
    return Judged(account, known, among_all)


def _late(graph: TransferGraph, model: FlowModel, one: Example) -> Late:
    """Find the candidates of all accounts that gave something and have a known edge."""
    sends = np.bincount(one.given.source, minlength=len(one.given.accounts)) > 0
    found = flow_new.candidates(graph, model.periods, one.given, np.flatnonzero(sends & (one.then.out > 0)))
    received = flow_new.popular(graph, model.periods, one.given.time)[flow_new.LATE]
    return Late(
        one,
        received[one.given.accounts][one.given.target],
        found,
        *flow_new.matched(found, graph.record.accounts, *one.then.new),
    )


def _model(model: FlowModel) -> Scorer:
    def scores(late: Late) -> tuple[F64, F64]:
        return model.scores(late.one.given), model.score_new(late.one.given, late.found)

    return scores


def _simple(one: rivals.Forecaster, popularity: float = 0.0) -> Scorer:
    """Score known edges by a simple forecast; candidates not, or below all of them by their popularity."""

    def scores(late: Late) -> tuple[F64, F64]:
        return one.scores(late.one.given), late.found.popularity.astype(np.float64) * popularity

    return scores


def _popularity(late: Late) -> tuple[F64, F64]:
    """Score every account by how often it received of late, known partner or not."""
    return late.received, late.found.popularity.astype(np.float64)


def _same_tokens(late: Late) -> tuple[F64, F64]:
    """Score those highest who received most of late, and of the tokens that pass through the source's hands."""
    found = late.found
    return late.received * RARELY, (found.popularity * (found.same_tokens + RARELY)).astype(np.float64)


def _alike(late: Late) -> tuple[F64, F64]:
    return np.ones(len(late.one.given)), np.zeros(len(late.found.source))


def notes(
    model: Judged, judged: dict[str, Judged], simple: dict[str, rivals.Forecaster], late: Sequence[Late]
) -> tuple[str, ...]:
    """Say which settings the rivals chose, what the differences are worth, and what no known edge can tell."""
    chosen = ", ".join(f"{name}: {one.name}" for name, one in simple.items())
    along = sum(float(one.one.then.worth.sum()) for one in late)
    out = sum(float(one.one.then.out.sum()) for one in late)
    new = 1 - along / out if out else float("nan")
    metrics = {"ndcg10": "known", "all ndcg10": "among_all"}
    return (
        f"chosen: {chosen}",
        *(
            _gap(metric, name, model, judged)
            for metric, name in metrics.items()
            if np.isfinite(getattr(model, name)).any()
        ),
        f"{new:.1%} of what flowed from accounts known before went along new edges, which no known edge can tell",
    )


def _gap(metric: str, name: str, model: Judged, judged: dict[str, Judged]) -> str:
    """Compare with the best rival in one metric."""
    best = max(judged, key=lambda rival: np.nan_to_num(_mean(getattr(judged[rival], name))))
    gap = getattr(model, name) - getattr(judged[best], name)
    low, high = paired(model.account, gap)
    verdict = "above" if low > 0 else "below" if high < 0 else "no telling apart from"
    return (
        f"{metric}: {verdict} the best rival, {best}: {_mean(gap):+.4f}, 95 % from {low:+.4f} to {high:+.4f} "
        "(paired bootstrap over accounts)"
    )


def paired(account: I64, gap: F64, draws: int = 1_000) -> tuple[float, float]:
    """95 % interval of a mean difference over queries (NaN: none), accounts drawn with replacement."""
    asked = np.flatnonzero(np.isfinite(gap))
    order = asked[np.argsort(account[asked], kind="stable")]
    _, of = np.unique(account[order], return_inverse=True)
    sums, counts = np.bincount(of, gap[order]), np.bincount(of)
    drawn = np.random.default_rng(0).integers(len(sums), size=(draws, len(sums)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975]).tolist()
    return low, high


def _mean(values: F64) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
