"""Who buys, sells and spends next: states that know nothing of the future, rivals by hand, files."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, models, read_transfers, simulate_market
from archivit_widgets.models import stored
from archivit_widgets.models.baselines.collectors import BaseRate, BetaGeometric, Logistic, Table
from archivit_widgets.models.collectors import CollectorModel
from archivit_widgets.models.collectors import model as of_model
from archivit_widgets.models.collectors.model import outcome, settled, whole_periods
from archivit_widgets.models.collectors.state import FEATURES, Activity, Trades, activity, embeddings, seen, state
from archivit_widgets.models.evaluate import collectors as evaluation
from archivit_widgets.models.periods import Periods, periods
from tests.data import real
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
    assert found["bought value"][1] == pytest.approx(np.log1p(5 / 3))  # of the first 3 nothing is said
    assert found["price"][1] == pytest.approx(np.log(5 / 3))
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
    np.testing.assert_allclose(state(one, at, DAY), state(other, at, DAY), rtol=1e-12)
    assert np.isnan(one.relative()[0])  # the first price has none before it
    np.testing.assert_allclose(one.relative(), other.relative())
    assert other.price_before(at) / one.price_before(at) == pytest.approx(250)


def test_rows_of_one_moment_have_no_order():
    record = simulate_market(600, seed=5).record
    record = replace(record, time=record.time // DAY * DAY)  # as in a ledger of days
    order = np.lexsort((np.random.default_rng(1).random(len(record)), record.time))
    assert (order != np.arange(len(record))).sum() > 100
    at = int(record.time[-1])
    one, other = (Trades.of(each) for each in (record, record.take(order)))
    np.testing.assert_allclose(state(one, at, 30 * DAY), state(other, at, 30 * DAY), rtol=1e-9)
    assert one.price_before(at) == pytest.approx(other.price_before(at))


@pytest.mark.parametrize("rate", [1000, 1024])  # 1024 is exact in binary
def test_the_unit_of_money_moves_no_forecast(market, model, rate):
    graph = read_transfers(market.transfers.assign(value=market.transfers["value"] * rate))
    there = CollectorModel.fit(graph, period="30D", progress=False).predict(graph).set_index("account")
    here = model.predict(market).set_index("account").reindex(there.index)
    np.testing.assert_allclose(there[["buys", "sells"]], here[["buys", "sells"]], rtol=1e-9)
    np.testing.assert_allclose(there["spend"], rate * here["spend"], rtol=1e-9)


def test_before_the_first_price_nothing_is_relative(market, model):
    first = graph_of(["a", "b", "a"], ["b", "a", "b"], [10, 20, 20], [np.nan, 4, 6])
    trades = Trades.of(first.record)
    assert np.isnan(trades.relative()).all()  # those of one moment know nothing of each other
    assert np.isnan(trades.price_before(20))
    assert trades.price_before(21) == pytest.approx(np.sqrt(24), rel=1e-2)
    said = model.predict(first, at=20)
    assert said["buys"].notna().all()
    assert said["spend"].isna().all()


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


def test_accounts_that_come_later_move_no_place(market, model):
    at = int(np.quantile(market.record.time, 0.7))
    columns = ["source", "target", "token", "time", "value", "kind"]
    table = market.transfers[columns].astype(dict.fromkeys(("source", "target", "token", "kind"), object))
    newer = pd.DataFrame([["00 new", "zz new", "00 new token", at + DAY, 1.0, "sale"]], columns=columns)
    cut = read_transfers(table[table["time"] < at])
    place = model.embeddings(cut, at=at)
    assert np.abs(place).max() > 0
    for rows in (table, pd.concat([table, newer]), pd.concat([newer, table])):
        whole = read_transfers(rows)
        there = whole.accounts["account"].tolist()
        assert len(there) > len(place)
        row = [there.index(name) for name in cut.accounts["account"]]
        np.testing.assert_array_equal(model.embeddings(whole, at=at)[row], place)


def test_the_last_transfer_counts_whoever_its_parties_are(model):
    graph = graph_of(["a", "b", "a"], ["b", "a", None], [0, 20 * DAY, 90 * DAY], [1.0, 2.0, 3.0])
    now = 90 * DAY + 1
    pd.testing.assert_frame_equal(model.predict(graph), model.predict(graph, at=now))
    np.testing.assert_array_equal(model.embeddings(graph), model.embeddings(graph, at=now))


def test_strays_do_not_choose_the_periods(market):
    time = market.record.time
    np.testing.assert_array_equal(settled(time), time)
    years = 1_000 * 366 * DAY
    stray = np.concatenate([[-years, -years // 2], time, [years]])
    middle = settled(stray)
    assert np.isin(middle, time).all()
    assert len(middle) == len(stray) - 2 * (len(stray) // 100)
    numbers = whole_periods(stray, Periods(30 * DAY))
    assert set(numbers) <= set(whole_periods(time, Periods(30 * DAY)))
    assert len(numbers) > 10
    assert settled(np.array([0, 5, 10**9])).tolist() == [0, 5, 10**9]  # of so few none is a stray
    assert not whole_periods(np.empty(0, np.int64), Periods(DAY))


def test_a_date_in_doubt_breaks_no_fit(market, monkeypatch):
    monkeypatch.setattr(evaluation, "DRAWS", 2)
    table = market.transfers[["source", "target", "time", "value"]].astype({"source": object, "target": object})
    fault = table.iloc[[0, 1, 2]].assign(time=-56_000_000_000)
    graph = read_transfers(pd.concat([fault, table]))
    fitted = CollectorModel.fit(graph, progress=False)
    assert 0.9 < fitted.period / periods(market.record.time).length <= 1
    assert fitted.predict(graph)["buys"].between(0, 1).all()
    found = evaluation.table(graph, progress=False)
    assert found.baselines["base rate"]["buys"]["ap"] < found.model["buys"]["ap"]


@pytest.mark.parametrize("file", ["graves/graves_art_sales.csv", "mooncats/mooncats_adoptions.csv"])
def test_real_records_are_learned_from_where_their_transfers_are(file):
    trades = Trades.of(read_transfers(real(file)).record)
    clock = periods(settled(trades.time))
    for part in of_model.examples(trades, clock):
        assert part.buys.any()
        assert part.sells.any()
        assert part.end - part.start < 64 * clock.length


def test_a_large_record_is_learned_from_its_latest_periods(market, monkeypatch):
    monkeypatch.setattr(of_model, "MOST_ROWS", 1)
    early, late = of_model.examples(Trades.of(market.record), Periods(30 * DAY))
    assert early.end == late.start == late.end - 30 * DAY


def test_a_model_says_in_a_line_what_it_is(model):
    cases = f"{model.cases:,}"
    assert repr(model) == f"CollectorModel(buys, sells and spend in periods of 30 days, fitted to {cases} cases)"
    assert "(buys and sells in" in repr(replace(model, spend=None))


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


def test_a_forecast_says_of_which_period(market, model):
    assert model.predict(market).attrs == {"period": 30 * DAY}


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
        assert repr(other) == repr(model)
    config, arrays = stored.load(file, "CollectorModel")
    for change, message in (
        ({"features": ["a"]}, "other features"),
        ({"period": 0}, "period in the file"),
        ({"cases": "9"}, "cases in the file"),
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
        (lambda: CollectorModel.fit(market, period="3000D"), "has 0 whole periods of .* years .* choose a shorter"),
        (lambda: CollectorModel.fit(ledger(), period=5), "has 1 whole period of 5 seconds .* at least 6 are needed"),
        (lambda: CollectorModel.fit(ledger(), period=1), "none buys anything in the first 85 % .* 1970-01-01 00:00 to"),
        (
            lambda: CollectorModel.fit(graph_of([*"aba"], [*"bab"], [0, 3, 20]), period=1),
            "none buys .* in the last 15 % of",
        ),
        (lambda: CollectorModel.fit(graph_of([], [], [])), "has 0 whole periods of 1 second .* next: take a longer"),
        (
            lambda: evaluation.table(graph_of(["a"], ["b"], [7]), period=1),
            "1 second: too few .*; take a longer record$",
        ),
        (lambda: CollectorModel.fit(market, period="abc"), "^period must be a positive time"),
        (lambda: CollectorModel.fit(market, period=np.nan), "^period must be a positive time"),
        (lambda: CollectorModel.fit(market, period="30"), "^period must say its unit"),
        (lambda: CollectorModel.fit(market, period="30D", until="never"), "a moment must be"),
        (lambda: CollectorModel.fit(market, seed=-1, progress=False), "seed must be"),
        (lambda: model.predict(ledger().between(100)), "nothing to forecast from"),
        (lambda: evaluation.table(ledger(), period="1D"), "0 whole periods of 1 day: too few .* choose a shorter"),
        (
            lambda: evaluation.table(graph_of([*"aaa"], [*"bcd"], [7] * 3)),
            "0 seconds.*: too few .*; take a longer record$",
        ),
        (lambda: evaluation.table(graph_of(["a"], ["b"], [7])), "found 1 transfer between .*; take a longer record$"),
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


def test_of_very_many_periods_some_are_judged_and_that_is_said(market, monkeypatch):
    for name, fewer in (("DRAWS", 5), ("ABOUT", 8), ("MOST_CASES", 1), ("MOST_ROWS", 20_000)):
        monkeypatch.setattr(evaluation, name, fewer)
    found = evaluation.table(market, period="36h", progress=False)
    told = re.search(
        r"Evenly spread, (\d+) of ([\d,]+) late periods are judged.* (\d+) of ([\d,]+) early", found.notes[-1]
    )
    late, all_late, early, all_early = (int(one.replace(",", "")) for one in told.groups())
    assert 4 < late <= 8 < all_late
    assert 8 < early < all_early
    assert found.protocol["judged on"].startswith(f"{late} periods, ")
    assert found.protocol["fitted to"] == f"{all_early:,} periods"
    assert found.protocol["period"] == "1.5 days"
    few = range(10, 18)
    assert evaluation._spread(few, 1, 10**9) == few  # as many as a record has by itself are all judged


def test_the_model_is_the_default():
    assert models.default_for("collectors") is CollectorModel is models.CollectorModel
