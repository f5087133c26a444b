"""Arteries that run the same way gather; those that cross do not."""

import numpy as np
import pytest

from archivit_widgets.frames.bundle import gather
from archivit_widgets.frames.scene import bends


def spread(points):
    return float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean())


def parallel(count=40, seed=0):
    rng = np.random.default_rng(seed)
    middles = (rng.normal(size=(count, 3)) * [0.05, 0.05, 0.05]).astype(np.float32)
    # Two far edges set the size of the grid.
    middles = np.vstack([middles, [[1, 1, 1], [-1, -1, -1]]]).astype(np.float32)
    along = np.zeros_like(middles)
    along[:, 0] = 1
    return middles, along


def test_edges_that_run_the_same_way_gather():
    middles, along = parallel()
    moved = gather(middles, along, np.ones(len(middles), np.float32))
    assert spread(moved[:40]) < 0.6 * spread(middles[:40])


def test_edges_that_cross_do_not_attract_each_other():
    middles = np.array([[0, 0, 0], [0.04, 0.04, 0.04], [1, 1, 1], [-1, -1, -1]], np.float32)
    along = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]], np.float32)
    moved = gather(middles, along, np.ones(4, np.float32))
    np.testing.assert_allclose(moved[:2], middles[:2], atol=1e-4)


def test_a_bundle_knows_no_direction_but_lanes_do():
    positions = np.array([[-0.5, 0, 0], [0.5, 0, 0.1], [0, 1, 0], [0, -1, 0.3]], np.float32)
    bend = bends(positions, np.array([0, 1, 2]), np.array([1, 0, 3])).astype(int)
    apart = np.abs(bend[0, :3] - bend[1, :3])
    assert apart.max() >= 0.1 * 127


@pytest.mark.parametrize(("up", "right"), [(1, 2), (2, 1)], ids=["seen from above", "flat, seen from the front"])
def test_an_artery_leaves_the_line_to_its_own_right(up, right):
    positions = np.array([[-0.5, 0, 0], [0.5, 0, 0]], np.float32)
    positions[:, 2] = 0.1 * (up == 1)  # else all lie in a plane that is looked at from the front
    there, back = bends(positions, np.array([0, 1]), np.array([1, 0])).astype(int)
    side = 1 if up == 1 else -1
    assert side * there[right] > 5
    assert side * back[right] < -5


def test_a_flat_picture_stays_flat():
    rng = np.random.default_rng(1)
    positions = rng.normal(size=(20, 3)).astype(np.float32)
    positions[:, 2] = 0
    source, target = rng.integers(0, 20, (2, 60))
    bend = bends(positions, source, target)
    assert not bend[source != target, 2].any()


def test_nothing_to_bend():
    assert bends(np.zeros((0, 3), np.float32), np.zeros(0, int), np.zeros(0, int)).shape == (0, 4)


def test_one_middle_stays():
    middles = np.array([[0.3, 0.2, 0.1]] * 3, np.float32)
    moved = gather(middles, np.eye(3, dtype=np.float32), np.ones(3, np.float32))
    np.testing.assert_allclose(moved, middles, atol=1e-4)


def test_pulses_do_not_beat_in_step():
    seed = bends(np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32), *np.indices((9, 9)).reshape(2, -1))
    phases = np.sort(seed[:, 3].astype(int))
    assert len(np.unique(phases)) > 70
    assert np.abs(np.quantile(phases, [0.25, 0.5, 0.75]) - [-64, 0, 64]).max() < 16
