"""Windows and subgraphs: what stays, what is counted anew, and what is known from the whole record."""

import math
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets.errors import ArchivitError
from archivit_widgets.graph.moments import moment
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.sources.market import simulate
from tests.graph import oracle
from tests.graph.records import TIMES, graph_from, records, same_edges
from tests.ledger import graph_of

MONTH = 30 * 86_400


@settings(max_examples=100)
@given(records(), TIMES, TIMES)
def test_a_window_agrees_with_the_definitions(record, start, end):
    graph = graph_from(record)
    start, end = sorted((start, end))
    window = graph.between(start, end)
    inside = [i for i, t in enumerate(record[2]) if start <= t < end]
    assert list(window.transfers["time"]) == [record[2][i] for i in inside]
    assert list(window.rows) == [i + 1 for i in inside]
    expected = oracle.edges(*record, MONTH, inside)
    same_edges(window.edges, expected, list(graph.accounts["account"]))
    pd.testing.assert_series_equal(window.accounts["account"], graph.accounts["account"])
    pd.testing.assert_series_equal(window.tokens["token"], graph.tokens["token"])
    for name, side in (("transfers_out", record[0]), ("transfers_in", record[1])):
        counts = [sum(side[i] == account for i in inside) for account in graph.accounts["account"]]
        assert list(window.accounts[name]) == counts


def test_a_window_of_a_window():
    graph = graph_of(["a", "b", "c"], ["b", "c", "a"], [1, 5, 9], [1.0, 2.0, 3.0], ["x"] * 3)
    window = graph.between(2, None).between(None, 6)
    assert list(window.edges["hold_time"]) == [4]  # its arrival lies outside
    assert list(window.edges["flow"]) == [1]
    assert window.edge_of.tolist() == [0]
    assert len(window) == 1


def test_a_window_is_half_open_and_may_be_empty():
    graph = graph_of(["a", "b"], ["b", "a"], [10, 20])
    assert len(graph.between(10, 20)) == 1
    assert len(graph.between(10, 10)) == 0
    assert len(graph.between()) == 2
    empty = graph.between(11, 20)
    assert len(empty.edges) == 0
    assert empty.accounts["first_time"].isna().all()


@pytest.mark.parametrize(
    "text",
    [
        "2021-04-05",
        "2021-04-05T00:00:00Z",
        "2021-04-05 02:00:00+02:00",
        date(2021, 4, 5),
        datetime(2021, 4, 5),  # without an offset it is UTC
        datetime(2021, 4, 5, tzinfo=UTC),
        pd.Timestamp("2021-04-05"),
        pd.Timestamp("2021-04-04T20:00:00", tz="America/New_York"),
        np.datetime64("2021-04-05"),
        np.datetime64("2021-04-05", "ns"),
        1617580800,
        1617580799.5,
        np.int64(1617580800),
        "1617580800",
        "1617580800000",
        "1617580799000001",
        "20210405",
    ],
)
def test_a_moment_in_any_form(text):
    assert moment(text) == 1_617_580_800


def test_a_moment_long_ago():
    assert moment("1008") == moment("1008-01-01") == -30_357_849_600
    assert moment("-0500-01-01") < moment("0001-01-01")
    assert moment("1720-05") == moment(np.datetime64("1720-05-01"))


@pytest.mark.parametrize(
    "bad",
    [
        "yesterday",
        "05/04/2021",
        "",
        None,
        [],
        math.nan,
        math.inf,
        True,
        pd.NaT,
        "NaT",
        *["1" * n for n in (5, 6, 7, 9, 11, 12, 14, 15, 17, 30)],
    ],
)
def test_what_is_no_moment_is_refused(bad):
    with pytest.raises(ArchivitError, match="a moment must be"):
        moment(bad)


