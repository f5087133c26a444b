"""The legend of a still picture: four tubes, painted like the arteries they explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import scale
from ..frames.scene import F32, look, thickness
from .inks import ALERT, FOG, GHOST, GLOW, RAMP, UNKNOWN
from .lettering import Page, plain
from .picture import tail_of_light
from .raster import COLUMN
from .strips import Canvas, balls, slanted

#: Share of a block that shows an unknown value.
STUB = 0.16
#: Dashes of the sample of a ghost.
DASHES = 5
#: Pixels of a picture 800 wide that a row of tubes takes, and half of a tube, usual and thickest.
ROW, HALF, THICK = 52, 7, 20
#: Likewise how long a tube is: at least so that two dates find room below it; what lies between two, and beside all.
SHORT, LONG, GAP, MARGIN = 110, 260, 28, 16


@dataclass(frozen=True)
class Foot:
    """Where the tubes stand, below the view.

    Attributes
    ----------
    rows
        In how many rows; 0 where less than half of the picture would be left: there is no legend.
    row
        Height of each, pixels.
    half
        Half the height of the tubes, pixels.
    unit
        Pixels that one pixel of a picture 800 wide takes.
    """

    rows: int
    row: int
    half: float
    unit: float

    @property
    def height(self) -> int:
        """Pixels that all of it takes."""
        return self.rows * self.row


def foot_of(
    legend: Sequence[Mapping[str, Any]], width: int, height: int, unit: float, thickest: Callable[[int], float]
) -> Foot:
    """Room for a legend in a picture of a width and a height.

    Parameters
    ----------
    thickest
        From the height of the view to half the width of the thickest artery in it, pixels: the tubes show true widths;
        of a close view, what finds room.
    """
    rows = rows_of(len(legend), width, unit)
    spare = height / 2 - rows * ROW * unit
    if not rows or spare <= 0:
        return Foot(0, 0, 0.0, unit)
    row, usual = round(ROW * unit), HALF * unit
    widths = any(entry["channel"] == "radius" for entry in legend)
    half = min(max(usual, widths * thickest(height - rows * row)), THICK * unit, usual + spare / 2 / rows)
    return Foot(rows, row + int(2 * (half - usual)), half, unit)


def rows_of(tubes: int, width: float, unit: float) -> int:
    """In how many rows tubes stand, side by side as far as there is room; 0 where there is none."""
    beside = int((width - 2 * MARGIN * unit) / ((SHORT + GAP) * unit))
    return -(-tubes // beside) if beside > 0 else 0


def blocks(tubes: int, width: float, foot: Foot) -> list[tuple[float, float, int]]:
    """(left, width) of each tube in pixels, and how far below the first row it stands."""
    beside, unit = -(-tubes // foot.rows), foot.unit
    room = (width - 2 * MARGIN * unit) / beside
    length = min(room - GAP * unit, LONG * unit)
    return [(MARGIN * unit + k % beside * room, length, k // beside * foot.row) for k in range(tubes)]


def half_widths(fraction: F32 | np.float32, canvas: Canvas, edges: int) -> F32:
    """Half widths in pixels of arteries at the target's distance, by their visual fraction."""
    return thickness(fraction, edges) * scale(np.float32(canvas.camera.distance), canvas.height)


def samples(legend: Sequence[Mapping[str, Any]], canvas: Canvas, edges: int, foot: Foot) -> NDArray[Any]:
    """Columns of the tubes: one for each entry, its fraction growing to the right.

    Parameters
    ----------
    canvas
        Of the picture above.
    edges
        How many arteries it shows.
    """
    parts = []
    for entry, (left, length, down) in zip(legend, blocks(len(legend), canvas.width, foot), strict=True):
        middle = 15 * foot.unit + foot.half + down  # titles stand above
        parts.append(sample(entry, left, length * bar(entry), canvas, edges, middle, foot))
        if entry["unknown"]:
            parts.append(stub(left + length * (1 - STUB), length * STUB, canvas, middle, foot.unit))
    return np.concatenate(parts) if parts else np.zeros(0, COLUMN)


def bar(entry: Mapping[str, Any]) -> float:
    """Share of the block that the scale takes; the rest shows what unknown looks like."""
    return 1 - 1.4 * STUB if entry["unknown"] else 1.0


def stub(left: float, length: float, canvas: Canvas, middle: float, unit: float) -> NDArray[Any]:
    """Columns of a tube whose value is unknown."""
    return tube(left, np.full(max(int(length), 1), 3.4 * unit, np.float32), UNKNOWN, 0.0, canvas, middle)


