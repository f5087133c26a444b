"""The camera of the still pictures: the same geometry as the page's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from archivit_widgets.frames.camera import Camera, fit, project, scale
from archivit_widgets.frames.scene import Scene, bends, radii
from archivit_widgets.widgets.strips import controls


def test_the_target_is_in_the_middle_at_its_distance():
    camera = Camera(0.7, -0.3, 2.5, (0.1, 0.2, -0.3))
    x, y, depth = project(np.array([camera.target], np.float32), camera, 320, 200)
    assert np.allclose([x[0], y[0], depth[0]], [160, 100, 2.5], atol=1e-4)


def test_axes_are_those_of_the_eye():
    camera = Camera(0.6, 0.35, 3.0)
    basis = camera.basis()
    eye = [np.cos(0.35) * np.sin(0.6), np.sin(0.35), np.cos(0.35) * np.cos(0.6)]
    assert np.allclose(basis @ basis.T, np.eye(3), atol=1e-6)
    assert np.allclose(basis[2], eye, atol=1e-6)
    assert np.linalg.det(basis) > 0


def test_up_is_up_and_near_is_large():
    camera = Camera(0.0, 0.0, 3.0)
    x, y, depth = project(np.array([[0.1, 0, 0], [0, 0.1, 0], [0.1, 0, 1]], np.float32), camera, 200, 200)
    assert x[0] > 100 > y[1]
    assert x[2] > x[0]
    assert depth[2] < depth[0]


def scene_of(positions, source=(), target=(), sizes=0):
    positions = np.asarray(positions, np.float32).reshape(-1, 3)
    source, target = np.asarray(source, np.uint16), np.asarray(target, np.uint16)
    bend = bends(positions, source, target)
    return Scene(positions, np.full(len(positions), sizes, np.uint8), source, target, bend)


def beyond(scene, camera, places, radius):
    """Pixels that balls stand out of a picture of 800 x 400, at most; 0 or below where all are whole."""
    x, y, depth = project(places, camera, 800, 400)
    r = 1.05 * radius * scale(depth, 400)  # a ball beside the middle is a little longer
    return float(np.max([r - x, r - y, x + r - 800, y + r - 400]))


@pytest.mark.parametrize("accounts", [1, 2, 3, 30, 3000])
def test_the_first_view_holds_all_that_is_drawn_and_fills_the_picture(accounts):
    rng = np.random.default_rng(accounts)
    positions = rng.normal(0, 0.4, (accounts, 3)).clip(-0.8, 0.8) * (accounts > 1)
    source, target = rng.integers(0, accounts, (2, 2 * accounts))
    scene = scene_of(positions, source, target, 255)
    camera = fit(scene, 2.0)
    points = controls(scene)[0]
    t = np.linspace(0, 1, 21)[:, None, None]
    u = 1 - t
    curves = u**3 * points[:, 0] + 3 * u * u * t * points[:, 1] + 3 * u * t * t * points[:, 2] + t**3 * points[:, 3]
    out = beyond(scene, camera, scene.positions, radii(scene.sizes, len(source)))
    assert max(out, beyond(scene, camera, curves.reshape(-1, 3).astype(np.float32), 0)) <= 0
    assert accounts == 1 or out > -30


def test_what_lies_beyond_all_others_is_not_waited_for():
    near = [[-1, 0, 0], [1, 0, 0], [0, 0.5, 0]]
    assert fit(scene_of([*near, [0, 900, 0]]), 2.0) == fit(scene_of(near), 2.0)


def test_an_account_that_matters_is_waited_for_farther_out_than_others():
    near = scene_of([[-1, 0, 0], [1, 0, 0], [0, 0.5, 0], [0, 1.5, 0]])
    small, large = (replace(near, sizes=np.array([0, 0, 0, size], np.uint8)) for size in (0, 255))
    assert fit(large, 2.0).distance > 1.2 * fit(small, 2.0).distance


def test_flat_data_is_seen_from_the_front_and_no_data_from_anywhere():
    flat = scene_of([[0, 0, 0], [1, 1, 0]])
    assert (fit(flat, 1.5).yaw, fit(flat, 1.5).pitch) == (0, 0)
    assert fit(scene_of([]), 1.5).distance > 0


def test_a_trait_becomes_a_camera():
    camera = Camera.of({"yaw": 1, "pitch": 0.5, "distance": 2, "target": [1, 2, 3]})
    assert camera == Camera(1.0, 0.5, 2.0, (1.0, 2.0, 3.0))
