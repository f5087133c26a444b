"""Payments without tokens: accounts that take part in laundering, found by the detector's features (AMLSim).

Protocol. A ledger of payments and the accounts that are guilty. Exact repeats of a row must have been dropped (they
join guilty accounts only); nothing is used but source, target, value and time. Trees are fitted to the transfers of one
ledger, positive where both parties are guilty, and score those of another; an account's score is the highest of its
transfers. Beside them: the number of an account's transfers, and the same trees without anything about rounds. Honest
pairs never pay twice there, another artefact: what is known of pairs is left out as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64
from ...graph.transfers import TransferGraph
from ..trees import Boosting, Rows, fit_trees
from ..wash.names import COLUMN, FEATURES
from ..wash.watch import Watch
from . import metrics
from .table import Evaluation

PAIRS = ("pair", "reverse", "seller_share", "buyer_share")
TREES = Boosting(rounds=150, leaves=31, rows_a_leaf=50)


@dataclass(frozen=True)
class Ledger:
    """Payments, and (accounts,) bool which accounts are guilty."""

    graph: TransferGraph
    guilty: NDArray[np.bool_]


def judge_payments(fitted_on: Ledger, judged: Ledger, *, seed: int = 0) -> Evaluation:
    """Fit on one ledger and judge on another."""
    known = [name for name in FEATURES if name not in PAIRS]
    others = [name for name in known if not name.startswith("round") and name not in ("length", "laps")]
    features = [_features(one.graph) for one in (fitted_on, judged)]
    record = fitted_on.graph.record
    labels = fitted_on.guilty[record.source] & fitted_on.guilty[record.target]
    scores: dict[str, dict[str, Any]] = {}
    for name, used in (("model", known), ("trees without cycles", others)):
        columns = [COLUMN[one] for one in used]
        forest = fit_trees(Rows(features[0][:, columns], labels), TREES, seed=seed)
        scores[name] = _metrics(judged, by_account(judged.graph, forest.raw_score(features[1][:, columns])))
    target = judged.graph.record
    degree = np.bincount(np.concatenate([target.source, target.target]), minlength=target.accounts)
    scores["degree"] = _metrics(judged, degree.astype(np.float64))
    protocol = {"fitted on transfers": len(labels), "judged accounts": target.accounts, "seed": seed}
    return Evaluation("wash", scores.pop("model"), scores, protocol)


def by_account(graph: TransferGraph, score: F64) -> F64:
    """Give each account the highest score of its transfers."""
    found = np.full(graph.record.accounts, score.min(initial=0.0))
    for side in (graph.record.source, graph.record.target):
        np.maximum.at(found, side, score)
    return found


def ledger(graph: TransferGraph, guilty: set[str]) -> Ledger:
    """Mark the accounts of a record by their names."""
    names = graph.account_type.categories.astype(str)
    return Ledger(graph, np.array([name in guilty for name in names], bool))


def _features(graph: TransferGraph) -> F64:
    watch = Watch(None)
    watch.add(graph.record)
    return watch.features().features


def _metrics(judged: Ledger, score: F64) -> dict[str, float]:
    return {
        "auc": metrics.auc(judged.guilty, score),
        "pr_auc": metrics.average_precision(judged.guilty, score),
        "precision@100": metrics.precision_at(judged.guilty, score, 100),
        "precision@500": metrics.precision_at(judged.guilty, score, 500),
    }
