"""Single texts of a moment, as ledgers and museums write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import read_transfers

from .columns import read_times, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Jan. 1881", "1881-01-12"),
        ("13 Sept. 1882", "1882-09-13"),
        ("13 Sept 1882", "1882-09-13"),
        ("13 SEPT. 1882", "1882-09-13"),
        ("13 September 1882", "1882-09-13"),
        ("Sept. 13, 1882", "1882-09-13"),
        ("sept 13 1882", "1882-09-13"),
        ("Jan. 1881", "1881-01-01"),
        ("Sept 1882", "1882-09-01"),
        ("January 12, 1881", "1881-01-12"),
        ("12th January 1881", "1881-01-12"),
        ("12th Jan. 1881", "1881-01-12"),
        ("Jan. 12th, 1881", "1881-01-12"),
        ("1 May. 1881", "1881-05-01"),
        ("13-Sept-1882", "1882-09-13"),
        ("5. November 2021", "2021-11-05"),
        ("5. Nov. 2021", "2021-11-05"),
        ("05. November 2021 13:14", "2021-11-05T13:14"),
        ("1/1882", "1882-01-01"),
        ("12/1882", "1882-12-01"),
        ("03-1882", "1882-03-01"),
    ],
)
def test_months_may_be_shortened_and_have_a_dot(text: str, expected: str, tmp_path: Path) -> None:
    assert read_times([text], tmp_path) == seconds(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01 11:00 PM", "2020-01-01T23:00"),
        ("2020-01-01 11:00PM", "2020-01-01T23:00"),
        ("2020-1-1 1:02:03 am", "2020-01-01T01:02:03"),
        ("2020/01/01 11:00:05 p.m.", "2020-01-01T23:00:05"),
        ("2020-01-01 11 p.m.", "2020-01-01T23:00"),
        ("2020-01-01 12:00 AM", "2020-01-01T00:00"),
        ("2020-01-01 12:30 a. m.", "2020-01-01T00:30"),
        ("2020-01-01 12:00 PM", "2020-01-01T12:00"),
        ("13/02/2020 11:00 PM", "2020-02-13T23:00"),
        ("02/13/2020 12:00:05 a.m.", "2020-02-13T00:00:05"),
        ("13.02.2020 11:00pm", "2020-02-13T23:00"),
        ("Jan. 12, 1881 3:04 p.m.", "1881-01-12T15:04"),
        ("Nov-05-2021 01:24:10 PM +UTC", "2021-11-05T13:24:10"),
    ],
)
def test_hours_may_be_counted_to_twelve_twice(text: str, expected: str, tmp_path: Path) -> None:
    assert read_times([text], tmp_path) == seconds(expected)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("", "12:00"), ("Z", "12:00"), (" UTC", "12:00"), (" GMT", "12:00"), (" EST", "17:00"), (" JST", "03:00"),
     ("+05:30", "06:30"), (" gmt", "12:00"),
     ("-05", "17:00"), (" Europe/London", "11:00"), (" America/New_York", "16:00"),
     (" Asia/Tokyo", "03:00")],
)  # fmt: skip
def test_zones_of_time_that_have_one_meaning_are_read(zone: str, expected: str, tmp_path: Path) -> None:
    assert read_times([f"2020-07-01 12:00:00{zone}"], tmp_path) == seconds(f"2020-07-01T{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1882-", "1882-01-01"),
        ("1882 –", "1882-01-01"),
        ("1882-00-00", "1882-01-01"),
        ("1882/00/00", "1882-01-01"),
        ("1882-05-00", "1882-05-01"),
        ("0988-05-00", "0988-05-01"),
        ("1882-00", "1882-01-01"),
        ("1882-05-00 00:00:00", "1882-05-01"),
    ],
)
def test_what_is_not_known_of_a_date_is_its_first_second_and_counted(text: str, expected: str) -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "date": ["0870-02-03", text, "1899-12-31"]})
    graph = read_transfers(table)
    assert graph.transfers["time"].tolist() == seconds("0870-02-03", expected, "1899-12-31")
    assert graph.report.reasons["approximate_time"].rows == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "0000-00-00",
        "1882-13-00",
        "1882-00-12",
        "2020-01-01 13:00 PM",
        "2020-01-01 00:30 AM",
        "13 Sex. 1882",
        "19th century",
        "before 1850",
        "Spring 1900",
        "12 Jan 81",
        "1881-W02-3",
        "12/01-1881",
        "2020-07-01 12:00:00 BST",  # of Britain or of Bangladesh
        "2020-07-01 12:00:00 CST",  # of America or of China
        "2020-07-01 12:00:00 PST",  # winter's, in summer
        "2020-07-01 12:00 AST",
    ],
)
def test_what_cannot_be_read_is_dropped_and_counted(text: str) -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "date": ["1870-02-03", text, "1899-12-31"]})
    report = read_transfers(table).report
    assert (report.read, report.kept) == (3, 2)
    assert report.reasons["unparsable_time"].rows == (2,)


@pytest.mark.parametrize("text", ["13/1882", "0/1882", "1.1882", "1/18820"])
def test_what_names_no_month_and_no_year_is_not_read(text: str) -> None:
    frame = pd.DataFrame({"from": "a", "to": "b", "date": ["1881-05-01", text]})
    assert read_transfers(frame).report.reasons["unparsable_time"].rows == (2,)
