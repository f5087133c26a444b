"""How a link model is fitted: what happened, beside what could have happened instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ArchivitError
from ...graph.columns import F64, I32, I64
from ...graph.moments import moment
from ..trees import Boosting, Forest, Rows, fit_trees
from . import blend
from .causal import F32
from .history import History

BOOSTING = Boosting(rounds=120, rate=0.08, leaves=24, rows_a_leaf=200)
WARM = 0.08  # share of the record that only fills the state
HELD = 0.15 / 0.85  # share of what may be seen that chooses the number of trees
FITTED = 50_000  # transfers, evenly spaced, that trees are fitted to at most
BLENDED, OTHERS = 2_000, 100  # transfers that forest and heuristics are put together by, candidates of each
LEAST = 200  # transfers to fit to
NEGATIVES = 20  # for each transfer, drawn from all who received: best on validation, above any share of recent ones


def seen_until(history: History, until: Any) -> int:
    """Count the transfers up to a moment, that moment included; None: all.

    Raises
    ------
    ArchivitError
        They are too few to fit to.
    """
    seen = len(history) if until is None else history.before(moment(until) + 1)
    if seen < LEAST:
        raise ArchivitError(f"there are {seen:,} transfers to fit links to; expected at least {LEAST}")
    return seen


def fitted(history: History, seen: int, clocks: F64, seed: int, progress: bool) -> tuple[Forest, F64]:
    """Fit the forest to the transfers seen, but for the last ones, and by those put it together with the heuristics."""
    rows, chosen = _training(history, seen, clocks, seed)
    forest = fit_trees(rows, BOOSTING, validation=chosen, seed=seed, progress=progress)
    return forest, _weights(history, seen, clocks, forest, seed)


def _parts(history: History, seen: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Positions of the transfers that trees are fitted to, and of the later ones that choose; moments stay together."""
    first = history.before(int(history.time[int(WARM * seen)]))
    cut = history.before(int(history.time[int((1 - HELD) * seen)]))
    return (first, cut), (cut, seen)


def _training(history: History, seen: int, clocks: F64, seed: int) -> tuple[Rows, Rows]:
    """Describe what happened and what could have happened instead: rows to fit to, and later ones to choose by."""
    rng = np.random.default_rng(seed)
    parts = []
    for begin, end in _parts(history, seen):
        events = np.arange(begin, end)[:: -(-(end - begin) // FITTED)]
        candidates = _candidates(history, events, end, rng, NEGATIVES)
        truth = np.zeros(candidates.shape, np.float32)
        truth[:, 0] = 1
        keep = (candidates != candidates[:, :1]).ravel() | (truth.ravel() > 0)
        parts.append(Rows(_described(history, clocks, events, candidates)[keep], truth.ravel()[keep]))
    return parts[0], parts[1]


def _described(history: History, clocks: F64, events: I64, candidates: I32) -> F32:
    """Describe each event's candidates at its time, all in one walk."""
    count = candidates.shape[1]
    source, time = (np.repeat(column[events], count) for column in (history.source, history.time))
    return history.walk(clocks).describe(source, candidates.ravel(), time)


def _weights(history: History, seen: int, clocks: F64, forest: Forest, seed: int) -> F64:
    """Put forest and heuristics together, on the transfers that chose the number of trees."""
    first, end = _parts(history, seen)[1]
    events = np.arange(first, end)[:: -(-(end - first) // BLENDED)]
    rng = np.random.default_rng(seed)
    candidates = _candidates(history, events, end, rng, OTHERS)
    rows, taken = _described(history, clocks, events, candidates), candidates != candidates[:, :1]
    taken[:, 0] = True
    found = blend.terms(rows, forest.raw_score(rows))
    return blend.fitted(found.reshape(*candidates.shape, -1), taken)


def _candidates(history: History, events: I64, end: int, rng: np.random.Generator, others: int) -> I32:
    """(events, 1 + others): who received, and others drawn from all who received until then."""
    anyone = rng.choice(np.unique(history.target[:end]), (len(events), others))
    return np.concatenate([history.target[events][:, None], anyone], axis=1).astype(np.int32)
