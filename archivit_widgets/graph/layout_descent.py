"""One connected component is placed: far accounts by distance, near ones by who their neighbours are, x by time.

Three losses are followed downhill together; lengths are in mean distances.

- Distance: the drawn distance of two accounts should be the number of hops between them, less within a community and
  more between two, so that communities stand apart (stress, unweighted); each step against a fresh sample of
  landmarks, as in Zheng, Pawar and Goodman, Graph Drawing by Stochastic Gradient Descent, TVCG 2018.
- Neighbourhood: the accounts drawn nearest should be those that traded with each other. The cross-entropy of UMAP
  (McInnes, Healy, Melville 2018) pulls partners together, the closest ones most (`layout_ties.closeness`), and pushes
  apart what lies next to an account without having traded with it. Its negatives are not random but the accounts that
  are nearest now, which is where a neighbourhood is lost; the distances see to all that is far.
- Time: x should follow the order in which accounts first appeared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from .layout_communities import communities
from .layout_hops import hops, pivot_map
from .layout_ties import closeness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    F32 = NDArray[np.float32]
    Index = NDArray[np.integer]

NEAR = 10
"""Nearest accounts that are looked at; the usual size of a neighbourhood."""
CLOSE = 0.15
"""Distance, in mean distances between next accounts, below which two accounts count as neighbours."""
PULL = 0.012
"""Weight of the neighbourhood beside the distances."""
AGING = 0.2
"""Weight of time beside the distances."""
LENGTH = 2.0
"""Length of the axis of time, in mean distances."""
PIVOTS = 100
"""Landmarks by which accounts are placed at first."""
GAP = 0.5
"""Distance between communities, in mean hops, on top of the hops."""
BATCH = 128
"""Landmarks seen in a step."""
EVERY = 5
"""Steps between two searches for the nearest accounts."""
STRIDE = 0.1
"""Length of the first steps, in mean distances."""
MEMORY = 0.9
"""How much of the steps before lives on in a step."""
HOPS = 4e7
"""Most distances that are kept; there are at most 1,024 landmarks."""


class Rounds(Protocol):
    """A range, or a range in a progress bar."""

    def __iter__(self) -> Iterator[int]: ...

    def __len__(self) -> int: ...


def descend(known: csr_matrix, age: NDArray[np.float64], dims: int, rng: np.random.Generator, rounds: Rounds) -> F32:
    """Place the accounts of one connected component.

    Parameters
    ----------
    known
        (n, n) symmetric adjacency of ones without a diagonal, connected, sorted indices, n >= 2.
    age
        (n,) in 0..1: when each account came, 0 the first.
    dims
        2 or 3.
    rng
        Source of landmarks and of the jitter that parts twins.
    rounds
        ``range(steps)``, or that with a progress bar around it.

    Returns
    -------
    (n, dims) float32, centred; the unit is the mean length of an edge, x follows age.
    """
    n = known.shape[0]
    landmarks = rng.permutation(n)[: int(np.clip(HOPS // n, 64, 1024))]
    distance = _apart(hops(known, landmarks), communities(known, rng), landmarks)
    unit = np.float32(1 / distance[:PIVOTS].mean())
    at = unit * _start(distance, landmarks, age, dims, rng)
    near = _Neighbours(known, CLOSE * n ** (-1 / dims))
    when = (LENGTH * (age - age.mean())).astype(np.float32)
    aging = np.float32(2 * AGING if np.ptp(age) > 0 else 0)
    slope, size = np.zeros_like(at), np.zeros((n, 1), np.float32)
    for step in rounds:
        pick = rng.integers(0, len(landmarks), BATCH)
        downhill = _distance_slope(at, at[landmarks[pick]], unit * distance[pick])
        downhill[:, 0] += aging * (at[:, 0] - when)
        if step % EVERY == 0:
            near.look(at)
        downhill += near.slope(at)
        # Adam (Kingma and Ba 2015), with one step length for all coordinates of an account
        slope = MEMORY * slope + (1 - MEMORY) * downhill
        size = MEMORY * size + (1 - MEMORY) * (downhill * downhill).mean(axis=1, keepdims=True)
        stride = STRIDE * (1 - step / len(rounds)) / np.sqrt(1 - MEMORY ** (step + 1))
        at = at - np.float32(stride) * slope / np.sqrt(size + np.float32(1e-16))
    hop = np.linalg.norm(at[near.source] - at[near.target], axis=1).mean()
    return np.asarray((at - at.mean(axis=0)) / hop, np.float32)


def _apart(distance: NDArray[np.uint8], community: Index, landmarks: Index) -> NDArray[np.uint8]:
    """Distances to draw, (m, n) in half hops: half as far within a community, `GAP` mean distances more between two."""
    gap = int(2 * GAP * distance[:PIVOTS].mean())
    farthest = (255 - gap) // 2
    out = 2 * np.minimum(distance, farthest) + np.uint8(gap)
    return np.where(community[landmarks, None] == community, np.minimum(distance, farthest), out)


def _start(
    distance: NDArray[np.uint8], landmarks: Index, age: NDArray[np.float64], dims: int, rng: np.random.Generator
) -> F32:
    """A pivot map in hops, turned to time; the jitter parts accounts with the same neighbours: no force could."""
    at = turned(pivot_map(distance[:PIVOTS], landmarks[:PIVOTS], dims), age)
    return at + jitter(at.shape, rng)


def turned(at: F32, age: NDArray[np.float64]) -> F32:
    """Turn positions so that x is the direction in which age grows most, and the rest lie by their spread."""
    centred = at - at.mean(axis=0)
    _, _, spread = np.linalg.svd(centred.T @ centred)
    later, *_ = np.linalg.lstsq(centred, age - age.mean(), rcond=None)
    axes, _ = np.linalg.qr(np.column_stack([later if np.linalg.norm(later) > 1e-9 else spread[0], spread.T]))
    sign = np.where(np.arange(len(axes)) == 0, np.sign(axes[:, 0] @ later) or 1, 1)
    return np.asarray(centred @ (axes * sign), np.float32)


def jitter(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Noise of a tenth of a hop."""
    return np.asarray(rng.normal(scale=0.1, size=shape), np.float32)


