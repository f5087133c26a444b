import numpy as np
import pandas as pd
import pytest

import archivit_widgets as aw
from archivit_widgets.frames.arrange import LABELS, arrange, centred
from archivit_widgets.frames.scene import radii


def graph_of(rows):
    return aw.read_transfers(pd.DataFrame(rows, columns=["seller", "buyer", "work", "date", "price"]))


def names(graph):
    scene = arrange(graph, np.random.default_rng(0).normal(size=(len(graph.accounts), 3)))
    assert all(graph.accounts["account"].iloc[row] == text for row, text in scene.labels)
    return [text for _, text in scene.labels]


def test_those_through_whom_most_went_are_named_first_and_those_without_a_price_too():
    rows = [
        ("Knoedler", "Mellon", "A", "1921-01-01", 300),
        ("Mellon", "Museum", "A", "1937-06-01", None),
        ("Flechtheim", "Valentin", "B", "1937-01-01", None),
        ("Valentin", "Flechtheim", "C", "1938-01-01", None),
    ]
    assert names(graph_of(rows)) == ["Mellon", "Knoedler", "Flechtheim", "Valentin", "Museum"]


def test_spheres_leave_room_for_the_arteries_between_them():
    graph = graph_of([(f"Owner {i}", f"Owner {i + 1}", "w", f"{1700 + i}-01-01", 10) for i in range(30)])
    placed = np.column_stack([np.linspace(-1, 1, 31), np.zeros((31, 2))])
    scene = arrange(graph, placed)
    gap = float(np.linalg.norm(scene.positions[1] - scene.positions[0]))
    assert radii(scene.sizes, 30).max() == pytest.approx(gap / 4, rel=0.05)


def test_spheres_of_accounts_that_lie_far_apart_take_their_full_size():
    graph = graph_of([("a", "b", "w", "1921-01-01", 10), ("b", "c", "w", "1922-01-01", 20)])
    assert arrange(graph, [[-1, 0, 0], [0, 0, 0], [1, 0, 0]]).sizes.max() == 255


def test_only_who_takes_part_in_a_window_is_drawn():
    rows = [("a", "b", "w", "1921-01-01", 10), ("b", "c", "w", "1922-01-01", 20), ("c", "d", "v", "1923-01-01", 1)]
    window = graph_of(rows).between("1922-01-01", "1922-06-01")
    places = np.random.default_rng(0).normal(size=(4, 3))
    assert (arrange(window, places).sizes > 0).tolist() == [False, True, True, False]
    assert (arrange(window, places, (np.array([3]), np.array([1]))).sizes > 0).tolist() == [False, True, True, True]
    assert radii(np.array([0, 1, 255], np.uint8), 30)[0] == 0 < radii(np.array([1], np.uint8), 30)


def test_of_many_only_some_are_named():
    rows = [(f"s{i}", f"b{i}", f"w{i}", "1921-01-01", i + 1) for i in range(40)]
    assert len(names(graph_of(rows))) == LABELS


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e300, 1e155, 1.0, 1e-155, 1e-300])
def test_positions_may_be_of_any_size(size):
    places = np.random.default_rng(0).uniform(-1, 1, (50, 3))
    assert np.allclose(centred(places * size, 50), centred(places, 50), rtol=1e-5)


@pytest.mark.filterwarnings("error")
def test_one_account_far_beyond_all_others_has_a_place_too():
    places = np.random.default_rng(0).uniform(-1, 1, (100, 3))
    places[7] = 1e60
    placed = centred(places, 100)
    assert np.isfinite(placed).all()
    assert np.argmax(np.abs(placed).max(axis=1)) == 7
    assert np.quantile(np.linalg.norm(placed, axis=1), 0.98) == pytest.approx(1, abs=0.01)
