"""Chooses who measures a record: NumPy, or for large ones the compiled code.

numba takes half a second to import and four more to compile, once on each machine; it must not stand between a
person and the first picture. So it measures where it is at hand already, or where its machine code lies on the disk
and the record is large enough to win the import back. It is compiled for whoever asks for the measures themselves.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from . import plain

if TYPE_CHECKING:
    from .columns import F64, Columns
    from .groups import Groups, Totals

AT_HAND, ON_DISK, WORTH_IT = 200_000, 1_500_000, 8_000_000  # transfers


class Engine(Protocol):
    """Three functions; both engines give the same, to the last bit."""

    def holding(self, record: Columns) -> F64:
        """Seconds for which the source of each transfer had held the token."""

    def group(self, record: Columns) -> Groups:
        """Which transfers make up which edge."""

    def total(self, record: Columns, groups: Groups, hold: F64) -> Totals:
        """What the transfers of each edge add up to."""


def of(record: Columns) -> Engine:
    """Choose the engine for a record."""
    size = len(record)
    if size < AT_HAND or not (_loaded() or (size >= ON_DISK and _on_disk())):
        return plain
    from . import compiled

    return compiled


def prepare(record: Columns) -> None:
    """Have the compiled code at hand for a record that is worth it, which may take seconds: for no picture's sake."""
    if len(record) >= WORTH_IT:
        from . import compiled  # noqa: F401 - that it is loaded is all that is asked for


def _loaded() -> bool:
    """Say whether this process has the compiled code already."""
    return f"{__package__}.compiled" in sys.modules


def _on_disk() -> bool:
    """Say whether numba has left machine code, beside this file or where the user wants it."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folder, pattern = (Path(chosen), "*/") if chosen else (Path(__file__).parent / "__pycache__", "")
    return any(folder.glob(f"{pattern}compiled._walk-*.nbi"))
