"""A market that runs on past its last page: frames of what was, then of what is expected, likely new edges included.

    shown = frames(past, model.outlook(past, periods=8, new_edges=60))
    live = Arteries(past, ghosts=shown.ghosts, forecast=shown.span)
    live.play(shown, fps=4)

Transfers, alerts and forecasts run on one clock: each frame carries the first second of its period. An edge is an alert
in the periods in which a transfer along it was flagged; of the future nothing is flagged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..arguments import counted, of_kind, whole
from ..errors import ArchivitError
from ..graph import words
from ..graph.columns import F64, I64, check_graph
from ..graph.rows import in_order
from .links.outlook import Outlook, origin_of
from .period_frames import Frame, PeriodFrames, flowed, frame, shares

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

MOST_PAST = 1_000
FLAGGED = 0.5


@dataclass(frozen=True, repr=False)
class LiveFrames(PeriodFrames):
    """Channels of all edges and then of the ghosts, one dict for each period; worked out when asked for.

    Attributes
    ----------
    starts
        (frames,) int64: first second of each period.
    boundary
        Place of the first frame that is expected.
    span
        (start, end) of what is expected, int seconds: ``Arteries(forecast=...)``.
    ghosts
        The new edges: ``Arteries(ghosts=...)``.
    largest
        Most that flowed along one edge in a past period.
    """

    starts: I64
    boundary: int
    span: tuple[int, int]
    ghosts: pd.DataFrame
    largest: float
    _graph: TransferGraph
    _outlook: Outlook
    _by: str
    _scores: F64 | None

    def coverage(self, whole_record: TransferGraph) -> float:
        """Say which share of what really flowed in the span went along edges that are drawn, ghosts included.

        Parameters
        ----------
        whole_record
            The graph that the past was cut from by `between`, so that accounts have the same rows.

        Returns
        -------
        float
            NaN where nothing flowed in the span.
        """
        check_graph(whole_record)
        if whole_record.record.accounts != self._graph.record.accounts:
            raise ArchivitError("coverage needs the graph that the past was cut from by between(...)")
        start, end = self.span
        value, _ = flowed(whole_record, self._by, start, end - start)
        groups, drawn = whole_record.groups, self._graph.groups
        new = self._outlook.new
        known = np.concatenate([_keys(drawn.source, drawn.target), _keys(new["source_row"], new["target_row"])])
        along = np.isin(_keys(groups.source, groups.target), known)
        return float(value[along].sum() / value.sum()) if value.sum() > 0 else float("nan")

    def _frame(self, k: int) -> Frame:
        groups, accounts, start = self._graph.groups, self._graph.record.accounts, int(self.starts[k])
        likely = len(self.ghosts)
        alert = np.zeros(len(groups) + likely, np.float32)
        if k >= self.boundary:
            value = self._outlook.values[k - self.boundary, : len(alert)]
            source = np.concatenate([groups.source, self.ghosts["source_row"].to_numpy(np.int32)])
            share = shares(value, source, accounts)
        else:
            value, share = (np.pad(one, (0, likely)) for one in flowed(self._graph, self._by, start, self._length))
            if self._scores is not None:
                alert[: len(groups)] = self._flagged(start)
        return {**frame(value, share, self.largest, start), "alert": alert}

    def _flagged(self, start: int) -> F64:
        """(edges,) 1 where a transfer of the period was flagged."""
        assert self._scores is not None
        begin, end = np.searchsorted(self._graph.record.time, [start, start + self._length]).tolist()
        edge = self._graph.edge_of[begin:end][self._scores[begin:end] >= FLAGGED]
        flagged = np.zeros(len(self._graph.groups))
        flagged[edge[edge >= 0]] = 1
        return flagged

    @property
    def _length(self) -> int:
        return self._outlook.length


def frames(
    graph: TransferGraph, outlook: Outlook, *, past: int | None = None, scores: ArrayLike | None = None
) -> LiveFrames:
    """Lay out the past of a graph and what is expected after it.

    Parameters
    ----------
    graph
        The past, of which `outlook` was made.
    outlook
        What `LinkModel.outlook` gives.
    past
        How many past periods are shown; None: all, 1,000 at most.
    scores
        (transfers,) of each one's being a wash trade, such as ``detect(graph)["score"]``: from 0.5 on its edge is an
        alert while its period is shown. Of a pandas column the index says which transfer each is.

    Raises
    ------
    ArchivitError
        The outlook is one of another graph, or a number of scores is wrong.
    """
    check_graph(graph)
    of_kind("outlook", outlook, Outlook, "what LinkModel.outlook gives")
    time = graph.record.time
    if not len(time):
        raise ArchivitError("the graph has no transfers; frames need a past")
    after, edges, _ = outlook.origin
    if outlook.origin != origin_of(graph):
        raise ArchivitError(
            f"the outlook is of another graph: of {counted(edges, 'edge')} until {words.minute(after)}, this one has "
            f"{len(graph.groups):,} until {words.minute(int(time[-1]) + 1)}; pass the graph that it was made of"
        )
    each = None if scores is None else in_order(scores, "scores", len(graph), "transfers")
    if each is not None and (each.shape != (len(graph),) or each.dtype.kind not in "fiub"):
        raise ArchivitError(
            f"scores must be one for each of {counted(len(graph), 'transfer')}, found {each.dtype} {each.shape}"
        )
    length = outlook.length
    since = min(-(-(after - int(time[0])) // length), MOST_PAST) if past is None else whole("past", past, 0, 10_000)
    ahead = len(outlook.values)
    starts = after + length * np.arange(-since, ahead, dtype=np.int64)
    by = "value" if np.nansum(graph.record.value) > 0 else "count"
    most = (float(flowed(graph, by, int(start), length)[0].max(initial=0)) for start in starts[:since])
    largest = max(most, default=0.0) or float(outlook.values.max(initial=0)) or 1.0
    span = after, after + ahead * length
    return LiveFrames(starts, since, span, outlook.new, largest, graph, outlook, by, each)


def _keys(source: ArrayLike, target: ArrayLike) -> I64:
    return np.asarray(source, np.int64) << 32 | np.asarray(target, np.int64)
