"""The benchmark of `flow.measure`, run small: every contender gives the same edges, and a wrong one is found out."""

import numpy as np
import pytest

from archivit_widgets import TransferGraph
from tests.benchmarks import flow
from tests.benchmarks.flow_contenders import COLUMNS, CONTENDERS


def test_all_contenders_agree(capsys):
    table = flow.compare(30_000, runs=1, names=[*CONTENDERS, "archivit (compiled)"])
    assert len({row["edges"] for row in table.values()}) == 1
    assert "times as much in the best rival" in capsys.readouterr().out


@pytest.mark.parametrize("column", ["source", "transaction_count", "hold_time", "pressure"])
def test_a_wrong_column_is_found_out(column):
    right = {name: np.arange(5.0 if name in ("hold_time", "pressure") else 5) for name in COLUMNS}
    wrong = {**right, column: right[column] + (np.arange(5) == 3)}
    flow.check("same", dict(right), right)
    with pytest.raises(AssertionError, match=column):
        flow.check("wrong", wrong, right)


def test_the_ledger_holds_what_makes_a_record_hard():
    record = flow.ledger(5_000)
    assert (np.diff(record["time"]) == 0).any()
    assert (record["source"] < 0).any()
    assert (record["target"] < 0).any()
    assert np.isnan(record["value"]).any()
    assert (np.bincount(record["source"][record["source"] >= 0]).max()) > 100


def test_windows_are_measured():
    assert len(flow.windows(3_000, count=5)) == 5


def test_a_window_that_misses_an_edge_is_found_out(monkeypatch):
    whole = TransferGraph.between
    monkeypatch.setattr(TransferGraph, "between", lambda graph, start, end: whole(graph, start, end and end - 86_400))
    with pytest.raises(AssertionError, match=r"a window has \d+ pairs, between gave \d+"):
        flow.windows(3_000, count=5)
