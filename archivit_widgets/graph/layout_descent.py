"""One connected component is placed: far accounts by distance, near ones by who their neighbours are, x by time.

Three losses are followed downhill together; lengths are in mean distances.

- Distance: the drawn distance of two accounts should be the number of hops between them; where most are a few hops
  apart, less within a community and more between two, so that communities stand apart (stress, unweighted). Each step
  against a fresh sample of landmarks, as in Zheng, Pawar and Goodman, Graph Drawing by Stochastic Gradient Descent,
  TVCG 2018.
- Neighbourhood: the accounts drawn nearest should be those that traded with each other. The cross-entropy of UMAP
  (McInnes, Healy, Melville 2018) pulls partners together, the closest ones most (`layout_ties.closeness`), and pushes
  apart what lies next to an account without having traded with it. Its negatives are not random but the accounts that
  are nearest now, which is where a neighbourhood is lost; the distances see to all that is far.
- Time: x should follow the order in which accounts first appeared.
"""

from __future__ import annotations

from dataclasses import dataclass
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
PULL = 0.014
"""Weight of the neighbourhood beside the distances."""
PIVOTS = 100
"""Landmarks by which accounts are placed at first."""
JITTER = 0.06
"""Noise at the start, in mean distances."""
BATCH = 32
"""Landmarks seen in a step."""
EVERY = 5
"""Steps between two searches for the nearest accounts."""
STRIDE = 0.1
"""Length of the first steps, in mean distances."""
MEMORY = 0.9
"""How much of the steps before lives on in a step."""
HOPS = 4e7
"""Most distances that are kept; there are at most 1,024 landmarks."""


@dataclass(frozen=True)
class Shape:
    """What a component is to look like."""

    stretch: float
    """Power of the hops that is drawn."""
    within: float
    """Length of a distance within a community; 1 is that between two."""
    gap: float
    """Distance between communities, in mean distances, on top of that by hops."""
    aging: float
    """Weight of time beside the distances."""
    length: float
    """Length of the axis of time, in mean distances."""


WOVEN = Shape(stretch=1.5, within=0.5, gap=2.0, aging=0.2, length=2.5)
"""Most accounts are a few hops from each other, where there is no room for so many: communities are parted."""
BRANCHED = Shape(stretch=1.0, within=1.0, gap=0.0, aging=0.1, length=1.5)
"""Chains and trees unfold along their own branches; parted they would be heaps."""
SPARSE = 3
"""Partners of an account, in the mean, up to which a component is branched."""


def is_branched(known: csr_matrix) -> bool:
    """Whether a component is much like a tree, which has two partners for each account."""
    return bool(known.nnz <= SPARSE * known.shape[0])


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
        Source of landmarks and noise.
    rounds
        ``range(steps)``, or that with a progress bar around it.

    Returns
    -------
    (n, dims) float32, centred; the unit is the mean length of an edge, x follows age.
    """
    n = known.shape[0]
    landmarks = rng.permutation(n)[: int(np.clip(HOPS // n, 64, 1024))]
    shape = BRANCHED if is_branched(known) else WOVEN
    distance = _wanted(hops(known, landmarks), communities(known, rng), landmarks, shape)
    unit = np.float32(1 / distance[:PIVOTS].mean())
    at = unit * turned(pivot_map(distance[:PIVOTS], landmarks[:PIVOTS], dims), age)
    at += rng.normal(scale=JITTER, size=at.shape)  # accounts with the same partners lie together: no force parts them
    near = _Neighbours(known, CLOSE * n ** (-1 / dims))
    when = (shape.length * (age - age.mean())).astype(np.float32)
    aging = np.float32(2 * shape.aging if np.ptp(age) > 0 else 0)
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


def _wanted(distance: NDArray[np.uint8], community: Index, landmarks: Index, shape: Shape) -> NDArray[np.uint16]:
    """Distances to draw for hops, (m, n), in some unit: shorter within a community, longer between two."""
    far = (np.arange(256) ** shape.stretch * 16).clip(max=40_000)
    gap = shape.gap * far[distance[:PIVOTS]].mean()
    within, between = (shape.within * far).astype(np.uint16), (far + gap).clip(max=65_535).astype(np.uint16)
    return np.where(community[landmarks, None] == community, within[distance], between[distance])


def turned(at: F32, age: NDArray[np.float64]) -> F32:
    """Turn positions so that x is the direction in which age grows most, and the rest lie by their spread."""
    centred = at - at.mean(axis=0)
    _, _, spread = np.linalg.svd(centred.T @ centred)
    later, *_ = np.linalg.lstsq(centred, age - age.mean(), rcond=None)
    axes, _ = np.linalg.qr(np.column_stack([later if np.linalg.norm(later) > 1e-9 else spread[0], spread.T]))
    sign = np.where(np.arange(len(axes)) == 0, np.sign(axes[:, 0] @ later) or 1, 1)
    return np.asarray(centred @ (axes * sign), np.float32)


def _distance_slope(at: F32, others: F32, wanted: F32) -> F32:
    """Gradient of the mean of (drawn - wanted)^2 over the sampled landmarks, for each account: (n, dims).

    Written out by coordinates: a matrix product with three columns wakes all threads of a BLAS, and waits for them.
    """
    lines = [at[:, c] - others[:, c, None] for c in range(at.shape[1])]
    drawn = np.sqrt(sum(line * line for line in lines) + np.float32(1e-6))
    excess = np.float32(2 / len(others)) * (1 - wanted / drawn)
    return np.stack([np.einsum("mn,mn->n", excess, line) for line in lines], axis=1)


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
