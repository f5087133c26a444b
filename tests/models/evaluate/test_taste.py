"""The table of taste: rivals by brute force, cuts that do not look ahead, a constant scorer that looks like chance."""

import gc
import json
import weakref

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import evaluate
from archivit_widgets.models.baselines.als import als
from archivit_widgets.models.baselines.taste import Popularity, ease, item_neighbours
from archivit_widgets.models.evaluate import metrics, taste
from archivit_widgets.models.evaluate.cuts import cuts, recall_of_rows
from archivit_widgets.models.evaluate.neighbours import _matched
from archivit_widgets.models.evaluate.taste_rivals import Nearness, contenders
from archivit_widgets.models.taste import TasteModel, graph_filter
from archivit_widgets.models.taste.holdings import holdings, items_of
from archivit_widgets.models.taste.model import TasteSettings
from tests.ledger import graph_of

QUANTILES = (0.8, 0.9, 1.0)


@pytest.fixture(scope="module")
def market():
    return simulate_market(700, seed=1)


def dense(shape=(12, 8), seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, shape) * (rng.random(shape) < 0.5) * 1.0


@pytest.mark.parametrize("block", [3, 512])
def test_item_neighbours_are_cosines(block, monkeypatch):
    monkeypatch.setattr("archivit_widgets.models.baselines.taste.BLOCK", block)
    had = dense()
    found = item_neighbours(sparse.csr_matrix(had), neighbours=99).scores(np.arange(12))
    length = np.linalg.norm(had, axis=0)
    np.testing.assert_allclose(found, had @ (had.T @ had / np.outer(length, length)))


def test_ease_solves_its_least_squares():
    had = (dense() > 0) * 1.0
    weight = ease(sparse.csr_matrix(had), penalty=2.0).near
    assert not np.diag(weight).any()
    for item in range(8):
        others = np.delete(np.arange(8), item)
        left = had[:, others].T @ had[:, others] + 2.0 * np.eye(7)
        np.testing.assert_allclose(weight[others, item], np.linalg.solve(left, had[:, others].T @ had[:, item]))
    with pytest.raises(ArchivitError, match="too many"):
        ease(sparse.csr_matrix((2, 9_000)))


def test_als_lowers_its_loss_and_ends_where_no_side_gains():
    had = sparse.csr_matrix(dense())

    def loss(factors):
        error = (1 + 5 * had.toarray()) * ((had.toarray() > 0) - factors.accounts @ factors.items.T) ** 2
        return error.sum() + 0.3 * ((factors.accounts**2).sum() + (factors.items**2).sum())

    settings = {"factors": 3, "alpha": 5.0, "penalty": 0.3, "seed": 4}
    losses = [loss(als(had, rounds=rounds, **settings)) for rounds in (1, 2, 4, 200)]
    assert losses == sorted(losses, reverse=True)
    end = als(had, rounds=200, **settings)
    for move in (1e-3, -1e-3):
        end.items[2, 1] += move
        assert loss(end) > losses[-1]
        end.items[2, 1] -= move
    again = als(had, rounds=4, **settings)
    assert np.array_equal(again.items, als(had, rounds=4, **settings).items)


def test_recall_of_rows_is_recall_at():
    rng = np.random.default_rng(0)
    wanted, scores = rng.random((50, 30)) < 0.2, rng.integers(0, 4, (50, 30)) * 1.0
    wanted[:, 0] = True
    expected = [metrics.recall_at(*row, 7) for row in zip(wanted, scores, strict=True)]
    np.testing.assert_allclose(recall_of_rows(wanted, scores, 7), expected)
    assert recall_of_rows(wanted, scores, 30).tolist() == [1] * 50


def test_cuts_hold_the_past_and_ask_for_the_future(market):
    evidence = holdings(market.record)
    items = items_of(market.tokens["token"])
    for cut in cuts(evidence, items, QUANTILES, again=False):
        assert cut.evidence.time[-1] < evidence.time[len(cut.evidence)]  # no moment is cut in two
        assert cut.had.sum() == len(cut.evidence)
        assert not cut.had[cut.accounts].multiply(cut.wanted).nnz
        assert (np.diff(cut.wanted.indptr) > 0).all()
    last = cuts(evidence, items, QUANTILES, again=True)[-1]
    later = evidence.between(last.evidence.time[-1], np.inf).purchases()
    assert set(zip(*(part.tolist() for part in last.wanted.nonzero()), strict=True)) == {
        (int(np.searchsorted(last.accounts, a)), int(t)) for a, t in zip(later.account, later.token, strict=True)
    }


