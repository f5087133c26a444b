"""The camera of the still pictures: the same geometry as the page's."""

from __future__ import annotations

import numpy as np

from archivit_widgets.frames.camera import Camera, fit, project


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


def test_the_first_view_holds_98_of_100_and_fills_the_picture():
    positions = np.random.default_rng(3).normal((2, 0, 1), (1.0, 0.5, 0.7), (3000, 3)).astype(np.float32)
    x, y, _ = project(positions, fit(positions, False, 2.0), 800, 400)
    inside = (x >= 0) & (x <= 800) & (y >= 0) & (y <= 400)
    assert 0.98 <= inside.mean() < 1
    assert np.ptp(x[inside]) > 500


def test_flat_data_is_seen_from_the_front_and_no_data_from_anywhere():
    flat = np.array([[0, 0, 0], [1, 1, 0]], np.float32)
    assert (fit(flat, True, 1.5).yaw, fit(flat, True, 1.5).pitch) == (0, 0)
    assert fit(np.empty((0, 3), np.float32), False, 1.5).distance > 0


def test_a_trait_becomes_a_camera():
    camera = Camera.of({"yaw": 1, "pitch": 0.5, "distance": 2, "target": [1, 2, 3]})
    assert camera == Camera(1.0, 0.5, 2.0, (1.0, 2.0, 3.0))
