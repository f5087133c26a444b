"""Who wants what, judged by what they bought next.

Protocol. Evidence (`taste.holdings`) in order of time. Settings are chosen on what happened between 65 and 80 % of it,
at three cuts (65, 70, 75 %), by recall; then each contender is judged once on the last 20 %, at three cuts (80, 86.7,
93.3 %), each with what was bought between it and the next. What is known at a cut is what happened up to it. All items
of the record are ranked for each account that bought; items that it had are ranked again where items belong to tokens
(traits), and left out of ranking and truth where items are tokens. Accounts of which nothing was known at a cut are
judged apart (`new_collectors`), so are items that nobody was known to have had (`new_items`). Of thousands of items,
hits among the first 20 are too few to choose by: settings are chosen by recall at 5 % of the items, if that is more;
what the model offers to new collectors is chosen on them.
Intervals: 1,000 draws of accounts, paired: the same draws for the model and a rival.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ..baselines.taste import MOST_ITEMS_OF_EASE, Scorer
from ..embeddings import as_embeddings
from ..taste.graph_filter import likeness
from ..taste.holdings import Holdings, Items, Matrix, holdings, items_of
from ..taste.scores import TasteSettings, lengths, likenesses
from . import metrics
from .cuts import Cut, by_account, cuts, recall_of_rows
from .neighbours import recalls
from .table import MODEL as OURS
from .table import Evaluation, Stopwatch, watched
from .taste_rivals import MODEL, K, Nearness, Settings, choice, contenders

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

WORDS = (
    f"recall{K}, ndcg{K}: of what was bought, among the first {K}; coverage: share of all items that were among them; "
    "new_collectors, new_items: recall for accounts and of items not seen before; gain: the model's number less the "
    "rival's, low to high its interval of 95 %; alike: recall by what the ten nearest accounts bought, random: by ten "
    "others."
)
UNPREDICTABLE = 0.05  # recall below which the table says so
CHOOSE = (0.65, 0.70, 0.75, 0.80)
JUDGE = (0.80, 0.80 + 0.2 / 3, 0.80 + 0.4 / 3, 1.0)


def table(
    graph: TransferGraph,
    items: Any = None,
    embeddings: Any = None,
    *,
    again: bool | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Evaluation:
    """Judge the graph filter and its rivals on a record.

    Parameters
    ----------
    items, embeddings
        As for `TasteModel.fit`.
    again
        Whether items that an account had are ranked again; None: only where items are not tokens.
    progress
        Whether bars are shown; None: in a terminal.

    Raises
    ------
    ArchivitError
        The record has no tokens, or too few purchases for three cuts.
    """
    about, evidence, near = _read(graph, items, embeddings)
    again = not about.tokens if again is None else again
    choose, judge = (cuts(evidence, about, part, again=again, seed=seed) for part in (CHOOSE, JUDGE))
    if not any(cut.known.any() for cut in judge):
        raise ArchivitError("no account that bought in the last fifth of the record was seen before; taste needs some")
    everyone = contenders(near, len(about), seed)
    steps = tqdm(everyone.items(), "taste", disable=not watched(progress), leave=False)
    chosen = {name: choice(contender, choose) for name, contender in steps}
    watch, judged = Stopwatch(), {}
    for name, setting in chosen.items():
        with watch.of(_shown(name)):
            judged[name] = _judged(everyone[name].fit, setting, judge)
    groups = by_account([cut.take(cut.known) for cut in judge])
    model, *rivals = judged
    scores = {name: _summary(cases) for name, cases in judged.items()}
    scores[model] |= {"alike": _alike(judge, chosen[model], near, groups, seed)}
    for name in rivals:
        scores[name] |= {"gain": _gain(judged[model], judged[name], groups)}
    return Evaluation(
        "taste",
        scores[model],
        {name: scores[name] for name in rivals},
        _protocol(judge, groups, chosen, again=again, tokens=about.tokens),
        _notes(scores, rivals),
        watch.seconds,
    )


def tuned(graph: TransferGraph, items: Any = None, embeddings: Any = None, *, seed: int = 0) -> TasteSettings:
    """Choose settings for `TasteModel.fit` on the last 35 % of a record, as `table` does on what comes before them.

    Parameters
    ----------
    items, embeddings
        As for `TasteModel.fit`.
    """
    about, evidence, near = _read(graph, items, embeddings)
    on = cuts(evidence, about, (0.65, 0.75, 0.85, 1.0), again=not about.tokens, seed=seed)
    return TasteSettings(**choice(contenders(near, len(about), seed)[MODEL], on))


def _read(graph: TransferGraph, items: Any, embeddings: Any) -> tuple[Items, Holdings, Nearness]:
    check_graph(graph)
    about, evidence = items_of(graph.tokens["token"], items), holdings(graph.record)
    if not len(evidence):
        raise ArchivitError("no account of the record is known to have bought a token; taste needs purchases")
    if embeddings is None:
        return about, evidence, Nearness(None)
    looks = likeness(as_embeddings(embeddings, len(about)), TasteSettings().neighbours)
    return about, evidence, Nearness(looks)


@dataclass(frozen=True, eq=False)
class Cases:
    """What a contender got: of each case of a known account, and of those apart."""

    recall: F64
    ndcg: F64
    covered: float
    new_collectors: float
    new_items: float


def _judged(fit: Callable[..., Scorer], setting: Settings, on: list[Cut]) -> Cases:
    recall, ndcg, cold, fresh = [], [], [], []
    shown = np.zeros(len(on[0].items), bool)

    def all_of_rows(wanted: NDArray[np.bool_], scores: F64) -> F64:
        ndcg.append(_ndcg_of_rows(wanted, scores))
        shown[np.argsort(-scores, axis=1, kind="stable")[:, :K]] = True  # of equal ones those that come first
        return recall_of_rows(wanted, scores)

    for cut in on:
        scorer, known = fit(cut, **setting), cut.take(cut.known)
        recall.append(known.judge(scorer, all_of_rows))
        cold.append(cut.take(~cut.known).judge(scorer, recall_of_rows))
        never = np.asarray(cut.had.sum(axis=0)).ravel() == 0
        fresh.append(known.among(never).judge(scorer, recall_of_rows))
    return Cases(
        np.concatenate(recall), np.concatenate(ndcg), float(shown.mean()),
        *(_mean(np.concatenate(part)) for part in (cold, fresh)),
    )  # fmt: skip


def _ndcg_of_rows(wanted: NDArray[np.bool_], scores: F64) -> F64:
    return np.array([metrics.ndcg(*row, K) for row in zip(wanted, scores, strict=True)])


def _mean(values: F64) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _summary(cases: Cases) -> dict[str, Any]:
    return {
        "recall20": _mean(cases.recall),
        "ndcg20": _mean(cases.ndcg),
        "coverage": cases.covered,
        "new_collectors": cases.new_collectors,
        "new_items": cases.new_items,
    }


def _gain(model: Cases, rival: Cases, groups: list[NDArray[np.intp]]) -> dict[str, float]:
    """What the model has more than a rival, with its interval of 95 %."""
    found: dict[str, float] = {}
    for name, more in (("recall20", model.recall - rival.recall), ("ndcg20", model.ndcg - rival.ndcg)):
        low, high = metrics.interval(groups, partial(_mean_of, more))
        found |= {name: _mean(more), f"{name}_low": low, f"{name}_high": high}
    return found


def _alike(
    on: list[Cut], setting: Settings, near: Nearness, groups: list[NDArray[np.intp]], seed: int
) -> dict[str, float]:
    """What the ten nearest accounts know of a case's future, beside ten of their size; see `neighbours`."""
    known = [cut.take(cut.known) for cut in on]
    each = [recalls(cut, _likes(cut, near.at(cut, setting)), seed) for cut in known]
    own, random = (np.concatenate(part) for part in zip(*each, strict=True))
    low, high = metrics.interval(groups, partial(_mean_of, own - random))
    return {"recall20": _mean(own), "random": _mean(random), "low": low, "high": high}


