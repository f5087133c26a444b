"""The table of wash trading: the detector beside its rivals on rings that were planted.

Protocol. Rings of every typology (`planting`) are put into the record, some at a time so that they stay few, with other
seeds each time; transfers of all times are pooled. The detector comes fitted to simulated markets and never saw this
record; the rivals need no fitting, and all but MIDAS-R see the whole record, its future included.

Positives are the rings' transfers. Negatives are the record's own; those on walks that close are left out, as nobody
knows their truth, unless the record tells it (a simulated market: then its own rings are positives too). Outsiders who
were made to trade with a ring are left out.

- ``pr_auc``; ``precision@k`` of the k highest, ties in random order.
- ``recall``: share of ring transfers above the threshold that flags 0.2 % of the negatives, no part of a tie let
  through; also for each typology.
- ``delay``: median over the rings found of how many of their transfers had happened when the first alert above that
  threshold was raised. None for rivals that wait for the future.
- ``flagged``: share of the negatives that score 0.5 or more; ``calibration_error`` at the detector's prior.
- ``interval``: of 95 %, by a bootstrap of rings, for each of these but the last; the threshold stays.
- ``share_flagged`` of the record as it is (no claim about who is guilty), and of each control (`controls`), where every
  alert is false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...arguments import of_kind, whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ...graph.transfers import TransferGraph
from ..baselines.wash import CAUSAL, RIVALS
from ..wash.detector import WashDetector, checked
from ..wash.rules import Rules
from ..wash.watch import closed_rows
from . import metrics
from .controls import CONTROLS, control
from .planting import TYPOLOGIES, planted, put_of
from .table import MODEL, Evaluation, Stopwatch

RATE = 0.002
TOP = (50, 100, 500)
NOTHING = -9


@dataclass(frozen=True)
class Judged:
    """Transfers of planted records, pooled.

    Attributes
    ----------
    ring
        (n,) int64: ring of each, below 0 for none.
    typology
        (n,) of text, empty where it is no ring's.
    scores
        Name of model or rival -> (n,) float64.
    alerts
        For each ring: how many of its transfers had happened at each alert about it, and that alert's score.
    planted
        Typology -> how many rings were put in.
    """

    ring: I64
    typology: NDArray[np.object_]
    scores: dict[str, F64]
    alerts: tuple[tuple[I64, F64], ...]
    planted: Counter[str] = field(default_factory=Counter)

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Whether each is a ring's."""
        wash: NDArray[np.bool_] = self.ring >= 0
        return wash


def table(
    graph: TransferGraph,
    funding: pd.DataFrame | None = None,
    *,
    detector: WashDetector | None = None,
    seeds: int = 3,
    rings: int = 4,
    draws: int = 200,
) -> Evaluation:
    """Judge a detector and its rivals on a record.

    Parameters
    ----------
    graph
        The record, taken to be honest where it does not say otherwise.
    funding
        Who paid for whom; of a simulated market the record's own is not used unless given. Where it is given, who paid
        for the accounts that were planted is told too.
    detector
        None: the one that comes with the package.
    seeds, rings
        How many times rings are planted, and how many of each typology each time.
    draws
        Of the bootstrap.
    """
    check_graph(graph)
    judge = of_kind("detector", WashDetector() if detector is None else detector, WashDetector, "a WashDetector")
    watch, seeds, draws = Stopwatch(), whole("seeds", seeds, 1), whole("draws", draws, 1)
    parts = [one_seed(graph, judge, funding, rings, seed, watch=watch) for seed in range(seeds)]
    judged = pooled(parts)
    scores = {name: _scores(judged, name, draws) for name in judged.scores}
    model = scores.pop("model")
    model["calibration_error"] = calibration_error(judged, judge.prior)
    model["flagged"] = float((judged.scores["model"][~judged.truth] >= 0.5).mean())
    model["share_flagged"] = {"as it is": float((judge.score(graph, funding)["score"] >= 0.5).mean())} | {
        name: false_share(judge, graph, name) for name in CONTROLS
    }
    spent = {name: seconds / seeds for name, seconds in watch.seconds.items()}
    return Evaluation("wash", model, scores, _protocol(judged, seeds, rings), _notes(model, scores), spent)


