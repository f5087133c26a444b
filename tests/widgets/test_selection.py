"""What is selected, from Python and from the page."""

import time

import numpy as np
import pandas as pd
import pytest
import torch
from jupyter_client.manager import start_new_kernel

from archivit_widgets.errors import ArchivitError
from archivit_widgets.frames import protocol
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.widgets.arteries import Arteries
from archivit_widgets.widgets.selection import select_edges
from tests.ledger import graph_of


def test_selection_from_python_moves_the_picture(w, wire):
    w.selection = [0, 2]
    assert w.selection.index.tolist() == [0, 2]
    assert wire(w).log[-1][2] == [protocol.pack_rows(np.array([0, 2]))]
    mask = np.arange(7) == 6
    w.selection = mask
    assert w.selection.index.tolist() == [6]
    w.selection = ["Mellon"]
    assert set(w.selection["source"]) | set(w.selection["target"]) >= {"Mellon"}
    assert w.selected_accounts["account"].tolist() == ["Mellon"]
    w.selection = w.graph.edges[w.graph.edges["volume"] > 50]
    assert (w.selection["volume"] > 50).all()
    assert len(w.selected_accounts) == 0
    w.selected_accounts = "Frick"
    assert w.selected_accounts["account"].tolist() == ["Frick"]
    w.selection = None
    assert len(w.selection) == 0


@pytest.mark.parametrize("form", ["bool", "boolean", object])
def test_a_mask_in_another_order_is_read_by_its_index(w, form):
    edges = w.graph.edges.sort_values("volume")
    w.selection = (edges["volume"] > 50).astype(form)
    assert (w.selection["volume"] > 50).all()
    assert len(w.selection) == (edges["volume"] > 50).sum() > 0
    accounts = w.graph.accounts.sort_values("account")
    w.selected_accounts = (accounts["account"] == "Frick").astype(form)
    assert w.selected_accounts["account"].tolist() == ["Frick"]


def test_a_part_of_the_accounts_selects_their_arteries(w):
    w.selection = w.graph.accounts.iloc[[1]]
    name = w.graph.accounts["account"].iloc[1]
    edges = w.graph.edges
    assert list(w.selection.index) == list(np.flatnonzero((edges["source"] == name) | (edges["target"] == name)))
    assert w.selected_accounts["account"].tolist() == [name]


def test_what_a_mask_does_not_know_is_not_selected(w):
    mask = (w.graph.edges["volume"] > 50).astype("boolean")
    mask[w.graph.edges["volume"] > 200] = None
    w.selection = mask.sample(frac=1, random_state=1)
    assert w.selection["volume"].between(50, 200).all()
    assert len(w.selection) > 0
    with pytest.raises(ArchivitError, match="index of the mask is not that of graph"):
        w.selection = mask.set_axis(range(1, 8))


def test_rows_of_accounts_are_rows_even_where_names_are_numbers(wire):
    w = Arteries(graph_of(["2", "1", "0"], ["1", "0", "2"], [1, 2, 3]), positions=np.zeros((3, 3)))
    w.selected_accounts = w.graph.accounts.iloc[[0]]
    assert w.selected_accounts["account"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (np.ones(3, bool), "the mask has 3 values, but the graph has 7 edges"),
        ([7], "edge row 7 is not in the graph: its rows are 0 to 6"),
        ([-1], "edge row -1 is not in the graph"),
        (["Rubens"], "no account is called 'Rubens'"),
        ({1: 2}, "edges must be a list of names or rows, or a mask; found a dict"),
        ([{1}], "found a set"),
        ([[0], [0, 1]], "found lists of unequal lengths"),
        ([1.0, 2.0], "edges must be rows as whole numbers, a mask, a table, or names of accounts; found 1.0"),
        ([None], "found None"),
        (len, "found a builtin_function_or_method"),
        (torch.ones(7, dtype=torch.bool).to_sparse(), "can't convert Sparse"),
        (pd.Series(np.ones(7, bool), index=range(5, 12)), "begins with 5; if its order is that of the edges, use"),
    ],
)
def test_a_selection_of_what_is_not_there_is_refused(w, wish, words):
    with pytest.raises(ArchivitError) as error:
        w.selection = wish
    assert words in str(error.value)


@pytest.mark.parametrize("form", [set, frozenset, iter, tuple, np.array, pd.Index, pd.Series])
def test_a_selection_may_come_in_any_collection(w, form):
    w.selection = form([2, 5])
    assert w.selection.index.tolist() == [2, 5]
    w.selection = form(["Frick", "Mellon"])
    assert set(w.selected_accounts["account"]) == {"Frick", "Mellon"}
    w.selected_accounts = form(["Wallace"])
    assert w.selected_accounts["account"].tolist() == ["Wallace"]


