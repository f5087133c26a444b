"""Whether a cell of the notebook runs: while it does, most kernels handle no messages from the page."""

from __future__ import annotations

import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Cells:
    """Follows the cells of an IPython kernel; elsewhere nothing ever runs.

    Attributes
    ----------
    running
        A cell runs now.
    ended
        Monotonic seconds at which the last one ended.
    """

    def __init__(self, shell: Any = None) -> None:
        self.running = shell is not None
        self.ended = float("-inf")
        self._waiting: list[Callable[[], None]] = []
        if shell is not None:
            shell.events.register("pre_run_cell", self._start)
            shell.events.register("post_run_cell", self._end)

    def _start(self, *_: Any) -> None:
        self.running = True

    def _end(self, *_: Any) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            for call in waiting:
                call()
        finally:
            self.running, self.ended = False, time.monotonic()

    def after(self, call: Callable[[], None]) -> None:
        """Call when the running cell has done its work and shown its output, or at once where none runs."""
        if self.running:
            self._waiting.append(call)
        else:
            call()


@cache
def cells() -> Cells:
    """Give the one `Cells` of this process; first asked for within a cell."""
    ipython = sys.modules.get("IPython")
    return Cells(ipython.get_ipython() if ipython else None)
