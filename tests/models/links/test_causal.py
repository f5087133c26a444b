"""The causal state against brute force over the whole past, and what a transfer costs: always the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets.models.links import causal
from archivit_widgets.models.links.causal import CLOCKS, FEATURES, LONG, NEVER, REACH, RING, Walk, half_lives

CLOCK = np.array([10.0, 60.0, 400.0, 3_000.0])
RECORDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 40)), min_size=1, max_size=60)


def brute(past, s, c, t, clocks=CLOCK):
    """All features of a candidate from the list of (source, target, time) strictly before t, each by its definition."""
    past = [one for one in past if one[2] < t]
    ago = lambda times: np.log1p(t - max(times)) if times else NEVER  # noqa: E731 - said once, here
    faded = lambda times, clock: sum(2 ** (-(t - x) / clock) for x in times)  # noqa: E731
    out = {a: [(b, x) for a2, b, x in past if a2 == a] for a in range(6)}
    into = {a: [(b, x) for b, a2, x in past if a2 == a] for a in range(6)}
    times = lambda moves: [x for _, x in moves]  # noqa: E731
    found = {}
    for name, own, other in (("pair", out[s], c), ("back", into[s], c)):
        met = [x for b, x in own if b == other]
        later = len(own) - 1 - max((k for k, (b, _) in enumerate(own) if b == other), default=0)
        found |= {
            f"{name}_count": np.log1p(len(met)),
            f"{name}_gap": ago(met),
            f"{name}_since": np.log1p(later) if met else NEVER,
            f"{name}_share": len(met) / len(own) if met else 0,
            f"{name}_fast": faded(met, clocks[0]),
            f"{name}_slow": faded(met, clocks[2]),
        }
    there, back = (max((x for b, x in own if b == c), default=-1) for own in (out[s], into[s]))
    found["unanswered"] = float(back > there)
    for name, a in (("source", s), ("target", c)):
        found |= {
            f"{name}_out": np.log1p(len(out[a])),
            f"{name}_in": np.log1p(len(into[a])),
            f"{name}_gap_out": ago(times(out[a])),
            f"{name}_gap_in": ago(times(into[a])),
            f"{name}_age": np.log1p(t - min(times(out[a] + into[a]))) if out[a] + into[a] else NEVER,
        }
    found["source_novelty"] = len({b for b, _ in out[s]}) / len(out[s]) if out[s] else 1
    found["source_fast"] = faded(times(out[s]), clocks[0])
    found["target_novelty"] = len({b for b, _ in into[c]}) / len(into[c]) if into[c] else 1
    for k in range(CLOCKS):
        everything = faded([x for _, _, x in past], clocks[k]) + 1e-6
        found[f"target_fade_{k}"] = np.log((faded(times(into[c]), clocks[k]) + 1e-6) / everything)
        found[f"target_active_{k}"] = np.log((faded(times(out[c]), clocks[k]) + 1e-6) / everything)
    found["target_ratio"] = np.log((len(into[c]) + 0.5) / (len(out[c]) + 0.5))
    for name, own in (("in", into[c]), ("out", out[c])):
        since = sum(x >= max(times(own)) for _, _, x in past) if own else np.inf
        found[f"target_since_{name}"] = min(np.log1p(since), LONG)
    steps = {"out": lambda a: [b for b, _ in out[a]], "in": lambda a: [b for b, _ in into[a]]}
    near = {}
    for first in ("out", "in"):
        found[f"ring_{first}"] = np.log1p(steps[first](s)[-RING:].count(c))
        for second in ("out", "in"):
            weights = np.zeros(6)
            for x in steps[first](s)[-REACH:]:
                for y in steps[second](x)[-REACH:]:
                    weights[y] += (y != s) / np.log(2 + len(out[x]) + len(into[x]))
            near[f"{first}_{second}"] = weights
            found[f"{first}_{second}"] = np.log1p(weights[c])
    came = steps["in"](c)[-RING:]
    found["out_in_out"] = np.log1p(sum(near["out_in"][y] for y in came))
    found["any_three"] = np.log1p(sum(weights[y] for weights in near.values() for y in came))
    return np.array([found[name] for name in FEATURES])


def walk(record, clocks=CLOCK, accounts=6):
    source, target, time = (np.array(column) for column in zip(*record, strict=True))
    return Walk(source.astype(np.int32), target.astype(np.int32), time.astype(np.int64), accounts, clocks)


@settings(max_examples=60)
@given(RECORDS, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 45)), min_size=1, max_size=12))
def test_every_feature_is_what_it_says(record, asked):
    record, asked = sorted(record, key=lambda one: one[2]), sorted(asked, key=lambda one: one[2])
    source, target, time = (np.array(column) for column in zip(*asked, strict=True))
    expected = np.array([brute(record, *query) for query in asked])
    np.testing.assert_allclose(walk(record).describe(source, target, time), expected, rtol=2e-5, atol=2e-5)


def test_rings_forget_the_oldest_first():
    rng = np.random.default_rng(0)
    record = sorted(
        zip(*(rng.integers(0, high, 600).tolist() for high in (6, 6, 2_000)), strict=True), key=lambda x: x[2]
    )
    asked = [(s, c, t) for t in (1_500, 2_001) for s in range(6) for c in range(6)]
    source, target, time = (np.array(column) for column in zip(*asked, strict=True))
    expected = np.array([brute(record, *query) for query in asked])
    np.testing.assert_allclose(walk(record).describe(source, target, time), expected, rtol=1e-4, atol=1e-4)


def test_unknown_parties_are_passed_over():
    record = [(0, 1, 5), (-1, 1, 6), (2, -1, 7), (1, 0, 8)]
    own, other = walk(record), walk([record[0], record[3]])
    for one in range(3):
        asked = (np.array([one]), np.array([1]), np.array([9]))
        assert np.array_equal(own.describe(*asked), other.describe(*asked))


def test_clocks_fit_the_record():
    hours = half_lives(np.arange(0, 10**7, 60))
    assert hours[0] == 3_600
    assert hours[-1] == 30 * 86_400
    years = half_lives(np.arange(100) * 365 * 86_400)
    assert years[0] == 365 * 86_400
    assert years[-1] == 30 * years[0]
    steps = half_lives(np.arange(200))  # of a simulation, whose time is no clock's
    assert steps[0] == 1
    assert steps[-1] == pytest.approx(99.5)
    assert all((np.diff(half_lives(np.array(time, np.int64))) > 0).all() for time in ([], [7], [7, 8]))


def test_a_transfer_costs_the_same_after_a_long_history():
    """Counts, not seconds: how many places a look-up, an account's memory and a query touch."""
    rng = np.random.default_rng(0)

    def probes(n):
        source, target = rng.integers(0, 50, n), rng.integers(0, 50, n)
        one = walk(
            sorted(zip(source.tolist(), target.tolist(), range(n), strict=True), key=lambda x: x[2]), accounts=50
        )
        one.describe(np.array([0]), np.array([1]), np.array([n + 1]))
        memory = one.memory
        taken = np.flatnonzero(memory.keys >= 0)
        home = [causal._home(key, len(memory.keys)) for key in memory.keys[taken].tolist()]
        steps = (taken - np.array(home)) % len(memory.keys)
        return steps.mean(), memory.ring.nbytes + memory.node.nbytes + memory.fade.nbytes, len(taken)

    short, long = probes(2_000), probes(40_000)
    assert short[1] == long[1]  # an account's memory does not grow
    assert short[2] <= long[2] <= 2_500  # nor does the table beyond the pairs there are
    assert long[0] < 1  # and a pair is found at once


def test_a_look_around_is_bounded():
    n = 5_000
    hub = Walk(np.zeros(n, np.int32), np.arange(n, dtype=np.int32) % 499 + 1, np.arange(n), 500, CLOCK)
    hub.describe(np.array([0]), np.array([1]), np.array([n]))
    assert hub.memory.touched[0] == 0  # nothing is left behind
    assert not hub.memory.near.any()


def test_every_name_is_one():
    assert len(set(FEATURES)) == len(FEATURES)


def test_ledgers_before_1970_are_described_as_later_ones():
    source, target, time = np.array([0, 1, 0], np.int32), np.array([1, 2, 1], np.int32), np.array([100, 200, 300])
    asked = np.array([0, 0], np.int32), np.array([1, 2], np.int32), np.array([250, 400])
    now, then = (
        Walk(source, target, time + shift, 3, CLOCK).describe(*asked[:2], asked[2] + shift) for shift in (0, -(10**10))
    )
    assert np.array_equal(now, then)
