"""A small ledger in every format that is read, and what is asked of files that are refused."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from archivit_widgets import ArchivitError, read_transfers

HEADER = "from,to,date,token_id,price\n"
ZERO = "0x" + "0" * 40


def address(number: int) -> str:
    return f"0x{number:040x}"


def ledger() -> pd.DataFrame:
    """Eight transfers with a mint, a lost buyer, a missing price, a price of 0, and one out of order."""
    return pd.DataFrame(
        {
            "from": [ZERO, "Knoedler", address(0xAB), "Agnew", "Agnew", address(0xAB), "Colnaghi & Co", "Knoedler"],
            "to": ["Knoedler", address(0xAB), "Agnew", "Colnaghi & Co", "Knoedler", ZERO, "Agnew", 'Smith "the elder"'],
            "timestamp": [
                "1720-02-03 00:00:00",
                "1899-12-31 23:59:59",
                "1969-12-31 23:59:59",
                "1970-01-01 00:00:00",
                "2021-04-05 12:13:14",
                "2020-02-29 00:00:01",
                "2021-04-05 12:13:14",
                "2022-01-01 00:00:00",
            ],
            "token_id": ["1", "1", "1", "2", "2", "1", "3", "3"],
            "price_eth": [np.nan, 1.5, 0.0, 2.25, 1e-18, 123456.789, 0.1, 3.0],
        }
    )


def save_arrow(frame: pd.DataFrame, path: Path, stream: bool = False) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as file, new(file, table.schema) as writer:
        writer.write_table(table)


def save_hdf(frame: pd.DataFrame, path: Path) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group("transfers")
        for name, column in frame.items():
            text = column.dtype.kind not in "fi"
            group.create_dataset(
                str(name),
                data=column.astype(object).to_list() if text else column.to_numpy(),
                dtype=h5py.string_dtype() if text else None,
            )


def save_records(frame: pd.DataFrame, path: Path) -> None:
    kinds = [(str(name), "f8" if column.dtype.kind == "f" else "S80") for name, column in frame.items()]
    rows = [tuple(value.encode() if isinstance(value, str) else value for value in row) for row in frame.to_numpy()]
    with h5py.File(path, "w") as file:
        file.create_dataset("transfers", data=np.array(rows, dtype=kinds))


def save_packed(frame: pd.DataFrame, path: Path) -> None:
    """Write what stands before ``.gz`` or ``.zip``; an archive holds what a Mac adds, too."""
    kind = path.suffixes[-2]
    texts = {
        ".csv": lambda: frame.to_csv(index=False),
        ".tsv": lambda: frame.to_csv(index=False, sep="\t"),
        ".json": lambda: frame.to_json(orient="records", double_precision=15),
        ".jsonl": lambda: frame.to_json(orient="records", lines=True, double_precision=15),
    }
    text = texts[kind]()
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"folder/sales{kind}", text)
        archive.writestr(f"__MACOSX/folder/._sales{kind}", b"\x00\x05\x16\x07")


FORMATS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "a.csv": lambda frame, path: frame.to_csv(path, index=False),
    "bom.csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    "utf16.csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-16"),
    "crlf.csv": lambda frame, path: frame.to_csv(path, index=False, lineterminator="\r\n"),
    "semicolon.csv": lambda frame, path: frame.to_csv(path, index=False, sep=";"),
    "a.tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "a.json": lambda frame, path: frame.to_json(path, orient="records", double_precision=15),
    "columns.json": lambda frame, path: frame.to_json(path, double_precision=15),
    "a.jsonl": lambda frame, path: frame.to_json(path, orient="records", lines=True, double_precision=15),
    **{f"packed.{kind}.{pack}": save_packed for kind in ("csv", "tsv", "json", "jsonl") for pack in ("gz", "zip")},
    "a.parquet": lambda frame, path: frame.to_parquet(path, index=False),
    "a.feather": lambda frame, path: pyarrow.feather.write_feather(frame, str(path)),
    "a.arrow": save_arrow,
    "stream.arrows": lambda frame, path: save_arrow(frame, path, stream=True),
    "group.h5": save_hdf,
    "records.hdf5": save_records,
    "a.xlsx": lambda frame, path: frame.to_excel(path, index=False),
}


def refused(source: object, match: str, **options: object) -> str:
    with pytest.raises(ArchivitError, match=match) as caught:
        read_transfers(source, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 2_000
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return message


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
