"""Tables as researchers have them: periods, sparse columns, integers beyond 64 bits, columns called 0, 1, 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from archivit_widgets import ArchivitError, read_transfers


def table(**columns: Any) -> pd.DataFrame:
    days = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])
    plain = {"seller": ["a", "b", "c"], "buyer": ["b", "c", "d"], "price": [1.0, 2.0, 3.0], "date": days}
    return pd.DataFrame(plain | columns)


def test_a_period_means_its_first_second() -> None:
    time = read_transfers(table(date=pd.period_range("2020-01", periods=3, freq="M"))).transfers["time"]
    assert pd.to_datetime(time, unit="s").dt.strftime("%Y-%m-%d").tolist() == ["2020-01-01", "2020-02-01", "2020-03-01"]


def test_wei_beyond_64_bits_in_python_integers() -> None:
    values = read_transfers(table(price=[10**19, 3 * 10**20, 1])).transfers["value"]
    assert values.tolist() == [1e19, 3e20, 1.0]


def test_sparse_columns_are_read() -> None:
    values = read_transfers(table(price=pd.arrays.SparseArray([0.0, 0.0, 1.0]))).transfers["value"]
    assert values.tolist() == [0.0, 0.0, 1.0]


def test_columns_called_by_numbers() -> None:
    frame = table()
    frame.columns = pd.Index(range(4))
    columns: dict[str, Any] = {"source": 0, "target": 1, "value": 2, "time": 3}
    assert read_transfers(frame, **columns).transfers["value"].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("wrong", [{"source": ["seller"]}, {"currency": 5}])
def test_an_argument_of_a_wrong_kind_is_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArchivitError, match=next(iter(wrong))):
        read_transfers(table(), **wrong)


def test_a_row_that_is_dropped_is_not_counted_as_kept() -> None:
    report = read_transfers(table(price=[None, 2.0, None], seller=[None, "b", "c"])).report
    assert report.reasons["missing_party"].rows == (1,)
    assert (report.reasons["missing_price"].count, report.reasons["missing_price"].rows) == (1, (3,))
    report = read_transfers(table(price=[None, 2.0, 3.0], seller=[None, "b", "c"])).report
    assert list(report.reasons) == ["missing_party"]


def test_a_file_of_ragged_rows_only_says_so(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("seller,buyer,price,date\nA,B,$1,234.50,2019-12-31\n")
    with pytest.raises(ArchivitError, match=r"row 1: .* 4 fields"):
        read_transfers(path)


def test_a_year_that_is_not_certain_is_kept_and_counted() -> None:
    dates = ["c. 1850", "Circa 1851", "ca.1852", "1853?", "about 1854?", "before 1855", "17th century", "c. 18500"]
    rows = range(len(dates))
    frame = pd.DataFrame({"seller": [f"s{i}" for i in rows], "buyer": [f"b{i}" for i in rows], "date": dates})
    graph = read_transfers(frame)
    years = [f"{year}-01-01" for year in range(1850, 1855)]
    assert pd.to_datetime(graph.transfers["time"], unit="s").dt.strftime("%Y-%m-%d").tolist() == years
    reason = graph.report.reasons["approximate_time"]
    assert (reason.count, reason.dropped, reason.rows) == (5, 0, (1, 2, 3, 4, 5))
    assert graph.report.reasons["unparsable_time"].rows == (6, 7, 8)


def test_points_between_thousands_where_other_prices_have_a_decimal_comma(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = ["seller;buyer;price;date", "A;B;1.234,50;2020-01-01", "B;C;1.500;2020-01-02", "C;D;12.000;2020-01-03"]
    path.write_text("\n".join(rows))
    assert read_transfers(path).transfers["value"].tolist() == [1234.5, 1500.0, 12000.0]
    path.write_text("\n".join([rows[0], "A;B;1.5;2020-01-01", *rows[2:]]))
    assert read_transfers(path).transfers["value"].tolist() == [1.5, 1.5, 12.0]


def test_a_row_dropped_for_another_fault_is_never_called_kept(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("seller,buyer,price,date\nA,B,1,2019-12-31\nB,C,2,2020-01-01\nTotal,,3,\n")
    report = read_transfers(path).report
    assert report.reasons["missing_party"].dropped == 0
    assert "kept:" not in str(report)
    assert 'class="fate kept"' not in report._repr_html_()
