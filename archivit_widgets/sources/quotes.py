"""Quotes that are not closed: where such a record begins and ends, and the file without it.

A field in quotes ends at a quote that is not doubled; a separator, the end of the line or of the file follows it. Where
anything else follows, or no quote comes, the writer forgot one, and all lines up to there are torn:

    a,"b,2020-01-01,1        the record begins with this line,
    c,d,2020-01-02,1         swallows this one,
    e,"f",2020-01-03,1       and ends with this one: after its first quote comes an f

DuckDB reports all of it as one row, and where it is long reads on somewhere in the middle. So it is given a copy in
which one line without separators, which it rejects by its number, stands for all that was torn.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .encoding import CHUNK

STAND_IN = b"?"


@dataclass(frozen=True)
class Torn:
    """The lines of one record whose quotes do not match: bytes `begin` to `end`, `lines` of them not blank."""

    begin: int
    end: int
    lines: int


def without_torn(path: Path, delimiter: str, longest: int, copy: Path) -> dict[int, int]:
    """Copy a file, one line in place of each torn record.

    Parameters
    ----------
    longest
        Bytes of the longest field; one that is longer is torn.
    copy
        Where to write it; nothing is written if no record is torn.

    Returns
    -------
    dict
        For each torn record, the byte in the copy where its line begins, and how many lines it stands for.
    """
    places: dict[int, int] = {}
    # Mapped, not read: the pages of the file come and go as they are needed.
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        found = list(torn(text, delimiter, longest))
        if not found:
            return places
        ending = b"\r\n" if text.find(b"\r\n") >= 0 else b"\n"
        done = 0
        with copy.open("wb") as out:
            for one in found:
                write(text, done, one.begin, out)
                places[out.tell()] = one.lines
                out.write(STAND_IN + ending)
                done = one.end
            write(text, done, len(text), out)
    return places


def write(text: mmap.mmap, begin: int, end: int, out: BinaryIO) -> None:
    """Copy bytes, a block at a time."""
    for start in range(begin, end, CHUNK):
        out.write(text[start : min(start + CHUNK, end)])


def opening(delimiter: str) -> bytes:
    """Write the pattern of a quote that opens a field; DuckDB takes one blank before it, and no more."""
    return rb"(?:^|(?<=" + re.escape(delimiter.encode()) + rb"))" + (b"" if delimiter == " " else b" ?+") + b'"'


def torn(text: mmap.mmap, delimiter: str, longest: int) -> Iterator[Torn]:
    """Find the records with a field whose quotes do not match."""
    ends = rb'"' + (b"" if delimiter == " " else b" *+") + rb"(?=" + re.escape(delimiter.encode()) + rb"|\r?\n|\Z)"
    # No branch is ever taken back (+), so that a field of gigabytes needs no memory.
    field = re.compile(opening(delimiter) + rb'[^"]*+(?:""[^"]*+)*+(?P<closed>' + ends + rb")?", re.MULTILINE)
    line = re.compile(rb"^[^\r\n]", re.MULTILINE)
    record = start = 0
    while True:
        for match in field.finditer(text, start):
            # A line that ends between two fields in quotes ends a record.
            record = text.rfind(b"\n", start, match.start()) + 1 or record
            start = match.end()
            if not match["closed"] or match.end() - match.start() > longest:
                break
        else:
            return
        start = text.find(b"\n", start) + 1 or len(text)
        yield Torn(record, start, sum(1 for _ in line.finditer(text, record, start)))
        record = start
