"""Harder questions to the detector of wash trades: typologies that it never saw, and cases that are certain.

`leave_one_out` asks detectors that were fitted again `without` one typology what they find of it, at the same share of
honest transfers flagged, beside the detector that saw all. `certain_cases` asks for what must never be missed: accounts
that sell to themselves, and rings of three laps or more that leave nobody richer; the rings' own transfers are counted,
not what the detector makes of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...graph.columns import I64
from ...graph.transfers import TransferGraph
from ..wash.detector import WashDetector
from .planting import TYPOLOGIES, planted
from .wash import Judged, calibration_error, one_seed, pooled, recalls, threshold

FEES = 0.01


@dataclass(frozen=True)
class HeldOut:
    """Recall of one typology by who saw all and by who never saw it, and the calibration error of the latter."""

    typology: str
    recall: float
    recall_unseen: float
    calibration_error: float

    @property
    def kept(self) -> float:
        """Which share of its recall is left."""
        return self.recall_unseen / self.recall if self.recall else float("nan")


def without(
    typologies: Sequence[str], hosts: Sequence[TransferGraph] | None = None, *, seed: int = 0
) -> dict[str, WashDetector]:
    """Fit a detector for each typology that never saw it (`WashDetector.fit`)."""
    rest = {name: [other for other in TYPOLOGIES if other != name] for name in typologies}
    return {
        name: WashDetector.fit(hosts, typologies=others, seed=seed, progress=False) for name, others in rest.items()
    }


def leave_one_out(
    graph: TransferGraph,
    unseen: Mapping[str, WashDetector],
    *,
    whole: WashDetector,
    rings: int = 10,
    seeds: int = 2,
) -> list[HeldOut]:
    """Hold each typology out in turn.

    Parameters
    ----------
    graph
        Where rings are planted to judge.
    unseen
        Typology -> the detector that never saw it, as `without` gives them.
    whole
        The detector that saw all.
    rings, seeds
        Of the typology, and how many times.
    """
    found = []
    for name, detector in unseen.items():
        both = [judged(graph, one, name, rings, seeds) for one in (whole, detector)]
        recall, left = (recalls(one).get(name, float("nan")) for one in both)
        found.append(HeldOut(name, recall, left, calibration_error(both[1], detector.prior)))
    return found


def judged(graph: TransferGraph, detector: WashDetector, typology: str, rings: int, seeds: int) -> Judged:
    """Plant one typology alone and score it."""
    return pooled([one_seed(graph, detector, None, rings, seed, [typology], rivals=False) for seed in range(seeds)])


def certain_cases(graph: TransferGraph, detector: WashDetector, *, rings: int = 30, seed: int = 0) -> dict[str, float]:
    """Give the share of transfers found, by a score of 0.5 and at 0.2 % of honest ones flagged.

    Returns
    -------
    dict
        ``transfers``, ``score 0.5``, ``0.2 % flagged``.
    """
    record, _ = planted(graph, ["self_trade", "ping_pong", "cycle", "drift"], rings=rings, seed=seed)
    assert record.truth is not None
    rows = [
        group.to_numpy() for _, group in record.truth.groupby("ring")["transfer"] if _certain(record, group.to_numpy())
    ]
    score = detector.score(record)["score"].to_numpy()[np.concatenate(rows)]
    limit = threshold(
        one_seed(graph, detector, None, rings, seed, ["self_trade", "ping_pong", "cycle", "drift"], False)
    )
    return {
        "transfers": float(len(score)),
        "score 0.5": float((score >= 0.5).mean()),
        "0.2 % flagged": float((score > limit).mean()),
    }


def _certain(record: TransferGraph, rows: I64) -> bool:
    """Whether a ring is a self trade, or went round three times or more and left nobody richer, fees aside."""
    table = record.transfers.iloc[rows]
    if (table["source"].astype(str) == table["target"].astype(str)).all():
        return True
    value = table["value"].fillna(0.0)
    gave = value.groupby(table["source"].astype(str)).agg(["sum", "size"])
    paid = value.groupby(table["target"].astype(str)).sum().reindex(gave.index).fillna(0.0)
    turnover = gave["sum"] + paid
    even = ((gave["sum"] - paid).abs() <= FEES * turnover).all() and turnover.min() > 0
    return bool(gave["size"].min() >= 3 and even)
