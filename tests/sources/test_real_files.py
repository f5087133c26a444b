"""Every file of the real data that holds transfers is read, or refused in one clear line."""

import os
from pathlib import Path

import numpy as np
import pytest

from archivit_widgets import read_transfers

DATA = Path(os.environ.get("ARCHIVIT_DATA", "../shared/data"))


def real(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"real data are not here: set ARCHIVIT_DATA to the folder that holds {name}")
    return DATA / name


def test_cryptopunks() -> None:
    graph = read_transfers(real("cryptopunks_sales.csv"))
    assert len(graph.accounts) == 2308
    assert len(graph.edges) == 6302
    assert (graph.report.read, graph.report.kept, graph.report.dropped) == (10_233, 10_233, 0)
    assert graph.currency == "ETH"
    assert graph.transfers["value"].sum() == pytest.approx(118_302.7, abs=0.05)
    kinds = graph.transfers["kind"].value_counts()
    assert kinds["unknown_buyer"] == 1926
    assert kinds["burn"] == 0
    reasons = graph.report.reasons
    assert reasons["unparsable_price"].count == 9
    assert reasons["zero_value"].count == 10
    assert np.all(np.diff(graph.transfers["time"]) >= 0)
