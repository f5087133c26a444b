"""Artworks with captions that are exactly true: Nouns from their parts, and a generator that needs no file.

What a model of likeness is fitted to and tested on. Both are made from a seed: the same seed gives the same pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import counted, found, of_kind, whole
from ..errors import ArchivitError
from .art.generator import SCALES, STYLES, caption, drawn
from .art.nouns import read_parts
from .art.palettes import COLOURS, GROUNDS

U8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Artworks:
    """Pictures and what is true of them.

    Attributes
    ----------
    images
        (n, height, width, 3) uint8.
    captions
        One for each picture: what it shows, in phrases parted by commas.
    traits
        One row for each picture, a categorical column for each trait: ``head`` of Nouns, ``style`` of generated ones.
    """

    images: U8
    captions: tuple[str, ...]
    traits: pd.DataFrame

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.images)

    def __repr__(self) -> str:
        """Say how many there are, and how large."""
        _, height, width, _ = self.images.shape
        return (
            f"Artworks({counted(len(self), 'work')} of {width} x {height} pixels; {', '.join(map(str, self.traits))})"
        )

    def __getitem__(self, rows: int | slice | Sequence[int] | NDArray[np.intp]) -> Artworks:
        """Choose some pictures; by a number one, as it is for each in a loop over all."""
        chosen = np.atleast_1d(np.arange(len(self))[rows])
        captions = tuple(self.captions[row] for row in chosen)
        return Artworks(self.images[chosen], captions, self.traits.iloc[chosen].reset_index(drop=True))


def nouns(path: str | os.PathLike[str], count: int = 20_000, seed: int = 0) -> Artworks:
    """Compose Nouns, no two alike in all their parts.

    Parameters
    ----------
    path
        ``image-data.json`` of nounsDAO/nouns-monorepo (CC0).
    count
        How many pictures; a part of a longer series with the same seed is never seen twice in it, so that its end can
        test what its beginning has fitted.
    seed
        The same seed gives the same pictures.

    Raises
    ------
    ArchivitError
        The file is another one, or there are not so many combinations.
    """
    parts = read_parts(path)
    count = whole("count", count, 0, parts.combinations)
    rng = np.random.default_rng(whole("seed", seed, 0))
    sizes = [len(names) for names in parts.names.values()]
    if count > parts.combinations // 4:
        raise ArchivitError(f"count must be at most a quarter of the {parts.combinations:,} Nouns there are")
    drawn: dict[int, None] = {}  # in order of appearance: a longer series begins like a shorter one
    while len(drawn) < count:
        drawn.update(dict.fromkeys(rng.integers(parts.combinations, size=1024).tolist()))
    number = np.array(list(drawn)[:count], np.int64)
    chosen = np.stack(np.unravel_index(number, sizes), axis=1).astype(np.int64)
    traits = {
        kind: pd.Categorical.from_codes(chosen[:, at], pd.Index(parts.names[kind]))
        for at, kind in enumerate(parts.names)
    }
    return Artworks(parts.paint(chosen), tuple(parts.caption(chosen)), pd.DataFrame(traits))


def generate(count: int = 1_000, seed: int = 0, *, size: int = 96, styles: Sequence[str] | None = None) -> Artworks:
    """Draw artworks in several styles, with captions: the collection that needs no file.

    Parameters
    ----------
    count
        How many; a longer series begins like a shorter one.
    seed
        The same seed gives the same pictures.
    size
        Pixels on a side; about 10 ms a picture of 96.
    styles
        Which of `STYLES`, one of them or several; None: all.

    Returns
    -------
    Artworks
        With the traits ``style``, ``palette``, ``scale`` and ``ground``, each drawn by itself: colours say nothing
        about the style.

    Raises
    ------
    ArchivitError
        There is no such style, or a number is out of range.
    """
    count, seed, size = whole("count", count, 0), whole("seed", seed, 0), whole("size", size, 16, 2048)
    given = STYLES if styles is None else [styles] if isinstance(styles, str) else styles
    given = list(of_kind("styles", given, Iterable, "a list of names"))
    for one in given:
        if not isinstance(one, str) or one not in STYLES:
            raise ArchivitError(f"there is no style {found(one)}; the styles are {', '.join(STYLES)}")
    allowed = tuple(dict.fromkeys(given))
    if not allowed:
        raise ArchivitError(f"styles is empty; the styles are {', '.join(STYLES)}")
    series = [drawn(seed, number, size, allowed) for number in range(count)]
    images = np.stack([np.asarray(one) for one, _ in series]) if series else np.empty((0, size, size, 3), np.uint8)
    known = {"style": allowed, "palette": tuple(COLOURS), "scale": SCALES, "ground": GROUNDS}
    columns = {name: pd.Categorical([one[name] for _, one in series], values) for name, values in known.items()}
    return Artworks(images, tuple(caption(one) for _, one in series), pd.DataFrame(columns))
