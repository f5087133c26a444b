"""Numbers in a column of times."""

from __future__ import annotations

import pandas as pd
import pytest

from archivit_widgets import read_transfers

from .columns import seconds


@pytest.mark.parametrize("number", ["0", "1", "44", "-44", "01.1881", "3.5", "999999"])
def test_a_number_beside_dates_is_no_second_of_1970(number: str) -> None:
    dates = ["1880-01-14", "1881-02-17", "1883-03-20", number]
    report = read_transfers(pd.DataFrame({"from": list("abcd"), "to": list("bcde"), "time": dates})).report
    assert (report.read, report.kept) == (4, 3)
    assert report.reasons["unparsable_time"].rows == (4,)
    assert not any("numbers are read as" in note for note in report.notes)


def test_a_year_and_unix_time_beside_dates_are_read() -> None:
    for number, moment in (("1882", "1882-01-01"), ("1498251906", "2017-06-23T21:05:06"), ("18820301", "1882-03-01")):
        table = pd.DataFrame({"from": list("ab"), "to": list("bc"), "time": ["1880-01-14", number]})
        assert read_transfers(table).transfers["time"].tolist() == seconds("1880-01-14", moment)


def test_days_that_do_not_exist_make_no_seconds_of_those_that_do() -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "date": ["20200101", "20201301", "20200203"]})
    graph = read_transfers(table)
    assert graph.transfers["time"].tolist() == seconds("2020-01-01", "2020-02-03")
    assert graph.report.reasons["unparsable_time"].rows == (2,)


def test_numbers_of_blocks_are_no_days() -> None:
    table = pd.DataFrame({"from": "a", "to": "b", "time": range(14_000_000, 14_001_000)})
    assert read_transfers(table).transfers["time"].tolist() == list(range(14_000_000, 14_001_000))


def test_steps_that_stand_alone_are_seconds() -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "time": [0.5, 1.5, 44.0]})
    assert read_transfers(table).transfers["time"].tolist() == [0, 1, 44]


def test_one_date_among_steps_makes_no_dates_of_them() -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "time": ["1", "2", "2020-01-01"]})
    assert read_transfers(table).transfers["time"].tolist() == [1, 2, *seconds("2020-01-01")]


@pytest.mark.parametrize("name", ["date", "sale_date", "year"])
def test_fractions_in_a_column_of_dates_are_no_seconds(name: str) -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), name: ["01.1881", "12.1881", "03.1882"]})
    report = read_transfers(table, time=name).report
    assert (report.kept, report.reasons["unparsable_time"].rows) == (0, (1, 2, 3))


@pytest.mark.parametrize("name", ["year", "Sale year", "Jahr"])
def test_a_column_of_years_may_reach_far_back(name: str) -> None:
    frame = pd.DataFrame({"from": list("abcd"), "to": list("bcde"), name: [-44, 120, 800, 1500]})
    graph = read_transfers(frame, time=name)
    years = graph.transfers["time"].to_numpy().astype("datetime64[s]").astype("datetime64[Y]").astype(int) + 1970
    assert years.tolist() == [-44, 120, 800, 1500]
    steps = read_transfers(frame.rename(columns={name: "step"}))
    assert steps.transfers["time"].tolist() == [-44, 120, 800, 1500]
