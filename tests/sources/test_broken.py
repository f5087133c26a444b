"""Files that cannot be read say so in one line; what can be read of a damaged file is read and counted."""

from __future__ import annotations

import csv
import gzip
import pickle
import tempfile
import zipfile
from pathlib import Path

import fastexcel
import h5py
import numpy as np
import pandas as pd
import pytest

from archivit_widgets import read_transfers
from archivit_widgets.sources import text

from .tables import FORMATS, HEADER, ledger, refused, write


def test_nothing_there(tmp_path: Path) -> None:
    refused(tmp_path / "no such file.csv", "there is no such file")
    for address in ("https://example.com/x.csv", "s3://bucket/x.parquet"):
        for path in (address, Path(address)):
            refused(path, "addresses of the web are not read; save the file and pass its path")
    refused(tmp_path, "is a folder")
    refused(str(tmp_path / "a\x00b.csv"), "no such file|cannot be opened")
    refused(42, "expected a path or a pandas, Polars or Arrow table, found int")
    refused(None, "expected a path")


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.parquet", "a.feather", "a.h5", "a.xlsx", "a.tsv"])
def test_empty_files(name: str, tmp_path: Path) -> None:
    refused(write(tmp_path / name, b""), "the file is empty")


def test_nothing_but_a_header(tmp_path: Path) -> None:
    refused(write(tmp_path / "a.csv", HEADER), "no rows of data")
    refused(write(tmp_path / "b.csv", "\n\n  \n"), "the file is empty")
    refused(write(tmp_path / "c.csv", b"\xef\xbb\xbf"), "the file is empty")
    refused(write(tmp_path / "a.json", "[]"), "holds no records")
    refused(write(tmp_path / "b.json", "{}"), "holds no records")
    refused(pd.DataFrame(), "has no columns")
    refused(ledger().iloc[:0], "no rows of data")
    write(tmp_path / "a.csv.gz", gzip.compress(b""))
    refused(tmp_path / "a.csv.gz", "the file is empty")


def test_binary_named_csv(tmp_path: Path) -> None:
    ledger().to_parquet(tmp_path / "a.parquet")
    message = refused(write(tmp_path / "really.csv", (tmp_path / "a.parquet").read_bytes()), "Parquet")
    assert message.startswith("really.csv: ")
    refused(write(tmp_path / "noise.csv", np.random.default_rng(0).bytes(5_000)), "binary data")
    refused(write(tmp_path / "noise.json", np.random.default_rng(0).bytes(5_000)), "binary data")
    refused(write(tmp_path / "p.pkl", pickle.dumps([1])), "pickle")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
