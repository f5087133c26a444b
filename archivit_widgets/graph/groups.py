"""Which transfers make up which edge, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .columns import F64, I32, I64, Columns


@dataclass(frozen=True)
class Groups:
    """Edges in order of (source, target).

    Attributes
    ----------
    edge_of
        (n,) int32: the edge of each transfer, -1 where a party is unknown.
    source, target
        (m,) int32: rows of accounts.
    """

    edge_of: I32
    source: I32
    target: I32

    def __len__(self) -> int:
        """Count the edges."""
        return len(self.source)


@dataclass(frozen=True)
class Totals:
    """Sums over the transfers of each edge; all (m,).

    ``known`` counts transfers with a known value, ``held`` those whose source is known to have received the token;
    ``volume`` and ``hold`` are the sums over these.
    """

    count: I64
    known: I64
    volume: F64
    first: I64
    last: I64
    held: I64
    hold: F64


def group(record: Columns) -> Groups:
    """Group transfers by (source, target); O(n log n)."""
    is_edge = (record.source >= 0) & (record.target >= 0)
    pair = record.source[is_edge].astype(np.int64) * record.accounts + record.target[is_edge]
    pairs, edge = np.unique(pair, return_inverse=True)
    edge_of = np.full(len(record), -1, np.int32)
    edge_of[is_edge] = edge
    source, target = np.divmod(pairs, max(record.accounts, 1))
    return Groups(edge_of, source.astype(np.int32), target.astype(np.int32))


def narrowed(groups: Groups, kept: slice | NDArray[np.intp]) -> Groups:
    """Group some of the transfers again, by what is known of all; edges without a transfer go."""
    edge_of = groups.edge_of[kept]
    present = np.zeros(len(groups) + 1, bool)  # one more, so that -1 falls on a place of its own
    present[edge_of] = True
    present[-1] = False
    row = np.cumsum(present, dtype=np.int32) - 1
    row[-1] = -1
    rows = np.flatnonzero(present)
    return Groups(row[edge_of], groups.source[rows], groups.target[rows])


def total(record: Columns, groups: Groups, hold: F64) -> Totals:
    """Add up each edge's transfers, in order of time; `hold` is (n,) seconds, NaN where unknown."""
    rows = np.flatnonzero(groups.edge_of >= 0)
    edge, time, value, held = groups.edge_of[rows], record.time[rows], record.value[rows], hold[rows]
    m = len(groups)
    first, last = np.empty(m, np.int64), np.empty(m, np.int64)
    first[edge[::-1]] = time[::-1]  # the last writer wins: of repeated rows NumPy keeps the last
    last[edge] = time
    known, has_hold = ~np.isnan(value), ~np.isnan(held)
    return Totals(
        count=np.bincount(edge, minlength=m),
        known=np.bincount(edge[known], minlength=m),
        volume=np.bincount(edge[known], value[known], m).astype(np.float64, copy=False),
        first=first,
        last=last,
        held=np.bincount(edge[has_hold], minlength=m),
        hold=np.bincount(edge[has_hold], held[has_hold], m).astype(np.float64, copy=False),
    )
