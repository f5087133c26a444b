"""What collectors would want: the filter by brute force, names and reasons, no look into the future, files."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from archivit_widgets import ArchivitError, models, simulate_market
from archivit_widgets.models import stored
from archivit_widgets.models.taste import TasteModel, graph_filter
from archivit_widgets.models.taste.holdings import holdings, items_of
from archivit_widgets.models.taste.model import TasteSettings
from tests.ledger import graph_of

# Ann and Bob like the same: a, b; Bob had c, too. Cid and Dee like d, e. Nobody sold x before it was sold.
SALES = [
    ("Sam", "Ann", "a", 1),
    ("Sam", "Ann", "b", 2),
    ("Sam", "Cid", "d", 3),
    ("Sam", "Cid", "e", 4),
    ("Ann", "Bob", "a", 5),
    ("Ann", "Bob", "b", 6),
    ("Tim", "Bob", "c", 7),
    ("Cid", "Dee", "d", 8),
    (None, "Eve", "x", 9),
    ("Eve", None, "x", 10),
    ("Eve", "Eve", "x", 11),
    ("Eve", "Fay", "x", 12),
]


def ledger(rows=SALES):
    source, target, token, time = zip(*rows, strict=True)
    return graph_of(source, target, time, token=token)


@pytest.fixture(scope="module")
def market():
    return simulate_market(3_000, seed=1)


@pytest.fixture(scope="module")
def model():
    return TasteModel.fit(ledger(), progress=False)


def test_the_filter_is_its_formula():
    rng = np.random.default_rng(0)
    had = rng.integers(0, 4, (9, 7)) * (rng.random((9, 7)) < 0.5)
    had[3], had[:, 2] = 0, 0  # an account that had nothing, an item that nobody had
    found = graph_filter.nearness(sparse.csr_matrix(had, dtype=float), 0.3, 0.7, 100).toarray()
    accounts, items = had.sum(axis=1), had.sum(axis=0)
    for i in range(7):
        for j in range(7):
            near = sum(
                had[u, i] * had[u, j] * accounts[u] ** -0.6 * (items[i] * items[j]) ** -0.7
                for u in range(9)
                if had[u, i] and had[u, j]
            )
            assert found[i, j] == pytest.approx(near**0.7 if near else 0)


def test_blocks_of_items_join(monkeypatch):
    had = sparse.random(40, 23, 0.3, "csr", random_state=0)
    looks = np.random.default_rng(0).normal(size=(23, 4))
    whole = graph_filter.nearness(had, 0.5, 1, 5).toarray(), graph_filter.likeness(looks, 5).toarray()
    monkeypatch.setattr(graph_filter, "BLOCK", 4)
    parts = graph_filter.nearness(had, 0.5, 1, 5).toarray(), graph_filter.likeness(looks, 5).toarray()
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, other)
        assert (np.count_nonzero(one, axis=1) <= 5).all()


def test_several_powers_at_once_are_each_to_the_last_float(market):
    had = holdings(market.record).matrix(items_of(market.tokens["token"]))
    weighed, powers = graph_filter.normalised(had, 0.5), (0.3, 0.7, 1.4)
    for found, power in zip(graph_filter.nearnesses(had, 0.5, powers, 20), powers, strict=True):
        alone = (weighed.T @ weighed).toarray() ** power
        best = np.argsort(-alone, axis=1, kind="stable")[:, :20]
        kept = np.zeros_like(alone)
        np.put_along_axis(kept, best, np.take_along_axis(alone, best, axis=1), axis=1)
        assert np.array_equal(found.toarray(), kept)


def test_likeness_is_the_cosine_of_others():
    looks = np.array([[1.0, 0], [2, 0], [1, 1], [-1, 0], [0, 0]])
    found = graph_filter.likeness(looks, 9).toarray()
    assert found[0].tolist() == pytest.approx([0, 1, 0.5**0.5, 0, 0])
    assert not found[4].any()


def test_evidence_is_what_was_bought_and_what_was_given_away():
    graph = ledger()
    found = holdings(graph.record)
    account, token = graph.accounts["account"], graph.tokens["token"]
    pieces = list(
        zip(account[found.account], token[found.token], found.time.tolist(), found.bought.tolist(), strict=True)
    )
    assert ("Ann", "a", 1, True) in pieces
    assert ("Sam", "a", 1, False) in pieces
    assert ("Ann", "a", 5, False) not in pieces  # it was seen to buy it
    assert ("Eve", "x", 12, False) in pieces  # the mint, the unknown buyer and the gift to itself are no evidence
    assert len([piece for piece in pieces if piece[1] == "x"]) == 2
    assert (np.diff(found.time) >= 0).all()


def test_the_future_changes_no_evidence(market):
    record, cut = market.record, 1_500
    until = int(record.time[cut])
    before = holdings(record).between(-np.inf, until)
    past = market.between(None, until + 1)
    order = np.concatenate(
        [np.arange(len(past)), np.random.default_rng(0).permutation(np.arange(len(past), len(record)))]
    )
    permuted = replace(record.take(order), time=record.time)
    for other in (past.record, permuted):
        found = holdings(other).between(-np.inf, until)
        for name in ("account", "token", "time", "bought"):
            assert np.array_equal(getattr(before, name), getattr(found, name)), name


def test_a_changed_future_changes_no_score_of_the_past(market):
    until = int(market.record.time[len(market) // 2])
    late = np.flatnonzero(market.record.time >= until)
    table = market.transfers.copy()
    for column in ("target", "token"):  # permuted, and changed
        codes = table[column].cat.codes.to_numpy().copy()
        codes[late] = np.random.default_rng(0).permutation(codes[late]) if column == "target" else 0
        table[column] = pd.Categorical.from_codes(codes, dtype=table[column].dtype)
    changed = type(market)(replace(market.source_of, table=table))
    one, other, again = (
        TasteModel.fit(graph.between(None, until), progress=False) for graph in (market, changed, market)
    )
    everyone = np.arange(len(market.accounts))
    assert np.array_equal(one.scores(everyone), other.scores(everyone))
    assert np.array_equal(one.scores(everyone), again.scores(everyone))
    later = TasteModel.fit(changed, progress=False)
    assert not np.array_equal(one.scores(everyone), later.scores(everyone))  # the test can fail


def test_wants_and_collectors_and_alike(model):
    assert model.wants("Ann").iloc[0].tolist()[::2] == ["c", "had 2 of the 2 nearest works: a, b"]
    assert "a" not in set(model.wants("Ann")["item"])
    assert model.wants("Dee")["item"].tolist()[0] == "e"
    assert model.collectors("e")["account"].iloc[0] == "Dee"
    assert not {"Cid", "Sam"} & set(model.collectors("e")["account"])
    assert model.alike("Dee").iloc[0]["account"] == "Cid"
    assert model.alike("Ann", 1)["reason"].tolist() == ["both had 2 works: a, b"]
    assert len(model.wants(0, k=1)) == 1


def test_accounts_without_evidence_get_what_is_popular():
    graph = ledger([*SALES, (None, "New", "b", 13)])
    model = TasteModel.fit(graph, progress=False)
    found = model.wants("New", 2)
    assert found["item"].tolist() == ["d", "b"]  # two each, d the later
    late = TasteModel.fit(graph, settings=TasteSettings(newcomers=0.05), progress=False)
    assert late.wants("New", 2)["item"].tolist() == ["x", "d"]
    assert found["reason"][0] == "popular; nothing is known of this account"


def test_where_nothing_speaks_for_another_work_the_popular_is_offered():
    graph = ledger([*SALES, ("Old", "Own", "q", 13)])
    found = TasteModel.fit(graph, progress=False).wants("Own", 2)
    assert found["item"].tolist() == ["d", "b"]  # not q, its own
    assert set(found["reason"]) == {"popular; no other work is near to what it had"}
    assert (found["score"] > 0).all()


def test_embeddings_speak_for_tokens_never_traded():
    graph = ledger([*SALES, (None, "New", "n", 13)])  # minted, never sold
    assert graph.tokens["token"].tolist() == ["a", "b", "d", "e", "c", "x", "n"]
    looks = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [1, 0.2], [-1, 0], [0, 1.0]])
    assert not len(TasteModel.fit(graph, progress=False).collectors("n"))
    model = TasteModel.fit(graph, looks, progress=False)
    assert set(model.collectors("n", 3)["account"]) == {"Cid", "Dee", "Sam"}
    assert "n" in set(model.wants("Dee")["item"])


def test_items_of_tokens():
    traits = pd.DataFrame(
        {"token": ["a", "b", "b", "d", "e", "zz"], "item": ["hat", "hat", "pipe", "red", "red", "no"]}
    )
    model = TasteModel.fit(ledger(), items=traits, progress=False)
    assert model.items.tolist() == ["hat", "no", "pipe", "red"]
    assert model.had[model.accounts.tolist().index("Ann")].toarray().tolist() == [[2, 0, 1, 0]]
    assert model.wants("Dee")["item"][0] == "red"  # it had that already: traits are wanted again
    assert model.wants("Dee")["reason"][0] == "had it before"
    of = items_of(ledger().tokens["token"], traits).of
    matrix = TasteModel.fit(ledger(), items=of, progress=False)
    assert np.array_equal(matrix.scores(["Dee"]), model.scores(["Dee"]))
    assert matrix.items.tolist() == ["0", "1", "2", "3"]


def test_what_is_saved_comes_back(model, tmp_path):
    file = tmp_path / "taste.safetensors"
    model.save(file)
    loaded = TasteModel.load(file)
    pd.testing.assert_frame_equal(loaded.wants("Ann"), model.wants("Ann"))
    pd.testing.assert_frame_equal(loaded.alike("Ann"), model.alike("Ann"))
    pd.testing.assert_frame_equal(loaded.collectors("e"), model.collectors("e"))
    assert loaded.settings == model.settings


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("had.column", lambda array: array + 99, "lie outside"),
        ("had.begin", lambda array: array[::-1], "lie outside"),
        ("near.value", lambda array: -array, "below 0"),
        ("near.value", lambda array: array * np.nan, "not finite"),
        ("popular", lambda array: array[1:], "holds no popular"),
        ("offered", lambda array: array[1:], "holds no offered"),
    ],
)
def test_damaged_files_are_refused(model, tmp_path, name, change, message):
    file = tmp_path / "taste.safetensors"
    model.save(file)
    config, arrays = stored.load(file, "TasteModel")
    stored.save(file, "TasteModel", config, arrays | {name: change(arrays[name])})
    with pytest.raises(ArchivitError, match=message):
        TasteModel.load(file)


@pytest.mark.parametrize(
    "change",
    [{"accounts": [1]}, {"accounts": None}, {"tokens": 1}, {"settings": {"more": 1}}, {"settings": {"power": -1}}],
)
def test_damaged_configs_are_refused(model, tmp_path, change):
    file = tmp_path / "taste.safetensors"
    model.save(file)
    config, arrays = stored.load(file, "TasteModel")
    stored.save(file, "TasteModel", json.loads(json.dumps(config | change)), arrays)
    with pytest.raises(ArchivitError):
        TasteModel.load(file)


def test_bad_input_is_one_line(model):
    graph = ledger()
    table = pd.DataFrame({"token": ["a"], "trait": ["hat"]})
    for call, message in (
        (lambda: TasteModel.fit("sales.csv"), "graph must be a TransferGraph"),
        (lambda: TasteModel.fit(graph.between(9, 12)), "known to have bought"),
        (
            lambda: TasteModel.fit(graph, np.ones((2, 3))),
            r"embeddings must be \(6, dimensions\).*found float64 \(2, 3\)",
        ),
        (lambda: TasteModel.fit(graph, np.full((6, 2), np.nan)), "finite numbers"),
        (lambda: TasteModel.fit(graph, items=table), "has no item"),
        (lambda: TasteModel.fit(graph, items="traits"), "items must be a table"),
        (lambda: TasteModel.fit(graph, items=np.ones((2, 2))), "matrix of 6 tokens"),
        (lambda: TasteModel.fit(graph, items=-np.ones((6, 2))), "finite numbers from 0"),
        (lambda: TasteModel.fit(graph, items=np.full((6, 2), 1e200)), r"finite numbers from 0 to 1e\+100"),
        (lambda: TasteModel.fit(graph, items=np.array([["a"]] * 6)), "items must be a matrix of numbers, found <U1"),
        (lambda: model.wants(True), "rows as whole numbers; found True"),
        (lambda: TasteModel.fit(graph, items=table.rename(columns={"trait": "item"}).assign(token="q")), "no token of"),
        (lambda: TasteSettings(balance=2), "balance must be"),
        (lambda: TasteModel.fit(graph, settings={"balance": 0.5}), "settings must be TasteSettings, found a dict"),
        (lambda: model.wants("Zoe"), "no account is called 'Zoe'"),
        (lambda: model.wants(99), "account row 99 is outside"),
        (lambda: model.wants(["Ann", "Bob"]), "expected one account"),
        (lambda: model.wants("Ann", 0), "k must be"),
        (lambda: model.collectors("q"), "no item is called 'q'"),
    ):
        with pytest.raises(ArchivitError, match=message) as problem:
            call()
        assert "\n" not in str(problem.value)


def test_the_model_is_the_default():
    assert models.default_for("taste") is TasteModel is models.TasteModel


@pytest.mark.parametrize("turned", [False, True])
def test_of_one_moment_nobody_knows_the_order(turned):
    """Ann, who gets and gives a work on one day, had it once, whatever line comes first."""
    day = [("Sam", "Ann", "a", 5), ("Ann", "Bob", "a", 5)]
    model = TasteModel.fit(ledger([*SALES[2:4], *(day[::-1] if turned else day)]), progress=False)
    had = {name: model.had[row].sum() for row, name in enumerate(model.accounts)}
    assert (had["Ann"], had["Bob"]) == (1, 1)


def test_a_reason_names_what_the_score_comes_from(market):
    """By their names: works from beyond the nearest twelve, and works by way of which tastes meet."""
    model = TasteModel.fit(market, progress=False)
    said = [
        (account, table)
        for account in model.accounts[np.asarray(model.had.sum(axis=1)).ravel() > 0][:150]
        for table in (model.wants(account), model.alike(account))
    ]
    reasons = pd.concat([table["reason"] for _, table in said])
    assert not reasons.str.contains(r"\b0 of").any()
    assert reasons.str.contains("of the nearest works").any()
    assert reasons.str.contains("lies near the same works: ").any()
    for account, table in said:
        own = set(model.items[model._had(model.accounts.tolist().index(account))])
        for reason in table["reason"]:
            if ", number " in reason:
                name, place = reason.removeprefix("had ").split(", number ")
                assert name in own
                assert int(place.split()[0]) > 12


def test_a_model_shows_itself_in_one_line(model):
    assert repr(model) == "TasteModel(8 accounts, 6 tokens, 15 times had)"
    one = TasteModel.fit(ledger(SALES[:1]))
    assert repr(one) == "TasteModel(2 accounts, 1 token, 2 times had)"
