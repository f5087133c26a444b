"""One small component is placed: every account sees every other, so that next ones lie evenly apart.

What `layout_descent` follows pays where there are thousands: of a few dozen accounts it makes heaps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .layout_communities import communities
from .layout_descent import turned
from .layout_hops import hops, pivot_map

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    F32 = NDArray[np.float32]
    F64 = NDArray[np.float64]

ROUNDS = 60
"""Rounds of majorisation: later ones move nothing that is seen."""
APART = 0.5
"""Hops that accounts of different communities are drawn farther apart."""
AGING = 0.3
"""Weight of time beside the distances."""
JITTER = 0.1
"""Noise at the start, in hops: accounts with the same partners start from one place."""


def majorise(known: csr_matrix, age: F64, dims: int, rng: np.random.Generator) -> F32:
    """Place the accounts of one connected component by the hops between all of them.

    Minimises sum (|x_i - x_j| - h_ij)^2 / h_ij^2, and beside it how far x is from the order in which accounts appeared,
    by majorisation (Gansner, Koren and North, Graph Drawing by Stress Majorization, GD 2004).

    Parameters
    ----------
    known, age, dims, rng
        As `layout_descent.descend` takes them, n up to some hundreds.

    Returns
    -------
    (n, dims) float32, centred, in hops; x follows age.
    """
    n = known.shape[0]
    every = np.arange(n)
    steps = hops(known, every)
    at = turned(pivot_map(steps, every, dims), age).astype(np.float64) + rng.normal(scale=JITTER, size=(n, dims))
    community = communities(known, rng)
    wanted = steps + APART * (community[:, None] != community)
    weight = 1 / np.maximum(wanted, 1) ** 2
    np.fill_diagonal(weight, 0)
    pull = np.diag(weight.sum(axis=1)) - weight
    aging = AGING * weight.sum() / n if np.ptp(age) > 0 else 0.0
    when = 2 * np.ptp(at[:, 0]) * (age - age.mean())
    anchored = np.linalg.inv(pull + aging * np.eye(n) + 1 / n)
    free = np.linalg.inv(pull + 1 / n) if dims > 1 else anchored
    for _ in range(ROUNDS):
        drawn = np.sqrt(((at[:, None] - at) ** 2).sum(axis=2))
        share = weight * wanted / np.maximum(drawn, 1e-6)
        aim = share.sum(axis=1)[:, None] * at - share @ at
        at[:, 0] = anchored @ (aim[:, 0] + aging * when)
        at[:, 1:] = free @ aim[:, 1:]
        at -= at.mean(axis=0)
    return at.astype(np.float32)
