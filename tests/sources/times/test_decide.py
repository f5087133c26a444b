"""Times in all the ways files write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.sources.report import Reason

from .columns import read_times, seconds


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2017-06-23 21:05:06 UTC", "2017-06-23T21:05:06Z"], ["2017-06-23T21:05:06"] * 2),
        (["2017-06-23T23:05:06+02:00", "2017-06-23 21:05:06.999"], ["2017-06-23T21:05:06"] * 2),
        (["2017-06-23", "2017-6-3", "2017/06/23"], ["2017-06-23", "2017-06-03", "2017-06-23"]),
        (["2017-06", "2018-12"], ["2017-06-01", "2018-12-01"]),
        (["1503-02-03", "0988-01-01", "1677-09-20 01:02:03"], ["1503-02-03", "0988-01-01", "1677-09-20T01:02:03"]),
        (["25/12/2019", "01/02/2020"], ["2019-12-25", "2020-02-01"]),
        (["25.12.1719", "1.2.1720"], ["1719-12-25", "1720-02-01"]),
        (["12/25/2019", "01/02/2020"], ["2019-12-25", "2020-01-02"]),
        (["25/12/2019 13:14", "01/02/2020 00:00:59"], ["2019-12-25T13:14", "2020-02-01T00:00:59"]),
        (["23 June 1817", "June 3, 1817", "3 Jun 1817", "Mar. 12, 1880", "5-Apr-1911"],
         ["1817-06-23", "1817-06-03", "1817-06-03", "1880-03-12", "1911-04-05"]),
        (["Fri, 23 Jun 2017 21:05:06 GMT", "Jun-23-2017 09:05:06 PM"], ["2017-06-23T21:05:06"] * 2),
        (["20170623T210506Z", "2017-06-23 21:05:06 +0000 UTC"], ["2017-06-23T21:05:06"] * 2),
        (["2017-06-23 21:05:06.123456789 +0000 UTC", "1503-06-23 21:05:06.5 +0000 UTC"],
         ["2017-06-23T21:05:06", "1503-06-23T21:05:06"]),
        ([1498251906, 1617628835], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([1498251906999, 1617628835000], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([1498251906999999, 1617628835000000], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([1498251906999999999, 1617628835000000000], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([1498251906.75, 1617628835.0], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([20170623210506, 20210405132035], ["2017-06-23T21:05:06", "2021-04-05T13:20:35"]),
        ([201706232105, 202104051320], ["2017-06-23T21:05", "2021-04-05T13:20"]),
        ([20170623, 18991231, 15030203], ["2017-06-23", "1899-12-31", "1503-02-03"]),
        ([1720, 1503, 1917], ["1720-01-01", "1503-01-01", "1917-01-01"]),
        (["1720", "1503", "1917"], ["1720-01-01", "1503-01-01", "1917-01-01"]),
        ([43831.5, 44000.0, 43831.25], ["2020-01-01T12:00", "2020-06-18", "2020-01-01T06:00"]),
        ([0, 1, 199], ["1970-01-01T00:00:00", "1970-01-01T00:00:01", "1970-01-01T00:03:19"]),
    ],
)  # fmt: skip
def test_forms(times: list[object], expected: list[str], tmp_path: Path) -> None:
    assert read_times(times, tmp_path) == seconds(*expected)


def test_typed_columns() -> None:
    for times in (
        pd.to_datetime(["1899-12-31 23:59:59.5", "2020-01-01 00:00:00.5"]),
        np.array(["1899-12-31T23:59:59", "2020-01-01"], dtype="datetime64[s]"),
        pd.to_datetime(["1899-12-31 23:59:59.5", "2020-01-01 00:00:00.5"]).tz_localize("UTC").tz_convert("Asia/Tokyo"),
        [datetime.datetime(1899, 12, 31, 23, 59, 59), datetime.datetime(2020, 1, 1)],
    ):
        frame = pd.DataFrame({"from": "a", "to": "b", "time": times})
        assert read_transfers(frame).transfers["time"].tolist() == seconds("1899-12-31T23:59:59", "2020-01-01")
    frame = pd.DataFrame({"from": "a", "to": "b", "time": [datetime.date(1503, 2, 3), datetime.date(9999, 12, 31)]})
    assert read_transfers(frame).transfers["time"].tolist() == seconds("1503-02-03", "9999-12-31")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_moments_of_arrow_in_every_unit(unit: str, zone: str | None, tmp_path: Path) -> None:
    times = pa.array([1_577_836_800, None], pa.int64()).cast(pa.timestamp("s", zone)).cast(pa.timestamp(unit, zone))
    table = pa.table({"from": ["a", "b"], "to": ["b", "c"], "time": times})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    for source in (table, tmp_path / "a.parquet"):
        graph = read_transfers(source)
        assert graph.transfers["time"].tolist() == [1_577_836_800]
        assert graph.report.reasons["missing_time"].rows == (2,)


def test_ambiguous_days_are_asked_for(tmp_path: Path) -> None:
    times: list[object] = ["03/04/1880", "01/12/1880", "02/05/1880"]
    with pytest.raises(ArchivitError, match=r"day_first=True or day_first=False") as caught:
        read_times(times, tmp_path)
    assert "\n" not in str(caught.value)
    assert read_times(times, tmp_path, day_first=True) == seconds("1880-04-03", "1880-12-01", "1880-05-02")
    assert read_times(times, tmp_path, day_first=False) == seconds("1880-03-04", "1880-01-12", "1880-02-05")


def test_where_points_stand_between_the_day_is_first(tmp_path: Path) -> None:
    times: list[object] = ["03.04.1880", "01.12.1880", "02.05.1880"]
    assert read_times(times, tmp_path) == seconds("1880-04-03", "1880-12-01", "1880-05-02")
    assert read_times(times, tmp_path, day_first=False) == seconds("1880-03-04", "1880-01-12", "1880-02-05")
    american = [*times, "03.14.1880"]  # what can only be a month and a day tells more
    assert read_times(american, tmp_path) == seconds("1880-03-04", "1880-01-12", "1880-02-05", "1880-03-14")
    with pytest.raises(ArchivitError, match="5 dates can be day/month or month/day"):
        read_times([*times, "06/05/1881", "01/02/1880"], tmp_path)


def test_the_order_of_the_rows_tells_days_from_months(tmp_path: Path) -> None:
    assert read_times(["03/04/1880", "01/05/1880", "02/06/1880"], tmp_path) == seconds(
        "1880-04-03", "1880-05-01", "1880-06-02"
    )


def test_unparsable_times_are_dropped_and_named(tmp_path: Path) -> None:
    times = ["2020-01-01", "soon", "2020-02-30", "", "17-06-23", "2020-01-02"]
    frame = pd.DataFrame({"from": "a", "to": "b", "time": times})
    frame.to_csv(tmp_path / "times.csv", index=False)
    for source in (frame, tmp_path / "times.csv"):
        report = read_transfers(source).report
        assert (report.read, report.kept) == (6, 2)
        reason = report.reasons["unparsable_time"]
        assert (reason.count, reason.dropped, reason.rows) == (3, 3, (2, 3, 5))
        assert report.reasons["missing_time"].rows == (4,)


def test_no_time_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        ArchivitError, match=r"column 'time': no time could be read in 'soon1', '2 late'; expected dates"
    ):
        read_times(["soon1", "2 late"], tmp_path)
    with pytest.raises(ArchivitError, match=r"no time could be read in '32.12.1880'; expected dates"):
        read_times(["32.12.1880", "31.13.1880"], tmp_path)


def test_times_that_cannot_be_read_are_shown(tmp_path: Path) -> None:
    """One of each kind, however many there are, so that the reason is plain."""
    odd = ["19th century", "18th century", "17th century", "12-14 March 1880", "14 mars 1880", "late 1500s", "soon"]
    frame = pd.DataFrame({"from": "a", "to": "b", "date": ["1881-05-01"] * 3_000 + odd})
    frame.to_csv(tmp_path / "a.csv", index=False)
    for source in (frame, tmp_path / "a.csv"):
        reason = read_transfers(source).report.reasons["unparsable_time"]
        assert reason.text == (
            "a time that cannot be read, such as '19th century', '12-14 March 1880', '14 mars 1880'; expected a day, a "
            "month or a year in English or in numbers, or unix time"
        )
        assert reason.count == 7


def test_numbers_that_are_no_times_are_shown() -> None:
    years = [*range(1780, 1900), 18881]
    reason = read_transfers(pd.DataFrame({"from": "a", "to": "b", "year": years})).report.reasons["unparsable_time"]
    assert reason.text.startswith("a time that cannot be read, such as '18881'; expected")


@pytest.mark.parametrize("zone", ["CET", "EET", "IST", "PST"])
def test_what_to_do_about_names_of_zones_is_said(zone: str) -> None:
    times = ["2021-01-01 10:00 UTC", f"2021-01-01 10:00 {zone}", f"2021-01-02 11:00:05 {zone}"]
    reason = read_transfers(pd.DataFrame({"from": "a", "to": "b", "date": times})).report.reasons["unparsable_time"]
    assert reason.rows == (2, 3)
    assert reason.text.endswith(
        f"; {zone} is no certain zone of time: write how far it is from UTC instead, such as +01:00"
    )


@pytest.mark.parametrize("odd", ["0", "1", "9999", "c. 1700"])
def test_one_odd_year_in_a_short_ledger_makes_no_seconds_of_the_others(odd: str) -> None:
    years = ["1720", "1800", "1812", "1900", odd]
    graph = read_transfers(pd.DataFrame({"from": list("abcde"), "to": list("bcdef"), "date": years}))
    assert {1720, 1800, 1812, 1900} <= {int(str(np.datetime64(int(t), "s"))[:4]) for t in graph.transfers["time"]}


def test_years_beside_dates_in_words_are_years_whatever_the_column_is_called() -> None:
    table = pd.DataFrame({"from": list("abc"), "to": list("bcd"), "time": ["1900", "c. 1800", "1312"]})
    years = [str(np.datetime64(int(t), "s"))[:4] for t in read_transfers(table).transfers["time"]]
    assert years == ["1312", "1800", "1900"]


def test_days_that_are_counted_are_no_years() -> None:
    table = pd.DataFrame({"from": "a", "to": "b", "day": range(1, 2300)})
    assert read_transfers(table).transfers["time"].tolist() == list(range(1, 2300))


@pytest.mark.parametrize(
    ("days", "far"),
    [
        (["1880-01-01", "1881-01-01", "1883-01-01"], 0),
        (["2017-01-01", "2019-06-01", "2019-07-01"], 0),
        (["1720-01-01", "1880-06-01", "1881-01-01", "1883-01-01"], 1),
    ],
)
def test_of_a_handful_of_dates_one_is_far_only_beyond_a_century(days: list[str], far: int) -> None:
    report = read_transfers(pd.DataFrame({"from": "a", "to": "b", "date": days})).report
    assert report.reasons.get("suspicious_date", Reason("", 0, 0, ())).count == far


def test_a_year_that_breaks_the_range_is_suspicious() -> None:
    years = [*range(1780, 1900), 18881, 1008]
    report = read_transfers(pd.DataFrame({"from": "a", "to": "b", "year": years})).report
    assert report.reasons["suspicious_date"].rows == (122,)
    assert report.reasons["unparsable_time"].rows == (121,)
    calm = read_transfers(pd.DataFrame({"from": "a", "to": "b", "year": years[:-2]})).report
    assert "suspicious_date" not in calm.reasons


def test_days_that_read_alike_both_ways_are_read_where_the_others_are_not(tmp_path: Path) -> None:
    times: list[object] = ["2020-01-02"] * 298 + ["03/03/1880", "05/05/1880", "03/04/1880", "01/12/1880"]
    frame = pd.DataFrame({"from": "a", "to": "b", "time": times})
    graph = read_transfers(frame)
    assert graph.report.reasons["unparsable_time"].rows == (301, 302)
    assert graph.transfers["time"].tolist()[:2] == seconds("1880-03-03", "1880-05-05")
    assert "were not read (2)" in str(graph.report)
    alike = [*["2020-01-02"] * 8, "03/04/1880", "01/12/1880"]
    with pytest.raises(ArchivitError, match="2 dates can be day/month or month/day"):
        read_transfers(pd.DataFrame({"from": "a", "to": "b", "time": [*alike, "05/05/1880"]}))
