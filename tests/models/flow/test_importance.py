"""Importance: the oracle against its definition in plain loops, the estimate against the oracle."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from archivit_widgets import simulate_market
from archivit_widgets.models.flow import FlowModel
from archivit_widgets.models.flow import importance as flow_importance
from archivit_widgets.models.flow.network import inputs
from tests.ledger import graph_of


@pytest.fixture(scope="module")
def market():
    return simulate_market(3_000, wash=0.2, seed=3)


@pytest.fixture(scope="module")
def model(market):
    return FlowModel.fit(market, period="30D", epochs=4, progress=False)


def small(graph, model, share):
    given = model.known(graph, int(np.quantile(graph.record.time, share)))
    assert 40 <= len(given) <= 500
    return given


def reached(given, start):
    """Accounts within two hops, the slow way."""
    pairs = list(zip(given.source.tolist(), given.target.tolist(), strict=True))
    near = {start}
    for _ in range(2):
        near |= {b for a, b in pairs if a in near}
    return near


def test_removal_is_the_definition(market, model):
    given = small(market, model, 0.08)
    network = model.network.double()
    with torch.no_grad():
        whole = flow_importance._exactly(network, given)[1]
        before = network(whole).value.numpy()
        expected = []
        for edge in range(len(given)):
            after = iter(network(flow_importance.without(whole, edge)).value.tolist())
            near = reached(given, given.target[edge])
            drop = [before[f] - next(after) if f != edge else 0.0 for f in range(len(given))]
            expected.append(sum(d for f, d in enumerate(drop) if given.target[f] in near))
    network.float()
    np.testing.assert_allclose(flow_importance.removal(network, given), expected, atol=1e-9)


def test_without_a_row_is_a_graph_that_never_had_it(market, model):
    given = small(market, model, 0.08)
    edge = int(np.flatnonzero(given.reverse >= 0)[0])
    left = flow_importance.without(inputs(given), edge)
    assert len(left.source) == len(given) - 1
    for row, back in enumerate(left.reverse.tolist()):
        if back >= 0:
            assert (left.source[back], left.target[back]) == (left.target[row], left.source[row])
    assert (left.reverse >= 0).sum() == (given.reverse >= 0).sum() - 2


@pytest.mark.parametrize("share", [0.06, 0.1, 0.15])
def test_one_backward_pass_ranks_as_removal_does(market, model, share):
    given = small(market, model, share)
    exact = flow_importance.removal(model.network, given)
    rival = lambda values: spearmanr(exact, values)[0]  # noqa: E731 - said thrice below
    assert rival(flow_importance.estimate(model.network, given)) >= 0.99
    volume = given.attributes[:, 0] * given.attributes[:, 1]
    assert max(rival(volume), rival(np.random.default_rng(0).random(len(given)))) < 0.9


def test_a_chain_carries_value_two_hops_and_no_further():
    times = np.arange(40) * 100
    names = ["a", "b", "c", "d", "e"]
    graph = graph_of([names[k % 4] for k in range(40)], [names[k % 4 + 1] for k in range(40)], times, [1.0] * 40)
    model = FlowModel.fit(graph, period=400, epochs=0, progress=False)
    found = model.importance(graph, exact=True)
    np.testing.assert_allclose(found, model.importance(graph), rtol=1e-6)
    assert (found[:3] > 0).all()  # what reaches b, c and d is passed on
    assert found[3] == 0  # e passes nothing on
    given, values = model.known(graph), model.predict(graph)["predicted_value"].to_numpy()
    less = model.network(flow_importance.without(inputs(given), 0)).value.detach().numpy() * model.unit
    np.testing.assert_allclose(found[0], (values[1:3] - less[:2]).sum(), rtol=1e-4)  # b-c and c-d, not d-e


def test_edges_not_known_yet_have_none(market, model):
    at = int(np.quantile(market.record.time, 0.1))
    found = model.importance(market, at)
    assert np.isnan(found).any()
    assert np.array_equal(np.isnan(found), model.predict(market, at)["predicted_share"].isna())
    assert np.array_equal(found, model.importance(market, at), equal_nan=True)
    assert len(model.importance(graph_of([], [], []))) == 0
