"""Where the table begins: titles, comments and groups of columns above it, and line ends of several kinds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.sources.header import column_names

HEADER = "seller,buyer,price,date"
ROWS = ["Ann,Bob,1,2001-01-01", "Bob,Cid,x,2001-01-02", "Cid,Dan,3", "Dan,Eve,4,2001-01-04", "Eve,Fay,5,soon"]


def report_of(path: Path, text: str | bytes) -> dict[str, tuple[int, ...]]:
    """Which rows have which faults: the numbers must be those of the data rows, whatever stands above."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = read_transfers(path).report
    assert (report.read, report.kept, report.dropped) == (5, 3, 2)
    assert report.roles["source"] == "seller"
    return {code: reason.rows for code, reason in report.reasons.items()}


FAULTS = {"ragged_row": (3,), "unparsable_time": (5,), "unparsable_price": (2,)}
ABOVE = {
    "a title": "Agnew stock book",
    "a title in a cell": "Agnew stock book,,,",
    "a title with a comma": '"Agnew, stock book",,,',
    "a title over two lines": '"Agnew\nstock book",,,',
    "two titles and a blank line": "Agnew stock book\n\n1890-1900\n",
    "groups of columns": "Parties,,Sale,",
    "names and values": "Exported by,Agnew\nOn,2020-01-01\n",
    "comments": '# Agnew\'s "stock book", 1890-1900, as read\n# by hand, with care, in 1999',
    "blank lines": "\n\n",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_stands_above_the_header_is_left_out_and_said(tmp_path: Path, above: str, end: str) -> None:
    path = tmp_path / "sales.csv"
    text = "\n".join([above, HEADER, *ROWS[:2], "", *ROWS[2:]])
    assert report_of(path, text.replace("\n", end)) == FAULTS
    notes = read_transfers(path).report.notes
    assert any("above the header" in note for note in notes) == bool(above.strip())
    if above.startswith("Agnew"):
        assert "'Agnew stock book" in " ".join(notes)


ENDS = {
    "blank \\r\\n above \\n": "\r\n" + "\n".join([HEADER, *ROWS]),
    "blank \\n above \\r\\n": "\n" + "\r\n".join([HEADER, *ROWS]),
    "header \\r\\n, rows \\n": HEADER + "\r\n" + "\n".join(ROWS),
    "header \\n, rows \\r\\n": HEADER + "\n" + "\r\n".join(ROWS),
    "late \\r\\n": "\n".join([HEADER, *ROWS[:3]]) + "\n" + "\r\n".join(ROWS[3:]) + "\r\n",
    "late \\n after a blank line": "\r\n".join([HEADER, *ROWS[:2]]) + "\r\n\r\n\n" + "\n".join(ROWS[2:]) + "\n",
    "\\r alone": "\r".join([HEADER, *ROWS]),
    "\\r\\r\\n": "\r\r\n".join([HEADER, *ROWS]),
    "with a mark": "\ufeff" + HEADER + "\r\n" + "\n".join(ROWS),
}


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
def test_lines_that_end_in_several_ways(tmp_path: Path, text: str) -> None:
    assert report_of(tmp_path / "sales.csv", text) == FAULTS


def test_line_ends_within_a_cell_are_no_mixture(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(b'seller,buyer,price,date\r\n"Ann\nB.",Bob,1,2001-01-01\r\nBob,Cid,2,2001-01-02\r\n')
    assert read_transfers(path).transfers["source"].tolist() == ["Ann\nB.", "Bob"]


def test_a_header_that_begins_like_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = [f"{i},{row}" for i, row in enumerate(ROWS, start=1)]
    assert report_of(path, "\n".join(["#," + HEADER, *rows])) == FAULTS
    assert report_of(path, "\n".join(["# " + HEADER, *ROWS])) == FAULTS
    assert read_transfers(path, token="").report.notes == ()


def test_rows_that_begin_like_comments(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("token,from,to,date\n#1,Ann,Bob,2001\n#2,Bob,Cid,2002\n")
    assert read_transfers(path).tokens["token"].tolist() == ["#1", "#2"]


def test_sparse_columns_are_no_title(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("seller,buyer,date,,,,,,\nAnn,Bob,May 1890,,,,,,\nBob,Cid,June 1890,,,,,,\n")
    report = read_transfers(path).report
    assert report.read == 2
    assert "above the header" not in str(report)


def test_rows_without_names_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    a, b, c = (f"0x{digit * 40}" for digit in "abc")
    path.write_text(f"Sales of 2001\n{a},{b},2001-01-01,1.5\n{b},{c},2001-01-02,2.5\n")
    report = read_transfers(path).report
    assert (report.read, report.kept) == (2, 2)


def test_two_lines_of_names_that_cannot_be_told_apart_say_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("Report,Sales,2020\nvendeur,acheteur,jour\nAnn,Bob,May 1890\nBob,Cid,June 1890\n")
    with pytest.raises(ArchivitError, match=r"sales.csv: no column for \w+ was recognised"):
        read_transfers(path)


@pytest.mark.parametrize("above", [[["Agnew stock book"], []], [["Parties", None, "Sale", None]], [[], []]])
def test_a_title_and_merged_cells_above_a_sheet(tmp_path: Path, above: list[list[str]]) -> None:
    path = tmp_path / "sales.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*above, HEADER.split(","), *(row.split(",") for row in ROWS)]:
        sheet.append(row)
    if above[0][1:]:
        sheet.merge_cells("A1:B1")
        sheet.merge_cells("C1:D1")
    book.save(path)
    report = read_transfers(path).report
    assert (report.read, report.kept) == (5, 3)
    assert report.reasons["missing_time"].rows == (3,)
    assert report.reasons["unparsable_time"].rows == (5,)
    assert any("above the header" in note for note in report.notes) == bool(above[0])


def test_names_that_recur_are_numbered_however_many_they_are() -> None:
    assert column_names(["a", "a_2", "A", "a", ""], 5) == ["a", "a_2", "A_3", "a_4", "column5"]
    assert column_names(["a"] * 100_000, 100_000)[-1] == "a_100000"


def test_a_separator_too_many_at_the_end_moves_no_name(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("from,to,token,time\nAnn,Bob,1,2001-01-01,\nBob,Cid,2,2001-01-02,\n")
    transfers = read_transfers(path).transfers
    assert transfers[["source", "target", "token"]].to_numpy().tolist() == [["Ann", "Bob", "1"], ["Bob", "Cid", "2"]]
    path.write_text("from,to,token,time,\nAnn,Bob,1,2001-01-01\nBob,Cid,2,2001-01-02\n")
    assert read_transfers(path).transfers["token"].tolist() == ["1", "2"]


@pytest.mark.parametrize("remark", ["", "by hand"])
def test_numbers_of_rows_without_a_name_move_no_name(tmp_path: Path, remark: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(f"from,to,time,remark\n1,Ann,Bob,2001-01-01,{remark}\n2,Bob,Cid,2001-01-02,{remark}\n")
    assert read_transfers(path).transfers["source"].tolist() == ["Ann", "Bob"]


def test_a_header_that_is_longer_than_what_is_looked_at_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("\n" + ",".join(f"column{i}" for i in range(40_000)) + "\n")
    with pytest.raises(ArchivitError, match="is not separated into columns"):
        read_transfers(path)
