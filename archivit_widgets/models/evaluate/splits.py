"""Splits by time: the past fits, the middle chooses, the future judges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...errors import ArchivitError
from ...graph.columns import I64
from ...graph.words import count

QUANTILES = (0.70, 0.85)


@dataclass(frozen=True)
class Split:
    """Two moments, int seconds: up to `fit_until` fits, then up to `choose_until` chooses, what comes later judges."""

    fit_until: int
    choose_until: int

    def parts(self, time: I64) -> tuple[slice, slice, slice]:
        """Give the rows of the three parts of a record in order of time."""
        first, second = np.searchsorted(time, [self.fit_until, self.choose_until], side="right").tolist()
        return slice(0, first), slice(first, second), slice(second, len(time))


def by_time(time: I64, quantiles: tuple[float, float] = QUANTILES) -> Split:
    """Split where these shares of all transfers have happened; transfers of one moment stay together.

    Parameters
    ----------
    time
        (n,) int64 seconds, ascending.

    Raises
    ------
    ArchivitError
        One of the parts would be empty.
    """
    if len(time):
        first, second = np.quantile(time, quantiles, method="inverted_cdf").astype(np.int64).tolist()
        split = Split(first, second)
        if all(part.stop > part.start for part in split.parts(time)):
            return split
    found = f"{count(len(time), 'transfer')} at {count(len(np.unique(time)), 'moment')}"
    raise ArchivitError(f"{found} cannot be split by time into three parts; expected more")
