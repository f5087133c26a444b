"""Plays an iterable of frames from a background thread while its user works on."""

from __future__ import annotations

import contextvars
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..arguments import of_kind
from ..errors import ArchivitError, in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable


THREAD = "archivit-play"


class Player:
    """Hands each of ``frames`` to ``push``, ``fps`` a second, in a thread of its own, until they end or `stop`.

    A frame that takes long to come is pushed when it comes; the lost time is not made up. An exception in the iterable
    ends the thread; it is kept in ``error``, and said in one line below the cell that started it.

    Parameters
    ----------
    push
        Takes a frame.
    frames
        What `push` takes, one after the other; closed at the end where they can be.
    fps
        Frames a second, above 0.

    Raises
    ------
    ArchivitError
        ``fps`` is not above 0, or ``frames`` cannot be iterated over, or is one frame.
    """

    def __init__(self, push: Callable[[Any], None], frames: Iterable[Any], fps: float) -> None:
        try:
            valid = fps > 0
        except TypeError:
            valid = False
        if not valid:
            raise ArchivitError(f"fps is {fps!r}, but must be above 0")
        if not 1 / fps <= threading.TIMEOUT_MAX:
            raise ArchivitError(f"fps is {fps!r}: the second frame would never come")
        of_kind("frames", frames, Iterable, "a list or a generator of frames")
        if one := _as_one(frames):
            raise ArchivitError(f"frames is one {one}; expected a list or a generator of such")
        self.error: BaseException | None = None
        self._stop = threading.Event()
        # The cell that prints is a matter of context in a notebook: without its own, a thread prints nowhere in
        # particular as soon as the page has answered a frame.
        run, given = contextvars.copy_context().run, (push, iter(frames), 1 / fps)
        self._thread = threading.Thread(target=run, args=(self._run, *given), name=THREAD, daemon=True)
        self._thread.start()

    @property
    def playing(self) -> bool:
        """Whether frames are still to come."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End before the next frame."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1)

    def _run(self, push: Callable[[Any], None], frames: Any, period: float) -> None:
        due = time.monotonic()
        try:
            for frame in frames:
                now = time.monotonic()
                due = max(due, now - period)
                if self._stop.wait(max(0.0, due - now)):
                    break
                push(frame)
                due += period
        except BaseException as error:
            self.error = error
            print(f"play ended early: {in_one_line(error)}", file=sys.stderr, flush=True)
        finally:
            if hasattr(frames, "close"):
                frames.close()


def _as_one(frames: Iterable[Any]) -> str:
    """Say what frames are if they are one: iterated over, it gives names and numbers. A generator is not begun."""
    name = type(frames).__name__
    if isinstance(frames, Sequence) and not isinstance(frames, str):
        return f"{name} of numbers" if frames and all(isinstance(one, Real) for one in frames) else ""
    flat = getattr(frames, "ndim", 2) < 2  # of NumPy, pandas or torch
    return name if flat or isinstance(frames, (Mapping, str, pd.DataFrame)) else ""
