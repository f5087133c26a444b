"""One pass over a table of any size: names become codes, numbers arrays, and nothing else stays in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .table import Table, quoted

if TYPE_CHECKING:
    import pyarrow as pa

I32 = NDArray[np.int32]
U64 = NDArray[np.uint64]

BLOCK = 500_000  # different texts that wait before they are compared with those known


@dataclass(frozen=True)
class Encoded:
    """A column of texts: ``texts[codes]``, -1 where NULL; texts in order of first appearance."""

    codes: NDArray[np.int32]
    texts: pa.Array


class Growing:
    """An array that grows at its end.

    Kept as one large piece: thousands of small ones, joined in the end, would leave as much memory torn to pieces.
    """

    def __init__(self, dtype: Any) -> None:
        self.room = np.empty(1 << 16, dtype=dtype)
        self.size = 0

    def add(self, values: NDArray[Any]) -> None:
        """Append values."""
        end = self.size + len(values)
        if end > len(self.room):
            wider = np.empty(max(end, 2 * len(self.room)), dtype=self.room.dtype)
            wider[: self.size] = self.array()
            self.room = wider
        self.room[self.size : end] = values
        self.size = end

    def array(self) -> NDArray[Any]:
        """Give what is there; memory behind it was never touched and costs nothing."""
        return self.room[: self.size]


@dataclass
class PlainColumn:
    """Gathers a column of texts that are nearly all different, such as names of transactions."""

    blocks: list[Any] = field(default_factory=list)

    def add(self, column: pa.Array) -> None:
        """Copy the next rows: as they come, they hold on to all columns that were read with them."""
        import pyarrow as pa

        nothing = pa.array([], type=pa.large_string())
        self.blocks.append(pa.concat_arrays([column.cast(pa.large_string()), nothing]))

    def finish(self) -> pa.ChunkedArray:
        """Give the whole column."""
        import pyarrow as pa

        return pa.chunked_array(self.blocks, type=pa.large_string())


@dataclass
class TextColumn:
    """Gathers a column of texts, each different text kept once.

    Texts are told apart by the 64 bits into which DuckDB hashes them while it reads: comparing a million texts with a
    million others takes ten times as long. That two of a million texts have one hash is less likely than 1 in 30
    million.
    """

    pending: list[tuple[I32, U64, Any]] = field(default_factory=list)
    waiting: int = 0
    codes: Growing = field(default_factory=lambda: Growing(np.int32))
    known: U64 = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    texts: list[Any] = field(default_factory=list)

    def add(self, column: pa.Array, hashes: U64) -> None:
        """Take the next rows: code them by themselves, and keep each of their texts once."""
        import pyarrow as pa

        there = column.is_valid().to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(there)
        found, different = pd.factorize(hashes[rows])
        codes = np.full(len(column), -1, dtype=np.int32)
        codes[rows] = found
        first = np.empty(len(different), dtype=np.int64)
        first[found[::-1]] = rows[::-1]  # of equal places the last assignment stays: the first row
        self.pending.append((codes, different, column.take(pa.array(first))))
        self.waiting += len(different)
        if self.waiting >= BLOCK:
            self.merge()

    def merge(self) -> None:
        """Code the pending rows against the texts known so far."""
        import pyarrow as pa

        if not self.pending:
            return
        before = len(self.known)
        place, self.known = pd.factorize(np.concatenate([self.known, *(different for _, different, _ in self.pending)]))
        place = place[before:].astype(np.int32)
        first = np.full(len(self.known), -1, dtype=np.int64)
        first[place[::-1]] = np.arange(len(place))[::-1]
        texts = pa.concat_arrays([texts for _, _, texts in self.pending])
        self.texts.append(texts.take(pa.array(first[before:])))
        start = 0
        for codes, different, _ in self.pending:
            # NULL has code -1: the last of the places, which stays -1.
            self.codes.add(np.append(place[start : start + len(different)], -1).astype(np.int32)[codes])
            start += len(different)
        self.pending, self.waiting = [], 0

    def finish(self) -> Encoded:
        """Give the whole column."""
        import pyarrow as pa

        self.merge()
        return Encoded(self.codes.array(), pa.concat_arrays([pa.array([], type=pa.string()), *self.texts]))


@dataclass
class NumberColumn:
    """Gathers a column of numbers; as long as nothing is known in any row, it takes no memory."""

    fill: Any
    dtype: Any
    unknown: int = 0
    values: Growing | None = None

    def add(self, column: pa.Array) -> None:
        """Take the next rows."""
        if self.values is None:
            if column.null_count == len(column):
                self.unknown += len(column)
                return
            self.values = Growing(self.dtype)
            self.values.add(np.full(self.unknown, self.fill, dtype=self.dtype))
        self.values.add(column.fill_null(self.fill).to_numpy(zero_copy_only=False))

    def finish(self) -> NDArray[Any] | None:
        """Give the whole column, or None if nothing is known in any row."""
        return None if self.values is None else self.values.array()


@dataclass(frozen=True)
class Select:
    """Name and SQL of the columns to read: texts that recur, texts that do not, numbers."""

    texts: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What was read: columns by name, (rows,) each.

    Numbers are int64 (the least one where NULL), float64 (NaN) or uint64 (0), as the SQL gives them; None where
    nothing is known in any row.
    """

    rows: int
    texts: dict[str, Encoded]
    plain: dict[str, pa.ChunkedArray]
    numbers: dict[str, NDArray[Any] | None]


def scan(table: Table, select: Select, limit: int | None = None) -> Found:
    """Read columns of a table, or of its first `limit` rows."""
    sql = select.texts | select.plain | select.numbers
    sql |= {f"{name}#": f"hash({one})" for name, one in select.texts.items()}
    texts = {name: TextColumn() for name in select.texts}
    plain = {name: PlainColumn() for name in select.plain}
    numbers: dict[str, NumberColumn] = {}
    rows = 0
    for batch in table.batches(", ".join(f"{one} AS {quoted(name)}" for name, one in sql.items()), limit):
        rows += batch.num_rows
        for name, column in texts.items():
            column.add(batch.column(name), batch.column(f"{name}#").to_numpy())
        if not numbers:
            numbers = {name: number_column(str(batch.column(name).type)) for name in select.numbers}
        gathered: dict[str, PlainColumn | NumberColumn] = {**plain, **numbers}
        for name, others in gathered.items():
            others.add(batch.column(name))
    return Found(
        rows,
        {name: column.finish() for name, column in texts.items()},
        {name: column.finish() for name, column in plain.items()},
        {name: numbers[name].finish() if name in numbers else None for name in select.numbers},
    )


def number_column(kind: str) -> NumberColumn:
    """Choose how numbers of an Arrow type are kept."""
    if kind.startswith("uint"):
        return NumberColumn(0, np.uint64)
    if kind.startswith("int"):
        return NumberColumn(np.iinfo(np.int64).min, np.int64)
    return NumberColumn(np.nan, np.float64)
