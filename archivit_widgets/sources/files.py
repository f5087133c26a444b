"""What a user hands in becomes a table: by what it is, not only by what it is called."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..arguments import short
from ..errors import ArchivitError
from . import columnar, documents, memory, sheets
from .encoding import UTF16, kind_of
from .hdf import open_hdf
from .packed import unpack
from .table import Table
from .text import open_text

Opener = Callable[[Path, str, Path], Table]

TEXT: dict[str, Opener] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt", ".psv"), open_text),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), documents.open_json),
}
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
BINARY: dict[str, Opener] = {
    **dict.fromkeys((".parquet", ".pq"), columnar.open_parquet),
    **dict.fromkeys((".feather", ".arrow", ".ipc", ".arrows"), columnar.open_arrow),
    **dict.fromkeys((".h5", ".hdf5", ".hdf"), open_hdf),
    **dict.fromkeys(SHEETS, sheets.open_excel),
}
PACKED = (".gz", ".zip")
# What a file without an ending is known by, such as one that came through a pipe.
BEGINS = {b"PAR1": ".parquet", b"ARROW1": ".arrow", b"FEA1": ".feather", b"\x89HDF": ".h5"}
# Endings that people expect to work, and why they do not.
REFUSED = {
    **dict.fromkeys((".pkl", ".pickle"), "a pickle can run programs when opened; save the table as Parquet or CSV"),
    **dict.fromkeys((".npz", ".npy"), "arrays have no names of columns; put them into a pandas table"),
    **dict.fromkeys((".db", ".sqlite", ".duckdb"), "a database; export the table as Parquet or CSV"),
    ".orc": "ORC is not read; save the table as Parquet",
}


def open_any(source: Any, workplace: Path) -> Table:
    """Open a path or a table in memory.

    Parameters
    ----------
    source
        A path, or a pandas, Polars or Arrow table.
    workplace
        A folder for unpacked copies.

    Raises
    ------
    ArchivitError
        There is no such file, or it is nothing that can be read.
    """
    if not isinstance(source, (str, os.PathLike)):
        return memory.open_frame(source)
    try:
        path = Path(source).expanduser()
        if path.is_dir():
            raise ArchivitError(f"{short(path, 200)}: is a folder; expected a file of transfers")
        if path.exists() and not path.is_file():
            raise ArchivitError(f"{short(path, 200)}: is a pipe or a device; expected a file, which is read twice")
        if not path.is_file():
            raise ArchivitError(f"{short(path, 200)}: there is no such file")
        with path.open("rb") as file:
            start = file.read(16)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{short(source, 200)}: cannot be opened: {short(error, 100)}") from None
    return open_path(path, start, workplace)


def open_path(path: Path, start: bytes, workplace: Path) -> Table:
    """Open a file by its ending; `start` are its first bytes."""
    label = short(path.name, 80)
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in PACKED:
        path, inner = unpack(path, label, workplace)
        endings = [ending.lower() for ending in inner.suffixes]
        if endings and endings[-1] in PACKED:
            raise ArchivitError(f"{label}: is packed twice; unpack it once")
        return open_text_like(path, endings[-1] if endings else ".csv", label, workplace)
    ending = endings[-1] if endings else next((BEGINS[magic] for magic in BEGINS if start.startswith(magic)), "")
    if not start:
        raise ArchivitError(f"{label}: the file is empty; expected a header and rows of transfers")
    if ending in REFUSED:
        raise ArchivitError(f"{label}: {REFUSED[ending]}")
    if ending in SHEETS and is_text(start):
        if start.lstrip()[:1] == b"<":
            raise ArchivitError(f"{label}: is a web page, although its ending is {ending}; save it as .xlsx or CSV")
        ending = ""  # many programs call what is separated by tabs .xls
    if ending in BINARY:
        return BINARY[ending](path, label, workplace)
    return open_text_like(path, ending, label, workplace)


def is_text(start: bytes) -> bool:
    """Say whether the first bytes are letters, or a byte order mark."""
    plain = start.isascii() and all(chr(byte).isprintable() or chr(byte).isspace() for byte in start)
    return plain or start.startswith((codecs.BOM_UTF8, *UTF16))


def open_text_like(path: Path, ending: str, label: str, workplace: Path) -> Table:
    """Open a text format; an unknown ending is taken for separated values if the file is text."""
    if ending in BINARY:
        raise ArchivitError(f"{label}: {ending} files are compressed already; unpack it once")
    if ending in REFUSED:
        raise ArchivitError(f"{label}: {REFUSED[ending]}")
    with path.open("rb") as file:
        start = file.read(1 << 12)
    if binary := kind_of(start):
        raise ArchivitError(f"{label}: is {binary}, although its ending is {ending or 'none'}; expected text")
    if ending not in TEXT and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        ending = ".json"
    return TEXT.get(ending, open_text)(path, label, workplace)
