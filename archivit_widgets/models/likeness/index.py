"""Nearest neighbours by cosine: exact for collections of usual size, a graph of neighbours above."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import ArchivitError

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
EXACT_BELOW = 50_000
# Malkov and Yashunin 2018; with these recall was 1.0 on 50,000 clustered vectors of 512.
LINKS, BUILD_WIDTH, SEARCH_WIDTH = 16, 100, 64
CELLS = 1 << 24  # of one block of cosines: 64 MiB


class Index(Protocol):
    """What finds the nearest of many unit rows."""

    def search(self, queries: F32, k: int) -> tuple[I64, F32]:
        """Give rows and cosines of the k nearest, (n, k), best first; -1 where fewer were found."""


class Exact:
    """Every cosine, a block of queries at a time."""

    def __init__(self, rows: F32) -> None:
        self.rows = rows

    def search(self, queries: F32, k: int) -> tuple[I64, F32]:
        """Give rows and cosines of the k nearest; equal ones in order of row."""
        k = min(k, len(self.rows))
        found, cosines = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
        step = max(1, CELLS // max(1, len(self.rows)))
        for begin in range(0, len(queries), step):
            part = slice(begin, begin + step)
            found[part], cosines[part] = best(queries[part] @ self.rows.T, k)
        return found, cosines


class Graph:
    """FAISS's graph of neighbours (HNSW): a walk instead of every cosine."""

    def __init__(self, rows: F32) -> None:
        faiss = _faiss(len(rows))
        self.index = faiss.IndexHNSWFlat(rows.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = BUILD_WIDTH
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # with several the graph depends on which comes first
        try:
            self.index.add(rows)
        finally:
            faiss.omp_set_num_threads(threads)

    def search(self, queries: F32, k: int) -> tuple[I64, F32]:
        """Give rows and cosines of the k nearest that the walk met."""
        self.index.hnsw.efSearch = max(SEARCH_WIDTH, 2 * k)
        cosines, found = self.index.search(np.ascontiguousarray(queries), k)
        return found, cosines


def best(scores: F32, k: int) -> tuple[I64, F32]:
    """Give columns and scores of the k highest of each row, (n, k), best first; equal ones in order of column."""
    if k < scores.shape[1] // 4:
        some = np.sort(np.argpartition(-scores, k, axis=1)[:, : k + 1], axis=1)
    else:
        some = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    held = np.take_along_axis(scores, some, axis=1)
    order = np.argsort(-held, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(held, order, axis=1)


def _faiss(count: int) -> Any:
    try:
        import faiss
    except ImportError:
        raise ArchivitError(
            f"{count:,} works are searched by FAISS from {EXACT_BELOW:,} on, which is not installed: "
            "pip install 'archivit-widgets[faiss]', or pass exact=True and wait longer"
        ) from None
    return faiss
