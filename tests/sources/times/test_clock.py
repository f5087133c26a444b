"""A day and its time of day in two columns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers

DAYS = [dt.datetime(2020, 1, day) for day in (1, 2, 3)]
CLOCKS = [dt.time(9, 30), dt.time(10, 30, 5), dt.time(23, 59, 59)]
MOMENTS = ["2020-01-01T09:30:00", "2020-01-02T10:30:05", "2020-01-03T23:59:59"]


def frame(days: object = DAYS, clocks: object = CLOCKS) -> pd.DataFrame:
    return pd.DataFrame({"Date": days, "Time": clocks, "Seller": list("ABC"), "Buyer": list("BCA"), "Price": 5.0})


def moments(graph: TransferGraph) -> list[str]:
    return graph.transfers["time"].to_numpy().astype("datetime64[s]").astype(str).tolist()


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet", "pandas"])
def test_a_day_and_its_time_of_day_are_one_moment(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"dtm.{ending}"
    if ending == "xlsx":
        frame().to_excel(path, index=False)
    elif ending == "csv":
        frame().to_csv(path, index=False)
    elif ending == "parquet":
        frame(days=[day.date() for day in DAYS]).to_parquet(path)
    graph = read_transfers(frame() if ending == "pandas" else path)
    assert moments(graph) == MOMENTS
    assert graph.report.roles["time"] == "Date + Time"
    assert "The time is Date and the time of day in Time." in graph.report.notes


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10:00", "10:00:00"),
        ("9:05", "09:05:00"),
        ("10:00:07.250", "10:00:07"),
        ("12:01 AM", "00:01:00"),
        ("12:01 p.m.", "12:01:00"),
        ("1:30:09 PM", "13:30:09"),
        ("23:59:59Z", "23:59:59"),
    ],
)
def test_ways_to_write_a_time_of_day(written: str, read: str) -> None:
    graph = read_transfers(frame(["13/05/1901", "14/05/1901", "15/05/1901"], [written, "24:00", "13:00 PM"]))
    assert moments(graph) == [f"1901-05-13T{read}", "1901-05-14T00:00:00", "1901-05-15T00:00:00"]
    reason = graph.report.reasons["day_only"]
    assert (reason.rows, reason.dropped) == ((2, 3), 0)


def test_a_time_of_day_is_no_time() -> None:
    with pytest.raises(ArchivitError, match=r"time='Time' holds times of day and no days; pass time=.*: Date$"):
        read_transfers(frame(), time="Time")
    with pytest.raises(ArchivitError, match="no column for time was recognised"):
        read_transfers(frame().drop(columns="Date"))
    assert moments(read_transfers(frame(), time="Date")) == MOMENTS


def test_a_day_that_says_its_time_of_day_needs_none() -> None:
    graph = read_transfers(frame(days=[moment.replace("T", " ") for moment in MOMENTS], clocks=["1:00"] * 3))
    assert moments(graph) == MOMENTS
    assert graph.report.roles["time"] == "Date"
    assert "Time: not read, as Date says the time of day itself." in graph.report.notes


def test_of_several_times_of_day_that_of_the_day_is_read() -> None:
    named = frame().rename(columns={"Date": "Sale date", "Time": "Sale time"}).assign(**{"Viewing time": "08:00"})
    assert moments(read_transfers(named)) == MOMENTS
    graph = read_transfers(named.rename(columns={"Sale time": "Closing time"}))
    assert moments(graph) == [f"2020-01-0{day}T00:00:00" for day in (1, 2, 3)]
    assert "Closing time, Viewing time: several times of day; none is read." in graph.report.notes


GETTY = {"sell_name_1": ["Calonne", "Bryan"], "buy_name_1": ["Bryan", "Angerstein"]}
SALES = {"lot_sale_year": ["1801", "1805"], "lot_sale_month": ["05", "03"], "lot_sale_day": ["12", None]}


@pytest.mark.parametrize("asked", [None, "lot_sale_year"])
def test_month_and_day_belong_to_the_year_of_their_name(asked: str | None) -> None:
    graph = read_transfers(pd.DataFrame(GETTY | SALES), source="sell_name_1", target="buy_name_1", time=asked)
    assert moments(graph) == ["1801-05-12T00:00:00", "1805-01-01T00:00:00"]
    assert graph.report.reasons["year_only"].rows == (2,)
    assert graph.report.roles["time"] == "lot_sale_year + lot_sale_month + lot_sale_day"


def test_two_years_with_months_are_asked_for() -> None:
    frame = pd.DataFrame(GETTY | SALES | {"entry_year": ["1800", "1801"], "entry_month": ["1", "2"]})
    with pytest.raises(ArchivitError, match="time='lot_sale_year' or time='entry_year'"):
        read_transfers(frame, source="sell_name_1", target="buy_name_1")


@pytest.mark.parametrize(
    ("days", "said"), [([1577836800, 1577923261, 1578009600], "the time of day itself"), ([1901, 1902, 1903], "no day")]
)
def test_what_is_no_day_gets_no_time_of_day(days: list[int], said: str) -> None:
    graph = read_transfers(frame(days=days))
    assert graph.report.roles["time"] == "Date"
    assert f"Time: not read, as Date says {said}." in graph.report.notes
    assert moments(graph) == moments(read_transfers(frame(days=days).drop(columns="Time")))


def test_year_month_and_day_beside_a_time_of_day_are_one_moment() -> None:
    split = frame().drop(columns="Date").assign(year=2020, month=1, day=[1, 2, 3])
    graph = read_transfers(split)
    assert graph.report.roles["time"] == "year + month + day + Time"
    assert moments(graph) == MOMENTS
    assert (
        read_transfers(split.assign(day=["2020-01-01", "2020-01-02", "2020-01-03"])).report.roles["time"][:3] == "day"
    )
