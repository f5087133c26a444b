"""Who comes next, judged: the protocol of link prediction, in two tables over the same late transfers.

Split at the 0.70 and 0.85 quantiles of time; models are fitted to the first part and choose by the second, and the
last part is judged once. Every scorer knows what happened strictly before the moment of a query, event by event, unless
its name says otherwise.

(a) AP and AUC: for each judged transfer one negative, drawn uniformly from all accounts that ever receive in the
record; AP is the mean over chunks of 200 transfers in order (DyGLib), AUC is over all.
(b) MRR and Hits@10: the rank of who received among all accounts that ever receive in the record; ties get the mean of
the optimistic and the pessimistic rank (TGB), so below 20 candidates Hits@10 of who ties them all is 1, and no
comparison is made. Of a large record every k-th judged transfer is ranked; `protocol` says
how many.

Strata, by what was known at the time: `repeated` (the source had given to this target before), `new pair` (it had
given, but never to this target), `new source` (it had never given). Numbers are means over seeds, of model and
negatives alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from ...arguments import counted, whole
from ...graph.columns import F64, I32
from ...graph.transfers import TransferGraph
from ..baselines.links import RIVALS
from ..links import LinkModel
from ..links.causal import FEATURES
from ..links.history import History, Scorer
from . import metrics, splits
from .table import MODEL, Evaluation, Stopwatch, watched

RANKED = 2_000
MOST = 8_000_000  # candidates ranked by each scorer at most: of a record of many accounts fewer transfers are ranked
BLOCK = 1 << 17  # candidates ranked at once
STRATA = ("repeated", "new pair", "new source")
METRICS = ("ap", "auc", "mrr", "hits10")
OF_RANKS = ("mrr", "hits10")
FEWEST = 20  # candidates; of fewer, the mean rank of all is among the first ten
LEAST_RANKED = 20  # transfers; of fewer, one moves a mean reciprocal rank by 0.05
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """What is judged: positions of transfers in a history.

    Attributes
    ----------
    events
        (n,) all that are judged by AP.
    ranked
        (m,) those among them that are ranked.
    stratum
        (n,) of each event, as a place in STRATA.
    """

    history: History
    events: I32
    ranked: I32
    stratum: I32


def table(graph: TransferGraph, seeds: int = 3, ranked: int = RANKED, network: bool = False) -> Evaluation:
    """Fit the link model and judge it beside its rivals.

    Parameters
    ----------
    seeds
        How many models and draws of negatives the numbers are means of.
    ranked
        How many judged transfers are ranked at most; fewer where there are very many candidates (`MOST`).
    network
        Whether a temporal graph network (`baselines.mixer`, one seed) is among the rivals; it takes minutes.

    Raises
    ------
    ArchivitError
        The record is too small to be split by time.
    """
    seeds, ranked = whole("seeds", seeds, 1), whole("ranked", ranked, 1)
    history = History.of(graph)
    split = splits.by_time(history.time)
    watch, rivals, models = Stopwatch(), dict[str, Scorer](), dict[str, Scorer]()
    for name, kind in RIVALS.items():
        with watch.of(name):
            rivals[name] = kind.fit(graph, split.choose_until)
    if network:
        from ..baselines.mixer import GraphMixer  # it takes torch

        with watch.of("GraphMixer"):
            rivals["GraphMixer"] = GraphMixer.fit(graph, split.choose_until, progress=watched())
    for seed in range(seeds):
        with watch.of(MODEL, 1 / seeds):
            models[f"model {seed}"] = LinkModel.fit(graph, split.choose_until, seed, watched())
    trial = _trial(history, split.parts(history.time)[2], ranked, next(iter(rivals.values())))
    found = judged(trial, models | rivals, seeds)
    for name, scorer in {MODEL: models["model 0"], **rivals}.items():
        with watch.of(name):
            _pairs(trial, scorer, 0)  # alone: above they share what they see
    baselines = {name: _mean(found[name]) for name in rivals}
    own = _mean([found[name][seed] for seed, name in enumerate(models)])
    protocol = {
        "split": "0.70 and 0.85 quantiles of time",
        "fitted and chosen until": split.choose_until,
        "judged": len(trial.events),
        "ranked": len(trial.ranked),
        "candidates": len(history.destinations),
        "strata": dict(zip(STRATA, np.bincount(trial.stratum, minlength=3).tolist(), strict=True)),
        "negatives": "one, uniform over observed destinations",
        "state": "per event, strictly before",
        "seeds": seeds,
        **({"GraphMixer": "one network, judged by all draws of negatives"} if network else {}),
    }
    notes = _notes(own, baselines, len(history.destinations), len(trial.ranked))
    return Evaluation("links", own, baselines, protocol, notes, watch.seconds)


def judged(trial: Trial, scorers: Mapping[str, Scorer], seeds: int) -> dict[str, list[Numbers]]:
    """Give each scorer's numbers for each draw of negatives."""
    ranks = _ranks(trial, scorers)
    return {
        name: [_numbers(trial, *_pairs(trial, scorer, seed), ranks[name]) for seed in range(seeds)]
        for name, scorer in scorers.items()
    }