def one_seed(
    graph: TransferGraph,
    judge: WashDetector,
    funding: pd.DataFrame | None,
    rings: int,
    seed: int,
    typologies: Sequence[str] = TYPOLOGIES,
    rivals: bool = True,
    watch: Stopwatch | None = None,
) -> Judged:
    """Plant rings once and score all transfers that may be judged."""
    watch = watch or Stopwatch()
    host = graph if funding is None else TransferGraph(replace(graph.source_of, funding=checked(funding)))
    record, put = planted(host, typologies, rings=rings, seed=seed)
    known = record.funding if funding is not None else None
    ring = np.full(len(record), NOTHING, np.int64)
    typology = np.full(len(record), "", object)
    assert record.truth is not None
    ring[record.truth["transfer"]] = record.truth["ring"]
    typology[record.truth["transfer"]] = record.truth["pattern"]
    keep = np.ones(len(record), bool)
    keep[put] = ring[put] >= 0
    if graph.truth is None:
        own = np.ones(len(record), bool)
        own[put] = False
        keep[np.flatnonzero(own)[closed_rows(graph.record)]] = False
    if not (keep & (ring < 0)).any():
        raise ArchivitError("no transfer may be taken for honest: all lie on walks that close, as wash trades do")
    scores = {}
    with watch.of(MODEL):
        scores[MODEL] = judge.score(record, known)["score"].to_numpy()
    everyone = {"structure by rules": WashDetector(Rules()).log_odds, **RIVALS} if rivals else {}
    for name, rival in everyone.items():
        with watch.of(name):
            scores[name] = rival(record, known)
    return Judged(
        ring[keep],
        typology[keep],
        {name: score[keep] for name, score in scores.items()},
        tuple(_alerts(judge, record, known, ring)),
        put_of(record, put),
    )


def pooled(parts: Sequence[Judged]) -> Judged:
    """Put several together; rings stay apart."""
    step = 1 + max(int(part.ring.max(initial=0)) for part in parts)
    ring = [np.where(part.ring >= 0, part.ring + number * step, part.ring) for number, part in enumerate(parts)]
    return Judged(
        np.concatenate(ring),
        np.concatenate([part.typology for part in parts]),
        {name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores},
        tuple(alert for part in parts for alert in part.alerts),
        sum((part.planted for part in parts), Counter()),
    )


def threshold(judged: Judged, name: str = "model", rate: float = RATE) -> float:
    """Give the score above which at most this share of the negatives lie."""
    negatives = np.sort(judged.scores[name][~judged.truth])[::-1]
    return float(negatives[min(int(rate * len(negatives) + 1e-9), len(negatives) - 1)])


def recalls(judged: Judged, name: str = "model") -> dict[str, float]:
    """Give the recall of each typology at the threshold of `RATE`."""
    above = judged.scores[name] > threshold(judged, name)
    kinds = sorted(set(judged.typology[judged.truth]))
    return {kind: float(above[judged.typology == kind].mean()) for kind in kinds}


def _scores(judged: Judged, name: str, draws: int) -> dict[str, Any]:
    """Give the metrics of one model."""
    truth, score = judged.truth, judged.scores[name]
    limit = threshold(judged, name)
    rings = [np.flatnonzero(judged.ring == ring) for ring in np.unique(judged.ring[truth])]
    honest = score[~truth]
    highest = honest[honest >= np.sort(honest)[-min(max(TOP), len(honest))]]  # others are never among the first

    def of_rows(drawn: NDArray[np.intp]) -> list[float]:
        own = score[drawn]
        first = np.concatenate([own, highest])
        among = [metrics.precision_at(np.arange(len(first)) < len(own), first, k) for k in TOP]
        everything = np.concatenate([own, honest])
        area = metrics.average_precision(np.arange(len(everything)) < len(own), everything)
        return [area, *among, float((own > limit).mean())]

    delays = _delays(judged, limit) if name == "model" else _own_delays(judged, name, limit)
    measured = ["pr_auc", *(f"precision@{k}" for k in TOP), "recall"]
    bounds = dict(zip(measured, metrics.intervals(rings, of_rows, draws), strict=True))
    found: dict[str, Any] = dict(zip(measured, of_rows(np.flatnonzero(truth)), strict=True))
    found["delay"] = float(np.median(delays)) if len(delays) else float("nan")
    if len(delays):
        each = list(np.arange(len(delays))[:, None])
        bounds["delay"] = metrics.interval(each, lambda drawn: float(np.median(delays[drawn])), draws)
    return found | {"interval": bounds, "recall of": recalls(judged, name)}


