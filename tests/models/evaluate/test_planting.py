"""Planted rings and controls: what they are, that records stay records, and that nothing betrays them."""

import warnings

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, read_transfers, simulate_market
from archivit_widgets.models.evaluate.controls import CONTROLS, PUT_IN, control
from archivit_widgets.models.evaluate.inserting import rewritten
from archivit_widgets.models.evaluate.planting import CHAINS, TYPOLOGIES, plant, planted
from archivit_widgets.models.trees import Boosting, Rows, fit_trees
from archivit_widgets.models.wash import WashDetector
from archivit_widgets.models.wash.watch import closed_rows

HOST = simulate_market(4_000, seed=11, wash=0.0)
ALL = plant(HOST, TYPOLOGIES, rings=8, seed=3)


def breaks(graph):
    """How often a token is given by somebody to whom it did not come last."""
    record = graph.record
    holder, broken = {}, 0
    for source, target, token in zip(record.source, record.target, record.token, strict=True):
        broken += source >= 0 and holder.get(token, source) != source
        holder[token] = target
    return broken


def rings(graph, name):
    truth = graph.truth[graph.truth["pattern"] == name]
    return [graph.transfers.iloc[rows["transfer"]] for _, rows in truth.groupby("ring")]


def test_a_planted_record_is_a_record():
    assert len(ALL) > len(HOST)
    assert set(ALL.truth["pattern"]) == set(TYPOLOGIES)
    assert (np.diff(ALL.record.time) >= 0).all()
    assert breaks(HOST) == breaks(ALL)
    assert ALL.report.read == ALL.report.kept == len(ALL)
    assert ALL.truth["transfer"].is_unique


def test_what_was_there_stays():
    put = planted(HOST, "cycle", rings=5, seed=1)
    old = put[0].transfers.drop(put[1])
    assert put[0].transfers.dtypes["collection"] == HOST.transfers.dtypes["collection"]
    assert old.astype(str).to_numpy().tolist() == HOST.transfers.astype(str).to_numpy().tolist()


def test_what_is_put_in_is_of_its_tokens_collection_and_has_no_transaction():
    hashed = rewritten(HOST, HOST.transfers.assign(tx=[f"0x{row}" for row in range(len(HOST))]), "with hashes")
    for host in (hashed, hashed.between(HOST.record.time[500], None), hashed.subgraph(tokens=range(200))):
        graph, rows = planted(host, ["cycle", "fast_chain"], rings=3, seed=1)
        table = graph.transfers
        assert list(table.columns) == list(host.transfers.columns)
        assert table["tx"].isna().to_numpy().nonzero()[0].tolist() == sorted(rows)
        assert table["collection"].notna().all()
        assert (table.groupby("token", observed=True)["collection"].nunique() == 1).all()
        known = host.tokens.set_index("token")["collection"].astype(str)
        assert table["collection"].astype(str).tolist() == known.loc[table["token"].astype(str)].tolist()
    bare = rewritten(graph, table.drop(columns=["collection", "tx"]), "what the detector may read")
    assert WashDetector().log_odds(graph).tolist() == WashDetector().log_odds(bare).tolist()


@pytest.mark.parametrize("name", [name for name in TYPOLOGIES if name != "rotation"])
def test_a_ring_moves_one_work_in_its_own_way(name):
    for ring in rings(ALL, name):
        assert ring["token"].nunique() == 1
        parties = set(ring["source"]) | set(ring["target"])
        ends = ring["source"].iloc[0] == ring["target"].iloc[-1]
        assert ends == (name not in CHAINS) or name == "mixed"
        if name == "self_trade":
            assert len(parties) == 1
        elif name == "ping_pong":
            assert len(parties) == 2
            assert len(ring) % 2 == 0
        elif name in CHAINS:
            assert len(parties) == len(ring) + 1
        if name == "fast_chain":
            assert ring["time"].iloc[-1] - ring["time"].iloc[0] <= 3_600
        price = ring["value"].dropna().to_numpy()
        if name == "drift" and len(price) > 1:
            assert np.abs(np.diff(np.log(price))).max() < np.log(1.2) + 0.7  # rounding to few digits moves it too


