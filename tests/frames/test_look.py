"""The colour maps: even steps to the eye, to eyes that tell red from green badly too, and in grey."""

import numpy as np
import pytest

from archivit_widgets.frames.scene import look

# How the red-green blind see linear sRGB: Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation
# of Color Vision Deficiency, IEEE TVCG 2009, severity 1.
EYES = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(colors, eye="normal"):
    """(n, 3) CIE L*a*b* of "#rrggbb", white at D65."""
    srgb = np.array([[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(EYES[eye]), 0, 1)
    xyz = seen @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def test_white_and_grey_are_what_they_are():
    assert lab(["#ffffff", "#777777"]) == pytest.approx(np.array([[100, 0, 0], [50, 0, 0]]), abs=0.1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_a_color_map_rises_evenly(theme, eye):
    colors = lab(look()["colors"][theme], eye)
    lightness = np.diff(colors[:, 0])
    assert (lightness > 0).all() or (lightness < 0).all()  # in print, too
    steps = np.linalg.norm(np.diff(colors, axis=0), axis=1)
    assert steps.min() > 5
    assert steps.max() < (1.5 if eye == "normal" else 2.1) * steps.min()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_neither_an_alert_nor_unknown_looks_like_a_value(theme, eye):
    style = look()
    values = lab(style["colors"][theme], eye)
    for color in (style["alert"]["color"], style["themes"][theme]["unknown"]):
        apart = np.linalg.norm(values - lab([color], eye), axis=1).min()
        assert apart > 7
