"""One connected component is placed: far accounts by distance, near ones by who their neighbours are.

Two losses are followed downhill together.

- Distance: the drawn distance of two accounts should be the number of hops between them (stress, unweighted), each
  step against a fresh sample of landmarks, as in Zheng, Pawar and Goodman, Graph Drawing by Stochastic Gradient
  Descent, TVCG 2018.
- Neighbourhood: the accounts drawn nearest should be those that traded with each other. The cross-entropy of UMAP
  (McInnes, Healy, Melville 2018) pulls the ends of an edge together, and pushes apart what lies next to an account
  without having traded with it. Instead of random negatives it takes the accounts that are nearest now, which is where
  a neighbourhood is lost; the distance loss sees to all that is far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from .layout_hops import hops, pivot_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    F32 = NDArray[np.float32]

NEAR = 10
"""Nearest accounts that are looked at; the usual size of a neighbourhood."""
WIDTH = 0.01
"""Square of the length, in hops, below which two accounts count as neighbours."""
PULL = 0.3
"""Weight of the neighbourhood beside the distances."""
BATCH = 128
"""Landmarks seen in a step."""
EVERY = 5
"""Steps between two searches for the nearest accounts."""


class Rounds(Protocol):
    """A range, or a range in a progress bar."""

    def __iter__(self) -> Iterator[int]: ...

    def __len__(self) -> int: ...


def descend(ties: csr_matrix, dims: int, rng: np.random.Generator, rounds: Rounds) -> F32:
    """Place the accounts of one connected component.

    Parameters
    ----------
    ties
        (n, n) symmetric adjacency of ones without a diagonal, connected, sorted indices, n >= 2.
    dims
        2 or 3.
    rng
        Source of landmarks and of the jitter that parts twins.
    rounds
        ``range(steps)``, or that with a progress bar around it.

    Returns
    -------
    (n, dims) float32, centred; the unit is a hop.
    """
    n = ties.shape[0]
    landmarks = rng.permutation(n)[: int(np.clip(4e7 // n, 64, 4096))]
    distance = hops(ties, landmarks)
    at = _start(distance, landmarks, dims, rng)
    near = _Neighbours(ties)
    slope, size = np.zeros_like(at), np.zeros((n, 1), np.float32)
    for step in rounds:
        pick = rng.integers(0, len(landmarks), BATCH)
        downhill = _distance_slope(at, at[landmarks[pick]], distance[pick])
        if step % EVERY == 0:
            near.look(at)
        downhill += near.slope(at)
        slope, size = 0.9 * slope + 0.1 * downhill, 0.9 * size + 0.1 * (downhill**2).mean(axis=1, keepdims=True)
        fade = 0.4 * (1 - step / len(rounds)) / (1 - 0.9 ** (step + 1)) * np.sqrt(1 - 0.9 ** (step + 1))
        at = (at - fade * slope / np.sqrt(size + 1e-16)).astype(np.float32)
    return np.asarray(at - at.mean(axis=0), np.float32)


def _start(distance: NDArray[np.uint8], landmarks: NDArray[np.intp], dims: int, rng: np.random.Generator) -> F32:
    """A pivot map in hops; the jitter parts accounts with the same neighbours, which no force could part."""
    at: F32 = pivot_map(distance[:100], dims)
    to = distance[:64].astype(np.float32)
    drawn = _distances(at, at[landmarks[:64]])
    at *= (drawn * to).sum() / max(float((drawn * drawn).sum()), 1e-9)
    return at + jitter(at.shape, rng)


def jitter(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Noise of a tenth of a hop."""
    return np.asarray(rng.normal(scale=0.1, size=shape), np.float32)


def _distances(at: F32, others: F32) -> F32:
    """(m, n) lengths from each of ``others`` to each of ``at``."""
    squared = others @ (-2 * at.T)
    squared += (at * at).sum(axis=1)
    squared += (others * others).sum(axis=1)[:, None]
    out: F32 = np.sqrt(np.maximum(squared, 1e-4, out=squared), out=squared)
    return out


def _distance_slope(at: F32, others: F32, wanted: NDArray[np.uint8]) -> F32:
    """Gradient of the mean of (drawn - wanted)^2 over the sampled landmarks, for each account: (n, dims)."""
    ratio = wanted / _distances(at, others)
    pull = at * (len(others) - ratio.sum(axis=0))[:, None] - (others.sum(axis=0) - ratio.T @ others)
    return np.asarray(pull * np.float32(2 / len(others)), np.float32)


class _Neighbours:
    """The cross-entropy of neighbourhoods: holds who traded with whom, and who lies nearest at the moment."""

    def __init__(self, ties: csr_matrix) -> None:
        n = ties.shape[0]
        degree = np.diff(ties.indptr)
        self.source = np.repeat(np.arange(n), degree)
        self.target = ties.indices
        self.keys = self.source * n + self.target
        self.share = (1 / np.minimum(NEAR, degree)).astype(np.float32)
        self.both = self.share[self.source] + self.share[self.target]
        self.pulls = csr_matrix((np.zeros(len(self.target), np.float32), self.target, ties.indptr), shape=(n, n))
        self.near = min(NEAR, n - 1)
        self.account = np.repeat(np.arange(n), self.near)

    def look(self, at: F32) -> None:
        """Find the nearest accounts, and which of them never traded with the account they lie next to."""
        n = len(at)
        _, nearest = cKDTree(at).query(at, self.near + 1)
        self.nearest = nearest[:, 1:].ravel()
        key = self.account * n + self.nearest
        found = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        self.stranger = (self.keys[found] != key) * self.share[self.account]
        rows = np.arange(0, n * self.near + 1, self.near)
        self.pushes = csr_matrix((np.zeros(len(key), np.float32), self.nearest, rows), shape=(n, n))

    def slope(self, at: F32) -> F32:
        """Gradient of -log q over edges and -log(1 - q) over near strangers, q = 1 / (1 + d^2 / WIDTH)."""
        squared = _squared(at, self.source, self.target)
        self.pulls.data[:] = self.both * (2 * PULL) / (squared + WIDTH)
        squared = _squared(at, self.account, self.nearest)
        self.pushes.data[:] = self.stranger * (-2 * PULL) / ((squared + WIDTH) * (squared / WIDTH + 1e-3))
        total = _sums(self.pulls, 1) + _sums(self.pushes, 1) + _sums(self.pushes, 0)
        out = at * total[:, None] - self.pulls @ at - self.pushes @ at - self.pushes.T @ at
        return np.asarray(out, np.float32)


def _squared(at: F32, a: NDArray[Any], b: NDArray[Any]) -> F32:
    """Squared lengths of the lines from ``a`` to ``b``."""
    line = at[a] - at[b]
    return np.asarray(np.einsum("ij,ij->i", line, line), np.float32)


def _sums(matrix: csr_matrix, axis: int) -> F32:
    return np.asarray(matrix.sum(axis=axis), np.float32).ravel()
