"""Every metric against brute force or a library's, and what a constant scorer gets: chance, but for ranks."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from archivit_widgets.models.evaluate import metrics

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=6)


def orders(scores):
    """All orders, best first, of what is tied."""
    for order in itertools.permutations(range(len(scores))):
        if all(scores[a] >= scores[b] for a, b in itertools.pairwise(order)):
            yield list(order)


@given(CASES, st.integers(1, 7))
def test_gains_at_k_are_means_over_all_orders_of_ties(case, k):
    labels, scores = np.array([c[0] for c in case], float), np.array([c[1] for c in case], float)
    cut = [labels[order][:k] for order in orders(scores)]
    assert metrics.precision_at(labels, scores, k) == pytest.approx(np.mean([one.mean() for one in cut]))
    if not labels.any():
        assert math.isnan(metrics.recall_at(labels, scores, k))
        assert math.isnan(metrics.ndcg(labels, scores, k))
        return
    assert metrics.recall_at(labels, scores, k) == pytest.approx(np.mean([one.sum() for one in cut]) / labels.sum())
    if len(labels) > 1:
        assert metrics.ndcg(labels, scores, k) == pytest.approx(ndcg_score([labels], [scores], k=k))


def test_ndcg_of_unequal_gains():
    assert metrics.ndcg([3, 1, 0], [1, 2, 3], k=2) == pytest.approx((1 / np.log2(3)) / (3 + 1 / np.log2(3)))
    assert metrics.ndcg([3, 1, 0], [9, 5, 1]) == 1


def test_ranks_lie_between_the_best_and_the_worst_of_a_tie():
    scores = np.array([[0.5, 0.5, 0.9, 0.1], [1, 2, 3, 4]])
    assert metrics.ranks(scores, [0, 3]).tolist() == [2.5, 1]
    assert metrics.mean_reciprocal_rank([2, 4]) == 0.375
    assert metrics.hits([1, 10, 11], 10) == pytest.approx(2 / 3)


def test_chunks_are_judged_one_by_one():
    first, second = ([0.9, 0.8], [0.1, 0.2]), ([0.1, 0.2], [0.9, 0.8])
    expected = (1 + metrics.average_precision([1, 1, 0, 0], [0.1, 0.2, 0.9, 0.8])) / 2
    found = metrics.chunked_average_precision(first[0] + second[0], first[1] + second[1], chunk=2)
    assert found == pytest.approx(expected)


def test_recall_at_a_rate_lets_no_part_of_a_tie_through():
    labels = [1, 1, 1, 0, 0, 0, 0]
    assert metrics.recall_at_false_positives(labels, [9, 5, 1, 5, 1, 1, 1], 0.25) == pytest.approx(2 / 3)
    assert metrics.recall_at_false_positives(labels, [9, 5, 1, 5, 1, 1, 1], 0.0) == pytest.approx(1 / 3)
    assert metrics.recall_at_false_positives(labels, [9, 5, 1, 5, 1, 1, 1], 1.0) == 1


def test_calibration_is_the_gap_within_bins():
    said = np.repeat([0.1, 0.9], 100)
    truth = np.concatenate([np.arange(100) < 10, np.arange(100) < 70])
    assert metrics.calibration_error(truth, said, bins=2) == pytest.approx(0.1)
    assert metrics.calibration_error(truth, said, np.repeat([0, 2], 100), bins=1) == pytest.approx(0.2)
    assert metrics.brier([1, 0], [0.5, 0.5]) == 0.25


def test_intervals_draw_groups_not_rows():
    values = np.repeat([0.0, 1.0], 50)
    rows = np.arange(100)
    many = metrics.interval([rows[k : k + 1] for k in rows], lambda drawn: float(values[drawn].mean()))
    few = metrics.interval([rows[:50], rows[50:]], lambda drawn: float(values[drawn].mean()))
    assert few == (0.0, 1.0)
    assert 0.38 < many[0] < 0.5 < many[1] < 0.62


def test_intervals_of_several_statistics_are_those_of_each():
    values = np.arange(30.0)
    rows = list(np.arange(30)[:, None])
    both = metrics.intervals(rows, lambda drawn: [values[drawn].mean(), np.nan, values[drawn].max()], 50)
    assert both[0] == metrics.interval(rows, lambda drawn: values[drawn].mean(), 50)
    assert both[2] == metrics.interval(rows, lambda drawn: values[drawn].max(), 50)
    assert np.isnan(both[1]).all()


def test_a_constant_scorer_looks_like_chance():
    rng = np.random.default_rng(0)
    labels = rng.random(2_000) < 0.1
    constant, chance = np.zeros(2_000), rng.random((200, 2_000))

    def beside(metric):
        return metric(constant), np.mean([metric(one) for one in chance])

    gain = rng.random(2_000) * labels
    for metric in (
        lambda said: metrics.average_precision(labels, said),
        lambda said: metrics.auc(labels, said),
        lambda said: metrics.precision_at(labels, said, 100),
        lambda said: metrics.recall_at(labels, said, 100),
        lambda said: metrics.ndcg(gain, said, 100),
    ):
        own, random = beside(metric)
        assert own == pytest.approx(random, rel=0.1)
    assert metrics.chunked_average_precision(np.zeros(600), np.zeros(600)) == 0.5
    share = labels.mean()
    said = np.full(len(labels), share)  # knows nothing but how many there are: no error, and no skill
    assert metrics.brier(labels, said) == pytest.approx(share * (1 - share))
    assert metrics.calibration_error(labels, said) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("n", [2, 18, 19, 20, 101])
def test_a_constant_scorer_has_the_middle_rank_whatever_chance_gets(n):
    rank = metrics.ranks(np.zeros((5, n)), np.arange(5) % n)
    assert rank.tolist() == [(n + 1) / 2] * 5
    assert metrics.hits(rank) == (1 if n < 20 else 0)  # chance: 10 / n
    assert metrics.mean_reciprocal_rank(rank) == pytest.approx(2 / (n + 1))
    assert 2 / (n + 1) < (1 / np.arange(1, n + 1)).mean()  # chance is lucky now and then
    assert metrics.recall_at_false_positives([1, 1, 0, 0], np.zeros(4), 0.25) == 0
