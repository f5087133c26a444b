"""Typologies that were never seen, and cases that are certain, on a small market."""

import pytest

from archivit_widgets import simulate_market
from archivit_widgets.models.evaluate.wash_holdout import certain_cases, leave_one_out, without
from archivit_widgets.models.wash import WashDetector

HOST = simulate_market(5_000, seed=61, wash=0.0)
HOSTS = [simulate_market(5_000, seed=seed, wash=0.0) for seed in (62, 63)]


@pytest.mark.parametrize("name", ["cycle", "ping_pong", "rotation"])
def test_what_was_never_seen_is_found_too(name):
    unseen = without([name], HOSTS)
    (found,) = leave_one_out(HOST, unseen, rings=5, seeds=1, whole=WashDetector())
    assert found.typology == name
    assert found.kept > 0.8
    assert 0 <= found.calibration_error < 0.05


def test_certain_cases_are_never_missed():
    found = certain_cases(HOST, WashDetector(), rings=10)
    assert found["transfers"] > 30
    assert found["score 0.5"] >= 0.99
    assert found["0.2 % flagged"] >= 0.99
