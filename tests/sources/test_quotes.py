"""A quote that is not closed loses no line silently: all that it swallows is counted as read and dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers
from archivit_widgets.sources import quotes, text

HEADER = "from,to,date,token_id,price"
OPEN = 'x,"y,2020-01-01,1,1'
Read = Callable[..., TransferGraph]


def good(count: int) -> list[str]:
    return [f"a{i},b{i},2020-01-{i % 28 + 1:02},{i},1" for i in range(count)]


@pytest.fixture(params=["\n", "\r\n"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    """Write lines of data below a header, and read them."""

    def read(lines: list[str], delimiter: str = ",") -> TransferGraph:
        written = request.param.join([HEADER.replace(",", delimiter), *lines, ""])
        (tmp_path / "torn.csv").write_bytes(written.encode())
        return read_transfers(tmp_path / "torn.csv")

    return read


def told(graph: TransferGraph) -> tuple[int, list[int], str]:
    """How many were read, the rows kept in the order of the file, and what stands in brackets."""
    report = graph.report
    assert report.read == report.kept + report.dropped
    return report.read, sorted(graph.rows.tolist()), report.reasons["ragged_row"].text.partition("(")[2].rstrip(")")


NOT_CLOSED = "with a quote that is not closed or not doubled"


def test_swallowed_to_the_end_of_the_file(read: Read) -> None:
    graph = read([*good(11), OPEN, *good(988)])
    swallowed = f"1 {NOT_CLOSED}, 988 that such a quote swallowed"
    assert told(graph) == (1_000, list(range(1, 12)), swallowed)
    assert graph.report.dropped == 989
    assert graph.report.reasons["ragged_row"].rows == tuple(range(12, 1_001))


def test_rows_after_it_keep_their_numbers(read: Read) -> None:
    """Blank lines are no rows, neither before, within nor after; the second quote closes what the first has opened."""
    lines = ["a,b,2020-01-01,1,1", "short", "", OPEN, "", *good(3), 'z,"w,2020-01-02,1,1', "", "c,d,2020-01-03,1,1"]
    graph = read([*lines, "long,b,2020-01-03,1,1,9,9", "", "e,f,2020-01-04,1,1"])
    swallowed = f"1 with too few, 1 {NOT_CLOSED}, 1 with too many, 4 that such a quote swallowed"
    assert told(graph) == (10, [1, 8, 10], swallowed)


def test_three_records_are_torn(read: Read) -> None:
    lines = [OPEN, *good(2), 'z,"w,2020-01-02,1,1', *good(3), 'a,"b" c,2020-01-02,"1', *good(9)[8:], OPEN, "", *good(4)]
    graph = read(lines)
    # The line between them has one bad quote and opens another: its line ends it all the same.
    assert told(graph) == (14, [5, 6, 7, 9], f"3 {NOT_CLOSED}, 7 that such a quote swallowed")


def test_a_field_of_several_lines_is_one_row(read: Read) -> None:
    proper = '"one\n\n""two""\nthree","b",2020-01-01,1,1'
    graph = read([proper, *good(1), f'"m\nn",{OPEN}', *good(1), 'z,"w"', proper.replace("one", "1"), *good(2)[1:]])
    assert told(graph) == (8, [1, 2, 7, 8], f"1 {NOT_CLOSED}, 3 that such a quote swallowed")


def test_a_quote_in_mid_field_tears_nothing(read: Read) -> None:
    graph = read(['5" high,b,2020-01-01,1,1', '"a" , "b\n\nc"  ,2020-01-02,1,1', "", f" {OPEN}", *good(2)])
    assert told(graph) == (5, [1, 2], f"1 {NOT_CLOSED}, 2 that such a quote swallowed")
    assert "b c" in graph.accounts["account"].str.split().str.join(" ").tolist()


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_other_separators(read: Read, delimiter: str) -> None:
    lines = [*good(2), OPEN, *good(3), 'z,"w,2020-01-02,1,1', "c,d,2020-01-03,1,1"]
    graph = read([line.replace(",", delimiter) for line in lines], delimiter)
    assert told(graph) == (8, [1, 2, 8], f"1 {NOT_CLOSED}, 4 that such a quote swallowed")


@pytest.mark.parametrize("block", [7, 1 << 23])
def test_more_than_the_parser_holds(read: Read, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """DuckDB gives up a record after some bytes and reads on in its middle; its lines are dropped all the same."""
    monkeypatch.setattr(text, "LONGEST", 1 << 19)
    monkeypatch.setattr(quotes, "CHUNK", block)
    graph = read([*good(3), OPEN, *good(60_000), 'z,"w,2020-01-02,1,1', "c,d,2020-01-03,1,1", "short"])
    assert told(graph) == (
        60_007,
        [1, 2, 3, 60_006],
        f"1 {NOT_CLOSED}, 1 with too few, 60,001 that such a quote swallowed",
    )
    graph = read([*good(3), OPEN, *good(60_000), 'z,w",2020-01-02,1,1', "c,d,2020-01-03,1,1"])
    assert told(graph) == (60_006, [1, 2, 3, 60_006], f"1 {NOT_CLOSED}, 60,001 that such a quote swallowed")


def test_nothing_is_left(read: Read) -> None:
    with pytest.raises(ArchivitError, match=r"no row can be read, first row 1: .*4 that such a quote swallowed"):
        read([OPEN, *good(4)])
