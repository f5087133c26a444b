"""Columns of types that the engine does not know: numbers are written otherwise, the rest is left out and said."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
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


def test_columns_of_objects_are_left_out_of_a_pandas_table_and_said() -> None:
    """What an indexer answers has lists and objects in columns that nobody needs."""
    odd: dict[str, Any] = {"traits": [["hat"], None], "owner": [{"name": "x"}, {}], "wave": [1 + 2j, 3j]}
    report = read_transfers(pd.DataFrame(SALES | odd | {"price": [1, 2]})).report
    assert report.kept == 2
    for name, kind in (("traits", "list"), ("owner", "dict"), ("wave", "complex128")):
        assert f"{name}: left out, as {kind} values are not read." in report.notes
    with pytest.raises(ArchivitError, match="token='traits': list values are not read"):
        read_transfers(pd.DataFrame(SALES | odd), token="traits")


def test_uuids_are_texts() -> None:
    ids = [uuid.UUID(int=1), uuid.UUID(int=2)]
    for mixed in (ids, [ids[0], "b"]):
        transfers = read_transfers(pd.DataFrame(SALES | {"token_id": mixed})).transfers
        assert transfers["token"].tolist() == list(map(str, mixed))


@pytest.mark.parametrize("column", [pd.Series(["a"]), pl.Series(["a"])])
def test_one_column_is_no_table(column: Any) -> None:
    with pytest.raises(ArchivitError, match=r"^expected a path or a pandas, Polars or Arrow table, found Series$"):
        read_transfers(column)


def nested(folder: Path, kind: str) -> Any:
    """Give a table whose parties and tokens lie in columns of records."""
    sides = [{"from": {"name": "a"}, "to": {"name": "b"}}, {"from": {"name": "b"}, "to": None}, None]
    tokens = [{"token_id": 1, "title": "x"}, {"token_id": 2, "title": "x"}, {"token_id": 2, "title": "y"}]
    table = pa.table({"sides": sides, "nft": tokens, "date": [*SALES["date"], "2020-03-01"]})
    if kind == "polars":
        return pl.DataFrame(table)
    if kind == "arrow":
        return table
    path = folder / f"nested.{kind}"
    {"parquet": pyarrow.parquet.write_table, "feather": pyarrow.feather.write_feather}[kind](table, str(path))
    return path


@pytest.mark.parametrize("kind", ["polars", "arrow", "parquet", "feather"])
def test_records_within_a_column_are_columns(kind: str, tmp_path: Path) -> None:
    graph = read_transfers(nested(tmp_path, kind))
    roles = graph.report.roles
    assert (roles["source"], roles["target"], roles["token"]) == ("from_name", "to_name", "token_id")
    assert graph.transfers["token"].tolist() == ["1"]
    assert graph.report.reasons["missing_party"].rows == (2, 3)


def test_records_of_very_many_members_stay_one_column(tmp_path: Path) -> None:
    traits = [{f"trait{i}": i for i in range(1_500)}] * 2
    assert read_transfers(pa.table(SALES | {"traits": traits})).report.kept == 2


def test_a_role_whose_column_was_left_out_is_explained() -> None:
    sales = pd.DataFrame(SALES | {"seller": [["a"], ["b"]]})
    with pytest.raises(ArchivitError, match=r"no column for source was recognised; left out: seller \(list values\)$"):
        read_transfers(sales)
    with pytest.raises(ArchivitError, match=r"with one of: note \('x'\); left out: seller \(list values\)$"):
        read_transfers(sales.assign(note="x"))
    with pytest.raises(ArchivitError, match="no column is of a type that is read"):
        read_transfers(pd.DataFrame({"seller": [["a"], ["b"]]}))
