"""Where each account's value goes next: NDCG@10 for each account and period, beside simple forecasts.

Protocol. Periods of equal length. Periods that are over at the 0.85 quantile of time fit and choose (`FlowModel.fit`
learns until about the 0.70 quantile and chooses by the rest; rivals choose how long their past counts by the same
rest); all later ones judge, once, each from the state before it. A query is an account in a period in which it gave
something along an edge known before; truth is what went along each (value, or transfers where no value is known).

- ``ndcg10``: among the account's known edges.
- ``all ndcg10``: among edges to all accounts, as in TGB's node property prediction; edges not yet known are tied at 0
  with those that never come to be. Every account that gives and has a known edge is a query.

Means are over queries; intervals of differences are by paired bootstrap over accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...arguments import whole
from ...graph.columns import F64, I64
from .. import flow_fit
from ..baselines import flow as rivals
from ..flow import FlowModel
from ..flow_fit import Example
from ..flow_state import SHARES, Snapshot
from . import splits
from .grouped import ndcg_among_all, ndcg_by_group
from .metrics import interval
from .table import Evaluation

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

Scorer = Callable[[Snapshot], F64]


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
    graph: TransferGraph, *, seeds: int = 1, period: Any = None, by: str | None = None, **settings: Any
) -> Evaluation:
    """Fit `FlowModel` and choose its rivals on the early part of a record, and judge them on the late part.

    Parameters
    ----------
    graph
        The record.
    seeds
        How many models are fitted; their mean stands in the table.
    period, by, settings
        As `FlowModel.fit` takes them.
    """
    seeds = whole("seeds", seeds, 1)
    split = splits.by_time(graph.record.time)
    until = split.choose_until + 1
    models = [FlowModel.fit(graph, until=until, period=period, by=by, seed=seed, **settings) for seed in range(seeds)]
    first = models[0]
    parts = all_examples(graph, first)
    choose = [one for end, one in parts if split.fit_until < end <= split.choose_until]
    late = [one for end, one in parts if end > split.choose_until]
    accounts = graph.record.accounts
    asked = flow_fit.queries(choose)
    columns = {one.name: asked.best(one.columns) for one in rivals.ALL}
    judged = {name: judge(late, _column(k), accounts) for name, k in columns.items()}
    judged["all known edges alike"] = judge(late, lambda given: np.ones(len(given)), accounts)
    ours = [judge(late, model.scores, accounts) for model in models]
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
        notes(model, judged, columns, late),
    )


def all_examples(graph: TransferGraph, model: FlowModel) -> list[tuple[int, Example]]:
    """Give the last second of each period, and what was known before it and happened in it."""
    end = int(graph.record.time[-1]) + model.periods.length
    found = flow_fit.examples(graph, model.periods, model.by, model.unit, end)
    return [(model.periods.start(number + 1) - 1, one) for number, one in found]


def judge(parts: Sequence[Example], scorer: Scorer, accounts: int) -> Judged:
    """Judge a scorer's order of edges in each period, for each account that gave something."""
    each = []
    for one in parts:
        given, then, k = one.given, one.then, len(one.given.accounts)
        said = scorer(given)
        known = ndcg_by_group(given.source, then.worth, said, k)
        among_all = ndcg_among_all(given.source, then.worth, said, *then.new, k, accounts)
        among_all[np.bincount(given.source, minlength=k) == 0] = np.nan
        asked = np.flatnonzero(then.out > 0)
        each.append((given.accounts[asked], known[asked], among_all[asked]))
    account, known, among_all = (np.concatenate(column) for column in zip(*each, strict=True))
    return Judged(account, known, among_all)


def notes(
    model: Judged, judged: dict[str, Judged], columns: dict[str, int], late: Sequence[Example]
) -> tuple[str, ...]:
    """Say which settings the rivals chose, what the differences are worth, and what no known edge can tell."""
    chosen = ", ".join(f"{name}: {SHARES[k]}" for name, k in columns.items())
    along, out = (sum(float(getattr(one.then, name).sum()) for one in late) for name in ("worth", "out"))
    new = 1 - along / out if out else float("nan")
    best = max(columns, key=lambda name: np.nan_to_num(_mean(judged[name].known)))
    low, high = difference(model, judged[best])
    return (
        f"chosen: {chosen}",
        f"model minus {best}, ndcg10: {_mean(model.known - judged[best].known):+.4f}, 95 % from {low:+.4f} to "
        f"{high:+.4f} (paired bootstrap over accounts)",
        f"{new:.1%} of what flowed from accounts known before went along new edges, which no known edge can tell",
    )


def difference(model: Judged, rival: Judged, draws: int = 1_000) -> tuple[float, float]:
    """95 % interval of the mean difference in NDCG@10 along known edges, accounts drawn with replacement."""
    gap = model.known - rival.known
    asked = np.flatnonzero(np.isfinite(gap))
    if not len(asked):
        return float("nan"), float("nan")
    order = asked[np.argsort(model.account[asked], kind="stable")]
    begins = np.flatnonzero(np.diff(model.account[order], prepend=-1))[1:]
    return interval(np.split(order, begins), lambda rows: float(gap[rows].mean()), draws)


def _column(k: int) -> Scorer:
    return lambda given: given.history[:, k].astype(np.float64)


def _mean(values: F64) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
