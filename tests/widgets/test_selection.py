"""What is selected, from Python and from the page."""

import numpy as np
import pytest

from archivit_widgets.errors import ArchivitError
from archivit_widgets.frames import protocol
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.widgets.arteries import Arteries
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
    ],
)
def test_a_selection_of_what_is_not_there_is_refused(w, wish, words):
    with pytest.raises(ArchivitError) as error:
        w.selection = wish
    assert words in str(error.value)


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
