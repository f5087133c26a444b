"""What the detector says of small records: patterns, evidence, nets, rings; batch and stream alike; no future."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, read_transfers, simulate_market
from archivit_widgets.models import wash
from archivit_widgets.models.evaluate.planting import TYPOLOGIES, plant
from archivit_widgets.models.wash import WashDetector, detect

from .ledgers import CROWDED, DAY, crowded, graph, walk

MARKET = simulate_market(3_000, seed=5)


def test_the_table_aligns_with_the_transfers():
    found = detect(MARKET)
    assert list(found.columns) == ["score", "pattern", "group", "evidence", "net"]
    assert found.index.equals(MARKET.transfers.index)
    assert found["score"].between(0, 1).all()
    named = found["pattern"] != "none"
    assert (found["group"] >= 0).eq(named).all()
    assert all(row in rows for row, rows in found["evidence"][named].items())
    assert all(len(rows) == 0 for rows in found["evidence"][~named])
    assert found["net"].notna().eq(named).all()


@pytest.mark.parametrize(
    ("holders", "pattern", "evidence"),
    [
        ("xaa", "self_trade", [1]),
        ("xaba", "round_trip", [1, 2]),
        ("xabcdabcda", "cycle", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_closed_walk_is_named_with_its_evidence(holders, pattern, evidence):
    found = detect(graph(walk(list(holders))))
    assert found["pattern"].iloc[-1] == pattern
    assert found["evidence"].iloc[-1].tolist() == evidence
    assert set(found["group"].iloc[evidence]) == {0}


def test_net_is_received_minus_paid():
    rows = [("a", "b", "t", 0, 5.0), ("b", "a", "t", DAY, 7.0)]
    assert detect(graph(rows))["net"].iloc[1] == {"a": -2.0, "b": 2.0}


def test_an_unknown_price_is_no_net():
    rows = [("a", "b", "t", 0, np.nan), ("b", "a", "t", DAY, np.nan)]
    assert np.isnan(list(detect(graph(rows))["net"].iloc[1].values())).all()


def test_who_took_part_in_a_hop_of_unknown_price_has_no_net():
    rows = [("a", "b", "t", 0, 10.0), ("b", "c", "t", DAY, 12.0), ("c", "a", "t", 2 * DAY, np.nan)]
    alert = WashDetector().alerts(graph(rows), threshold=0)[-1]
    assert alert.pattern == "cycle"
    assert alert.net["b"] == 2.0
    assert np.isnan([alert.net["a"], alert.net["c"]]).all()


def test_alerts_and_the_table_number_rings_alike():
    detector, market = WashDetector(), plant(MARKET, TYPOLOGIES, rings=3, seed=1)
    table = detector.score(market)
    whole = {alert.transfer: alert for alert in detector.alerts(market, threshold=0.0)}
    assert len({alert.group for alert in whole.values()}) > 10
    for threshold in (0.0, 0.5):
        alerts = detector.alerts(market, threshold=threshold)
        for alert in alerts:
            assert set(table["group"].iloc[list(alert.evidence)]) <= {alert.group, -1}
            assert alert.group == whole[alert.transfer].group
    stream = detector.stream(threshold=0.5)
    pushed = [*stream.push(market.transfers), *stream.close()]
    assert [stream.ring(alert.group) for alert in pushed] == [alert.group for alert in alerts]
    with pytest.raises(ArchivitError, match="group must be a whole number from 0"):
        stream.ring(-1)


def test_rings_that_meet_become_one_afterwards():
    rows = [
        ("a", "b", "t", 0, 1.0), ("b", "a", "t", 1, 1.0), ("c", "d", "u", 2, 1.0), ("d", "c", "u", 3, 1.0),
        ("a", "c", "t", 4, 1.0), ("c", "d", "t", 5, 1.0), ("d", "c", "t", 6, 1.0), ("c", "a", "t", 7, 1.0),
    ]  # fmt: skip
    record, detector = graph(rows), WashDetector()
    stream = detector.stream(threshold=0.0)
    pushed = [*stream.push(record.transfers), *stream.close()]
    numbers = [alert.group for alert in detector.alerts(record, threshold=0.0)]
    assert [stream.ring(alert.group) for alert in pushed] == numbers
    assert [alert.group for alert in pushed] != numbers
    assert set(detector.score(record)["group"]) == set(numbers)


def test_a_gap_in_the_record_ends_the_walk():
    found = detect(graph([*walk("ab"), ("c", "d", "t", 1_700_000_000), ("d", "a", "t", 1_700_100_000)]))
    assert not found["pattern"].isin(["round_trip", "cycle"]).any()


def test_a_round_of_several_tokens_is_a_rotation():
    rows = [("a", "b", "t1", 0), ("b", "c", "t2", DAY), ("c", "a", "t3", 2 * DAY)]
    found = detect(graph(rows))
    assert found["pattern"].tolist() == ["rotation"] * 3
    assert found["evidence"].iloc[0].tolist() == [0, 1, 2]


def test_funded_rings_are_named_only_where_funding_is_known():
    market = simulate_market(20_000, seed=1)
    assert "funded_ring" not in set(detect(market)["pattern"])
    assert "no funding" in detect(market).attrs["entities"]
    named = detect(market, market.funding)["pattern"] == "funded_ring"
    truth = market.truth.set_index("transfer")["pattern"]
    assert named.sum() > 10
    assert truth.reindex(np.flatnonzero(named)).eq("funded_ring").mean() > 0.6


def alerts_of(detector, record, cuts, funding=None, threshold=0.0):
    """Give all alerts of a stream, each with the number that its ring has in the end."""
    stream = detector.stream(funding, threshold)
    parts = np.split(np.arange(len(record)), sorted(cuts))
    found = [alert for part in parts for alert in stream.push(record.transfers.iloc[part])]
    return [replace(alert, group=stream.ring(alert.group)) for alert in found + stream.close()]


def same(a, b):
    """Alerts are equal, unknown nets included."""
    return repr(written(a)) == repr(written(b))


def written(alerts):
    return [(a.transfer, a.score, a.pattern, a.evidence, a.group, sorted(a.net.items())) for a in alerts]


@settings(max_examples=60)
@given(CROWDED, st.lists(st.integers(0, 60), max_size=6))
def test_a_stream_gives_the_alerts_of_the_batch(rows, cuts):
    record = crowded(rows)
    detector = WashDetector()
    wanted = detector.alerts(record, threshold=0.0)
    assert same(alerts_of(detector, record, [min(cut, len(record)) for cut in cuts]), wanted)


def test_nobody_is_no_member_of_a_ring():
    record = crowded([(0, 0, 0, 0, 0), (1, 0, 0, 0, 1), (-1, 1, 0, 0, 1)])  # a mint among the evidence
    for alerts in (WashDetector().alerts(record, threshold=0.0), alerts_of(WashDetector(), record, [])):
        assert [set(alert.net) for alert in alerts] == [{"a0"}, {"a0", "a1"}]


@pytest.mark.parametrize("funded", [False, True])
def test_a_stream_of_a_market_gives_the_alerts_of_the_batch(funded):
    funding = MARKET.funding if funded else None
    detector = WashDetector()
    wanted = detector.alerts(MARKET, funding, threshold=0.05)
    assert len(wanted) > 5
    assert same(alerts_of(detector, MARKET, range(0, 3_000, 97), funding, 0.05), wanted)


@pytest.mark.parametrize("change", ["permuted", "changed"])
def test_the_future_moves_no_alert_before_it(change):
    rng = np.random.default_rng(0)
    moment = int(MARKET.transfers["time"].iloc[1_800])
    table = MARKET.transfers.copy()
    later = np.flatnonzero(table["time"].to_numpy() >= moment)
    other = rng.permutation(later)
    columns = ["source", "target", "token", "value"]
    if change == "permuted":
        table.loc[later, columns] = table.loc[other, columns].to_numpy()
    else:
        table.loc[later, "target"] = table.loc[other, "target"].to_numpy()
        table.loc[later, "value"] = 3.0
    from archivit_widgets import TransferGraph

    for name in ("source", "target", "token"):
        table[name] = pd.Categorical(table[name], MARKET.transfers[name].cat.categories)
    bent = TransferGraph(replace(MARKET.source_of, table=table))
    first = later[0]
    before, after = (
        [a for a in WashDetector().alerts(one, MARKET.funding, 0.0) if a.transfer < first] for one in (MARKET, bent)
    )
    assert len(before) > 20
    assert same(before, after)


def test_edges_get_the_highest_score_of_their_transfers():
    found = detect(MARKET)["score"].to_numpy()
    edges = wash.edge_scores(MARKET, found)
    assert edges.shape == (len(MARKET.edges),)
    known = MARKET.edge_of >= 0
    best = pd.Series(found[known]).groupby(MARKET.edge_of[known]).max()
    assert np.array_equal(edges, best.to_numpy())
    with pytest.raises(ArchivitError, match="one for each of 3,000 transfers"):
        wash.edge_scores(MARKET, found[:-1])


def payments(**columns):
    return pd.DataFrame({"funder": ["a"], "account": ["b"], "time": [1]} | columns)


def twice(table, name):
    return pd.concat([table, table[[name]]], axis=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: d.score("x"), "graph must be a TransferGraph"),
        (lambda d: d.log_odds(None), "graph must be a TransferGraph"),
        (lambda d: d.stream().ring(0), "group is 0, but the stream has seen no ring yet"),
        (lambda d: d.score(MARKET, "x"), "funding must be a DataFrame"),
        (lambda d: d.score(MARKET, pd.DataFrame({"funder": ["a"], "account": ["b"]})), "funding has no column time"),
        (lambda d: d.alerts(MARKET, threshold=2), "threshold must be a finite number from 0 to 1"),
        (lambda d: d.stream().push(3), "transfers must be a DataFrame"),
        (lambda d: d.stream().push(pd.DataFrame({"source": []})), "no column target"),
        (lambda d: d.stream().push(MARKET.transfers[::-1]), "in order of time"),
        (lambda d: WashDetector(prior=0.9), "prior must be"),
        (lambda d: d.score(MARKET, payments(funder=[["a"]])), "funder and account must be names"),
        (lambda d: d.stream(twice(payments(), "time")), "column 'time' stands more than once"),
        (lambda d: d.stream().push(twice(MARKET.transfers, "value")), "column 'value' stands more than once"),
        (lambda d: wash.listed(MARKET.between(None, "2018-01-01"), d.score(MARKET)), "about 3,000 transfers, the rec"),
        (lambda d: wash.listed(MARKET, d.score(MARKET), 2), "threshold must be a finite number from 0 to 1, found 2"),
        (lambda d: wash.listed(MARKET, d.score(MARKET), np.nan), "threshold must be a finite number from 0 to 1"),
        (lambda d: wash.listed(MARKET, d.score(MARKET)[["score"]]), "table has no column pattern"),
        (lambda d: wash.listed(MARKET, twice(d.score(MARKET), "score")), "column 'score' stands more than once"),
        (lambda d: wash.listed(MARKET, d.score(MARKET).assign(score="much")), "scores must be one for each of 3,000"),
    ],
)
def test_wrong_arguments_are_one_line(call, words):
    with pytest.raises(ArchivitError, match=words):
        call(WashDetector())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": lambda t: pd.to_datetime(t["time"], unit="s")}, "times must be int seconds.*found datetime64"),
        ({"time": lambda t: t["time"].astype(float)}, "times must be int seconds.*found float64"),
        ({"time": lambda t: t["time"].astype("Int64").where(t.index != 3)}, "found missing ones"),
        ({"value": "much"}, "values must be numbers"),
        ({"value": np.inf}, "values must be finite"),
        ({"value": 1 + 2j}, "values must be numbers.*found complex128"),
        ({"value": pd.Timestamp("2020-01-01")}, "values must be numbers.*found datetime64"),
        ({"value": -1.5}, "values must be at least 0, NaN where unknown; found -1.5"),
        ({"time": lambda t: np.where(t.index == 0, -(2**63), t["time"])}, "found -9223372036854775808: that is no"),
        ({"time": np.uint64(2**64 - 1)}, "found 18446744073709551615: that is no time"),
        ({"source": lambda t: [["a"]] * len(t)}, "must be names"),
    ],
)
def test_a_stream_takes_no_transfers_that_are_none(change, words):
    with pytest.raises(ArchivitError, match=words):
        WashDetector().stream().push(MARKET.transfers.assign(**change))


def test_what_is_no_alert_cannot_be_told():
    with pytest.raises(ArchivitError, match=r"alert must be one of WashDetector\.alerts.*found 3"):
        wash.explain(MARKET, 3)
    with pytest.raises(ArchivitError, match="funding"):
        WashDetector().stream("payments.csv")
    with pytest.raises(ArchivitError, match="scores must be one for each of"):
        wash.edge_scores(MARKET, ["much"] * len(MARKET))
    with pytest.raises(ArchivitError, match="scores must be finite, found nan"):
        wash.edge_scores(MARKET, [np.nan] * len(MARKET))


def test_a_closed_stream_takes_no_more():
    stream = WashDetector().stream()
    stream.close()
    with pytest.raises(ArchivitError, match="stream is closed"):
        stream.push(MARKET.transfers)


def test_a_record_of_nothing_has_no_alerts():
    empty = MARKET.between(0, 1)
    assert len(detect(empty)) == 0
    assert WashDetector().alerts(empty) == []


def test_scores_of_edges_light_arteries():
    from archivit_widgets import Arteries

    found = detect(MARKET, MARKET.funding)["score"]
    arteries = Arteries(MARKET, alert=wash.edge_scores(MARKET, found))
    assert len(arteries.graph.edges) == len(wash.edge_scores(MARKET, found))


def test_a_scorer_that_scores_nothing_is_one_line():
    with pytest.raises(ArchivitError, match="scorer must tell log-odds"):
        WashDetector(scorer="x")


def test_a_sorted_table_is_about_the_same_transfers():
    found = detect(MARKET)
    other = found.sort_values("score", ascending=False)
    assert wash.edge_scores(MARKET, other["score"]).tolist() == wash.edge_scores(MARKET, found["score"]).tolist()
    pd.testing.assert_frame_equal(wash.listed(MARKET, other), wash.listed(MARKET, found))
    assert len(wash.listed(MARKET, found)) > 5
    for call in (wash.listed, lambda graph, table: wash.edge_scores(graph, table["score"])):
        with pytest.raises(ArchivitError, match=r"is not that of graph\.transfers.*use \.reset_index\(drop=True\)"):
            call(MARKET, found.set_index(found.index + 1))


@pytest.mark.parametrize("price", [5e-324, 1e-310, 3e-308, 1e-300])
def test_a_price_next_to_nothing_is_a_price(price):
    found = detect(graph([("a", "b", "x", 1, price), ("b", "a", "x", 2, 3.5), ("a", "b", "x", 3, price)]))
    assert found["score"].between(0, 1).all()
    assert found["pattern"].iloc[-1] == "round_trip"


def test_a_table_of_your_own_is_read_as_a_file_is():
    zero = "0x" + 40 * "0"
    rows = [
        (zero, "a", "1", "A", 1_600_000_000), (zero, "b", "1", "B", 1_600_000_100),
        ("a", "b", "1", "A", 1_600_003_600), ("b", "a", "1", "B", 1_600_007_200),
        ("a", "0X0", "1", "B", 1_600_010_800), ("b", "a", "1", "A", 1_600_014_400),
    ]  # fmt: skip
    own = pd.DataFrame(rows, columns=["source", "target", "token", "collection", "time"]).assign(value=2.0)
    record = read_transfers(own.assign(time=pd.to_datetime(own["time"], unit="s")))
    wanted = WashDetector().alerts(record, threshold=0.0)
    assert [alert.evidence for alert in wanted if alert.pattern == "round_trip"] == [(2, 5)]
    for table in (own, record.transfers):
        stream = WashDetector().stream(threshold=0.0)
        pushed = [alert for row in range(len(table)) for alert in stream.push(table.iloc[[row]])]
        assert same([*pushed, *stream.close()], wanted)


def test_a_stream_knows_names_and_nobody_as_the_reader_does():
    rows = [
        ("x", "unknown", "1", "A"), ("unknown", "x", "1", "A"), ("x", "Y", "2", "A"), (" Y", "x", "2", "A"),
        ("x", "withdrawn", "3", "A"), ("withdrawn", "x", "3", "A"),
    ]  # fmt: skip
    own = pd.DataFrame(rows, columns=["source", "target", "token", "collection"])
    own = own.assign(time=1_600_000_000 + 60 * np.arange(len(own)), value=2.0)
    stream = WashDetector().stream(threshold=0.0)
    (alert,) = (one for one in [*stream.push(own), *stream.close()] if one.pattern == "round_trip")
    assert alert.evidence == (2, 3)
    assert alert.net == {"x": 0.0, "Y": 0.0}
    with pytest.raises(ArchivitError, match="source, target, token and collection must be names"):
        WashDetector().stream().push(own.assign(source=pd.Series(["\ud800"] * len(own), dtype=object)))
