"""Bytes become UTF-8 text: byte order marks, UTF-16, two encodings in one file, and several ways to end a line."""

from __future__ import annotations

import codecs
from pathlib import Path

from ..errors import ArchivitError

CHUNK = 1 << 23
KNOWN = {
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a zip archive or an Excel sheet",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"\x89HDF": "HDF5",
    b"ARROW1": "Arrow IPC",
    b"FEA1": "Feather",
    b"\xd0\xcf\x11\xe0": "an old Excel sheet, or one with a password",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"\x7fELF": "a program",
    b"SQLite": "an SQLite database",
    b"\x93NUMPY": "a NumPy array",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
}
UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def kind_of(start: bytes) -> str | None:
    """Name the binary format that a file begins with, or None."""
    return next((name for magic, name in KNOWN.items() if start.startswith(magic)), None)


def as_utf8(
    path: Path, label: str, workplace: Path, expected: str = "separated values"
) -> tuple[Path, tuple[str, ...]]:
    """Give a file of the same text in UTF-8: the file itself where it is, else a copy in `workplace`.

    Returns
    -------
    path, notes
        Where the text lies, and what was done to it.

    Raises
    ------
    ArchivitError
        The file is empty, or no text at all.
    """
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise ArchivitError(f"{label}: the file is empty; expected a header and rows of transfers")
    encoding = UTF16.get(start[:2])
    binary = kind_of(start)
    if binary or (b"\x00" in start and not encoding):
        raise ArchivitError(f"{label}: is not text but {binary or 'binary data'}; expected {expected}")
    if encoding is None and not start.startswith(codecs.BOM_UTF8) and is_utf8(path) and is_even(path):
        return path, ()
    copy = workplace / "text.csv"
    if encoding:
        lost = recode(path, copy, encoding)
        return copy, ("Read as UTF-16" + (f"; {lost:,} characters could not be read." if lost else "."),)
    lines = mend(path, copy)
    note = f"Not UTF-8 and read as Windows-1252: {lines:,} lines. If names look wrong, save the file as UTF-8."
    return copy, (note,) if lines else ()


def is_utf8(path: Path) -> bool:
    """Say whether all of a file is UTF-8; plain ASCII passes at the speed of memory."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
    return not decoder.getstate()[0]


def is_even(path: Path) -> bool:
    """Say whether all lines end alike, as on Unix or as on Windows: DuckDB reads no mixture."""
    returns = feeds = pairs = 0
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            returns += chunk.count(b"\r")
            feeds += chunk.count(b"\n")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n") if returns else 0
            last = chunk[-1:]
    return returns == 0 or returns == feeds == pairs


def recode(path: Path, copy: Path, encoding: str) -> int:
    """Copy a text from another encoding to UTF-8, every line end as on Unix, and count the characters lost."""
    lost = 0
    with (
        path.open(encoding=encoding, errors="replace") as text,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        text.read(1)  # the byte order mark
        while chunk := text.read(CHUNK):
            lost += chunk.count("\ufffd")
            out.write(chunk)
    return lost


def mend(path: Path, copy: Path) -> int:
    """Copy a file line by line, each ending as on Unix, those that are not UTF-8 as Windows-1252, and count these."""
    count = 0
    # Latin-1 keeps every byte, and knows every way in which a line can end.
    with path.open(encoding="latin-1") as file, copy.open("wb") as out:
        if file.read(3).encode("latin-1") != codecs.BOM_UTF8:
            file.seek(0)
        for text in file:
            line = text.encode("latin-1")
            try:
                line.decode("utf-8")
                out.write(line)
            except UnicodeDecodeError:
                count += 1
                out.write(decode_1252(line).encode("utf-8"))
    return count


def decode_1252(line: bytes) -> str:
    """Decode Windows-1252; its five empty places are taken for Latin-1."""
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")
