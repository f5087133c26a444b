import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets.widgets.answers import Answers, Names
from archivit_widgets.widgets.archive import _tables
from tests.ledger import graph_of


@pytest.fixture
def ask(graph):
    answers = Answers(graph)

    def ask(what, **more):
        content, buffers = answers.answer({"kind": "ask", "client": "p", "id": 7, "what": what, **more})
        assert (content.pop("kind"), content.pop("to"), content.pop("id")) == ("answer", "p", 7)
        return content, buffers

    return ask


def row_of(graph, source, target):
    edges = graph.edges
    return int(np.flatnonzero((edges["source"] == source) & (edges["target"] == target))[0])


def test_edge(ask, graph):
    content, _ = ask("edge", row=row_of(graph, "Knoedler", "Frick"))
    assert content == {
        "ok": True,
        "source": "Knoedler",
        "target": "Frick",
        "count": 2,
        "volume": 11.0,
        "unit": "ETH",
        "last": 400_000,
        "tokens": ["Rembrandt", "Vermeer"],
        "more": 0,
        "extra": {"avg_value": "5.5 ETH", "hold_time": "unknown", "first": "1720-01-04 03:06"},
    }


def test_where_no_price_is_known_none_is_said(ask, graph):
    content, _ = ask("edge", row=row_of(graph, "Mellon", "Mellon"))
    assert (content["volume"], content["extra"]["avg_value"]) == (0.0, "0 ETH")
    unpriced = graph_of(["Ann", "Ann", "Bob"], ["Bob", "Bob", None], [1, 2, 3], [np.nan, np.nan, 7.0])
    answers = Answers(unpriced)
    content, _ = answers.answer({"what": "edge", "row": 0})
    assert (content["volume"], content["extra"]["avg_value"]) == (None, "unknown")
    accounts = [answers.answer({"what": "account", "row": row})[0] for row in (0, 1)]
    assert [(account["name"], account["volume"]) for account in accounts] == [("Ann", None), ("Bob", 7.0)]
    tables = dict(_tables(unpriced))
    assert np.isnan(tables["volume"]).all()
    np.testing.assert_array_equal(tables["account_volume"], [np.nan, 7])


def test_account(ask):
    content, _ = ask("account", row=0)
    assert content == {
        "ok": True,
        "name": "Knoedler",
        "out": 5,
        "in": 1,
        "volume": 43.0,
        "unit": "ETH",
        "first": -7_889_000_000,
        "last": 1_610_000_000,
    }


def test_search_finds_starts_before_middles_and_keeps_markup_as_text(ask):
    content, _ = ask("search", text="ER", limit=10)
    assert content["accounts"] == [[0, "Knoedler"], [5, "Hermitage"]]
    assert [name for _, name in ask("search", text="m")[0]["tokens"]] == ["Vermeer", "Rembrandt"]
    assert [name for _, name in ask("search", text="he")[0]["accounts"]] == ["Hermitage"]
    assert [name for _, name in ask("search", text="e", limit=1)[0]["accounts"]] == ["Knoedler"]
    content, _ = ask("search", text="<b>g")
    assert content["accounts"] == [[3, "<b>Getty</b>"]]
    assert ask("search", text="  ")[0]["accounts"] == []


def test_token_goes_along_its_edges_in_order_of_time(ask, graph):
    row = graph.tokens["token"].tolist().index("Titian")
    content, (buffer,) = ask("token", row=row)
    edges = graph.edges.iloc[np.frombuffer(buffer, "<u4")]
    assert edges["target"].tolist() == ["Mellon", "Mellon", "Mellon", "<b>Getty</b>", "Wallace", "Hermitage"]
    assert content["count"] == 6


@pytest.mark.parametrize(
    ("what", "more", "words"),
    [
        ("edge", {"row": 7}, "edge row 7 is not in the graph: its rows are 0 to 6"),
        ("edge", {"row": "x"}, "edge row 'x' is not in the graph"),
        ("account", {}, "account row None"),
        ("price", {}, "nothing is known about 'price'"),
    ],
)
def test_a_mistake_is_an_answer(ask, what, more, words):
    content, buffers = ask(what, **more)
    assert content["ok"] is False
    assert words in content["error"]
    assert buffers == []


names = st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=12)


@given(names, st.text(max_size=3), st.integers(1, 5))
def test_search_agrees_with_looking_at_every_name(names, text, limit):
    found = Names(names).find(text, limit)
    folded = [name.casefold().replace("\n", " ") for name in names]
    wish = text.casefold().strip().replace("\n", " ")
    starts = [row for row, name in enumerate(folded) if wish and name.startswith(wish)]
    middles = [row for row, name in enumerate(folded) if wish and wish in name and row not in starts]
    assert found == (starts + middles)[:limit]


def test_a_million_names_are_searched():
    names = [f"0x{k * 2654435761 % 2**64:016x}" for k in range(1_000_000)]
    index = Names(names)
    wish = names[765_432]
    assert index.find(wish.upper().replace("0X", "0x")[:14], 3)[0] == 765_432
    assert len(index.find("0x", 20)) == 20
