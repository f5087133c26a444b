"""Frames of periods: what flowed along each edge in a period, as channels for `Arteries.play`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..graph.columns import F64, I32, I64

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

Frame = dict[str, Any]
STRETCH = 1_000.0  # a thousandth of the largest is drawn at a tenth of its radius


class PeriodFrames(Sequence[Frame], ABC):
    """One frame for each period, worked out when asked for.

    Attributes
    ----------
    starts
        (frames,) int64: first second of each period.
    boundary
        Place of the first frame that is predicted.
    """

    starts: I64
    boundary: int

    def __repr__(self) -> str:
        span = " to ".join(str(np.datetime64(int(start), "s")) for start in self.starts[[0, -1]]) if len(self) else "-"
        ahead = len(self) - self.boundary
        return f"{type(self).__name__}({len(self)} periods that begin {span}, the last {ahead} predicted)"

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
