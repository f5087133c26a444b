"""The report for people: a small HTML table in a notebook, plain text elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..arguments import counted

if TYPE_CHECKING:
    from .report import Reason, Report

# Colours are the reader's own, thinned: the table fits into a light and a dark page alike. JupyterLab gives every table
# equal columns and words on the right, by two classes: hence ours.
STYLE = """
.archivit-report { font: 13px/1.5 system-ui, sans-serif; max-width: 56em; color: inherit }
.archivit-report .bar { height: 5px; margin: 6px 0 10px; border-radius: 3px; overflow: hidden;
  background: color-mix(in srgb, #d1642a 75%, transparent) }
.archivit-report .bar span { display: block; height: 100%; background: #2a9d8f }
.archivit-report table.reasons { table-layout: auto; border-collapse: collapse; margin: 0 0 8px; font: inherit;
  color: inherit }
.archivit-report table.reasons tr > * { padding: 2px 14px 2px 0; vertical-align: top; text-align: left;
  background: none; border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent) }
.archivit-report th { font-weight: 500; opacity: .65 }
.archivit-report table.reasons .number { text-align: right }
.archivit-report .number, .archivit-report .fate, .archivit-report .rows { white-space: nowrap;
  font-variant-numeric: tabular-nums }
.archivit-report .rows { opacity: .65 }
.archivit-report .dropped { color: #d1642a; font-weight: 600 }
.archivit-report p { margin: 3px 0; opacity: .8 }
.archivit-report code { font-size: 12px; padding: 0 3px; border-radius: 3px;
  background: color-mix(in srgb, currentColor 9%, transparent) }
"""
SHOWN = 3  # example rows in a notebook


def as_text(report: Report) -> str:
    """Write the report as lines of text."""
    lines = [headline(report)]
    roles = ", ".join(f"{role} = {column}" for role, column in report.roles.items() if column)
    if roles:
        lines.append(f"  columns: {roles}" + (f"; values in {report.currency}" if report.currency else ""))
    reasons = ordered(report)
    width = max((len(f"{reason.count:,}") for _, reason in reasons), default=0)
    for _, reason in reasons:
        lines.append(f"  {reason.count:>{width},}  {fate(reason)}: {reason.text}{examples(reason)}")
    lines += [f"  note: {note}" for note in report.notes]
    return "\n".join(lines)


def as_html(report: Report) -> str:
    """Write the report as HTML; whatever comes from the file is escaped."""
    kept = 100 * report.kept / report.read if report.read else 0
    parts = [
        f"<style>{STYLE}</style>",
        '<div class="archivit-report">',
        f"<div><b>{escape(report.source or 'transfers')}</b>: {escape(headline(report, named=False))}</div>",
        f'<div class="bar" title="{kept:.1f} % kept"><span style="width:{kept:.2f}%"></span></div>',
    ]
    if rows := "".join(row(reason) for _, reason in ordered(report)):
        head = '<th class="number">rows</th><th>what was found</th><th></th><th>rows such as</th>'
        parts.append(f'<table class="reasons"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')
    roles = [f"{escape(role)} <code>{escape(column)}</code>" for role, column in report.roles.items() if column]
    if roles:
        unit = f" &ensp; in {escape(report.currency)}" if report.currency else ""
        parts.append(f"<p>{' &ensp; '.join(roles)}{unit}</p>")
    parts += [f"<p>{escape(note)}</p>" for note in report.notes]
    return "\n".join([*parts, "</div>"])


def headline(report: Report, named: bool = True) -> str:
    """Say how many rows were read, kept and dropped."""
    counts = f"{counted(report.read, 'row')} read, {report.kept:,} kept, {report.dropped:,} dropped"
    return f"{report.source or 'transfers'}: {counts}" if named else counts


def ordered(report: Report) -> list[tuple[str, Reason]]:
    """List the reasons, those that cost rows first, then by how many rows they concern."""
    return sorted(report.reasons.items(), key=lambda item: (-item[1].dropped, -item[1].count, item[0]))


def fate(reason: Reason) -> str:
    """Say what became of the rows."""
    if reason.dropped == 0:
        return "dropped above" if reason.fatal else "kept"
    return "dropped" if reason.dropped == reason.count else f"{reason.dropped:,} dropped"


def examples(reason: Reason) -> str:
    """List rows for the text, or nothing."""
    if not (rows := reason.examples):
        return ""
    more = ", ..." if reason.count > len(rows) else ""
    return f" (row{'s' if reason.count > 1 else ''} {', '.join(map(str, rows))}{more})"


def row(reason: Reason) -> str:
    """Write one reason as a row of the table."""
    more = ", …" if reason.count > SHOWN and reason.examples else ""
    rows = ", ".join(f"{number:,}" for number in reason.examples[:SHOWN])
    return (
        f'<tr><td class="number">{reason.count:,}</td><td>{escape(reason.text)}</td>'
        f'<td class="fate {"dropped" if reason.dropped or reason.fatal else "kept"}">{fate(reason)}</td>'
        f'<td class="rows">{rows}{more}</td></tr>'
    )