def test_a_rotation_gives_everybody_one_work_for_one():
    for ring in rings(ALL, "rotation"):
        assert ring["token"].nunique() == len(ring) >= 3
        assert sorted(ring["source"]) == sorted(ring["target"])


def test_most_members_were_known_before():
    known = shared = 0
    for name in ("ping_pong", "cycle", "rotation"):
        for ring in rings(ALL, name):
            before = ALL.transfers.iloc[: ring.index[0]]
            members = set(ring["source"])
            known += sum(((before["source"] == m) | (before["target"] == m)).any() for m in members)
            shared += len(members)
    assert known / shared > 0.6


def test_prices_times_and_names_do_not_betray_a_planted_transfer():
    """Trees that see each transfer for itself cannot tell planted from honest ones much better than chance."""
    graph, rows = planted(HOST, ["cycle", "ping_pong", "rotation"], rings=30, seed=5)
    table = graph.transfers
    value = table["value"].to_numpy()
    truth = np.isin(np.arange(len(graph)), rows)
    sold = (table["kind"] == "sale").to_numpy()
    digits = [len(f"{v:.15g}".replace(".", "").strip("0")) for v in np.nan_to_num(value)]
    features = np.column_stack([value, digits, table["time"] % 86_400, table["time"] % 60, np.arange(len(graph)) % 2])
    half = np.arange(len(graph)) < len(graph) // 2  # not at random: the prices of one ring are alike
    how = Boosting(rounds=40, leaves=7, rows_a_leaf=40)
    forest = fit_trees(Rows(features[half & sold], truth[half & sold]), how)
    from sklearn.metrics import roc_auc_score

    assert roc_auc_score(truth[~half & sold], forest.raw_score(features[~half & sold])) < 0.62


def test_days_stay_days():
    table = HOST.transfers
    table["time"] -= table["time"] % 86_400
    days = plant(rewritten(HOST, table, "days"), "cycle", rings=10, seed=2)
    assert not (days.record.time % 86_400).any()


def test_new_accounts_are_paid_for():
    graph = plant(HOST, "fast_chain", rings=10, seed=1, hidden=0.0)
    members = {name for ring in rings(graph, "fast_chain") for name in ring["target"]}
    paid = graph.funding[graph.funding["account"].isin(members)]
    assert set(paid["account"]) == members
    leaders = {ring["source"].iloc[0] for ring in rings(graph, "fast_chain")}
    assert set(paid["funder"]) <= leaders


def test_equal_seeds_equal_rings():
    again = plant(HOST, TYPOLOGIES, rings=8, seed=3)
    pd.testing.assert_frame_equal(again.transfers, ALL.transfers)
    assert len(plant(HOST, TYPOLOGIES, rings=8, seed=4)) != len(ALL) or not again.truth.equals(
        plant(HOST, TYPOLOGIES, rings=8, seed=4).truth
    )


def test_rings_keep_to_their_window():
    start, end = np.quantile(HOST.record.time, [0.5, 0.8]).astype(int).tolist()
    ring = plant(HOST, "ping_pong", rings=10, seed=1, start=start, end=end)
    time = ring.record.time[ring.truth["transfer"]]
    assert start <= time.min()
    assert time.max() <= end


def test_moments_of_a_window_are_told_in_words_too():
    start, end = (int(pd.Timestamp(day).timestamp()) for day in ("2017-08-01", "2018-06-01"))
    told = plant(HOST, "ping_pong", rings=3, seed=1, start="2017-08-01", end=pd.Timestamp("2018-06-01"))
    pd.testing.assert_frame_equal(told.truth, plant(HOST, "ping_pong", rings=3, seed=1, start=start, end=end).truth)


