"""Works to look at next: alike, liked, rare; with a reason, and without a look into the future."""

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, read_transfers, simulate_market
from archivit_widgets.models.clip import Clip
from archivit_widgets.models.discover import discover
from archivit_widgets.models.likeness.trades import Trades
from archivit_widgets.sources.artworks import generate


def ledger(rows):
    return read_transfers(pd.DataFrame(rows, columns=["source", "target", "token", "time"]))


@pytest.fixture
def small():
    """Ann and Bob buy r1; Bob buys b9, too; r2 is like r1, b9 and b8 are not; b8 moves often."""
    rows = [
        ("Eve", "Ann", "r1", "2001-01-01"),
        ("Ann", "Bob", "r1", "2001-02-01"),
        ("Eve", "Bob", "b9", "2001-03-01"),
        ("Eve", "Cid", "r2", "2001-04-01"),
        ("Eve", "Dan", "b8", "2001-05-01"),
        ("Dan", "Fay", "b8", "2001-06-01"),
        ("Fay", "Gil", "b8", "2001-07-01"),
        ("0x" + 40 * "0", "Ann", "b7", "2001-08-01"),
        ("Eve", "Eve", "r3", "2001-09-01"),
        ("Eve", "Gil", "r3", "2001-09-02"),
    ]
    graph = ledger(rows)
    colour = {"r": (1.0, 0.0), "b": (0.0, 1.0)}
    vectors = [(*colour[name[0]], int(name[1]) / 100) for name in graph.tokens["token"].astype(str)]
    return graph, np.array(vectors)


def names(found):
    return found["token"].astype(str).tolist()


def test_likeness_taste_and_novelty_each_decide_when_alone(small):
    graph, vectors = small
    ask = {"account": "Ann", "k": 1, "diversity": 0}
    assert names(discover(graph, vectors, weights=(1, 0, 0), **ask))[0] in ("r2", "r3")
    assert names(discover(graph, vectors, weights=(0, 1, 0), **ask)) == ["b9"]
    assert names(discover(graph, vectors, weights=(0, 0, 1), **{**ask, "k": 9}))[-1] == "b8"


def test_what_an_account_had_is_not_offered(small):
    graph, vectors = small
    found = discover(graph, vectors, account="Ann", k=99)
    assert sorted(names(found)) == ["b8", "b9", "r2", "r3"]  # neither r1, bought, nor b7, minted
    assert found["score"].is_unique
    assert found[["likeness", "taste", "novelty"]].to_numpy().min() >= 0
    assert found[["likeness", "taste", "novelty"]].to_numpy().max() <= 1


def test_each_work_has_its_reason_and_its_arteries(small):
    graph, vectors = small
    found = discover(graph, vectors, account="Ann", k=99).set_index("token")
    assert found.loc["r2", "reason"].startswith("looks like r1, bought before (cosine 1.00); bought by none of those")
    assert "bought by 1 of those who bought the same works; changed hands once" in found.loc["b9", "reason"]
    assert found.loc["b8", "reason"].endswith("changed hands 3 times")
    edges = graph.edges.iloc[found.loc["b8", "arteries"]]
    pairs = set(zip(edges["source"].astype(str), edges["target"].astype(str), strict=True))
    assert pairs == {("Eve", "Dan"), ("Dan", "Fay"), ("Fay", "Gil"), ("Eve", "Ann")}  # and how Ann came to r1


def test_a_token_finds_those_like_it(small):
    graph, vectors = small
    found = discover(graph, vectors, token="r1", k=3, weights=(1, 0, 0), diversity=0)
    assert set(names(found)[:2]) == {"r2", "r3"}
    assert "looks like r1" in found["reason"][0]
    assert "those who bought r1" in found["reason"][0]
    edges = discover(graph, vectors, token="r1", k=9).set_index("token").loc["b9", "arteries"]
    assert len(edges) == 2  # Eve to Bob, and Ann to Bob, who bought both


def test_what_is_unlike_is_not_said_to_be_like(small):
    graph, vectors = small
    vectors = np.where(graph.tokens["token"].to_numpy()[:, None] == "b8", -vectors[0], vectors)
    vectors[graph.tokens["token"] == "r1"] = vectors[0]
    asked = ({"account": "Ann"}, "r1, bought before"), ({"token": "r1"}, "r1")
    for seed, name in asked:
        said = discover(graph, vectors, **seed, k=9).set_index("token")["reason"]
        assert said["r2"].startswith(f"looks like {name} (cosine 1.00); ")
        assert said["b8"].startswith(f"unlike {name} (cosine -1.00); bought by none of those who bought ")
    said = discover(graph, Clip(Says(), vectors), text="red", k=9).set_index("token")["reason"]
    assert said["r2"].startswith("fits 'red' (cosine 1.00); ")
    assert said["b8"].startswith("does not fit 'red' (cosine -")
    assert said["b9"].startswith("does not fit 'red' (cosine 0.00); ")


