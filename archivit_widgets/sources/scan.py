"""One pass over a table of any size: names become codes, numbers arrays, and nothing else stays in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .table import Table, quoted

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1_000_000  # rows that are gathered before their names are coded


@dataclass(frozen=True)
class Encoded:
    """A column of texts: ``texts[codes]``, -1 where NULL; texts in order of first appearance."""

    codes: NDArray[np.int32]
    texts: pa.Array


@dataclass
class PlainColumn:
    """Gathers a column of texts that are nearly all different, such as names of transactions."""

    blocks: list[Any] = field(default_factory=list)

    def add(self, column: pa.Array) -> None:
        """Take the next rows."""
        self.blocks.append(column)

    def finish(self) -> pa.ChunkedArray:
        """Give the whole column."""
        import pyarrow as pa

        return pa.chunked_array(self.blocks, type=pa.string())


@dataclass
class TextColumn:
    """Gathers a column of texts, each different text kept once."""

    pending: list[Any] = field(default_factory=list)
    rows: int = 0
    codes: list[NDArray[np.int32]] = field(default_factory=list)
    texts: Any = None

    def add(self, column: pa.Array) -> None:
        """Take the next rows."""
        self.pending.append(column)
        self.rows += len(column)
        # The more different texts there are, the longer a comparison with all of them may wait.
        if self.rows >= max(BLOCK, 0 if self.texts is None else len(self.texts)):
            self.encode()

    def encode(self) -> None:
        """Code the pending rows against the texts known so far."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.pending:
            return
        # One dictionary for all chunks: coding each chunk by itself and joining them takes five times as long.
        block = pa.chunked_array(self.pending, type=pa.string()).dictionary_encode()
        self.pending, self.rows = [], 0
        texts = block.chunk(0).dictionary
        codes = np.concatenate([indices(chunk) for chunk in block.chunks])
        if self.texts is not None:
            place = pc.index_in(texts, value_set=self.texts)
            new = place.is_null()
            fresh = np.cumsum(new.to_numpy(zero_copy_only=False)) - 1 + len(self.texts)
            place = np.where(new, fresh, place.fill_null(0)).astype(np.int32)
            codes = np.where(codes < 0, codes, place[codes])
            texts = pa.concat_arrays([self.texts, texts.filter(new)])
        self.texts = texts
        self.codes.append(codes)

    def finish(self) -> Encoded:
        """Give the whole column."""
        import pyarrow as pa

        self.encode()
        texts = pa.array([], type=pa.string()) if self.texts is None else self.texts
        return Encoded(joined(self.codes, np.int32), texts)


@dataclass
class NumberColumn:
    """Gathers a column of numbers; blocks in which nothing is known take no memory."""

    fill: Any
    dtype: Any
    blocks: list[tuple[int, NDArray[Any] | None]] = field(default_factory=list)

    def add(self, column: pa.Array) -> None:
        """Take the next rows."""
        empty = column.null_count == len(column)
        values = None if empty else column.fill_null(self.fill).to_numpy(zero_copy_only=False).astype(self.dtype)
        self.blocks.append((len(column), values))

    def finish(self) -> NDArray[Any] | None:
        """Give the whole column, or None if nothing is known in any row."""
        if all(values is None for _, values in self.blocks):
            return None
        result = np.full(sum(rows for rows, _ in self.blocks), self.fill, dtype=self.dtype)
        start = 0
        for i, (rows, values) in enumerate(self.blocks):
            if values is not None:
                result[start : start + rows] = values
            self.blocks[i] = (rows, None)
            start += rows
        return result


def indices(chunk: Any) -> NDArray[np.int32]:
    """Give the codes of a dictionary array, -1 where NULL."""
    codes: NDArray[np.int32] = chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes


def joined(blocks: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    """Concatenate blocks, none of them too."""
    return np.concatenate(blocks) if blocks else np.empty(0, dtype=dtype)


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
    texts = {name: TextColumn() for name in select.texts}
    plain = {name: PlainColumn() for name in select.plain}
    numbers: dict[str, NumberColumn] = {}
    rows = 0
    for batch in table.batches(", ".join(f"{one} AS {quoted(name)}" for name, one in sql.items()), limit):
        rows += batch.num_rows
        if not numbers:
            numbers = {name: number_column(str(batch.column(name).type)) for name in select.numbers}
        gathered: dict[str, TextColumn | PlainColumn | NumberColumn] = {**texts, **plain, **numbers}
        for name, column in gathered.items():
            column.add(batch.column(name))
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