def _distances(at: F32, others: F32) -> F32:
    """(m, n) lengths from each of ``others`` to each of ``at``."""
    squared = others @ (-2 * at.T)
    squared += (at * at).sum(axis=1)
    squared += (others * others).sum(axis=1)[:, None]
    out: F32 = np.sqrt(np.maximum(squared, 1e-6, out=squared), out=squared)
    return out


def _distance_slope(at: F32, others: F32, wanted: F32) -> F32:
    """Gradient of the mean of (drawn - wanted)^2 over the sampled landmarks, for each account: (n, dims)."""
    ratio = wanted / _distances(at, others)
    pull = at * (len(others) - ratio.sum(axis=0))[:, None] - (others.sum(axis=0) - ratio.T @ others)
    return np.asarray(pull * np.float32(2 / len(others)), np.float32)


class _Neighbours:
    """The cross-entropy of neighbourhoods: holds who is close to whom, and who lies nearest at the moment."""

    def __init__(self, known: csr_matrix, width: float) -> None:
        n = known.shape[0]
        self.width = np.float32(width * width)
        degree = np.diff(known.indptr)
        self.keys = np.repeat(np.arange(n), degree) * n + known.indices
        self.share = (1 / np.minimum(NEAR, degree)).astype(np.float32)
        self.pulls = closeness(known)
        self.closeness = self.pulls.data.copy()
        self.source, self.target = np.repeat(np.arange(n), np.diff(self.pulls.indptr)), self.pulls.indices
        self.near = min(NEAR, n - 1)
        self.account = np.repeat(np.arange(n), self.near)

    def look(self, at: F32) -> None:
        """Find the nearest accounts, and which of them never traded with the account they lie next to."""
        n = len(at)
        _, nearest = cKDTree(at).query(at, self.near + 1, workers=-1 if n > 5000 else 1)
        self.nearest = nearest[:, 1:].ravel()
        key = self.account * n + self.nearest
        found = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        self.stranger = (self.keys[found] != key) * self.share[self.account]
        rows = np.arange(0, n * self.near + 1, self.near)
        self.pushes = csr_matrix((np.zeros(len(key), np.float32), self.nearest, rows), shape=(n, n))

    def slope(self, at: F32) -> F32:
        """Gradient of -log q over close partners and -log(1 - q) over near strangers, q = 1 / (1 + d^2 / width)."""
        squared = _squared(at, self.source, self.target)
        self.pulls.data[:] = self.closeness * np.float32(2 * PULL) / (squared + self.width)
        squared = _squared(at, self.account, self.nearest)
        firm = squared / self.width + np.float32(1e-3)  # where two fall together the push stays finite
        self.pushes.data[:] = self.stranger * np.float32(-2 * PULL) / ((squared + self.width) * firm)
        total = _sums(self.pulls, 1) + _sums(self.pushes, 1) + _sums(self.pushes, 0)
        out = at * total[:, None] - self.pulls @ at - self.pushes @ at - self.pushes.T @ at
        return np.asarray(out, np.float32)


def _squared(at: F32, a: Index, b: Index) -> F32:
    """Squared lengths of the lines from ``a`` to ``b``."""
    line = at.take(a, axis=0) - at.take(b, axis=0)
    return np.asarray(np.einsum("ij,ij->i", line, line), np.float32)


def _sums(matrix: csr_matrix, axis: int) -> F32:
    return np.asarray(matrix.sum(axis=axis), np.float32).ravel()
