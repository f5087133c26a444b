"""The graph as PyTorch Geometric's three types, against plain loops over its tables."""

import numpy as np
import pytest

from archivit_widgets import ArchivitError, simulate_market
from tests.ledger import graph_of


@pytest.fixture(scope="module")
def market():
    return simulate_market(600)


@pytest.fixture
def ledger():
    return graph_of(
        source=[None, "a", "b", "a", "b"],
        target=["a", "b", "a", None, "a"],
        time=[1, 2, 3, 4, 4],
        value=[np.nan, 5.0, 2.0, 7.0, 1.0],
        token=["x", "x", "x", "x", "y"],
    )


def test_edges_are_what_they_were(market):
    assert market.to_pyg().to_dict().keys() == market.to_pyg(kind="edges").to_dict().keys()
    assert market.to_pyg().edge_attr.shape == (len(market.edges), 7)


def test_transfers_with_both_parties_in_order(ledger):
    data = ledger.to_pyg("temporal")
    assert data.src.tolist() == [0, 1, 1]
    assert data.dst.tolist() == [1, 0, 0]
    assert data.t.tolist() == [2, 3, 4]
    assert data.msg.tolist() == [[5, 1], [2, 1], [1, 1]]
    assert data.token.tolist() == [0, 0, 1]
    assert data.transfer.tolist() == [1, 2, 4]


def test_an_unknown_value_says_so():
    data = graph_of(["a", "b"], ["b", "a"], [2**40, 2**40 + 1], [np.nan, 0.0]).to_pyg("temporal")
    assert data.msg.tolist() == [[0, 0], [0, 1]]
    assert data.t.tolist() == [2**40, 2**40 + 1]
    assert data.token.tolist() == [-1, -1]


def test_accounts_and_tokens(ledger):
    data = ledger.to_pyg("hetero")
    data.validate()
    assert data["account", "gave", "token"].edge_index.tolist() == [[0, 1, 1], [0, 0, 1]]
    assert data["account", "gave", "token"].edge_attr.tolist() == [[2, 12], [1, 2], [1, 1]]
    assert data["account", "received", "token"].last_time.tolist() == [3, 4, 2]
    assert data["account", "holds", "token"].edge_index.tolist() == [[0], [1]]  # x went to nobody known


def test_hetero_agrees_with_loops(market):
    data, deals, owner = market.to_pyg("hetero"), {}, {}
    table = market.transfers
    for row in table.itertuples():
        source = None if row.Index is None or isinstance(row.source, float) else row.source
        if source is not None:
            count, volume, _ = deals.get((source, row.token), (0, 0.0, 0))
            deals[source, row.token] = count + 1, volume + np.nan_to_num(row.value), row.time
        owner[row.token] = row.target
    accounts, tokens = market.accounts["account"], market.tokens["token"]
    gave = data["account", "gave", "token"]
    made = {
        (accounts[a], tokens[t]): (c, pytest.approx(v, rel=1e-5), last)
        for (a, t), (c, v), last in zip(
            gave.edge_index.T.tolist(), gave.edge_attr.tolist(), gave.last_time.tolist(), strict=True
        )
    }
    assert deals == made
    holds = data["account", "holds", "token"].edge_index.T.tolist()
    assert {tokens[t]: accounts[a] for a, t in holds} == {t: a for t, a in owner.items() if isinstance(a, str)}
    assert data["account"].num_nodes == len(accounts)
    assert data["account", "transferred", "account"].edge_index.shape[1] == len(market.edges)


def test_an_empty_graph_has_all_three():
    empty = graph_of([], [], [])
    assert empty.to_pyg("temporal").num_events == 0
    assert len(empty.to_pyg("hetero")["account"].x) == 0


@pytest.mark.parametrize("kind", ["events", None, 3, ["edges"]])
def test_another_kind_is_one_line(market, kind):
    with pytest.raises(ArchivitError, match="kind must be one of edges, temporal, hetero; found"):
        market.to_pyg(kind)