def _trial(history: History, part: slice, most: int, state: Scorer) -> Trial:
    events = np.arange(part.start, part.stop, dtype=np.int32)
    most = max(min(most, MOST // len(history.destinations)), 1)
    step = -(-len(events) // most)
    known = state.described(history.source[events], history.target[events], history.time[events])
    met, given = known[:, FEATURES.index("pair_count")] > 0, known[:, FEATURES.index("source_out")] > 0
    return Trial(history, events, events[::step], np.where(met, 0, np.where(given, 1, 2)).astype(np.int32))


def _pairs(trial: Trial, scorer: Scorer, seed: int) -> tuple[F64, F64]:
    """Score what happened, and one draw of what could have happened instead."""
    history, events = trial.history, trial.events
    drawn = np.random.default_rng(seed).choice(history.destinations, len(events))
    both = np.stack([history.target[events], drawn], axis=1).ravel()
    score = scorer.score(np.repeat(history.source[events], 2), both, np.repeat(history.time[events], 2))
    return score[::2], score[1::2]


def _ranks(trial: Trial, scorers: Mapping[str, Scorer]) -> dict[str, F64]:
    """Rank who received among all destinations, described once for all scorers that look at the same state."""
    state = next(iter(scorers.values()))
    history, candidates = trial.history, trial.history.destinations
    size = max(1, BLOCK // len(candidates))
    found: dict[str, list[F64]] = {name: [] for name in scorers}
    for begin in tqdm(range(0, len(trial.ranked), size), "ranking", disable=not watched(), leave=False):
        events = trial.ranked[begin : begin + size]
        chosen = np.searchsorted(candidates, history.target[events])
        asked = (
            np.repeat(history.source[events], len(candidates)),
            np.tile(candidates, len(events)),
            np.repeat(history.time[events], len(candidates)),
        )
        shared = state.described(*asked)
        for name, scorer in scorers.items():
            score = scorer.judge(shared) if scorer.judges(state.clocks) else scorer.score(*asked)
            found[name].append(metrics.ranks(score.reshape(len(events), -1), chosen))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _numbers(trial: Trial, yes: F64, no: F64, rank: F64) -> Numbers:
    """All metrics, over everything and in each stratum."""
    stratum_of_ranked = trial.stratum[np.searchsorted(trial.events, trial.ranked)]
    whole_record = _metrics(yes, no, rank)
    parts = {
        name: _metrics(yes[trial.stratum == place], no[trial.stratum == place], rank[stratum_of_ranked == place])
        for place, name in enumerate(STRATA)
    }
    return whole_record | parts


def _metrics(yes: F64, no: F64, rank: F64) -> Numbers:
    labels = np.arange(2 * len(yes)) < len(yes)
    found = (
        metrics.chunked_average_precision(yes, no),
        metrics.auc(labels, np.concatenate([yes, no])),
        metrics.mean_reciprocal_rank(rank),
        metrics.hits(rank),
    )
    return dict(zip(METRICS, found, strict=True))


def _mean(runs: list[Numbers]) -> Numbers:
    """Mean over seeds, metric by metric."""
    return {
        name: _mean([run[name] for run in runs]) if isinstance(value, dict) else float(np.mean([r[name] for r in runs]))
        for name, value in runs[0].items()
    }


def _notes(own: Numbers, rivals: Mapping[str, Numbers], candidates: int, ranked: int) -> tuple[str, ...]:
    """Say where each rival is better, and what says little: of few candidates, and of few transfers that are ranked."""
    told: tuple[str, ...] = METRICS
    said: list[str] = []
    if ranked < LEAST_RANKED:
        told = tuple(name for name in METRICS if name not in OF_RANKS)
        said = [f"Of {counted(ranked, 'ranked transfer')} MRR and Hits@10 say little ({candidates:,} candidates each)."]
    elif candidates < FEWEST:
        told = METRICS[:-1]
        said = [f"Of {candidates:,} candidates Hits@10 says little: who ties them all gets 1."]
    parts: dict[str, Callable[[Numbers], Numbers]] = {"": lambda numbers: numbers}
    parts |= {f" of {name}": itemgetter(name) for name in STRATA}
    for name, one in rivals.items():
        ahead = {part: [metric for metric in told if of(one)[metric] > of(own)[metric]] for part, of in parts.items()}
        where = [f"{', '.join(better)}{part}" for part, better in ahead.items() if better]
        said += [f"{name} is better in {'; '.join(where)}."] if where else []
    return tuple(said)
