"""What a user hands in becomes a table: by what it is, not only by what it is called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..errors import ArchivitError
from .table import Table, short
from .text import open_text


def open_any(source: Any, workplace: Path) -> Table:
    """Open a path or a table in memory.

    Raises
    ------
    ArchivitError
        There is no such file, or it is nothing that can be read.
    """
    if isinstance(source, (str, os.PathLike)):
        return open_path(Path(source).expanduser(), workplace)
    raise ArchivitError(f"expected a path or a table, found {short(type(source).__name__)}")


def open_path(path: Path, workplace: Path) -> Table:
    """Open a file by its ending."""
    label = path.name
    if path.is_dir():
        raise ArchivitError(f"{path}: is a folder; expected a file of transfers")
    if not path.is_file():
        raise ArchivitError(f"{path}: there is no such file")
    return open_text(path, label, workplace)
