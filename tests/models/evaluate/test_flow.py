"""The table of flow: metrics against loops, and what a constant scorer gets."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import evaluate
from archivit_widgets.models.evaluate import flow, metrics
from archivit_widgets.models.evaluate.grouped import ndcg_among_all, ndcg_by_group
from archivit_widgets.models.flow import FlowModel

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
    simple = {"persistence", "moving average", "exponential average"}
    assert set(table.baselines) == {
        *simple,
        *(f"{name}, then popularity" for name in simple),
        "popularity",
        "popularity, same tokens",
        "all known edges alike",
    }
    for scores in (table.model, *table.baselines.values()):
        assert 0 <= scores["all"]["ndcg10"] <= scores["ndcg10"] <= 1
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["task"] == "flow"
    assert "paired bootstrap over accounts" in str(table)
    assert "went along new edges" in str(table)


def test_a_constant_scorer_is_chance():
    market = simulate_market(4_000, wash=0.2)
    model = FlowModel.fit(market, period="30D", epochs=0, hidden=4, progress=False)
    late = [flow._late(market, model, one) for _, one in flow.all_examples(market, model)[20:]]
    rng, accounts = np.random.default_rng(0), market.record.accounts

    def judged(scores):
        return flow.judge(late, scores, accounts)

    def shape(one):
        return len(one.one.given), len(one.found.source)

    alike = judged(lambda one: tuple(np.ones(n) for n in shape(one)))
    drawn = [judged(lambda one: (rng.random(shape(one)[0]), np.zeros(shape(one)[1]))).known for _ in range(60)]
    gap = np.nanmean(drawn, axis=1) - np.nanmean(alike.known)
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))
    nothing = judged(lambda one: tuple(np.zeros(n) for n in shape(one)))
    expected = np.sum(1 / np.log2(np.arange(2, 12))) / accounts  # one right answer among all
    assert 0.9 * expected < np.nanmin(nothing.among_all) <= np.nanmean(nothing.among_all) < 2 * expected


def test_the_bootstrap_draws_accounts_not_rows():
    gap = np.array([1.0] * 50 + [-1.0, np.nan])
    account = np.array([7] * 50 + [8, 9])
    low, high = flow.paired(account, gap)
    assert low == -1
    assert high == 1


def test_bad_settings_are_one_line():
    with pytest.raises(ArchivitError, match="seeds must be"):
        evaluate.run("flow", simulate_market(100), seeds=0)
