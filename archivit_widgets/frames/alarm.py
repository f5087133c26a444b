"""How long an alert takes from the call of `push` to the picture that shows it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALERT = 3  # column of the channels
#: From this byte on an artery is drawn as an alert.
RED = 128
#: Frames whose acknowledgement is still waited for, and times that are kept.
WAITED_FOR, KEPT = 256, 1000


class Alarm:
    """Follows new alerts through a stream; times are monotonic seconds.

    A push alarms where it makes an artery an alert that was none in the frame pushed before. It counts from that call,
    however many later frames replace it before one is sent, until a page says that it has drawn a frame that holds it.
    """

    def __init__(self) -> None:
        self._waiting: list[float] = []
        self._under_way: dict[int, list[float]] = {}
        self._took: deque[float] = deque(maxlen=KEPT)

    def pushed(self, before: NDArray[np.uint8], after: NDArray[np.uint8], now: float) -> None:
        """Note a push: what was wanted before it and after, (m, 4) each."""
        if ((after[:, ALERT] >= RED) & (before[:, ALERT] < RED)).any():
            self._waiting.append(now)

    def sent(self, frame: int, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> None:
        """Note that a frame was sent, over what pages showed before; alerts that were taken back are forgotten."""
        if self._waiting and ((after[:, ALERT] >= RED) & (before[:, ALERT] < RED)).any():
            self._under_way[frame] = self._waiting
            for forgotten in list(self._under_way)[:-WAITED_FOR]:
                del self._under_way[forgotten]
        self._waiting = []

    def acknowledged(self, frame: int, now: float, *, visible: bool) -> None:
        """Note that a page has dealt with this frame and all before it: drawn them, where it is visible."""
        for number in [number for number in self._under_way if number <= frame]:
            times = self._under_way.pop(number)
            if visible:
                self._took.extend(now - time for time in times)

    def quantile(self, q: float) -> float | None:
        """Milliseconds, None where no alert was drawn yet."""
        return float(round(1000 * np.quantile(self._took, q), 1)) if self._took else None
