"""How a link model is fitted: what happened, beside what could have happened instead."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from ...errors import ArchivitError
from ...graph.columns import F64, I32, I64
from ...graph.moments import moment
from ...graph.words import count
from ..trees import Boosting, Forest, Rows, fit_trees
from . import blend
from .causal import F32, FEATURES, IN_TREES, RING
from .history import History

BOOSTING = Boosting(rounds=120, rate=0.08, leaves=24, rows_a_leaf=200)
WARM = 0.08  # share of the record that only fills the state
MIDDLE = 0.5  # share of the record that a first forest is fitted to
HELD = 0.15 / 0.85  # share of what may be seen that chooses the number of trees
FITTED = 50_000  # transfers, evenly spaced, that trees are fitted to at most
BLENDED, OTHERS = 2_000, 100  # transfers of each part that puts forest and heuristics together, others drawn for each
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
        raise ArchivitError(f"found {count(seen, 'transfer')} to fit links to; expected at least {LEAST}")
    return seen


def fitted(history: History, seen: int, clocks: F64, seed: int, progress: bool) -> tuple[Forest, F64]:
    """Fit the forest to the transfers seen, but for the last ones, and put it together with the heuristics.

    That is done by the last ones, and by those of the middle, scored by a forest of what came before them: the few
    transfers that repeat a pair are more then, and from more of the record.
    """
    cuts = _cuts(history, seen)
    rng = np.random.default_rng(seed)
    lists = []
    for begin, end in pairwise(cuts[1:]):
        earlier, later = (_rows(history, clocks, first, last, rng) for first, last in ((cuts[0], begin), (begin, end)))
        forest = fit_trees(earlier, BOOSTING, validation=later, seed=seed, progress=progress)
        forest = replace(forest, features=len(FEATURES))
        lists.append(_lists(history, clocks, begin, end, forest, rng))
    return forest, blend.fitted(blend.Lists(*(np.concatenate(parts) for parts in zip(*lists, strict=True))))


def _cuts(history: History, seen: int) -> list[int]:
    """Positions between the parts of what is seen; moments stay together.

    From the first one on trees are fitted, the later ones part what came before a forest from what puts it together
    with the heuristics. There are four, or three where the middle has no moments of its own.
    """
    shares = (WARM, MIDDLE, 1 - HELD)
    first, middle, last = (history.before(int(history.time[int(share * seen)])) for share in shares)
    if not first < last:
        found = f"{count(seen, 'transfer')} at {count(len(np.unique(history.time[:seen])), 'moment')}"
        raise ArchivitError(
            f"{found} are too few to fit links to; expected a record that goes on after what fills the state"
        )
    return [first, *([middle] if first < middle < last else []), last, seen]


def _rows(history: History, clocks: F64, begin: int, end: int, rng: np.random.Generator) -> Rows:
    """Describe what happened and what could have happened instead, as rows for trees."""
    events = np.arange(begin, end)[:: max(1, -(-(end - begin) // FITTED))]
    target = history.target[events][:, None]
    candidates = np.concatenate([target, _anyone(history, events, end, rng, NEGATIVES)], axis=1)
    truth = np.zeros(candidates.shape, np.float32)
    truth[:, 0] = 1
    keep = (candidates != candidates[:, :1]).ravel() | (truth.ravel() > 0)
    return Rows(_described(history, clocks, events, candidates)[keep, :IN_TREES], truth.ravel()[keep])


def _described(history: History, clocks: F64, events: I64, candidates: I32) -> F32:
    """Describe each event's candidates at its time, all in one walk."""
    count = candidates.shape[1]
    source, time = (np.repeat(column[events], count) for column in (history.source, history.time))
    return history.walk(clocks).describe(source, candidates.ravel(), time)


def _lists(
    history: History, clocks: F64, begin: int, end: int, forest: Forest, rng: np.random.Generator
) -> blend.Lists:
    """List what happened, the source's latest partners, and a draw that stands for all others."""
    events = np.arange(begin, end)[:: -(-(end - begin) // BLENDED)]
    target, partners = history.target[events][:, None], _partners(history, events)
    others = _anyone(history, events, end, rng, OTHERS)
    candidates = np.concatenate([target, partners, others], axis=1)
    stands_for = np.full(candidates.shape, np.log(len(np.unique(history.target[:end])) / OTHERS))
    stands_for[:, : 1 + RING] = 0
    again = np.concatenate([partners < 0, (others[:, :, None] == partners[:, None]).any(axis=2)], axis=1)
    stands_for[:, 1:][again | (candidates[:, 1:] == target)] = -np.inf
    rows = _described(history, clocks, events, np.where(candidates < 0, target, candidates))
    terms = blend.terms(rows, forest.raw_score(rows)).reshape(*candidates.shape, -1)
    return blend.Lists(terms, stands_for, terms[:, 0, blend.TERMS.index("pair_seen")] > 0)


def _anyone(history: History, events: I64, end: int, rng: np.random.Generator, count: int) -> I32:
    """(events, count) accounts, drawn from all who received until then."""
    return rng.choice(np.unique(history.target[:end]), (len(events), count)).astype(np.int32)


def _partners(history: History, events: I64) -> I32:
    """(events, RING) to whom each source gave in its latest transfers strictly before, each once; -1: nobody."""
    order = np.argsort(history.source, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    back = place[events][:, None] - 1 - np.arange(RING)
    row = order[np.maximum(back, 0)]
    own = (back >= 0) & (history.source[row] == history.source[events][:, None])
    own &= history.time[row] < history.time[events][:, None]
    found = np.where(own, history.target[row], -1)
    seen_already = np.tril(found[:, :, None] == found[:, None], -1).any(axis=2)
    return np.where(seen_already, -1, found).astype(np.int32)
