"""Sheets as people leave them: cells that could not be computed, and rows that hold nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, read_transfers

HEADER = ["seller", "buyer", "date", "token", "price"]
Cells = Sequence[object]


def sheet(path: Path, rows: Iterable[Cells]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell in (cell for row in book.active.iter_rows() for cell in row):
        if isinstance(cell.value, str) and cell.value.startswith("#"):
            cell.data_type = "e"
    book.save(path)
    return path


ROWS: list[Cells] = [
    ["a", "b", "2020-01-01", 1, 5.5],
    ["b", "c", "2020-01-02", 1, "#DIV/0!"],
    ["c", "#REF!", "2020-01-03", 1, 7],
    ["c", "d", "#N/A", 1, "#VALUE!"],
    ["c", "d", "2020-01-04", 1, None],
    ["d", "e", "2020-01-05", "#NAME?", 8],
]


@pytest.mark.parametrize("above", [[], [["Sales of 2020"], []]])
def test_cells_that_could_not_be_computed_are_said(above: list[Cells], tmp_path: Path) -> None:
    graph = read_transfers(sheet(tmp_path / "a.xlsx", [*above, HEADER, *ROWS]))
    report = graph.report
    assert (report.read, report.kept, report.dropped) == (6, 4, 2)
    reason = report.reasons["error_cell"]
    assert (reason.count, reason.dropped, list(reason.rows)) == (4, 2, [2, 3, 4, 6])
    assert (
        reason.text == "a cell that the sheet could not compute, read as empty: '#DIV/0!' 1, '#REF!' 1, '#N/A' 1, ..."
    )
    assert list(report.reasons["missing_price"].rows) == [5]
    assert list(report.reasons["missing_token"].rows) == [6]
    assert set(report.reasons) == {"error_cell", "missing_price", "missing_token"}
    assert graph.transfers["value"].tolist()[0] == 5.5
    assert graph.transfers["token"].isna().tolist() == [False, False, False, True]


def test_an_error_in_a_column_that_is_not_read_is_no_fault(tmp_path: Path) -> None:
    rows = [[*HEADER, "remarks"], ["a", "b", "2020-01-01", 1, 5, "#N/A"]]
    assert not read_transfers(sheet(tmp_path / "a.xlsx", rows)).report.reasons


@pytest.mark.parametrize("error", ["#REF!", "#NAME?"])
def test_dates_beside_an_error_are_dates(error: str, tmp_path: Path) -> None:
    rows = [HEADER, ["a", "b", pd.Timestamp("2020-01-01"), 1, 5], ["a", "b", error, 1, 5]]
    graph = read_transfers(sheet(tmp_path / "a.xlsx", rows))
    assert graph.transfers["time"].tolist() == [1_577_836_800]
    assert graph.report.reasons["error_cell"].dropped == 1


BLANK: Cells = [None, " ", None, None, None]


@pytest.mark.parametrize("above", [[], [["Sales of 2020"], []]])
def test_blank_rows_of_a_sheet_are_blank_rows(above: list[Cells], tmp_path: Path) -> None:
    rows = [*above, HEADER, ROWS[0], BLANK, BLANK, ROWS[4], *[BLANK] * 30]
    report = read_transfers(sheet(tmp_path / "a.xlsx", rows)).report
    assert (report.read, report.kept) == (4, 2)  # those at the end are no rows
    reason = report.reasons["blank_row"]
    assert (reason.text, reason.count, reason.dropped, list(reason.rows)) == ("a row that holds nothing", 2, 2, [2, 3])
    assert set(report.reasons) == {"blank_row", "missing_price"}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_blank_rows_of_other_tables_are_blank_rows(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    frame = pd.DataFrame([ROWS[0], [None] * 5, ROWS[4]], columns=HEADER)
    if ending == "csv":
        path.write_text(frame.to_csv(index=False) + "\n\n")  # a blank line is no row, one of commas is
    elif ending == "jsonl":
        records = frame.to_json(orient="records", lines=True).splitlines()
        path.write_text("\n".join([records[0], "{}", records[2]]))
    else:
        frame.to_parquet(path)
    report = read_transfers(path).report
    assert (report.read, report.kept) == (3, 2)
    assert list(report.reasons["blank_row"].rows) == [2]
    assert set(report.reasons) == {"blank_row", "missing_price"}


def test_a_table_of_blank_rows_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("seller,buyer,date,price\n,,,\n,,,\n")
    with pytest.raises(ValueError, match=r"a\.csv: .*"):
        read_transfers(path)


def workbook(path: Path, **sheets: list[Cells]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(list(row))
    book.save(path)
    return path


def test_a_sheet_that_explains_the_others_is_passed_over(tmp_path: Path) -> None:
    about: list[Cells] = [["Read me"], ["This workbook holds sales"]]
    path = workbook(tmp_path / "a.xlsx", About=about, Empty=[], Sales=[HEADER, ROWS[0]], Notes=[["x"]])
    report = read_transfers(path).report
    assert (report.kept, report.source) == (1, "a.xlsx, sheet 'Sales'")
    assert "The sheet 'Sales' was read; 'About', 'Empty', 'Notes' were not." in report.notes


def test_an_error_names_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Totals=[["what", "how many", "of"], ["sales", 2, 3]], Sales=[HEADER, ROWS[0]])
    with pytest.raises(ArchivitError, match=r"^a\.xlsx, sheet 'Totals': no column for source .*what \('sales'\)"):
        read_transfers(path)
    path = workbook(tmp_path / "b.xlsx", About=[["Read me"], ["x"]], More=[["y"], ["z"]])
    with pytest.raises(ArchivitError, match=r"^b\.xlsx, sheet 'About': "):
        read_transfers(path)
