"""Typologies that were never seen, and cases that are certain, on a small market."""

import numpy as np
import pytest

from archivit_widgets import simulate_market
from archivit_widgets.models.evaluate.wash_holdout import certain_cases, leave_one_out
from archivit_widgets.models.wash import WashDetector
from archivit_widgets.models.wash.channels import is_round, round_rule
from archivit_widgets.models.wash.names import COLUMN, FEATURES

HOST = simulate_market(5_000, seed=61, wash=0.0)


def test_what_was_never_seen_is_found_too():
    hosts = [simulate_market(5_000, seed=seed, wash=0.0) for seed in (62, 63)]
    (found,) = leave_one_out(HOST, typologies=["cycle"], rings=5, seeds=1, hosts=hosts, whole=WashDetector())
    assert found.typology == "cycle"
    assert found.kept > 0.8
    assert 0 <= found.calibration_error < 0.05


def test_certain_cases_are_never_missed():
    found = certain_cases(HOST, WashDetector(), rings=10)
    assert found["transfers"] > 30
    assert found["score 0.5"] >= 0.99
    assert found["0.2 % flagged"] >= 0.99


@pytest.mark.parametrize(("name", "worse"), [("round_imbalance", 0.5), ("round_span", 15.0), ("round", 2.0)])
def test_even_quick_and_long_rounds_weigh_more(name, worse):
    row = np.full((1, len(FEATURES)), np.nan)
    for column, value in (("length", 0), ("hops", 1), ("round", 4), ("round_imbalance", 0.02), ("round_span", 10.0)):
        row[0, COLUMN[column]] = value
    other = row.copy()
    other[0, COLUMN[name]] = worse
    assert is_round(row)[0]
    assert round_rule(other)[0] < round_rule(row)[0]
