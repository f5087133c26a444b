"""A forest and the heuristics it must beat, put together: a conditional logit of `TERMS`, one weight each.

    P(c | source, time) = exp(w . terms of c) / sum over the candidates of the same        (McFadden 1974)

Trees say the same of all candidates in a leaf, and nothing beyond what they were fitted to; a line through the log of
how long ago still tells those candidates apart. The weights are fitted on transfers that the trees were not fitted to,
against candidates drawn from all destinations, and start at the forest alone; a ridge holds them there where little is
known.
"""

from __future__ import annotations

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
)  # fmt: skip
RIDGE = 1e-3
_PAIR_GAP, _PAIR_SINCE, _PAIR_SLOW, _BACK_GAP, _BACK_SINCE, _NOVELTY, _GAP_IN, _GAP_OUT, _FADE = (
    FEATURES.index(name)
    for name in (
        "pair_gap", "pair_since", "pair_slow", "back_gap", "back_since", "source_novelty", "target_gap_in",
        "target_gap_out", "target_fade_0",
    )
)  # fmt: skip


def terms(described: F32, forest: F64) -> F64:
    """(n, features) descriptions and (n,) scores of the forest to (n, len(TERMS)); what never happened adds 0."""
    found = np.zeros((len(described), len(TERMS)))
    _fill(described, forest, found)
    return found


def fitted(lists: F64, taken: NDArray[np.bool_]) -> F64:
    """Fit the weights of the terms.

    Parameters
    ----------
    lists
        (events, candidates, len(TERMS)): what happened comes first.
    taken
        (events, candidates): False where a candidate is the one that happened once more.

    Returns
    -------
    (len(TERMS),) float64
    """
    from scipy.optimize import minimize

    scale = lists.std(axis=(0, 1))
    scale[scale == 0] = np.inf  # says nothing, weighs nothing
    scaled = lists / scale
    start = np.zeros(len(TERMS))
    start[0] = scale[0] if np.isfinite(scale[0]) else 0.0

    def loss(weights: F64) -> tuple[float, F64]:
        score = np.where(taken, scaled @ weights, -np.inf)
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        share = odds / odds.sum(axis=1, keepdims=True)
        away = weights - start
        slope = (np.einsum("ec,ect->et", share, scaled) - scaled[:, 0]).mean(axis=0) + 2 * RIDGE * away
        return float(-np.log(np.maximum(share[:, 0], 1e-300)).mean() + RIDGE * away @ away), slope

    found: F64 = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100}).x / scale
    return found


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
