"""Who gave to whom and when, and what it means to score a candidate: shared by the link model and its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ...errors import ArchivitError
from ...graph.columns import F64, I32, I64, check_graph
from ...graph.rows import as_array
from ...graph.transfers import TransferGraph
from ..names import named_rows
from .causal import F32, Walk

STRIDE = 1 << 16  # candidates described at once: some 10 MB


class Moves(NamedTuple):
    """A record: (n,) int32 rows of accounts and tokens, -1 where unknown or none, and int64 seconds, ascending."""

    source: I32
    target: I32
    token: I32
    time: I64


@dataclass(frozen=True)
class History:
    """A record, and of it the transfers between two known accounts: mints, burns and unknown buyers link nobody.

    Attributes
    ----------
    moves
        All of it: a mint says who holds a token, an unknown buyer that nobody knows.
    accounts, tokens
        Names.
    """

    moves: Moves
    accounts: pd.Index
    tokens: pd.Index

    @classmethod
    def of(cls, graph: TransferGraph) -> History:
        """Read it out of a graph."""
        check_graph(graph)
        record, names = graph.record, graph.identity
        moves = Moves(record.source, record.target, record.token, record.time)
        return cls(moves, pd.Index(names.accounts["account"]), pd.Index(names.tokens["token"]))

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        return (self.moves.source >= 0) & (self.moves.target >= 0)

    @cached_property
    def source(self) -> I32:
        """(n,) rows of accounts that gave."""
        return self.moves.source[self._known]

    @cached_property
    def target(self) -> I32:
        """(n,) rows of accounts that received."""
        return self.moves.target[self._known]

    @cached_property
    def time(self) -> I64:
        """(n,) seconds, ascending."""
        return self.moves.time[self._known]

    def holder(self, token: int, time: int) -> int:
        """Row of the account that holds a token just before a moment; -1 where the record does not say."""
        before = int(np.searchsorted(self.moves.time, time))
        rows = np.flatnonzero(self.moves.token[:before] == token)
        return int(self.moves.target[rows[-1]]) if len(rows) else -1

    def tastes(self, embeddings: NDArray[np.floating[Any]], time: int) -> F64:
        """(accounts, d) mean embedding of the tokens that each account received strictly before a moment; 0: none."""
        before = int(np.searchsorted(self.moves.time, time))
        target, token = self.moves.target[:before], self.moves.token[:before]
        real = (target >= 0) & (token >= 0)
        shape = (len(self.accounts), len(embeddings))
        received = csr_array((np.ones(int(real.sum())), (target[real], token[real])), shape)
        mean: F64 = received @ embeddings / np.maximum(received.sum(axis=1), 1)[:, None]
        return mean

    def __len__(self) -> int:
        """Count the transfers."""
        return len(self.time)

    def before(self, time: int) -> int:
        """Count the transfers strictly before a moment."""
        return int(np.searchsorted(self.time, time))

    def walk(self, clocks: F64) -> Walk:
        """Begin at the beginning."""
        return Walk(self.source, self.target, self.time, len(self.accounts), clocks)

    @cached_property
    def destinations(self) -> I32:
        """Rows of all accounts that ever received, ascending."""
        return np.unique(self.target)


def moments(given: Any, count: int) -> I64:
    """Check the times of queries: whole seconds that never go back, one for each query.

    Raises
    ------
    ArchivitError
        They are something else.
    """
    line = np.atleast_1d(as_array(given))
    if line.ndim != 1 or len(line) != count:
        raise ArchivitError(f"there must be a time for each of {count:,} pairs, found {line.shape}")
    if line.dtype.kind not in "iu" and count:
        raise ArchivitError(f"times must be int seconds since 1970 UTC, found {line.dtype}")
    time = line.astype(np.int64)
    back = np.flatnonzero(np.diff(time) < 0)
    if len(back):
        raise ArchivitError(
            f"times must ascend: number {back[0] + 1} lies before number {back[0]}; sort the pairs by time"
        )
    return time


class Judge(Protocol):
    """Scores candidates from what the causal state says of them."""

    def judge(self, described: F32) -> F64:
        """(n, len(causal.FEATURES)) descriptions to (n,) scores: the higher, the likelier."""


class Scorer:
    """Scores any candidates at any times that ascend, from the transfers strictly before each.

    Parameters
    ----------
    history
        The record; transfers after what a model was fitted to move its state, never its parameters.
    clocks
        Half-lives of the state, seconds.
    """

    def __init__(self, history: History, clocks: F64) -> None:
        self.history, self.clocks = history, clocks
        self._walk, self._reached = history.walk(clocks), np.iinfo(np.int64).min

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions (`Judge`)."""
        raise NotImplementedError  # who overrides `_scored` needs no `judge`: EdgeBank, GraphMixer

    def judges(self, clocks: F64) -> bool:
        """Whether it scores by descriptions alone, those of a state with these clocks."""
        return type(self)._scored is Scorer._scored and np.array_equal(self.clocks, clocks)

    def score(self, sources: Any, targets: Any, times: Any) -> F64:
        """Score candidates: who gave, who would receive, when.

        Parameters
        ----------
        sources, targets
            (n,) names or rows of accounts.
        times
            (n,) int seconds since 1970 UTC, ascending.

        Returns
        -------
        (n,) float64
            The higher, the likelier. Transfers at the very time of a query, or later, do not count.

        Raises
        ------
        ArchivitError
            A name or row is not there, lengths differ, or times go back.
        """
        accounts = self.history.accounts
        source, target = (named_rows(side, accounts, "account").astype(np.int32) for side in (sources, targets))
        if len(source) != len(target):
            raise ArchivitError(f"there are {len(source):,} sources and {len(target):,} targets; expected as many")
        return self._scored(source, target, moments(times, len(source)))

    def _scored(self, source: I32, target: I32, time: NDArray[np.int64]) -> F64:
        score = np.empty(len(source))
        for begin in range(0, len(source), STRIDE):
            part = slice(begin, begin + STRIDE)
            score[part] = self.judge(self.described(source[part], target[part], time[part]))
        return score

    def described(self, source: I32, target: I32, time: I64) -> F32:
        """Describe candidates by their rows; the walk goes on, or begins anew for earlier times."""
        if len(time):
            if time[0] < self._reached:
                self._walk = self.history.walk(self.clocks)
            self._reached = int(time[-1])
        return self._walk.describe(source, target, time)
