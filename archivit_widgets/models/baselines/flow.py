"""Simple forecasts of flow: each edge's share of its source's next value is what it was, in the mean of some past.

All are columns of ``Snapshot.history``; how long a past counts is chosen on the validation part, as the model's is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...graph.columns import F64
from ..flow_state import SHARES, Snapshot


@dataclass(frozen=True)
class Simple:
    """A family of simple forecasts, of which one is chosen.

    Attributes
    ----------
    name
        As it stands in tables.
    columns
        Of ``Snapshot.history``: those it chooses from.
    """

    name: str
    columns: tuple[int, ...]

    def scores(self, snapshot: Snapshot, column: int) -> F64:
        """(m,) 0 or more: of each edge, to be compared within its source."""
        return snapshot.history[:, column].astype(np.float64)


def _columns(beginning: str) -> tuple[int, ...]:
    return tuple(k for k, name in enumerate(SHARES) if name.startswith(beginning))


PERSISTENCE = Simple("persistence", _columns("persistence"))
MOVING = Simple("moving average", _columns("moving"))
EXPONENTIAL = Simple("exponential average", _columns("exponential"))
ALL = (PERSISTENCE, MOVING, EXPONENTIAL)