def test_rings_that_find_no_room_are_told():
    with pytest.warns(UserWarning, match=r"not all rings found room, planted: \d+ of 99 of rotation$") as said:
        made = plant(simulate_market(300, seed=4, wash=0.0), "rotation", rings=99)
    assert f"planted: {made.truth['ring'].nunique()} of 99" in str(said[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plant(simulate_market(2_000, seed=4), "cycle", rings=3)


def test_the_truth_of_a_simulated_market_stays():
    market = simulate_market(2_000, seed=4)
    both = plant(market, "cycle", rings=3, seed=0)
    kept = both.truth[both.truth["pattern"] != "cycle"]
    wanted = market.truth[market.truth["pattern"] != "cycle"]
    assert kept["pattern"].tolist() == wanted["pattern"].astype(str).tolist()
    old, new = market.transfers.iloc[wanted["transfer"]], both.transfers.iloc[kept["transfer"]]
    assert old["token"].astype(str).tolist() == new["token"].astype(str).tolist()


@pytest.mark.parametrize("name", CONTROLS)
def test_controls_are_records_too(name):
    made = control(HOST, name, works=20, seed=1)
    assert len(made.rows) > 20
    assert (np.diff(made.graph.record.time) >= 0).all()
    if name in PUT_IN:
        assert breaks(made.graph) == breaks(HOST)
    else:
        assert len(made.graph) == len(HOST)
        assert breaks(made.graph) > breaks(HOST)


def test_business_stands_where_no_walk_of_the_market_closes():
    closed = closed_rows(HOST.record)
    assert closed.sum() > 20
    made = control(HOST, "gift", works=10_000)  # wherever there is room
    own = np.setdiff1d(np.arange(len(made.graph)), made.rows)
    token, own_token = made.graph.record.token, HOST.record.token
    for row in made.rows.tolist():
        of_token = np.flatnonzero(own_token == token[row])
        before = np.searchsorted(own[of_token], row)
        assert not closed[of_token[max(before - 1, 0) : before + 1]].any()


@pytest.mark.parametrize("name", ["escrow", "gift", "custodial"])
def test_what_is_given_for_nothing_has_no_price_even_where_none_is_known(name):
    unpriced = rewritten(HOST, HOST.transfers.assign(value=np.nan), "no prices")
    made = control(unpriced, name, works=20)
    assert (made.graph.record.value[made.rows] == 0).all()


def test_rewiring_keeps_how_much_everybody_gave_and_got():
    made = control(HOST, "rewired").graph
    for side in ("source", "target"):
        before, after = (g.transfers[side].value_counts().sort_index() for g in (HOST, made))
        assert (before - after).abs().sum() <= 0.01 * len(HOST)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plant(HOST, "fraud"), "there is no typology 'fraud'; the typologies are self_trade"),
        (lambda: control(HOST, "fraud"), "there is no control 'fraud'; the controls are market_maker"),
        (lambda: plant(HOST.between(0, 1), "cycle"), "nothing can be put into 0 transfers"),
        (lambda: plant(HOST, "cycle", rings=0), "rings must be"),
        (lambda: plant("x", "cycle"), "graph must be a TransferGraph"),
        (lambda: plant(HOST, []), "no typology was asked for"),
        (lambda: plant(HOST, "cycle", start="x"), "a moment must be ISO text"),
        (lambda: plant(HOST, "cycle", start="2019", end="2018"), "ends at '2018', before it starts at '2019'"),
    ],
)
def test_wrong_arguments_are_one_line(call, words):
    with pytest.raises(ArchivitError, match=words):
        call()


def test_a_record_without_tokens_has_no_rings():
    table = simulate_market(300, seed=1).transfers.assign(token=None)
    with pytest.raises(ArchivitError, match="names no tokens"):
        plant(read_transfers(table[["source", "target", "time", "value"]]), "cycle")
