"""What taste is worked out from: nearness by company and by looks, popularity of late, likeness of accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arguments import number, whole
from ...graph.columns import F64
from .graph_filter import BLOCK, likeness, nearness
from .holdings import Holdings, Matrix


@dataclass(frozen=True)
class TasteSettings:
    """How taste is read.

    Attributes
    ----------
    balance, power
        a and p of `graph_filter`.
    neighbours
        How many items are kept beside each.
    content
        Weight of embeddings beside who had what, where there are any.
    popular
        Weight of what is popular of late, the same for all, beside both.
    half_life
        A purchase counts half for what is popular of late after this share of all purchases has followed it: markets
        have clocks of their own.
    newcomers
        The same for what accounts are offered of which nothing is known.
    """

    balance: float = 0.4
    power: float = 0.5
    neighbours: int = 200
    content: float = 1.0
    popular: float = 0.0
    half_life: float = 0.05
    newcomers: float = 1.0

    def __post_init__(self) -> None:
        number("balance", self.balance, 0, 1)
        number("power", self.power, 0.01, 10)
        whole("neighbours", self.neighbours, 1)
        number("content", self.content, 0)
        number("popular", self.popular, 0)
        number("half_life", self.half_life, 1e-6)
        number("newcomers", self.newcomers, 1e-6)


def combined(had: Matrix, embeddings: F64 | None, how: TasteSettings, *, progress: bool = False) -> Matrix:
    """Say how near items are by who had them and by how they look, each divided by its own mean.

    Returns
    -------
    sparse (items, items) float64
    """
    traded = of_mean_one(nearness(had, how.balance, how.power, how.neighbours, progress=progress))
    if embeddings is None or not how.content:
        return traded
    return (traded + how.content * of_mean_one(likeness(embeddings, how.neighbours))).tocsr()


def popularity(evidence: Holdings, half_life: float | None = None) -> F64:
    """Count the purchases of each token, (tokens,) float64; `half_life` as in `TasteSettings`, None: all alike."""
    bought = evidence.purchases()
    later = len(bought) - np.searchsorted(bought.time, bought.time, side="right")
    weight = None if half_life is None else np.exp2(-later / (half_life * max(len(bought), 1)))
    counts: F64 = np.bincount(bought.token, weight, evidence.shape[1]).astype(np.float64)
    return counts


def lengths(had: Matrix, near: Matrix) -> F64:
    """Give sqrt(v P v') of what each account had, (accounts,) float64."""
    blocks = (had[start : start + BLOCK] for start in range(0, had.shape[0], BLOCK))
    squares = [np.asarray((block @ near).multiply(block).sum(axis=1)).ravel() for block in blocks]
    found: F64 = np.sqrt(np.concatenate([np.empty(0), *squares]))
    return found


def likenesses(had: Matrix, near: Matrix, rows: NDArray[np.intp], length: F64) -> F64:
    """Say how alike accounts are to all: u P v' / sqrt(u P u' x v P v') of what they had, (n, accounts) float64.

    Parameters
    ----------
    length
        What `lengths` gives.
    """
    seen: F64 = (had[rows] @ near @ had.T).toarray()
    both = length[rows][:, None] * length
    cosine: F64 = np.divide(seen, both, out=np.zeros_like(seen), where=both > 0)
    return cosine


def mixed(personal: F64, popular: F64, weight: float, offered: F64) -> F64:
    """Add what is popular to what is wanted, each as shares of its sum; offer something else to those nobody knows.

    Parameters
    ----------
    personal
        (n, items), changed in place.
    popular, offered
        (items,).
    """
    total = personal.sum(axis=1, keepdims=True)
    known = total > 0
    np.divide(personal, total, out=personal, where=known)
    popular, offered = (part / max(float(part.sum()), 1e-300) for part in (popular, offered))
    personal += np.where(known, weight * popular, offered)
    return personal


def of_mean_one(matrix: Matrix) -> Matrix:
    """Divide what is near what by its mean."""
    return matrix / matrix.data.mean() if matrix.nnz and matrix.data.any() else matrix
