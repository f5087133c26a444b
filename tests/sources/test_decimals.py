"""Amounts in the smallest units of tokens: a column that says how many decimals each row has is used, where it must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from archivit_widgets import read_transfers

ONE, TWO, THREE = (f"0x{digit * 40}" for digit in "123")


def etherscan(folder: Path, *rows: tuple[str, str, str, str, int]) -> Path:
    """Save what Etherscan answers to action=tokentx."""
    names = ("from", "to", "value", "tokenSymbol", "tokenDecimal")
    records = [
        dict(zip(names, row, strict=True)) | {"timeStamp": str(1513240363 + i), "hash": f"0xe{i}", "tokenName": row[3]}
        for i, row in enumerate(rows)
    ]
    path = folder / "tokentx.json"
    path.write_text(json.dumps({"status": "1", "message": "OK", "result": records}))
    return path


def test_values_of_etherscan_are_divided_row_by_row(tmp_path: Path) -> None:
    rows = [(ONE, TWO, "1250500000", "USDC", "6"), (TWO, THREE, "2500000000000000000", "WETH", "18")]
    path = etherscan(tmp_path, *rows, (THREE, ONE, "99000000", "USDC", "6"))
    graph = read_transfers(path)
    assert graph.currency == "USDC"
    assert graph.transfers["value"].tolist() == pytest.approx([1250.5, float("nan"), 99.0], nan_ok=True)
    assert "value: divided by 10^tokenDecimal, row by row (decimals: 6, 18)." in graph.report.notes
    ether = read_transfers(path, currency="ETH")
    assert ether.transfers["value"].sum() == 2.5


def test_bitcoin_has_eight(tmp_path: Path) -> None:
    path = etherscan(tmp_path, (ONE, TWO, "150000000", "WBTC", "8"), (TWO, THREE, "50000000", "WBTC", "8"))
    graph = read_transfers(path)
    assert (graph.transfers["value"].tolist(), graph.currency) == ([1.5, 0.5], "BTC")


def sale(quantity: str, decimals: int, symbol: str, row: int) -> dict[str, Any]:
    payment = {"quantity": quantity, "token_address": "0xa0b8", "decimals": decimals, "symbol": symbol}
    event = {"event_type": "sale", "nft": {"identifier": str(row), "collection": "bayc"}, "quantity": 1}
    return event | {"seller": ONE, "buyer": TWO, "payment": payment, "event_timestamp": 1700000400 + row}


def test_payments_of_opensea(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    sales = [sale("35500000", 6, "USDC", 0), sale("36500000", 6, "USDC", 1), sale("3" + "0" * 19, 18, "ETH", 2)]
    path.write_text(json.dumps({"asset_events": sales}))
    graph = read_transfers(path, value="payment_quantity")
    assert graph.transfers["value"].tolist() == pytest.approx([35.5, 36.5, float("nan")], nan_ok=True)


def table(price: list[float], decimals: list[Any], **columns: Any) -> pd.DataFrame:
    plain = {"seller": [ONE, TWO], "buyer": [TWO, THREE], "date": ["2020-01-01", "2020-02-01"], "price": price}
    return pd.DataFrame(plain | {"decimals": decimals} | columns)


@pytest.mark.parametrize("price", [[1.5, 2.0], [1.0, 2.0], [35_500.0, 900.0]])
@pytest.mark.parametrize("decimals", [6, 18])
def test_whole_tokens_are_left_alone(price: list[float], decimals: int) -> None:
    graph = read_transfers(table(price, [decimals] * 2))
    assert graph.transfers["value"].tolist() == price
    assert "decimals: not used, as the values of price look like whole tokens." in graph.report.notes


def test_a_price_that_names_its_currency_has_no_decimals() -> None:
    frame = table([0, 0], [6, 6]).drop(columns="price").assign(price_usd=[2e6, 3e6])
    assert read_transfers(frame).transfers["value"].tolist() == [2e6, 3e6]


def test_an_amount_without_decimals_is_unknown() -> None:
    graph = read_transfers(table([2e6, 3e6], [6, None]))
    assert graph.transfers["value"].tolist() == pytest.approx([2.0, float("nan")], nan_ok=True)
    assert graph.report.reasons["unknown_decimals"].rows == (2,)
