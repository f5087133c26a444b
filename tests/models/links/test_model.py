"""Who comes next: the past alone decides, equal seeds give equal models, and a file gives back what was fitted."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, simulate_market
from archivit_widgets.models import LinkModel, default_for, stored
from tests.ledger import graph_of

UNTIL = 1_500  # of 2,000 transfers


@pytest.fixture(scope="module")
def market():
    return simulate_market(2_000, seed=3)


@pytest.fixture(scope="module")
def until(market):
    return int(market.record.time[UNTIL])


@pytest.fixture(scope="module")
def model(market, until):
    return LinkModel.fit(market, until=until)


def known(graph):
    """Rows of transfers between two accounts."""
    return np.flatnonzero((graph.record.source >= 0) & (graph.record.target >= 0))


def queries(graph, n=400):
    """Pairs at the times of the last transfers: what happened, and what did not."""
    rows, rng = known(graph)[-n:], np.random.default_rng(0)
    target = np.where(rng.random(n) < 0.5, graph.record.target[rows], rng.integers(0, graph.record.accounts, n))
    return graph.record.source[rows], target, graph.record.time[rows]


def altered(graph, after, how):
    """The same record with another future: its parties are permuted, or put among each other."""
    table = graph.source_of.table.copy()
    late = np.flatnonzero(table["time"].to_numpy() >= after)
    rng = np.random.default_rng(1)
    if how == "permuted":
        order = rng.permutation(late)
        columns = ["source", "target", "token"]
        for name in columns:
            codes = table[name].cat.codes.to_numpy().copy()
            codes[late] = codes[order]
            table[name] = pd.Categorical.from_codes(codes, dtype=table[name].dtype)
    else:
        codes = table["target"].cat.codes.to_numpy().copy()
        codes[late] = rng.integers(0, graph.record.accounts, len(late))
        table["target"] = pd.Categorical.from_codes(codes, dtype=table["target"].dtype)
    return TransferGraph(replace(graph.source_of, table=table))


@pytest.mark.parametrize("how", ["permuted", "replaced"])
def test_no_future_moves_a_score(market, until, model, how):
    source, target, time = queries(market)
    after = int(time[200]) + 1
    other = LinkModel.fit(altered(market, after, how), until=until)
    own, found = model.score(source, target, time), other.score(source, target, time)
    assert np.array_equal(own[time < after], found[time < after])
    assert not np.array_equal(own[time > after], found[time > after])  # the state does follow the record


def test_transfers_of_one_moment_do_not_see_each_other(market, model):
    moment = int(market.record.time[-1]) + 10
    pairs = np.arange(5)
    before = model.score(pairs, pairs + 5, np.full(5, moment))
    table = market.source_of.table
    more = table.iloc[-5:].assign(time=moment)
    for name, rows in (("source", pairs), ("target", pairs + 5)):
        more[name] = pd.Categorical.from_codes(rows, dtype=table[name].dtype)
    longer = TransferGraph(
        replace(
            market.source_of,
            table=pd.concat([table, more], ignore_index=True),
            rows=np.arange(1, len(table) + 6),
        )
    )
    again = model.over(longer)
    assert np.array_equal(again.score(pairs, pairs + 5, np.full(5, moment)), before)
    assert not np.array_equal(again.score(pairs, pairs + 5, np.full(5, moment + 1)), before)


def test_scores_do_not_depend_on_what_was_asked_before(market, until, model):
    source, target, time = queries(market)
    once = model.score(source, target, time)
    assert np.array_equal(model.score(source, target, time), once)
    parts = [
        model.score(*(column[part] for column in (source, target, time))) for part in (slice(0, 9), slice(9, None))
    ]
    assert np.array_equal(np.concatenate(parts), once)


def test_equal_seeds_give_equal_models(market, until, model):
    source, target, time = queries(market)
    assert np.array_equal(LinkModel.fit(market, until).score(source, target, time), model.score(source, target, time))
    other = LinkModel.fit(market, until, seed=1)
    assert not np.array_equal(other.score(source, target, time), model.score(source, target, time))


def test_a_file_gives_back_the_model_and_its_record(market, model, tmp_path):
    model.save(tmp_path / "links.safetensors")
    again = LinkModel.load(tmp_path / "links.safetensors")
    asked = queries(market)
    assert np.array_equal(again.score(*asked), model.score(*asked))
    name = market.accounts["account"][int(asked[0][0])]
    assert again.rank(name, int(asked[2][0])).equals(model.rank(name, int(asked[2][0])))
    over = LinkModel.load(tmp_path / "links.safetensors", market)
    assert np.array_equal(over.score(*asked), model.score(*asked))


def test_a_file_need_not_hold_the_record(market, model, tmp_path):
    model.save(tmp_path / "whole.safetensors")
    model.save(tmp_path / "alone.safetensors", record=False)
    alone, both = ((tmp_path / name).read_bytes() for name in ("alone.safetensors", "whole.safetensors"))
    name = market.accounts["account"][0].encode()
    assert name in both
    assert name not in alone
    again, asked = LinkModel.load(tmp_path / "alone.safetensors", market), queries(market)
    assert np.array_equal(again.score(*asked), model.score(*asked))
    with pytest.raises(ArchivitError, match=r"alone\.safetensors: was saved without its record; give the graph"):
        LinkModel.load(tmp_path / "alone.safetensors")
    with pytest.raises(ArchivitError, match="record must be True or False"):
        model.save(tmp_path / "alone.safetensors", record="no")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("source", 10**6, "names accounts that are not there"),
        ("target", -2, "names accounts that are not there"),
        ("token", -2, "names accounts that are not there"),
        ("time", 2**60, "not in order of time"),
        ("clocks", -1.0, "damaged"),
        ("weights", np.nan, "not finite"),
        ("forest.left", 0, "points back or outside"),
    ],
)
def test_damaged_files_are_refused(model, tmp_path, name, value, said):
    model.save(tmp_path / "links.safetensors")
    config, arrays = stored.load(tmp_path / "links.safetensors", "LinkModel")
    arrays[name][0] = value
    stored.save(tmp_path / "links.safetensors", "LinkModel", config, arrays)
    with pytest.raises(ArchivitError, match=said):
        LinkModel.load(tmp_path / "links.safetensors")


def test_rank_says_who_is_likely(market, model):
    source, _, time = (column[-1] for column in queries(market))
    table = model.rank(int(source), int(time), k=5)
    assert list(table) == ["account", "row", "score", "probability"]
    assert len(table) == 5
    assert table["score"].is_monotonic_decreasing
    assert 0 < table["probability"].sum() <= 1
    assert source not in set(table["row"])
    rows = table["row"].to_numpy()
    same = model.score(np.full(5, source), rows, np.full(5, time))
    assert np.array_equal(same, table["score"])


def test_the_next_owner_is_ranked_for_the_holder(market, model):
    row = known(market)[-1]
    when = int(market.record.time[row]) + 1
    token = int(market.record.token[row])
    name = market.tokens["token"][token]
    holder = int(market.record.target[row])
    assert model.next_owner(name, when).equals(model.rank(holder, when))
    assert model.next_owner(token, when).equals(model.rank(holder, when))
    with pytest.raises(ArchivitError, match="nobody is known to hold token"):
        model.next_owner(token, 0)


def test_likeness_of_artworks_moves_the_next_owner(market, model):
    row = known(market)[-300]
    token, when = int(market.record.token[row]), int(market.record.time[row]) + 1
    plain = model.next_owner(token, when, k=10_000).set_index("row")["score"]
    owners = market.record.target[market.record.time < when]
    collector = int(plain.index[np.isin(plain.index, owners)][-1])  # the least likely of those who own something
    had = market.record.token[(market.record.target == collector) & (market.record.time < when)]
    assert len(had)
    embeddings = np.random.default_rng(0).normal(size=(market.record.tokens, 8)).astype(np.float32)
    embeddings[had] = embeddings[token]
    liked = model.next_owner(token, when, k=10_000, embeddings=embeddings).set_index("row")["score"]
    assert liked[collector] > plain[collector] + 1
    late = np.flatnonzero(market.record.time >= when)
    other = embeddings.copy()
    fresh = np.setdiff1d(market.record.token[late], market.record.token[: late[0]])
    other[fresh] = 9  # what nobody had yet
    assert len(fresh)
    again = model.next_owner(token, when, k=10_000, embeddings=other).set_index("row")["score"]
    assert again.equals(liked)
    blind, loud = embeddings.copy(), embeddings.astype(float) * 1e200
    blind[3, 1] = np.nan
    for wrong, said in (
        (embeddings[1:], "finite numbers, found float32"),
        (blind, "at most 1e\\+100; row 3 holds others, as do 0 more"),
        (loud, "at most"),
        ([[1], [1, 2]], "lists of unequal lengths"),
    ):
        with pytest.raises(ArchivitError, match=said):
            model.next_owner(token, when, embeddings=wrong)


def test_mints_say_who_holds_and_unknown_buyers_that_nobody_does(market, model):
    record = market.record
    mint = int(np.flatnonzero((record.source < 0) & (record.target >= 0))[-1])
    token, when = int(record.token[mint]), int(record.time[mint]) + 1
    assert model.next_owner(token, when).equals(model.rank(int(record.target[mint]), when))
    table = market.source_of.table.copy()
    last = int(known(market)[-1])
    codes = table["target"].cat.codes.to_numpy().copy()
    codes[last] = -1
    table["target"] = pd.Categorical.from_codes(codes, dtype=table["target"].dtype)
    lost = model.over(TransferGraph(replace(market.source_of, table=table)))
    with pytest.raises(ArchivitError, match="nobody is known to hold token"):
        lost.next_owner(int(record.token[last]), int(record.time[last]) + 1)


def test_a_forecast_aligns_with_the_edges(market, model):
    edges = len(market.edges)
    values = model.forecast(market, 3, new_edges=4, length="7D")
    assert values.shape == (3, edges + 4)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (values[:, :edges] > 0).any()
    assert np.array_equal(values, model.forecast(market, 3, new_edges=4, length="7D"))


def test_new_edges_are_new_and_the_likeliest_come_first(market, model):
    seen = model.outlook(market, 2, new_edges=5)
    edges = set(zip(market.edges["source"], market.edges["target"], strict=True))
    new = list(zip(seen.new["source"], seen.new["target"], strict=True))
    assert len(set(new)) == 5
    assert not edges & set(new)
    assert all(source != target for source, target in new)
    assert (np.diff(seen.values[0, -5:]) <= 0).all()


def test_what_is_expected_of_a_source_is_its_rate(market, model):
    """Shares of a source add up to 1: with every new edge drawn, the expected number is rate x length."""
    plain = market.source_of.table.assign(value=np.nan)
    counted = TransferGraph(replace(market.source_of, table=plain))
    seen = model.outlook(counted, 1, new_edges=100_000, length="1D")
    rows = np.concatenate([counted.groups.source, seen.new["source_row"]])
    expected = np.bincount(rows, seen.values[0][: len(rows)], counted.record.accounts)
    clock, record = 86_400, counted.record
    ago = record.time[-1] + 1 - record.time[known(counted)]
    rate = np.bincount(record.source[known(counted)], 2.0 ** (-ago / clock), record.accounts) * np.log(2) / clock
    np.testing.assert_allclose(expected, rate * 86_400, rtol=1e-9, atol=1e-12)


def test_a_forecast_knows_the_past_alone(market, until, model):
    past = market.between(None, until)
    other = altered(market, until, "replaced").between(None, until)
    assert np.array_equal(model.forecast(past, 2, new_edges=3), model.forecast(other, 2, new_edges=3))


def test_bad_input_is_one_line(market, model):
    time = int(market.record.time[-1])
    for asked, said in (
        (([0, 1], [1], [time]), "2 sources and 1 targets"),
        (([0], [1], [time, time]), "a time for each of 1 pairs"),
        (([0, 1], [1, 2], [time, time - 1]), "times must ascend: number 1"),
        (([10**6], [1], [time]), "account row 1000000 is outside"),
        ((["nobody"], [1], [time]), "no account is called 'nobody'"),
        (([0], [1], [0.5]), "times must be int seconds"),
        (([[0]], [1], [time]), "2 dimensions"),
    ):
        with pytest.raises(ArchivitError, match=said):
            model.score(*asked)
    for wrong, said in (({"k": 0}, "k must be"), ({"time": "soon"}, "moment"), ({"account": [0, 1]}, "expected one")):
        with pytest.raises(ArchivitError, match=said):
            model.rank(**{"account": 0, "time": time} | wrong)
    for wrong, said in (
        ({"periods": 0}, "periods must"),
        ({"new_edges": -1}, "new_edges must"),
        ({"length": "7"}, "unit"),
    ):
        with pytest.raises(ArchivitError, match=said):
            model.forecast(**{"graph": market, "periods": 1} | wrong)
    with pytest.raises(ArchivitError, match="accounts must be names, or rows as whole numbers; found True"):
        model.rank(True, time)
    with pytest.raises(ArchivitError, match="no other account was seen"):
        model.rank(0, 0)
    with pytest.raises(ArchivitError, match="expected at least 200"):
        LinkModel.fit(market, until=int(market.record.time[100]))
    with pytest.raises(ArchivitError, match="found 1 transfer to fit links to"):
        LinkModel.fit(graph_of(["a"], ["b"], [1]))
    with pytest.raises(ArchivitError, match="seed must be"):
        LinkModel.fit(market, seed=-1)
    with pytest.raises(ArchivitError, match="must be a TransferGraph"):
        LinkModel.fit(None)


def test_nothing_to_score_is_nothing(model):
    assert len(model.score([], [], [])) == 0


def test_a_model_says_in_a_line_what_it_is(model):
    assert re.fullmatch(r"LinkModel\([\d,]+ accounts, [\d,]+ tokens, [\d,]+ transfers\)", repr(model))


def test_it_is_the_default():
    assert default_for("links") is LinkModel
    with pytest.raises(ArchivitError, match="there is no model for 'fame'"):
        default_for("fame")


def test_a_record_of_one_moment_is_one_line():
    rng = np.random.default_rng(0)
    source, target = (rng.integers(0, 20, 400).astype(str).tolist() for _ in range(2))
    with pytest.raises(ArchivitError, match="400 transfers at 1 moment are too few"):
        LinkModel.fit(graph_of(source, target, [5] * 400))
