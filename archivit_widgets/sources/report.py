"""What a reader found: rows read, kept and dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXAMPLES = 5  # rows that people are shown
LISTED = 10_000  # rows of each fault whose numbers are kept


@dataclass(frozen=True)
class Reason:
    """One kind of fault.

    Attributes
    ----------
    text
        What was found.
    count, dropped
        How many rows have it, and how many of them were dropped for it.
    listed
        (min(count, `LISTED`),) int64, ascending: the first of these rows, data rows from 1.
    fatal
        Whether no row with this fault is kept, be it that another fault dropped it first.
    """

    text: str
    count: int
    dropped: int = 0
    listed: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64), compare=False)
    fatal: bool = False

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows that are listed, as integers."""
        return tuple(self.listed.tolist())

    @property
    def examples(self) -> tuple[int, ...]:
        """The first few of them, for people."""
        return tuple(self.listed[:EXAMPLES].tolist())


@dataclass(frozen=True, repr=False)
class Report:
    """Counts that add up: ``read == kept + dropped``.

    Attributes
    ----------
    read, kept
        Data rows of the source, and those that became transfers.
    reasons
        Code of each fault that was met, and what is known of it. A row may have several faults; it is dropped for the
        first one only, so the ``dropped`` of all reasons add up to `dropped`.
    roles
        Role and the column that plays it, or None.
    currency
        Unit of the values, or None.
    notes
        What was recognised and decided on the way, one sentence each.
    source
        Name of the file or table, for people.
    """

    read: int
    kept: int
    reasons: dict[str, Reason] = field(default_factory=dict)
    roles: dict[str, str | None] = field(default_factory=dict)
    currency: str | None = None
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def dropped(self) -> int:
        """Rows left out."""
        return self.read - self.kept

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain values, ready for JSON.

        ``rows`` of a reason are all rows with the fault, the first 10,000 where there are more: ``count`` says so.
        """
        reasons = {
            code: {"count": reason.count, "dropped": reason.dropped, "rows": reason.listed.tolist()}
            for code, reason in self.reasons.items()
        }
        return {
            "read": self.read,
            "kept": self.kept,
            "dropped": self.dropped,
            "reasons": reasons,
            "roles": dict(self.roles),
            "currency": self.currency,
        }

    def __str__(self) -> str:
        from .show import as_text

        return as_text(self)

    def __repr__(self) -> str:
        """Show the text where a name is typed without a notebook."""
        return str(self)

    def _repr_html_(self) -> str:
        from .show import as_html

        return as_html(self)
