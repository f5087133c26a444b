"""NumPy and the compiled code measure alike, to the last bit, and numba stays out of the way."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from archivit_widgets.graph import compiled, engine, plain
from archivit_widgets.graph.columns import columns
from archivit_widgets.sources.market import simulate
from tests.graph.records import graph_from, records


def same(record):
    hold = plain.holding(record)
    np.testing.assert_array_equal(compiled.holding(record), hold)
    groups, again = plain.group(record), compiled.group(record)
    for name in ("rows", "begin", "source", "target"):
        np.testing.assert_array_equal(getattr(again, name), getattr(groups, name))
        assert getattr(again, name).dtype == getattr(groups, name).dtype
    totals, others = plain.total(record, groups, hold), compiled.total(record, groups, hold)
    for name in ("count", "volume", "average", "first", "last", "hold"):
        np.testing.assert_array_equal(getattr(others, name), getattr(totals, name))
        assert getattr(others, name).dtype == getattr(totals, name).dtype


@settings(max_examples=100)
@given(records(most=80))
def test_any_small_record(record):
    same(graph_from(record).record)


def test_a_market_of_many_blocks():
    record = columns(simulate(30_000, 5, wash=0.1).table)
    same(record)


def test_a_record_full_of_gaps_where_nobody_had_what_he_gave():
    rng = np.random.default_rng(1)
    n = 20_000
    market = columns(simulate(n, 1).table)
    shuffled = rng.permutation(n)
    same(replace(market, source=market.source[shuffled], token=market.token[rng.permutation(n)]))


@pytest.mark.parametrize(
    ("size", "loaded", "on_disk", "large"),
    [
        (199_999, True, True, False),
        (200_000, True, False, True),
        (1_499_999, False, True, False),
        (1_500_000, False, True, True),
        (1_500_000, False, False, False),
        (80_000_000, False, False, False),
    ],
)
def test_who_measures(monkeypatch, size, loaded, on_disk, large):
    monkeypatch.setattr(engine, "_loaded", lambda: loaded)
    monkeypatch.setattr(engine, "_on_disk", lambda: on_disk)
    assert (engine.of(range(size)) is compiled) == large


def test_only_who_asks_for_the_measures_waits_for_the_compiler():
    code = """
import sys, archivit_widgets as aw
from archivit_widgets.graph import engine
engine.WORTH_IT = 1000
graph = aw.simulate_market(2_000)
aw.Arteries(graph)._repr_mimebundle_(), graph.accounts, graph.between(None, 1_600_000_000).edges
assert "numba" not in sys.modules
aw.flow.measure(aw.simulate_market(900))
assert "numba" not in sys.modules
aw.flow.measure(graph)
assert "numba" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_picture_of_many_transfers_needs_neither_numba_nor_torch():
    code = """
import sys, numpy, archivit_widgets as aw
graph = aw.simulate_market(250_000)
graph.edges, graph.accounts, graph.between(None, None).edges, aw.flow.measure(graph)
assert "image/png" in aw.Arteries(graph, positions=numpy.zeros((len(graph.accounts), 3)))._repr_mimebundle_()[0]
aw.layout.place(aw.simulate_market(2_000))
loaded = {"numba", "torch"} & set(sys.modules)
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("most", [9, 2**60])
def test_order_is_stable_however_large_the_keys(most):
    key = np.random.default_rng(0).integers(9, size=500)
    np.testing.assert_array_equal(plain._order(key, most), np.argsort(key, kind="stable"))


def test_machine_code_on_disk_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not engine._on_disk()
    code = "from tests.graph.records import graph_of; from archivit_widgets.graph import compiled, plain;"
    code += "graph = graph_of(['a'], ['b'], [1]); compiled.total(graph.record, graph.groups, graph.hold)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert engine._on_disk()