def test_a_changed_future_moves_no_score_before(market):
    evidence, items = holdings(market.record), items_of(market.tokens["token"])
    moment = int(np.quantile(evidence.time, 0.8, method="inverted_cdf"))
    later = np.flatnonzero(evidence.time > moment)
    token, account = evidence.token.copy(), evidence.account.copy()
    token[later] = np.random.default_rng(0).permutation(token[later])
    account[later] = 0
    changed = type(evidence)(account, token, evidence.time, evidence.bought, evidence.shape)
    one, other = (cuts(pieces, items, QUANTILES, again=True)[0] for pieces in (evidence, changed))
    assert (one.had != other.had).nnz == 0
    rows = np.arange(evidence.shape[0])
    for fit in (item_neighbours, lambda had: als(had, factors=4, rounds=2)):
        assert np.array_equal(fit(one.had).scores(rows), fit(other.had).scores(rows))


def test_a_constant_scorer_looks_like_chance(market):
    items = items_of(market.tokens["token"])
    cut = cuts(holdings(market.record), items, QUANTILES, again=True)[0]
    found = cut.judge(Popularity(np.zeros(len(items))), recall_of_rows)
    np.testing.assert_allclose(found, 20 / len(items))


@pytest.fixture(scope="module")
def table(market):
    traits = pd.DataFrame({"token": market.tokens["token"]})
    traits["item"] = [f"trait {row % 40}" for row in range(len(traits))]
    return lambda: evaluate.run("taste", market, items=traits, progress=False)


def test_the_table_is_whole_and_the_same_again(table):
    first = table()
    assert {"popularity", "recent popularity", "item neighbours", "EASE", "implicit ALS"} <= first.baselines.keys()
    for scores in (first.model, *first.baselines.values()):
        assert 0 <= scores["recall20"] <= 1
    for scores in first.baselines.values():
        gain = scores["gain"]
        assert gain["recall20"] == pytest.approx(first.model["recall20"] - scores["recall20"])
        assert gain["recall20_low"] <= gain["recall20"] <= gain["recall20_high"]
    assert json.dumps(first.to_dict()) == json.dumps(table().to_dict())


def test_the_table_judges_what_the_model_says(market):
    """The scores at a cut are those of a model fitted to the transfers up to it."""
    looks = np.random.default_rng(0).normal(size=(len(market.tokens), 3))
    evidence = holdings(market.record)
    cut = cuts(evidence, items_of(market.tokens["token"]), QUANTILES, again=False)[0]
    how = {"balance": 0.3, "power": 0.7, "content": 2.0, "popular": 0.5, "half_life": 0.1, "newcomers": 0.3}
    near = graph_filter.likeness(looks, TasteSettings().neighbours)
    judged = contenders(Nearness(near), len(looks), 0)["graph filter"].fit(cut, **how)
    past = market.between(None, int(cut.evidence.time[-1]) + 1)
    model = TasteModel.fit(past, looks, settings=TasteSettings(**how), progress=False)
    rows = np.arange(len(market.accounts))
    np.testing.assert_allclose(judged.scores(rows), model.scores(rows))


def test_nothing_of_a_table_is_kept_and_nothing_worked_out_twice(market, monkeypatch):
    made, products = [], []

    def watched(*given, **how):
        found = cuts(*given, **how)
        made.extend(weakref.ref(cut.had) for cut in found)
        return found

    def normalised(had, balance, plain=graph_filter.normalised):
        products.append((id(had), balance))
        return plain(had, balance)

    monkeypatch.setattr(taste, "cuts", watched)
    monkeypatch.setattr(graph_filter, "normalised", normalised)
    taste.tuned(market)
    gc.collect()
    assert len(made) == 3
    assert not any(had() for had in made)
    assert len(products) == len(set(products)) == 3 * 4  # a cut and a balance each


def test_settings_are_tuned_for_the_model(market):
    settings = taste.tuned(market)
    assert settings == taste.tuned(market)
    TasteModel.fit(market, settings=settings, progress=False)


def test_stand_ins_had_as_much():
    had = sparse.csr_matrix(np.tril(np.ones((80, 90)), -1))  # account n had n items
    chosen = np.full((50, 10), 40)
    drawn = _matched(np.diff(had.indptr), chosen, np.random.default_rng(0))
    assert drawn.min() >= 40 - 25
    assert drawn.max() <= 40 + 25
    assert 40 not in drawn
    assert abs(drawn.mean() - 40) < 3


def test_embeddings_stand_beside_the_graph_alone(market):
    looks = np.random.default_rng(0).normal(size=(len(market.tokens), 3))
    found = evaluate.run("taste", market, embeddings=looks, progress=False)
    assert {"graph filter alone", "embeddings alone"} <= found.baselines.keys()
    assert found.model.keys() >= {"new_items", "new_collectors", "coverage"}
    rows = {"model", *found.baselines}
    assert set(found.protocol["settings"]) <= rows  # each by the name of its row
    assert "model" in found.protocol["settings"]
    assert any("gain: the model's number less the rival's" in note for note in found.notes)


def test_too_little_is_said(market):
    with pytest.raises(ArchivitError, match="nobody bought anything new"):
        evaluate.run("taste", graph_of(["a"], ["b"], [1], token=["x"]))
    with pytest.raises(ArchivitError, match="taste needs purchases"):
        evaluate.run("taste", graph_of(["a", "b"], ["b", "a"], [1, 2]))