def test_one_line_of_a_table_is_a_table_of_one(w):
    w.selection = w.graph.edges.iloc[3]
    assert w.selection.index.tolist() == [3]


def test_a_window_of_seconds_beyond_all_dates_is_refused(w):
    with pytest.raises(ArchivitError, match="a moment must be"):
        w.window = (10**30, 10**31)


def test_selection_from_the_page_is_a_table_in_the_next_cell(w, wire):
    heard = []
    w.on_select(lambda table: heard.append(table.index.tolist()))
    runs = [memoryview(protocol.pack_rows(np.array(rows))) for rows in ([1, 2, 5], [4])]
    wire(w).say(
        state={"_selection": None, "_selected_accounts": None},
        buffers=runs,
        buffer_paths=[["_selection"], ["_selected_accounts"]],
    )
    assert w.selection.index.tolist() == [1, 2, 5]
    assert w.selected_accounts.index.tolist() == [4]
    assert heard == [[1, 2, 5]]


def test_selection_graph_holds_what_moves_between_the_selected(w):
    w.selection = ["Frick"]
    cut = w.selection_graph()
    assert isinstance(cut, TransferGraph)
    assert sorted(cut.accounts["account"]) == ["Frick", "Knoedler"]
    assert len(cut.edges) == 2


def test_selection_graph_of_accounts_alone_holds_their_arteries(w):
    w.selection = ["Frick"]
    arteries = w.selection_graph()
    w.selection = None
    w.selected_accounts = ["Frick"]
    assert w.selection.empty
    assert w.selection_graph().transfers.equals(arteries.transfers)


def test_the_selection_set_to_itself_keeps_the_accounts(w):
    w.selection = ["Frick", "Mellon"]
    both, edges = w.selected_accounts, w.selection
    w.selection = edges
    assert w.selected_accounts.equals(both)
    w.selection = edges.iloc[1:]
    assert w.selected_accounts.empty
    w.selection = ["Frick"]
    w.selection = w.selection.index  # rows alone name no accounts
    assert w.selected_accounts.empty


def test_a_watcher_can_leave(w):
    heard = []
    call = w.on_select(lambda table: heard.append(len(table)))
    w.selection = [1]
    w.on_select(call, remove=True)
    w.selection = [2]
    assert heard == [1]


def test_one_function_that_fails_silences_no_other_and_fails_nobody(w, capsys):
    heard = []

    def broken(table):
        raise KeyError("the model has\nno such edge")

    for call in (broken, lambda table: heard.append(table.index.tolist()), w.push):
        w.on_select(call)
    w.selection = [5]
    assert w.selection.index.tolist() == [5]
    assert heard == [[5]]
    said = capsys.readouterr().err.splitlines()
    where = broken.__code__.co_firstlineno + 1
    assert len(said) == 2
    failed = "on_select called a function that failed: "
    assert said[0] == f"{failed}KeyError: 'the model has\\nno such edge' (line {where} of broken)"
    assert said[1].startswith(f"{failed}ArchivitError: there is no channel")


def test_a_function_may_change_the_selection_that_it_hears_of(w):
    heard = []
    w.on_select(lambda table: setattr(w, "selection", [1, 2]))
    w.on_select(lambda table: heard.append(table.index.tolist()))
    w.selection = [5]
    assert heard == [[1, 2], [1, 2]]


WATCH = """
from archivit_widgets import Arteries, simulate_market
w = Arteries(simulate_market(transfers=50, seed=0))
w.on_select(lambda table: 1 / 0)
w.on_select(lambda table: print(len(table), "selected"))
"""


