"""The table of links: rivals by brute force, what a constant scorer gets, records without tokens."""

import json

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.cli import main
from archivit_widgets.models import evaluate
from archivit_widgets.models.baselines import links as rivals
from archivit_widgets.models.evaluate import links as protocol
from archivit_widgets.models.links.history import History, Scorer


def record(n=900, accounts=25, seed=0):
    """Messages with habits, several at one moment, as a file without tokens or values."""
    rng = np.random.default_rng(seed)
    source = rng.integers(0, accounts, n)
    target = (source + 1 + rng.geometric(0.5, n)) % accounts
    time = np.sort(rng.integers(0, n, n)) * 60 + 1_100_000_000
    frame = pd.DataFrame({"source": source, "target": target, "time": time})
    return frame.astype({"source": str, "target": str})


@pytest.fixture(scope="module")
def graph():
    return read_transfers(record())


@pytest.fixture(scope="module")
def table(graph):
    return protocol.table(graph, seeds=2, ranked=50)


def test_the_table_holds_model_rivals_and_protocol(table):
    told = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert set(told["model"]) == {"ap", "auc", "mrr", "hits10", *protocol.STRATA}
    assert all(set(one) == set(told["model"]) for one in told["baselines"].values())
    assert {"pair recency", "popularity", "local-global", "EdgeBank, frozen"} <= set(told["baselines"])
    assert told["protocol"]["seeds"] == 2
    assert sum(told["protocol"]["strata"].values()) == told["protocol"]["judged"]
    assert told["protocol"]["ranked"] <= 50


def test_notes_say_where_each_rival_is_better_in_a_line():
    low, high = ({"ap": one, "auc": 0.5, "mrr": one, "hits10": one} for one in (0.1, 0.9))
    own = low | dict.fromkeys(protocol.STRATA, low)
    rivals = {"popularity": high | dict.fromkeys(protocol.STRATA, high), "recency": own | {"new pair": high}}
    every, some = "ap, mrr, hits10", "ap, mrr"
    assert protocol._notes(own, rivals, 20, 20) == (
        f"popularity is better in {every}; {every} of repeated; {every} of new pair; {every} of new source.",
        f"recency is better in {every} of new pair.",
    )
    assert protocol._notes(own, rivals, 19, 20) == (
        "Of 19 candidates Hits@10 says little: who ties them all gets 1.",
        f"popularity is better in {some}; {some} of repeated; {some} of new pair; {some} of new source.",
        f"recency is better in {some} of new pair.",
    )
    assert protocol._notes(own, {"equal": own}, 20, 20) == ()
    assert protocol._notes(own, rivals, 1_000, 6) == (
        "Of 6 ranked transfers MRR and Hits@10 say little (1,000 candidates each).",
        "popularity is better in ap; ap of repeated; ap of new pair; ap of new source.",
        "recency is better in ap of new pair.",
    )


def test_habits_are_found(table):
    assert table.model["ap"] > 0.75
    assert table.model["mrr"] > 2 * table.baselines["popularity"]["mrr"]


def test_the_command_and_run_give_the_same(graph, table):
    again = evaluate.run("links", graph, seeds=2, ranked=50)
    assert again.to_dict() == table.to_dict()


def test_the_command_prints_the_table_of_a_file_without_tokens(tmp_path, capsys):
    file = tmp_path / "messages.txt"
    record(600).to_csv(file, sep=" ", header=False, index=False)
    assert main(["evaluate", "links", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) >= {"model", "baselines", "protocol"}
    assert set(told["model"]) == {"ap", "auc", "mrr", "hits10", *protocol.STRATA}
    assert told["protocol"]["seeds"] == 3


def test_the_network_is_a_rival_of_links_alone(tmp_path, capsys, monkeypatch):
    file = tmp_path / "messages.csv"
    record(300).to_csv(file, index=False)
    asked = {}
    monkeypatch.setattr(evaluate, "run", lambda task, graph, **settings: asked.update(settings, task=task) or task)
    assert main(["evaluate", "links", str(file), "--network"]) == 0
    assert asked == {"task": "links", "network": True}
    assert main(["evaluate", "flow", str(file), "--network"]) == 2
    assert "--network is a rival of links" in capsys.readouterr().err


def test_a_constant_scorer_looks_like_chance_but_for_ranks(graph):
    class Constant(rivals.Heuristic):
        def judge(self, described):
            return np.zeros(len(described))

    history = History.of(graph)
    one = Constant.fit(graph)
    trial = protocol._trial(history, slice(700, 900), 200, one)
    found = protocol.judged(trial, {"constant": one}, 1)["constant"][0]
    assert found["ap"] == found["auc"] == 0.5
    assert found["mrr"] == pytest.approx(2 / (len(history.destinations) + 1))
    assert found["hits10"] == 0


def brute(graph, until, rule):
    """EdgeBank by looking at all pairs again for every query."""
    history = History.of(graph)
    pairs = list(zip(history.source.tolist(), history.target.tolist(), history.time.tolist(), strict=True))
    seen = history.before(until + 1)
    start = history.time[int(0.85 * seen)]

    def met(s, c, t):
        now = history.before(t)
        stop = {"frozen": min(now, seen), "batch": now // 200 * 200}.get(rule, now)
        oldest = t - (history.time[seen - 1] - start) if rule == "window" else -np.inf
        return any((a, b) == (s, c) and when >= oldest for a, b, when in pairs[:stop])

    return met


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (rivals.EdgeBankEvent, "event"),
        (rivals.EdgeBankWindow, "window"),
        (rivals.EdgeBankBatch, "batch"),
        (rivals.EdgeBankStale, "frozen"),
    ],
)
def test_edgebank_remembers_by_its_rule(graph, kind, rule):
    history = History.of(graph)
    until = int(history.time[600])
    one, met = kind.fit(graph, until), brute(graph, until, rule)
    rng = np.random.default_rng(0)
    events = np.sort(rng.integers(1, 900, 150))
    source, time = history.source[events], history.time[events]
    target = np.where(rng.random(150) < 0.5, history.target[events], rng.integers(0, 25, 150)).astype(np.int32)
    expected = [met(*query) for query in zip(source.tolist(), target.tolist(), time.tolist(), strict=True)]
    assert one.score(source, target, time).tolist() == [float(one) for one in expected]


def test_ranks_are_the_same_however_they_are_found(graph, monkeypatch):
    history = History.of(graph)
    until = int(history.time[700])
    scorers = {name: kind.fit(graph, until) for name, kind in rivals.RIVALS.items()}
    trial = protocol._trial(history, slice(700, 900), 40, scorers["popularity"])
    shared = protocol._ranks(trial, scorers)
    monkeypatch.setattr(Scorer, "judges", lambda self, clocks: False)
    alone = protocol._ranks(trial, scorers)
    assert all(np.array_equal(shared[name], alone[name]) for name in scorers)


def test_fewer_are_ranked_among_very_many(graph, monkeypatch):
    monkeypatch.setattr(protocol, "MOST", 250)
    history = History.of(graph)
    trial = protocol._trial(history, slice(700, 900), 200, rivals.Popularity.fit(graph))
    assert len(trial.ranked) == 250 // len(history.destinations)


def test_too_small_a_record_is_one_line():
    with pytest.raises(ArchivitError, match="expected at least 200"):
        protocol.table(read_transfers(record(60)))
    with pytest.raises(ArchivitError, match="seeds must be"):
        protocol.table(read_transfers(record(300)), seeds=0)
