"""What stands out in a still picture: as in the page, by the same golden file that vitest reads."""

import numpy as np
import pytest

from archivit_widgets import simulate_market
from archivit_widgets.frames.emphasis import CHOSEN, FADED, NEAR, SELECTED, emphasise, named, within
from archivit_widgets.frames.scene import Scene

from .golden_cases import FOLDER, emphases

NOBODY = np.empty(0, int)


@pytest.fixture(scope="module")
def market():
    return simulate_market(300, 1)


def line(pairs):
    source, target = np.array(pairs).T
    return Scene(np.zeros((5, 3), np.float32), np.ones(5, np.uint8), source, target, np.zeros((len(pairs), 4), np.int8))


SCENE = line([(0, 1), (1, 2), (2, 3), (3, 4)])


def test_what_stands_out_is_what_the_golden_file_says():
    assert emphases() == (FOLDER / "emphasis.json").read_text(encoding="utf-8")


def test_nothing_stands_out_where_nothing_is_selected():
    assert emphasise(SCENE, NOBODY, NOBODY) is None


def test_an_account_brings_its_neighbours():
    found = emphasise(SCENE, NOBODY, np.array([1]))
    assert found.edges.tolist() == [NEAR, NEAR, FADED, FADED]
    assert found.accounts.tolist() == [NEAR, SELECTED, NEAR, FADED, FADED]
    assert found.meant.tolist() == [1]


def test_an_artery_stays_selected_outside_the_window():
    found = emphasise(SCENE, np.array([3]), NOBODY, np.array([1, 1, 1, 0], bool))
    assert found.edges.tolist() == [FADED, FADED, NEAR, CHOSEN]
    assert found.meant.tolist() == [3, 4]


@pytest.mark.parametrize(("n", "mark"), [(40, CHOSEN), (41, SELECTED)])
def test_few_are_never_too_thin_and_of_many_the_widths_are_kept(n, mark):
    assert (emphasise(line([(0, 1)] * 50), np.arange(n), NOBODY).edges[:n] == mark).all()


def test_a_window_is_half_open_and_ghosts_come_after_the_record(market):
    time = market.record.time
    start, end = int(time[10]), int(time[50])
    open_ = within(market, (start, end), 2, end + 1)
    rows = market.edge_of[(time >= start) & (time < end)]
    assert set(np.flatnonzero(open_)) == set(rows[rows >= 0].tolist())
    assert within(market, (start, end), 2, end)[-2:].all()


def test_who_is_meant_is_named_unless_they_are_many(market):
    accounts = len(market.accounts)
    ends = [market.edges[side].cat.codes.to_numpy() for side in ("source", "target")]
    scene = Scene(
        np.zeros((accounts, 3), np.float32), np.ones(accounts, np.uint8), *ends, np.zeros((len(ends[0]), 4), np.int8)
    )
    scene = named(scene, market, emphasise(scene, NOBODY, np.array([3, 4])))
    assert [row for row, _ in scene.labels] == [3, 4]
    assert named(scene, market, emphasise(scene, NOBODY, np.array([4, 5]))).labels[1:] == scene.labels
    assert named(scene, market, emphasise(scene, NOBODY, np.arange(13))).labels == scene.labels
    assert named(scene, market, None).labels == scene.labels
