"""Collects the faults of a table while it is cleaned, so that every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .report import LISTED, Reason

Mask = NDArray[np.bool_]


def recurring(values: NDArray[np.uint64]) -> Mask:
    """Find the rows whose value occurs more than once, with little memory where nearly all differ."""
    ordered = np.sort(values)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.isin(values, again) if len(again) else np.zeros(len(values), dtype=bool)


@dataclass
class Faults:
    """Which rows have which faults, and which rows are kept.

    Attributes
    ----------
    numbers
        (n,) int64: the number of each row in the file.
    kept
        (n,) bool: rows that are not dropped so far.
    noted
        The rows of each fault that drops none, for `settle`.
    """

    numbers: NDArray[np.int64]
    kept: Mask
    reasons: dict[str, Reason] = field(default_factory=dict)
    noted: dict[str, Mask] = field(default_factory=dict)

    def drop(self, code: str, text: str, rows: Mask, lost: Mask | None = None) -> None:
        """Count rows with a fault, and leave them out, or `lost` of them, if another fault has not done so already."""
        fatal = rows if lost is None else lost
        self._count(code, text, rows, int((fatal & self.kept).sum()), fatal=lost is None)
        self.kept &= ~fatal

    def note(self, code: str, text: str, rows: Mask) -> None:
        """Count rows with a fault that are kept; those that are dropped for another reason do not count."""
        if (rows & self.kept).any():
            self.noted[code] = rows
        self._count(code, text, rows & self.kept, 0)

    def settle(self) -> None:
        """Count the notes again: rows may have been dropped since they were made."""
        for code, rows in self.noted.items():
            text = self.reasons[code].text
            if not (rows & self.kept).any():
                del self.reasons[code]
            self._count(code, text, rows & self.kept, 0)
        self.noted.clear()

    def _count(self, code: str, text: str, rows: Mask, dropped: int, fatal: bool = False) -> None:
        found = np.flatnonzero(rows)
        if len(found):
            listed = self.numbers[found[:LISTED]]
            listed.flags.writeable = False
            self.reasons[code] = Reason(text, len(found), dropped, listed, fatal)
