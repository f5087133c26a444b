"""Pictures by their forms alone: an embedding that needs neither captions nor fitting, and does not see which colours.

How much contrast a picture has at five scales and in six directions, and how unevenly it is spread: mean and spread of
the responses to log-Gabor filters (Field 1987), as in the first order of a scattering transform (Bruna and Mallat
2013). The response is the length over the three colours, so it stays the same when colours are exchanged or turned.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from .pictures import U8, opened, squares

F32 = NDArray[np.float32]
SIZE = 64
SCALES, DIRECTIONS = 5, 6
FINEST = 0.36  # cycles a pixel; each scale is half the one before
WIDE, BROAD = 0.45, 0.38  # of a filter, in log of frequency and in radians
AT_ONCE = 64


def forms(images: Any) -> F32:
    """Embed pictures by form.

    Parameters
    ----------
    images
        Pictures as `Clip.encode_images` takes them.

    Returns
    -------
    (n, 60) float32
        Logarithms of mean responses, then of spreads over means; each column centred and scaled over these pictures,
        so that rows of two calls cannot be compared.
    """
    pixels = squares(opened(images), SIZE)
    blocks = [_responses(pixels[begin : begin + AT_ONCE]) for begin in range(0, len(pixels), AT_ONCE)]
    rows = np.concatenate([np.empty((0, 2 * SCALES * DIRECTIONS), np.float32), *blocks])
    if not len(rows):
        return rows
    scaled: F32 = ((rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6)).astype(np.float32)
    return scaled


def colours(images: Any) -> F32:
    """Embed pictures by colour alone, the rival of `forms`: roots of the shares of 64 colours, (n, 64) float32."""
    pixels = squares(opened(images), SIZE).reshape(-1, SIZE * SIZE, 3) // 64
    cell = pixels @ np.array([16, 4, 1], np.uint8)
    shares = np.empty((len(cell), 64))
    for row, one in enumerate(cell):
        shares[row] = np.bincount(one, minlength=64) / (SIZE * SIZE)
    return np.sqrt(shares).astype(np.float32)


@cache
def _filters() -> F32:
    """Make log-Gabor filters in frequency, (30, size, size), one side of the plane each."""
    across = fft.fftfreq(SIZE)
    x, y = np.meshgrid(across, across)
    radius, angle = np.maximum(np.hypot(x, y), 1e-6), np.arctan2(y, x)
    made = []
    for scale in range(SCALES):
        ring = np.exp(-(np.log(radius * 2**scale / FINEST) ** 2) / (2 * WIDE**2))
        for direction in range(DIRECTIONS):
            off = np.angle(np.exp(1j * (angle - np.pi * direction / DIRECTIONS)))
            made.append(ring * np.exp(-(off**2) / (2 * BROAD**2)))
    return np.stack(made).astype(np.float32)


def _responses(pixels: U8) -> F32:
    """Filter some pictures, each of the same contrast: (n, size, size, 3) -> (n, 60)."""
    x = pixels.astype(np.float32) / 255
    x -= x.mean(axis=(1, 2), keepdims=True)
    x /= np.sqrt((x**2).sum(axis=3).mean(axis=(1, 2)))[:, None, None, None] + 1e-3
    wave = fft.fft2(x, axes=(1, 2))
    means, spreads = [], []
    for one in _filters():
        answer = fft.ifft2(wave * one[:, :, None], axes=(1, 2))
        length = np.sqrt((answer.real**2 + answer.imag**2).sum(axis=3))
        means.append(length.mean(axis=(1, 2)))
        spreads.append(length.std(axis=(1, 2)))
    mean, spread = np.stack(means, axis=1), np.stack(spreads, axis=1)
    return np.hstack([np.log(mean + 1e-3), np.log(spread / (mean + 1e-6) + 0.1)])
