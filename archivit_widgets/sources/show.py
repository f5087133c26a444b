"""The report for people: a small HTML table in a notebook, plain text elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report


def as_text(report: Report) -> str:
    """Write the report as lines of text."""
    lines = [
        f"{report.source or 'transfers'}: {report.read:,} rows read, {report.kept:,} kept, {report.dropped:,} dropped"
    ]
    return "\n".join(lines)


def as_html(report: Report) -> str:
    """Write the report as HTML; whatever comes from the file is escaped."""
    return f"<pre>{escape(as_text(report))}</pre>"
