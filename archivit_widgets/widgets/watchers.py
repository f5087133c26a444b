"""Functions that are called when something changes, and what becomes of their errors."""

from __future__ import annotations

import contextvars
import sys
from typing import TYPE_CHECKING, Any

from ..errors import ArchivitError, in_one_line
from .cell import cells

if TYPE_CHECKING:
    from collections.abc import Callable


class Watchers:
    """The functions given to a method such as ``on_select``.

    As those of ipywidgets' ``on_click`` they are all called, whichever fails, and who makes the change is not failed by
    them: it is made already. An error is said in one line below the cell that runs, or else, after a click in the
    page, below the one that gave the function, where what it prints stands too.

    Parameters
    ----------
    name
        Of the method.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: list[tuple[Callable[[Any], Any], contextvars.Context]] = []

    def add(self, call: Callable[[Any], Any]) -> None:
        """Have a function called from now on."""
        if not callable(call):
            raise ArchivitError(f"{self._name} takes a function, not {call!r}")
        self._calls.append((call, contextvars.copy_context()))

    def remove(self, call: Callable[[Any], Any]) -> None:
        """Undo the first `add` of a function."""
        for held in self._calls:
            if held[0] == call:
                self._calls.remove(held)
                return
        raise ArchivitError(f"{self._name} has never been given {call!r}, so there is nothing to remove")

    def tell(self, give: Callable[[], Any]) -> None:
        """Call every function with what ``give`` gives then: one of them may have changed it."""
        for call, given in list(self._calls):
            # The cell that prints is a matter of context; a copy, as a function may bring about that it is called.
            run = contextvars.copy_context().run if cells().running else given.copy().run
            run(self._call, call, give)

    def _call(self, call: Callable[[Any], Any], give: Callable[[], Any]) -> None:
        try:
            call(give())
        except Exception as error:
            print(f"{self._name} called a function that failed: {in_one_line(error)}", file=sys.stderr, flush=True)
