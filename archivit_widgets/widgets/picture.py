"""The arteries of a still picture: channels become widths, inks, beads and dashes, as the page's shaders do it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.scene import F32, Scene, look, radii, room, thickness
from .beads import beads_of, swollen
from .dashes import on_dash, pitches, round_ends, runs_away, straight
from .raster import EDGE, Thread, overlay, paint
from .strips import Canvas, Columns, arc_share, balls, controls, joints, slanted, steps, tubes, unevenness
from .swept import swept, thick

U8 = NDArray[np.uint8]
#: Steps of the value ramp, of fog and of a pulse's light: an ink for each combination, of which a picture uses some.
RAMP, FOG, GLOW = 32, 48, 64
UNKNOWN, ALERT, ACCOUNT, GHOST = (RAMP + k for k in range(4))
#: Of all these.
COLORS = GHOST + 1
#: Pixels, as js/src/quality.ts has them: half width below which a thread fades instead of shrinking, and by how much
#: its sides fade.
THIN, FEATHER = 0.5, 0.5
#: Threads drawn in one go.
BATCH = 400


def rgb(color: str) -> F32:
    """(3,) float32 in 0..1 of "#rrggbb"."""
    return np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def ramp(theme: str, fraction: F32) -> F32:
    """(..., 3) colours of a value's visual fraction 0..1: straight between the stops of the theme."""
    stops = np.array([rgb(color) for color in look()["colors"][theme]])
    at = np.clip(fraction, 0, 1) * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    part = (at - low)[..., None]
    return np.asarray(stops[low] * (1 - part) + stops[low + 1] * part, np.float32)


def base_colors(theme: str) -> F32:
    """(COLORS, 3): the ramp, unknown, alert, account, ghost."""
    tones = look()["themes"][theme]
    others = [rgb(tones["unknown"]), rgb(look()["alert"]["color"]), rgb(tones["account"]), rgb(tones["ghost"])]
    return np.concatenate([ramp(theme, np.linspace(0, 1, RAMP, dtype=np.float32)), others])


def make_inks(columns: NDArray[Any], theme: str, shades: int) -> F32:
    """Make the inks that columns use, and number these anew, in place.

    Returns
    -------
    (inks, shades, 3) float32; before, ink = (color * FOG + fog) * GLOW + glow.
    """
    used = np.zeros(COLORS * FOG * GLOW, bool)
    used[columns["ink"]] = True
    columns["ink"] = (np.cumsum(used, dtype=np.int32) - 1)[columns["ink"]]
    color, fog, glow = (part[:, None, None] for part in np.unravel_index(np.flatnonzero(used), (COLORS, FOG, GLOW)))
    tones = look()["themes"][theme]
    ground, edge = ground_of(theme), rgb(tones["edge"])
    base = base_colors(theme)[color[:, 0]]
    base = base + (glow / np.float32(GLOW - 1)) * (rgb(tones["glow"]) - base)
    tone = np.linspace(0, 1, shades, dtype=np.float32)[:, None]
    lit, body = np.clip((tone - EDGE) / (1 - EDGE), 0, 1), np.clip(tone / EDGE, 0, 1)
    full = edge + body * (np.clip(base * (0.62 + 0.48 * lit) + 0.25 * lit**10, 0, 1) - edge)
    return np.asarray(full + fog * np.float32(look()["fog"]["most"] / (FOG - 1)) * (ground - full), np.float32)


def haze(depth: F32, canvas: Canvas) -> F32:
    """(n,) share 0..1 that fog hides: nothing before the near side of the data, most behind the far side."""
    near, far = canvas.camera.distance - 0.7, canvas.camera.distance + 1.0
    return np.asarray(canvas.fog * np.clip((depth - near) / (far - near), 0, 1), np.float32)


