"""Transfers in a Parquet file that need not fit into memory, block by block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import short, whole
from ..errors import ArchivitError
from ..graph.columns import I32, I64, Columns
from ..sources.parties import compared

BLOCK = 65_536


@dataclass(frozen=True)
class Parquet:
    """A Parquet file of transfers in order of time.

    Attributes
    ----------
    path
        The file.
    source, target, time, value, token
        Names of its columns; None for a value or a token that the file does not have. Parties and tokens are whole
        numbers (rows of accounts and tokens; null or -1: unknown), or names, numbered as they first appear: those are
        kept in memory, and compared as `read_transfers` does: the zero address is nobody, of addresses 0x... the case
        of letters says nothing. ``time`` is in int seconds, or timestamps.
    collection
        Name of the column that tells tokens of one name apart; None: their own column tells all of them.
    block
        Rows that are read at once.
    """

    path: str | os.PathLike[str]
    source: str = "source"
    target: str = "target"
    time: str = "time"
    value: str | None = "value"
    token: str | None = None
    collection: str | None = None
    block: int = BLOCK

    def __post_init__(self) -> None:
        whole("block", self.block, 1)

    def blocks(self) -> Iterator[Columns]:
        """Give the record in parts.

        Raises
        ------
        ArchivitError
            There is no such file or column, a column holds something else, or the file is not in order of time.
        """
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        accounts, tokens, last, begin = _Names(parties=True), _Tokens(), None, 0
        try:
            with ParquetFile(os.fspath(self.path), pre_buffer=False) as file:  # it would keep all of the file
                self._check(file.schema_arrow.names)
                for batch in file.iter_batches(self.block, columns=self._columns()):
                    part = self._part(batch.to_pandas(), accounts, tokens)
                    self._in_order(part.time, last, begin)
                    last, begin = (int(part.time[-1]) if len(part) else last), begin + len(part)
                    yield part
        except (ArrowException, OSError) as problem:
            raise ArchivitError(f"{self._name}: cannot be read as Parquet: {short(problem, 100)}") from None

    @property
    def _name(self) -> str:
        return os.fspath(self.path)

    def _columns(self) -> list[str]:
        given = self.source, self.target, self.time, self.value, self.token, self.collection
        return [name for name in given if name is not None]

    def _check(self, have: list[str]) -> None:
        for name in self._columns():
            if name not in have:
                raise ArchivitError(f"{self._name}: has no column {name!r}; it has {', '.join(have)}")

    def _in_order(self, time: I64, last: int | None, begin: int) -> None:
        falls = np.flatnonzero(np.diff(time, prepend=time[:1] if last is None else last) < 0)
        if len(falls):
            raise ArchivitError(
                f"{self._name}: is not in order of time at row {begin + int(falls[0]) + 1:,}; sort it first"
            )

    def _part(self, table: pd.DataFrame, accounts: _Names, tokens: _Tokens) -> Columns:
        n = len(table)
        try:
            source, target = accounts.rows(table[self.source], table[self.target])
            token = np.full(n, -1, np.int32) if self.token is None else tokens.rows(table, self.token, self.collection)
            value = np.full(n, np.nan) if self.value is None else table[self.value].to_numpy(np.float64)
            if np.isinf(value).any():
                raise ValueError("a value is infinite")
            time = _seconds(table[self.time])
        except (ValueError, TypeError, OverflowError) as problem:
            raise ArchivitError(f"{self._name}: holds what is no transfer: {short(problem, 100)}") from None
        return Columns(source, target, token, time, value, accounts.size, tokens.size)


@dataclass
class _Names:
    """Numbers names as they first appear; whole numbers are rows already."""

    parties: bool = False
    size: int = 0
    known: dict[Any, int] = field(default_factory=dict)

    def rows(self, *columns: pd.Series) -> list[I32]:
        if all(pd.api.types.is_numeric_dtype(column) for column in columns):
            if any(pd.api.types.is_bool_dtype(column) for column in columns):
                raise ValueError("rows are True and False, expected whole numbers or names")
            whole_ones = [column.fillna(-1) for column in columns]
            if any((one % 1 != 0).any() for one in whole_ones):
                raise ValueError("a row is not a whole number")
            found = [one.to_numpy(np.int64) for one in whole_ones]
            if any(((one < -1) | (one >= 2**31 - 1)).any() for one in found):
                raise ValueError("a row must lie from -1 to 2,147,483,646")
            self.size = max(self.size, *(int(one.max(initial=-1)) + 1 for one in found))
            return [one.astype(np.int32) for one in found]
        both = np.column_stack([column.astype(object) for column in columns]).ravel()
        codes, names = pd.factorize(both)
        number = np.array([*self._numbers(names), -1], np.int32)
        self.size = len(self.known)
        rows = number[codes].reshape(-1, len(columns))
        return [np.ascontiguousarray(rows[:, k]) for k in range(len(columns))]

    def _numbers(self, names: Any) -> Iterator[int]:
        for name in compared(names.tolist(), parties=self.parties):
            yield -1 if name is None else self.known.setdefault(name, len(self.known))


@dataclass
class _Tokens:
    """Numbers tokens, which are pairs of collection and token id where the file tells both."""

    ids: _Names = field(default_factory=_Names)
    homes: _Names = field(default_factory=_Names)
    pairs: dict[int, int] = field(default_factory=dict)
    size: int = 0

    def rows(self, table: pd.DataFrame, token: str, collection: str | None) -> I32:
        (ids,) = self.ids.rows(table[token])
        if collection is None:
            self.size = self.ids.size
            return ids
        (home,) = self.homes.rows(table[collection])
        place, pairs = pd.factorize((ids.astype(np.int64) << 32 | home + 1)[ids >= 0])
        number = [self.pairs.setdefault(pair, len(self.pairs)) for pair in pairs.tolist()]
        ids[ids >= 0] = np.array(number, np.int32)[place]
        self.size = len(self.pairs)
        return ids


def _seconds(column: pd.Series) -> I64:
    if column.isna().any():
        raise ValueError("a time is missing")
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(None)
    if pd.api.types.is_datetime64_dtype(column):
        return column.to_numpy("datetime64[s]").astype(np.int64)
    if not pd.api.types.is_integer_dtype(column):
        raise ValueError(f"times are {column.dtype}, expected int seconds or timestamps")
    return column.to_numpy(np.int64)
