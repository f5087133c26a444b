"""What a picture shows, in a sentence and in a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..graph import words
from ..graph.doubts import sure
from ..graph.timeline import marks, timeline

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

#: Dates to name at most, on an axis that reaches beyond the record.
TICKS = 7


def summarise(graph: TransferGraph, ghosts: int = 0) -> str:
    """Say how much there is, when, which artery is the strongest, and how many more stand in no record."""
    likely = f"; {words.count(ghosts, 'artery', 'arteries')} likely new, dashed" if ghosts else ""
    return _recorded(graph) + likely


def _recorded(graph: TransferGraph) -> str:
    edges = graph.edges
    text = f"{words.count(int(graph.record.present.sum()), 'account')}, {words.count(len(edges), 'artery', 'arteries')}"
    if not len(edges):
        return text
    trusted = sure(graph)
    ends = np.clip([edges["first_time"].min(), edges["last_time"].max()], *trusted.span(graph))
    years = [words.year(end) for end in ends]
    text += f", {years[0]}" + (f" to {years[1]}" if years[0] != years[1] else "")
    if trusted.doubted:
        text += f" and {words.count(trusted.doubted, 'date')} far off"
    by = "volume" if np.any(edges["volume"].to_numpy() > 0) else "transaction_count"
    best = edges.iloc[int(np.argmax(edges[by].to_numpy()))]
    unit = graph.currency or "" if by == "volume" else "transfer" if best[by] == 1 else "transfers"
    amount = f"{words.number(best[by])} {unit}".strip()
    return f"{text}; strongest: {words.short(str(best['source']))} to {words.short(str(best['target']))}, {amount}"


def histogram(graph: TransferGraph, forecast: tuple[int, int] | None = None) -> dict[str, Any]:
    """Count transfers over time, for the page's timeline: as `timeline` has it; seconds since 1970 UTC.

    With a forecast [start, end) its ticks reach to the end of that. Without transfers there are no counts, and the page
    leaves its timeline out: no time can be chosen.
    """
    made = timeline(graph)
    ticks = made.ticks
    if forecast:
        ticks = tuple(marks(int(made.edges[0]), max(int(made.edges[-1]), forecast[1]), TICKS))
    return {
        "start": made.start,
        "end": made.end,
        "edges": [int(edge) for edge in made.edges],
        "counts": [int(count) for count in made.counts] if made.counts.any() else [],
        "before": made.before,
        "after": made.after,
        "ticks": [list(tick) for tick in ticks],
        "forecast": list(forecast) if forecast else None,
    }