def test_what_fails_after_a_click_in_the_page_is_said_below_the_cell_that_gave_the_function():
    manager, client = start_new_kernel()
    try:
        began = client.execute(WATCH)
        client.get_shell_msg(timeout=60)
        found = client.execute_interactive("", timeout=60, user_expressions={"id": "w.model_id"})
        name = found["content"]["user_expressions"]["id"]["data"]["text/plain"].strip("'")
        state = {"method": "update", "state": {}, "buffer_paths": [["_selection"]]}
        click = client.session.msg("comm_msg", {"comm_id": name, "data": state})
        client.shell_channel.send({**click, "buffers": [protocol.pack_rows(np.array([3]))]})
        said = {}
        while set(said) != {"stdout", "stderr"}:
            message = client.get_iopub_msg(timeout=60)
            if message["msg_type"] == "stream":
                said[message["content"]["name"]] = message["content"]["text"], message["parent_header"]["msg_id"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    words = "on_select called a function that failed: ZeroDivisionError: division by zero (line 3 of <lambda>)\n"
    assert said == {"stderr": (words, began), "stdout": ("1 selected\n", began)}


def edges_of(graph, table):
    """Rows of the edges between the parties that a table names, looked up one by one."""
    pairs = list(zip(graph.edges["source"], graph.edges["target"], strict=True))
    return sorted({pairs.index((a, b)) for a, b in zip(table["source"], table["target"], strict=True) if pd.notna(b)})


TABLES = {
    "of a window": lambda g: g.between(250_000).edges.head(2),
    "of a subgraph": lambda g: g.subgraph(accounts=["Mellon", "<b>Getty</b>", "Wallace"]).edges,
    "of transfers": lambda g: g.transfers.iloc[[3, 7, 9]],
    "counted anew": lambda g: g.edges.nlargest(2, "volume").reset_index(drop=True),
    "of plain names": lambda g: g.to_pandas().tail(2).astype({"source": object, "target": object}),
    "merged": lambda g: g.edges.tail(2).merge(g.between(0).edges, on=["source", "target"], suffixes=("", "_then")),
    "of the page": lambda g: g.edges.sort_values("volume").head(3),
    "without rows": lambda g: g.edges.head(0),
}


@pytest.mark.parametrize("cut", TABLES.values(), ids=TABLES)
def test_a_table_means_the_arteries_between_the_parties_that_it_names(w, cut):
    table = cut(w.graph)
    w.selection = table
    assert w.selection.index.tolist() == edges_of(w.graph, table)


def test_a_table_of_accounts_means_the_accounts_that_it_names(w):
    part = w.graph.subgraph(accounts=["Mellon", "Wallace"])
    for table in (
        part.accounts.tail(1),
        w.graph.accounts[w.graph.accounts["account"] == "Wallace"],
        part.accounts.tail(1).assign(source="Frick"),
    ):
        w.selected_accounts = table
        assert w.selected_accounts["account"].tolist() == ["Wallace"]
        w.selected_accounts = None
    w.selection = part.accounts.tail(1)
    assert w.selected_accounts["account"].tolist() == ["Wallace"]
    assert len(w.selection) == 2


def test_a_table_names_parties_that_are_numbers_however_it_holds_them(wire):
    w = Arteries(graph_of(["2", "1", "0"], ["1", "0", "2"], [1, 2, 3]), positions=np.zeros((3, 3)))
    w.selection = w.graph.to_pandas().astype({"source": int, "target": int}).tail(1)
    assert w.selection.index.tolist() == [2]
    w.selected_accounts = pd.DataFrame({"account": [1]})
    assert w.selected_accounts["account"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("trait", "table", "words"),
    [
        ("selection", {"source": ["Frick", "Frick"], "target": ["Knoedler", "Mellon"]},
         "no edge leads from 'Frick' to 'Mellon'"),
        ("selection", {"source": ["Rubens"], "target": ["Frick"]}, "no account is called 'Rubens'"),
        ("selection", {"account": ["Frick", "Rubens"]}, "no account is called 'Rubens'"),
        ("selected_accounts", {"account": ["Rubens"]}, "no account is called 'Rubens'"),
        ("selection", {"token": ["Titian"], "transfers": [3]},
         "a table must have columns source and target, or account; found token, transfers"),
        ("selected_accounts", {"token": ["Titian"]}, "a table must have a column account; found token"),
        ("selected_accounts", {"source": ["Frick"], "target": ["Knoedler"]},
         "a table must have a column account; found source, target: of a table of edges pass one column, source or"),
    ],
)  # fmt: skip
def test_a_table_that_names_nothing_of_the_graph_is_refused(w, trait, table, words):
    w.selection = [1]
    with pytest.raises(ArchivitError) as error:
        setattr(w, trait, pd.DataFrame(table))
    assert words in str(error.value)
    assert w.selection.index.tolist() == [1]


def test_a_table_of_a_hundred_thousand_edges_is_matched_at_once():
    m = 100_000
    names = [f"0x{k:040x}" for k in range(m + 1)]
    graph = graph_of(names[:-1], names[1:], list(range(m)))
    edges, cut = graph.edges, graph.between(m // 2)
    began = time.perf_counter()
    for table in (edges, cut.edges, cut.edges.astype({"source": object, "target": object})):
        rows, _ = select_edges(graph, table)
        assert len(rows) == len(table)
    assert time.perf_counter() - began < 3
