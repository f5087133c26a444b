"""Rings: from a table of transfers to what an artery's alert is, and what a click on it shows."""

import re

import numpy as np
import pandas as pd
import pytest

from archivit_widgets.errors import ArchivitError
from archivit_widgets.models.wash import Alert
from archivit_widgets.widgets.arteries import Arteries
from archivit_widgets.widgets.rings import read_alert

from .conftest import PLACES

# Rows of graph.transfers: 0 K-F, 1 K-M, 2 F-K, 3 K-M, 4 M-M, 5 M-G, 6 K-F, 7 G-W, 8 W-H, 9 K-nobody.
# Rows of graph.edges by source and target.
SCORE = [0.9, 0.1, 0.8, np.nan, 0.0, 0.6, 0.95, 0.2, np.nan, 0.99]
GROUP = [4, -1, 4, 7, -1, -1, 4, -1, 7, 4]


@pytest.fixture
def table():
    return pd.DataFrame({"score": SCORE, "group": GROUP})


def edge(graph, source, target):
    edges = graph.edges
    return int(edges.index[(edges.source == source) & (edges.target == target)][0])


def named(graph, steps):
    edges = graph.edges.iloc[np.asarray(steps, int)]
    return [(str(a)[0], str(b)[0]) for a, b in zip(edges.source, edges.target, strict=True)]


def test_an_arterys_alert_is_the_largest_score_of_its_transfers(graph, table):
    values, _ = read_alert(graph, table)
    for row in range(len(graph.edges)):
        mine = np.array(SCORE)[graph.edge_of == row]
        assert values[row] == np.nanmax(mine) if not np.isnan(mine).all() else np.isnan(values[row])


def test_a_ring_is_its_arteries_in_order_of_time_each_as_often_as_it_was_taken(graph, table):
    _, rings = read_alert(graph, table)
    steps, times, said = rings.at(edge(graph, "Frick", "Knoedler"))
    assert times.tolist() == [-7_889_000_000, 86_400, 400_000]
    assert named(graph, steps) == [("K", "F"), ("F", "K"), ("K", "F")]
    assert (steps == rings.at(edge(graph, "Knoedler", "Frick"))[0]).all()
    assert said == "Alert: 3 transfers among 2 accounts, 1720-01-04 to 1970-01-05; score 0.95."


def test_an_alert_without_a_group_is_a_ring_by_itself_and_what_is_calm_is_in_none(graph, table):
    _, rings = read_alert(graph, table)
    alone = edge(graph, "Mellon", "<b>Getty</b>")
    steps, _, said = rings.at(alone)
    assert steps.tolist() == [alone]
    assert said == "Alert: 1 transfer among 2 accounts, 1970-01-04; score 0.60."
    assert rings.at(edge(graph, "<b>Getty</b>", "Wallace")) is None
    assert rings.at(-1) is rings.at(99) is None
    unscored = rings.at(edge(graph, "Wallace", "Hermitage"))
    assert unscored[2] == "Alert: 2 transfers among 4 accounts, 1970-01-03 to 2020-09-13."


def test_an_artery_in_several_rings_is_in_that_of_its_alert(graph, table):
    # Knoedler to Frick at rows 0 and 6, scores 0.9 and 0.95: in different rings, one in none, one calm.
    row = edge(graph, "Knoedler", "Frick")
    for groups, scores, wanted in [((4, 5), (0.9, 0.95), 6), ((4, -1), (0.9, 0.95), 0), ((4, -1), (0.1, 0.95), 6)]:
        other = table.assign(group=-1)
        other.loc[[0, 6], "group"], other.loc[[0, 6], "score"] = groups, scores
        steps, times, _ = read_alert(graph, other)[1].at(row)
        assert (steps.tolist(), times.tolist()) == ([row], [int(graph.record.time[wanted])])


def test_what_the_table_says_is_said(graph, table):
    sentence = ["", "", "", "", "", None, "Ann sold it to herself,\nthrice.", "", "", "not an edge"]
    pattern = ["cycle", "none", "cycle", "none", "none", "round_trip", "cycle", "none", "none", "none"]
    _, rings = read_alert(graph, table.assign(sentence=sentence, pattern=pd.Categorical(pattern)))
    assert rings.at(edge(graph, "Knoedler", "Frick"))[2] == "Ann sold it to herself, thrice."
    assert rings.at(edge(graph, "Mellon", "<b>Getty</b>"))[2].startswith("Round trip: 1 transfer among 2 accounts")


