"""The measures of the layout benchmark are right, and the layout beats what runs anywhere. Times are not asserted.

For the full comparison see `tests.benchmarks.layout`.
"""

import networkx
import numpy as np
import pytest
from scipy.sparse import csr_array

from archivit_widgets import simulate_market
from tests.benchmarks.layout import compare, connected
from tests.benchmarks.layout_measures import hops_from, preservation, stress


def chain(n=60):
    return csr_array(networkx.to_scipy_sparse_array(networkx.path_graph(n))), np.column_stack(
        [np.arange(n), np.zeros(n)]
    )


def test_a_chain_drawn_straight_is_perfect():
    ties, at = chain()
    assert stress(7 * at, *hops_from(ties)) == pytest.approx(0, abs=1e-12)
    assert preservation(at, ties) == 1


def test_stress_is_least_squares_over_all_pairs():
    rng = np.random.default_rng(0)
    ties, _ = chain(30)
    at = rng.normal(size=(30, 3))
    drawn = np.linalg.norm(at[:, None] - at, axis=2)
    wanted = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
    scales = np.linspace(0, 20, 20001)
    least = min(((a * drawn - wanted) ** 2).sum() for a in scales) / (wanted**2).sum()
    assert stress(at, *hops_from(ties)) == pytest.approx(least, abs=1e-4)


def test_preservation_counts_neighbours_among_the_nearest():
    rng = np.random.default_rng(1)
    graph = networkx.gnm_random_graph(50, 200, seed=2)
    ties, at = csr_array(networkx.to_scipy_sparse_array(graph, nodelist=range(50))), rng.normal(size=(50, 3))
    shares = []
    for i in range(50):
        nearest = np.argsort(np.linalg.norm(at - at[i], axis=1))[1 : min(10, graph.degree(i)) + 1]
        shares.append(np.mean([graph.has_edge(i, int(j)) for j in nearest]))
    assert preservation(at, ties) == pytest.approx(np.mean(shares))


def test_no_rival_at_hand_is_better_in_both_measures(capsys):
    graph = connected(simulate_market(transfers=1500, seed=1))
    table = compare(graph, only=["pivot MDS", "random", "networkx spring"], steps=(80,)).set_index("layout")
    ours = table.loc["archivit, 80 steps"]
    others = table.drop(index="archivit, 80 steps")
    assert not ((others["stress"] < ours["stress"]) & (others["preserved"] > ours["preserved"])).any()
    assert ours["stress"] < others.loc["random", "stress"]
    assert ours["preserved"] > 3 * others.loc["random", "preserved"]
    assert "archivit, 80 steps" in capsys.readouterr().out
