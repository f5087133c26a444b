"""Simple forecasts of flow: each edge's share of its source's next value is what it was, in the mean of some past.

All are columns of ``Snapshot.history``. How long a past counts is chosen where the model chooses; what was chosen
scores the edges of a snapshot as `FlowModel.scores` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...graph.columns import F64
from ..flow.state import SHARES, Snapshot

if TYPE_CHECKING:
    from ..flow.fitting import Queries


@dataclass(frozen=True)
class Forecaster:
    """One simple forecast: a column of ``Snapshot.history``."""

    column: int

    @property
    def name(self) -> str:
        """What it does, in words."""
        return SHARES[self.column]

    def scores(self, given: Snapshot) -> F64:
        """(m,) of the edges of a snapshot, 0 or more, to be compared within their sources."""
        return given.history[:, self.column].astype(np.float64)


@dataclass(frozen=True)
class Family:
    """Simple forecasts that differ in how long a past counts."""

    name: str
    columns: tuple[int, ...]

    def choose(self, asked: Queries) -> Forecaster:
        """Take the one that ranks best."""
        return Forecaster(asked.best(self.columns))


def _family(name: str) -> Family:
    return Family(name, tuple(k for k, column in enumerate(SHARES) if column.startswith(name)))


ALL = (_family("persistence"), _family("moving average"), _family("exponential average"))