def test_a_list_is_made_diverse(small):
    graph, vectors = small
    alike = names(discover(graph, vectors, token="r1", k=2, weights=(1, 0, 0), diversity=0))
    mixed = names(discover(graph, vectors, token="r1", k=2, weights=(1, 0, 0), diversity=0.8))
    assert {name[0] for name in alike} == {"r"}
    assert {name[0] for name in mixed} == {"r", "b"}
    scores = [discover(graph, vectors, token="r1", k=9, diversity=one)["score"] for one in (0, 0.8)]
    assert scores[0].is_monotonic_decreasing
    assert scores[1][0] == scores[0][0]  # the best comes first; those below it need not fall


def test_a_text_finds_what_it_names():
    graph = simulate_market(300, seed=1)
    works = generate(len(graph.tokens), seed=1, size=32, styles=["truchet tiles", "layered hills"])
    clip = Clip.fit(works.images, works.captions, width=64, dims=32, steps=60, batch=48, progress=False)
    found = discover(graph, clip, text="layered hills", k=5, weights=(1, 0, 0), diversity=0)
    assert (works.traits["style"][found["row"]] == "layered hills").all()
    assert "fits 'layered hills'" in found["reason"][0]
    with pytest.raises(ArchivitError, match="a text needs a Clip"):
        discover(graph, clip.gallery, text="hills")


class Says:
    """Puts every text at one place."""

    def texts(self, given):
        return np.array([[1.0, 0.0, 0.0]], np.float32)


def test_no_work_is_to_the_taste_of_its_own_buyers_alone(small):
    graph, vectors = small
    found = discover(graph, Clip(Says(), vectors), text="red", k=9).set_index("token")  # each work is among the best
    assert sorted(found.index.astype(str)) == ["b8", "b9", "r1", "r2", "r3"]
    assert "; bought by none of those who bought what else fits it best" in found.loc["r2", "reason"]
    assert found.loc["r2", "taste"] == 0  # Cid bought nothing else
    for name in ("r1", "b9", "b8", "r3"):
        assert "; bought by 1 of those who bought what else fits it best" in found.loc[name, "reason"]
        assert found.loc[name, "taste"] > 0


def test_tastes_are_those_of_buyers_of_other_seeds(small):
    trades = Trades.of(small[0])
    table = trades.weighed.toarray()
    spread = table.T @ table
    seeds = np.array([0, 2, 3])
    np.fill_diagonal(spread, 0)
    assert np.allclose(trades.filtered(seeds), spread[:, seeds].sum(axis=1))
    assert trades.filtered(seeds).max() > 0


def market(change=None):
    frame = simulate_market(800, seed=3).transfers.drop(columns="collection")
    frame = frame.astype({"source": object, "target": object, "token": object})
    middle = frame["time"].iloc[500]
    late = np.flatnonzero(frame["time"] >= middle)
    if change == "permuted":
        order = np.random.default_rng(0).permutation(late)
        frame.iloc[late, [0, 1, 2]] = frame.iloc[order, [0, 1, 2]].to_numpy()
    elif change == "changed":
        frame.iloc[late, 1] = frame["target"].iloc[0]
    return read_transfers(frame), middle


@pytest.mark.parametrize("change", ["permuted", "changed"])
def test_the_future_changes_nothing_before(change):
    graph, at = market()
    early = graph.transfers[(graph.transfers["kind"] == "sale") & (graph.transfers["time"] < at)]
    account = early["target"].value_counts().index[0]

    def told(graph):
        tokens = graph.tokens["token"].astype(str)
        vectors = np.stack([np.random.default_rng(sum(map(ord, name))).normal(size=8) for name in tokens])
        found = discover(graph, vectors, account=account, k=20, at=at)
        return found.assign(token=found["token"].astype(str)).drop(columns=["row", "arteries"])

    before, after = (told(one).sort_values("token", ignore_index=True) for one in (graph, market(change)[0]))
    assert len(before) == 20
    pd.testing.assert_frame_equal(before, after)


def test_what_cannot_be_answered_is_named(small):
    graph, vectors = small
    for more, match in (
        ({}, "pass one of account, token or text"),
        ({"account": "Ann", "token": "r1"}, "pass one of account, token or text"),
        ({"account": "Zoe"}, "no account is called 'Zoe'"),
        ({"account": "Ann", "weights": (0, 0, 0)}, "weights must be three numbers"),
        ({"account": "Ann", "weights": None}, "weights must be three numbers"),
        ({"account": "Ann", "weights": (1, 1)}, "weights must be three numbers"),
        ({"account": "Ann", "diversity": 2}, "diversity must be"),
        ({"account": "Ann", "diversity": "much"}, "diversity must be"),
        ({"token": 6}, "token row 6 is outside 0..5"),
        ({"account": "Eve"}, "bought no work that has an embedding"),
    ):
        with pytest.raises(ArchivitError, match=match):
            discover(graph, vectors, **more)
    with pytest.raises(ArchivitError, match="embeddings must be rows of equal length, found lists of unequal"):
        discover(graph, [[1], [1, 2]], token=2)
    with pytest.raises(ArchivitError, match=r"embeddings must be numbers of \(6 tokens, dims\)"):
        discover(graph, vectors[:3], account="Ann")
    holes = np.where(np.arange(6)[:, None] == graph.tokens.index[graph.tokens["token"] == "r1"][0], np.nan, vectors)
    with pytest.raises(ArchivitError, match="the token has no embedding"):
        discover(graph, holes, token="r1")
    assert "r1" not in names(discover(graph, holes, account="Bob", k=9))
