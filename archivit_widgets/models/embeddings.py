"""Embeddings as users hand them in: one row of numbers for each token or item."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..errors import ArchivitError
from ..graph.columns import F64
from ..graph.rows import as_array

LARGEST = 1e100  # a number whose square, summed over dimensions, is still finite


def table_of(given: Any, name: str = "embeddings") -> NDArray[Any]:
    """Make an array of rows of numbers.

    Raises
    ------
    ArchivitError
        They are lists of unequal lengths, or a tensor that is no plain array.
    """
    try:
        return as_array(given)
    except ArchivitError:
        raise
    except ValueError:
        raise ArchivitError(f"{name} must be rows of equal length, found lists of unequal lengths") from None


def as_embeddings(given: Any, n: int) -> F64:
    """Check (n, dimensions) embeddings, dense or sparse.

    Raises
    ------
    ArchivitError
        They are not numbers, not finite, too large to be multiplied, or not one row for each of `n`.
    """
    array = table_of(given.toarray() if sparse.issparse(given) else given)
    if array.ndim != 2 or len(array) != n or array.dtype.kind not in "biuf":
        raise ArchivitError(f"embeddings must be ({n:,}, dimensions) finite numbers, found {array.dtype} {array.shape}")
    found = array.astype(np.float64)
    bad = np.flatnonzero(~(np.abs(found) <= LARGEST).all(axis=1))
    if len(bad):
        raise ArchivitError(
            f"embeddings must be ({n:,}, dimensions) finite numbers, at most {LARGEST:g}; row {bad[0]} holds others, "
            f"as do {len(bad) - 1:,} more"
        )
    return found
