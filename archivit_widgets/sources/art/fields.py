"""Styles of the generator that are painted pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .palettes import F32, Palette

if TYPE_CHECKING:
    from PIL.Image import Image

Rng = np.random.Generator


def truchet(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Lay tiles of two quarter circles, turned at random, so that the curves run on (Truchet 1704, Smith 1987)."""
    tiles = 10 if many else 4
    turned = rng.integers(2, size=(tiles, tiles))
    at = (np.arange(side) + 0.5) / side * tiles
    tile = at.astype(np.int64)
    flip = turned[np.ix_(tile, tile)]
    within = at - tile
    u, v = np.broadcast_arrays(within[None, :], within[:, None])
    u = np.where(flip == 1, 1 - u, u)
    corner = np.minimum(np.hypot(u, v), np.hypot(1 - u, 1 - v))
    inside = (corner < 0.5) ^ ((tile[:, None] + tile[None, :] + flip) % 2 == 1)
    off = np.abs(corner - 0.5)
    picture = np.where(inside[..., None], palette.ground, 0.8 * palette.ground + 0.2 * palette.inks[3])
    for ink, half in enumerate((0.24, 0.17, 0.09)):
        picture = np.where((off < half)[..., None], palette.inks[ink], picture)
    return _image(np.where((np.abs(off - 0.24) < 0.025)[..., None], palette.other, picture))


def stained_glass(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Paint cells around points, leaded as church windows are (Voronoi 1908)."""
    panes = 70 if many else 16
    sites = rng.random((panes, 2)).astype(np.float32)
    for _ in range(2):  # move each away from the nearest: no slivers
        gap = sites[:, None] - sites
        apart = np.hypot(gap[..., 0], gap[..., 1]) + np.eye(panes, dtype=np.float32)
        sites += 0.25 * gap[np.arange(panes), apart.argmin(1)]
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    squared = (at[None, :, None] - sites[:, 0]) ** 2 + (at[:, None, None] - sites[:, 1]) ** 2
    own = squared.argmin(axis=2)
    nearest = np.take_along_axis(squared, own[..., None], axis=2)[..., 0]
    np.put_along_axis(squared, own[..., None], np.inf, axis=2)
    next_to = squared.argmin(axis=2)
    second = np.take_along_axis(squared, next_to[..., None], axis=2)[..., 0]
    edge = (second - nearest) / (2 * np.hypot(*np.moveaxis(sites[own] - sites[next_to], -1, 0)))  # pixel to border
    ink = rng.integers(5, size=panes)
    tint = palette.inks[ink] * rng.uniform(0.78, 1.08, (panes, 1)) + rng.uniform(0, 26, (panes, 1))
    light = 1.12 - 0.35 * np.hypot(at[None, :] - 0.35, at[:, None] - 0.3)
    glass = tint[own] * light[..., None] * (1 - 0.35 * (nearest / second) ** 2)[..., None]
    lead = edge < (0.006 if many else 0.012)
    return _image(np.where(lead[..., None], palette.ground, glass))


def creatures(side: int, rng: Rng, palette: Palette, many: bool) -> Image:
    """Set pixels at random and mirror them: eyes make them look at you (after Space Invaders, Nishikado 1978)."""
    rows = 3 if many else 1
    cells = 12
    picture = np.tile(palette.ground, (rows * cells, rows * cells, 1))
    for row in range(rows):
        for column in range(rows):
            block = picture[row * cells : (row + 1) * cells, column * cells : (column + 1) * cells]
            _creature(block, rng, palette)
    rest = side % (rows * cells)
    scale = (side - rest) // (rows * cells)
    large = np.kron(picture, np.ones((scale, scale, 1), np.float32))
    low = rest // 2
    padded = np.pad(large, ((low, rest - low), (low, rest - low), (0, 0)), mode="edge")
    return _image(padded)


def _creature(block: F32, rng: Rng, palette: Palette) -> None:
    """Draw one into a block of 12 x 12 x 3: a grown half, mirrored, with a shadow below and two eyes."""
    half = np.zeros((8, 4), bool)
    half[2:6, 2:] = True
    for _ in range(3):
        beside = np.zeros_like(half)
        beside[1:] |= half[:-1]
        beside[:-1] |= half[1:]
        beside[:, :-1] |= half[:, 1:]
        half |= beside & (rng.random(half.shape) < 0.33)
    skin, belly, eye = rng.permutation(5)[:3]
    body = np.hstack([half, half[:, ::-1]])
    inner = block[2:10, 2:10]
    inner[body] = palette.inks[skin]
    mark = rng.random((8, 4)) < 0.3
    inner[body & np.hstack([mark, mark[:, ::-1]])] = palette.inks[belly]
    height = int(rng.integers(2, 4))
    inner[height, [2, 5]] = palette.other
    inner[height + 1, [2, 5]] = palette.inks[eye] * 0.5
    block[10, 3:9] = 0.8 * palette.ground + 0.2 * palette.other


def _image(picture: F32) -> Image:
    from PIL import Image

    return Image.fromarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
