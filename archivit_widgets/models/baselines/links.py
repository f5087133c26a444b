"""The simplest answers to "who comes next", with the interface of `links.LinkModel`.

EdgeBank (Poursafaei et al. 2022, Towards Better Evaluation for Dynamic Link Prediction): a pair that has been seen
comes again. What counts as seen is its memory rule, and decides its score, so each name says it:

- frozen: pairs up to the end of fitting;
- per batch: pairs before the batch of 200 transfers that the query falls into (DyGLib, TGB);
- per event: pairs strictly before the query's time, as for every other scorer here.

Popularity is a decayed count of arrivals (PopTrack: Daniluk and Dabrowski 2023, Temporal graph models fail to capture
global temporal dynamics); recency asks when the pair was last seen; local-global puts the source's own partners
first, the latest before others, and everybody else by popularity (heuristics of arXiv 2502.04910).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I32, I64
from ...graph.transfers import TransferGraph
from ..links.causal import F32, FEATURES, NEVER, half_lives
from ..links.fitting import seen_until
from ..links.history import History, Scorer

BATCH = 200
WINDOW = 0.15  # share of the fitted transfers whose length in time is the window of EdgeBank
_COLUMN = {name: column for column, name in enumerate(FEATURES)}


class Heuristic(Scorer):
    """A scorer with nothing to fit but the clocks of the state."""

    def __init__(self, history: History, seen: int) -> None:
        super().__init__(history, half_lives(history.time[:seen]))

    @classmethod
    def fit(cls, graph: TransferGraph, until: Any = None) -> Heuristic:
        """Read the record; `until` as for `LinkModel.fit`."""
        history = History.of(graph)
        return cls(history, seen_until(history, until))


class PairRecency(Heuristic):
    """The later the pair was seen, the likelier it comes again."""

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return -_taken(described, "pair_gap")


class Popularity(Heuristic):
    """Who received most lately: arrivals, halved in about a week (the third clock)."""

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return _taken(described, "target_fade_2")


class GlobalRecency(Heuristic):
    """Who received last."""

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return -_taken(described, "target_gap_in")


class LocalGlobal(Heuristic):
    """The source's own partners by recency, then everybody else by popularity."""

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        gap = _taken(described, "pair_gap")
        return np.where(gap < NEVER, 2 * NEVER - gap, _taken(described, "target_fade_2"))


class EdgeBankEvent(Heuristic):
    """EdgeBank, unlimited, per event."""

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return (_taken(described, "pair_count") > 0).astype(np.float64)


class EdgeBankWindow(Heuristic):
    """EdgeBank, per event, with a window of time as long as the last `WINDOW` of the fitted transfers took."""

    def __init__(self, history: History, seen: int) -> None:
        super().__init__(history, seen)
        self.window = float(history.time[seen - 1] - history.time[int((1 - WINDOW) * seen)])

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return (_taken(described, "pair_gap") <= np.float32(np.log1p(self.window))).astype(np.float64)


class EdgeBankStale(Heuristic):
    """EdgeBank, unlimited, whose memory is older than the query: frozen, or per batch."""

    def __init__(self, history: History, seen: int, batch: int | None = None) -> None:
        super().__init__(history, seen)
        self._seen, self._batch = seen, batch
        keys = _keys(history.source, history.target)
        order = np.argsort(keys, kind="stable")
        first = np.append(True, np.diff(keys[order]) != 0)
        self._pairs, self._first = keys[order][first], order[first]  # each pair's first transfer

    def _scored(self, source: I32, target: I32, time: NDArray[np.int64]) -> F64:
        asked = _keys(source, target)
        place = np.minimum(np.searchsorted(self._pairs, asked), len(self._pairs) - 1)
        met = self._pairs[place] == asked
        upto = np.minimum(np.searchsorted(self.history.time, time), self._seen)
        if self._batch is not None:
            upto = np.searchsorted(self.history.time, time) // self._batch * self._batch
        score: F64 = (met & (self._first[place] < upto)).astype(np.float64)
        return score


class EdgeBankBatch(EdgeBankStale):
    """EdgeBank, unlimited, per batch of 200."""

    def __init__(self, history: History, seen: int) -> None:
        super().__init__(history, seen, BATCH)


RIVALS: dict[str, type[Heuristic]] = {
    "pair recency": PairRecency,
    "popularity": Popularity,
    "global recency": GlobalRecency,
    "local-global": LocalGlobal,
    "EdgeBank, per event": EdgeBankEvent,
    "EdgeBank, window, per event": EdgeBankWindow,
    "EdgeBank, per batch of 200": EdgeBankBatch,
    "EdgeBank, frozen": EdgeBankStale,
}


def _taken(described: F32, name: str) -> F64:
    column: F64 = described[:, _COLUMN[name]].astype(np.float64)
    return column


def _keys(source: I32, target: I32) -> I64:
    return source.astype(np.int64) << 32 | target.astype(np.int64)
