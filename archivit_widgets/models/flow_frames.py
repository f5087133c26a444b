"""Flow as frames for `Arteries.play`: past periods as they were, future ones as predicted, and their boundary."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..graph.columns import F64, I32, I64

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph
    from .flow import FlowModel
    from .flow_state import History

Frame = dict[str, Any]
STRETCH = 1_000.0  # a thousandth of the largest is drawn at a tenth of its radius


class PeriodFrames(Sequence[Frame], ABC):
    """One frame for each period, worked out when asked for.

    Attributes
    ----------
    starts
        (frames,) int64: first second of each period.
    """

    starts: I64

    @abstractmethod
    def _frame(self, k: int) -> Frame:
        """Work out the frame of period k."""

    def __len__(self) -> int:
        """Count the periods."""
        return len(self.starts)

    @overload
    def __getitem__(self, at: int) -> Frame: ...
    @overload
    def __getitem__(self, at: slice) -> list[Frame]: ...
    def __getitem__(self, at: int | slice) -> Frame | list[Frame]:
        """Give one frame, or some."""
        if isinstance(at, slice):
            return [self._frame(k) for k in range(len(self))[at]]
        return self._frame(range(len(self))[at])

    def __iter__(self) -> Iterator[Frame]:
        """Give the frames in order of time."""
        return (self._frame(k) for k in range(len(self)))


@dataclass(frozen=True)
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


def frame(value: F64, share: F64, largest: float, time: int) -> Frame:
    """Draw what flows along each edge: its radius on a logarithmic scale on which 1 is `largest`, a pulse by share."""
    radius = np.log1p(np.minimum(value / max(largest, 1e-300), 1) * STRETCH) / np.log1p(STRETCH)
    return {"radius": radius.astype(np.float32), "pulse": np.clip(share, 0, 1).astype(np.float32), "time": time}


def flowed(graph: TransferGraph, by: str, start: int, length: int) -> tuple[F64, F64]:
    """(m,) what flowed along each edge in the `length` seconds from `start`, and its share of what the source gave."""
    m, record = len(graph.groups), graph.record
    begin, end = np.searchsorted(record.time, [start, start + length]).tolist()
    edge = graph.edge_of[begin:end]
    inside = edge >= 0
    worth = np.ones(int(inside.sum()))
    if by == "value":
        worth = np.maximum(np.nan_to_num(record.value[begin:end][inside]), 0)
    value = np.bincount(edge[inside], worth, m).astype(np.float64)
    return value, shares(value, graph.groups.source, record.accounts)


def shares(value: F64, source: I32, accounts: int) -> F64:
    """Divide what flows along each edge by what its source gives in all, (m,) 0..1."""
    out = np.bincount(source, value, accounts)[source]
    share: F64 = np.divide(value, out, out=np.zeros(len(value)), where=out > 0)
    return share
