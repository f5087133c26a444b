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
        self.running = shell is not None and _runs_a_cell(shell)
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


class MarimoCells:
    """Follows the cells of one marimo session; marimo tells nobody when one ends, so it is asked.

    Attributes
    ----------
    ended
        Monotonic seconds at which a cell was last seen running.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self.ended = float("-inf")

    @property
    def running(self) -> bool:
        """A cell runs now, or what a change of an element calls."""
        runs = self._context.execution_context is not None
        if runs:
            self.ended = time.monotonic()
        return runs

    def after(self, call: Callable[[], None]) -> None:
        """Call at once."""
        call()


def cells() -> Cells | MarimoCells:
    """Give the cells of the notebook that asks: of its session in marimo, where one process may have many."""
    find = getattr(sys.modules.get("marimo._runtime.context"), "safe_get_context", lambda: None)
    context = find()
    return _of_ipython() if context is None else MarimoCells(context)


@cache
def _of_ipython() -> Cells:
    """Give the one `Cells` of this process."""
    ipython = sys.modules.get("IPython")
    return Cells(ipython.get_ipython() if ipython else None)


def _runs_a_cell(shell: Any) -> bool:
    """Whether what the kernel handles now is a cell; a click on a button, for one, is none."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:  # a terminal
        return True
    kind = kernel.get_parent("shell").get("header", {}).get("msg_type")
    return kind in (None, "execute_request")
