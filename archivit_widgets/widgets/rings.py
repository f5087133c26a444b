"""Rings of suspicious transfers: what an alert shows when it is clicked, and says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import found, short
from ..errors import ArchivitError
from ..graph import words
from ..graph.rows import in_order, once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph

#: An artery is drawn as an alert from this on.
ALERT = 0.5
#: What the legend calls the channel.
TITLE = "highest score"
#: Characters of a sentence that are shown.
LONGEST = 400


@dataclass(frozen=True)
class Rings:
    """Which arteries belong together, and in what order of time value went along them.

    Attributes
    ----------
    of
        (n_edges,) int32: ring of each artery, -1 where it is in none. One in several is in that of its largest score.
    starts
        (n_rings + 1,) uint32: where the steps of each ring begin.
    steps
        (n_steps,) uint32 rows of ``graph.edges``, in order of time within a ring: an artery is there as often as it was
        taken.
    times
        (n_steps,) int64: when, in seconds since 1970.
    sentences
        (n_rings,) what each is, in words.
    """

    of: NDArray[np.int32]
    starts: NDArray[np.uint32]
    steps: NDArray[np.uint32]
    times: NDArray[np.int64]
    sentences: tuple[str, ...]

    def at(self, edge: int) -> tuple[NDArray[np.uint32], NDArray[np.int64], str] | None:
        """Steps, their times and sentence of the ring that an artery is in, if it is in one."""
        if not 0 <= edge < len(self.of) or self.of[edge] < 0:
            return None
        ring = int(self.of[edge])
        steps = slice(self.starts[ring], self.starts[ring + 1])
        return self.steps[steps], self.times[steps], self.sentences[ring]


NOBODY = Rings(np.empty(0, np.int32), np.zeros(1, np.uint32), np.empty(0, np.uint32), np.empty(0, np.int64), ())


def read_alert(graph: TransferGraph, alert: Any) -> tuple[Any, Rings]:
    """Part an alert that is a table of transfers into one value for each edge, and rings.

    Parameters
    ----------
    graph
        What is shown.
    alert
        What `Arteries` takes. A table is aligned with ``graph.transfers``: ``score`` 0..1, NA unknown; ``group``, a
        whole number of each ring, -1 or NA where there is none; ``pattern`` and ``sentence``, texts, and ``evidence``,
        the rows that a sentence is about, may be left out.

    Returns
    -------
    The largest score of each edge's transfers, NaN where none is known, and the rings; or ``alert`` as it is and none.

    Raises
    ------
    ArchivitError
        If a column is not there, its length or index is not that of ``graph.transfers``, or a score or group is none.
    """
    one = alert[0] if isinstance(alert, list) and alert else alert
    if not isinstance(alert, pd.DataFrame):
        if hasattr(one, "evidence"):
            raise ArchivitError(
                f"alert is {found(one)}, one among many; pass the table that detect gives, or a score for each edge"
            )
        return alert, NOBODY
    once(alert, ("score", "group", "pattern", "sentence", "evidence"), "alert")
    score, group = _scores(graph, _column(graph, alert, "score")), _groups(_column(graph, alert, "group"))
    alert, edge = alert.sort_index(), graph.edge_of
    best = np.full(len(graph.edges), -np.inf)
    known = np.flatnonzero((edge >= 0) & ~np.isnan(score))
    np.maximum.at(best, edge[known], score[known])
    values = pd.Series(np.where(np.isneginf(best), np.nan, best), name=TITLE)
    return values, _rings(graph, alert, edge, np.where(np.isnan(score), -1.0, score), group)


def _rings(
    graph: TransferGraph,
    table: pd.DataFrame,
    edge: NDArray[np.int32],
    score: NDArray[np.float64],
    group: NDArray[np.int64],
) -> Rings:
    """Rings of the groups, and of each other alert by itself; the one of the largest score is an artery's own."""
    on_edge = np.flatnonzero(edge >= 0)
    # Of each edge the transfer that stands for it: an alert rather than none, one in a ring rather than one by itself,
    # then the largest score, then the first.
    calm, single = score < ALERT, group < 0
    order = on_edge[np.lexsort((-score[on_edge], single[on_edge], calm[on_edge], edge[on_edge]))]
    lead = order[np.flatnonzero(np.diff(edge[order], prepend=-1))]
    alone = lead[(group[lead] < 0) & (score[lead] >= ALERT)]
    number = group.copy()
    number[alone] = group.max(initial=-1) + 1 + np.arange(len(alone))
    member = on_edge[number[on_edge] >= 0]
    member = member[np.argsort(number[member], kind="stable")]
    names, starts = np.unique(number[member], return_index=True)
    of = np.full(len(graph.edges), -1, np.int32)
    rings = number[lead] >= 0
    of[edge[lead[rings]]] = np.searchsorted(names, number[lead[rings]])
    ends = np.append(starts, len(member)).astype(np.uint32)
    parts = (member[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))
    said = tuple(_sentence(graph, table, part, score) for part in parts)
    return Rings(of, ends, edge[member].astype(np.uint32), graph.record.time[member], said)


