"""Names of accounts and tokens: what is missing, what is the zero address, and which names are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .scan import Encoded
from .words import MISSING, NO_SALE

if TYPE_CHECKING:
    import pyarrow as pa

I32 = NDArray[np.int32]
NOWHERE = np.iinfo(np.int64).max
CHUNK = 1 << 22  # rows
NONE, ZERO, UNSOLD = -1, -2, -3  # codes of rows that name nobody, the zero address, and a lot that failed to sell


@dataclass(frozen=True)
class Names:
    """Different names of one kind.

    Attributes
    ----------
    codes
        One (n,) int32 for each column they come from: a row of `texts`, or `NONE`, `ZERO`, `UNSOLD`.
    texts
        (k,) names as they stand in the file.
    address
        (k,) bool: which of them are addresses of 40 hexadecimal digits.
    """

    codes: tuple[I32, ...]
    texts: pa.Array
    address: NDArray[np.bool_]


def names(*columns: Encoded, parties: bool = False) -> Names:
    """Join columns that name the same kind of thing: hexadecimal names without regard to case, blanks around them cut.

    Of several spellings the one that comes first in the file is shown. Only of `parties` 0x0 is the zero address, and
    "withdrawn" no buyer: a token may be called so.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(pa.concat_arrays([column.texts for column in columns]))
    texts = without_fraction(texts)
    keys, special = meant(texts, parties=parties)
    group = keys.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int32)

    offsets = np.cumsum([0, *(len(column.texts) for column in columns)])
    codes = [np.where(c.codes < 0, NONE, c.codes + start) for c, start in zip(columns, offsets, strict=False)]
    place = first_rows(codes, len(texts))
    order = np.argsort(place, kind="stable")
    shown = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.int64)
    shown[group[order[::-1]]] = order[::-1]
    meaning = np.append(np.where(special < 0, special, group), NONE).astype(np.int32)
    texts = texts.take(pa.array(shown))
    address = pc.match_substring_regex(texts, r"^(0[xX]|\\x)[0-9a-fA-F]{40}$").to_numpy(zero_copy_only=False)
    return Names(tuple(meaning[one] for one in codes), texts, address)


def meant(texts: pa.Array, *, parties: bool) -> tuple[pa.Array, I32]:
    """Say by what names are compared, and which are none: `NONE`, of `parties` `ZERO` or `UNSOLD` too, else 0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # PostgreSQL, and what is exported from it, writes bytes as \\x12ab.
    lower = pc.replace_substring_regex(pc.utf8_lower(texts), r"^\\x([0-9a-f]{40})$", r"0x\1")
    keys = pc.if_else(pc.match_substring_regex(lower, r"^0x[0-9a-f]+$"), lower, texts)
    special = np.zeros(len(texts), dtype=np.int32)
    special[pc.is_in(lower, value_set=pa.array(sorted(MISSING))).to_numpy(zero_copy_only=False)] = NONE
    if parties:
        special[pc.is_in(lower, value_set=pa.array(sorted(NO_SALE))).to_numpy(zero_copy_only=False)] = UNSOLD
        special[pc.match_substring_regex(lower, r"^0x0+$").to_numpy(zero_copy_only=False)] = ZERO
    return keys, special


def compared(names: list[Any], *, parties: bool) -> list[Any]:
    """Write names as they are compared, None where they name nobody; what is no text stays as it is."""
    import pyarrow as pa

    texts = [k for k, name in enumerate(names) if isinstance(name, str)]
    keys, special = meant(pa.array([names[k].strip() for k in texts], pa.string()), parties=parties)
    written = list(names)
    for k, key, code in zip(texts, keys.to_pylist(), special.tolist(), strict=True):
        written[k] = key if code == 0 else None
    return written


def without_fraction(texts: pa.Array) -> pa.Array:
    """Write 280.0 as 280 where all names are whole numbers, some of them with a point."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.match_substring_regex(texts, r"^-?\d+(\.0+)?$")
    nobody = pc.is_in(pc.utf8_lower(texts), value_set=pa.array(sorted(MISSING | NO_SALE)))
    if not pc.all(pc.or_(whole, nobody)).as_py():
        return texts
    return pc.replace_substring_regex(texts, r"\.0+$", "")


def first_rows(codes: list[I32], size: int) -> NDArray[np.int64]:
    """Find where each code stands first, reading the columns row by row from left to right; last where nowhere."""
    width = len(codes)
    place = np.full(size, NOWHERE)
    for start in reversed(range(0, max(map(len, codes), default=0), CHUNK)):
        for i, column in reversed(list(enumerate(codes))):
            part = column[start : start + CHUNK][::-1]
            rows = np.arange(start + len(part) - 1, start - 1, -1) * width + i
            # Of equal places the last assignment stays: read backwards, that is the first row.
            found = np.full(size, NOWHERE)
            found[part[part >= 0]] = rows[part >= 0]
            np.minimum(place, found, out=place)
    return place


def in_order(columns: list[I32], texts: pa.Array) -> tuple[list[I32], pa.Array]:
    """Number names anew, in order of their first appearance; names that appear nowhere are left out."""
    import pyarrow as pa

    columns, order = by_appearance(columns, len(texts))
    return columns, texts.take(pa.array(order))


def by_appearance(columns: list[I32], size: int) -> tuple[list[I32], NDArray[np.int64]]:
    """Number codes below `size` anew, in order of their first appearance, and say which code each number was."""
    place = first_rows(columns, size)
    used = np.flatnonzero(place < NOWHERE)
    order = used[np.argsort(place[used], kind="stable")]
    # Codes below zero stand for nobody: they count from the end.
    fresh = np.full(size - min(NONE, ZERO, UNSOLD), NONE, dtype=np.int32)
    fresh[order] = np.arange(len(order), dtype=np.int32)
    return [fresh[column] for column in columns], order
