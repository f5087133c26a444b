"""What a reader found: rows read, kept and dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One kind of fault: how many rows have it, how many of them were dropped, and examples (data rows from 1).

    `fatal` where no row with this fault is kept, be it that another fault dropped it first.
    """

    text: str
    count: int
    dropped: int = 0
    rows: tuple[int, ...] = ()
    fatal: bool = False


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
        """Give the report as plain values, ready for JSON."""
        reasons = {
            code: {"count": reason.count, "dropped": reason.dropped, "rows": list(reason.rows)}
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
