"""The legend of a still picture: four tubes, painted like the arteries they explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import scale
from ..frames.scene import look
from .columns import Canvas, slanted
from .lettering import Page, plain
from .picture import ALERT, FOG, GLOW, RAMP, UNKNOWN, between, string_of_beads, tail_of_light
from .raster import COLUMN

VERBS = {"radius": "width", "pulse": "pulse", "color": "colour", "alert": "alert"}


def blocks(legend: Sequence[Mapping[str, Any]], width: float, unit: float) -> list[tuple[float, float]]:
    """(left, width) of each entry's tube, side by side, in pixels."""
    room = (width - unit * 32) / max(len(legend), 1)
    return [(unit * 16 + k * room, min(room - unit * 28, unit * 260)) for k in range(len(legend))]


def samples(legend: Sequence[Mapping[str, Any]], canvas: Canvas, middle: float, unit: float) -> NDArray[Any]:
    """Columns of the tubes: one for each entry, its fraction growing to the right.

    Parameters
    ----------
    canvas
        Of the whole picture, legend included.
    middle
        Height of the tubes' axes, pixels from the top.
    unit
        Pixels that one pixel of a picture 800 wide takes.
    """
    parts = [
        sample(entry, left, length, canvas, middle, unit)
        for entry, (left, length) in zip(legend, blocks(legend, canvas.width, unit), strict=True)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, COLUMN)


def sample(
    entry: Mapping[str, Any], left: float, length: float, canvas: Canvas, middle: float, unit: float
) -> NDArray[Any]:
    """Columns of one entry's tube."""
    count = max(int(length), 1)
    out = np.zeros(count, COLUMN)
    share = ((np.arange(count) + 0.5) / count).astype(np.float32)
    fraction = np.full(count, 0.5, np.float32) if entry["scale"] == "constant" else share
    pixels = float(scale(np.float32(canvas.camera.distance), canvas.height))
    channel = entry["channel"]
    radius = np.full(count, 3.4 * unit, np.float32)
    ink = np.full(count, UNKNOWN, np.int32)
    glow = np.zeros(count, np.float32)
    if channel == "radius":
        radius = np.minimum(between(look()["radius"], fraction) * pixels, np.float32(6 * unit))
    elif channel == "pulse":
        glow = tail_of_light(-share * 5, np.float32(0.6)) * np.sqrt(fraction)
        ink[:] = RAMP // 2
    elif channel == "color":
        ink = np.rint(fraction * (RAMP - 1)).astype(np.int32)
    else:
        beads = np.float32(length / (9 * unit))
        radius = np.where(share > 0.5, 4.5 * unit * string_of_beads(share, beads), np.float32(2.2 * unit))
        ink = np.where(share > 0.5, ALERT, UNKNOWN)
    out["pixel"] = left + np.arange(count)
    out["stride"], out["limit"] = canvas.width, canvas.height
    out["centre"], out["radius"], out["slant"], out["dim"] = middle, radius, 1, 1
    out["across"], out["front"] = -canvas.light[1], canvas.light[2]
    out["facing"] = out["round"] = 1
    out["rim"] = np.minimum(0.9, 0.3 * out["radius"])
    out["ink"] = ink * FOG * GLOW + np.rint(glow * (GLOW - 1)).astype(np.int32)
    return slanted(out)


def letter(page: Page, legend: Sequence[Mapping[str, Any]], top: float, unit: float, ink: str) -> None:
    """Write titles above the tubes and ticks below them, in the data's units."""
    for entry, (left, length) in zip(legend, blocks(legend, page.width, unit), strict=True):
        heading = plain(f"{entry['title']} ({entry['unit']})" if entry["unit"] else str(entry["title"]), 40)
        page.write(left, top, f"{VERBS[entry['channel']]}: {heading}", 10.5 * unit, ink)
        for fraction, text in ticks(entry):
            anchor = "la" if fraction < 0.12 else "ra" if fraction > 0.88 else "ma"
            page.write_free(left + fraction * length, top + 30 * unit, plain(text, 14), 9.5 * unit, ink, anchor)


def ticks(entry: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Ends first, so that they stay where the middle ones find no room."""
    if entry["channel"] == "alert":
        return [(0.0, "calm"), (1.0, "alert")]
    given = [(float(fraction), str(text)) for fraction, text in entry["ticks"]]
    return given[:1] + given[:0:-1]


def shown(legend: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Entries that explain something: a channel that is the same everywhere needs no tube."""
    return [entry for entry in legend if entry["scale"] != "constant"]
