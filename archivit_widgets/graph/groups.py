"""Which transfers make up which edge, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .columns import F64, I32, I64

U32 = NDArray[np.uint32]


@dataclass(frozen=True)
class Groups:
    """Edges in order of (source, target), and the transfers of each.

    Attributes
    ----------
    rows
        (k,) int32: the transfers with two known parties, by edge, and within an edge in order of time.
    begin
        (m + 1,) uint32: edge ``e`` has ``rows[begin[e]:begin[e + 1]]``.
    source, target
        (m,) int32: rows of accounts.
    """

    rows: I32
    begin: U32
    source: I32
    target: I32

    def __len__(self) -> int:
        """Count the edges."""
        return len(self.source)

    @cached_property
    def edges(self) -> I32:
        """The edge of each of `rows`."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.begin))

    def edge_of(self, transfers: int) -> I32:
        """Give the edge of each transfer, (transfers,) int32; -1 where a party is unknown."""
        edge_of = np.full(transfers, -1, np.int32)
        edge_of[self.rows] = self.edges
        return edge_of


@dataclass(frozen=True)
class Totals:
    """What the transfers of each edge add up to; all (m,).

    ``volume`` is the sum of the known values and ``average`` their mean, ``hold`` the mean of the known holding times;
    a mean of none is NaN. ``first`` and ``last`` are times.
    """

    count: I64
    volume: F64
    average: F64
    first: I64
    last: I64
    hold: F64


def narrowed(groups: Groups, edge_of: I32) -> Groups:
    """Group some of the transfers again, by what is known of all; edges without a transfer go."""
    rows = np.flatnonzero(edge_of >= 0)
    order = np.argsort(edge_of[rows], kind="stable")
    rows = rows[order]
    changes = np.flatnonzero(np.diff(edge_of[rows], prepend=-1))
    edges = edge_of[rows[changes]]
    begin = np.append(changes, len(rows)).astype(np.uint32)
    return Groups(rows.astype(np.int32), begin, groups.source[edges], groups.target[edges])
