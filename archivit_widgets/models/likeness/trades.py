"""Who got what from whom, up to a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ...graph.moments import moment
from ..taste.graph_filter import normalised

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
Rows = NDArray[np.intp]
BUYERS = 0.6  # how much of the weighing falls on active buyers; the rest on works that many bought


@dataclass(frozen=True)
class Trades:
    """Transfers from one account to another: neither mints, burns, unknown buyers nor transfers to oneself.

    Attributes
    ----------
    row, source, target, token
        (n,) rows of transfers, accounts and tokens, in order of time.
    accounts, tokens
        How many there are.
    stop
        How many transfers of any kind had happened.
    """

    row: Rows
    source: I32
    target: I32
    token: I32
    accounts: int
    tokens: int
    stop: int

    @classmethod
    def of(cls, graph: TransferGraph, at: Any = None) -> Trades:
        """Take them out of a record: those strictly before a moment, or all."""
        record = graph.record
        stop = len(record) if at is None else int(np.searchsorted(record.time, moment(at)))
        source, target, token = record.source[:stop], record.target[:stop], record.token[:stop]
        row = np.flatnonzero((source >= 0) & (target >= 0) & (source != target) & (token >= 0))
        return cls(row, source[row], target[row], token[row], record.accounts, record.tokens, stop)

    def buyers(self, tokens: Any) -> Rows:
        """Rows of the accounts that got one of some tokens."""
        return np.unique(self.target[np.isin(self.token, tokens)]).astype(np.intp)

    @cached_property
    def weighed(self) -> Any:  # sparse
        """Who got what, (accounts, tokens), each one divided by powers of both degrees."""
        pairs = np.unique(self.target.astype(np.int64) * max(1, self.tokens) + self.token)
        buyer, work = np.divmod(pairs, max(1, self.tokens))
        table = csr_matrix((np.ones(len(pairs)), (buyer, work)), shape=(self.accounts, self.tokens))
        return normalised(table, BUYERS)

    def filtered(self, seeds: Rows) -> F64:
        """Spread seeds over works along those who got them, (tokens,): R' R s of the weighed table R.

        No seed speaks for itself: to its own buyers it gives nothing.
        """
        start = np.zeros(self.tokens)
        start[seeds] = 1
        reached = self.weighed @ start
        spread: F64 = self.weighed.T @ reached
        own = self.weighed[:, seeds].tocoo()
        left = reached[own.row] - own.data  # exactly 0 where nothing else reached the buyer
        spread[seeds] = np.bincount(own.col, own.data * left, len(seeds))
        return spread
