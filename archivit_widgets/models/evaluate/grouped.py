"""NDCG of many groups at once: each account in each period is one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I64


def ndcg_by_group(group: I64, truth: F64, scores: NDArray[Any], groups: int, k: int = 10) -> F64:
    """NDCG@k of each group's rows, gains of tied rows shared among them.

    Parameters
    ----------
    group, truth, scores
        (m,): which group, what it was worth (0 or more), what was said.
    groups
        How many groups there are.

    Returns
    -------
    (groups,) float64
        NaN where nothing in the group is worth anything.
    """
    gain, ideal = (np.bincount(group, _gains(group, truth, said, k), groups) for said in (scores, truth))
    return _share(gain, ideal)


def _gains(group: I64, truth: F64, scores: F64, k: int) -> F64:
    """(m,) discounted gains, in order of group and score."""
    order = np.lexsort((-scores, group))
    group, truth, scores = group[order], truth[order], scores[order]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(group)) - np.repeat(begins, np.diff(np.append(begins, len(group))))
    tie = np.cumsum((np.diff(group, prepend=-1) != 0) | (np.diff(scores, prepend=np.inf) != 0)) - 1
    mean = np.bincount(tie, truth) / np.bincount(tie)
    discount = np.where(place < k, 1 / np.log2(2 + place), 0.0)
    gains = np.empty(len(group))
    gains[order] = mean[tie] * discount
    return gains


def ndcg_among_all(
    group: I64,
    truth: F64,
    scores: NDArray[Any],
    other_group: I64,
    other_truth: F64,
    groups: int,
    candidates: int,
    k: int = 10,
) -> F64:
    """NDCG@k of each group among all candidates, of which most were given no score: they are tied at 0.

    Parameters
    ----------
    group, truth, scores
        (m,): those with a score, 0 or more.
    other_group, other_truth
        (j,): what candidates without a score were worth, where it is not 0.
    groups, candidates
        How many groups, and how many candidates each has.

    Returns
    -------
    (groups,) float64
        NaN where nothing is worth anything.
    """
    above = scores > 0
    gain = np.bincount(group[above], _gains(group[above], truth[above], np.asarray(scores)[above], k), groups)
    both, worth = np.concatenate([group, other_group]), np.concatenate([truth, other_truth])
    ideal = np.bincount(both, _gains(both, worth, worth, k), groups)
    ranked = np.bincount(group[above], minlength=groups)
    rest = np.bincount(both, worth, groups) - np.bincount(group[above], truth[above], groups)
    places = np.append(0.0, np.cumsum(1 / np.log2(2 + np.arange(k))))
    left = places[min(k, candidates)] - places[np.minimum(ranked, min(k, candidates))]
    gain = gain + np.maximum(rest, 0) / np.maximum(candidates - ranked, 1) * left
    return _share(gain, ideal)


def _share(gain: NDArray[Any], ideal: NDArray[Any]) -> F64:
    share: F64 = np.divide(gain, ideal, out=np.full(len(ideal), np.nan), where=ideal > 0)
    return share
