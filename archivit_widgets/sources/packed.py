"""Unpacks .gz and .zip into a working folder, never more than a plausible amount."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Protocol

from ..arguments import short
from ..errors import ArchivitError

# Tables of transfers shrink five- to thirtyfold. What grows more than this, beyond a size that does no harm, is a bomb.
GROWTH = 200
HARMLESS = 1 << 26
CHUNK = 1 << 20
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class Bytes(Protocol):
    """A stream that is read."""

    def read(self, size: int, /) -> bytes:
        """Read at most `size` bytes."""


def unpack(path: Path, ending: str, label: str, workplace: Path) -> tuple[Path, PurePosixPath]:
    """Unpack a file, .gz or .zip as `ending` says.

    Returns
    -------
    path, name
        Where the content lies, and what it is called.

    Raises
    ------
    ArchivitError
        It is damaged, holds no or several tables, or grows beyond all measure.
    """
    copy = workplace / "unpacked"
    limit = max(HARMLESS, GROWTH * path.stat().st_size)
    try:
        if ending == ".gz":
            with gzip.open(path, "rb") as packed:
                copy_at_most(packed, copy, limit, label)
            return copy, PurePosixPath(path.stem)
        with zipfile.ZipFile(path) as archive:
            member = only_member(archive, label)
            with archive.open(member) as packed:
                copy_at_most(packed, copy, limit, label)
            return copy, PurePosixPath(member.filename)
    except DAMAGED as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{label}: cannot be unpacked: {about(error)}") from None


def about(error: BaseException) -> str:
    """Say what is wrong with an archive; what has no directory at its end is told "not a zip file" by the library."""
    archive = isinstance(error, (zipfile.BadZipFile, EOFError))
    return ("it is damaged or cut short: " if archive else "") + short(error, 120)


def is_workbook(path: Path) -> bool:
    """Say whether a zip archive is an Excel sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except DAMAGED:
        return False  # `unpack` says so


def only_member(archive: zipfile.ZipFile, label: str) -> zipfile.ZipInfo:
    """Find the one file in an archive; what macOS adds does not count."""
    members = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/") and not info.filename.endswith(".DS_Store")
    ]
    if len(members) != 1:
        found = ", ".join(short(info.filename, 30) for info in members[:5]) or "nothing"
        raise ArchivitError(f"{label}: expected one file in the archive, found {len(members)}: {found}")
    return members[0]


def copy_at_most(packed: Bytes, copy: Path, limit: int, label: str) -> None:
    """Copy a stream, and stop where it grows beyond a limit."""
    size = 0
    with copy.open("wb") as out:
        while chunk := packed.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise ArchivitError(
                    f"{label}: unpacks to more than {limit >> 20:,} MB, {GROWTH} times its size; refused as a zip bomb "
                    "(unpack it by hand if you trust it)"
                )
            out.write(chunk)


def check_archive(path: Path, label: str) -> None:
    """Refuse an Excel sheet, which is a zip archive, that would unpack to more than is plausible.

    What its directory says of sizes may be a lie: it is unpacked here, and counted.
    """
    size, limit = 0, max(HARMLESS, GROWTH * path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            check_size(path, sum(info.file_size for info in archive.infolist()), label)
            for info in archive.infolist():
                info.file_size = 1 << 62  # else no more is unpacked than the directory says
                with archive.open(info) as packed:
                    while size <= limit and (chunk := packed.read(CHUNK)):
                        size += len(chunk)
    except DAMAGED as error:
        if isinstance(error, ArchivitError):
            raise
        raise ArchivitError(f"{label}: cannot be opened: {about(error)}") from None
    check_size(path, size, label)


def check_size(path: Path, size: int, label: str) -> None:
    """Refuse a file whose content, of `size` bytes by its own account, is more than is plausible."""
    if size > max(HARMLESS, GROWTH * path.stat().st_size):
        raise ArchivitError(f"{label}: unpacks to {size >> 20:,} MB, {GROWTH} times its size; refused as a zip bomb")
