"""The same table through every format gives the same transfers."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from archivit_widgets import ArchivitError, read_transfers

from .tables import FORMATS, ledger


def assert_the_ledger(source: object) -> None:
    graph = read_transfers(source)
    report = graph.report
    assert (report.read, report.kept, report.dropped) == (8, 8, 0)
    transfers = graph.transfers
    assert transfers["time"].tolist() == [
        -7886419200,
        -2208988801,
        -1,
        0,
        1582934401,
        1617624794,
        1617624794,
        1640995200,
    ]
    values = transfers["value"].to_numpy()
    assert np.isnan(values[0])
    np.testing.assert_allclose(values[1:], [1.5, 0.0, 2.25, 123456.789, 1e-18, 0.1, 3.0], rtol=1e-12)
    assert transfers["kind"].tolist() == ["mint", "sale", "transfer", "sale", "unknown_buyer", "sale", "sale", "sale"]
    assert transfers["token"].tolist() == ["1", "1", "1", "2", "1", "2", "3", "3"]
    accounts = ["Knoedler", "0x" + "0" * 38 + "ab", "Agnew", "Colnaghi & Co", 'Smith "the elder"']
    assert graph.accounts["account"].tolist() == accounts
    assert graph.currency == "ETH"
    assert report.reasons["out_of_order"].rows == (6,)


@pytest.mark.parametrize("name", FORMATS)
def test_file(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "a folder [with] 'odd' * name=1"
    folder.mkdir()
    FORMATS[name](ledger(), folder / name)
    assert_the_ledger(folder / name)
    assert_the_ledger(str(folder / name))


def test_tables_in_memory() -> None:
    frame = ledger()
    assert_the_ledger(frame)
    assert_the_ledger(frame.astype(object))
    assert_the_ledger(frame.astype({"from": "category", "to": "category", "token_id": "category"}))
    assert_the_ledger(frame.assign(token_id=frame["token_id"].astype(int)))
    assert_the_ledger(frame.assign(timestamp=[np.datetime64(time, "s") for time in frame["timestamp"]]))
    assert_the_ledger(frame.set_index("timestamp"))
    assert_the_ledger(pl.from_pandas(frame))
    assert_the_ledger(pl.from_pandas(frame).lazy())
    table = pa.Table.from_pandas(frame)
    assert_the_ledger(table)
    assert_the_ledger(table.to_batches()[0])
    assert_the_ledger(table.to_reader())


def test_a_query_that_fails_is_said() -> None:
    query = pl.LazyFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"]}).select("price")
    with pytest.raises(ArchivitError, match=r"the polars table: cannot be read: .*price") as caught:
        read_transfers(query)
    assert "\n" not in str(caught.value)


def test_the_callers_table_is_not_changed() -> None:
    frame = ledger()
    before = frame.copy(deep=True)
    read_transfers(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_saved_transfers_read_as_themselves(tmp_path: Path) -> None:
    """Mints and lost buyers have a party less; their kind says why, so they are kept."""
    first = read_transfers(ledger())
    first.transfers.to_parquet(tmp_path / "again.parquet")
    first.transfers.to_csv(tmp_path / "again.csv", index=False)
    for name in ("again.parquet", "again.csv"):
        again = read_transfers(tmp_path / name)
        assert again.report.dropped == 0
        for column in ("source", "target", "token", "kind"):
            one, other = (graph.transfers[column].astype(object).fillna("") for graph in (first, again))
            assert one.tolist() == other.tolist()
        assert again.transfers["time"].tolist() == first.transfers["time"].tolist()
        np.testing.assert_array_equal(again.transfers["value"], first.transfers["value"])


ADDRESSES = [bytes(20), bytes(range(236, 256)), bytes(range(237, 256)) + b"\x01", b"\x00\x00A\xab" * 5]
TEXTS = [b"Colnaghi & Company !", "Société".encode(), "Société".encode("latin-1"), b"\xfe" * 32]
READ = ["Colnaghi & Company !", "Société", "Société", "0x" + "fe" * 32]


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "pandas", "polars", "mixed"])
def test_addresses_in_bytes_are_hexadecimal_and_texts_in_bytes_are_texts(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"from": ADDRESSES, "to": TEXTS, "year": 2001})
    sources = {
        "pandas": frame,
        "polars": pl.DataFrame(frame),
        "mixed": frame.assign(to=[*READ[:2], *TEXTS[2:]]),
    }
    if name in FORMATS:
        FORMATS[name](frame, tmp_path / name)
    transfers = read_transfers(sources.get(name, tmp_path / name)).transfers
    assert transfers["source"].isna().tolist() == [True, False, False, False]
    assert transfers["source"].tolist()[1:] == ["0x" + address.hex() for address in ADDRESSES[1:]]
    assert transfers["target"].tolist() == READ


def test_texts_of_bytes_in_hdf_are_read_alike(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["from"] = np.array(ADDRESSES[1:3] * 2, dtype="S20")
        file["to"] = np.array(TEXTS, dtype="S32")
        file["year"] = [2001] * 4
    transfers = read_transfers(tmp_path / "a.h5").transfers
    assert transfers["source"].tolist() == ["0x" + address.hex() for address in ADDRESSES[1:3] * 2]
    assert transfers["target"].tolist() == READ


@pytest.mark.parametrize("records", [True, False])
def test_addresses_that_end_in_zero_bytes_keep_them(records: bool, tmp_path: Path) -> None:
    """NumPy cuts such bytes off: two accounts would be texts of some letters, and the zero address nobody at all."""
    whole = [b"\xab" * 5 + b"\0" + bytes([last]) * 14 for last in (0xCD, 0xCE)]
    source = [bytes(20), b"\xab" * 19 + b"\0", b"\xab" * 18 + b"\0\0", *whole]
    target = [*source[1:], whole[0]]
    names = [b"Mellon", b"Sedelmeyer of Vienna", b"Mellon", b"Colnaghi", b"\xfe" * 20]
    rows = list(zip(source, target, names, range(5), strict=True))
    table = np.array(rows, dtype=[("from", "S20"), ("to", "S20"), ("token", "S20"), ("time", "i8")])
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name in ["sales"] if records else table.dtype.names:
            file[name] = table if records else table[name]
    transfers = read_transfers(tmp_path / "a.h5").transfers
    assert transfers["source"].tolist()[1:] == ["0x" + address.hex() for address in source[1:]]
    assert transfers["target"].tolist() == ["0x" + address.hex() for address in target]
    assert transfers["kind"].tolist() == ["mint", *["transfer"] * 4]
    assert transfers["token"].tolist() == [*(name.decode() for name in names[:4]), "0x" + "fe" * 20]
