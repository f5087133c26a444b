"""FlowModel: shares that add up, no look at the future, equal seeds, files."""

import numpy as np
import pandas as pd
import pytest
import torch

from archivit_widgets import ArchivitError, Arteries, simulate_market
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.models import default_for, stored
from archivit_widgets.models.flow import FlowModel
from archivit_widgets.models.flow.state import SHARES
from archivit_widgets.sources.records import Transfers
from tests.ledger import graph_of

FAST = {"period": "30D", "epochs": 3, "hidden": 8, "progress": False}


@pytest.fixture(scope="module")
def market():
    return simulate_market(4_000, wash=0.2)


@pytest.fixture(scope="module")
def model(market):
    return FlowModel.fit(market, **FAST)


def with_future(graph, after, change):
    """Another record, equal up to a moment."""
    table = graph.transfers.copy()
    late = table["time"].to_numpy() >= after
    table.loc[late] = change(table[late].copy())
    return TransferGraph(Transfers(table, graph.rows, graph.currency, graph.report))


def permuted(late):
    order = np.random.default_rng(0).permutation(len(late))
    for column in ("source", "target", "token", "value", "kind"):
        late[column] = late[column].iloc[order].array
    return late


def changed(late):
    late["value"] = 1e6
    late["source"], late["target"] = late["target"].array, late["source"].array
    return late


def by_name(graph, table):
    edges = graph.edges
    table.index = pd.MultiIndex.from_arrays([edges["source"].astype(str), edges["target"].astype(str)])
    return table.dropna().sort_index()


def test_shares_lie_within_bounds_and_add_up_to_at_most_one(market, model):
    said = model.predict(market)
    assert len(said) == len(market.edges)
    assert said["predicted_share"].between(0, 1).all()
    assert (said["predicted_value"] >= 0).all()
    assert said["predicted_share"].groupby(market.edges["source"].cat.codes.to_numpy()).sum().max() <= 1 + 1e-5


def test_before_training_the_network_says_what_its_forecast_says(market):
    model = FlowModel.fit(market, **FAST | {"epochs": 0})
    given = model.known(market)
    said, start = model.scores(given), given.history[:, model.network.base] + 1e-4
    mine = pd.Series(start).groupby(given.source).transform("sum").to_numpy()
    theirs = pd.Series(said).groupby(given.source).transform("sum").to_numpy()
    np.testing.assert_allclose(said / theirs, start / mine, rtol=1e-4)


def test_it_is_small_and_named(model):
    assert model.parameters <= 10_000
    assert default_for("flow") is FlowModel
    assert model.starts_at in SHARES


@pytest.mark.parametrize("change", [permuted, changed])
def test_the_future_moves_nothing_before_it(market, change):
    at = model_at(market)
    other = with_future(market, at, change)
    assert not other.transfers.equals(market.transfers)
    models = [FlowModel.fit(graph, until=at, **FAST) for graph in (market, other)]
    assert models[0].chosen == models[1].chosen
    for part in ("network", "fresh"):
        pairs = zip(*(getattr(one, part).parameters() for one in models), strict=True)
        assert all(torch.equal(one, two) for one, two in pairs)
    before = [by_name(g, m.predict(g, at=at)) for g, m in zip((market, other), models, strict=True)]
    pd.testing.assert_frame_equal(before[0], before[1])
    assert len(before[0])


def model_at(graph):
    """Beginning of a period in the late part."""
    length = 30 * 86_400
    return int(np.quantile(graph.record.time, 0.8)) // length * length


def test_equal_seeds_give_equal_models(market, model):
    again, other = FlowModel.fit(market, **FAST), FlowModel.fit(market, seed=1, **FAST)
    pd.testing.assert_frame_equal(model.predict(market), again.predict(market))
    assert not model.predict(market).equals(other.predict(market))


