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


def in_one_line(error: BaseException) -> str:
    """Say what went wrong in a function that a user gave, and where in it; an `ArchivitError` says all by itself."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    if isinstance(error, ArchivitError):
        return text
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{text} (line {where.lineno} of {where.name})"


def _is_inner(file: str) -> bool:
    """Whether a file is of this package or of IPython, which runs the caller's cell."""
    path = Path(file)
    return path.is_relative_to(PACKAGE) or "IPython" in path.parts
