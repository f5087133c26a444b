"""Names for a simulated market: addresses as a chain writes them, and collections as artists call them."""

from __future__ import annotations

import numpy as np

# fmt: off
FIRST = ("Quiet", "Amber", "Hollow", "Paper", "Salt", "Velvet", "Northern", "Idle", "Glass",
         "Electric", "Second", "Copper", "Lunar", "Feral", "Plain", "Tidal")
LAST = ("Orchards", "Machines", "Portraits", "Signals", "Gardens", "Harbours", "Masks",
        "Engines", "Letters", "Saints", "Meadows", "Ruins", "Choirs")
# fmt: on


def addresses(rng: np.random.Generator, count: int) -> list[str]:
    """Make `count` addresses: 0x and 40 hexadecimal digits."""
    digits = rng.bytes(20 * count).hex()
    return ["0x" + digits[i : i + 40] for i in range(0, 40 * count, 40)]


def collection_names(rng: np.random.Generator, count: int) -> list[str]:
    """Make `count` different names of two words; beyond 208 they are numbered."""
    pairs = [f"{first} {last}" for first in FIRST for last in LAST]
    order = rng.permutation(len(pairs))
    names = [pairs[i] for i in order]
    return [names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "") for i in range(count)]
