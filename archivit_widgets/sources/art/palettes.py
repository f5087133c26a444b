"""Palettes of the generator: grounds and inks that go together, as few as a printer would use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]

# Dark ground, light ground, then five inks that are seen on both.
# fmt: off
COLOURS = {
    "ember":   ("1d1214", "f6ead9", "d7263d", "f46036", "f9a03f", "8c2f39", "c98b6b"),
    "ocean":   ("0b1f2e", "eaf3f1", "0f7c90", "3fb8af", "1c5d99", "7fd1c7", "e4b363"),
    "forest":  ("141f18", "f1eedd", "2f6b3c", "7fa650", "b4862f", "4b8b7a", "d0653a"),
    "dusk":    ("1b1730", "f4e9ee", "5b3f8c", "c8528f", "f08a6c", "3f6bb0", "9a7fc7"),
    "candy":   ("2a1a2e", "fff3f0", "ef5da8", "5ec2e0", "f7b32b", "7ac74f", "a56cc1"),
    "desert":  ("2b1d16", "f7ecdc", "c1693c", "dba159", "8f5f4c", "5b8a8a", "b9452d"),
    "aurora":  ("0e1628", "ecf4f0", "31b88a", "56a3e8", "8a63d2", "c4d64a", "e0679d"),
    "ink":     ("15171a", "f3f1ec", "4a5560", "7d8790", "a9683f", "59616b", "9aa4ad"),
}
# fmt: on
GROUNDS = ("dark", "light")


@dataclass(frozen=True)
class Palette:
    """Colours of one picture.

    Attributes
    ----------
    ground, other
        (3,) float32 from 0 to 255: what lies behind, and the ground it could have had.
    inks
        (5, 3) float32, in an order of the picture's own.
    """

    ground: F32
    other: F32
    inks: F32

    @classmethod
    def of(cls, name: str, ground: str, rng: np.random.Generator) -> Palette:
        """Mix a palette's colours for a picture; no two pictures have quite the same."""
        dark, light, *inks = (np.array(tuple(bytes.fromhex(text)), np.float32) for text in COLOURS[name])
        shade = rng.normal(0, 7, (5, 3)) + rng.normal(0, 8, (5, 1))
        mixed = np.clip(np.stack(inks) + shade, 0, 255).astype(np.float32)[rng.permutation(5)]
        behind, other = (dark, light) if ground == "dark" else (light, dark)
        return cls(behind, other, mixed)

    def ink(self, number: int) -> tuple[int, int, int]:
        """Give an ink as PIL takes it; after the last comes the first."""
        return as_ink(self.inks[number % len(self.inks)])

    def blend(self, at: F32) -> F32:
        """Run smoothly through the inks: 0..1 of any shape -> the same shape and 3."""
        place = np.clip(at, 0, 1) * (len(self.inks) - 1)
        low = np.minimum(place.astype(np.int64), len(self.inks) - 2)
        share = (place - low)[..., None].astype(np.float32)
        mixed: F32 = self.inks[low] * (1 - share) + self.inks[low + 1] * share
        return mixed


def as_ink(colour: F32) -> tuple[int, int, int]:
    """Round a colour to what PIL takes."""
    red, green, blue = np.clip(np.rint(colour), 0, 255).astype(int).tolist()
    return red, green, blue
