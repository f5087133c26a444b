"""Sparse matrices in the files of models: three arrays each, every index checked when they come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...errors import ArchivitError
from .. import stored

Matrix = Any  # scipy.sparse.csr_matrix carries no types


def arrays(prefix: str, matrix: Matrix) -> stored.Arrays:
    """Lay out a sparse matrix of float64 for `stored.save`."""
    rows = sparse.csr_matrix(matrix, dtype=np.float64)
    rows.sort_indices()
    begin, column = rows.indptr.astype(np.int64), rows.indices.astype(np.int32)
    return {f"{prefix}.value": rows.data, f"{prefix}.column": column, f"{prefix}.begin": begin}


def matrix(found: Mapping[str, NDArray[Any]], prefix: str, shape: tuple[int, int]) -> Matrix:
    """Take a sparse matrix of numbers of at least 0 out of a loaded model.

    Raises
    ------
    ArchivitError
        An array is missing, or an entry lies outside the shape.
    """
    value = stored.array(found, f"{prefix}.value", (None,), np.float64)
    column = stored.array(found, f"{prefix}.column", (len(value),), np.int32)
    begin = stored.array(found, f"{prefix}.begin", (shape[0] + 1,), np.int64)
    inside = not len(column) or (column.min() >= 0 and column.max() < shape[1])
    if not (inside and begin[0] == 0 and begin[-1] == len(value) and (np.diff(begin) >= 0).all()):
        raise ArchivitError(f"the entries of {prefix} in the file of the model lie outside {shape}; it is damaged")
    if (value < 0).any():
        raise ArchivitError(f"{prefix} in the file of the model holds numbers below 0; it is damaged")
    return sparse.csr_matrix((value, column, begin), shape=shape)
