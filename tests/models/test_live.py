"""Frames of a market that runs on: the past as it was, then what is expected, new edges included."""

import warnings

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, Arteries, simulate_market
from archivit_widgets.frames import channels
from archivit_widgets.models import LinkModel
from archivit_widgets.models.live import frames


@pytest.fixture(scope="module")
def market():
    return simulate_market(2_500, seed=3)


@pytest.fixture(scope="module")
def past(market):
    return market.between(None, int(np.quantile(market.transfers["time"], 0.85)))


@pytest.fixture(scope="module")
def outlook(past):
    return LinkModel.fit(past).outlook(past, 4, new_edges=12, length="30D")


@pytest.fixture(scope="module")
def shown(past, outlook):
    return frames(past, outlook)


def test_each_transfer_of_the_past_is_in_one_frame(past, shown):
    seen = np.zeros(len(past.edges))
    for frame in shown[: shown.boundary]:
        seen += frame["radius"][: len(past.edges)] > 0
        assert not frame["radius"][len(past.edges) :].any()  # ghosts are of the future
    paid = (past.edges["volume"] > 0).to_numpy()
    assert np.array_equal(seen > 0, paid)
    assert shown.starts[shown.boundary] == past.transfers["time"].iloc[-1] + 1 == shown.span[0]
    assert shown.span[1] - shown.span[0] == 4 * 30 * 86_400


def test_what_is_expected_is_what_the_outlook_says(past, outlook, shown):
    for k, frame in enumerate(shown[shown.boundary :]):
        assert frame["time"] == shown.span[0] + k * outlook.length
        order = np.argsort(outlook.values[k], kind="stable")
        assert (np.diff(frame["radius"][order]) >= 0).all()
        assert (frame["radius"][len(past.edges) :] > 0).all()
    assert len(shown) == shown.boundary + 4


def test_pulses_are_shares_of_what_a_source_gives(past, shown):
    source = np.concatenate([past.edges["source"].cat.codes, shown.ghosts["source_row"]])
    for frame in (shown[shown.boundary - 1], shown[-1]):
        given = np.bincount(source, frame["pulse"], len(past.accounts))
        assert np.allclose(given[given > 0], 1, atol=1e-5)


def test_an_edge_is_an_alert_while_its_flagged_transfer_is_shown(past, outlook):
    scores = np.zeros(len(past))
    row = int(np.flatnonzero(past.edge_of >= 0)[-40])
    scores[row] = 0.9
    shown = frames(past, outlook, scores=scores)
    alert = np.array([frame["alert"] for frame in shown])
    period = int(np.searchsorted(shown.starts, past.transfers["time"].iloc[row], side="right")) - 1
    assert np.argwhere(alert).tolist() == [[period, past.edge_of[row]]]
    mixed = frames(past, outlook, scores=pd.Series(scores).sort_values())
    assert np.array_equal(alert, [frame["alert"] for frame in mixed])


def test_coverage_is_the_share_of_what_happened_along_drawn_edges(market, past, outlook, shown):
    start, end = shown.span
    later = market.transfers[(market.transfers["time"] >= start) & (market.transfers["time"] < end)]
    later = later[later["source"].notna() & later["target"].notna() & (later["value"] > 0)]
    drawn = set(zip(past.edges["source"], past.edges["target"], strict=True))
    drawn |= set(zip(shown.ghosts["source"], shown.ghosts["target"], strict=True))
    known = [pair in drawn for pair in zip(later["source"], later["target"], strict=True)]
    assert shown.coverage(market) == pytest.approx(later["value"][known].sum() / later["value"].sum())
    assert np.isnan(shown.coverage(past))


def test_the_widget_plays_them(past, shown):
    w = Arteries(past, ghosts=shown.ghosts, forecast=shown.span)
    for frame in (shown[0], shown[-1]):
        w.push(frame)
        assert channels.columns({k: v for k, v in frame.items() if k != "time"}, len(past.edges) + 12).keys() == {
            "radius",
            "pulse",
            "alert",
        }
    w.close()


def test_amounts_that_are_played_as_fractions_are_told_once(past, outlook):
    w = Arteries(past, ghosts=outlook.new)
    amounts = outlook.values * 100
    with pytest.warns(
        UserWarning, match=r"^pulse goes from [\d.e-]+ to [\d.e+]+, but what is .* fractions 0\.\.1"
    ) as told:
        w.push(amounts[0])
    assert [one.filename for one in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        w.push(amounts[1])
    w.close()


def test_what_is_played_is_told_of_no_line_of_the_player(past):
    w = Arteries(past)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        w.play([np.full(len(past.edges), 300.0)])
        w._player._thread.join(10)
    assert [(one.filename.strip("<>"), str(one.message)[:23]) for one in told] == [("sys", "pulse is 300 everywhere")]
    w.close()


def test_without_values_transfers_are_counted(past):
    table = past.transfers[["source", "target", "token", "time"]].astype({"source": str, "target": str, "token": str})
    table = table[(table["source"] != "nan") & (table["target"] != "nan")]
    from archivit_widgets import read_transfers

    graph = read_transfers(table)
    shown = frames(graph, LinkModel.fit(graph).outlook(graph, 2, new_edges=3))
    assert max(frame["radius"].max() for frame in shown[: shown.boundary]) == 1
    assert (shown[-1]["radius"] > 0).any()


def test_what_does_not_fit_is_one_line(market, past, outlook, shown):
    with pytest.raises(ArchivitError, match="pass the graph that it was made of"):
        frames(market, outlook)
    with pytest.raises(ArchivitError, match=r"outlook must be what LinkModel\.outlook gives"):
        frames(past, outlook.values)
    with pytest.raises(ArchivitError, match="scores must be one for each of"):
        frames(past, outlook, scores=[0.5])
    with pytest.raises(ArchivitError, match="cut from by between"):
        shown.coverage(simulate_market(50))
    with pytest.raises(ArchivitError, match="past must be a whole number"):
        frames(past, outlook, past=-1)
    assert len(frames(past, outlook, past=0)) == 4
    assert pd.Index(shown.ghosts.columns[:2]).tolist() == ["source", "target"]


def test_an_outlook_of_another_graph_is_refused_however_large_it_is(market, past, outlook):
    days = past.record.time
    for other in (past.between(None, int(days[300])), market, market.between(int(days[50]), int(days[-1]) + 1)):
        with pytest.raises(ArchivitError, match=r"is of another graph: of [\d,]+ edges until 20.* this one"):
            frames(other, outlook)
    assert len(frames(market.between(None, int(days[-1]) + 1), outlook))  # cut anew, but the same


def test_frames_show_themselves_in_one_line(shown):
    assert "\n" not in repr(shown)
    assert repr(shown).startswith(f"LiveFrames({len(shown)} periods that begin 20")
    assert repr(shown).endswith("the last 4 predicted)")


def test_scores_that_are_no_numbers_and_an_empty_past_are_one_line(past, outlook):
    with pytest.raises(ArchivitError, match="scores must be one for each of"):
        frames(past, outlook, scores=["a"] * len(past))
    with pytest.raises(ArchivitError, match="the graph has no transfers; frames need a past"):
        frames(past.between(None, 0), outlook)