def test_what_is_loaded_says_the_same(market, model, tmp_path):
    model.save(tmp_path / "flow.safetensors")
    loaded = FlowModel.load(tmp_path / "flow.safetensors")
    assert (loaded.periods, loaded.by, loaded.unit, loaded.chosen) == (
        model.periods,
        model.by,
        model.unit,
        model.chosen,
    )
    pd.testing.assert_frame_equal(model.predict(market), loaded.predict(market))


def test_where_no_value_is_known_transfers_count():
    names = [f"a{i}" for i in range(6)]
    rng = np.random.default_rng(0)
    n = 400
    graph = graph_of(rng.choice(names, n), rng.choice(names, n), np.sort(rng.integers(0, 100_000, n)))
    model = FlowModel.fit(graph, period=5_000, epochs=1, progress=False)
    assert model.by == "count"
    assert np.isfinite(model.predict(graph)["predicted_value"]).all()
    with pytest.raises(ArchivitError, match="no transfer has a known value"):
        FlowModel.fit(graph, period=5_000, by="value", progress=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": -1}, "epochs must be"),
        ({"hidden": 41}, "hidden must be a whole number from 1 to 40"),
        ({"by": "weight"}, "by must be 'value' or 'count', found 'weight'"),
        ({"period": "soon"}, "period must be a positive time"),
        ({"period": "20000D"}, "expected one of each at least: pass a shorter period"),
        ({"until": "1990"}, "expected one of each at least"),
        ({"until": "never"}, "a moment must be"),
        ({"seed": -1}, "seed must be"),
        ({"rows": 0}, "rows must be"),
    ],
)
def test_bad_settings_are_one_line(market, settings, message):
    with pytest.raises(ArchivitError, match=message):
        FlowModel.fit(market, **FAST | settings)


def test_where_most_happens_within_days_of_years_periods_are_shorter():
    """MoonCats slept for years: a 64th of the record held all of the choosing part, and more."""
    rng = np.random.default_rng(0)
    days = np.sort(np.concatenate([rng.integers(992, size=300), 992 + rng.integers(14, size=700)]))
    names = np.array([f"a{k}" for k in range(20)])
    graph = graph_of(names[rng.integers(20, size=1_000)], names[rng.integers(20, size=1_000)], days * 86_400)
    until = 1_003 * 86_400  # a period of 16 days, from the 992nd on, is not over
    assert FlowModel.fit(graph, until=until, **FAST | {"period": None}).periods.length < 86_400 * 15
    with pytest.raises(ArchivitError, match="pass a shorter period"):
        FlowModel.fit(graph, until=until, **FAST | {"period": "16D"})


def test_a_whole_number_is_a_row_even_where_names_are_digits():
    names = ["7", "3", "1"] * 40
    graph = graph_of(names, names[1:] + names[:1], np.arange(120) * 86_400)
    model = FlowModel.fit(graph, **FAST)
    for row, name in enumerate(graph.accounts["account"].astype(str)):
        assert model.partners(graph, row).equals(model.partners(graph, name))


def test_ledgers_before_1970_say_the_same_as_later_ones(market):
    table, years = market.transfers, 10_000 * FlowModel.fit(market, **FAST).periods.length  # whole periods
    old = TransferGraph(
        Transfers(table.assign(time=table["time"] - years), market.rows, market.currency, market.report)
    )
    now, then = (FlowModel.fit(graph, **FAST).predict(graph)["predicted_share"] for graph in (market, old))
    assert then.notna().sum() == now.notna().sum()
    assert np.allclose(then, now, atol=1e-5, equal_nan=True)


def test_other_things_are_no_graph(model):
    with pytest.raises(ArchivitError, match="graph must be a TransferGraph"):
        FlowModel.fit([1])
    with pytest.raises(ArchivitError, match="graph must be a TransferGraph"):
        model.predict("graph")
    with pytest.raises(ArchivitError, match="expected one of each"):
        FlowModel.fit(graph_of([], [], []))


def test_a_graph_without_edges_has_no_shares(model):
    assert len(model.predict(graph_of([], [], []))) == 0
    assert len(model.predict(graph_of(["a"], [None], [5]))) == 0


