"""Random small records with everything that makes one hard: ties, gaps, loops, unknown parties, prices and tokens."""

import math

import numpy as np
from hypothesis import strategies as st

from tests.ledger import graph_of

NAMES = st.sampled_from([None, "a", "b", "c", "d"])
VALUES = st.one_of(st.just(math.nan), st.just(0.0), st.floats(0, 1e6, allow_nan=False))
TOKENS = st.sampled_from([None, "x", "y", "z"])
TIMES = st.one_of(st.integers(0, 6), st.integers(-30_000_000_000, 60_000_000_000), st.integers(-(2**52), 2**52))


@st.composite
def records(draw, most=40):
    """Columns of a record in order of time: source, target, time, value, token."""
    rows = draw(st.lists(st.tuples(NAMES, NAMES, TIMES, VALUES, TOKENS), max_size=most))
    rows = sorted((r for r in rows if r[0] or r[1]), key=lambda row: row[2])
    return tuple([row[i] for row in rows] for i in range(5))


def graph_from(record):
    source, target, time, value, token = record
    return graph_of(source, target, time, value, token)


def same_edges(frame, expected, order):
    """Assert that a frame of edges holds exactly what the oracle says, in order of (source, target)."""
    pairs = sorted(expected, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    assert list(zip(frame["source"], frame["target"], strict=True)) == pairs
    for column in frame.columns[2:]:
        want = np.array([expected[pair][column] for pair in pairs], float)
        np.testing.assert_allclose(frame[column].to_numpy(float), want, rtol=1e-9, atol=1e-12, err_msg=column)
