"""Which column plays which role."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.api import default


def one_line(error: pytest.ExceptionInfo[ArchivitError]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("source", "target", "time"),
    [
        ("from", "to", "timestamp"),
        ("From Address", "To Address", "Block Time"),
        ("sourceNodeId", "targetNodeId", "time"),
        ("seller", "buyer", "sold_at"),
        ("Seller", "Purchaser", "Year"),
        ("Consignor", "Acquired by", "Date of sale"),
        ("sender", "recipient", "block_timestamp"),
        ("from_account", "to_account", "date"),
        ("_from", "_to", "evt_block_time"),
    ],
)
def test_names(source: str, target: str, time: str) -> None:
    frame = pd.DataFrame({"note": ["x", "y"], target: ["b", "c"], source: ["a", "b"], time: ["1911", "1912"]})
    roles = read_transfers(frame).report.roles
    assert (roles["source"], roles["target"], roles["time"]) == (source, target, time)


def test_an_ambiguous_role_is_asked_for() -> None:
    frame = pd.DataFrame({"from": ["a", "b"], "seller": ["x", "y"], "to": ["b", "c"], "date": ["2020-01-01"] * 2})
    with pytest.raises(ArchivitError) as caught:
        read_transfers(frame)
    message = one_line(caught)
    assert "source='from' or source='seller'" in message
    assert "'a'" in message
    assert "'x'" in message
    assert read_transfers(frame, source="seller").report.roles["source"] == "seller"


def twice(path: Path, header: str, rows: list[str]) -> Path:
    """Write a table whose header may hold a name twice, as the ending of its name says."""
    cells = [row.split(",") for row in (header, *rows)]
    columns = [pa.array([cell or None for cell in column]) for column in zip(*cells[1:], strict=True)]
    table = pa.Table.from_arrays(columns, names=cells[0])
    if path.suffix == ".csv":
        path.write_text("\n".join([header, *rows]) + "\n")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in cells:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".parquet":
        pyarrow.parquet.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "arrow"])
@pytest.mark.parametrize(
    ("role", "header", "rows"),
    [
        ("target", "seller,buyer,buyer,date", ["a,b,c,2020-01-01", "d,e,f,2020-01-02"]),
        ("source", "seller,Seller,buyer,date", ["a,b,c,2020-01-01", "d,e,f,2020-01-02"]),
        ("time", "seller,buyer,date,date", ["a,b,2020-01-01,2021-05-06", "c,d,2020-02-02,2019-01-01"]),
        ("token", "seller,buyer,date,token_id,token_id", ["a,b,2020-01-01,1,7", "c,d,2020-02-02,2,8"]),
        ("value", "seller,buyer,date,price,price", ["a,b,2020-01-01,1,7", "c,d,2020-02-02,2,8"]),
    ],
)
def test_two_columns_of_one_name_are_asked_for(
    ending: str, role: str, header: str, rows: list[str], tmp_path: Path
) -> None:
    path = twice(tmp_path / f"a.{ending}", header, rows)
    with pytest.raises(ArchivitError, match=f"several columns may be the {role}: ") as caught:
        read_transfers(path)
    ways = re.findall(rf"{role}='([^']*)'", one_line(caught))
    first, second = (i for i, name in enumerate(header.lower().split(",")) if header.lower().split(",").count(name) > 1)
    assert ways[0] == header.split(",")[first]
    for place, way in zip((first, second), ways, strict=True):
        for row in rows:
            assert repr(row.split(",")[place]) in str(caught.value)
        assert read_transfers(path, **{role: way}).report.roles[role] == way
    assert "columns of one name are numbered" in str(caught.value)


def test_a_name_that_pandas_numbered_is_asked_for() -> None:
    frame = pd.DataFrame({"seller": ["a"], "buyer": ["b"], "buyer.1": ["c"], "date": ["2020-01-01"]})
    with pytest.raises(ArchivitError, match=r"target='buyer' or target='buyer\.1'"):
        read_transfers(frame)


def test_a_column_that_is_numbered_in_the_file_is_another(tmp_path: Path) -> None:
    path = twice(tmp_path / "a.csv", "seller,buyer,buyer_2,date", ["a,b,c,2020-01-01", "d,e,f,2020-01-02"])
    assert read_transfers(path).report.roles["target"] == "buyer"


@pytest.mark.parametrize(
    ("other", "said"), [("b", "the same as buyer"), ("", "empty; buyer is read"), (" - ", "empty; ")]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_columns_of_one_name_one_that_says_nothing_more_is_not_read(
    other: str, said: str, swapped: bool, tmp_path: Path
) -> None:
    pair = f"{other},b" if swapped else f"b,{other}"
    path = twice(tmp_path / "a.csv", "seller,buyer,buyer,date", [f"a,{pair},2020-01-01", f"d,{pair},2020-01-02"])
    graph = read_transfers(path)
    assert graph.transfers["target"].tolist() == ["b", "b"]
    kept, left = ("buyer_2", "buyer") if swapped and other != "b" else ("buyer", "buyer_2")
    assert graph.report.roles["target"] == kept
    assert any(note.startswith(f"{left}: {said.replace('buyer', kept)}") for note in graph.report.notes)


def test_columns_that_say_the_same_are_not_ambiguous() -> None:
    frame = pd.DataFrame({"from": ["a", "b"], "seller": ["a", "b"], "to": ["b", "c"], "date": ["2020-01-01"] * 2})
    assert read_transfers(frame).report.roles["source"] == "from"


def test_a_missing_role_is_named_with_samples() -> None:
    frame = pd.DataFrame({"alpha": ["a", "b"], "to": ["b", "c"], "date": ["2020-01-01"] * 2})
    with pytest.raises(ArchivitError) as caught:
        read_transfers(frame)
    message = one_line(caught)
    assert "no column for source" in message
    assert "source='...'" in message
    assert "alpha ('a', 'b')" in message
    assert read_transfers(frame, source="alpha").report.kept == 2


def test_a_column_that_is_not_there() -> None:
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"]})
    with pytest.raises(ArchivitError, match=r"source='nobody': no such column; the columns are from, to, date"):
        read_transfers(frame, source="nobody")


def test_explicit_roles_overrule() -> None:
    frame = pd.DataFrame(
        {"from": ["a"], "to": ["b"], "p": ["c"], "q": ["d"], "date": ["2020-01-01"], "x": ["2021"], "v": [7]}
    )
    graph = read_transfers(frame, source="p", target="q", time="x", value="v", token="from")
    row = graph.transfers.iloc[0]
    assert (row["source"], row["target"], row["time"], row["value"], row["token"]) == ("c", "d", 1609459200, 7.0, "a")


def test_of_two_times_the_finer_is_read() -> None:
    frame = pd.DataFrame(
        {
            "from": ["a", "b"],
            "to": ["b", "c"],
            "datetime": ["2020-01-01", "2020-01-02"],
            "block_time": [1577836801, 1577923202],
        }
    )
    graph = read_transfers(frame)
    assert graph.report.roles["time"] == "block_time"
    frame["datetime"] = ["1990-01-01", "1991-01-01"]
    with pytest.raises(ArchivitError, match="time='datetime' or time='block_time'"):
        read_transfers(frame)


def test_a_file_without_names(tmp_path: Path) -> None:
    lines = [f"{i % 7} {(i * 3) % 7} {1082040961 + 60 * i}" for i in range(50)]
    (tmp_path / "messages.txt").write_text("\n".join(lines) + "\n")
    graph = read_transfers(tmp_path / "messages.txt")
    assert graph.report.read == 50
    assert graph.report.roles["time"] == "column3"
    assert graph.transfers["source"].tolist()[:3] == ["0", "1", "2"]
    assert "content" in str(graph.report)


def test_names_that_say_nothing_but_hold_addresses() -> None:
    frame = pd.DataFrame(
        {"alpha": ["0x" + "1" * 40] * 2, "beta": ["0x" + "2" * 40] * 2, "gamma": ["2020-01-01", "2020-01-02"]}
    )
    roles = read_transfers(frame).report.roles
    assert (roles["source"], roles["target"], roles["time"]) == ("alpha", "beta", "gamma")


def test_a_token_is_the_pair_of_collection_and_id() -> None:
    frame = pd.DataFrame(
        {
            "from": ["a"] * 4,
            "to": ["b"] * 4,
            "date": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"],
            "collection": ["Punks", "Cats", "Punks", "Cats"],
            "token_id": ["1", "1", "2", "3"],
        }
    )
    graph = read_transfers(frame)
    assert graph.transfers["token"].tolist() == ["Punks/1", "Cats/1", "2", "3"]
    assert graph.transfers["collection"].tolist() == ["Punks", "Cats", "Punks", "Cats"]
    assert len(graph.tokens) == 4


@pytest.mark.parametrize(
    ("collections", "ids", "names"),
    [
        (["A", "B", "C", "C"], ["1", "1", "A/1", "2"], ["A/1", "B/1", "C/A/1", "2"]),
        (["A", "B", None, "B"], ["1", "1", "A/1", "A/1"], ["A/1", "B/1", "A/1 (2)", "B/A/1"]),
        (["A/b", "A", "B", "B"], ["1", "b/1", "1", "b/1"], ["A/b/1", "A/b/1 (2)", "B/1", "B/b/1"]),
    ],
)
def test_an_id_that_looks_like_collection_and_id_is_another_token(
    collections: list[str | None], ids: list[str], names: list[str]
) -> None:
    frame = pd.DataFrame(
        {"seller": "a", "buyer": "b", "collection": collections, "token_id": ids, "date": "2020-01-01"}
    )
    assert read_transfers(frame).transfers["token"].tolist() == names


def test_no_token_column() -> None:
    graph = read_transfers(pd.DataFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"]}))
    assert graph.transfers["token"].isna().all()
    assert len(graph.tokens) == 0


def test_other_ids_are_no_tokens() -> None:
    frame = pd.DataFrame(
        {"from": ["a"], "to": ["b"], "date": ["2020-01-01"], "block_id": [7], "user_id": [8], "punk_id": [9]}
    )
    assert read_transfers(frame).report.roles["token"] == "punk_id"


def test_a_token_may_be_called_what_is_nobody_among_accounts() -> None:
    tokens = ["0x0", "0x1", "Withdrawn", "Passed"]
    graph = read_transfers(pd.DataFrame({"from": "a", "to": "b", "date": "2020-01-01", "token_id": tokens}))
    assert graph.tokens["token"].tolist() == tokens


def test_a_role_that_there_is_not_is_said() -> None:
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"]})
    with pytest.raises(ArchivitError, match="there is no role 'sorce'; the roles are source, target"):
        default(frame, sorce="to")()


def test_one_column_as_both_parties_is_refused() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": ["y", "x"], "date": ["2020-01-01"] * 2})
    with pytest.raises(ArchivitError, match="source and target are both 'a'"):
        read_transfers(frame, source="a", target="a")


def test_numbers_of_accounts_with_and_without_a_point_are_one_beside_what_means_nobody() -> None:
    frame = pd.DataFrame(
        {"seller": ["280.0", "7", "281", "7"], "buyer": ["7.0", "280", "Unsold", "n/a"], "date": "2020-01-01"}
    )
    graph = read_transfers(frame)
    assert graph.accounts["account"].tolist() == ["280", "7"]
    assert graph.report.kept == 2


def test_two_columns_that_say_the_same_at_first_only_are_asked_for(tmp_path: Path) -> None:
    size = 3_000
    frame = pd.DataFrame({"from": ["a", "b"] * (size // 2), "to": "c", "date": "2020-01-01", "price": 1.5})
    alike = frame.assign(seller=frame["from"], value_eth=2.0, amount_eth=2.0).drop(columns="price")
    graph = read_transfers(alike)
    assert "seller: the same as from, which is read." in graph.report.notes
    assert graph.report.roles["value"] == "value_eth"
    later = alike.assign(amount_eth=[2.0] * (size - 1) + [3.0])
    with pytest.raises(ArchivitError, match="several columns may be the value: value_eth"):
        read_transfers(later)
    for last in ("d", None):
        other = alike.assign(seller=[*alike["from"][:-1], last])
        other.to_csv(tmp_path / "sales.csv", index=False)
        for source in (other, tmp_path / "sales.csv"):
            with pytest.raises(ArchivitError, match="several columns may be the source: from"):
                read_transfers(source)


def test_columns_of_less_telling_names_that_say_something_else_are_told_of() -> None:
    frame = pd.DataFrame(
        {
            "seller": ["a", "b", "c"],
            "buyer": ["b", "c", "d"],
            "token_id": ["1", "1", "2"],
            "lot": ["7", "8", "9"],
            "timestamp": ["2020-01-01", "2020-01-02", "2020-01-03"],
            "date": ["1999-01-01", "1999-01-05", "1999-02-01"],
            "kind": ["sale", "sale", "sale"],
            "event": ["transfer", "transfer", "transfer"],
            "collection": ["X", "X", "Y"],
            "contract": ["0x1", "0x1", "0x2"],
        }
    )
    pairs = {"lot": "token", "date": "time", "event": "kind", "contract": "collection"}
    notes = read_transfers(frame).report.notes
    assert [note.split(":")[0] for note in notes if " too; " in note] == ["lot", "contract", "date", "event"]
    assert "date: may be the time too; timestamp is read (pass time='date' if it is)." in notes
    asked = read_transfers(frame, **{role: name for name, role in pairs.items()}).report.notes
    assert not [note for note in asked if " too; " in note]
    same = read_transfers(frame.assign(date=frame["timestamp"], lot=None, event=None, contract=None)).report.notes
    assert not [note for note in same if " too; " in note]


def test_of_columns_that_tell_the_same_moments_is_told_once() -> None:
    frame = pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "UnixTimestamp": [1617580000, 1617590000]})
    frame["DateTime (UTC)"] = ["2021-04-04 23:46:40", "2021-04-05 02:33:20"]
    notes = read_transfers(frame).report.notes
    said = [note for note in notes if note.startswith("DateTime (UTC)")]
    assert said == ["DateTime (UTC): the same moments as UnixTimestamp, which is read."]
