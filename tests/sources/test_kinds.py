"""Which words of a file tell the kind of a transfer, and which say that there was none."""

from __future__ import annotations

import pandas as pd
import pytest

from archivit_widgets import read_transfers
from archivit_widgets.sources.words import words


def test_a_type_that_is_no_kind_of_transfer_is_ignored() -> None:
    frame = pd.DataFrame({"from": ["a"], "to": ["b"], "date": ["2020-01-01"], "type": ["Zombie"], "price": [1.0]})
    graph = read_transfers(frame)
    assert graph.report.roles["kind"] is None
    assert graph.transfers["kind"].tolist() == ["sale"]


def test_kinds_in_the_file() -> None:
    frame = pd.DataFrame(
        {
            "from": ["a", "b", None, "c"],
            "to": ["b", "c", "a", None],
            "date": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"],
            "event_type": ["Transfer", "sale", "mint", "burn"],
            "price": [5.0, 0.0, 0.0, 0.0],
        }
    )
    graph = read_transfers(frame)
    assert graph.transfers["kind"].tolist() == ["transfer", "sale", "mint", "burn"]
    assert len(graph.edges) == 2


@pytest.mark.parametrize("unsold", ["Bought In", "bought-in", "Unsold", "Withdrawn", "Passed", "Not sold?", "UNSOLD"])
def test_a_lot_that_its_kind_calls_unsold_changed_hands_with_nobody(unsold: str) -> None:
    frame = pd.DataFrame(
        {"seller": "a", "buyer": "b", "date": "1890-01-01", "price": [5, 6, 7], "transaction": ["Sold", unsold, unsold]}
    )
    graph = read_transfers(frame)
    assert graph.report.roles["kind"] == "transaction"
    assert graph.rows.tolist() == [1]
    assert (graph.report.reasons["not_sold"].rows, graph.report.reasons["not_sold"].dropped) == ((2, 3), 2)


def test_a_kind_that_nobody_knows_is_said() -> None:
    said = ["Sold", "sold privately", "Swap", "Bought in by the owner", "token created", "sale", None, "?"]
    frame = pd.DataFrame({"from": "a", "to": "b", "date": "2020-01-01", "price": range(1, 9), "type": said})
    graph = read_transfers(frame)
    assert graph.transfers["kind"].tolist() == ["sale"] * 8
    reason = graph.report.reasons["unknown_kind"]
    assert (reason.rows, reason.dropped) == ((3, 4, 5), 0)
    assert "such as 'Swap', 'Bought in by the ow…', 'token created'" in reason.text


@pytest.mark.parametrize(
    "undone",
    words(
        "bid_entered offer cancelled listing bid_withdrawn OfferEntered delisted auction_created collection_offer "
        "order_cancelled SaleCancelled item_received_bid buy_offer Approval ask"
    ),
)
def test_what_is_only_offered_changed_hands_with_nobody(undone: str) -> None:
    frame = pd.DataFrame({"from": "a", "to": "b", "time": "2020-01-01", "price": [1, 2, 3]})
    frame["event_type"] = ["sale", undone, undone]
    graph = read_transfers(frame)
    assert graph.transfers["value"].tolist() == [1.0]
    reason = graph.report.reasons["not_sold"]
    assert (reason.rows, reason.dropped) == ((2, 3), 2)
    assert f"no sale by its kind ({undone!r})" in reason.text
    assert read_transfers(frame, kind="").report.kept == 3


@pytest.mark.parametrize("name", ["Status", "Sale status", "outcome"])
def test_what_became_of_a_lot_tells_whether_it_was_sold(name: str) -> None:
    """An auction house names the last bidder of a lot that was withdrawn, too."""
    frame = pd.DataFrame({"vendor": "a", "purchaser": "b", "date": "2020-01-01", "price": [1, 2, 3, 4]})
    graph = read_transfers(frame.assign(**{name: ["Sold", "Withdrawn", "Bought In", "Sold"]}))
    assert graph.transfers["value"].tolist() == [1, 4]
    assert graph.report.reasons["not_sold"].rows == (2, 3)
    of_chain = read_transfers(frame.assign(**{name: ["Success", "Error(0)", "Success", "Success"]}))
    assert (of_chain.report.roles["kind"], of_chain.report.kept) == (None, 4)


@pytest.mark.parametrize("done", ["bid_accepted", "AcceptOffer", "taker_bid", "collection_offer_sale", "Bid won"])
def test_an_offer_that_was_taken_is_a_sale(done: str) -> None:
    frame = pd.DataFrame({"from": "a", "to": "b", "time": "2020-01-01", "price": [1, 0], "event_type": ["sale", done]})
    graph = read_transfers(frame)
    assert (graph.transfers["kind"].tolist(), graph.report.reasons.keys() & {"unknown_kind"}) == (["sale"] * 2, set())


def test_a_kind_that_its_parties_deny_is_told_by_the_value() -> None:
    frame = pd.DataFrame(
        {
            "from": ["a", "a", "b", "b", None, "c"],
            "to": ["b", "b", "c", "c", "a", None],
            "date": [f"2020-01-0{day}" for day in range(1, 7)],
            "kind": ["mint", "mint", "burn", "unknown_buyer", "mint", "burn"],
            "price": [5.0, None, 0.0, 7.0, 0.0, 0.0],
        }
    )
    graph = read_transfers(frame)
    assert graph.transfers["kind"].tolist() == ["sale", "transfer", "transfer", "sale", "mint", "burn"]
    assert graph.report.reasons["denied_kind"].rows == (1, 2, 3, 4)
    assert graph.report.kept == 6
