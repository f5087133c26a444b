"""Files that we write: named right, whole or not at all, and one line where they cannot be written."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .arguments import of_kind, short
from .errors import ArchivitError


def output_path(path: str | os.PathLike[str], known: Sequence[str]) -> Path:
    """Check the name and the folder of what will be written, before any work is done."""
    if of_kind("the output", path, (str, os.PathLike), "the name of a file") == "":
        raise ArchivitError("the name of the output is empty; expected the name of a file")
    path = Path(path)
    if "\0" in str(path):
        raise ArchivitError(f"the name of the output, {short(repr(str(path)))}, holds a null character")
    if path.suffix.lower() not in known:
        raise ArchivitError(f"{path}: the name of the output must end in {' or '.join(known)}")
    with writing(path):  # a name may be too long to ask for
        if not path.parent.is_dir():
            raise ArchivitError(f"{path}: there is no folder {path.parent}")
        if path.is_dir():
            raise ArchivitError(f"{path}: is a folder; expected the name of a file")
    return path


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say in one line why a file, or what stands for one, cannot be written."""
    try:
        yield
    except BrokenPipeError:  # its reader has seen enough, which is no error
        raise
    except OSError as error:
        raise ArchivitError(
            f"{path}: cannot be written: {os.strerror(error.errno) if error.errno else error}"
        ) from None


@contextmanager
def written(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a file to fill, which takes its name when it is whole; until then, and at any failure, an older one stays.

    A link is followed. What cannot be replaced is written where it is: a pipe, a device, a file in a closed folder.

    Raises
    ------
    ArchivitError
        It cannot be written.
    """
    with writing(path):
        named, target = Path(path), Path(os.path.realpath(path))
        older = _older(named)
        if older and not _replaceable(target, older):
            with named.open("wb") as file:
                yield file
            return
        # Beside it, as a file moves in one step only within its file system; a long name would leave no room for more.
        beside = target.with_name(f".archivit-{secrets.token_hex(8)}.part")
        try:
            with beside.open("xb") as file:
                if older:
                    _like(beside, older)
                yield file
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _older(path: Path) -> os.stat_result | None:
    """What stands there already; one that may not be written is refused, though its folder would let us replace it."""
    try:
        older = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISREG(older.st_mode):
        with path.open("r+b"):
            return older
    return older


def _replaceable(file: Path, older: os.stat_result) -> bool:
    """Whether another file can take the place of this one; of a file mounted by itself, as in a container, none can."""
    return stat.S_ISREG(older.st_mode) and os.access(file.parent, os.W_OK) and not os.path.ismount(file)


def _like(file: Path, older: os.stat_result) -> None:
    """Give a file the owner, as far as that is ours to give, and the mode bits of the one whose place it takes."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(file, older.st_uid, older.st_gid)
    file.chmod(stat.S_IMODE(older.st_mode))
