"""Guilty accounts in ledgers of payments: small ones made by hand, and AMLSim's."""

import numpy as np
import pandas as pd

from archivit_widgets import read_transfers
from archivit_widgets.models.evaluate.payments import by_account, judge_payments, ledger


def payments(seed):
    """Honest payments among 300 accounts, and 40 circles of four new accounts that pass one amount on within days."""
    rng = np.random.default_rng(seed)
    rows = [(f"a{s}", f"a{t}", int(d), float(v)) for s, t, d, v in zip(
        rng.integers(0, 300, 3_000), rng.integers(0, 300, 3_000), rng.integers(0, 150, 3_000),
        np.round(np.exp(rng.normal(5, 1, 3_000)), 2), strict=True)]  # fmt: skip
    guilty = set()
    for circle in range(40):
        names = [f"g{circle}-{k}" for k in range(4)]
        guilty |= set(names)
        start, value = int(rng.integers(0, 140)), round(float(np.exp(rng.normal(5, 1))), 2)
        rows += [(names[k], names[(k + 1) % 4], start + k, value) for k in range(4)]
        rows += [(name, f"a{rng.integers(300)}", int(rng.integers(0, 150)), 50.0) for name in names]
    table = pd.DataFrame(rows, columns=["source", "target", "time", "value"])
    graph = read_transfers(table.assign(time=pd.to_datetime(table["time"], unit="D")), token="")
    return ledger(graph, guilty)


def test_circles_of_one_ledger_are_found_in_another():
    table = judge_payments(payments(0), payments(1))
    assert table.model["auc"] > 0.9
    assert set(table.baselines) == {"degree", "trees without cycles"}
    assert table.model["pr_auc"] > table.baselines["degree"]["pr_auc"]


def test_an_account_scores_what_its_worst_transfer_scores():
    one = payments(2)
    score = np.arange(len(one.graph), dtype=float)
    found = by_account(one.graph, score)
    record = one.graph.record
    for account in range(0, record.accounts, 37):
        rows = np.flatnonzero((record.source == account) | (record.target == account))
        assert found[account] == score[rows].max()
