"""Edge metrics agree with the slow way, on any record."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets.errors import ArchivitError
from archivit_widgets.graph import flow
from tests.graph import oracle
from tests.graph.records import graph_from, records, same_edges
from tests.ledger import graph_of

DAY = 86_400


@settings(max_examples=100)
@given(records(), st.floats(1, 1e9))
def test_every_column_agrees_with_the_definitions(record, half_life):
    graph = graph_from(record)
    expected = oracle.edges(*record, half_life)
    same_edges(flow.measure(graph, half_life), expected, list(graph.accounts["account"]))


def test_columns_are_exactly_these():
    names = "source target transaction_count volume avg_value first_time last_time recency hold_time flow pressure"
    for graph in (graph_of([], [], []), graph_of(["a"], ["b"], [5], [2.0])):
        assert list(graph.edges.columns) == names.split()
        assert list(flow.measure(graph).dtypes) == list(graph.edges.dtypes)


def test_one_transfer():
    row = graph_of(["a"], ["b"], [-30_000_000_000], [2.0], ["x"]).edges.iloc[0]
    assert (row.recency, row.flow, row.pressure, row.volume, row.avg_value) == (1, 1, 1, 2, 2)
    assert math.isnan(row.hold_time)


def test_unknown_values_have_no_average_and_no_flow():
    edges = graph_of(["a", "a", "b"], ["b", "b", "c"], [1, 2, 3]).edges
    assert list(edges["volume"]) == [0, 0]
    assert edges["avg_value"].isna().all()
    assert list(edges["flow"]) == [0, 0]


def test_an_unknown_buyer_ends_the_chain_until_the_token_appears_again():
    graph = graph_of(
        ["a", "b", "c", "b", "c"], ["b", None, "b", "c", "d"], [0, 10, 20, 50, 90], token=["x"] * 5, value=[1.0] * 5
    )
    hold = graph.edges.set_index(["source", "target"])["hold_time"]
    assert math.isnan(hold["a", "b"])
    assert math.isnan(hold["c", "b"])  # c sells what an unknown buyer had
    assert hold["b", "c"] == 30  # from its arrival at 20, not from that at 0
    assert hold["c", "d"] == 40


def test_a_gap_in_the_record_does_not_hide_an_earlier_arrival():
    graph = graph_of(["a", "c", "b"], ["b", "d", "e"], [0, 10, 30], token=["x"] * 3)
    assert graph.edges.set_index(["source", "target"])["hold_time"]["b", "e"] == 30


def test_two_centuries_and_more_do_not_overflow():
    edges = graph_of(["a", "b"], ["b", "c"], [-(2**62), 2**62], [1.0, 1.0]).edges
    assert list(edges["recency"]) == [0, 1]


@pytest.mark.parametrize(
    "half_life",
    ["30D", pd.Timedelta(days=30), 30 * DAY, np.timedelta64(30, "D"), np.float32(30 * DAY), "720h", "2592000s"],
)
def test_a_half_life_is_a_time_in_any_form(half_life):
    graph = graph_of(["a", "b"], ["b", "c"], [0, 30 * DAY])
    assert flow.measure(graph, half_life)["recency"].tolist() == [0.5, 1]


@pytest.mark.parametrize("half_life", ["thirty days", "", "NaT", 0, -5, "-3D", math.nan, math.inf, None, pd.NaT, []])
def test_a_half_life_that_is_none_is_refused(half_life):
    with pytest.raises(ArchivitError, match="half_life must be"):
        flow.measure(graph_of(["a"], ["b"], [0]), half_life)


@pytest.mark.parametrize("half_life", ["30", " 30 ", "2592000", "30.5", "1e3"])
def test_a_half_life_as_text_must_say_its_unit(half_life):
    number = half_life.strip()
    told = rf"half_life must say its unit: '{number}' .* '{number}D' for days, '{number}s' or the number {number} for"
    with pytest.raises(ArchivitError, match=told):
        flow.measure(graph_of(["a"], ["b"], [0]), half_life)


def test_the_same_record_measures_the_same_every_time():
    rng = np.random.default_rng(3)
    names = np.array(list("abcdefgh"))
    columns = names[rng.integers(8, size=(2, 500))], np.sort(rng.integers(99, size=500)), rng.lognormal(size=500)
    first, second = (graph_of(*columns[0], *columns[1:], list("xy" * 250)).edges for _ in "12")
    pd.testing.assert_frame_equal(first, second, check_exact=True)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ["1d", "1D", "24h", "24H"])
def test_a_unit_may_be_small_or_large_without_a_warning(text):
    assert flow.seconds(text) == 86_400
