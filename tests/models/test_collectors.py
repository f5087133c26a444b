"""Who buys, sells and spends next: states that know nothing of the future, rivals by hand, files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, models, read_transfers, simulate_market
from archivit_widgets.models import stored
from archivit_widgets.models.baselines.collectors import BaseRate, BetaGeometric, Logistic, Table
from archivit_widgets.models.collectors import CollectorModel
from archivit_widgets.models.collectors.model import outcome
from archivit_widgets.models.collectors.state import FEATURES, Activity, Trades, activity, embeddings, seen, state
from archivit_widgets.models.evaluate import collectors as evaluation
from tests.ledger import graph_of

DAY = 86_400


def ledger():
    return graph_of(
        ["a", "b", "a", None, "c", "b"],
        ["b", "c", "b", "a", None, "b"],
        [10, 20, 20, 25, 26, 27],
        [3.0, np.nan, 5.0, 1.0, 1.0, 1.0],
        ["x", "x", "y", "z", "x", "y"],
    )


@pytest.fixture(scope="module")
def market():
    return simulate_market(4_000, seed=2)


@pytest.fixture(scope="module")
def model(market):
    return CollectorModel.fit(market, period="30D", progress=False)


def test_the_state_by_hand():
    trades = Trades.of(ledger().record)
    assert len(trades) == 3  # no mint, no unknown buyer, no gift to oneself
    found = pd.DataFrame(state(trades, 30, 10), columns=FEATURES)
    assert found["bought count"].tolist() == pytest.approx(np.log1p([0, 2, 1]))
    assert found["sold count"].tolist() == pytest.approx(np.log1p([2, 1, 0]))
    assert found["bought recency"].tolist()[1:] == pytest.approx(np.log1p([1, 1]))
    assert found["sold age"].tolist()[:2] == pytest.approx(np.log1p([2, 1]))
    assert np.isnan(found["bought recency"][0])
    assert found["bought value"][1] == pytest.approx(np.log1p(3 + 5 / 3))  # the market had paid 3 before
    assert found["price"][1] == pytest.approx(np.log([3, 5 / 3]).mean())
    assert found["held"].tolist() == pytest.approx(np.log1p([0, 1, 1]))
    assert found["bought decay 0.5"][1] == pytest.approx(np.log1p(2.0**-4 + 2.0**-2))
    assert found["market"].tolist() == [np.log1p(2)] * 3


def test_what_happens_at_a_moment_is_not_known_at_it():
    trades = Trades.of(ledger().record)
    assert seen(trades.between(-np.inf, 20)).tolist() == [True, True, False]
    assert state(trades, 20, 10)[:, FEATURES.index("bought count")].tolist() == pytest.approx(np.log1p([0, 1, 0]))


def test_a_market_in_another_currency_has_the_same_state():
    record = simulate_market(600, seed=5).record
    one, other = (Trades.of(replace(record, value=record.value * rate)) for rate in (1.0, 250.0))
    at = int(record.time[-1])
    late = np.searchsorted(one.time, at)
    assert late > 300
    same = [name not in ("bought value", "sold value", "spend 2", "price", "price growth") for name in FEATURES]
    np.testing.assert_array_equal(state(one, at, DAY)[:, same], state(other, at, DAY)[:, same])
    np.testing.assert_allclose(one.relative()[1:], other.relative()[1:])  # the first price has none before it
    assert other.level_at(at) - one.level_at(at) == pytest.approx(np.log(250))


def test_outcomes_are_those_of_the_period():
    did = outcome(Trades.of(ledger().record), 15, 25)
    assert did.account.tolist() == [0, 1]
    assert did.buys.tolist() == [False, True]
    assert did.sells.tolist() == [True, True]
    assert did.spend.tolist() == [0, 5]


def futures(market, at):
    """The record with its future cut off, permuted and changed."""
    record = market.record
    first = int(np.searchsorted(record.time, at))
    rng = np.random.default_rng(0)
    order = np.concatenate([np.arange(first), first + rng.permutation(len(record) - first)])
    permuted = replace(record.take(order), time=record.time)
    source = record.source.copy()
    source[first:] = 0
    return market.between(None, at).record, permuted, replace(record, source=source, value=record.value * 1.0)


def test_no_state_and_no_forecast_knows_the_future(market, model):
    at = int(np.quantile(market.record.time, 0.7))
    trades = Trades.of(market.record)
    for other in futures(market, at):
        changed = Trades.of(other)
        for one in (state, embeddings, lambda *given: model.forecast(given[0], given[1])):
            np.testing.assert_array_equal(one(trades, at, 30 * DAY), one(changed, at, 30 * DAY))


def test_no_fit_knows_what_comes_after(market):
    at = int(np.quantile(market.record.time, 0.7))
    one, other = (
        CollectorModel.fit(graph, until=at, period="30D", progress=False)
        for graph in (market, market.between(None, at))
    )
    for name in ("buys", "sells", "spend"):
        found = getattr(one, name).arrays(), getattr(other, name).arrays()
        assert all(np.array_equal(found[0][key], found[1][key]) for key in found[0])


def test_forecasts_align_with_accounts(market, model):
    found = model.predict(market, at=int(np.quantile(market.record.time, 0.3)))
    assert found["account"].tolist() == market.accounts["account"].tolist()
    assert found["buys"].isna().any()  # not seen before
    known = found.dropna()
    assert known[["buys", "sells"]].stack().between(0, 1).all()
    assert (known["spend"] > 0).all()
    assert model.predict(market)["buys"].notna().any()
    places = model.embeddings(market, size=8)
    assert places.shape == (len(market.accounts), 8)
    length = np.linalg.norm(places, axis=1)
    assert (np.isclose(length, 1) | (length == 0)).all()


def test_a_record_without_prices_has_no_spend(market, tmp_path):
    table = market.transfers.assign(value=np.nan)
    graph = read_transfers(table)
    unpriced = CollectorModel.fit(graph, period="30D", progress=False)
    file = tmp_path / "model.safetensors"
    unpriced.save(file)
    for one in (unpriced, CollectorModel.load(file)):
        said = one.predict(graph)
        assert said["spend"].isna().all()
        assert said["buys"].between(0, 1).all()


def test_accounts_of_the_same_company_stand_together():
    graph = graph_of(["s", "s", "t", "s", "t"], ["a", "b", "c", "a", "d"], range(5), token=["1", "1", "2", "1", "2"])
    names = graph.accounts["account"].tolist()
    place = embeddings(Trades.of(graph.record), 9, 5, 64)
    alike = place @ place.T
    row = {name: names.index(name) for name in names}
    assert alike[row["a"], row["b"]] > 0.8 > 0.4 > abs(alike[row["a"], row["c"]])


def test_equal_seeds_and_files(market, model, tmp_path):
    file = tmp_path / "collectors.safetensors"
    model.save(file)
    again = CollectorModel.fit(market, period="30D", progress=False)
    for other in (CollectorModel.load(file), again):
        pd.testing.assert_frame_equal(other.predict(market), model.predict(market))
    config, arrays = stored.load(file, "CollectorModel")
    for change, message in (
        ({"features": ["a"]}, "other features"),
        ({"period": 0}, "period in the file"),
    ):
        stored.save(file, "CollectorModel", config | change, arrays)
        with pytest.raises(ArchivitError, match=message):
            CollectorModel.load(file)
    stored.save(file, "CollectorModel", config, arrays | {"buys.features": np.array([3])})
    with pytest.raises(ArchivitError):
        CollectorModel.load(file)


def test_bad_input_is_one_line(market, model):
    for call, message in (
        (lambda: CollectorModel.fit("x"), "graph must be a TransferGraph"),
        (lambda: CollectorModel.fit(market, period="3000D"), "choose a shorter period"),
        (lambda: CollectorModel.fit(ledger(), period=1), "needed|too few|no known"),
        (lambda: CollectorModel.fit(market, period="30D", until="never"), "a moment must be"),
        (lambda: CollectorModel.fit(market, seed=-1, progress=False), "seed must be"),
        (lambda: model.predict(ledger().between(100)), "nothing to forecast from"),
        (lambda: evaluation.table(ledger(), period="1D"), "too few whole periods"),
    ):
        with pytest.raises(ArchivitError, match=message) as problem:
            call()
        assert "\n" not in str(problem.value)


def happened(n=20_000, seed=0):
    """Accounts that act at their own rate, and leave after some act: the world as BG/NBD sees it."""
    rng = np.random.default_rng(seed)
    rate, leave, span = rng.gamma(0.8, 0.5, n), rng.beta(1, 4, n), rng.uniform(2, 30, n)
    count, recency, did = np.zeros(n), np.full(n, np.nan), np.zeros(n, bool)
    for account in range(n):
        now, alive = 0.0, True
        while alive and now <= span[account]:
            count[account], recency[account] = count[account] + 1, span[account] - now
            now += rng.exponential(1 / max(rate[account], 1e-9))
            alive = rng.random() > leave[account] if count[account] > 1 else True
        did[account] = alive and now <= span[account] + 1
    return Activity(count, recency, span), did


def test_every_rival_is_calibrated_where_its_assumptions_hold():
    past, did = happened(6_000)
    later, truth = happened(6_000, seed=1)
    said = {
        rival.__name__: rival.fit(past, did).probability(later) for rival in (BetaGeometric, Table, Logistic, BaseRate)
    }
    loss = {name: np.mean((truth - one) ** 2) for name, one in said.items()}
    for one in said.values():
        assert one.mean() == pytest.approx(truth.mean(), abs=0.02)
    assert loss["BetaGeometric"] < loss["Table"] < loss["BaseRate"]
    assert loss["BetaGeometric"] < loss["Logistic"] < loss["BaseRate"]


def test_rivals_know_accounts_that_never_did_it():
    past = Activity(np.array([0.0, 0, 3, 5]), np.array([np.nan, np.nan, 1, 2]), np.array([np.nan, np.nan, 4, 9]))
    did = np.array([False, False, True, True])
    for rival in (BetaGeometric, Table, Logistic, BaseRate):
        said = rival.fit(past, did).probability(past)
        assert np.isfinite(said).all()
        assert ((said >= 0) & (said <= 1)).all()
        assert rival is BaseRate or said[0] < said[2]


def test_activity_is_how_often_and_when():
    found = activity(Trades.of(ledger().record), "sold", 30, 10)
    assert found.count.tolist() == [2, 1, 0]
    assert found.recency.tolist()[:2] == [1, 1]
    assert found.age.tolist()[:2] == [2, 1]


def test_the_table_holds_the_model_beside_its_rivals(market):
    found = evaluation.table(market, period="60D", progress=False)
    assert {"recency-frequency table", "BG/NBD", "logistic regression", "base rate"} <= found.baselines.keys()
    assert found.baselines["base rate"]["buys"]["ap"] < found.model["buys"]["ap"]
    constant = found.baselines["base rate"]["buys"]["ap"]
    assert constant == pytest.approx(float(found.protocol["buys"].rstrip("%")) / 100, abs=1e-4)  # looks like chance


def test_the_model_is_the_default():
    assert models.default_for("collectors") is CollectorModel is models.CollectorModel
