"""JSON as indexers of chains answer: the records lie within objects, and what they say in objects within them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers

ZERO, ONE, TWO = (f"0x{digit * 40}" for digit in "012")


def read(folder: Path, document: Any, **asked: str) -> TransferGraph:
    path = folder / "answer.json"
    path.write_text(json.dumps(document))
    return read_transfers(path, **asked)


def graph_answer() -> dict[str, Any]:
    """Give what The Graph answers."""
    token = {"id": "0xbc4c-1", "tokenID": "1", "contract": {"id": "0xbc4c", "name": "BAYC"}}
    records = [
        {"from": {"id": ZERO}, "to": {"id": ONE}, "token": token, "timestamp": "1619060596", "transactionHash": "0x1"},
        {"from": {"id": ONE}, "to": {"id": TWO}, "token": token, "timestamp": "1619061000", "transactionHash": "0x2"},
    ]
    return {"data": {"transfers": records}}


def test_records_within_objects_are_found(tmp_path: Path) -> None:
    graph = read(tmp_path, graph_answer())
    assert "The records are those of data.transfers." in graph.report.notes
    assert graph.transfers["kind"].tolist() == ["mint", "transfer"]
    assert graph.transfers["token"].tolist() == ["0xbc4c-1"] * 2


def test_the_answer_of_a_node(tmp_path: Path) -> None:
    record = {"hash": "0x1", "from": ONE, "to": TWO, "value": None, "tokenId": "0x139d", "category": "erc721"}
    record |= {"rawContract": {"value": None, "address": "0xbc4c"}, "metadata": {"blockTimestamp": "2021-04-22"}}
    graph = read(tmp_path, {"jsonrpc": "2.0", "id": 1, "result": {"transfers": [record], "pageKey": "x"}})
    assert "The records are those of result.transfers." in graph.report.notes
    assert (graph.report.kept, graph.report.roles["time"]) == (1, "blockTimestamp")


def test_nodes_of_edges(tmp_path: Path) -> None:
    nodes = [{"node": record} for record in graph_answer()["data"]["transfers"]]
    graph = read(tmp_path, {"data": {"transfers": {"edges": nodes}}})
    assert graph.report.roles["source"] == "from_id"


def test_several_lists_of_records_are_named(tmp_path: Path) -> None:
    records = graph_answer()["data"]["transfers"]
    with pytest.raises(ArchivitError, match=r"several lists of records: data\.sales, data\.transfers; save one"):
        read(tmp_path, {"data": {"sales": records, "transfers": records}})


def sale(paid: float, hour: int) -> dict[str, Any]:
    """Give a sale as Reservoir writes it."""
    amount = {"raw": str(int(paid * 10**18)), "decimal": paid, "usd": paid * 2000, "native": paid}
    currency = {"contract": "0x0", "name": "Ether", "symbol": "ETH", "decimals": 18}
    token = {"contract": "0xbc4c", "tokenId": "1", "name": "Ape", "collection": {"id": "0xbc4c", "name": "BAYC"}}
    record = {"token": token, "from": ONE, "to": TWO, "amount": "1", "timestamp": 1_700_000_000 + hour * 3600}
    return record | {"price": {"currency": currency, "amount": amount}}


@pytest.mark.parametrize("listed", [True, False])
def test_objects_within_objects_are_columns(tmp_path: Path, listed: bool) -> None:
    """As a list of records DuckDB reads them, within an object Python does."""
    sales = [sale(1.5, 0), sale(1.75, 1)]
    graph = read(tmp_path, sales if listed else {"sales": sales, "continuation": None})
    assert graph.transfers["value"].tolist() == [1.5, 1.75]
    assert (graph.currency, graph.report.roles["currency"]) == ("ETH", "currency_symbol")
    assert graph.report.roles["value"] == "amount_decimal"
    dollars = read(tmp_path, sales if listed else {"sales": sales}, value="amount_usd")
    assert (dollars.transfers["value"].tolist(), dollars.currency) == ([3000, 3500], "USD")


@pytest.mark.parametrize("listed", [True, False])
def test_objects_of_very_many_members_stay_texts(tmp_path: Path, listed: bool) -> None:
    traits = {"inner": {f"trait{i}": i for i in range(1500)}}
    sales = [sale(1.5, hour) | {"traits": traits} for hour in range(2)]
    graph = read(tmp_path, sales if listed else {"sales": sales}, value="", currency="")
    assert graph.report.kept == 2


def event(kind: str, number: int, giver: str | None, taker: str | None, wei: int | None = None) -> dict[str, Any]:
    """Give an event as OpenSea writes it: what is sold has other parties than what is transferred or minted."""
    names = ("seller", "buyer") if wei else ("from_address", "to_address")
    paid = {"quantity": str(wei), "token_address": ZERO, "decimals": 18, "symbol": "ETH"}
    record: dict[str, Any] = {"event_type": kind, "order_hash": None, "chain": "ethereum", "transaction": f"0x{number}"}
    record |= {"nft": {"identifier": "7", "collection": "apes", "contract": "0xbc"}, "quantity": 1}
    record |= dict(zip(names, (giver, taker), strict=True)) | {"event_timestamp": 1_700_000_000 + 1_000 * number}
    return record | ({"payment": paid} if wei else {})


EVENTS = [
    event("mint", 0, ZERO, ONE),
    event("sale", 1, ONE, TWO, 15 * 10**17),
    event("transfer", 2, TWO, ONE),
    event("order", 3, ONE, None, 2 * 10**18),
    event("sale", 4, ONE, TWO, 2 * 10**18),
    event("redemption", 5, TWO, ONE),
    event("transfer", 6, ONE, ZERO),
]


@pytest.mark.parametrize("form", ["listed", "within", "frame"])
def test_sales_and_transfers_in_one_answer(form: str, tmp_path: Path) -> None:
    if form == "frame":
        graph = read_transfers(pd.json_normalize(EVENTS))
    else:
        graph = read(tmp_path, EVENTS if form == "listed" else {"asset_events": EVENTS, "next": None})
    report = graph.report
    assert graph.transfers["kind"].tolist() == ["mint", "sale", "transfer", "sale", "transfer", "burn"]
    np.testing.assert_array_equal(graph.transfers["value"], [np.nan, 1.5, np.nan, 2, np.nan, np.nan])
    assert graph.currency == "ETH"
    assert report.reasons["missing_party"].rows == (4,)
    assert (report.roles["source"], report.roles["target"]) == ("seller + from_address", "buyer + to_address")
    assert "Where seller and buyer are empty, from_address and to_address are read." in report.notes
    assert "event_type tells the kind of rows: sale 3 ('sale', 'order'), transfer 2, mint 1." in report.notes
    assert report.reasons["unknown_kind"].rows == (6,)
    assert not any("may be the source too" in note for note in report.notes)


def test_parties_that_stand_beside_each_other_are_not_joined(tmp_path: Path) -> None:
    both = [record | {"from_address": ONE, "to_address": TWO} for record in EVENTS[1:2] + EVENTS[4:5]]
    graph = read(tmp_path, [*both, EVENTS[2]])
    assert graph.report.roles["source"] == "seller"
    assert any("from_address: may be the source too" in note for note in graph.report.notes)


def test_of_kinds_in_our_own_words_nothing_is_said() -> None:
    frame = pd.DataFrame({"from": ["a", "b"], "to": ["b", "a"], "time": [1, 2], "kind": ["sale", "transfer"]})
    assert not any("tells the kind" in note for note in read_transfers(frame).report.notes)
    assert any("tells the kind" in note for note in read_transfers(frame.rename(columns={"kind": "type"})).report.notes)
