"""The table of flow: metrics against loops, and what a constant scorer gets."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import evaluate
from archivit_widgets.models.evaluate import metrics
from archivit_widgets.models.evaluate.grouped import ndcg_among_all, ndcg_by_group

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from([0.0, 0.5, 0.5, 1.0])), min_size=1, max_size=14
)


def columns(rows):
    return (np.array(column) for column in zip(*rows, strict=True))


@given(ROWS, st.integers(1, 4))
def test_groups_are_judged_one_by_one(rows, k):
    group, truth, scores = columns(rows)
    expected = [metrics.ndcg(truth[group == g], scores[group == g], k) for g in range(3)]
    np.testing.assert_allclose(ndcg_by_group(group, truth.astype(float), scores, 3, k), expected, rtol=1e-9)


@given(ROWS, st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=5), st.integers(20, 25))
def test_all_others_are_tied_at_nothing(rows, others, candidates):
    group, truth, scores = columns(rows)
    new_group, new_truth = np.array(others, int).reshape(-1, 2).T
    found = ndcg_among_all(group, truth.astype(float), scores, new_group, new_truth.astype(float), 3, candidates)
    for g in range(3):
        worth = [*truth[group == g], *new_truth[new_group == g]]
        said = [*scores[group == g]]
        worth, said = (np.append(a, np.zeros(candidates - len(a))) for a in (worth, said))
        np.testing.assert_allclose(found[g], metrics.ndcg(worth, said, 10), rtol=1e-9)


@pytest.fixture(scope="module")
def table():
    market = simulate_market(4_000, wash=0.2)
    return evaluate.run("flow", market, period="30D", epochs=2, hidden=8, progress=False, seeds=2)


def test_every_rival_stands_in_the_table(table):
    assert set(table.baselines) == {
        "persistence",
        "moving average",
        "exponential average",
        "all known edges alike",
    }
    for scores in (table.model, *table.baselines.values()):
        assert 0 <= scores["all"]["ndcg10"] <= scores["ndcg10"] <= 1
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["task"] == "flow"
    assert "paired bootstrap over accounts" in str(table)
    assert "went along new edges" in str(table)


def test_bad_settings_are_one_line():
    with pytest.raises(ArchivitError, match="seeds must be"):
        evaluate.run("flow", simulate_market(100), seeds=0)
