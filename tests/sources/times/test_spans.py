"""1910-11 is two years to a museum, and November to ISO: the column tells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import read_transfers
from archivit_widgets.sources.report import Report

from .columns import read_times, seconds

YEARS = ["1850", "1870", "1899", "1912"]
FULL = ["1850-02-03", "1870-12-31", "1899-05-06", "1912-01-30"]


def reading(texts: list[str], name: str = "date") -> tuple[list[int], Report]:
    """Read a column; give the times in the order of the file, and the report."""
    table = pd.DataFrame({"from": "a", "to": "b", name: texts, "row": range(len(texts))})
    graph = read_transfers(table, time=name)
    by_row = dict(zip(graph.rows.tolist(), graph.transfers["time"].tolist(), strict=True))
    return [by_row[row] for row in sorted(by_row)], graph.report


@pytest.mark.parametrize("beside", [[], YEARS])
@pytest.mark.parametrize(
    "text", ["1882/3", "1882-3", "1903/4", "1882/83", "1882-83", "1889/90", "1850/55", "1882–3", "1882 - 83", "1910–11"]
)
def test_a_year_and_the_end_of_a_later_one_are_a_span(text: str, beside: list[str]) -> None:
    found, report = reading([*beside, text])
    assert found == seconds(*(f"{year}-01-01" for year in [*beside, text[:4]]))
    assert report.reasons["approximate_time"].rows == (len(beside) + 1,)
    assert "unparsable_time" not in report.reasons


@pytest.mark.parametrize("text", ["1910-11", "1910/11", "1903-04", "1999/00", "1899-00"])
def test_among_years_alone_two_digits_are_the_end_of_a_span_too(text: str) -> None:
    found, report = reading([*YEARS, text])
    assert found[-1:] == seconds(f"{text[:4]}-01-01")
    assert report.reasons["approximate_time"].rows == (5,)


def test_the_report_says_how_a_span_that_might_be_a_month_is_read() -> None:
    _, report = reading([*YEARS, "1910-11", "1903-04", "1910-11"])
    assert "date: '1910-11' is read as the years 1910 to 1911, and so are all like it (3 rows)." in report.notes
    _, report = reading([*FULL, "1910-11"])
    told = "date: '1910-11' is read as November 1910, not as the years 1910 to 1911, and so are all like it (1 row)."
    assert told in report.notes
    _, report = reading([*YEARS, "1882/83", "1850/55"])
    assert not any("is read as the years" in note for note in report.notes)  # they can be nothing else


@pytest.mark.parametrize(
    ("texts", "months"),
    [
        (["2020-01", "2020-11", "2020-12"], ["2020-01", "2020-11", "2020-12"]),
        ([f"2005-{month:02}" for month in range(1, 13)], [f"2005-{month:02}" for month in range(1, 13)]),
        ([f"2001-{month:02}" for month in range(1, 13)], [f"2001-{month:02}" for month in range(1, 13)]),
        ([f"1909/{month}" for month in range(1, 13)], [f"1909-{month:02}" for month in range(1, 13)]),
        ([*FULL, "1910-11", "1911-12"], [*FULL, "1910-11", "1911-12"]),
        (["2020-1", "2020-2", "2020-3"], ["2020-01", "2020-02", "2020-03"]),
        (["2020-1", "2020-10", "2020-2"], ["2020-01", "2020-10", "2020-02"]),
        (["1882/05/03", "1910/11", "1910/12/31"], ["1882-05-03", "1910-11", "1910-12-31"]),
        (["1910-11"] * 40, ["1910-11"] * 40),
        (["1910-11", "1910-03"], ["1910-11", "1910-03"]),
        ([*YEARS, "1910-11", "1910-03"], [*(f"{year}-01" for year in YEARS), "1910-11", "1910-03"]),
    ],
)
def test_where_months_are_written_they_stay_months(texts: list[str], months: list[str], tmp_path: Path) -> None:
    assert read_times([*texts], tmp_path) == seconds(*months)


def test_a_column_that_is_called_by_its_months_has_no_spans() -> None:
    texts = ["1909-10", "1910-11", "1911-12"]
    assert reading(texts, "year_month")[0] == seconds(*texts)
    assert reading(texts, "date")[0] == seconds("1909-01", "1910-01", "1911-01")


def test_each_way_of_writing_is_decided_by_itself() -> None:
    texts = ["1882/83", "1910-03", "1910-11", "1903/4", "1905-01"]
    found, report = reading(texts)
    assert found == seconds("1882-01", "1910-03", "1910-11", "1903-01", "1905-01")
    assert report.reasons["approximate_time"].rows == (1, 4)


@pytest.mark.parametrize("text", ["1882-13", "1882/0", "1882–2", "1882-83-84"])
def test_what_is_neither_a_span_nor_a_month_is_dropped(text: str) -> None:
    assert reading([*YEARS, text])[1].reasons["unparsable_time"].rows == (5,)


def test_a_month_among_spans_does_not_make_months_of_them() -> None:
    texts = ["1882-3", "1883-4", "1850-5", "1850-2", "1903-4", "1909-3"]
    assert reading(texts)[0] == seconds("1882-01", "1883-01", "1850-01", "1850-01", "1903-01", "1909-03")


def test_spans_before_1677_and_in_a_column_that_is_called_time(tmp_path: Path) -> None:
    texts: list[object] = ["1312", "1503/4", "0988/89", "1676-77"]
    assert read_times(texts, tmp_path) == seconds("1312-01-01", "1503-01-01", "0988-01-01", "1676-01-01")
