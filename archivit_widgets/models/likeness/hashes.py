"""Perceptual hashes: short codes that stay nearly the same when a picture is resized, compressed or toned.

The signs of the low frequencies of brightness and of two colour differences (pHash, Zauner 2010, with colours, as
collections of one hand share their shapes).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from .pictures import U8

Bits = NDArray[np.bool_]
SIZE = 64
PLAIN = SIZE // 2
LOW = 16, 8, 8  # frequencies on a side that are kept of brightness, of blue and of red against it
CELLS = 1 << 24


def hashes(pixels: U8) -> Bits:
    """Hash pictures.

    Parameters
    ----------
    pixels
        (n, 64, 64, 3) uint8, as `pictures.squares` gives.

    Returns
    -------
    (n, 384) bool
    """
    red, green, blue = np.moveaxis(pixels.astype(np.float32), -1, 0)
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    parts = [_signs(plane, low) for plane, low in zip((light, blue - light, red - light), LOW, strict=True)]
    return np.concatenate(parts, axis=1)


def near(codes: Bits, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find all pairs whose codes differ in at most so many bits: row, later row, bits that differ."""
    signs = np.where(codes, 1.0, -1.0).astype(np.float32)
    found = [(np.empty(0, np.int64),) * 3]
    step = max(1, CELLS // max(1, len(signs)))
    for begin in range(0, len(signs), step):
        differ = np.rint((codes.shape[1] - signs[begin : begin + step] @ signs[begin:].T) / 2).astype(np.int64)
        row, other = np.nonzero(differ <= most)
        later = other > row
        row, other = row[later], other[later]
        found.append((row + begin, other + begin, differ[row, other]))
    rows, others, bits = (np.concatenate(part) for part in zip(*found, strict=True))
    return rows, others, bits


def toned(pixels: U8) -> NDArray[np.float32]:
    """Lay pictures out as unit rows, each colour taken from its mean: brightness and contrast fall away.

    Parameters
    ----------
    pixels
        (n, 64, 64, 3) uint8.

    Returns
    -------
    (n, 3072) float32
    """
    halves = pixels.reshape(-1, PLAIN, 2, PLAIN, 2, 3).mean(axis=(2, 4), dtype=np.float32)
    flat = halves.reshape(-1, PLAIN * PLAIN, 3)
    rows = (flat - flat.mean(axis=1, keepdims=True)).reshape(-1, PLAIN * PLAIN * 3)
    unit: NDArray[np.float32] = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
    return unit


def _signs(plane: NDArray[np.float32], low: int) -> Bits:
    """Which of the low frequencies are above their median; the mean of the picture (0, 0) says nothing."""
    wave = dctn(plane, axes=(1, 2), norm="ortho")[:, :low, :low].reshape(len(plane), low * low)
    wave[:, 0] = 0
    wave[np.ptp(plane, axis=(1, 2)) == 0] = 0  # of one value: its waves are rounding
    signs: Bits = wave > np.median(wave, axis=1, keepdims=True)
    return signs