def test_frames_are_the_past_as_it_was_and_the_future_as_predicted(market, model):
    at = model_at(market)
    frames = model.frames(market, 3, at=at, past=5)
    assert (len(frames), frames.boundary, frames.unit) == (8, 5, "ETH")
    assert frames.starts[frames.boundary] == at
    assert np.diff(frames.starts).tolist() == [30 * 86_400] * 7
    edges, time, value = market.edge_of, market.record.time, np.nan_to_num(market.record.value)
    for k in range(5):
        inside = (time >= frames.starts[k]) & (time < frames.starts[k + 1]) & (edges >= 0)
        np.testing.assert_allclose(
            frames.values(k), np.bincount(edges[inside], value[inside], len(market.edges)), rtol=1e-9
        )
    first = model.predict(market, at=at)
    np.testing.assert_allclose(frames.values(5), first["predicted_value"].fillna(0), rtol=1e-6)
    np.testing.assert_allclose(frames[5]["pulse"], first["predicted_share"].fillna(0), rtol=1e-6)
    assert 0 < frames.coverage < 1


def test_frames_are_what_arteries_play(market, model):
    frames = model.frames(market, 2)
    shown = Arteries(market)
    for frame in frames:
        for channel in (frame["radius"], frame["pulse"]):
            assert channel.shape == (len(market.edges),)
            assert channel.min() >= 0
            assert channel.max() <= 1
    shown.push(frames[-1])
    assert shown.stats()["clipped"] == 0
    assert np.isnan(frames.coverage)


def test_frames_say_which_span_is_predicted(market, model):
    at = model_at(market)
    frames = model.frames(market, 3, at=at, past=5)
    assert frames.span == (at, at + 3 * model.periods.length)
    assert model.frames(market, 0).span is None
    shown = Arteries(market, forecast=frames.span)
    assert [entry["scale"] for entry in shown._legend if entry["channel"] == "forecast"] == ["hatched"]
    shown.close()
    Arteries(market, forecast=model.frames(market, 0).span).close()


def test_predicted_frames_know_nothing_of_what_comes(market, model):
    at = model_at(market)
    other = market.between(None, at)
    one, two = (model.frames(graph, 2, at=at, past=3) for graph in (market, other))
    drawn = market.edges.set_index(["source", "target"]).index.isin(other.edges.set_index(["source", "target"]).index)
    for k in range(3, 5):
        assert np.array_equal(one.values(k)[drawn], two.values(k))
        assert not one.values(k)[~drawn].any()
    assert np.isnan(two.coverage)


def spoiled(model, path, change):
    """A file of the model in which something is wrong."""
    model.save(path)
    config, arrays = stored.load(path, "FlowModel")
    change(config, arrays)
    stored.save(path, "FlowModel", config, arrays)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda config, _: config.update(starts_at="luck"), "starts_at must be a simple forecast"),
        (lambda config, _: config.pop("hidden"), "hidden must be a whole number from 1 to 40, found None"),
        (lambda config, _: config.update(by="weight"), "by must be 'value' or 'count'"),
        (lambda config, _: config.update(unit=-1), "unit must be a finite number"),
        (lambda config, _: config.update(chosen="best"), "chosen must be a list of numbers"),
        (lambda config, _: config.update(period=0), "period must be a whole number"),
        (lambda _, arrays: arrays.pop("known.gates.bias"), "holds no known.gates.bias"),
        (lambda _, arrays: arrays.update({"new.spread": -arrays["new.spread"]}), "new.spread must be above 0"),
        (lambda _, arrays: arrays["known.gates.bias"].fill(np.nan), "not finite"),
        (lambda _, arrays: arrays.update({"known.gates.bias": np.zeros(9, np.float32)}), "holds no known.gates.bias"),
    ],
)
def test_a_file_with_something_wrong_is_one_line(model, tmp_path, change, message):
    path = spoiled(model, tmp_path / "flow.safetensors", change)
    with pytest.raises(ArchivitError, match=rf"flow\.safetensors: .*{message}"):
        FlowModel.load(path)
