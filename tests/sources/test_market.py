"""The simulated market: the same every time, true to its own truth, and shaped like a real one."""

import numpy as np
import pandas as pd
import pytest

from archivit_widgets.errors import ArchivitError
from archivit_widgets.sources.market import simulate
from archivit_widgets.sources.simulation.rings import PATTERNS

from ..data import real

# What `shape` says of the sales of CryptoPunks, and the shares of it that bound the same of a simulated market.
CRYPTOPUNKS = {
    "days held, lower quartile": (9.94046, 1.0, 1.5),
    "days held, median": (71.0643, 0.65, 1.0),
    "days held, upper quartile": (267.131, 0.6, 0.9),
    "sales of a work": (2.00668, 0.9, 1.05),
    "works sold more than once": (0.52613, 0.9, 1.05),
    "spread of log price": (1.98949, 0.6, 1.2),
    "spread of log price steps": (1.32208, 0.75, 1.2),
    "purchases of a buyer, mean": (4.12593, 0.9, 1.1),
    "purchases of a buyer, 99 %": (36.92, 1.0, 1.45),
    "sales of a seller, mean": (7.7395, 0.7, 0.8),
    "sales of a seller, 99 %": (103.6, 0.55, 0.9),
    "share of the top 1 % of sellers": (0.27072, 1.1, 1.3),
    "share of the top 1 % of buyers": (0.186754, 1.0, 1.3),
    "repeat rate": (0.240801, 0.7, 0.95),
}


@pytest.fixture(scope="module")
def market():
    return simulate(16_000, 0)


@pytest.fixture(scope="module")
def washed():
    return simulate(16_000, 0, wash=0.2)


def test_the_same_seed_gives_the_same_bytes(market):
    again, other = simulate(16_000, 0), simulate(16_000, 1)
    for name in ("table", "truth", "funding"):
        pd.testing.assert_frame_equal(getattr(market, name), getattr(again, name), check_exact=True)
    assert market.table.to_csv() == again.table.to_csv()
    assert not market.table.equals(other.table)


@pytest.mark.parametrize("transfers", [0, 1, 2, 17, 500])
def test_any_size(transfers):
    made = simulate(transfers, 3)
    assert len(made.table) == len(made.rows) == made.report.read == made.report.kept == transfers
    assert set(made.funding["account"]) == set(made.table["source"].cat.categories)


@pytest.mark.parametrize("bad", [{"transfers": -1}, {"wash": 1.0}, {"wash": -0.1}, {"collections": 0}])
def test_a_number_out_of_range_is_refused(bad):
    with pytest.raises(ArchivitError):
        simulate(**{"transfers": 10, **bad})


def test_more_collections_than_memory_are_refused():
    with pytest.raises(ArchivitError, match="collections must be a whole number from 1 to 10,000, found 1000000"):
        simulate(collections=1_000_000)
    assert len(simulate(100, collections=10_000).table) == 100


def test_it_is_a_clean_record(market):
    table = market.table
    assert (table["time"].diff().dropna() >= 0).all()
    kind, known = table["kind"], table["value"].notna()
    assert (known == kind.isin(["sale", "unknown_buyer"])).all()
    assert (table["value"].dropna() > 0).all()
    assert (table["source"].isna() == (kind == "mint")).all()
    assert (table["target"].isna() == kind.isin(["burn", "unknown_buyer"])).all()
    accounts = table["source"].cat.categories
    assert accounts.is_unique
    assert accounts.str.fullmatch("0x[0-9a-f]{40}").all()
    parties = table[["source", "target"]].to_numpy().ravel()
    assert list(pd.unique(parties[~pd.isna(parties)])) == list(accounts)  # in order of first appearance
    assert table["collection"].nunique() >= 5


def test_every_work_is_minted_once_and_sold_by_who_has_it(market):
    for _, work in market.table.groupby("token", observed=True):
        assert list(work["kind"] == "mint") == [True] + [False] * (len(work) - 1)
        givers, takers = work["source"].iloc[1:], work["target"].iloc[:-1]
        hidden = takers.isna().to_numpy()  # the record does not say who bought
        assert (givers.to_numpy()[~hidden] == takers.to_numpy()[~hidden]).all()
        assert not (work["kind"].iloc[:-1] == "burn").any()


def test_truth_points_to_paid_trades_of_every_pattern(washed):
    truth, table = washed.truth, washed.table
    assert set(truth["pattern"]) == set(PATTERNS)
    assert truth["transfer"].is_unique
    assert 0.1 < len(truth) / len(table) < 0.3
    trades = table.iloc[truth["transfer"]]
    assert (trades["kind"] == "sale").all()
    selves = trades["source"].to_numpy() == trades["target"].to_numpy()
    assert (selves == (truth["pattern"] == "self_trade").to_numpy()).all()
    assert ((table["source"] == table["target"]).to_numpy().sum()) == selves.sum()
    assert (truth.groupby("ring")["pattern"].nunique() == 1).all()


