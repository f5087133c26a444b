"""A forest and the heuristics it must beat, put together: a conditional logit of `TERMS`, one weight each.

    P(c | source, time) = exp(w . terms of c) / sum over the candidates of the same        (McFadden 1974)

Trees say the same of all candidates in a leaf, and nothing beyond what they were fitted to; a line through the log of
how long ago still tells those candidates apart. The weights are fitted on transfers that the trees were not fitted to,
and start at the forest alone; a ridge holds them there where little is known.

A source's own partners are few among all, and rarely drawn by chance: each list of candidates holds all of them, beside
a draw from the others that stands for all others (sampled softmax: Bengio and Senecal 2008). Where pairs rarely repeat,
the few repeats would weigh next to nothing; together they weigh `REPEATED` at least.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64
from ...graph.compiled import compiled
from .causal import F32, FEATURES, NEVER

TERMS = (
    "forest",
    "pair_seen", "pair_gap", "pair_since", "pair_slow", "pair_novelty",
    "back_seen", "back_gap", "back_since",
    "target_seen", "target_gap_in", "target_gap_out", "target_fade_0", "target_fade_2", "target_fade_3",
    "target_since_in", "target_since_out", "target_latest",
)  # fmt: skip
RIDGE = 1e-3
REPEATED = 0.3  # what transfers between pairs seen before weigh at least, of all: best on CryptoPunks' validation part
ALONE = 0.7  # log1p(1) is 0.69: of all transfers the last one
_PAIR_GAP, _PAIR_SINCE, _PAIR_SLOW, _BACK_GAP, _BACK_SINCE, _NOVELTY, _GAP_IN, _GAP_OUT, _FADE, _SINCE = (
    FEATURES.index(name)
    for name in (
        "pair_gap", "pair_since", "pair_slow", "back_gap", "back_since", "source_novelty", "target_gap_in",
        "target_gap_out", "target_fade_0", "target_since_in",
    )
)  # fmt: skip


def terms(described: F32, forest: F64) -> F64:
    """(n, features) descriptions and (n,) scores of the forest to (n, len(TERMS)); what never happened adds 0."""
    found = np.zeros((len(described), len(TERMS)))
    _fill(described, forest, found)
    return found


def score(described: F32, forest: F64, weights: F64) -> F64:
    """(n, features) descriptions and (n,) scores of the forest to (n,) scores, each row by itself.

    A matrix product may add up in another order where it has other rows beside it.
    """
    found = np.empty(len(described))
    _add_up(terms(described, forest), weights, found)
    return found


class Lists(NamedTuple):
    """What happened, each beside what could have happened instead.

    Attributes
    ----------
    terms
        (events, candidates, len(TERMS)): what happened comes first.
    stands_for
        (events, candidates) log of how many accounts each one stands for; -inf: of none, it is passed over.
    repeated
        (events,) whether the pair had been seen before.
    """

    terms: F64
    stands_for: F64
    repeated: NDArray[np.bool_]


def fitted(lists: Lists) -> F64:
    """(len(TERMS),) weights of the terms: the likeliest, so that repeats weigh `REPEATED` at least."""
    from scipy.optimize import minimize

    scale = lists.terms.std(axis=(0, 1))
    scale[scale == 0] = np.inf  # says nothing, weighs nothing
    scaled, weight = lists.terms / scale, _weight(lists.repeated)
    start = np.zeros(len(TERMS))
    start[0] = scale[0] if np.isfinite(scale[0]) else 0.0

    def loss(weights: F64) -> tuple[float, F64]:
        score = scaled @ weights + lists.stands_for
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        share = odds / odds.sum(axis=1, keepdims=True)
        away = weights - start
        slope = weight @ (np.einsum("ec,ect->et", share, scaled) - scaled[:, 0]) + 2 * RIDGE * away
        return float(-weight @ np.log(np.maximum(share[:, 0], 1e-300)) + RIDGE * away @ away), slope

    found: F64 = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x / scale
    return found


def _weight(repeated: NDArray[np.bool_]) -> F64:
    """(events,) what each weighs; they add up to 1."""
    share = float(repeated.mean())
    if not 0 < share < REPEATED:
        return np.full(len(repeated), 1 / len(repeated))
    return np.where(repeated, REPEATED / share, (1 - REPEATED) / (1 - share)) / len(repeated)


@compiled
def _add_up(terms: F64, weights: F64, found: F64) -> None:
    for i in range(len(terms)):
        one = 0.0
        for k in range(len(weights)):
            one += terms[i, k] * weights[k]
        found[i] = one


@compiled
def _fill(described: F32, forest: F64, found: F64) -> None:
    for i in range(len(described)):
        row, out = described[i], found[i]
        out[0] = forest[i]
        if row[_PAIR_GAP] < NEVER:
            out[1] = 1.0
            out[2], out[3], out[4] = row[_PAIR_GAP], row[_PAIR_SINCE], row[_PAIR_SLOW]
            out[5] = row[_NOVELTY]
        if row[_BACK_GAP] < NEVER:
            out[6] = 1.0
            out[7], out[8] = row[_BACK_GAP], row[_BACK_SINCE]
        if row[_GAP_IN] < NEVER:
            out[9] = 1.0
            out[10] = row[_GAP_IN]
        if row[_GAP_OUT] < NEVER:
            out[11] = row[_GAP_OUT]
        out[12], out[13], out[14] = row[_FADE], row[_FADE + 2], row[_FADE + 3]
        out[15], out[16] = row[_SINCE], row[_SINCE + 1]
        out[17] = 1.0 if row[_SINCE] < ALONE else 0.0
