"""A stream: the picture follows the model as fast as the page can draw, and never falls behind.

`Stream` holds two states of the channels: what the kernel wants shown, and what was sent last. Whatever lies between
the two is the next frame, so a frame that could not be sent is replaced by the next, and no changed edge is ever lost.
Frames go out while the fastest page owes fewer than `CREDIT` acknowledgements, at most `RATE` a second. A page that has
fallen silent is let go; when it speaks again it is taken back, and catches up by a keyframe that it asks for. Where all
were let go, the latest frame still goes out now and then, whole: a page whose answers went astray has nothing left to
answer and would be silent for ever, and so would the kernel.

While a cell runs most kernels handle no messages: acknowledgements wait, and frames are paced by time instead. Kernels
with subshells do handle them, in another thread: then credit rules as ever. Hence everything here may be called from
any thread.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
import warnings
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import channels as visual
from .alarm import Alarm
from .player import THREAD
from .protocol import CREDIT, delta_messages, keyframe_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from .protocol import Message

    U8 = NDArray[np.uint8]

RATE = 30.0
#: Seconds without an answer after which a page is let go.
SILENCE = 3.0
#: Seconds between frames while acknowledgements wait for a cell to end, and bytes a second then.
PACE, PACE_BYTES = 0.1, 8e6
#: Bytes a second where nobody answers, and at most a frame in `SILENCE`.
TRIAL_BYTES = 1e5
#: Milliseconds of a transition: for a single push, at least, at most.
TRANSITION = (150, 50, 500)
#: Seconds after which the thread that waits for the right moment ends.
IDLE = 2.0


class Cell(Protocol):
    """The cells of a notebook; times are monotonic seconds."""

    @property
    def running(self) -> bool:
        """A cell runs now."""

    @property
    def ended(self) -> float:
        """When the last one ended."""


@dataclass
class _Client:
    acked: int
    heard: float
    about: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Counts:
    offered: int = 0
    sent: int = 0
    replaced: int = 0
    recovered: int = 0
    acknowledged: int = 0
    clipped: int = 0
    bytes: int = 0


class Stream:
    """Sends the channels of one scene to the pages that show it.

    Parameters
    ----------
    send
        Sends one message, content and buffers, to all pages.
    scene
        Id of the scene.
    introduce
        Gives the messages that carry the scene with these channels of this frame, which shows that moment.
    channels
        (m, 4) uint8: frame 0, which travels with the scene.
    cell
        Whether a cell runs.
    clock
        Monotonic seconds.
    ghosts
        How many of the m, the last ones, are no edges of the graph.

    Attributes
    ----------
    pushed
        The channels that were pushed so far.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any], list[memoryview]], None],
        scene: str,
        introduce: Callable[[U8, int, int | None], Iterable[Message]],
        channels: U8,
        cell: Cell,
        clock: Callable[[], float] = time.monotonic,
        ghosts: int = 0,
    ) -> None:
        self._ghosts = ghosts
        self.name, self.pushed = secrets.token_hex(4), set[str]()
        self._send, self.scene, self._introduce, self._cell, self._clock = send, scene, introduce, cell, clock
        self._wanted = self._shown = np.ascontiguousarray(channels)
        self._time: int | None = None
        self._shown_time: int | None = None
        self._frame, self._highest = 0, 0
        self._dirty = self._keyframe = False
        self._clients: dict[str, _Client] = {}
        self._sent_at: dict[int, float] = {}
        self._latest = self._offered_at = -1e9
        self._transition = TRANSITION[0]
        self._latencies: deque[float] = deque(maxlen=1000)
        self._counts, self._alarm = _Counts(), Alarm()
        self._concurrent = self._met = self._warned = False
        self._changed = threading.Condition(threading.RLock())
        self._waiter: threading.Thread | None = None

    @property
    def wanted(self) -> U8:
        """The channels as last pushed, (m, 4), never written again."""
        return self._wanted

    @property
    def time(self) -> int | None:
        """The moment that the frame last pushed shows, seconds since 1970; None where it was given none."""
        return self._time

    def push(self, given: Any, time: int | None = None) -> None:
        """Offer a frame; returns at once.

        Parameters
        ----------
        given
            What `archivit_widgets.frames.channels.update` takes.
        time
            The moment that it shows, seconds since 1970. It belongs to this frame alone: the next has its own or none.

        Raises
        ------
        ArchivitError
            If a channel is unknown or a length is wrong.

        Warns
        -----
        UserWarning
            The first time that values lie far outside 0..1, as data do that were never scaled.
        """
        far = ""
        with self._changed:
            columns = visual.columns(given, len(self._wanted), self._ghosts)
            before, now = self._wanted, self._clock()
            self._wanted, clipped = visual.update(before, columns)
            self._time = time
            self.pushed |= columns.keys()
            if "alert" in columns:
                self._alarm.pushed(before, self._wanted, now)
            self._counts.offered += 1
            self._counts.replaced += self._dirty
            self._counts.clipped += clipped
            if clipped and not self._warned:
                far = visual.far_outside(columns)
                self._warned = bool(far)
            single, least, most = TRANSITION
            since = 1000 * (now - self._offered_at)
            self._transition = single if since > 2 * most else int(min(max(since, least), most))
            self._dirty, self._offered_at = True, now
            self._step()
        if far:
            # At the line that pushes; where `play` does, that is no line of its user's.
            warnings.warn(far, stacklevel=sys.maxsize if threading.current_thread().name == THREAD else 3)

    def introduce(self) -> None:
        """Send the scene, with the channels as they were sent last."""
        with self._changed:
            for content, buffers in self._introduce(self._shown, self._frame, self._shown_time):
                self._send(content, buffers)

    def join(self, client: str, scene: str | None, frame: int | None) -> None:
        """Give a page what it wants: the scene, or if it holds that, a keyframe.

        Parameters
        ----------
        client
            Name of the page.
        scene, frame
            What it holds, if anything.
        """
        with self._changed:
            self._note_thread()
            now = self._clock()
            holds = scene == self.scene
            if not holds and self._dirty and not self._living(now, besides=client):
                # Nobody else looks: what waits to be sent may as well travel with the scene.
                self._shown, self._dirty, self._frame = self._wanted, False, self._frame + 1
                self._shown_time = self._time
                self._counts.sent += 1
            self._clients[client] = _Client(acked=self._frame, heard=now)
            self._met = True
            if not holds:
                self.introduce()
            elif frame != self._frame:
                self._keyframe = True
            self._step()

    def acknowledge(self, client: str, stream: str | None, frame: int, about: dict[str, Any]) -> None:
        """Take an acknowledgement of a frame and all before it.

        Parameters
        ----------
        client
            Name of the page.
        stream
            Whose frame it is; None where the page holds the one that came with the scene.
        frame
            Its number.
        about
            fps, ms, backend, visible.
        """
        with self._changed:
            self._note_thread()
            now = self._clock()
            frame = frame if stream in (self.name, None) else 0
            known = self._clients.setdefault(client, _Client(acked=frame, heard=now))
            known.acked, known.heard, known.about = max(known.acked, frame), now, about
            self._met = True
            if frame > self._highest:
                self._counts.acknowledged += frame - self._highest
                self._highest = frame
            self._alarm.acknowledged(frame, now, visible=about.get("visible") is not False)
            if frame in self._sent_at:
                self._latencies.append(now - self._sent_at[frame])
            self._step()

    def stats(self) -> dict[str, Any]:
        """Count frames and bytes; latencies are milliseconds, None where unknown: see `Arteries.stats`."""
        with self._changed:
            now = self._clock()
            living = [self._clients[name] for name in self._living(now)]
            best = max(living, key=lambda client: client.heard, default=None)
            about = best.about if best else {}
            late = np.array(self._latencies) * 1000
            p50, p99 = (float(round(np.quantile(late, q), 1)) if len(late) else None for q in (0.5, 0.99))
            return {
                **vars(self._counts),
                "latency_p50": p50,
                "latency_p99": p99,
                "alert_p50": self._alarm.quantile(0.5),
                "alert_p99": self._alarm.quantile(0.99),
                "fps": about.get("fps"),
                "backend": about.get("backend"),
                "clients": len(living),
                "pending": int(self._dirty),
            }

    def _step(self) -> None:
        """Send what may be sent now; else let the waiter come back at the right moment."""
        delay = self._delay(self._clock())
        if delay == 0:
            self._send_frame()
        elif delay is not None:
            if self._waiter is None:
                self._waiter = threading.Thread(target=self._wait, name="archivit-stream", daemon=True)
                self._waiter.start()
            self._changed.notify()

    def _wait(self) -> None:
        with self._changed:
            try:
                while (delay := self._delay(self._clock())) is not None or self._changed.wait(IDLE):
                    if delay == 0:
                        self._send_frame()
                    elif delay is not None:
                        self._changed.wait(delay)
            finally:  # where sending failed too: what comes later must find another waiter
                self._waiter = None

    def _delay(self, now: float) -> float | None:
        """Seconds until a frame may go out: 0 is now, None is not before somebody pushes, joins or acknowledges."""
        if not (self._dirty or self._keyframe):
            return None
        rest = max(0.0, self._latest + 1 / RATE - now)
        living = self._living(now)
        if any(self._under_way(self._clients[name]) < CREDIT for name in living):
            return rest
        if self._deaf():
            return max(rest, self._latest + self._pace() - now, 0.0)
        if living:  # Credit comes back with an acknowledgement. Look all the same: a cell may have begun since.
            return PACE
        # Who has never been there asks for the scene, and gets the latest with it.
        return max(rest, self._latest + self._trial() - now) if self._alone() else None

    def _living(self, now: float, besides: str = "") -> list[str]:
        """Names of the pages that answer; lets go of those that do not."""
        for name, client in list(self._clients.items()):
            owed = self._sent_at.get(client.acked + 1, -np.inf) if self._under_way(client) else now
            silent_since = max(client.heard, owed, 0.0 if self._concurrent else self._cell.ended)
            others = any(c.heard > silent_since for other, c in self._clients.items() if other != name)
            if now - silent_since > SILENCE and (others or not self._deaf()):
                del self._clients[name]
        return [name for name in self._clients if name != besides]

    def _under_way(self, client: _Client) -> int:
        return self._frame - client.acked

    def _deaf(self) -> bool:
        return self._cell.running and not self._concurrent

    def _pace(self) -> float:
        usual = float(np.median(self._latencies)) if self._latencies else 0.0
        return max(PACE, 1.5 * usual, self._shown.size / PACE_BYTES)

    def _alone(self) -> bool:
        """Whether there were pages, and all were let go."""
        return self._met and not self._clients

    def _trial(self) -> float:
        return max(SILENCE, self._shown.size / TRIAL_BYTES)

    def _note_thread(self) -> None:
        if self._cell.running and threading.current_thread() is not threading.main_thread():
            self._concurrent = True

    def _send_frame(self) -> None:
        before, after, base = self._shown, self._wanted, self._frame
        rows = np.flatnonzero((before != after).any(axis=1)).astype(np.uint32)
        common = {"scene": self.scene, "stream": self.name, "frame": base + 1}
        common |= {"ms": self._transition, "time": self._time}
        # What pages that were let go hold is not known.
        whole = self._keyframe or self._alone() or 8 * len(rows) >= after.size
        messages = keyframe_messages(after, common) if whole else delta_messages(rows, after[rows], base, common)
        self._counts.sent += 1
        self._counts.recovered += not self._dirty
        self._shown, self._frame, self._dirty, self._keyframe = after, base + 1, False, False
        self._shown_time = self._time
        self._latest = self._sent_at[self._frame] = self._clock()
        self._sent_at.pop(self._frame - 256, None)
        self._alarm.sent(self._frame, before, after)
        for content, buffers in messages:
            self._counts.bytes += sum(buffer.nbytes for buffer in buffers)
            self._send(content, buffers)
