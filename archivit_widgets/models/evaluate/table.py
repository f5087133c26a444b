"""A model beside its rivals: what every evaluation gives back."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any

Scores = Mapping[str, Any]
MODEL = "model"
WIDE = 120  # letters that a line of a table has at most, where it can be broken


def watched(progress: bool | None = None) -> bool:
    """Say whether bars are shown: as asked, or where it is None if somebody looks at a terminal."""
    return sys.stderr is not None and sys.stderr.isatty() if progress is None else progress


class Stopwatch:
    """CPU seconds of this process, all its threads, by whom they were spent for."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str, share: float = 1.0) -> Iterator[None]:
        """Count what is done meanwhile for somebody, or a share of it, such as one of three seeds."""
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + share * (time.process_time() - start)


@dataclass(frozen=True)
class Evaluation:
    """The scores of a model and its rivals under one protocol.

    Attributes
    ----------
    task
        One of `evaluate.TASKS`.
    model
        Name of a metric -> number, or a dict of the same for a stratum.
    baselines
        Name of a rival -> the same metrics.
    protocol
        How it was measured: split, negatives, seeds, number of rows.
    notes
        What a reader must know, a sentence each; such as where a rival is better.
    seconds
        ``model`` or name of a rival -> CPU seconds of fitting and judging it once, as far as it does so apart from
        others. Another number on every run: it stands in no text and no JSON, and makes no two tables different.
    """

    task: str
    model: Scores
    baselines: Mapping[str, Scores]
    protocol: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=())
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Give what JSON can hold; a number that could not be measured is None."""
        return {
            "task": self.task,
            "model": _plain(self.model),
            "baselines": _plain(self.baselines),
            "protocol": _plain(self.protocol),
            "notes": list(self.notes),
        }

    def rows(self) -> list[tuple[str, dict[str, str]]]:
        """Give name and written metrics of the model and each rival, strata as ``stratum metric``."""
        named = {MODEL: self.model, **self.baselines}
        return [(name, {metric: _written(value) for metric, value in _flat(scores)}) for name, scores in named.items()]

    def __str__(self) -> str:
        """Write the table as text, the protocol below it."""
        rows = self.rows()
        metrics = list(dict.fromkeys(metric for _, scores in rows for metric in scores))
        lines = [["", *metrics], *([name, *(scores.get(metric, "-") for metric in metrics)] for name, scores in rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        blocks = [
            "\n".join(
                "  ".join(_aligned([cells[0], *cells[part]], [widths[0], *widths[part]])).rstrip() for cells in lines
            )
            for part in _parts(widths)
        ]
        return "\n".join(["\n\n".join(blocks), "", *self._below()])

    def _repr_html_(self) -> str:
        rows = self.rows()
        metrics = list(dict.fromkeys(metric for _, scores in rows for metric in scores))
        head = "".join(f"<th>{escape(metric)}</th>" for metric in ("", *metrics))
        body = "".join(_row(name, [scores.get(metric, "-") for metric in metrics]) for name, scores in rows)
        below = "".join(f"<p>{escape(line)}</p>" for line in self._below())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"

    def _below(self) -> list[str]:
        return ["; ".join(f"{name}: {value}" for name, value in self.protocol.items()), *self.notes]


def _row(name: str, cells: list[str]) -> str:
    return f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _parts(widths: list[int]) -> list[slice]:
    """Cut the columns after the first into parts that fit beside it within `WIDE` letters."""
    cuts, taken = [1], widths[0]
    for column, width in enumerate(widths[1:], start=1):
        taken += 2 + width
        if taken > WIDE and column > cuts[-1]:
            cuts.append(column)
            taken = widths[0] + 2 + width
    return [slice(*both) for both in pairwise([*cuts, len(widths)])]


def _aligned(cells: list[str], widths: list[int]) -> list[str]:
    """Names to the left, numbers to the right."""
    first, *others = (
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return [first, *others]


def _flat(scores: Scores, before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in scores.items():
        found += _flat(value, f"{before}{name} ") if isinstance(value, Mapping) else [(f"{before}{name}", value)]
    return found


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_written, value))
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    return "-" if math.isnan(value) else f"{value:.3f}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