def _sentence(graph: TransferGraph, table: pd.DataFrame, rows: NDArray[np.intp], score: NDArray[np.float64]) -> str:
    """What the table says of the ring's most suspicious transfer; else what can be counted."""
    first = rows[int(np.argmax(score[rows]))]
    if "sentence" in table and isinstance(given := table["sentence"].iloc[first], str) and given.strip():
        return short(given, LONGEST) + _larger(table, first, rows)
    pattern = str(table["pattern"].iloc[first]) if "pattern" in table else "none"
    what = "Alert" if pattern in ("none", "nan", "None", "<NA>", "") else pattern.replace("_", " ").capitalize()
    record = graph.record
    members = len(np.unique([record.source[rows], record.target[rows]]))
    days = dict.fromkeys(words.day(int(record.time[row])) for row in (rows[0], rows[-1]))
    transfers, accounts = words.count(len(rows), "transfer"), words.count(members, "account")
    known = f"; score {score[first]:.2f}" if score[first] >= 0 else ""
    return f"{short(what, 60)}: {transfers} among {accounts}, {' to '.join(days)}{known}."


def _larger(table: pd.DataFrame, first: np.intp, rows: NDArray[np.intp]) -> str:
    """Say how many transfers light up where the sentence is about some of them only."""
    about = table["evidence"].iloc[first] if "evidence" in table else None
    # A table that was read back from CSV holds texts: nobody knows what those are about.
    if not isinstance(about, list | tuple | np.ndarray) or set(rows.tolist()) <= set(np.ravel(about).tolist()):
        return ""
    return f" Part of a ring of {words.count(len(rows), 'transfer')}."


def _column(graph: TransferGraph, table: pd.DataFrame, name: str) -> NDArray[Any]:
    if name not in table:
        held = short(", ".join(map(str, table)))
        raise ArchivitError(f"alert is a table of transfers: it must have columns score and group; found {held}")
    n = len(graph.record.time)
    if len(table) != n:
        raise ArchivitError(
            f"alert has {len(table):,} lines, but must have one for each of the graph's {n:,} transfers"
        )
    column = table[name]
    plain = column.astype("Float64").astype(float) if pd.api.types.is_numeric_dtype(column.dtype) else column
    values = in_order(plain, f"alert, column {name},", n, "transfers")
    strange = [one for one in values[~pd.isna(values)].tolist() if not isinstance(one, int | float)]
    if strange:
        raise ArchivitError(f"alert, column {name}, must hold numbers; found {found(strange[0])}")
    return np.where(pd.isna(values), np.nan, values).astype(np.float64)


def _scores(graph: TransferGraph, score: NDArray[np.float64]) -> NDArray[np.float64]:
    if ((score < 0) | (score > 1)).any():
        bad = int(np.argmax((score < 0) | (score > 1)))
        raise ArchivitError(f"alert, column score, is {score[bad]:g} in line {bad}: a score is between 0 and 1")
    return score


def _groups(group: NDArray[np.float64]) -> NDArray[np.int64]:
    whole = np.where(np.isnan(group), -1, group)
    if (whole != np.rint(whole)).any():
        bad = int(np.argmax(whole != np.rint(whole)))
        raise ArchivitError(f"alert, column group, is {group[bad]:g} in line {bad}: a group is a whole number, or -1")
    return whole.astype(np.int64)
