"""The legend of a still picture: four tubes, painted like the arteries they explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import scale
from ..frames.scene import F32, look, thickness
from .lettering import Page, plain
from .picture import ALERT, FOG, GLOW, RAMP, UNKNOWN, tail_of_light
from .raster import COLUMN
from .strips import Canvas, balls, slanted

#: Share of a block that shows an unknown value.
STUB = 0.16


def blocks(legend: Sequence[Mapping[str, Any]], width: float, unit: float) -> list[tuple[float, float]]:
    """(left, width) of each entry's tube, side by side, in pixels."""
    room = (width - unit * 32) / max(len(legend), 1)
    return [(unit * 16 + k * room, min(room - unit * 28, unit * 260)) for k in range(len(legend))]


def half_widths(fraction: F32 | np.float32, canvas: Canvas, edges: int) -> F32:
    """Half widths in pixels of arteries at the target's distance, by their visual fraction."""
    return thickness(fraction, edges) * scale(np.float32(canvas.camera.distance), canvas.height)


def half_height(legend: Sequence[Mapping[str, Any]], canvas: Canvas, edges: int, unit: float) -> float:
    """Half the height of the tubes in pixels: what true widths ask for; of a close view, what finds room."""
    widths = any(entry["channel"] == "radius" for entry in legend)
    thickest = float(half_widths(np.float32(1), canvas, edges))
    return min(max(7 * unit, widths * thickest), 20 * unit)


def samples(
    legend: Sequence[Mapping[str, Any]], canvas: Canvas, edges: int, middle: float, unit: float
) -> NDArray[Any]:
    """Columns of the tubes: one for each entry, its fraction growing to the right.

    Parameters
    ----------
    canvas
        Of the picture above.
    edges
        How many arteries it shows.
    middle
        Height of the tubes' axes, pixels from the top: 15 units for the titles, and room for the widest artery.
    unit
        Pixels that one pixel of a picture 800 wide takes.
    """
    parts = []
    for entry, (left, length) in zip(legend, blocks(legend, canvas.width, unit), strict=True):
        parts.append(sample(entry, left, length * bar(entry), canvas, edges, middle, unit))
        if entry["unknown"]:
            parts.append(stub(left + length * (1 - STUB), length * STUB, canvas, middle, unit))
    return np.concatenate(parts) if parts else np.zeros(0, COLUMN)


def bar(entry: Mapping[str, Any]) -> float:
    """Share of the block that the scale takes; the rest shows what unknown looks like."""
    return 1 - 1.4 * STUB if entry["unknown"] else 1.0


def stub(left: float, length: float, canvas: Canvas, middle: float, unit: float) -> NDArray[Any]:
    """Columns of a tube whose value is unknown."""
    return tube(left, np.full(max(int(length), 1), 3.4 * unit, np.float32), UNKNOWN, 0.0, canvas, middle)


def sample(
    entry: Mapping[str, Any], left: float, length: float, canvas: Canvas, edges: int, middle: float, unit: float
) -> NDArray[Any]:
    """Columns of one entry's tube."""
    count = max(int(length), 1)
    share = ((np.arange(count) + 0.5) / count).astype(np.float32)
    even = np.full(count, 3.4 * unit, np.float32)
    if entry["channel"] == "radius":
        true = half_widths(share, canvas, edges)
        return tube(left, np.minimum(true, np.float32(middle - 15 * unit)), UNKNOWN, 0.0, canvas, middle)
    if entry["channel"] == "pulse":
        glow = tail_of_light(-share * 5, np.float32(0.6)) * np.sqrt(share)
        return tube(left, even, RAMP // 2, np.asarray(glow, np.float32), canvas, middle)
    if entry["channel"] == "color":
        return tube(left, even, np.rint(share * (RAMP - 1)).astype(np.int32), 0.0, canvas, middle)
    spec, half, alarmed = look()["alert"], 4 * unit, share > 0.5
    radius = np.where(alarmed, spec["string"] * half, np.float32(2.2 * unit)).astype(np.float32)
    string = tube(left, radius, np.where(alarmed, ALERT, UNKNOWN).astype(np.int32), 0.0, canvas, middle)
    count = int((length / 2 - 2 * half) / (spec["pitch"] * half)) + 1
    x = np.asarray(left + length - half - np.arange(max(count, 1)) * (spec["pitch"] * half), np.float32)
    beads, _ = balls(x, np.full_like(x, middle), np.full_like(x, -1), np.full_like(x, half), canvas)
    beads["ink"] = ALERT * FOG * GLOW
    return np.concatenate([string, slanted(beads)])


def tube(
    left: float, radius: NDArray[Any], color: NDArray[np.int32] | int, glow: F32 | float, canvas: Canvas, middle: float
) -> NDArray[Any]:
    """Columns of a tube that runs sideways, one for each radius."""
    count = len(radius)
    out = np.zeros(count, COLUMN)
    out["pixel"] = left + np.arange(count)
    out["stride"], out["limit"] = canvas.width, canvas.height
    out["centre"], out["radius"], out["slant"], out["dim"] = middle, radius, 1, 1
    out["across"], out["front"] = -canvas.light[1], canvas.light[2]
    out["facing"] = out["round"] = 1
    out["rim"] = np.minimum(0.9, 0.3 * out["radius"])
    out["ink"] = color * FOG * GLOW + np.rint(glow * np.float32(GLOW - 1)).astype(np.int32)
    return slanted(out)


def letter(page: Page, legend: Sequence[Mapping[str, Any]], top: float, below: float, unit: float, ink: str) -> None:
    """Write titles above the tubes and ticks below them, in the data's units."""
    for entry, (left, length) in zip(legend, blocks(legend, page.width, unit), strict=True):
        page.write(left, top, heading(entry, int((length + 22 * unit) / (5.2 * unit))), 10.5 * unit, ink)
        line, small = below, 9.5 * unit
        if entry["unknown"]:
            page.write_free(left + length, line, "unknown", small, ink, "ra")
        for fraction, text in ticks(entry):
            anchor = "la" if fraction < 0.12 else "ra" if fraction > 0.88 else "ma"
            page.write_free(left + fraction * length * bar(entry), line, plain(text, 14), small, ink, anchor)


def heading(entry: Mapping[str, Any], longest: int) -> str:
    """What the channel shows, in what unit, and what else the scale has to say where there is room for it."""
    text = f"{look()['names'][entry['channel']]}: {entry['title']}" + (f" ({entry['unit']})" if entry["unit"] else "")
    whole = f"{text}, {entry['note']}" if entry["note"] else text
    return plain(whole if len(whole) <= longest else text, max(longest, 12))


def ticks(entry: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Ends first, so that they stay where the middle ones find no room."""
    if entry["channel"] == "alert":
        return [(0.0, "calm"), (1.0, "alert")]
    given = [(float(fraction), str(text)) for fraction, text in entry["ticks"]]
    return given[:1] + given[:0:-1]


def shown(legend: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Entries that explain something: a channel that is the same everywhere needs no tube."""
    return [entry for entry in legend if entry["scale"] != "constant"]
