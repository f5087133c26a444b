"""Implicit alternating least squares (Hu, Koren and Volinsky 2008): factors of what accounts had.

    minimise  sum over all (u, i) of c_ui (p_ui - x_u y_i)^2  +  reg (sum |x_u|^2 + sum |y_i|^2)
    p_ui = 1 where u had i, else 0;  c_ui = 1 + alpha r_ui

Holding Y, each x_u solves (Y'Y + sum over its items of alpha r_ui y_i y_i' + reg I) x_u = sum of c_ui y_i.
"""

from __future__ import annotations

import numpy as np

from ...arguments import number, whole
from ...graph.columns import F64, I32
from ...graph.compiled import compiled
from ..taste.holdings import Matrix
from .taste import Factors


def als(
    had: Matrix, *, factors: int = 32, alpha: float = 10.0, penalty: float = 0.1, rounds: int = 10, seed: int = 0
) -> Factors:
    """Fit the factors; equal seeds give equal factors.

    Parameters
    ----------
    had
        Sparse (accounts, items): r of the module.
    factors, alpha, penalty, rounds
        Length of a vector, alpha and reg of the module, and how often both sides are solved.
    """
    size, rounds = whole("factors", factors, 1, 1_000), whole("rounds", rounds, 1)
    number("alpha", alpha, 0)
    number("penalty", penalty, 1e-9)
    rng = np.random.default_rng(whole("seed", seed, 0))
    accounts, items = (rng.normal(0, 0.1, (n, size)) for n in had.shape)
    columns = had.T.tocsr()
    for _ in range(rounds):
        for own, other, matrix in ((accounts, items, had), (items, accounts, columns)):
            gram = other.T @ other + penalty * np.eye(size)
            _solve(
                matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, alpha, other, gram, own
            )
    return Factors(accounts, items)


@compiled
def _solve(begin: I32, column: I32, value: F64, alpha: float, other: F64, gram: F64, own: F64) -> None:
    """Solve for each row of (n, f) `own`; a row without entries is zero."""
    for row in range(len(own)):
        left, right = gram.copy(), np.zeros(own.shape[1])
        for at in range(begin[row], begin[row + 1]):
            vector, extra = other[column[at]], alpha * value[at]
            for f in range(len(vector)):
                right[f] += (1.0 + extra) * vector[f]
                for g in range(len(vector)):
                    left[f, g] += extra * vector[f] * vector[g]
        own[row] = np.linalg.solve(left, right)
