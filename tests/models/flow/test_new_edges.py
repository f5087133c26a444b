"""Edges not known yet: candidates against plain loops, shares that add up with those of known edges."""

import numpy as np
import pytest

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models.flow import FlowModel
from archivit_widgets.models.flow import fitting as flow_fit
from archivit_widgets.models.flow import new_edges as flow_new
from tests.ledger import graph_of


@pytest.fixture(scope="module")
def market():
    return simulate_market(3_000, wash=0.2)


@pytest.fixture(scope="module")
def model(market):
    return FlowModel.fit(market, period="30D", epochs=3, hidden=8, progress=False)


@pytest.fixture(scope="module")
def moment(market):
    return int(np.quantile(market.record.time, 0.7))


def test_candidates_are_those_of_the_definition(market, model, moment):
    given, record, length = model.known(market, moment), market.record, model.periods.length
    asked = np.unique(given.source)[::5]
    found = flow_new.candidates(market, model.periods, given, asked)
    before = np.flatnonzero((record.time < given.time) & (record.source >= 0) & (record.target >= 0))
    age = given.time // length - 1 - record.time[before] // length
    popular = np.bincount(record.target[before], 2.0 ** (-age / 4), record.accounts)
    known = set(zip(record.source[before].tolist(), record.target[before].tolist(), strict=True))
    most = np.sort(popular)[::-1][flow_new.MOST - 1]
    for place in asked.tolist():
        account = given.accounts[place]
        mine = set(found.target[found.source == place].tolist())
        assert not any((account, target) in known for target in mine)
        assert account not in mine
        free = {k for k in range(record.accounts) if (account, k) not in known and k != account}
        assert {k for k in free if popular[k] > most} <= mine  # the popular
        assert {a for a, b in known if b == account} & free <= mine  # those who gave to it
        recent = before[record.time[before] >= given.time - flow_new.MEMORY * length]
        tokens = {record.token[k] for k in recent if account in (record.source[k], record.target[k])}
        owners = {record.target[k] for k in recent if record.token[k] in tokens}
        assert len(owners) > flow_new.MOST or owners & free <= mine  # those who received the same tokens
    np.testing.assert_allclose(found.popularity, (popular / popular.sum())[found.target], rtol=1e-5)


def test_candidates_see_nothing_of_the_future(market, model, moment):
    given = model.known(market, moment)
    asked = np.unique(given.source)
    past = market.between(None, given.time)
    one, two = (flow_new.candidates(g, model.periods, given, asked) for g in (market, past))
    for name in ("source", "target", "popularity", "features"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_what_candidates_were_worth(market, model):
    _, one = list(flow_fit.examples(market, model.periods, model.by, model.unit, market.record.time[-1]))[-3]
    made = flow_new.example(market, model.periods, one.given, one.then)
    source, target, worth = one.then.new
    pairs = dict(zip(zip(source.tolist(), target.tolist(), strict=True), worth.tolist(), strict=True))
    mine = list(zip(made.found.source.tolist(), made.found.target.tolist(), strict=True))
    assert made.worth.tolist() == [pairs.get(pair, 0.0) for pair in mine]
    knew = set(np.unique(one.given.source).tolist())
    asked = {pair for pair, w in pairs.items() if pair[0] in {a for (a, _), v in pairs.items() if v > 0} & knew}
    assert made.missed[1].sum() == pytest.approx(sum(pairs[p] for p in asked - set(mine)))


def test_partners_add_up_to_at_most_one(market, model, moment):
    given = model.known(market, moment)
    busy = given.accounts[np.bincount(given.source).argmax()]
    name = market.accounts["account"][busy]
    table = model.partners(market, name, k=10_000, at=moment)
    assert table["share"].is_monotonic_decreasing
    assert table["known"].nunique() == 2
    assert 0 < table["share"].sum() <= 1 + 1e-5
    shares = model.predict(market, moment)["predicted_share"].to_numpy()
    mine = np.flatnonzero((market.edges["source"] == name) & np.isfinite(shares))
    assert table.loc[table["known"], "share"].sum() == pytest.approx(shares[mine].sum(), rel=1e-5)
    assert name not in set(table["account"])
    assert len(model.partners(market, int(busy), k=3, at=moment)) == 3


def test_without_a_past_there_are_no_partners(market, model):
    graph = graph_of(["a", "b"], ["b", "a"], [10**9, 2 * 10**9])
    with pytest.raises(ArchivitError, match="account a has no transfer with a known account before that time"):
        model.partners(graph, "a", at=0)
    with pytest.raises(ArchivitError, match="nobody"):
        model.partners(market, "nobody")
    with pytest.raises(ArchivitError, match="k must be"):
        model.partners(graph, "a", k=0)
