"""What a user hands in becomes a table: by what it is, not only by what it is called."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..arguments import short
from ..errors import ArchivitError
from . import columnar, documents, memory, sheets
from .encoding import UTF16, kind_of
from .hdf import open_hdf
from .packed import is_workbook, unpack
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
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # of a drive there is one letter; a Path leaves one stroke
# What a file without an ending that is known is told by, such as one that came through a pipe.
BEGINS = {
    b"PAR1": ".parquet",
    b"ARROW1": ".arrow",
    b"FEA1": ".feather",
    b"\x89HDF": ".h5",
    b"\x1f\x8b": ".gz",
    b"PK\x03\x04": ".zip",
}
CALLED = {
    **dict.fromkeys((".parquet", ".pq"), "Parquet"),
    **dict.fromkeys((".arrow", ".ipc", ".arrows"), "Arrow IPC"),
    ".feather": "Feather",
    **dict.fromkeys((".h5", ".hdf5", ".hdf"), "HDF5"),
    **dict.fromkeys(SHEETS, "an Excel or OpenDocument sheet"),
    ".xls": "an old Excel sheet",
}
# What each of them begins with. A stream of Arrow before 2019 begins with a length, of which the fourth byte is 0.
ARROW = (b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")
STARTS = {
    "Parquet": (b"PAR1",),
    "Arrow IPC": ARROW,
    "Feather": ARROW,
    "HDF5": (b"\x89HDF",),
    "an Excel or OpenDocument sheet": (b"PK\x03\x04",),
    "an old Excel sheet": (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"),  # many a new one has the old ending
}
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
        if source == "":  # to `Path` it is the folder at hand
            raise ArchivitError("the path is empty; expected a file of transfers")
        if ADDRESS.match(str(source)) and not Path(source).exists():
            raise ArchivitError(
                f"{short(source, 200)}: addresses of the web are not read; save the file and pass its path"
            )
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
    ending = endings[-1] if endings else ""
    if not any(ending in known for known in (TEXT, BINARY, PACKED, REFUSED)):
        ending = told_by(path, start) or ending
    if ending in PACKED:
        path, inner = unpack(path, ending, label, workplace)
        endings = [ending.lower() for ending in inner.suffixes]
        if endings and endings[-1] in PACKED:
            raise ArchivitError(f"{label}: is packed twice; unpack it once")
        return open_text_like(path, endings[-1] if endings else "", label, workplace, packed=True)
    if not start:
        raise ArchivitError(f"{label}: the file is empty; expected a header and rows of transfers")
    if ending in REFUSED:
        raise ArchivitError(f"{label}: {REFUSED[ending]}")
    if ending in SHEETS and is_text(start):
        if start.lstrip()[:1] == b"<":
            raise ArchivitError(f"{label}: is a web page, although its ending is {ending}; save it as .xlsx or CSV")
        ending = ""  # many programs call what is separated by tabs .xls
    if ending in BINARY:
        check_start(start, ending, label)
        return BINARY[ending](path, label, workplace)
    return open_text_like(path, ending, label, workplace)


def told_by(path: Path, start: bytes) -> str:
    """Give the ending that a file should have by its first bytes; an Excel sheet is a zip archive too."""
    ending = next((BEGINS[magic] for magic in BEGINS if start.startswith(magic)), "")
    return ".xlsx" if ending == ".zip" and is_workbook(path) else ending


def check_start(start: bytes, ending: str, label: str) -> None:
    """Refuse a file that begins like another format than its ending says, or like none."""
    expected, found = CALLED[ending], kind_of(start)
    starts = STARTS[expected]
    if start.startswith(starts) or (starts is ARROW and start[3:4] == b"\0"):
        return
    if found:
        raise ArchivitError(f"{label}: is {found}, not {expected}; give the file the ending of what it is")
    if is_text(start):
        text = start.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="ignore")
        raise ArchivitError(
            f"{label}: looks like text, not {expected}: it begins with {short(text, 14)!r}; give it the ending .csv or "
            ".jsonl, or save it as what its ending says"
        )
    shown = " or ".join(repr(one)[2:-1] for one in starts)
    raise ArchivitError(f"{label}: is binary data, not {expected}, which begins with {shown}")


def is_text(start: bytes) -> bool:
    """Say whether the first bytes are letters, or a byte order mark."""
    try:
        letters = codecs.getincrementaldecoder("utf-8")().decode(start)  # the last letter may be cut
    except UnicodeDecodeError:
        return start.startswith(tuple(UTF16))
    return all(letter.isprintable() or letter.isspace() or letter == "\ufeff" for letter in letters)


def open_text_like(path: Path, ending: str, label: str, workplace: Path, packed: bool = False) -> Table:
    """Open a text format; an unknown ending is taken for separated values if the file is text."""
    if ending in BINARY:
        raise ArchivitError(f"{label}: {ending} files are compressed already; unpack it once")
    if ending in REFUSED:
        raise ArchivitError(f"{label}: {REFUSED[ending]}")
    with path.open("rb") as file:
        start = file.read(1 << 12)
    binary = kind_of(start)
    if binary and packed and not ending:
        raise ArchivitError(f"{label}: holds {binary}, which is compressed already; unpack it once")
    if binary:
        although = f", although its ending is {ending}" if ending in TEXT else ""
        raise ArchivitError(f"{label}: is {binary}{although}; expected a table, or text with one transfer a line")
    if ending not in TEXT and start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        ending = ".json"
    return TEXT.get(ending, open_text)(path, label, workplace)