def ink_of(color: NDArray[np.int32], depth: F32, glow: F32 | float, canvas: Canvas) -> NDArray[np.int32]:
    """(n,) inks, see `make_inks`; fog hides less of an alert."""
    clear = np.where(color == ALERT, np.float32(look()["alert"]["fog"]), np.float32(1))
    hidden = haze(depth, canvas) * clear / np.float32(look()["fog"]["most"])
    fog: NDArray[np.int32] = np.rint(hidden * (FOG - 1)).astype(np.int32)
    return (color * FOG + fog) * GLOW + np.rint(glow * np.float32(GLOW - 1)).astype(np.int32)


@dataclass(frozen=True)
class DrawnArteries:
    """Arteries as they are drawn: their channels in the picture's own terms, a row each.

    Attributes
    ----------
    points, radius, length
        (n, 4, 3) Bezier points; (n,) in units of the scene.
    color, pulse, phase, glow
        (n,) row of the inks' colours; strength 0..1; phase of the pulse and its length in spacings.
    alarmed, dashed
        (n,) whether it is an alert, and a ghost.
    among
        How many the picture is of.
    """

    points: F32
    radius: F32
    length: F32
    color: NDArray[np.int32]
    pulse: F32
    phase: F32
    glow: F32
    alarmed: NDArray[np.bool_]
    dashed: NDArray[np.bool_]
    among: int

    def rows(self, which: NDArray[Any]) -> DrawnArteries:
        """Only some of them."""
        return replace(self, **{part.name: getattr(self, part.name)[which] for part in fields(self)[:-1]})


def arteries(scene: Scene, channels: U8, drawn: NDArray[Any] | slice) -> DrawnArteries:
    """Carry the channels of the `drawn` arteries to what is seen; ``cull`` in shaders/cull.wgsl."""
    spec, edges = look(), len(channels)
    dashed = (np.arange(edges) >= edges - scene.ghosts)[drawn]
    scene = replace(scene, **{part: getattr(scene, part)[drawn] for part in ("source", "target", "bend")})
    channels = channels[drawn]
    visual = channels.astype(np.float32) / np.float32(255)
    alarmed = channels[:, 3] >= 128
    swell = np.where(alarmed, spec["alert"]["swell"], 1)
    radius = thickness(visual[:, 0], edges) * swell
    points, length = controls(scene)
    unknown = np.where(dashed, GHOST, UNKNOWN)
    color = np.where(channels[:, 2] == 0, unknown, np.rint((channels[:, 2] - 1.0) / 254 * (RAMP - 1)))
    low, high = spec["pulse"]["length"]
    return DrawnArteries(
        points,
        np.asarray(radius, np.float32),
        length,
        np.where(alarmed, ALERT, color).astype(np.int32),
        np.where(alarmed, np.float32(0), np.sqrt(visual[:, 1])),  # beads are pattern enough
        np.asarray((scene.bend[:, 3].astype(np.float32) + 127) / 254, np.float32),
        low + (high - low) * visual[:, 0],
        alarmed,
        dashed,
        edges,
    )


def plain(all_: DrawnArteries, canvas: Canvas) -> DrawnArteries:
    """The same, ghosts so wide that they can be made out; ``place`` in shaders/cull.wgsl."""
    rows, radius = np.flatnonzero(all_.dashed), all_.radius.copy()
    _, _, depth = project(all_.points[rows, 1:3].mean(axis=1), canvas.camera, canvas.width, canvas.height)
    least = look()["ghost"]["least"] * look()["thread"] / scale(depth, canvas.height)
    radius[rows] = np.maximum(radius[rows], least)
    return replace(all_, radius=radius)


def are_threads(all_: DrawnArteries, canvas: Canvas) -> NDArray[np.bool_]:
    """(n,) so thin that they are drawn translucent; alerts never are."""
    _, _, depth = project(all_.points[:, 1:3].mean(axis=1), canvas.camera, canvas.width, canvas.height)
    thin: NDArray[np.bool_] = (all_.radius * scale(depth, canvas.height) <= look()["thread"]) & ~all_.alarmed
    return thin


