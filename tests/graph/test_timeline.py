"""Histograms in the data's own calendar."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets.graph.moments import moment
from archivit_widgets.graph.timeline import timeline
from tests.ledger import graph_of


def line(times, **options):
    return timeline(graph_of(["a"] * len(times), ["b"] * len(times), sorted(times)), **options)


@settings(max_examples=100)
@given(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=30), st.integers(2, 200))
def test_every_transfer_is_in_its_bin(times, bins):
    made = line(times, bins=bins)
    assert made.start == min(times)
    assert made.end == max(times) + 1
    assert 1 <= len(made.counts) <= bins
    assert (np.diff(made.edges) > 0).all()
    assert made.edges[0] <= made.start < made.edges[1]
    assert made.edges[-2] < made.end <= made.edges[-1]
    assert (made.before, made.after) == (0, 0)
    for low, high, count in zip(made.edges, made.edges[1:], made.counts, strict=False):
        assert count == sum(low <= t < high for t in times)
    assert 1 <= len(made.ticks) <= 9
    assert all(made.edges[0] <= t <= made.edges[-1] for t, _ in made.ticks)


@pytest.mark.parametrize(
    ("start", "end", "first", "ticks"),
    [
        ("1720", "1917", "1720-01-01", ["1750", "1800", "1850", "1900"]),
        ("1008", "1912", "1000-01-01", ["1000", "1200", "1400", "1600", "1800"]),
        ("2017-06-23", "2021-04-05", "2017-06-01", ["2018", "2019", "2020", "2021"]),
        ("2021-03-03", "2021-03-08", "2021-03-03", ["3 Mar 2021", "4 Mar 2021", "5 Mar 2021", "6 Mar 2021"]),
        ("2021-03-03", "2021-03-06", "2021-03-03", ["3 Mar 00:00", "3 Mar 12:00", "4 Mar 00:00"]),
    ],
)
def test_bins_and_ticks_lie_on_the_calendar(start, end, first, ticks):
    made = line([moment(start), moment(end)])
    assert made.edges[0] == moment(first)
    assert [text for _, text in made.ticks][: len(ticks)] == ticks


def test_a_few_seconds():
    made = line([0, 3])
    assert made.edges.tolist() == [0, 1, 2, 3, 4]
    assert made.counts.tolist() == [1, 0, 0, 1]
    assert made.ticks[0] == (0, "00:00:00")


def test_no_transfers():
    assert line([]).counts.tolist() == [0]


def test_a_misread_year_does_not_squeeze_all_others_into_a_few_bins():
    years = [188, *range(1720, 1918), 18_881]
    made = line([moment(f"{year:04}-05-28" if year < 10_000 else f"+{year}-05-28") for year in years])
    assert (made.start, made.end) == (moment("0188-05-28"), moment("+18881-05-28") + 1)
    assert made.counts.sum() == len(years)
    assert (made.before, made.after) == (1, 1)
    assert moment("1700") < made.edges[0] <= moment("1720-05-28")
    assert made.edges[-1] < moment("1940")
    assert (made.counts > 0).mean() > 0.9


def test_a_long_record_with_few_transfers_at_its_ends_is_whole():
    times = [0, *range(1_000, 3_000, 5), 4_000]
    made = line(times)
    assert made.edges[0] == 0
    assert made.edges[-1] >= 4_000
