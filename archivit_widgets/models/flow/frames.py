"""Flow as frames for `Arteries.play`: past periods as they were, future ones as predicted, and their boundary.

shown = model.frames(graph, periods=8)
flow = Arteries(graph, forecast=shown.span)
flow.play(shown, fps=4)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...graph.columns import F64, I64
from ..period_frames import Frame, PeriodFrames, flowed, frame

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph
    from .model import FlowModel
    from .state import History


@dataclass(frozen=True, repr=False)
class FlowFrames(PeriodFrames):
    """Channels of all edges, one dict for each period; worked out when asked for.

    A frame holds ``radius``, (m,) float32: what flowed along each edge in the period, or is predicted to, on a
    logarithmic scale on which 1 is `largest`; ``pulse``, (m,): its share of what the source gave; and ``time``, the
    period's first second. Future periods are all forecast from what is known at the boundary; nothing predicted is fed
    back.

    Attributes
    ----------
    starts
        (frames,) int64: first second of each period.
    boundary
        Place of the first frame that is predicted: ``starts[boundary]`` is its moment.
    largest
        Most that flowed along one edge in a past period, in `unit`.
    unit
        ``graph.currency``, or ``transfers``.
    coverage
        Share of what then flowed in the predicted periods that went along edges known at the boundary; NaN where the
        record ends there.
    """

    starts: I64
    boundary: int
    largest: float
    unit: str
    coverage: float
    _graph: TransferGraph
    _model: FlowModel
    _known: History

    @property
    def span(self) -> tuple[int, int] | None:
        """(start, end) of what is predicted, int seconds: ``Arteries(forecast=...)``; None where nothing is."""
        ahead = self.starts[self.boundary :]
        return (int(ahead[0]), int(ahead[-1]) + self._model.periods.length) if len(ahead) else None

    def values(self, at: int) -> F64:
        """(m,) what flowed along each edge in a period or is predicted to, in `unit`; 0 where not known yet."""
        return self._flow(range(len(self))[at])[0]

    def _frame(self, k: int) -> Frame:
        value, share = self._flow(k)
        return frame(value, share, self.largest, int(self.starts[k]))

    def _flow(self, k: int) -> tuple[F64, F64]:
        start = int(self.starts[k])
        if k < self.boundary:
            return flowed(self._graph, self._model.by, start, self._model.periods.length)
        given = self._known.snapshot(self._model.periods.before(start))
        said = self._model.forecast(given)
        value, share = np.zeros((2, len(self._graph.groups)))
        value[given.edge], share[given.edge] = said.value.numpy() * self._model.unit, said.share.numpy()
        return value, share


def frames(graph: TransferGraph, model: FlowModel, period: int, known: History, ahead: int, past: int) -> FlowFrames:
    """Lay out `past` periods before and `ahead` periods from a period on; ``known`` holds all before it."""
    length = model.periods.length
    starts = length * np.arange(period - past, period + ahead)
    values = [flowed(graph, model.by, int(start), length)[0] for start in starts]
    largest = max((float(one.max(initial=0)) for one in values[:past]), default=0.0)
    edges = known.snapshot(period).edge
    along, out = sum(float(one[edges].sum()) for one in values[past:]), sum(float(one.sum()) for one in values[past:])
    return FlowFrames(
        starts=starts,
        boundary=past,
        largest=largest if largest > 0 else model.unit,
        unit="transfers" if model.by == "count" else graph.currency or "",
        coverage=along / out if out > 0 else float("nan"),
        _graph=graph,
        _model=model,
        _known=known,
    )
