"""Columns of types that the engine does not know: numbers are written otherwise, the rest is left out and said."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pytest

from archivit_widgets import ArchivitError, read_transfers

SALES: dict[str, Any] = {"seller": ["a", "b"], "buyer": ["b", "c"], "date": ["2020-01-01", "2020-02-01"]}
HALVES = pa.array(np.array([0.5, 0.25], "f2"))


def feather(folder: Path, **columns: Any) -> Path:
    path = folder / "sales.feather"
    pyarrow.feather.write_feather(pa.table(SALES | columns), str(path))
    return path


def test_half_floats_are_numbers(tmp_path: Path) -> None:
    assert read_transfers(feather(tmp_path, price=HALVES)).transfers["value"].tolist() == [0.5, 0.25]
    frame = pd.DataFrame(SALES | {"price": np.array([0.5, 0.25], "f2")})
    assert read_transfers(frame).transfers["value"].tolist() == [0.5, 0.25]


def test_wide_decimals_keep_all_digits_of_a_token(tmp_path: Path) -> None:
    big = 2**240
    tokens = pa.array([Decimal(big), Decimal(big + 1)], pa.decimal256(76, 0))
    price = pa.array([Decimal("1.500"), Decimal("2.000")], pa.decimal256(76, 3))
    transfers = read_transfers(feather(tmp_path, token_id=tokens, price=price)).transfers
    assert transfers["token"].tolist() == [str(big), str(big + 1)]
    assert transfers["value"].tolist() == [1.5, 2.0]


def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path) -> None:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(4, "f2")), 2)
    path = feather(tmp_path, price=[1.0, 2.0], embedding=vectors)
    report = read_transfers(path).report
    assert report.kept == 2
    assert [note for note in report.notes if "embedding: left out, as fixed_size_list" in note]
    with pytest.raises(ArchivitError, match=r"token='embedding': fixed_size_list.* values are not read"):
        read_transfers(path, token="embedding")


def test_polars_integers_of_128_bits_and_objects() -> None:
    wide = pl.Series([2**100, 2**100 + 1], dtype=pl.Int128)
    frame = pl.DataFrame(SALES | {"token_id": wide, "title": pl.Series([object(), object()], dtype=pl.Object)})
    graph = read_transfers(frame)
    assert graph.transfers["token"].tolist() == [str(2**100), str(2**100 + 1)]
    assert "title: left out, as Object values are not read." in graph.report.notes
    with pytest.raises(ArchivitError, match="token='title': Object values are not read"):
        read_transfers(frame, token="title")
    nested = frame.drop("title").with_columns(pl.Series("pairs", [[1], [2]], dtype=pl.List(pl.Int128)))
    assert any("pairs: left out" in note for note in read_transfers(nested).report.notes)


def test_a_table_of_nothing_that_is_read() -> None:
    with pytest.raises(ArchivitError, match="no column is of a type that is read"):
        read_transfers(pa.table({"v": pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(4, "f2")), 2)}))


def test_a_union_that_nobody_reads(tmp_path: Path) -> None:
    union = pa.UnionArray.from_sparse(pa.array([0, 0], pa.int8()), [pa.array([1, 2])])
    assert read_transfers(feather(tmp_path, price=HALVES, either=union)).report.kept == 2
