"""Forest and heuristics put together: who the partners were, what a draw stands for, what the few repeats weigh."""

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import read_transfers
from archivit_widgets.models.links import blend, fitting
from archivit_widgets.models.links.causal import FEATURES, LONG, RING, Walk, half_lives
from archivit_widgets.models.links.history import History
from archivit_widgets.models.trees import Rows, fit_trees


@pytest.fixture(scope="module")
def history():
    """A record of few accounts, several transfers at one moment; one source gives far more than a ring holds."""
    rng = np.random.default_rng(0)
    source = np.where(rng.random(400) < 0.4, 0, rng.integers(0, 12, 400))
    table = pd.DataFrame({"source": source, "target": rng.integers(0, 60, 400) + 1, "time": rng.integers(0, 150, 400)})
    return History.of(read_transfers(table.sort_values("time").astype({"source": str, "target": str})))


def test_partners_are_those_of_the_latest_transfers_before(history):
    events = np.arange(0, len(history), 3)
    found = fitting._partners(history, events)
    assert found.shape == (len(events), RING)
    for event, own in zip(events.tolist(), found, strict=True):
        latest = np.flatnonzero(history.source[:event] == history.source[event])[-RING:]
        latest = latest[history.time[latest] < history.time[event]]
        assert len(own[own >= 0]) == len(set(own[own >= 0].tolist()))
        # Of transfers at the event's own moment the ring may hold some; what is left are the latest before.
        assert set(own[own >= 0].tolist()) == set(history.target[latest].tolist())


def test_a_list_holds_every_partner_once_and_a_draw_that_stands_for_the_others(history):
    clocks, rng = half_lives(history.time), np.random.default_rng(1)
    rows = Rows(rng.normal(size=(400, len(FEATURES))), rng.integers(0, 2, 400))
    lists = fitting._lists(history, clocks, 300, 400, fit_trees(rows), rng)
    seen, counts = lists.terms[:, :, blend.TERMS.index("pair_seen")] > 0, np.isfinite(lists.stands_for)
    assert (lists.stands_for[:, 0] == 0).all()
    assert seen[:, 1 : 1 + RING][counts[:, 1 : 1 + RING]].all()
    everybody = np.log(len(np.unique(history.target)) / fitting.OTHERS)
    assert set(lists.stands_for[:, 1 + RING :][counts[:, 1 + RING :]].tolist()) == {everybody}
    assert np.array_equal(lists.repeated, seen[:, 0])
    assert 0 < lists.repeated.mean() < 1


@pytest.mark.parametrize(("repeats", "expected"), [(0, None), (5, blend.REPEATED), (80, 0.8), (100, None)])
def test_the_few_repeats_weigh_no_less_than_their_share(repeats, expected):
    repeated = np.arange(100) < repeats
    weight = blend._weight(repeated)
    assert weight.sum() == pytest.approx(1)
    assert (weight > 0).all()
    if expected is not None:
        assert weight[repeated].sum() == pytest.approx(expected)


def test_the_weights_are_the_likeliest():
    """Lists drawn from known weights give them back, whatever a candidate stands for."""
    rng, true = np.random.default_rng(0), np.zeros(len(blend.TERMS))
    true[[0, 1, 9]] = 1.0, 2.0, -1.5
    terms = np.zeros((8_000, 12, len(blend.TERMS)))
    terms[:, :, [0, 1, 9]] = rng.normal(size=(8_000, 12, 3))
    stands_for = np.log(rng.integers(1, 5, (8_000, 12)).astype(float))
    drawn = (terms @ true + stands_for + rng.gumbel(size=(8_000, 12))).argmax(axis=1)
    for column in (terms, stands_for):
        first, taken = column[:, 0].copy(), column[np.arange(8_000), drawn].copy()
        column[:, 0], column[np.arange(8_000), drawn] = taken, first
    stays = drawn == 0
    assert 0 < stays.mean() < 1
    found = blend.fitted(blend.Lists(terms, stands_for, np.ones(8_000, bool)))
    np.testing.assert_allclose(found, true, atol=0.08)


def test_transfers_of_one_moment_are_as_long_ago_as_each_other():
    source, target = np.array([0, 1, 2, 3], np.int32), np.array([4, 5, 6, 7], np.int32)
    walk = Walk(source, target, np.array([0, 9, 9, 9]), 9, half_lives(np.arange(10)))
    rows = walk.describe(np.full(5, 8), np.array([5, 6, 7, 4, 8]), np.full(5, 10))
    since = rows[:, FEATURES.index("target_since_in")]
    np.testing.assert_allclose(since, [np.log1p(3)] * 3 + [np.log1p(4), LONG], rtol=1e-6)
