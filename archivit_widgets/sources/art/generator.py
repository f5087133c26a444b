"""The generator: which styles there are, and one picture at a time with what is true of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import fields, styles
from .palettes import COLOURS, GROUNDS, Palette

if TYPE_CHECKING:
    from PIL.Image import Image

STYLES = {
    "flow field": styles.flow_field,
    "layered hills": styles.hills,
    "concentric circles": styles.circles,
    "divided plane": styles.rectangles,
    "ridge lines": styles.ridgelines,
    "pendulum curve": styles.pendulum,
    "truchet tiles": fields.truchet,
    "stained glass": fields.stained_glass,
    "pixel creatures": fields.creatures,
}
SCALES = ("few large shapes", "many small shapes")
FINER = 3  # drawn larger, then averaged: edges are smooth


def drawn(seed: int, number: int, size: int, allowed: tuple[str, ...]) -> tuple[Image, dict[str, str]]:
    """Draw a picture of a series, and say what it shows: its style, palette, scale and ground."""
    from PIL import Image

    rng = np.random.default_rng((seed, number))
    traits = {
        "style": allowed[int(rng.integers(len(allowed)))],
        "palette": str(rng.choice(list(COLOURS))),
        "scale": SCALES[int(rng.integers(2))],
        "ground": GROUNDS[int(rng.integers(2))],
    }
    palette = Palette.of(traits["palette"], traits["ground"], rng)
    large = STYLES[traits["style"]](FINER * size, rng, palette, traits["scale"] == SCALES[1])
    return large.resize((size, size), Image.Resampling.BOX), traits


def caption(traits: dict[str, str]) -> str:
    """Say what a picture shows."""
    return f"{traits['style']}, {traits['palette']} palette, {traits['scale']}, {traits['ground']} ground"
