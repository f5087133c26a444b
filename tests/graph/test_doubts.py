"""Dates that the report doubts stay in the record, and rule neither the timeline, the legend nor the summary."""

import pandas as pd
import pytest

from archivit_widgets import Arteries, read_transfers
from archivit_widgets.graph.doubts import sure
from archivit_widgets.graph.moments import moment
from archivit_widgets.graph.timeline import timeline

YEARS = [1909, 1911, 188, 1913, 1916, 1918, 1928, 1930, 1931, 2937, 1937, 1938]
OTHERS = sorted(set(YEARS) - {188, 2937})


def ledger(years=YEARS):
    n = len(years)
    names = [f"dealer {k}" for k in range(n + 1)]
    columns = {
        "source": names[:-1],
        "target": names[1:],
        "token": [str(k) for k in range(n)],
        "time": [f"{year:04}-01-01" for year in years],
    }
    return read_transfers(pd.DataFrame({**columns, "value": range(100, 100 + n)}))


@pytest.fixture
def graph():
    graph = ledger()
    assert graph.report.reasons["suspicious_date"].rows == (3, 10)
    return graph


def test_transfers_are_told_from_those_that_the_report_doubts(graph):
    some = sure(graph)
    assert (some.first, some.stop, some.doubted) == (1, 11, 2)
    assert some.span(graph) == (moment("1909"), moment("1938"))


def test_where_no_date_is_doubted_all_count():
    graph = ledger(OTHERS)
    assert sure(graph).span(graph) == (moment("1909"), moment("1938"))
    assert (sure(graph).stop, sure(graph).doubted) == (len(OTHERS), 0)


def test_a_window_of_doubted_dates_alone_is_shown_as_it_is(graph):
    window = graph.between(None, "1000")
    assert len(window) == 1
    assert sure(window).span(window) == (moment("0188"), moment("0188"))
    part = graph.between("1900", None)
    assert (sure(part).first, sure(part).doubted) == (0, 1)


def test_a_timeline_has_bins_for_the_others_and_counts_all(graph):
    made = timeline(graph)
    assert (made.before, made.after) == (1, 1)
    assert made.counts.sum() == len(YEARS)
    assert moment("1900") <= made.edges[0] < made.edges[-1] < moment("1950")
    assert (made.start, made.end) == (moment("0188"), moment("2937") + 1)


def test_the_legend_says_where_its_scale_is_open_and_begins_with_a_date_that_nobody_doubts(graph):
    w = Arteries(graph)
    pulse = w._legend[1]
    assert [pulse["ticks"][end][1] for end in (0, -1)] == ["1909-01-01", "1938-01-01"]
    assert pulse["note"] == "by last transfer, open at both ends"
    (first,) = graph.edges.index[graph.edges["last_time"] == graph.edges["last_time"].min()]
    (last,) = graph.edges.index[graph.edges["last_time"] == graph.edges["last_time"].max()]
    assert (w._stream.wanted[first, 1], w._stream.wanted[last, 1]) == (0, 255)


def test_the_summary_names_the_years_of_the_others_and_how_many_lie_far_off(graph):
    assert "12 arteries, 1909 to 1938 and 2 dates far off;" in Arteries(graph)._summary
    assert "1909 to 1938;" in Arteries(ledger(OTHERS))._summary
