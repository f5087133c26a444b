"""Which column says in which currency each price is."""

from __future__ import annotations

from pathlib import Path

import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers


def values(graph: TransferGraph) -> list[float | None]:
    return [None if value != value else value for value in graph.transfers["value"]]


CURRENCIES = ["1901-05-12,Calonne,Bryan,x,1000,GBP", "1902-05-12,Bryan,Calonne,x,25000,FRF"]
CURRENCIES.append("1903-05-12,Calonne,Bryan,x,5000,GBP")


@pytest.mark.parametrize(
    ("price", "currency"),
    [
        ("hammer_price", "hammer_currency"),
        ("sale_price", "sale_currency"),
        ("price", "iso_currency"),
        ("price", "price ccy"),
        ("Price", "ccy"),
        ("Price", "Curr."),
        ("Hammer price", "Currency of sale"),
        ("price", "price currency code"),
        ("price_1", "price_currency_1"),
        ("price_amount_1", "price_currency_1"),
    ],
)
def test_a_currency_under_any_name_keeps_currencies_apart(price: str, currency: str, tmp_path: Path) -> None:
    path = tmp_path / "hc.csv"
    path.write_text("\n".join([f"date,seller,buyer,artwork,{price},{currency}", *CURRENCIES, ""]))
    graph = read_transfers(path)
    assert (graph.report.roles["currency"], graph.currency) == (currency, "GBP")
    assert values(graph) == [1000, None, 5000]
    assert graph.report.reasons["other_currency"].rows == (2,)
    assert f"{currency}: taken for the currency of {price}." in graph.report.notes


def currencies_of(tmp_path: Path, header: str, *rows: str) -> TransferGraph:
    path = tmp_path / "hc.csv"
    path.write_text("\n".join([f"date,seller,buyer,{header}", *(f"1901-05-12,a,b,{row}" for row in rows), ""]))
    return read_transfers(path)


def test_of_several_currencies_that_of_the_price_is_read(tmp_path: Path) -> None:
    header = "hammer_price,premium_currency,hammer_currency,estimate_currency"
    graph = currencies_of(tmp_path, header, "5,USD,GBP,EUR", "6,EUR,GBP,EUR")
    assert (graph.report.roles["currency"], graph.currency) == ("hammer_currency", "GBP")


def test_the_currency_of_another_amount_is_not_that_of_the_price(tmp_path: Path) -> None:
    graph = currencies_of(tmp_path, "purch_amount,purch_currency,price", "7,FRF,5", "8,GBP,6")
    assert (graph.report.roles["currency"], graph.report.roles["value"]) == (None, "price")
    assert values(graph) == [5, 6]
    assert any(note.startswith("purch_currency: taken for the currency of purch_amount") for note in graph.report.notes)


def test_currencies_that_suit_a_price_alike_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ArchivitError, match="currency='local_currency' or currency='house_currency'"):
        currencies_of(tmp_path, "price,local_currency,house_currency", "5,GBP,USD", "6,EUR,USD")


def test_a_rate_of_a_currency_is_no_currency_and_a_price_that_names_one_needs_none(tmp_path: Path) -> None:
    assert currencies_of(tmp_path, "price,currency_rate", "5,1.2", "6,1.3").report.roles["currency"] is None
    graph = currencies_of(tmp_path, "price_usd,sale_currency", "5,GBP", "6,EUR")
    assert (graph.currency, values(graph)) == ("USD", [5, 6])
    assert any(note.startswith("sale_currency: not read, as price_usd says") for note in graph.report.notes)


def test_what_single_cells_name_is_not_said_of_all_where_a_column_names_each_rows(tmp_path: Path) -> None:
    graph = currencies_of(tmp_path, "price,currency", "5,USD", "£6,GBP", "7,USD")
    assert (graph.currency, values(graph)[::2]) == ("USD", [5, 7])
    assert not any("name no currency" in note for note in graph.report.notes)
    alone = currencies_of(tmp_path, "price,note", "5,x", "£6,x", "7,x")
    assert any("the others name no currency" in note for note in alone.report.notes)
