"""Files that mean harm are refused or read as plain values, never run."""

from __future__ import annotations

import gzip
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pandas as pd
import pytest

from archivit_widgets import read_transfers
from archivit_widgets.sources import packed

from .tables import HEADER, refused, write


def test_zip_bombs(tmp_path: Path) -> None:
    zeros = bytes(1 << 20)
    with (
        zipfile.ZipFile(tmp_path / "bomb.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w") as file,
    ):
        for _ in range(100):
            file.write(zeros)
    refused(tmp_path / "bomb.csv.zip", "zip bomb")
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as file:
        for _ in range(100):
            file.write(zeros)
    refused(tmp_path / "bomb.csv.gz", "zip bomb")
    (tmp_path / "bomb.xlsx").write_bytes((tmp_path / "bomb.csv.zip").read_bytes())
    refused(tmp_path / "bomb.xlsx", "zip bomb")


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_sheet_that_lies_about_its_size(tmp_path: Path, packing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "HARMLESS", 1 << 20)
    monkeypatch.setattr(packed, "GROWTH", 20)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", packing) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(3 << 20))
        archive.infolist()[0].file_size = 10
    refused(tmp_path / "bomb.xlsx", "bomb.xlsx: .*refused as a zip bomb")


class Trap:
    """Whoever unpickles it, or asks it what it is, finds that it was run."""

    sprung: list[str] = []  # noqa: RUF012 - shared on purpose

    def __reduce__(self) -> tuple[object, ...]:
        return (Trap.sprung.append, ("unpickled",))

    def __str__(self) -> str:
        Trap.sprung.append("asked")
        return "trap"


def test_pickles_in_hdf5_are_never_opened(tmp_path: Path) -> None:
    blob = np.frombuffer(pickle.dumps(Trap()), dtype=np.uint8)
    with h5py.File(tmp_path / "vlen.h5", "w") as file:
        group = file.create_group("t")
        kind = h5py.vlen_dtype(np.uint8)
        group.create_dataset("from", (1,), dtype=kind)[0] = blob
        group.create_dataset("to", data=["b"], dtype=h5py.string_dtype())
        group.create_dataset("time", data=[1.0])
    refused(tmp_path / "vlen.h5", "never opened")
    with h5py.File(tmp_path / "opaque.h5", "w") as file:
        group = file.create_group("t")
        group.create_dataset("from", data=np.array([bytes(blob)], dtype=f"V{len(blob)}"))
        group.create_dataset("to", data=["b"], dtype=h5py.string_dtype())
    refused(tmp_path / "opaque.h5", "never opened")
    assert Trap.sprung == []


def test_objects_in_a_table_are_never_asked() -> None:
    frame = pd.DataFrame({"from": ["a", Trap()], "to": ["b", "c"], "date": ["2020-01-01"] * 2})
    refused(frame, r"row 2, column 'from': found a Trap, expected text or a number")
    assert Trap.sprung == []


def test_a_sheet_of_formulas_is_never_computed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["from", "to", "date", "price"])
    sheet.append(['=CONCATENATE("a","b")', "b", "2020-01-01", "=1+1"])
    sheet.append(["a", '=HYPERLINK("http://example.org")', "2020-01-02", 3])
    sheet.append(["a", "b", "2020-01-03", "=2+2"])
    book.save(tmp_path / "formulas.xlsx")
    graph = read_transfers(tmp_path / "formulas.xlsx")
    assert graph.report.reasons["missing_party"].rows == (1, 2)
    assert np.isnan(graph.transfers["value"]).all()
    text = read_transfers(write(tmp_path / "formulas.csv", HEADER + "=1+1,@SUM(A1),2020-01-01,1,=2*3\n"))
    assert text.transfers["source"].tolist() == ["=1+1"]
    assert np.isnan(text.transfers["value"]).all()


def test_names_that_hold_html_are_text_in_the_report(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"], f"{evil}_id": ["1"], "price": [1.0]})
    path = tmp_path / "<img src=x onerror=alert(2)>.csv"
    frame.to_csv(path, index=False)
    graph = read_transfers(path, token=f"{evil}_id")
    html = graph.report._repr_html_()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert evil in str(graph.report)


def test_cells_that_hold_html_are_text_in_the_report(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(3)>"
    rows = [f"{evil}", "from,to,date,price,currency", f"a,b,2020-01-01,1,{evil}", "b,c,2020-01-02,2,<b>"]
    path = write(tmp_path / "cells.csv", "\n".join(rows))
    report = read_transfers(path).report
    said = " ".join([*report.notes, *(reason.text for reason in report.reasons.values()), report.currency or ""])
    assert said.lower().count("<img") >= 3, said  # a line above the header, the unit, and prices in another
    html = report._repr_html_().lower()
    assert html.count("&lt;img") == said.lower().count("<img")
    assert "<img" not in html


def test_hdf5_that_takes_its_values_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(np.arange(2).tobytes())
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.arange(2)
    layout = h5py.VirtualLayout((2,), "i8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", shape=(2,))
    for name in ("external", "virtual"):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["from"] = np.arange(2)
            file["time"] = np.arange(2)
            if name == "external":
                file.create_dataset("to", (2,), "i8", external=[(str(tmp_path / "secret"), 0, 16)])
            else:
                file.create_virtual_dataset("to", layout)
        refused(tmp_path / f"{name}.h5", "no column for target")


def test_hdf5_that_is_nearly_all_promise(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        for name in ("from", "to", "time"):
            file.create_dataset(name, (10**13,), "i8", chunks=(1 << 16,))
    refused(tmp_path / "bomb.h5", "refused as a zip bomb")