@settings(max_examples=60)
@given(records(), st.sets(st.sampled_from("abcd")), st.one_of(st.none(), st.sets(st.sampled_from("xyz"))))
def test_a_subgraph_keeps_what_lies_inside(record, accounts, tokens):
    graph = graph_from(record)
    accounts = accounts & set(graph.accounts["account"])
    tokens = None if tokens is None else tokens & set(graph.tokens["token"])
    inside = [
        i
        for i, (s, t, _, _, k) in enumerate(zip(*record, strict=True))
        if s in accounts and t in accounts and (tokens is None or k in tokens)
    ]
    cut = graph.subgraph(accounts=accounts, tokens=tokens)
    assert list(cut.transfers["time"]) == [record[2][i] for i in inside]
    same_edges(cut.edges, oracle.edges(*record, MONTH, inside), list(graph.accounts["account"]))
    assert set(cut.accounts["account"]) == accounts
    assert list(graph.accounts["account"].iloc[cut.accounts["parent"]]) == list(cut.accounts["account"])
    assert list(graph.tokens["token"].iloc[cut.tokens["parent"]]) == list(cut.tokens["token"])
    codes = cut.transfers["source"].cat.codes
    assert list(cut.accounts["account"].iloc[codes]) == list(cut.transfers["source"])


def test_a_subgraph_of_tokens_alone_keeps_mints_and_who_appears():
    graph = graph_of([None, "a", "c"], ["a", "b", "d"], [1, 2, 3], token=["x", "x", "y"])
    cut = graph.subgraph(tokens=["x"])
    assert list(cut.accounts["account"]) == ["a", "b"]
    assert list(cut.accounts["parent"]) == [0, 1]
    assert list(cut.transfers["kind"]) == ["mint", "sale"]
    assert cut.between(2, 3).accounts["parent"].tolist() == [0, 1]


def test_accounts_are_chosen_by_name_by_row_or_by_mask():
    graph = graph_of(["a", "b", "c"], ["b", "c", "a"], [1, 2, 3])
    for choice in (
        ["a", "b"],
        [1, 0],
        np.array([True, True, False]),
        pd.Series(["b", "a"]),
        graph.accounts["account"][:2],
    ):
        assert list(graph.subgraph(choice).edges["target"]) == ["b"]


@pytest.mark.parametrize("names", [(7, 8, 1), ("7", "8", "1")])
def test_where_names_are_numbers_numbers_are_names(names):
    a, b, c = names
    graph = graph_of([a, b, c], [b, a, b], [1, 2, 3], token=[a, a, b])
    assert list(graph.subgraph([7, 8]).accounts["account"]) == [a, b]
    assert list(graph.subgraph(tokens=8).edges["source"]) == [c]
    assert list(graph.subgraph([True, False, True]).accounts["account"]) == [a, c]
    with pytest.raises(ArchivitError, match="no account is called '0'"):
        graph.subgraph([0])


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (["nobody"], "no account is called 'nobody'"),
        ([5], "row 5 is outside 0..1"),
        ([{1}], "accounts must be names, or rows as whole numbers; found a set"),
        ([1.0], "accounts must be names, or rows as whole numbers; found 1.0"),
        ({1: 2}, "accounts must be a list of names or rows, or a mask; found a dict"),
        ([[0], [0, 1]], "accounts must be a list of names or rows, or a mask; found lists of unequal lengths"),
        ([[0, 1], [0, 1]], "accounts must be a list of names or rows, or a mask; found 2 dimensions"),
        ([True], "the mask has 1 value, but the graph has 2 accounts"),
    ],
)
def test_a_choice_that_is_not_there_is_said(choice, message):
    with pytest.raises(ArchivitError, match=message):
        graph_of(["a"], ["b"], [1]).subgraph(choice)


def test_truth_follows_its_rows():
    market = TransferGraph(simulate(3_000, 1, wash=0.2))
    middle = int(market.transfers["time"].iloc[1_500])
    later = market.between(middle, None)
    names = market.transfers["source"].iloc[market.truth["transfer"]]
    expected = [
        name
        for name, t in zip(names, market.transfers["time"].iloc[market.truth["transfer"]], strict=True)
        if t >= middle
    ]
    assert list(later.transfers["source"].iloc[later.truth["transfer"]]) == expected
    ring = later.subgraph(accounts=later.transfers["source"].iloc[later.truth["transfer"]].unique())
    assert 0 < len(ring.truth) <= len(later.truth)
    assert set(ring.transfers["kind"].iloc[ring.truth["transfer"]]) == {"sale"}


