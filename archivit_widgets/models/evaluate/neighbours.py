"""Are accounts that the model calls alike, alike? Judged by what they will want.

For each case of `cuts`, items are ranked by how many of its ten nearest accounts had them; beside it, by ten accounts
drawn at random among those that had about as much as each of the ten. If likeness means anything, the ten know more of
what the account buys next than others of their size do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64
from ..taste.holdings import Matrix
from .cuts import Cut, recall_of_rows

NEAREST = 10
AROUND = 25  # a stand-in is drawn among so many that had next more, and next less


@dataclass(frozen=True, eq=False)
class Others:
    """Ranks items by how many of an account's others had them.

    Attributes
    ----------
    had
        Sparse (accounts, items), 1 where the one had the other.
    others
        (accounts, NEAREST) rows of accounts.
    """

    had: Matrix
    others: NDArray[np.intp]

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64."""
        chosen = self.others[rows]
        counts: F64 = np.stack([np.asarray(self.had[one].sum(axis=0)).ravel() for one in chosen])
        return counts


def recalls(cut: Cut, alike: F64, seed: int = 0) -> tuple[F64, F64]:
    """Recall@20 of each case: by its nearest accounts, and by stand-ins that had about as much; each (n,) float64.

    Parameters
    ----------
    alike
        (n, accounts): how alike the account of each case is to all.
    """
    had, once = cut.had, cut.had.copy()
    once.data = np.ones_like(once.data)
    nearest = np.zeros((had.shape[0], NEAREST), np.intp)
    alike = alike.copy()
    alike[np.arange(len(alike)), cut.accounts] = -1
    nearest[cut.accounts] = np.argsort(-alike, axis=1, kind="stable")[:, :NEAREST]
    stand_ins = nearest.copy()
    stand_ins[cut.accounts] = _matched(np.diff(had.indptr), nearest[cut.accounts], np.random.default_rng(seed))
    own, random = (cut.judge(Others(once, one), recall_of_rows) for one in (nearest, stand_ins))
    return own, random


def _matched(size: NDArray[np.integer], chosen: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw for each account another that had about as much."""
    order = np.argsort(size, kind="stable")
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    low = max(int((size == 0).sum()), 0)  # who had nothing stands in for nobody
    step = rng.integers(1, AROUND + 1, chosen.shape) * rng.choice([-1, 1], chosen.shape)
    drawn: NDArray[np.intp] = order[np.clip(place[chosen] + step, min(low, len(order) - 1), len(order) - 1)]
    return drawn
