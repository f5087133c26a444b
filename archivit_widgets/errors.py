"""The one exception that bad input raises."""

from __future__ import annotations

import traceback
from pathlib import Path

PACKAGE = Path(__file__).parent


class ArchivitError(ValueError):
    """Says in one line what was found, where, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Give what IPython shows: the caller's lines and the message; ours in between would hide both."""
        frames = [frame for frame in traceback.extract_tb(self.__traceback__) if not _is_inner(frame.filename)]
        return [*"".join(traceback.format_list(frames)).splitlines(), f"{type(self).__name__}: {self}"]


def _is_inner(file: str) -> bool:
    """Whether a file is of this package or of IPython, which runs the caller's cell."""
    path = Path(file)
    return path.is_relative_to(PACKAGE) or "IPython" in path.parts
