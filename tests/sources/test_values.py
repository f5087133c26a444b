"""Prices in all the ways files write them, and which of several columns is the price."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, read_transfers
from archivit_widgets.sources.values import read_texts


def market(**columns: object) -> pd.DataFrame:
    size = max(len(column) for column in columns.values() if isinstance(column, list))
    base = {"from": "a", "to": "b", "time": [f"2020-01-{day:02}" for day in range(1, size + 1)]}
    return pd.DataFrame({**base, **columns})


def values(graph: TransferGraph) -> list[float]:
    return graph.transfers["value"].tolist()


@pytest.mark.parametrize(
    ("prices", "expected", "currency"),
    [
        (["1.5", "2", "1e3", " 7 "], [1.5, 2, 1000, 7], None),
        (["1,234.50", "1,000,000", "12"], [1234.5, 1e6, 12], None),
        (["1.234,50", "12,5", "3"], [1234.5, 12.5, 3], None),
        (["0,125", "12,5", "1,000"], [0.125, 12.5, 1], None),
        (["£1,200", "£ 3.50", "4"], [1200, 3.5, 4], "GBP"),
        (["0.5 ETH", "Ξ1.25", "2 WETH"], [0.5, 1.25, 2], "ETH"),
        (["$1,200", "US$ 5", "7 EUR"], [1200, 5, np.nan], "USD"),
        (["1 200", "3'000", "4"], [1200, 3000, 4], None),
        (["3’000.50", "1\u202f200", "4"], [3000.5, 1200, 4], None),
        (["Lot Sold. 1,202,500 GBP", "Sold for £900", "Hammer Price: 5 GBP"], [1202500, 900, 5], "GBP"),
        (["₹ 1,00,000", "Rs. 12,50,000.50", "₹900"], [1e5, 1250000.5, 900], "INR"),
        (["¥1,500", "１，５００円", "￥ 20,000"], [1500, 1500, 20000], "JPY"),
        (["1.234.567", "1.500", "€ 900,-"], [1234567, 1500, 900], "EUR"),
        (["500 frs.", "1 000,50 frs", "Frs. 20"], [500, 1000.5, 20], "FRF"),
        (["USD 5", "$7 USD", "US $ 1,200"], [5, 7, 1200], "USD"),
        (["$5 EUR", "$7", "1,00,00"], [np.nan, 7, np.nan], "USD"),
    ],
)
def test_written_prices(prices: list[str], expected: list[float], currency: str | None, tmp_path: Path) -> None:
    frame = market(price=prices)
    frame.to_csv(tmp_path / "prices.csv", index=False)
    for source in (frame, tmp_path / "prices.csv"):
        graph = read_transfers(source)
        np.testing.assert_array_equal(values(graph), expected)
        assert graph.currency == currency


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (["$1", *["2"] * 20], "1 of 21 values names USD; the others name no currency and are taken to be in it too"),
        (["$1", "$2", "$2", *["2.5"] * 7, "-", "soon"], "3 of 10 values name USD; the others name no currency and are"),
        (["$1", "$2", "3 USD", None], "the cells say that the prices are in USD."),
    ],
)
def test_how_many_prices_name_the_currency_is_said(prices: list[str], said: str) -> None:
    graph = read_transfers(market(price=prices))
    assert graph.currency == "USD"
    assert any(note.startswith(f"price: {said}") for note in graph.report.notes), graph.report.notes
    assert len([note for note in graph.report.notes if "USD" in note]) == 1


def test_the_currency_that_most_rows_name_is_read() -> None:
    """However many ways there are to write prices in the other."""
    graph = read_transfers(market(price=["$5"] * 6 + ["£1", "£2", "£3"]))
    assert graph.currency == "USD"
    reason = graph.report.reasons["other_currency"]
    assert (reason.rows, reason.dropped) == ((7, 8, 9), 0)
    assert reason.text == (
        "a price in another currency than USD (GBP): value unknown; to read those instead, pass currency='GBP'"
    )
    assert set(graph.report.reasons) == {"other_currency"}
    pounds = read_transfers(market(price=["$5"] * 6 + ["£1", "£2", "£3"]), currency="GBP")
    np.testing.assert_array_equal(values(pounds), [*[np.nan] * 6, 1, 2, 3])
    assert "(USD): value unknown; to read those instead, pass currency='USD'" in str(pounds.report)


def test_another_currency_in_a_column_that_is_named_for_one_is_said() -> None:
    graph = read_transfers(market(price_usd=["5", "£1", "7", "soon"]))
    np.testing.assert_array_equal(values(graph), [5, np.nan, 7, np.nan])
    assert graph.report.reasons["other_currency"].rows == (2,)
    assert graph.report.reasons["other_currency"].text == (
        "a price in another currency than USD (GBP): value unknown; move them to a column of their own, as price_usd "
        "is named for USD"
    )
    assert graph.report.reasons["unparsable_price"].rows == (4,)


def test_a_price_that_names_a_currency_and_is_none_is_in_no_other() -> None:
    graph = read_transfers(market(price=["$1,00,00", "5", "6"]))
    assert set(graph.report.reasons) == {"unparsable_price"}
    assert graph.currency is None


def test_a_price_of_several_columns_is_one_in_another_currency() -> None:
    frame = market(pounds=["1", "20 frs.", "2"], shillings=["5", "10 frs.", "6 frs."], pence=["1", "", "2"])
    graph = read_transfers(frame)
    assert graph.report.reasons["other_currency"].rows == (2, 3)
    assert "(FRF)" in graph.report.reasons["other_currency"].text


def test_what_is_no_price_is_kept_unknown_and_named() -> None:
    prices = ["1", "-", "i°5", None, "0", "-5", "inf", "nan", "1_000", "a hundred"]
    graph = read_transfers(market(price=prices))
    np.testing.assert_array_equal(values(graph), [1, *[np.nan] * 3, 0, *[np.nan] * 5])
    reasons = graph.report.reasons
    assert graph.report.kept == 10
    assert reasons["unparsable_price"].rows == (3, 6, 7, 9, 10)
    assert reasons["missing_price"].rows == (2, 4, 8)
    assert reasons["zero_value"].rows == (5,)
    assert graph.transfers["kind"].tolist()[:5] == ["sale", "transfer", "transfer", "transfer", "transfer"]


def test_wei_beside_eth() -> None:
    graph = read_transfers(market(price_wei=[10**18, 2 * 10**18], price_eth=[1.0, 2.0]))
    assert values(graph) == [1.0, 2.0]
    assert graph.currency == "ETH"
    assert graph.report.roles["value"] == "price_eth"
    assert "price_wei" in str(graph.report)


@pytest.mark.parametrize("name", ["price_wei", "value_wei", "amountWei"])
def test_wei_alone(name: str) -> None:
    graph = read_transfers(market(**{name: [10**18, 25 * 10**16]}))
    assert values(graph) == [1.0, 0.25]
    assert graph.currency == "ETH"


def test_wei_told_by_its_size() -> None:
    frame = market(value=[10**18, 25 * 10**16]).assign(**{"from": "0x" + "1" * 40, "to": "0x" + "2" * 40})
    graph = read_transfers(frame)
    assert values(graph) == [1.0, 0.25]
    assert graph.currency == "ETH"
    assert "wei" in str(graph.report)


def test_the_chains_own_currency_is_preferred() -> None:
    frame = market(price_usd=[200.0, 400.0], price_eth=[1.0, 2.0])
    graph = read_transfers(frame)
    assert (values(graph), graph.currency) == ([1.0, 2.0], "ETH")
    assert "USD" in str(graph.report)
    asked = read_transfers(frame, currency="usd")
    assert (values(asked), asked.currency) == ([200.0, 400.0], "USD")
    named = read_transfers(frame, value="price_usd")
    assert (values(named), named.currency) == ([200.0, 400.0], "USD")
    with pytest.raises(ArchivitError, match="no column of prices in EUR"):
        read_transfers(frame, currency="EUR")


def test_columns_of_prices_that_hold_nothing_are_told_of() -> None:
    frame = market(price_eth=[1.0, 2.0], price_usd=["", None], price_currency=["", None], gas_fee=["", None])
    graph = read_transfers(frame)
    assert (values(graph), graph.currency) == ([1.0, 2.0], "ETH")
    assert [note for note in graph.report.notes if "empty" in note] == ["price_usd: empty, not read."]
    alone = read_transfers(frame.drop(columns="price_eth"))
    assert "price_usd: empty, not read." in alone.report.notes
    assert any(note.startswith("No column of prices was recognised") for note in alone.report.notes)


def test_prices_that_begin_late_are_read() -> None:
    """The first rows, by which a column is judged, may all be older than the first price that is known."""
    frame = pd.DataFrame({"from": "a", "to": "b", "date": range(2_501), "price": [None] * 2_500 + [5.0]})
    graph = read_transfers(frame.assign(price_note=[None] * 2_500 + ["estimated"]))
    assert graph.report.roles["value"] == "price"
    assert values(graph)[-1] == 5.0
    assert graph.report.reasons["missing_price"].count == 2_500


def test_a_column_of_currencies() -> None:
    frame = market(price=[1.0, 2.0, 3000.0, 4.0], currency=["ETH", "WETH", "USDC", "eth"])
    graph = read_transfers(frame)
    np.testing.assert_array_equal(values(graph), [1, 2, np.nan, 4])
    assert graph.currency == "ETH"
    assert graph.report.reasons["other_currency"].rows == (3,)
    assert graph.report.reasons["other_currency"].text.endswith(
        "than ETH (USDC): value unknown; to read those instead, pass currency='USDC'"
    )
    dollars = read_transfers(frame, currency="USDC")
    np.testing.assert_array_equal(values(dollars), [np.nan, np.nan, 3000, np.nan])
    assert read_transfers(frame.rename(columns={"currency": "money"}), currency="money").currency == "ETH"


def test_pounds_shillings_and_pence() -> None:
    graph = read_transfers(
        market(pounds=["10", "5", "—", "1"], shillings=["10", "", "2", "i0"], pence=["6", None, "", ""])
    )
    np.testing.assert_allclose(values(graph), [10.525, 5, np.nan, np.nan])
    assert (graph.report.reasons["missing_price"].rows, graph.report.reasons["unparsable_price"].rows) == ((3,), (4,))
    assert graph.currency == "GBP"
    assert graph.report.roles["value"] == "pounds + shillings + pence"


def test_a_value_repeated_on_each_token_of_a_transaction_is_said() -> None:
    frame = market(
        price=[3.0, 3.0, 3.0, 1.0, 1.0], token_id=["1", "2", "3", "1", "2"], tx_hash=["x", "x", "x", "y", "z"]
    )
    report = read_transfers(frame).report
    assert report.reasons["whole_transaction_value"].rows == (1, 2, 3)
    assert "then 3, not 9" in report.reasons["whole_transaction_value"].text
    apart = read_transfers(frame.assign(price=[3.0, 4.0, 5.0, 1.0, 1.0])).report
    assert "whole_transaction_value" not in apart.reasons


def test_prices_are_not_fees() -> None:
    graph = read_transfers(market(gas_fee_eth=[0.1, 0.2], price_eth=[1.0, 2.0], block_number=[5, 6]))
    assert graph.report.roles["value"] == "price_eth"


def test_two_prices_that_differ_are_asked_for() -> None:
    frame = market(price=[1.0, 2.0], hammer_price=[3.0, 4.0])
    with pytest.raises(ArchivitError, match=r"value='price' or value='hammer_price'") as caught:
        read_transfers(frame)
    assert "1.0" in str(caught.value)
    assert values(read_transfers(frame, value="hammer_price")) == [3.0, 4.0]
    assert np.isnan(values(read_transfers(frame, value=""))).all()


@pytest.mark.parametrize("nothing", ["N/A", "n/a", "NA", "?", "-", "unknown", "none", "", " ", "—", "#N/A", "n.d."])
def test_what_people_write_for_nothing_is_missing(nothing: str, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = [
        "Ann,Bob,1,2001-01-01",
        "Ann,Bob,{},2001-01-02",
        "Ann,{},1,2001-01-03",
        "{},Bob,1,2001-01-04",
        "Ann,Bob,1,{}",
    ]
    path.write_text("\n".join(["seller,buyer,price,date", *(row.format(nothing) for row in rows)]))
    report = read_transfers(path).report
    found = {code: (reason.rows, reason.dropped) for code, reason in report.reasons.items()}
    assert found == {"missing_price": ((2,), 0), "missing_party": ((3, 4), 2), "missing_time": ((5,), 1)}
    assert (report.read, report.kept) == (5, 2)


def test_no_currency_named_is_no_other_currency() -> None:
    graph = read_transfers(market(price=[1.0, 2.0, 3.0], currency=["ETH", "n/a", "?"]))
    assert (values(graph), graph.currency) == ([1.0, 2.0, 3.0], "ETH")


@pytest.mark.parametrize(
    ("prices", "expected", "said"),
    [
        (["1.500", "2.250"], [1.5, 2.25], "'1.500' is read as 1.5, .* thousands"),
        (["1,500", "2,250"], [1500, 2250], "'1,500' is read as 1500, .* thousands"),
        (["€1.500", "12"], [1.5, 12], "'€1.500' is read as 1.5, .* thousands"),
        (["1.500", "0.25"], [1.5, 0.25], None),
        (["1.500", "2.5"], [1.5, 2.5], None),
        (["1.500", "1'200.50"], [1.5, 1200.5], None),
        (["1,500", "$2.50"], [1500, 2.5], r"'1,500' is read as 1500, .*\(row 1\): .*point.*'\$2.50' tells\."),
        (["1.200,50", "2,500"], [1200.5, 2.5], r"'2,500' is read as 2.5, .*\(row 2\): .*comma.*'1.200,50' tells\."),
        (["1.500", "2,50"], [1500, 2.5], r"'1.500' is read as 1500, .*\(row 1\): .*comma.*'2,50' tells\."),
        (["1,500", "1,250,000"], [1500, 1250000], r"'1,500' is read as 1500, .*point.*'1,250,000' tells\."),
        (["1 234,500", "1,500"], [1234.5, 1.5], r"'1,500' is read as 1.5, .*comma.*'1 234,500' tells\."),
        (["2,500", "0,5", "2.50", "3.25"], [2500, 0.5, 2.5, 3.25], "2.5' tells, although '0,5'"),
        (["2,500", "0,5", "1,5", "2.50"], [2.5, 0.5, 1.5, 2.5], "'0,5' tells, although '2.5' tells otherwise"),
        (["2,500", *["9,125"] * 7, "1,50"], [2.5, *[9.125] * 7, 1.5], r"\(rows 1, 2, 3, 4, 5 and 3 more\)"),
        (["$12", "1.500 frs."], [12, np.nan], None),
    ],
)
def test_a_price_that_can_be_read_in_two_ways_is_said(
    prices: list[str], expected: list[float], said: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "sales.csv"
    market(price=prices).to_csv(path, index=False)
    graph = read_transfers(path)
    np.testing.assert_array_equal(values(graph), expected)
    notes = [note for note in graph.report.notes if "is read as" in note]
    assert len(notes) == (said is not None)
    assert said is None or re.search(said, notes[0])


def test_a_page_of_blanks_in_a_price_is_no_price_and_takes_no_time() -> None:
    page = "a" + " " * 2_000 + "1" + " 1" * 2_000 + "x1"
    assert np.isnan(read_texts([page, "1" * 100_000 + "x1"], None)[0]).all()
    assert read_texts(["EUR     12"], None)[0] == [12.0]


def test_a_currency_nobody_knows_is_one_however_it_is_written() -> None:
    frame = market(price=[1, 2, 3], currency=["Apecoin", "APECOIN", "ETH"])
    graph = read_transfers(frame, currency="apecoin")
    assert graph.currency == "APECOIN"
    np.testing.assert_array_equal(values(graph), [1.0, 2.0, np.nan])


@pytest.mark.parametrize("name", ["currency_symbol", "payment_token"])
def test_a_price_that_names_its_currency_is_in_it_whatever_was_paid_with(name: str) -> None:
    frame = market(amount_original=[1.0, 2.0], amount_usd=[200.0, 400.0], **{name: ["ETH", "DAI"]})
    asked = read_transfers(frame, currency="USD")
    assert (values(asked), asked.currency) == ([200.0, 400.0], "USD")
    assert asked.report.roles["currency"] is None
    assert f"{name}: not read" in str(asked.report)
    alone = read_transfers(frame.drop(columns="amount_original"))
    assert (values(alone), alone.currency) == ([200.0, 400.0], "USD")
    by_row = read_transfers(frame)
    np.testing.assert_array_equal(values(by_row), [1.0, np.nan])
    assert (by_row.currency, by_row.report.roles["currency"]) == ("ETH", name)
    small = read_transfers(market(price_wei=[10**18, 10**18], **{name: ["ETH", "DAI"]}))
    np.testing.assert_array_equal(values(small), [1.0, np.nan])


@pytest.mark.parametrize("name", ["symbol", "token_symbol", "unit"])
def test_the_symbol_of_a_token_is_no_currency(name: str) -> None:
    graph = read_transfers(market(price=[1.0, 2.0, 3.0], **{name: ["BAYC", "PUNK", "BAYC"]}))
    assert (values(graph), graph.currency) == ([1.0, 2.0, 3.0], None)
    assert graph.report.roles["currency"] is None
    money = read_transfers(market(price=[1.0, 2.0, 3.0], **{name: ["ETH", "weth", "APECOIN"]}))
    np.testing.assert_array_equal(values(money), [1.0, 2.0, np.nan])
    assert money.currency == "ETH"


def test_a_currency_that_the_value_is_not_in_is_refused() -> None:
    frame = market(price_eth=[1.0, 2.0], price=["£1", "$2"])
    with pytest.raises(ArchivitError, match="value='price_eth' is in ETH, but currency='USD' was asked for"):
        read_transfers(frame, value="price_eth", currency="USD")
    assert values(read_transfers(frame, value="price_eth", currency="weth")) == [1.0, 2.0]
    dollars = read_transfers(frame, value="price", currency="USD")
    np.testing.assert_array_equal(values(dollars), [np.nan, 2.0])
    assert dollars.currency == "USD"


def test_a_token_of_another_collection_is_another_token_of_a_transaction() -> None:
    frame = market(price=[3.0, 3.0, 1.0], token_id=["1", "1", "1"], collection=["A", "B", "A"], tx_hash=["x", "x", "y"])
    assert read_transfers(frame).report.reasons["whole_transaction_value"].rows == (1, 2)


@pytest.mark.parametrize("nothing", ["", "  ", "n/a", None])
def test_rows_without_a_transaction_share_none(nothing: str | None) -> None:
    frame = market(price=[3.0, 3.0, 1.0], token_id=["1", "2", "3"], tx_hash=[nothing, nothing, "x" * 66])
    assert "whole_transaction_value" not in read_transfers(frame).report.reasons


def test_an_amount_that_is_always_one_is_no_price() -> None:
    graph = read_transfers(market(token_id=["1", "2"], amount=[1, 1]))
    assert np.isnan(values(graph)).all()
    assert graph.transfers["kind"].tolist() == ["transfer"] * 2
    assert "amount: always 1, taken for a quantity (pass value='...' if it is a price)." in graph.report.notes
    both = read_transfers(market(amount=[1.0, 1.0], value=[3.0, 4.0]))
    assert values(both) == [3.0, 4.0]
    assert "amount: always 1" in str(both.report)
    late = market(amount=[1, 1]).assign(time="2020-01-01").loc[[0] * 3_000].assign(amount=[1] * 2_999 + [2])
    for told in (market(amount_eth=[1, 1]), market(price=[1, 1]), market(amount=[1, 2]), late):
        assert (read_transfers(told).transfers["kind"] == "sale").all()
    assert values(read_transfers(market(amount=[1, 1]), value="amount")) == [1.0, 1.0]


def test_prices_too_large_to_be_added_up_are_none() -> None:
    graph = read_transfers(market(price=["1e308", "9e307 ETH", "1e400 ETH", "1e309", "5", "5 ETH"]))
    assert values(graph)[-2:] == [5, 5]
    assert np.isnan(values(graph)[:-2]).all()
    assert graph.report.to_dict()["reasons"]["unparsable_price"]["count"] == 4
    assert np.isfinite(graph.edges[["volume", "flow", "pressure"]]).all(axis=None)


def test_a_rate_of_exchange_is_no_price() -> None:
    """As pandas flattens the events of OpenSea's first interface."""
    paid = ["30000000000000000000", "35000000000000000000"]
    frame = market(total_price=paid, **{"payment_token.decimals": [18, 18], "payment_token.symbol": ["ETH", "WETH"]})
    rates = {"payment_token.eth_price": [1, 1], "payment_token.usd_price": [3000.5, 3001.5]}
    graph = read_transfers(frame.assign(**rates))
    assert (values(graph), graph.currency) == ([30, 35], "ETH")
    for name in rates:
        assert any(note.startswith(f"{name}: taken for a rate of exchange") for note in graph.report.notes)
    assert values(read_transfers(frame.assign(**rates), value="payment_token.usd_price")) == [3000.5, 3001.5]


@pytest.mark.parametrize("total", ["total_price", "Sale Price"])
def test_a_total_price_stands_before_that_of_a_coin(total: str) -> None:
    frame = market(eth_price=[1000, 2000], usd_price=[1000, 2000], **{total: [1.5, 2.5]})
    graph = read_transfers(frame)
    assert (values(graph), graph.report.roles["value"]) == ([1.5, 2.5], total)
    assert any(note.startswith("eth_price: taken for a rate of exchange") for note in graph.report.notes)
    assert values(read_transfers(frame.drop(columns=total))) == [1000, 2000]
    dollars = read_transfers(frame.drop(columns="eth_price"), currency="USD")
    assert dollars.report.roles["value"] == "usd_price"


def test_words_that_are_no_currency_tell_nothing_about_numbers() -> None:
    graph = read_transfers(market(price=["Lots of 1,202,500 things", "1,500"]))
    assert graph.report.reasons["unparsable_price"].rows == (1,)
    assert any("'1,500' is read as 1500" in note and "no price tells" in note for note in graph.report.notes)
