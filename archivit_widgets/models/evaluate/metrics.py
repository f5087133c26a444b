"""Metrics as pure functions. Ties gain nothing by their order.

What a constant scorer gets: in average precision, AUC, gains, precisions and recalls at k what a random order gets on
average. Of a rank not: among n candidates all its ranks are (n + 1) / 2, so its reciprocal rank is 2 / (n + 1), below
chance, and its hits are 1 where n < 2 k and 0 from there on, where chance is k / n.

Ranks are 1 + (#better + #not worse) / 2 over the others: the mean of the optimistic and the pessimistic rank, as in TGB
(``tgb/linkproppred/evaluate.py``). Gains and precisions at k are means over all orders of what is tied (McSherry and
Najork 2008, Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from ...graph.columns import F64

CHUNK = 200


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float:
    """Area under precision over recall, stepwise; NaN where there is no positive."""
    truth = np.asarray(labels, bool)
    return float(average_precision_score(truth, np.asarray(scores))) if truth.any() else float("nan")


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Area under the ROC curve; NaN where one of the classes is missing."""
    truth = np.asarray(labels, bool)
    return float(roc_auc_score(truth, np.asarray(scores))) if 0 < truth.sum() < truth.size else float("nan")


def chunked_average_precision(positive: ArrayLike, negative: ArrayLike, chunk: int = CHUNK) -> float:
    """Mean of the average precision over chunks of events in order, one negative beside each: DyGLib's AP.

    Parameters
    ----------
    positive, negative
        (n,) scores of what happened and of what was drawn instead.
    """
    yes, no = np.asarray(positive, np.float64), np.asarray(negative, np.float64)
    each = []
    for begin in range(0, len(yes), chunk):
        scores = np.concatenate([yes[begin : begin + chunk], no[begin : begin + chunk]])
        each.append(average_precision(np.arange(len(scores)) < len(scores) // 2, scores))
    return float(np.mean(each)) if each else float("nan")


def ranks(scores: ArrayLike, chosen: ArrayLike) -> F64:
    """Rank of each query's right answer among all candidates, from 1.

    Parameters
    ----------
    scores
        (queries, candidates).
    chosen
        (queries,) int: the column of the right answer.

    Returns
    -------
    (queries,) float64
    """
    table = np.asarray(scores)
    own = np.take_along_axis(table, np.asarray(chosen, np.int64)[:, None], axis=1)
    better = (table > own).sum(axis=1)
    not_worse = (table >= own).sum(axis=1) - 1  # itself
    rank: F64 = 1 + (better + not_worse) / 2
    return rank


def mean_reciprocal_rank(rank: ArrayLike) -> float:
    """Mean of 1 / rank."""
    values = np.asarray(rank, np.float64)
    return float(np.mean(1 / values)) if len(values) else float("nan")


def hits(rank: ArrayLike, k: int = 10) -> float:
    """Share of the queries whose right answer is among the first k."""
    values = np.asarray(rank, np.float64)
    return float(np.mean(values <= k)) if len(values) else float("nan")


def ndcg(truth: ArrayLike, scores: ArrayLike, k: int = 10) -> float:
    """Normalised discounted cumulative gain at k of one query: linear gains, 1 / log2(1 + place).

    Parameters
    ----------
    truth, scores
        (candidates,): what each was worth (0 or more), and what was said of it. NaN where all are worth nothing.
    """
    worth, said = np.asarray(truth, np.float64), np.asarray(scores, np.float64)
    found, best = _expected_gains(worth, said, k), np.sort(worth)[::-1][:k]
    discount = 1 / np.log2(np.arange(2, len(best) + 2))
    ideal = float(best @ discount)
    return float(found @ discount) / ideal if ideal > 0 else float("nan")


def precision_at(labels: ArrayLike, scores: ArrayLike, k: int) -> float:
    """Share of positives among the k that score highest; of fewer than k candidates, among all."""
    expected = _expected_gains(np.asarray(labels, np.float64), np.asarray(scores, np.float64), k)
    return float(expected.mean()) if len(expected) else float("nan")


def recall_at(labels: ArrayLike, scores: ArrayLike, k: int) -> float:
    """Share of all positives that are among the k that score highest; NaN where there is none."""
    truth = np.asarray(labels, np.float64)
    found = _expected_gains(truth, np.asarray(scores, np.float64), k).sum()
    return float(found / truth.sum()) if truth.any() else float("nan")


def recall_at_false_positives(labels: ArrayLike, scores: ArrayLike, rate: float) -> float:
    """Share of the positives above the threshold that lets at most this share of the negatives through.

    At equal scores nothing is told apart, so no part of a tie is let through; a constant scorer gets 0 below rate 1.
    """
    truth, said = np.asarray(labels, bool), np.asarray(scores, np.float64)
    negatives = np.sort(said[~truth])[::-1]
    allowed = int(rate * len(negatives) + 1e-9)
    if not truth.any():
        return float("nan")
    threshold = negatives[allowed] if allowed < len(negatives) else -np.inf
    return float((said[truth] > threshold).mean())


def brier(labels: ArrayLike, probability: ArrayLike) -> float:
    """Mean squared difference between what happened and its probability."""
    return float(np.mean((np.asarray(labels, np.float64) - np.asarray(probability, np.float64)) ** 2))


def calibration_error(
    labels: ArrayLike, probability: ArrayLike, weights: ArrayLike | None = None, bins: int = 15
) -> float:
    """Expected calibration error: mean of |share that happened - mean probability| over bins of equal weight.

    What is tied is in one bin: parted by the order of the rows, a constant would seem to err by chance.
    """
    truth, said = np.asarray(labels, np.float64), np.asarray(probability, np.float64)
    weight = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    _, tie = np.unique(said, return_inverse=True)
    tied = np.bincount(tie, weight)
    share = (np.cumsum(tied) - tied / 2) / weight.sum()
    bin_of = np.minimum((share * bins).astype(np.int64), bins - 1)
    gap = np.bincount(bin_of[tie], weight * (truth - said), bins)
    return float(np.abs(gap).sum() / weight.sum())


def interval(
    groups: Sequence[NDArray[np.intp]],
    statistic: Callable[[NDArray[np.intp]], float],
    draws: int = 1_000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Bootstrap interval of a statistic whose rows come in groups (accounts, rings): groups are drawn, not rows.

    Parameters
    ----------
    groups
        Rows of each group.
    statistic
        Of the rows drawn, in which a group drawn twice stands twice. For a paired comparison, a difference of two.
    """
    return intervals(groups, lambda drawn: [statistic(drawn)], draws, seed, level)[0]


def intervals(
    groups: Sequence[NDArray[np.intp]],
    statistics: Callable[[NDArray[np.intp]], Sequence[float]],
    draws: int = 1_000,
    seed: int = 0,
    level: float = 0.95,
) -> list[tuple[float, float]]:
    """Give the same for several statistics of each draw; (NaN, NaN) for one that is always NaN."""
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(len(groups), size=len(groups)) for _ in range(draws))
    found = np.array([statistics(np.concatenate([groups[one] for one in draw])) for draw in drawn])
    bounds, known = np.full((2, found.shape[1]), np.nan), ~np.isnan(found).all(axis=0)
    bounds[:, known] = np.nanquantile(found[:, known], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return [(low, high) for low, high in bounds.T.tolist()]


def _expected_gains(worth: F64, said: F64, k: int) -> F64:
    """What is expected at each of the first k places, best first, when ties are ordered at random."""
    if k < len(said):  # all that may come so far, the whole tie at the end included, and no more to sort
        least = np.partition(-said, k - 1)[k - 1]
        near = ~(-said > least)
        worth, said = worth[near], said[near]
    order = np.argsort(-said, kind="stable")
    _, tie = np.unique(-said[order], return_inverse=True)
    mean = np.bincount(tie, worth[order]) / np.bincount(tie) if len(tie) else np.empty(0)
    gains: F64 = mean[tie][:k]
    return gains
