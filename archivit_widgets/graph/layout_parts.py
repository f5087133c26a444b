"""What is not joined to the largest component is laid around it: close, apart from each other, in order of time."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    F32 = NDArray[np.float32]
    F64 = NDArray[np.float64]
    Rows = NDArray[np.intp]

BANDS = 72
"""Steps along the axis of time at which the height of the picture is known."""
SECTORS = 72
"""Directions around the axis of time; a flat picture has two, above and below."""
CLOUDS = 400
"""Most groups in which accounts without any partner are laid out."""
QUICK = 1000
"""So many components are placed in about a second."""
REACHES = 8
"""Most reaches whose landscapes are kept at a time."""
Part = TypeVar("Part")


def gather(parts: list[Rows], age: F64) -> list[Rows]:
    """Take accounts without any partner together, those of one time in one group, where they are very many."""
    joined = [rows for size, found in groupby(parts, len) if size > 1 for rows in found]
    alone = np.array([rows[0] for rows in parts if len(rows) == 1], np.intp)
    alone = alone[np.argsort(age[alone], kind="stable")]
    return joined + [cloud for cloud in np.array_split(alone, min(CLOUDS, max(len(alone), 1))) if len(cloud)]


def shown(parts: Sequence[Part]) -> Iterable[Part]:
    """Go through components, with a bar where so many may take seconds."""
    if len(parts) <= QUICK:
        return parts
    from tqdm.auto import tqdm  # it looks for a notebook, which others need not wait for

    return cast("Iterable[Part]", tqdm(parts, "placing what is apart", delay=2, leave=False))


def surround(at: F32, largest: Rows, others: list[Rows], age: F64) -> None:
    """Move the smaller components next to the largest, each at its time, in place.

    The largest component has a height in each direction at each time, like a landscape around the axis of time. One
    after another, large ones first, the others are set down on it and raise it, where they are nearest to the middle
    and to their own time.

    Parameters
    ----------
    at
        (n, dims) positions; x of the largest component follows time. Each of the others lies around the origin.
    largest, others
        Rows of each component.
    age
        (n,) in 0..1, 0 the first.
    """
    if not others:
        return
    dims = at.shape[1]
    room = _room(at[largest], len(at))
    for rows in others:
        at[rows] -= at[rows].mean(axis=0)
    radii = [float(np.linalg.norm(at[rows], axis=1).max()) + 0.5 * room for rows in others]
    half = max(float(np.quantile(np.abs(at[largest, 0]), 0.97)), sum((2 * r) ** dims for r in radii) ** (1 / dims) / 2)
    middles = np.linspace(-1.5 * half, 1.5 * half, BANDS)
    land = Landscape(_heights(at[largest], middles, 2 if dims == 2 else SECTORS))
    sectors = land.height.shape[1]
    usual = max(float(land.height[BANDS // 2].mean()), half / 2)
    for rows, radius in shown(list(zip(others, radii, strict=True))):
        long = int(np.ceil(radius / (middles[1] - middles[0])))
        wide = 0 if dims == 2 else round(np.arcsin(radius / (usual + radius)) / (2 * np.pi) * sectors)
        away = land.highest(long, wide) + radius
        late = np.abs(middles - half * (2 * age[rows].mean() - 1))
        cost = np.hypot(away, middles[:, None]) + 2 * late[:, None]
        band, sector = divmod(int(cost.argmin()), sectors)
        turn = sector * 2 * np.pi / sectors
        across = (away[band, sector] * np.array([np.cos(turn), np.sin(turn)]))[: dims - 1]
        at[rows] += np.array([middles[band], *across], np.float32)
        land.lift(band, sector, long, wide, away[band, sector] + radius)


class Landscape:
    """Heights round the axis of time, (BANDS, sectors), which are lifted again and again, and never lowered.

    The highest within some reach is worked out once for each reach, and lifted too: with thousands of small components
    of much the same size all else would take ten times as long.
    """

    def __init__(self, height: F64) -> None:
        self.height = height
        self._highest: dict[tuple[int, int], F64] = {}

    def highest(self, long: int, wide: int) -> F64:
        """(BANDS, sectors): the largest height within `long` bands and `wide` sectors."""
        if (long, wide) not in self._highest:
            if len(self._highest) >= REACHES:
                self._highest.clear()  # large components come first: their reach is not asked for again
            self._highest[long, wide] = _highest(self.height, long, wide)
        return self._highest[long, wide]

    def lift(self, band: int, sector: int, long: int, wide: int, height: float) -> None:
        """Bring all within `long` bands and `wide` sectors of a place up to a height that none of them reaches."""
        for (more_long, more_wide), land in [((0, 0), self.height), *self._highest.items()]:
            under = slice(max(band - long - more_long, 0), band + long + more_long + 1)
            around = np.arange(sector - wide - more_wide, sector + wide + more_wide + 1) % land.shape[1]
            land[under, around] = np.maximum(land[under, around], height)


def _highest(height: F64, long: int, wide: int) -> F64:
    """(BANDS, sectors): the largest height within `long` bands and `wide` sectors, round the axis."""
    padded = np.pad(np.pad(height, ((long, long), (0, 0))), ((0, 0), (wide, wide)), mode="wrap")
    window = np.lib.stride_tricks.sliding_window_view
    out: F64 = window(window(padded, 2 * long + 1, axis=0).max(axis=-1), 2 * wide + 1, axis=1).max(axis=-1)
    return out


def _room(at: F32, n: int) -> float:
    """Distance that an account without partners keeps: the mean one within the largest component, at most a hop."""
    reach = np.quantile(np.abs(at), 0.97, axis=0) if len(at) > n / 2 else np.zeros(1)
    return float(np.clip((reach.prod() * 8 / n) ** (1 / at.shape[1]), 0.2, 1))


def _heights(at: F32, middles: F64, sectors: int) -> F64:
    """(BANDS, sectors): how far from the axis nearly all accounts lie, in each direction at each time."""
    band = np.clip(np.rint((at[:, 0] - middles[0]) / (middles[1] - middles[0])).astype(int), 0, BANDS - 1)
    angle = np.arctan2(at[:, 2] if at.shape[1] == 3 else 0 * at[:, 1], at[:, 1])
    sector = np.rint(angle / (2 * np.pi) * sectors).astype(int) % sectors
    away = np.linalg.norm(at[:, 1:], axis=1)
    height = np.zeros((BANDS, sectors))
    usual = away <= np.quantile(away, 0.85)
    np.maximum.at(height, (band[usual], sector[usual]), away[usual])
    height = _highest(height, 2, sectors // 12)  # cells without an account are no holes
    # beyond the ends there is room on the axis itself, but not for all
    return np.asarray(np.maximum(height, height[BANDS // 2].mean() / 4), np.float64)