@pytest.mark.parametrize("kind", ["Int64", "float", "shuffled"])
def test_groups_may_be_na_and_lines_in_any_order_of_their_index(graph, table, kind):
    wanted = read_alert(graph, table)[1]
    if kind == "shuffled":
        other = table.sample(frac=1, random_state=0)
    else:
        other = table.assign(group=table["group"].where(table["group"] >= 0).astype(kind))
    rings = read_alert(graph, other)[1]
    assert (rings.of == wanted.of).all()
    assert rings.sentences == wanted.sentences


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda t: t.drop(columns="group"),
            "alert is a table of transfers: it must have columns score and group; found",
        ),
        (lambda t: t.iloc[:4], "alert has 4 lines, but must have one for each of the graph's 10 transfers"),
        (lambda t: t.assign(score=t.score * 3), "alert, column score, is 2.7 in line 0: a score is between 0 and 1"),
        (lambda t: t.assign(group=t.group + 0.5), "alert, column group, is 4.5 in line 0: a group is a whole number"),
        (lambda t: t.assign(score="high"), "alert, column score, must hold numbers; found 'high'"),
        (lambda t: pd.concat([t, t[["score"]]], axis=1), "column 'score' stands more than once in alert; keep one"),
        (lambda t: Alert(0, 0.9, "cycle", 0, (0,), {}), "alert is an Alert, one among many; pass the table"),
        (lambda t: [Alert(0, 0.9, "cycle", 0, (0,), {})], "alert is an Alert, one among many"),
        (lambda t: t.set_index(t.index + 3), "the index of alert, column score, is not that of graph.transfers"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_clear_error(wire, graph, table, change, said):
    with pytest.raises(ArchivitError, match="^" + re.escape(said)):
        Arteries(graph, alert=change(table), positions=PLACES)


def test_the_page_is_told_that_there_are_rings_and_may_ask_for_them(wire, graph, table):
    w = Arteries(graph, alert=table, positions=PLACES)
    assert w._rings
    assert w._legend[3]["title"] == "highest score"
    row = edge(graph, "Frick", "Knoedler")
    assert w._stream.wanted[row, 3] == round(255 * 0.8)
    for asked, wanted in ((row, [("K", "F"), ("F", "K"), ("K", "F")]), (edge(graph, "<b>Getty</b>", "Wallace"), [])):
        wire(w).say({"kind": "ask", "client": "c", "id": 1, "what": "ring", "row": asked})
        answer, buffers = wire(w).custom("answer")[-1]
        assert answer["ok"]
        assert (answer["sentence"] is None) == (not wanted)
        assert named(graph, np.frombuffer(buffers[0], "<u4")) == wanted
    assert not Arteries(graph, alert=table["score"].to_numpy()[:7], positions=PLACES)._rings


@pytest.mark.parametrize("about", ["[0 2 6]", None, np.nan])
def test_a_sentence_of_which_nobody_knows_the_rows_says_no_more(graph, table, about):
    said = table.assign(sentence="Passed to and fro, 3 transfers.", evidence=[about] * 10)
    sentence = read_alert(graph, said)[1].at(edge(graph, "Knoedler", "Frick"))[2]
    assert sentence == "Passed to and fro, 3 transfers."


def test_a_sentence_about_some_of_what_lights_up_says_so(graph, table):
    said = table.assign(sentence="Passed to and fro, 2 transfers.", evidence=[[0, 2]] * 10)
    row = edge(graph, "Knoedler", "Frick")
    part = "Passed to and fro, 2 transfers. Part of a ring of 3 transfers."
    assert read_alert(graph, said)[1].at(row)[2] == part
    assert read_alert(graph, said.assign(evidence=[np.array([0, 2, 6])] * 10))[1].at(row)[2] == part[:31]
    assert read_alert(graph, said.drop(columns="evidence"))[1].at(row)[2] == part[:31]


def test_a_sorted_table_says_of_each_ring_its_own_sentence(graph, table):
    said = table.assign(sentence=[f"Transfer {n}." for n in range(10)])
    mixed = read_alert(graph, said.sort_values("score"))[1]
    assert mixed.sentences == read_alert(graph, said)[1].sentences
