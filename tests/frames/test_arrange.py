import numpy as np
import pandas as pd

import archivit_widgets as aw
from archivit_widgets.frames.arrange import LABELS, arrange


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


def test_of_many_only_some_are_named():
    rows = [(f"s{i}", f"b{i}", f"w{i}", "1921-01-01", i + 1) for i in range(40)]
    assert len(names(graph_of(rows))) == LABELS