def sample(
    entry: Mapping[str, Any], left: float, length: float, canvas: Canvas, edges: int, middle: float, foot: Foot
) -> NDArray[Any]:
    """Columns of one entry's tube."""
    count, unit = max(int(length), 1), foot.unit
    share = ((np.arange(count) + 0.5) / count).astype(np.float32)
    even = np.full(count, 3.4 * unit, np.float32)
    if entry["channel"] == "radius":
        true = half_widths(share, canvas, edges)
        return tube(left, np.minimum(true, np.float32(foot.half)), UNKNOWN, 0.0, canvas, middle)
    if entry["channel"] == "pulse":
        glow = tail_of_light(-share * 5, np.float32(0.6)) * np.sqrt(share)
        return tube(left, even, RAMP // 2, np.asarray(glow, np.float32), canvas, middle)
    if entry["channel"] == "color":
        return tube(left, even, np.rint(share * (RAMP - 1)).astype(np.int32), 0.0, canvas, middle)
    if entry["channel"] == "ghost":
        return dashes(left, length, 3.4 * unit, canvas, middle)
    spec, half, alarmed = look()["alert"], 4 * unit, share > 0.5
    radius = np.where(alarmed, spec["string"] * half, np.float32(2.2 * unit)).astype(np.float32)
    string = tube(left, radius, np.where(alarmed, ALERT, UNKNOWN).astype(np.int32), 0.0, canvas, middle)
    count = int((length / 2 - 2 * half) / (spec["pitch"] * half)) + 1
    x = np.asarray(left + length - half - np.arange(max(count, 1)) * (spec["pitch"] * half), np.float32)
    beads, _ = balls(x, np.full_like(x, middle), np.full_like(x, -1), np.full_like(x, half), canvas)
    beads["ink"] = ALERT * FOG * GLOW
    return np.concatenate([string, slanted(beads)])


def dashes(left: float, length: float, half: float, canvas: Canvas, middle: float) -> NDArray[Any]:
    """Columns of a dashed tube with round ends."""
    pitch = length / DASHES
    straight = max(0.0, look()["ghost"]["dash"] * pitch - 2 * half)
    begin = np.asarray(left + half + np.arange(DASHES) * pitch, np.float32)
    count = max(int(straight), 1)
    parts = [tube(x, np.full(count, half, np.float32), GHOST, 0.0, canvas, middle) for x in begin.tolist()]
    x = np.concatenate([begin, begin + np.float32(straight)])
    ends, _ = balls(x, np.full_like(x, middle), np.full_like(x, 1), np.full_like(x, half), canvas)
    ends["ink"] = GHOST * FOG * GLOW
    return np.concatenate([*parts, slanted(ends)])


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


def letter(page: Page, legend: Sequence[Mapping[str, Any]], top: float, foot: Foot, ink: str) -> None:
    """Write titles above the tubes and ticks below them, in the data's units; the foot begins at `top`."""
    unit = foot.unit
    for entry, (left, length, down) in zip(legend, blocks(len(legend), page.width, foot), strict=True):
        head = top + unit + down
        page.write(left, head, heading(entry, int((length + 22 * unit) / (5.2 * unit))), 10.5 * unit, ink)
        line, small = head + 16 * unit + 2 * foot.half, 9.5 * unit
        if entry["unknown"]:
            page.write_free(left + length, line, "unknown", small, ink, "ra")
        for fraction, text in ticks(entry):
            anchor = "la" if fraction < 0.12 else "ra" if fraction > 0.88 else "ma"
            page.write_free(left + fraction * length * bar(entry), line, plain(text, 14), small, ink, anchor)


def heading(entry: Mapping[str, Any], longest: int) -> str:
    """What the channel shows, in what unit, and what else the scale has to say where there is room for it."""
    text = f"{look()['names'][entry['channel']]}: {entry['title']}" + (f" ({entry['unit']})" if entry["unit"] else "")
    for part in filter(None, entry["note"].split(", ")):
        if len(text) + len(part) + 2 <= longest:
            text += f", {part}"
    return plain(text, max(longest, 12))


def ticks(entry: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Ends first, so that they stay where the middle ones find no room."""
    if entry["channel"] == "alert":
        return [(0.0, "calm"), (1.0, "alert")]
    given = [(float(fraction), str(text)) for fraction, text in entry["ticks"]]
    return given[:1] + given[:0:-1]


def shown(legend: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Entries that explain something here: what is the same everywhere needs no tube; there is no timeline to hatch."""
    return [entry for entry in legend if entry["scale"] not in ("constant", "hatched")]
