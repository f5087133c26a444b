"""The graph's tables: what they count, and that nobody can spoil them."""

from contextlib import suppress
from dataclasses import replace

import networkx
import numpy as np
import pandas as pd
import pytest

from archivit_widgets.errors import ArchivitError
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.sources.records import Transfers
from tests.ledger import graph_of


@pytest.fixture
def graph():
    return graph_of(
        [None, "a", "b", "b", "c", "a"],
        ["a", "b", "b", "c", None, "b"],
        [-9, 1, 2, 3, 4, 4],
        [np.nan, 1.0, np.nan, 3.0, 5.0, 0.0],
        ["x", "x", "x", "x", "x", None],
        ["mint", "sale", "transfer", "sale", "unknown_buyer", "transfer"],
        collection=pd.Categorical(["One"] * 5 + [None]),
    )


def test_edges_are_in_order_and_share_the_accounts(graph):
    edges = graph.edges
    assert list(zip(edges["source"], edges["target"], strict=True)) == [("a", "b"), ("b", "b"), ("b", "c")]
    assert edges["source"].dtype == edges["target"].dtype == graph.transfers["source"].dtype
    assert list(edges["source"].cat.codes) == [0, 1, 1]
    assert list(edges["source"].cat.categories) == list(graph.accounts["account"])
    assert list(edges["transaction_count"]) == [2, 1, 1]
    assert graph.edge_of.tolist() == [-1, 0, 1, 2, -1, 0]
    assert graph.edge_of.dtype == np.int32


def test_accounts_count_mints_and_unknown_buyers_for_the_known_party(graph):
    accounts = graph.accounts.set_index("account")
    assert accounts.loc["a"].tolist() == [2, 1, 1.0, 0.0, -9, 4]
    assert accounts.loc["b"].tolist() == [2, 3, 3.0, 1.0, 1, 4]
    assert accounts.loc["c"].tolist() == [1, 1, 5.0, 3.0, 3, 4]


def test_tokens_count_every_transfer(graph):
    assert graph.tokens.columns.tolist() == ["token", "collection", "transfers", "volume", "first_time", "last_time"]
    assert graph.tokens.iloc[0].tolist() == ["x", "One", 5, 9.0, -9, 4]


def test_times_by_edge(graph):
    offsets, times = graph.times_by_edge()
    assert offsets.tolist() == [0, 2, 3, 4]
    assert times.tolist() == [1, 4, 2, 3]
    assert (offsets.dtype, times.dtype) == (np.uint32, np.int64)


def test_nothing_that_a_user_does_to_a_table_changes_the_graph(graph):
    for name in ("transfers", "edges", "accounts", "tokens"):
        before = getattr(graph, name).copy(deep=True)
        table = getattr(graph, name)
        table["new"] = 1
        del table[before.columns[0]]
        for column in before.columns:
            for write in (write_cell, write_array):
                with suppress(ValueError, TypeError):  # refused: as good
                    write(getattr(graph, name), column)
        pd.testing.assert_frame_equal(getattr(graph, name), before)


def write_cell(table, column):
    table.loc[0, column] = table[column].iloc[-1]
    table.iloc[-1, table.columns.get_loc(column)] = table.iloc[0, table.columns.get_loc(column)]


def write_array(table, column):
    table[column].to_numpy()[:] = 0


@pytest.mark.parametrize("arrays", [lambda g: [g.edge_of], lambda g: g.times_by_edge(), lambda g: [g.record.time]])
def test_arrays_are_read_only(graph, arrays):
    for array in arrays(graph):
        assert not array.flags.writeable


def test_what_a_graph_says_of_itself(graph):
    assert repr(graph) == "TransferGraph(6 transfers of ETH, 3 accounts, 3 edges, 1 token)"
    assert (len(graph), graph.currency, graph.report.read, graph.truth, graph.funding) == (6, "ETH", 6, None, None)
    assert graph.rows.tolist() == [1, 2, 3, 4, 5, 6]


def test_no_transfers_at_all():
    graph = graph_of([], [], [])
    assert [len(t) for t in (graph.transfers, graph.edges, graph.accounts, graph.tokens)] == [0, 0, 0, 0]
    assert len(graph.to_pyg().edge_index[0]) == 0
    assert graph.to_networkx().number_of_edges() == 0


def test_a_record_out_of_order_is_refused(graph):
    table = graph.transfers.iloc[::-1].reset_index(drop=True)
    with pytest.raises(ArchivitError, match="in order of time"):
        TransferGraph(Transfers(table, graph.rows, "ETH", graph.report))


def test_to_pandas_is_ones_own(graph):
    table = graph.to_pandas()
    assert table["source"].tolist() == ["a", "b", "b"]
    assert not isinstance(table["source"].dtype, pd.CategoricalDtype)
    table.loc[:, "volume"] = -1.0
    table["volume"].array[0] = -2.0
    assert graph.edges["volume"].tolist() == [1.0, 0.0, 3.0]


def test_to_networkx(graph):
    made = graph.to_networkx()
    assert list(made.nodes) == ["a", "b", "c"]
    assert made.nodes["a"]["first_time"] == -9
    assert made.edges["a", "b"]["transaction_count"] == 2
    assert made.edges["b", "c"]["hold_time"] == 1
    assert made.graph["currency"] == "ETH"
    window = graph.between(100, None).to_networkx()
    assert "first_time" not in window.nodes["a"]
    assert window.number_of_edges() == 0


def test_windows_can_be_written_as_graphml(graph, tmp_path):
    whole = TransferGraph(Transfers(graph.transfers, graph.rows, None, graph.report))
    networkx.write_graphml(whole.between(2, 3).to_networkx(), tmp_path / "a.graphml")
    read = networkx.read_graphml(tmp_path / "a.graphml")
    assert list(read.nodes) == ["a", "b", "c"]
    assert read.nodes["c"] == {"transfers_out": 0, "transfers_in": 0, "volume_out": 0.0, "volume_in": 0.0}
    assert read.edges["b", "b"]["last_time"] == 2


def test_to_pyg(graph):
    data = graph.to_pyg()
    data.validate()
    assert data.edge_index.tolist() == [[0, 1, 1], [1, 1, 2]]
    assert data.num_nodes == 3
    assert data.edge_attr.shape == (3, len(data.edge_attr_names))
    assert data.edge_attr[:, data.edge_attr_names.index("volume")].tolist() == [1, 0, 3]
    assert data.first_time.tolist() == [1, 2, 3]
    assert data.x[:, data.x_names.index("transfers_in")].tolist() == [1, 3, 1]


def test_accounts_in_two_orders_are_refused(graph):
    table = graph.source_of.table.copy()
    table["target"] = table["target"].cat.reorder_categories(table["target"].cat.categories[::-1])
    with pytest.raises(ArchivitError, match="share one list of accounts"):
        TransferGraph(replace(graph.source_of, table=table))


def test_one_is_not_called_many():
    assert (
        repr(graph_of(["a"], ["b"], [1], token=["x"]))
        == "TransferGraph(1 transfer of ETH, 2 accounts, 1 edge, 1 token)"
    )
