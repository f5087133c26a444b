"""What a reader found: rows read, kept and dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """One kind of fault: how many rows have it, how many of them were dropped, and examples (data rows from 1)."""

    text: str
    count: int
    dropped: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Report:
    """Counts that add up: ``read == kept + dropped``."""

    read: int
    kept: int
    reasons: dict[str, Reason] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """Rows left out."""
        return self.read - self.kept