def _likes(cut: Cut, near: Matrix) -> F64:
    return likenesses(cut.had, near, cut.accounts, lengths(cut.had, near))


def _mean_of(values: F64, rows: NDArray[np.intp]) -> float:
    return float(values[rows].mean())


def _protocol(
    on: list[Cut], groups: list[NDArray[np.intp]], chosen: Mapping[str, Settings], *, again: bool, tokens: bool
) -> dict[str, Any]:
    return {
        "items": f"{len(on[0].items):,} {'tokens' if tokens else 'items of tokens'}",
        "ranked": "all, those that an account had too" if again else "all but those that an account had",
        "chosen on": "65-80 % of the evidence, three cuts",
        "judged on": "the last 20 %, three cuts",
        "cases": f"{sum(map(len, groups)):,} of {len(groups):,} known accounts",
        "cases of new collectors": sum(int((~cut.known).sum()) for cut in on),
        "left out": "none"
        if "EASE" in chosen
        else f"EASE, which inverts all pairs of at most {MOST_ITEMS_OF_EASE:,} items",
        "settings": {_shown(name): setting for name, setting in chosen.items() if setting},
    }


def _shown(name: str) -> str:
    """Name a contender as its row of the table does."""
    return OURS if name == MODEL else name


def _notes(scores: Mapping[str, Mapping[str, Any]], rivals: list[str]) -> tuple[str, ...]:
    best = max(scores, key=lambda name: scores[name]["recall20"])
    most = scores[best]["recall20"]
    said = [WORDS]
    if most < UNPREDICTABLE:
        said.append(
            f"Nearly unpredictable: the best, {_shown(best)}, finds {most:.1%} of what was bought among the first {K}."
        )
    for metric in ("recall20", "ndcg20"):
        gains = {name: scores[name]["gain"] for name in rivals}
        better = [name for name, gain in gains.items() if gain[f"{metric}_high"] < 0]
        worse = [name for name, gain in gains.items() if gain[f"{metric}_low"] > 0]
        higher = [name for name, gain in gains.items() if gain[metric] < 0 and name not in better]
        said.append(
            f"{metric}: significantly better than the model: {', '.join(better) or 'none'}; higher, but not told "
            f"apart: {', '.join(higher) or 'none'}; significantly worse: {', '.join(worse) or 'none'}."
        )
    return tuple(said)