def _alerts(
    judge: WashDetector, record: TransferGraph, funding: pd.DataFrame | None, ring: I64
) -> list[tuple[I64, F64]]:
    """Give, for each ring, how many of its transfers had happened at each alert about it, and that alert's score."""
    happened: dict[int, list[tuple[int, float]]] = {}
    rows_of = {one: np.flatnonzero(ring == one) for one in np.unique(ring[ring >= 0]).tolist()}
    for alert in judge.alerts(record, funding, 0.0):
        for one in {int(ring[row]) for row in alert.evidence} - {NOTHING}:
            count = int(np.searchsorted(rows_of[one], alert.transfer, side="right"))
            happened.setdefault(one, []).append((count, alert.score))
    return [
        (np.array([count for count, _ in seen], np.int64), np.array([score for _, score in seen]))
        for seen in happened.values()
    ]


def _delays(judged: Judged, limit: float) -> I64:
    """Count the trades until the first alert above a threshold, of each ring that gets one."""
    found = [int(count[score > limit].min()) for count, score in judged.alerts if (score > limit).any()]
    return np.array(found, np.int64)


def _own_delays(judged: Judged, name: str, limit: float) -> I64:
    """Give the same for a rival that says of each transfer at once what it thinks of it; nothing for others."""
    if name not in CAUSAL:
        return np.empty(0, np.int64)
    above = judged.scores[name] > limit
    rings = [np.flatnonzero(judged.ring == ring) for ring in np.unique(judged.ring[judged.truth])]
    return np.array([int(np.argmax(above[rows])) + 1 for rows in rings if above[rows].any()], np.int64)


def calibration_error(judged: Judged, prior: float) -> float:
    """Give the calibration error where rings are as frequent as the prior says."""
    truth = judged.truth
    weight = np.where(truth, prior / truth.sum(), (1 - prior) / (~truth).sum())
    return metrics.calibration_error(truth, judged.scores["model"], weight)


def false_share(judge: WashDetector, graph: TransferGraph, name: str, draws: int = 1) -> float:
    """Give the share of the transfers of a control, drawn so often, that score 0.5 or more: each is a false alert."""
    made = (control(graph, name, seed=seed) for seed in range(draws))
    flagged = [judge.score(one.graph)["score"].to_numpy()[one.rows] >= 0.5 for one in made]
    return float(np.concatenate(flagged).mean())


def _protocol(judged: Judged, seeds: int, rings: int) -> dict[str, Any]:
    fewer = [f"{judged.planted[name]} of {name}" for name in TYPOLOGIES if judged.planted[name] < seeds * rings]
    room = f"; of these {seeds * rings} each, for want of room only {', '.join(fewer)}" if fewer else ""
    return {
        "planted": f"{rings} rings of each of {len(TYPOLOGIES)} typologies, {seeds} times{room}",
        "ring transfers": int(judged.truth.sum()),
        "negatives": int((~judged.truth).sum()),
        "negatives flagged": RATE,
        "detector": "fitted to simulated markets, not to this record",
    }


def _notes(model: dict[str, Any], rivals: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Say where a rival is better."""
    better = [
        f"{name} finds more of {kind} ({found:.3f} against {model['recall of'][kind]:.3f})"
        for name, scores in rivals.items()
        for kind, found in scores["recall of"].items()
        if found > model["recall of"][kind]
    ]
    return ("An alert is evidence to look at, not proof of fraud.", *better)
