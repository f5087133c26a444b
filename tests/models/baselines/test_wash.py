"""The rivals of the detector on records small enough to judge by eye."""

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import simulate_market
from archivit_widgets.models.baselines import wash

from ..wash.ledgers import DAY, graph, walk


def test_dune_s_rules_fire_one_by_one():
    assert wash.dune(graph(walk("xaa"))).tolist() == [0, 1]
    assert wash.dune(graph(walk("abac"))).tolist() == [1, 1, 0]
    thrice = [("a", "b", "t", 0), ("a", "b", "t", DAY), ("a", "b", "t", 2 * DAY), ("a", "b", "u", 3 * DAY)]
    assert wash.dune(graph(thrice)).tolist() == [1, 1, 1, 0]
    funding = pd.DataFrame(
        {"funder": ["p", "p", "p", "q", "b"], "account": ["a", "b", "c", "c", "d"], "time": range(5)}
    )
    rows = [("a", "b", "t", 0), ("a", "c", "u", 1), ("c", "d", "v", 2), ("b", "d", "w", 3), ("d", "e", "x", 4)]
    assert wash.dune(graph(rows), funding).tolist() == [1, 1, 0, 1, 0]


def test_circles_look_at_the_whole_record():
    rows = [("c", "a", "t", 0), ("a", "b", "t", DAY), ("b", "c", "t", 2 * DAY), ("c", "d", "t", 3 * DAY)]
    assert wash.circles(graph(rows)).tolist() == [3, 3, 3, 0]
    assert wash.circles(graph([("a", "b", "t", 0), ("b", "a", "u", 1)])).tolist() == [0, 0]


def test_volumes_match_where_nobody_got_richer():
    assert wash.volume_match(graph(walk("abab", price=2.0)))[:2].min() >= 1
    rows = [("a", "b", "t", 0, 1.0), ("b", "a", "t", 60, 2.0)]
    assert wash.volume_match(graph(rows)).tolist() == [0, 0]
    assert wash.volume_match(graph(walk("aa"))).tolist() == [3]


def test_a_burst_stands_out_for_midas():
    quiet = [("a", "b", f"t{i}", i * DAY) for i in range(50)]
    burst = [("c", "d", f"u{i}", 40 * DAY + i) for i in range(30)]
    record = graph(quiet + burst)
    score = wash.midas(record)
    bursts = (record.transfers["source"] == "c").to_numpy()
    assert score[bursts].max() > 10 * score[~bursts].max()


@pytest.mark.parametrize("name", list(wash.RIVALS))
def test_rivals_say_a_number_of_every_transfer(name):
    market = simulate_market(1_500, seed=3)
    score = wash.RIVALS[name](market, market.funding)
    assert score.shape == (len(market),)
    assert np.isfinite(score).all()
    unknown = (market.record.source < 0) | (market.record.target < 0)
    assert (score[unknown] == score.min()).all()
    assert len(wash.RIVALS[name](market.between(0, 1), None)) == 0
