"""The table of wash trading: aligned, fair to constants, and the detector above its rivals."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from archivit_widgets import ArchivitError, TransferGraph, cli, simulate_market
from archivit_widgets.models import evaluate
from archivit_widgets.models.evaluate import metrics, wash
from archivit_widgets.models.evaluate.inserting import rewritten
from archivit_widgets.models.evaluate.planting import TYPOLOGIES
from archivit_widgets.models.wash import WashDetector

HOST = simulate_market(4_000, seed=41, wash=0.0)


@pytest.fixture(scope="module")
def table():
    return evaluate.run("wash", HOST, seeds=1, rings=2, draws=20)


def test_the_detector_is_above_its_rivals(table):
    assert table.task == "wash"
    assert set(table.model["recall of"]) == set(TYPOLOGIES)
    for scores in table.baselines.values():
        assert table.model["pr_auc"] >= scores["pr_auc"]
    assert table.model["recall"] > 0.7
    for scores in (table.model, table.baselines["isolation forest"]):
        for name, (low, high) in scores["interval"].items():
            assert 0 <= low <= scores[name] + 1e-9
            assert scores[name] <= high + 1e-9
    tops = {f"precision@{k}" for k in wash.TOP}
    assert set(table.model["interval"]) == {"pr_auc", "recall", "delay"} | tops
    assert 1 <= table.model["delay"] <= 4
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["model"]["share_flagged"]["rewired"] <= 0.005


def test_a_constant_looks_like_chance_here_too():
    judged = wash.one_seed(HOST, WashDetector(), None, 2, 0, rivals=False)
    constant = wash.Judged(judged.ring, judged.typology, {"model": np.zeros(len(judged.ring))}, ())
    assert metrics.average_precision(constant.truth, constant.scores["model"]) == pytest.approx(judged.truth.mean())
    assert all(found == 0 for found in wash.recalls(constant).values())


def test_closed_walks_of_a_record_are_no_negatives():
    untold = rewritten(HOST, HOST.transfers, "a market of which nobody knows the truth")
    judged = wash.one_seed(untold, WashDetector(), None, 2, 0, rivals=False)
    known = wash.one_seed(simulate_market(4_000, seed=41), WashDetector(), None, 2, 0, rivals=False)
    assert (~judged.truth).sum() < 4_000
    assert set(known.typology) >= {"round_trip", "cycle"}


def test_pooled_rings_stay_apart():
    one = wash.one_seed(HOST, WashDetector(), None, 1, 0, ["cycle"], rivals=False)
    two = wash.pooled([one, one])
    assert len(np.unique(two.ring[two.truth])) == 2 * len(np.unique(one.ring[one.truth]))


def test_the_command_prints_it(tmp_path, capsys):
    assert cli.main(["simulate", "-o", str(tmp_path / "m.csv"), "--transfers", "1500"]) == 0
    capsys.readouterr()
    assert cli.main(["evaluate", "wash", str(tmp_path / "m.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= {"model", "baselines", "protocol"}
    assert 0 <= found["model"]["pr_auc"] <= 1


def test_the_protocol_names_how_many_rings_found_room():
    judged = wash.one_seed(HOST, WashDetector(), None, 2, 0, rivals=False)
    assert judged.planted == dict.fromkeys(TYPOLOGIES, 2)
    assert wash._protocol(wash.pooled([judged, judged]), 2, 2)["planted"] == "2 rings of each of 9 typologies, 2 times"
    fewer = replace(judged, planted=judged.planted - Counter(rotation=2, cycle=1))
    said = "; of these 4 each, for want of room only 3 of cycle, 2 of rotation"
    assert wash._protocol(wash.pooled([judged, fewer]), 2, 2)["planted"].endswith(said)


def test_a_record_of_none_but_closed_walks_is_one_line(tmp_path, capsys):
    rows = [f"a{i % 7},a{i % 7},t{i % 9},{1_600_000_000 + 3_600 * i},1" for i in range(300)]
    (tmp_path / "m.csv").write_text("\n".join(["source,target,token,time,value", *rows]))
    assert cli.main(["evaluate", "wash", str(tmp_path / "m.csv")]) == 2
    assert "no transfer may be taken for honest" in capsys.readouterr().err.splitlines()[-1]


def test_payments_that_are_given_are_those_that_the_detector_sees():
    account = HOST.account_type.categories[0]
    nonsense = pd.DataFrame({"funder": ["x"], "account": [account], "time": [0], "note": ["nonsense"]})
    payments = (None, HOST.funding, nonsense, nonsense[:0])
    judged = [wash.one_seed(HOST, WashDetector(), paid, 2, 0, rivals=False) for paid in payments]
    assert all(one.ring.tolist() == judged[0].ring.tolist() for one in judged)
    untold, true, wrong, _ = (tuple(one.scores["model"]) for one in judged)
    assert len({untold, true, wrong}) == 3
    unpaid = rewritten(HOST, HOST.transfers, "a market of which nobody knows who paid")
    unpaid = TransferGraph(replace(unpaid.source_of, funding=None, truth=HOST.truth))
    told = wash.one_seed(unpaid, WashDetector(), HOST.funding, 2, 0, rivals=False)
    assert told.scores["model"].tolist() == judged[1].scores["model"].tolist()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"draws": 0}, "draws must be a whole number of at least 1, found 0"),
        ({"detector": "x"}, "detector must be a WashDetector, found 'x'"),
        ({"funding": "x"}, "funding must be a DataFrame"),
    ],
)
def test_what_cannot_be_judged_is_one_line(settings, words):
    with pytest.raises(ArchivitError, match=words):
        evaluate.run("wash", HOST, **settings)
