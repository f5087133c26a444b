"""Small records for tests of the detector."""

from itertools import pairwise

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from archivit_widgets import TransferGraph, read_transfers

DAY = 86_400


def graph(rows):
    """Make a graph of (source, target, token, time[, value])."""
    table = pd.DataFrame([(*row, 1.0)[:5] for row in rows], columns=["source", "target", "token", "time", "value"])
    return read_transfers(table.assign(time=pd.to_datetime(table["time"], unit="s")), value="value", currency="ETH")


def walk(holders, token="t", start=1_600_000_000, step=3_600, price=1.0):
    """Pass a token from hand to hand."""
    return [(a, b, token, start + i * step, price) for i, (a, b) in enumerate(pairwise(holders))]


def codes(rows, accounts=8, tokens=4):
    """Arrays of (source, target, token, time) sorted by time."""
    table = np.array(rows, np.int64).reshape(-1, 4)
    return table[np.argsort(table[:, 3], kind="stable")]


#: Transfers of few accounts and tokens at few moments: ties, gaps, circles and nobodies on every side.
CROWDED = st.lists(
    st.tuples(st.integers(-1, 5), st.integers(-1, 5), st.integers(-1, 2), st.integers(0, 12), st.integers(-1, 3)),
    min_size=1,
    max_size=60,
)


def crowded(rows):
    """A graph of `CROWDED` rows, unknown parties and tokens included; values -1 are unknown."""
    from dataclasses import replace

    rows = sorted((row for row in rows if row[0] >= 0 or row[1] >= 0), key=lambda row: row[3])
    names, tokens = pd.Index([f"a{i}" for i in range(6)]), pd.Index([f"k{i}" for i in range(3)])
    source, target, token, time, value = np.array(rows, np.int64).reshape(-1, 5).T
    template = read_transfers(pd.DataFrame({"source": ["x"], "target": ["y"], "time": ["2020-01-01"]}))
    kind = np.where(source < 0, 2, np.where(target < 0, 3, 0))
    table = pd.DataFrame(
        {
            "source": pd.Categorical.from_codes(source, names),
            "target": pd.Categorical.from_codes(target, names),
            "token": pd.Categorical.from_codes(token, tokens),
            "time": 1_600_000_000 + 1_800 * time,
            "value": np.where(value < 0, np.nan, value),
            "kind": pd.Categorical.from_codes(kind, ["sale", "transfer", "mint", "burn", "unknown_buyer"]),
        }
    )
    return TransferGraph(replace(template.source_of, table=table, rows=np.arange(1, len(table) + 1)))
