"""Walks against brute force: continuity, closings with laps, and moments that are put in order."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets.models.wash import walks

ROWS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4), st.integers(0, 2)), min_size=1, max_size=40)


def walked(rows, time=None):
    source, target, token = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    time = np.arange(len(rows)) if time is None else np.array(time)
    before, order = np.full(len(rows), -9), np.full(len(rows), -9)
    walks.walk(0, len(rows), source, target, token, time, np.full(int(token.max()) + 2, -1), before, order)
    return source, target, before, order


@given(ROWS)
def test_a_walk_goes_on_only_from_the_current_holder(rows):
    _, _, before, order = walked(rows)
    assert order.tolist() == list(range(len(rows)))
    for i, (source, _, token) in enumerate(rows):
        earlier = [j for j in range(i) if rows[j][2] == token]
        goes_on = bool(earlier) and source >= 0 and rows[earlier[-1]][1] == source
        assert before[i] == (earlier[-1] if goes_on else -1)


@given(ROWS)
def test_closings_are_those_of_brute_force(rows):
    source, target, before, _ = walked(rows)
    for i in range(len(rows)):
        path = [i]
        while before[path[-1]] >= 0:
            path.append(int(before[path[-1]]))
        length = next((n + 1 for n, j in enumerate(path) if source[j] == target[i] and target[i] >= 0), 0)
        members = {int(source[j]) for j in path[:length]}
        inside = [int(source[j]) in members for j in path[length:]] + [False]
        depth = length + inside.index(False)
        assert walks.closing(i, source, target, before) == (length, depth if length else 0)


@pytest.mark.parametrize(
    ("holders", "length", "depth"),
    [("aa", 1, 1), ("aba", 2, 2), ("abab", 2, 3), ("xabcabca", 3, 6), ("abcd", 0, 0), ("abcbcbc", 2, 5)],
)
def test_laps_are_counted(holders, length, depth):
    rows = [(ord(a) - 97, ord(b) - 97, 0) for a, b in itertools.pairwise(holders.replace("x", "z"))]
    source, target, before, _ = walked(rows)
    assert walks.closing(len(rows) - 1, source, target, before) == (length, depth)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=9), st.randoms(), st.integers(0, 4))
def test_one_moment_is_put_in_an_order_that_connects(holders, random, first):
    """Whatever the order in the file, a walk through one moment is found again, from the holder before it."""
    rows = [(a, b, 0) for a, b in itertools.pairwise(holders)]
    random.shuffle(rows)
    came = [(9, holders[0], 0)] if first else []
    rows = came + rows
    time = [0] * len(came) + [1] * (len(rows) - len(came))
    source, target, before, order = walked(rows, time)
    assert sorted(order.tolist()) == list(range(len(rows)))
    breaks = sum(before[i] < 0 for i in order)
    assert breaks == 1
    assert all(target[before[i]] == source[i] for i in order if before[i] >= 0)
    assert not came or before[order[1]] == 0


def test_a_file_of_days_invents_no_circle():
    """Listed backwards, a -> b -> c -> d within a day is still one way."""
    rows = [(2, 3, 0), (1, 2, 0), (0, 1, 0)]
    source, target, before, order = walked(rows, [5, 5, 5])
    assert order.tolist() == [2, 1, 0]
    assert not any(walks.closing(i, source, target, before)[0] for i in range(3))


def test_a_shuffled_market_seldom_goes_round():
    rng = np.random.default_rng(0)
    rows = [(int(a), int(b), int(k)) for a, b, k in rng.integers(0, (30, 30, 200), (4_000, 3))]
    source, target, before, _ = walked(rows)
    closed = np.mean([walks.closing(i, source, target, before)[0] > 1 for i in range(len(rows))])
    held = np.mean([any(rows[i][1] == rows[j][0] for j in range(i) if rows[j][2] == rows[i][2]) for i in range(2_000)])
    assert closed < 0.01 < 0.1 < held
