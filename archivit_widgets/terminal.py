"""What the command line says beside its results."""

from __future__ import annotations

import sys
from contextlib import suppress


def say(text: str) -> None:
    """Print a line to standard error; where nobody listens any more, the work goes on."""
    if sys.stderr is None:  # print would take standard output then
        return
    with suppress(OSError):
        print(f"archivit: {text}", file=sys.stderr, flush=True)