def test_truncated_files(name: str, share: float, tmp_path: Path) -> None:
    """Text that was cut loses its end, and a row that was cut is counted; all else is refused."""
    frame = pd.concat([ledger()] * 50, ignore_index=True)
    FORMATS[name](frame, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    write(tmp_path / name, whole[: int(len(whole) * share) - 3])
    if not name.endswith((".csv", ".tsv", ".jsonl")):
        refused(tmp_path / name, name)
        return
    report = read_transfers(tmp_path / name).report
    assert report.read == report.kept + report.dropped
    assert report.read < 400


@pytest.mark.parametrize(
    ("ending", "name"),
    [("parquet", "Parquet"), ("feather", "Feather"), ("arrow", "Arrow IPC"), ("h5", "HDF5"), ("HDF5", "HDF5")],
)
@pytest.mark.parametrize("content", [HEADER + "a,b,2020-01-01,1,5\n", "verkäufer,käufer\n", "\ufeff" + HEADER])
def test_text_that_is_called_a_binary_format_is_called_text(
    content: str, ending: str, name: str, tmp_path: Path
) -> None:
    said = refused(write(tmp_path / f"sales.{ending}", content), f"^sales.{ending}: looks like text, not {name}: ")
    assert repr(content.lstrip("\ufeff")[:5])[:-1] in said
    assert said.endswith("; give it the ending .csv or .jsonl, or save it as what its ending says")


def test_a_format_that_is_called_another_is_named(tmp_path: Path) -> None:
    ledger().to_parquet(tmp_path / "a.h5")
    refused(tmp_path / "a.h5", "^a.h5: is Parquet, not HDF5; give the file the ending of what it is$")
    write(tmp_path / "a.parquet", gzip.compress(HEADER.encode()))
    refused(tmp_path / "a.parquet", "^a.parquet: is gzip, not Parquet; give the file the ending of what it is$")
    write(tmp_path / "a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600))
    refused(tmp_path / "a.xlsx", "is an old Excel sheet, or one with a password, not an Excel or OpenDocument sheet; ")


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"BZh9", "bzip2"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ\x00", "xz"), (b"7z\xbc\xaf", "7z")],
)
def test_other_ways_of_packing_are_named(start: bytes, name: str, tmp_path: Path) -> None:
    refused(write(tmp_path / "sales.csv.packed", start + b"abc" * 50), f"^sales.csv.packed: is {name}; expected")
    refused(write(tmp_path / "sales.csv", start + b"abc" * 50), f"^sales.csv: is {name}, although its ending is .csv; ")


@pytest.mark.parametrize("ending", ["parq", "2020", "bin"])
def test_a_file_of_a_strange_ending_is_told_by_its_beginning(ending: str, tmp_path: Path) -> None:
    ledger().to_parquet(tmp_path / f"sales.{ending}")
    assert read_transfers(tmp_path / f"sales.{ending}").report.read == 8
    write(tmp_path / f"packed.{ending}", gzip.compress((HEADER + "a,b,2020-01-01,1,5\n").encode()))
    assert read_transfers(tmp_path / f"packed.{ending}").report.kept == 1


NOISE = [bytes([first]) + bytes((37 * i * i + first) % 256 for i in range(4_000)) for first in (3, 0xB2, 0xFE)]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize(
    ("ending", "called", "begins"),
    [
        ("parquet", "Parquet", "PAR1"),
        ("feather", "Feather", r"ARROW1 or FEA1 or \xff\xff\xff\xff"),
        ("arrow", "Arrow IPC", r"ARROW1 or FEA1 or \xff\xff\xff\xff"),
        ("h5", "HDF5", r"\x89HDF"),
        ("xlsx", "an Excel or OpenDocument sheet", r"PK\x03\x04"),
        ("ods", "an Excel or OpenDocument sheet", r"PK\x03\x04"),
        ("xls", "an old Excel sheet", r"\xd0\xcf\x11\xe0 or PK\x03\x04"),
    ],
)
def test_noise_is_told_from_the_format_that_it_is_called(
    noise: bytes, ending: str, called: str, begins: str, tmp_path: Path
) -> None:
    said = refused(write(tmp_path / f"noise.{ending}", noise), "binary data")
    assert said == f"noise.{ending}: is binary data, not {called}, which begins with {begins}"


@pytest.mark.parametrize("name", ["a.feather", "stream.arrows", "group.h5", "a.xlsx"])
def test_a_file_that_was_cut_short_is_called_damaged(name: str, tmp_path: Path) -> None:
    FORMATS[name](ledger(), tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    refused(write(tmp_path / name, whole[: len(whole) // 3]), f"^{name}: .*damaged or cut short")


def test_truncated_parquet_is_named(tmp_path: Path) -> None:
    ledger().to_parquet(tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    message = refused(write(tmp_path / "cut.parquet", whole[:-20]), "cannot be read")
    assert message.startswith("cut.parquet: ")


def test_ragged_rows_are_dropped_and_named(tmp_path: Path) -> None:
    rows = [
        "a,b,2020-01-01,1,1",
        '"x\ny",b,2020-01-02,1,2',
        "short,b",
        "",
        "b,a,2020-01-03,1,2",
        "long,b,2020-01-03,1,2,9,9",
        'c,"not quite" quoted,2020-01-04,2,1',
        "d,e,2020-01-05,3,",
    ]
    graph = read_transfers(write(tmp_path / "ragged.csv", HEADER + "\n".join(rows) + "\n"))
    assert (graph.report.read, graph.report.kept, graph.report.dropped) == (7, 4, 3)
    reason = graph.report.reasons["ragged_row"]
    assert (reason.count, reason.dropped, reason.rows) == (3, 3, (3, 5, 6))
    assert graph.rows.tolist() == [1, 2, 4, 7]
    assert "x y" in " ".join(graph.accounts["account"].str.replace("\n", " "))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("lead", ["\n", "\n\n", "# from an old ledger\n\n"])
def test_lines_above_the_header_shift_no_row_number(tmp_path: Path, lead: str, end: str) -> None:
    text = f"{lead}{HEADER}a,b,2020-01-01,1,1\n\n\nshort,b\nb,a,2020-01-03,1,2\n\n\n\nshort\n"
    graph = read_transfers(write(tmp_path / "led.csv", text.replace("\n", end)))
    assert graph.report.reasons["ragged_row"].rows == (2, 4)
    assert graph.rows.tolist() == [1, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("chunk", [1, 50, 1 << 20])
def test_blank_lines_in_a_quoted_field_are_no_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, end: str
) -> None:
    monkeypatch.setattr(text, "CHUNK", chunk)
    rows = [
        '"x\n\n\ny",b,2020-01-01,1,1',
        "short,b",
        '\na,"says ""so""\n\n",2020-01-02,1,2',
        '"","\n\n""\n\nz",2020-01-02,1,2',
        "short",
        '5" high,b,2020-01-03,1,2',
        "\n\nshort",
        "a,b,2020-01-04,1,3",
    ]
    written = (HEADER + "\n".join(rows) + "\n").replace("\n", end)
    graph = read_transfers(write(tmp_path / "quoted.csv", written))
    assert graph.report.reasons["ragged_row"].rows == (2, 5, 7)
    assert graph.rows.tolist() == [1, 3, 6, 8]


def test_row_numbers_hold_in_all_blocks_of_the_parser(tmp_path: Path) -> None:
    lines = [f"a{i % 99},b{i % 98},{1_498_251_906 + i},{i},1.5" for i in range(400_000)]
    lines[300_000] += "\n"  # a blank line follows
    for row in (11, 250_000, 399_999):
        lines[row - 1] = "short,row"
    path = write(tmp_path / "long.csv", 'from,to,"time\nof sale",token_id,price\n' + "\n".join(lines) + "\n")
    graph = read_transfers(path, time="time\nof sale")
    assert graph.report.reasons["ragged_row"].rows == (11, 250_000, 399_999)
    assert (graph.transfers["time"] - 1_498_251_905).tolist() == graph.rows.tolist()


def test_no_columns(tmp_path: Path) -> None:
    refused(write(tmp_path / "a.csv", "one\ntwo\nthree\n"), "not separated into columns")
    refused(write(tmp_path / "a.json", "[1, 2, 3]"), "holds no records")
    refused(write(tmp_path / "b.json", '{"from": '), "no valid JSON")
    refused(write(tmp_path / "b.jsonl", '{"a": 1}\n{"b": \n{"a": '), r"row 2: found '{\"b\":', which is no JSON")
    refused(write(tmp_path / "c.json", '"text"'), "records|JSON")
    refused(write(tmp_path / "deep.json", '{"a":' * 100_000), "no valid JSON")
    wide = ",".join(f"c{i}" for i in range(2_000))
    refused(write(tmp_path / "wide.csv", f"{wide}\n{wide}\n"), "2,000 columns")


def test_mixed_encodings(tmp_path: Path) -> None:
    rows = ["Crédit Lyonnais,b,2020-01-01,1,1\n".encode(), "Müller,b,2020-01-02,2,1\n".encode("latin-1")]
    graph = read_transfers(write(tmp_path / "mixed.csv", HEADER.encode() + b"".join(rows)))
    assert graph.transfers["source"].tolist() == ["Crédit Lyonnais", "Müller"]
    assert "Windows-1252" in str(graph.report)
    assert graph.report.kept == 2


def test_a_very_long_text(tmp_path: Path) -> None:
    name = "x" * 1_000_000
    rows = f"{name},b,2020-01-01,1,1\na,{name},2020-01-02,1,1\n"
    csv.field_size_limit(131_072)  # what it is where nobody changed it
    graph = read_transfers(write(tmp_path / "long.csv", HEADER + rows))
    assert csv.field_size_limit() == 131_072
    assert graph.transfers["source"].tolist() == [name, "a"]
    assert len(str(graph.report)) < 2_000
    assert len(graph.report._repr_html_()) < 10_000
    frame = pd.DataFrame({name: ["a"], "to": ["b"], "date": ["2020-01-01"]})
    refused(frame, "no column for source")
    frame.to_csv(tmp_path / "header.csv", index=False)
    refused(tmp_path / "header.csv", "no column for source")


def test_a_sheet_whose_parser_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger().to_excel(tmp_path / "a.xlsx", index=False)
    panic = type("PanicException", (BaseException,), {})

    def give_up(*given: object) -> None:
        raise panic("range end index 7 out of range")

    monkeypatch.setattr(fastexcel, "read_excel", give_up)
    refused(tmp_path / "a.xlsx", "a.xlsx: cannot be read: range end index 7 out of range")
    monkeypatch.setattr(fastexcel, "read_excel", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        read_transfers(tmp_path / "a.xlsx")


def test_a_table_whose_library_gives_up() -> None:
    class Frame:
        def __arrow_c_stream__(self, schema: object = None) -> object:
            raise type("PanicException", (BaseException,), {})("a Rust panic")

    refused(Frame(), "cannot be read: a Rust panic")


def test_a_damaged_archive_is_said_however_it_is_packed(tmp_path: Path) -> None:
    for packing in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(tmp_path / "a.csv.zip", "w", packing) as archive:
            archive.writestr("a.csv", HEADER + "a,b,2020-01-01,1,1\n" * 99)
        content = bytearray((tmp_path / "a.csv.zip").read_bytes())
        content[50:60] = bytes(10)
        refused(write(tmp_path / "a.csv.zip", bytes(content)), "cannot be unpacked")


def test_a_disk_that_is_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    path = write(tmp_path / "a.csv", (HEADER + "Müller,b,2020-01-01,1,1\n" * 999).encode("utf-16"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        refused(path, "a.csv: cannot be read by way of a temporary folder: .*too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    refused(path, "cannot be read by way of a temporary folder: .*nowhere")


def test_keys_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    record = '{"from":"a","to":"b","time":"2020-01-01","value":1,"Value":2}'
    other = '{"from":"a","to":"b","time":"2020-01-01","value_1":1,"value":2}'
    for records in (record + "\n" + record, f"[{record},{record}]", other + "\n" + record):
        refused(write(tmp_path / "a.json", records), "keys of the records differ only in case: 'Value', 'value'")
    graph = read_transfers(write(tmp_path / "b.jsonl", other + "\n" + other), value="value_1")
    assert graph.transfers["value"].tolist() == [1.0, 1.0]


def test_archives_that_are_no_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "y")
    refused(tmp_path / "two.zip", r"expected one file in the archive, found 2: a.csv, b.csv")
    write(tmp_path / "twice.csv.gz.gz", gzip.compress(gzip.compress(b"a,b\n1,2\n")))
    refused(tmp_path / "twice.csv.gz.gz", "packed twice")
    refused(write(tmp_path / "no.zip", b"PK\x03\x04nonsense"), "cannot be unpacked")
    refused(write(tmp_path / "no.csv.gz", b"nonsense"), "cannot be unpacked")
    refused(write(tmp_path / "no.xlsx", b"PK\x03\x04nonsense"), "cannot be opened")


def test_hdf5_without_one_table(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "none.h5", "w") as file:
        file.create_dataset("picture", data=np.zeros((3, 4)))
    refused(tmp_path / "none.h5", "expected one table, found none")
    with h5py.File(tmp_path / "out.h5", "w") as file:
        file["t"] = h5py.ExternalLink("/etc/passwd", "/x")
    refused(tmp_path / "out.h5", "expected one table, found none")


def test_remarks_above_nothing(tmp_path: Path) -> None:
    refused(write(tmp_path / "a.csv", "#remark\n\n"), "row 1 is not separated into columns: found '#remark'")
