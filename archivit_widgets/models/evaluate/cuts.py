"""Taste at a cut in time: what was known up to it, and who got what after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...errors import ArchivitError
from ...graph.columns import F64, I64
from ..baselines.taste import Scorer
from ..taste.holdings import Holdings, Items, Matrix

BLOCK = 256  # cases that are scored together
MOST_CASES = 2_000  # of a cut; of more, so many are drawn


@dataclass(frozen=True, eq=False)
class Cut:
    """One cut and the accounts that bought between it and the next.

    Attributes
    ----------
    evidence, had
        What was known up to the cut: pieces, and sparse (accounts, items).
    items
        What is ranked.
    accounts
        (n,) rows of the accounts that are judged: the cases.
    wanted
        Sparse (n, items) bool: what each of them got after the cut and up to the next.
    again
        Whether items are ranked, and wanted, that an account had already.
    """

    evidence: Holdings
    had: Matrix
    items: Items
    accounts: NDArray[np.intp]
    wanted: Matrix
    again: bool

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether anything was known of each case's account."""
        known: NDArray[np.bool_] = np.diff(self.had.indptr)[self.accounts] > 0
        return known

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Cut:
        """Choose some cases."""
        return replace(self, accounts=self.accounts[chosen], wanted=self.wanted[chosen])

    def among(self, columns: NDArray[np.bool_]) -> Cut:
        """Ask for some items only, still ranked among all; cases that got none of them are left out."""
        wanted = self.wanted.multiply(columns[None, :]).tocsr().astype(bool)
        wanted.eliminate_zeros()
        return replace(self, wanted=wanted).take(np.diff(wanted.indptr) > 0)

    def judge(self, scorer: Scorer, measure: Callable[[NDArray[np.bool_], F64], F64]) -> F64:
        """Measure each case: (n,) float64 of (block, items) what was wanted, and the scores."""
        found = []
        for start in range(0, len(self.accounts), BLOCK):
            rows = self.accounts[start : start + BLOCK]
            scores = scorer.scores(rows)
            if not self.again:
                scores[self.had[rows].nonzero()] = -np.inf
            found.append(measure(self.wanted[start : start + BLOCK].toarray(), scores))
        return np.concatenate([np.empty(0), *found])


def cuts(evidence: Holdings, items: Items, quantiles: tuple[float, ...], *, again: bool, seed: int = 0) -> list[Cut]:
    """Cut a record where these shares of all evidence were known; the last quantile only ends the last cut.

    Raises
    ------
    ArchivitError
        Nobody bought anything between two cuts.
    """
    moments = np.quantile(evidence.time, quantiles, method="inverted_cdf").astype(np.int64)
    made = [_cut(evidence, items, moment, until, again, seed) for moment, until in pairwise(moments.tolist())]
    empty = [number for number, cut in enumerate(made, 1) if not len(cut.accounts)]
    if empty:
        raise ArchivitError(
            f"nobody bought anything new in part {empty[0]} of {len(made)} of the time that judges taste; "
            "expected more transfers"
        )
    return made


def _cut(evidence: Holdings, items: Items, moment: int, until: int, again: bool, seed: int) -> Cut:
    past = evidence.between(-np.inf, moment)
    had = past.matrix(items)
    wanted = evidence.between(moment, until).purchases().matrix(items).astype(bool)
    if not again:
        wanted = (wanted - wanted.multiply(had.astype(bool))).astype(bool).tocsr()
        wanted.eliminate_zeros()
    accounts = np.flatnonzero(np.diff(wanted.indptr) > 0)
    if len(accounts) > MOST_CASES:
        accounts = np.sort(np.random.default_rng(seed).choice(accounts, MOST_CASES, replace=False))
    return Cut(past, had, items, accounts, wanted[accounts], again)


def recall_of_rows(wanted: NDArray[np.bool_], scores: F64, k: int = 20) -> F64:
    """Recall at k of each row, expected over all orders of what is tied: `metrics.recall_at` of many rows at once."""
    if scores.shape[1] <= k:
        return np.ones(len(scores))
    least = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k]
    above, tied = scores > least, scores == least
    share = (k - above.sum(axis=1)) / tied.sum(axis=1)
    found: F64 = ((wanted & above).sum(axis=1) + share * (wanted & tied).sum(axis=1)) / wanted.sum(axis=1)
    return found


def by_account(each: list[Cut]) -> list[NDArray[np.intp]]:
    """Rows of the pooled cases of each account, for a bootstrap that draws accounts."""
    accounts: I64 = np.concatenate([cut.accounts for cut in each]).astype(np.int64)
    order = np.argsort(accounts, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(accounts[order])) + 1)
