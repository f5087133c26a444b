"""The temporal graph network among the rivals: it sees the past alone, and equal seeds give equal networks."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.models.baselines.mixer import RECENT, GraphMixer, Latest
from archivit_widgets.models.evaluate import links as protocol
from archivit_widgets.models.links.history import History

from ..evaluate.test_links import record
from ..links.test_model import altered


@pytest.fixture(scope="module")
def graph():
    return read_transfers(record())


@pytest.fixture(scope="module")
def until(graph):
    return int(graph.record.time[700])


@pytest.fixture(scope="module")
def network(graph, until):
    return GraphMixer.fit(graph, until, epochs=1)


def asked(graph, n=150):
    rng = np.random.default_rng(0)
    return graph.record.source[-n:], rng.integers(0, graph.record.accounts, n), graph.record.time[-n:]


@cache
def short():
    return History.of(read_transfers(record(300)))


@given(st.integers(0, 24), st.integers(-1, 902))
def test_the_latest_transfers_are_those_strictly_before(account, minutes):
    history = short()
    when = 1_100_000_000 + 60 * minutes
    found = Latest(history).of(np.array([account], np.int32), np.array([when]))[0]
    own = [
        ((when - time) / 86_400, side == 0, side == 1)
        for parties in zip(history.source.tolist(), history.target.tolist(), history.time.tolist(), strict=True)
        for side, time in ((0, parties[2]), (1, parties[2]))
        if parties[side] == account and time < when
    ]
    days = sorted(one[0] for one in own)[:RECENT]
    np.testing.assert_allclose(found[: len(days), 0], days, rtol=1e-6, atol=1e-7)
    assert (found[: len(days), 1:].sum(axis=1) == 1).all()
    assert not found[len(days) :].any()
    if len(own) <= RECENT:
        assert found[:, 1].sum() == sum(one[1] for one in own)


@pytest.mark.parametrize("how", ["permuted", "replaced"])
def test_no_future_moves_a_score(graph, until, network, how):
    source, target, time = asked(graph)
    after = int(time[70]) + 1
    other = GraphMixer.fit(altered(graph, after, how), until, epochs=1)
    own, found = network.score(source, target, time), other.score(source, target, time)
    assert np.array_equal(own[time < after], found[time < after])
    assert not np.array_equal(own[time > after], found[time > after])


def test_other_seeds_give_other_networks(graph, until, network):
    query = asked(graph)
    assert not np.array_equal(GraphMixer.fit(graph, until, seed=1, epochs=1).score(*query), network.score(*query))
    assert len(network.score([], [], [])) == 0
    with pytest.raises(ArchivitError, match="epochs must be"):
        GraphMixer.fit(graph, until, epochs=0)


def test_it_stands_in_the_table_when_asked():
    table = protocol.table(read_transfers(record(400)), seeds=1, ranked=20, network=True)
    assert set(table.baselines["GraphMixer"]) == set(table.model)