def paths(record, pattern):
    """Who held each work of each whole ring of a pattern, one after the other."""
    truth = record.truth[record.truth["pattern"] == pattern]
    trades = record.table.iloc[truth["transfer"]].assign(ring=truth["ring"].to_numpy())
    for _, work in trades.groupby(["ring", "token"], observed=True):
        assert list(work["source"].iloc[1:]) == list(work["target"].iloc[:-1])
        yield [work["source"].iloc[0], *work["target"]]


def test_each_pattern_moves_as_it_says(washed):
    end = washed.table["time"].max()
    early = washed.truth.groupby("ring")["transfer"].max().map(washed.table["time"]) < end - 60 * 86_400
    whole = washed.truth[washed.truth["ring"].map(early)]
    record = type(washed)(washed.table, washed.rows, "ETH", washed.report, whole)
    found = {pattern: list(paths(record, pattern)) for pattern in ("round_trip", "cycle", "funded_ring", "chain")}
    assert all(found.values())
    for path in found["round_trip"]:
        assert len(set(path)) == 2
        assert path[0] == path[-1]
    for path in found["cycle"]:
        assert 3 <= len(set(path)) <= 6
        assert path[0] == path[-1]
    for pattern in ("funded_ring", "chain"):
        assert all(len(path) == len(set(path)) for path in found[pattern])  # nobody held it twice
        assert min(map(len, found[pattern])) >= 4


def test_rotation_leaves_everybody_with_as_many_works_as_before(washed):
    truth = washed.truth[washed.truth["pattern"] == "rotation"]
    trades = washed.table.iloc[truth["transfer"]].assign(ring=truth["ring"].to_numpy())
    even = [
        sorted(ring["source"]) == sorted(ring["target"]) and ring["collection"].nunique() == 1
        for _, ring in trades.groupby("ring")
    ]
    assert np.mean(even) > 0.8  # the last rings are cut off by the end of the record
    assert not trades.duplicated(["ring", "token"]).any()


def test_funding_tells_who_paid(washed):
    funding, table, truth = washed.funding, washed.table, washed.truth
    first = pd.concat([table.set_index(side)["time"] for side in ("source", "target")]).groupby(level=0).min()
    assert (funding["time"].to_numpy() < first[funding["account"]].to_numpy()).all()
    assert (funding["funder"] != funding["account"]).all()
    exchanges = set(funding["funder"]) - set(table["source"].cat.categories)
    assert 1 < len(exchanges) <= 12
    paid_by = funding.set_index("account")["funder"]
    for pattern, seen in (("funded_ring", True), ("chain", False)):
        for _, ring in truth[truth["pattern"] == pattern].groupby("ring"):
            accounts = table["target"].iloc[ring["transfer"]]
            leader = table["source"].iloc[ring["transfer"].iloc[0]]
            if seen:
                assert (paid_by[accounts] == leader).all()
            else:
                assert set(paid_by[accounts]) <= exchanges


def shape(table):
    """What the market looks like: table of sales with source, target (None unknown), token, time, value."""
    by_token = table.groupby("token", observed=True)
    days = by_token["time"].diff().dropna() / 86_400
    step = np.log(table["value"] / by_token["value"].shift())
    edges = table.dropna(subset=["source", "target"])
    given, got = (edges[side].astype(str).value_counts() for side in ("source", "target"))
    return {
        "days held, lower quartile": days.quantile(0.25),
        "days held, median": days.median(),
        "days held, upper quartile": days.quantile(0.75),
        "sales of a work": len(table) / table["token"].nunique(),
        "works sold more than once": (by_token.size() > 1).mean(),
        "spread of log price": np.log(table["value"]).std(),
        "spread of log price steps": step[np.isfinite(step)].std(),
        "purchases of a buyer, mean": got.mean(),
        "purchases of a buyer, 99 %": got.quantile(0.99),
        "sales of a seller, mean": given.mean(),
        "sales of a seller, 99 %": given.quantile(0.99),
        "share of the top 1 % of sellers": given.head(len(given) // 100).sum() / given.sum(),
        "share of the top 1 % of buyers": got.head(len(got) // 100).sum() / got.sum(),
        "repeat rate": edges.duplicated(["source", "target"]).mean(),
    }


def test_the_shape_of_cryptopunks_is_what_stands_here():
    read = pd.read_csv(real("cryptopunks_sales.csv"), dtype={"from": "str", "to": "str"})
    punks = pd.DataFrame(
        {
            "source": read["from"],
            "target": read["to"].where(~read["to"].str.fullmatch("0x0+")),
            "token": read["punk_id"],
            "time": pd.to_datetime(read["timestamp"].str.removesuffix(" UTC")).astype("datetime64[s]").astype(np.int64),
            "value": pd.to_numeric(read["price_eth"], errors="coerce"),
        }
    )
    found = shape(punks[punks["value"] > 0].sort_values("time", kind="stable"))
    assert found == pytest.approx({name: value for name, (value, _, _) in CRYPTOPUNKS.items()}, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_its_shape_is_that_of_cryptopunks(seed):
    market = simulate(16_000, seed)
    honest = market.table.drop(market.truth["transfer"])
    made = shape(honest[honest["kind"] == "sale"])
    beside = {
        name: f"{made[name] / value:.3f}"
        for name, (value, low, high) in CRYPTOPUNKS.items()
        if not low < made[name] / value < high
    }
    assert not beside
