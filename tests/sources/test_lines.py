"""JSON with one record a line: a line that is none costs that line, and is counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from archivit_widgets import read_transfers

from .test_broken import refused, write

BAD = ['{"from": "a", "to": ', "oops", "42", '"text"', "[1, 2]", '{"from": "\\ud800"}', '{"from": "a"} trailing', "# x"]


def records(count: int) -> list[str]:
    return [
        json.dumps({"from": f"s{i}", "to": f"b{i}", "date": f"2020-01-{i + 1:02d}", "token_id": i, "price": i + 0.5})
        for i in range(count)
    ]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("place", [0, 3, 9])
@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_is_no_record_is_dropped_and_named(tmp_path: Path, bad: str, place: int, packed: bool) -> None:
    lines = records(9)
    lines.insert(place, bad)
    text = "\n".join([*lines[:2], "", *lines[2:], "  ", ""]).encode()  # blank lines are no rows
    name = "a.jsonl.gz" if packed else "a.jsonl"
    graph = read_transfers(write(tmp_path / name, gzip.compress(text) if packed else text))
    report = graph.report
    assert (report.read, report.kept, report.dropped) == (10, 9, 1)
    reason = report.reasons["not_json"]
    assert (reason.count, reason.dropped, list(reason.rows)) == (1, 1, [place + 1])
    assert reason.text == f"a line that is no JSON record, such as {bad.strip()!r}"
    assert set(report.reasons) == {"not_json"}
    assert graph.transfers["value"].tolist() == [i + 0.5 for i in range(9)]
    assert graph.rows.tolist() == [row for row in range(1, 11) if row != place + 1]


def test_objects_in_records_are_read_beside_a_bad_line(tmp_path: Path) -> None:
    record = '{"seller": {"address": "a"}, "buyer": {"address": "b"}, "date": "2020-01-01", "token": 1}'
    report = read_transfers(write(tmp_path / "a.jsonl", "\n".join([record, "{", record[:-2] + "2}"]))).report
    assert (report.read, report.kept) == (3, 2)
    assert report.roles["source"] == "seller_address"


def test_an_empty_record_is_a_record(tmp_path: Path) -> None:
    report = read_transfers(write(tmp_path / "a.jsonl", "\n".join([*records(3), "{}", "{"]))).report
    assert (report.read, report.kept) == (5, 3)
    assert list(report.reasons["not_json"].rows) == [5]


def test_where_most_lines_are_bad_one_of_them_is_named(tmp_path: Path) -> None:
    lines = records(3)
    broken = [line[:-5] for line in records(4)]
    refused(write(tmp_path / "a.jsonl", "\n".join([*lines, *broken])), "^a.jsonl: row 4: found '.*', which is no JSON")
    refused(write(tmp_path / "b.jsonl", "\n".join(["oops"] * 4)), "^b.jsonl: .*line 1")
    refused(write(tmp_path / "c.jsonl", "\n".join(["{oops"] * 4)), "^c.jsonl: .*line 1|row 1")
    refused(write(tmp_path / "d.json", "[" + ",\n".join(lines)), "^d.json: is no valid JSON: .*line 3")


def test_many_bad_lines_among_many(tmp_path: Path) -> None:
    line = records(1)[0].replace('"token_id": 0', '"token_id": %d').replace("2020-01-01", "2020-01-01 00:%02d:%02d")
    lines = [line % (i // 60 % 60, i % 60, i) for i in range(30_000)]
    bad = np.arange(7, 30_000, 11)
    for row in bad:
        lines[row] = lines[row][: 30 + row % 7]
    graph = read_transfers(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert (graph.report.read, graph.report.dropped) == (30_000, len(bad))
    assert np.array_equal(np.sort(graph.rows), np.setdiff1d(np.arange(1, 30_001), bad + 1))
