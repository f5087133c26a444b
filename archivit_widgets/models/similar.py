"""Which artworks are alike: nearest neighbours of embeddings, copies and near-duplicates.

    alike = Similarity(clip.encode_images(images))
    alike.nearest([0, 7], k=5)      # rows and scores
    copies(images)                  # pairs that are the same picture, or nearly

Cosines have hubs: works that are near to everything. CSLS (Conneau et al. 2018, Word Translation Without Parallel Data,
eq. 3) takes off how near each work is to its own neighbourhood: CSLS(x, y) = 2 cos(x, y) - r(x) - r(y), r being the
mean cosine with the nearest works.

Model card
----------
`copies`, on 3,000 Nouns and 1,000 generated works with changed copies of 200: all that were enlarged, toned or lost
colour are found, of enlarged ones saved as JPEG 0.94 or more, of those cut by 4 % on each side next to none. No pair of
generated works is taken for copies; 25 pairs of Nouns are, of 4.5 million: they share head and glasses.
``python -m tests.benchmarks.models_alike copies index`` prints it. A copy is no proof of who copied whom: look at who
minted first, and ask. Embeddings of two models are two spaces: never put them into one `Similarity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import counted, number, of_kind, whole
from ..arguments import found as written
from ..errors import ArchivitError
from .embeddings import LARGEST, table_of
from .likeness.hashes import SIZE, hashes, near, toned
from .likeness.index import EXACT_BELOW, Exact, Graph, Index
from .likeness.pictures import opened, squares

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
SPARE = 4  # candidates for each one wanted, of which CSLS chooses
COPY_BITS, COPY_ALIKE = 64, 0.97


@dataclass(frozen=True)
class Similarity:
    """Likeness of works by their embeddings.

    Attributes
    ----------
    embeddings
        (n, dims) float32 of any lengths but zero; kept as unit rows.
    csls
        Whether scores are CSLS; else cosines.
    around
        How many neighbours a work's neighbourhood has, for CSLS.
    exact
        Whether every cosine is computed; None: below 50,000 works. Above, FAISS walks a graph (HNSW).
    """

    embeddings: F32
    csls: bool = True
    around: int = 10
    exact: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "embeddings", unit(self.embeddings))
        whole("around", self.around, 1)
        of_kind("csls", self.csls, bool, "True or False")
        of_kind("exact", self.exact, (bool, type(None)), "True, False or None")

    def __repr__(self) -> str:
        """Say how many works there are, and how they are searched."""
        works, dims = self.embeddings.shape
        held = counted(works, "work"), counted(dims, "dimension"), "exact" if self._exact else "HNSW"
        return f"Similarity({', '.join(held)}, {f'CSLS of {self.around}' if self.csls else 'cosine'})"

    @property
    def _exact(self) -> bool:
        return len(self.embeddings) < EXACT_BELOW if self.exact is None else self.exact

    @cached_property
    def index(self) -> Index:
        """What finds neighbours."""
        return Exact(self.embeddings) if self._exact else Graph(self.embeddings)

    @cached_property
    def density(self) -> F32:
        """Mean cosine of each work with its nearest others, (n,) float32: r of CSLS."""
        _, cosines = self.others(np.arange(len(self.embeddings)), self.around)
        return _mean(cosines)

    def nearest(self, works: Any, k: int = 10) -> tuple[I64, F32]:
        """Find the works nearest to some works or vectors.

        Parameters
        ----------
        works
            (m,) int rows of works, which are not found themselves, or (m, dims) vectors, such as encoded texts.
        k
            How many at most.

        Returns
        -------
        (m, k) int64 and (m, k) float32
            Rows of works and scores, best first; -1 and NaN where fewer were found.

        Raises
        ------
        ArchivitError
            There is no such work, or none at all, or vectors have other dimensions.
        """
        k, given = whole("k", k, 1), table_of(works, "works")
        if not len(self.embeddings):
            raise ArchivitError("this Similarity is empty: there are no works to be near to")
        wide = SPARE * max(k, self.around) if self.csls else k
        if given.ndim == 1 and given.dtype.kind in "iu":
            rows, cosines = self.others(self._rows(given), wide)
        else:
            rows, cosines = self.index.search(self._vectors(given), min(wide, len(self.embeddings)))
        if not self.csls:
            return rows[:, :k], np.where(rows[:, :k] < 0, np.nan, cosines[:, :k])
        own = _mean(np.where(rows < 0, np.nan, cosines)[:, : self.around])
        score = np.where(rows < 0, np.nan, 2 * cosines - own[:, None] - self.density[rows]).astype(np.float32)
        order = np.argsort(-score, axis=1, kind="stable")[:, :k]  # NaN comes last
        return np.take_along_axis(rows, order, axis=1), np.take_along_axis(score, order, axis=1)

    def others(self, rows: I64, k: int) -> tuple[I64, F32]:
        """Find the k works of the highest cosine with some works, themselves left out, (m, k)."""
        k = min(k, len(self.embeddings) - 1)
        found, cosines = self.index.search(self.embeddings[rows], k + 1)
        itself = found == rows[:, None]
        itself[~itself.any(axis=1), -1] = True  # twins may push it beyond the last; then the last is too many
        keep = np.argsort(itself, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(found, keep, axis=1), np.take_along_axis(cosines, keep, axis=1)

    def _rows(self, given: Any) -> I64:
        bad = given[(given < 0) | (given >= len(self.embeddings))]
        if len(bad):
            raise ArchivitError(f"there is no work {bad[0]}: rows are 0 to {len(self.embeddings) - 1:,}")
        return np.asarray(given, np.int64)

    def _vectors(self, given: Any) -> F32:
        dims = self.embeddings.shape[1]
        if given.ndim != 2 or given.shape[1] != dims:
            raise ArchivitError(f"works must be rows of works, or vectors (m, {dims}); found an array of {given.shape}")
        return unit(given)


def unit(rows: Any) -> F32:
    """Copy rows at length 1.

    Raises
    ------
    ArchivitError
        They are no (n, dims) numbers, or one is zero, not finite or too large to be multiplied.
    """
    table = table_of(rows)
    if table.ndim != 2 or table.dtype.kind not in "fiu":
        what = f"an array of {table.dtype} {table.shape}" if isinstance(rows, np.ndarray) else written(rows)
        raise ArchivitError(f"embeddings must be numbers of (works, dims), found {what}")
    numbers = table.astype(np.float64)
    numbers[~(np.abs(numbers) <= LARGEST)] = np.nan
    length = np.linalg.norm(numbers, axis=1, keepdims=True)
    bad = np.flatnonzero(~(length > 0))
    if len(bad):
        wrong = f"is zero, not finite or larger than {LARGEST:g}"
        raise ArchivitError(f"embedding {bad[0]} {wrong}; leave out works without one")
    return np.ascontiguousarray(table / length, np.float32)


def copies(images: Any, bits: int = COPY_BITS, alike: float = COPY_ALIKE) -> pd.DataFrame:
    """Find pictures that are copies of one another, or nearly: resized, compressed, toned otherwise.

    Perceptual hashes propose pairs, the pixels decide. What was cropped, turned or mirrored is not found; a picture of
    one colour has copies of that same colour only.

    Parameters
    ----------
    images
        Pictures as `Clip.encode_images` takes them.
    bits
        How many of the 384 bits of two perceptual hashes may differ.
    alike
        How well the pixels must correlate at least, -1 to 1, each colour taken from its own mean; 1 where they are the
        same.

    Returns
    -------
    DataFrame
        ``row`` and ``other`` (the later one) of each pair, ``bits`` that differ, ``alike``; the most alike first.
    """
    pixels = squares(opened(images), SIZE)
    row, other, differ = near(hashes(pixels), whole("bits", bits, 0, 384))
    least = number("alike", alike, -1, 1)
    rows, place = np.unique(np.concatenate([row, other]), return_inverse=True)
    plain = toned(pixels[rows])
    first, second = place[: len(row)], place[len(row) :]
    likeness = np.einsum("nd,nd->n", plain[first], plain[second])
    likeness[(pixels[row] == pixels[other]).all(axis=(1, 2, 3))] = 1  # one colour correlates with nothing, not itself
    order = np.lexsort((other, row, -likeness))
    order = order[likeness[order] >= least]
    return pd.DataFrame({"row": row[order], "other": other[order], "bits": differ[order], "alike": likeness[order]})


def _mean(cosines: F32) -> F32:
    """Mean of each row without NaN; 0 for a work that is alone."""
    there = np.isfinite(cosines)
    mean: F32 = (np.where(there, cosines, 0).sum(axis=1) / np.maximum(1, there.sum(axis=1))).astype(np.float32)
    return mean