def test_a_mask_may_say_of_some_that_it_does_not_know():
    record = (["a", "a", "b"], ["b", "c", "c"], [0, 1, 2], [1.0, 1.0, 1.0], [None] * 3)
    window = graph_from(record).between(1, 2)
    early = window.accounts["first_time"] < 2
    assert early.isna().any()
    assert window.subgraph(accounts=early).accounts["account"].tolist() == ["a", "c"]


MASKS = {
    "plain": lambda mask: mask,
    "of truth and NA": lambda mask: mask.astype("boolean").mask(~mask),
    "of objects": lambda mask: mask.astype(object).mask(~mask, None),
}


@pytest.mark.parametrize("form", MASKS.values(), ids=MASKS)
def test_a_mask_in_another_order_is_read_by_its_index(form):
    graph = graph_of(["a", "b", "c", "c"], ["b", "c", "a", "d"], [1, 2, 3, 4], token=["x", "x", "y", "z"])
    accounts = graph.accounts.sort_values("account", ascending=False)
    cut = graph.subgraph(accounts=form(accounts["account"].isin(["a", "b"])))
    assert list(cut.accounts["account"]) == ["a", "b"]
    tokens = graph.tokens.sort_values("token", ascending=False)
    assert list(graph.subgraph(tokens=form(tokens["token"] == "z")).edges["target"]) == ["d"]


def test_a_mask_of_other_rows_is_refused():
    graph = graph_of(["a", "b"], ["b", "c"], [1, 2])
    mask = graph.accounts.set_index("account")["transfers_out"] > 0
    with pytest.raises(ArchivitError, match=r"index of the mask is not that of graph\.accounts, 0 to 2, but .* 'a'"):
        graph.subgraph(accounts=mask)
    assert list(graph.subgraph(accounts=mask.to_numpy()).accounts["account"]) == ["a", "b"]


def test_hexadecimal_names_are_found_without_regard_to_case():
    graph = graph_of(["0xAb01", "0xcd", "Ann"], ["0xcd", "Ann", "0xAb01"], [1, 2, 3], token=["0xF", "7", "7"])
    assert list(graph.subgraph(accounts=["0xaB01", "0XCD"]).accounts["account"]) == ["0xAb01", "0xcd"]
    assert len(graph.subgraph(tokens="0xf")) == 1
    for wrong in ("ann", "0xAb0", "0xAbel"):
        with pytest.raises(ArchivitError, match=f"no account is called '{wrong}'"):
            graph.subgraph(accounts=["0xcd", wrong])


def test_a_table_of_accounts_or_tokens_says_by_its_names_what_stays():
    graph = graph_of(["a", "b", "c"], ["b", "c", "a"], [1, 2, 3], token=["x", "y", "z"])
    later = graph.subgraph(accounts=["b", "c"])
    assert list(graph.subgraph(accounts=later.accounts).edges["source"]) == ["b"]
    assert list(graph.subgraph(tokens=graph.tokens.iloc[[2]].reset_index()).edges["source"]) == ["c"]
    with pytest.raises(ArchivitError, match="a table must have a column account; found source, target"):
        graph.subgraph(accounts=graph.edges)


@pytest.mark.parametrize("form", [set, frozenset, iter, tuple, dict.fromkeys, pd.Index])
def test_a_choice_may_come_in_any_collection(form):
    graph = graph_of(["a", "b"], ["b", "c"], [1, 2])
    for choice in (["b", "c"], [1, 2]):
        given = form(choice).keys() if form == dict.fromkeys else form(choice)
        assert list(graph.subgraph(given).edges["source"]) == ["b"]


@pytest.mark.parametrize("moment", [10**30, -(10**30), 1e300])
def test_seconds_of_which_there_is_no_date_are_no_moment(moment):
    with pytest.raises(ArchivitError, match="a moment must be ISO text, a Timestamp or int seconds; got"):
        graph_of(["a"], ["b"], [1]).between(moment)