def solid(some: DrawnArteries, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of tubes, and of the beads of alerts and the strings between them."""
    beads = swollen(some.points, some.radius, canvas)
    radius = np.where(some.alarmed, look()["alert"]["string"] * beads, some.radius)
    way = steps(some.points, radius, canvas)
    wide = thick(some.points, radius, canvas)[way.edge]
    narrow = way.where(~wide)
    out, edge, along = joined(tubes(narrow, canvas), joints(narrow, canvas), swept(way.where(wide), canvas))
    along = arc_share(along, unevenness(some.points)[edge])
    strung = beads_of(some.points, beads, some.alarmed, canvas)
    bare = np.flatnonzero(~strung.hide(out, edge, along) & ~in_gap(some, edge, along, canvas))
    ends = round_ends(some.points, some.radius, some.dashed & ~some.alarmed, canvas)
    out, edge, along = joined((out[bare], edge[bare], along[bare]), strung.columns(), ends)
    out["dim"] = occlusion(along)
    out["round"] = np.clip(0.5 * out["radius"] - 0.4, 0, 1)
    out["rim"] = np.minimum(0.9, 0.3 * out["radius"])
    out["ink"] = ink_of(some.color[edge], out["depth"], dashes(some, edge, along), canvas)
    return slanted(in_front(out, some.dashed[edge]))


def in_front(columns: NDArray[Any], ghost: NDArray[np.bool_]) -> NDArray[Any]:
    """Columns, those of ghosts before all that is recorded; ``corner_of`` in ribbon.wgsl."""
    columns["depth"] *= np.where(ghost, np.float32(look()["ghost"]["depth"]), np.float32(1))
    return columns


def in_gap(some: DrawnArteries, edge: NDArray[Any], along: F32, canvas: Canvas) -> NDArray[np.bool_]:
    """(n,) whether columns lie between two dashes of a ghost; of one that is an alert only beads are left."""
    out = np.zeros(len(edge), bool)
    if not some.dashed.any():
        return out
    ghost = np.flatnonzero(some.dashed[edge])
    row = edge[ghost]
    count, pitch = pitches(some.points, some.radius)
    half = straight(some.radius, pitch, runs_away(some.points, canvas))
    out[ghost] = some.alarmed[row] | ~on_dash(along[ghost], count[row], half[row])
    return out


def joined(*parts: Columns) -> Columns:
    """All columns of several kinds."""
    columns, edge, along = (np.concatenate(fields) for fields in zip(*parts, strict=True))
    return columns, edge, along


def threads(some: DrawnArteries, canvas: Canvas, theme: str) -> Thread:
    """Columns of threads with their colours (3, n) and alphas (n,); ``vertex`` in thread.wgsl."""
    out, edge, along = tubes(steps(some.points, some.radius, canvas), canvas)
    along = arc_share(along, unevenness(some.points)[edge])
    if some.dashed.any():
        count, _ = pitches(some.points, some.radius)
        kept = ~some.dashed[edge] | on_dash(along, count[edge], np.float32(look()["ghost"]["dash"] / 2))
        out, edge, along = out[kept], edge[kept], along[kept]
    lit = (0.7 + 0.3 * np.maximum(0, out["front"])) * occlusion(along)
    spec, ghost = look()["ghost"], some.dashed[edge]
    near = 1 - haze(out["depth"], canvas) * np.where(ghost, np.float32(spec["fog"]), np.float32(1))
    glow = near * dashes(some, edge, along)
    least = np.where(ghost, np.float32(spec["alpha"]), 0)
    alpha = near * np.maximum(least, alpha_of(out["radius"], *covers(theme, some.among)))
    out["radius"] = np.maximum(out["radius"], THIN) + FEATHER
    ink = base_colors(theme).T[:, some.color].take(edge, axis=1)
    ink *= lit * (1 - glow)
    ink += rgb(look()["themes"][theme]["glow"])[:, None] * glow
    return slanted(in_front(out, ghost)), ink, np.asarray(np.maximum(alpha, glow * glow), np.float32)


def covers(theme: str, edges: int) -> tuple[float, float]:
    """Least and most alpha of threads: many are faint each, few are plain; ``threads`` in js/src/look.ts."""
    (faintest, densest), more = look()["themes"][theme]["thread"], room(edges) ** 2
    plain = min(5.0, 2.4 * more)
    return plain * min(0.7 * densest, faintest * max(1.0, more)), plain * densest


def alpha_of(half: F32, faintest: float, densest: float) -> F32:
    """How much a thread covers, by its half width in pixels; as in ribbon.wgsl."""
    rest = np.clip((half - THIN) / (look()["thread"] - THIN), 0, 1) ** 2
    thin = faintest + (densest - faintest) * np.minimum(1, half / THIN)
    return np.asarray(thin + (max(0.55, densest) - thin) * rest, np.float32)


def occlusion(along: F32) -> F32:
    """Darker where arteries meet, as if they shaded one another; as in ribbon.wgsl."""
    return np.asarray(1 - 0.35 * np.exp2(-20 * np.minimum(along, 1 - along)), np.float32)


def dashes(some: DrawnArteries, edge: NDArray[Any], along: F32) -> F32:
    """(n,) light of the pulses, standing: sharp head towards the target, long tail; the faster, the brighter."""
    count = np.maximum(np.rint(some.length / look()["pulse"]["spacing"]), 1).astype(np.float32)
    behind = some.phase[edge] - along * count[edge]
    return np.asarray(tail_of_light(behind, some.glow[edge]) * some.pulse[edge], np.float32)


def tail_of_light(behind: F32, length: F32 | np.float32) -> F32:
    """Light of a pulse at a distance behind its head, both in spacings of pulses; ``pulse_at`` in ribbon.wgsl."""
    at = behind % 1 / length
    tail = np.maximum(0, 1 - at)
    return np.asarray(np.minimum(1, 5 * at) * tail * tail, np.float32)


def accounts(scene: Scene, canvas: Canvas) -> NDArray[Any]:
    """(n,) columns of all accounts drawn, as much nearer to the eye as the page draws them: arteries end inside."""
    there = scene.sizes > 0
    radius = radii(scene.sizes[there], len(scene.source))
    x, y, depth = project(scene.positions[there], canvas.camera, canvas.width, canvas.height)
    columns, _ = balls(x, y, depth - np.float32(0.8) * radius, radius * scale(depth, canvas.height), canvas)
    columns["round"] = np.clip(0.4 * columns["radius"] - 0.6, 0, 0.97)
    columns["ink"] = ink_of(np.full(len(columns), ACCOUNT, np.int32), columns["depth"], 0.0, canvas)
    return slanted(columns)


def paint_scene(scene: Scene, channels: U8, canvas: Canvas, theme: str, shades: int, drawn: NDArray[Any] | slice) -> U8:
    """(height, width, 3) uint8: accounts and the `drawn` arteries on the theme's ground, without text."""
    all_ = plain(arteries(scene, channels, drawn), canvas)
    thin = are_threads(all_, canvas)
    columns = np.concatenate([solid(all_.rows(~thin), canvas), accounts(scene, canvas)])
    inks = make_inks(columns, theme, shades)
    picture, depth = paint(columns, inks, ground_of(theme), canvas.width * canvas.height)
    rows = np.flatnonzero(thin)
    batches = (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
    overlay(picture, depth, (threads(all_.rows(some), canvas, theme) for some in batches))
    return as_bytes(picture, canvas)


def painted(columns: NDArray[Any], canvas: Canvas, theme: str, shades: int = 24) -> U8:
    """(height, width, 3) uint8: solid columns on the theme's ground."""
    inks = make_inks(columns, theme, shades)
    picture, _ = paint(columns, inks, ground_of(theme), canvas.width * canvas.height)
    return as_bytes(picture, canvas)


def ground_of(theme: str) -> F32:
    """(3,) colour where nothing is."""
    return rgb(look()["themes"][theme]["background"])


def as_bytes(picture: F32, canvas: Canvas) -> U8:
    """(height, width, 3) uint8 of (pixels, 3) in 0..1."""
    picture *= 255
    picture += np.float32(0.5)
    return picture.astype(np.uint8).reshape(canvas.height, canvas.width, 3)
