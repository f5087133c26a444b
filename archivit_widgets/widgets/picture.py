"""The arteries of a still picture: channels become widths, inks, beads and dashes, as the page's shaders do it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..frames.camera import project, scale
from ..frames.emphasis import CHOSEN, FADED, NEAR, SELECTED, Emphasis, nothing
from ..frames.scene import F32, Scene, look, radii, room, thickness
from .beads import beads_of, swollen
from .dashes import on_dash, pitches, round_ends, runs_away, straight
from .inks import (
    ACCOUNT,
    ALERT,
    GHOST,
    MEANT,
    RAMP,
    U8,
    UNKNOWN,
    base_colors,
    ground_of,
    haze,
    ink_of,
    layered,
    make_inks,
    rgb,
)
from .raster import Thread, overlay, paint
from .strips import Canvas, Columns, arc_share, balls, controls, joints, slanted, steps, tubes, unevenness
from .swept import swept, thick

#: By emphasis: how much thicker an artery is drawn, and an account; as in cull.wgsl and account.wgsl.
SCALES = np.array([1, 0.6, 0.8, 1.3, 1.3], np.float32)
SPHERES = np.array([1, 0.6, 1, 1.3, 1.3], np.float32)
#: How much thicker than a thread a chosen artery is at least.
LEAST_CHOSEN = 1.2
#: Pixels, as js/src/quality.ts has them: half width below which a thread fades instead of shrinking, and by how much
#: its sides fade.
THIN, FEATHER = 0.5, 0.5
#: Threads drawn in one go.
BATCH = 400


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
    mark
        (n,) how it is shown beside the others, see `Emphasis`.
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
    mark: U8
    among: int

    def rows(self, which: NDArray[Any]) -> DrawnArteries:
        """Only some of them."""
        return replace(self, **{part.name: getattr(self, part.name)[which] for part in fields(self)[:-1]})


def arteries(scene: Scene, channels: U8, drawn: NDArray[Any] | slice, mark: U8) -> DrawnArteries:
    """Carry the channels of the `drawn` arteries to what is seen; ``cull`` in shaders/cull.wgsl."""
    spec, edges, mark = look(), len(channels), mark[drawn]
    dashed = (np.arange(edges) >= edges - scene.ghosts)[drawn]
    scene = replace(scene, **{part: getattr(scene, part)[drawn] for part in ("source", "target", "bend")})
    channels = channels[drawn]
    visual = channels.astype(np.float32) / np.float32(255)
    alarmed = channels[:, 3] >= 128
    swell = np.where(alarmed, spec["alert"]["swell"], 1)
    radius = thickness(visual[:, 0], edges) * swell * SCALES[mark]
    points, length = controls(scene)
    unknown = np.where(dashed, GHOST, UNKNOWN)
    color = np.where(channels[:, 2] == 0, unknown, np.rint((channels[:, 2] - 1.0) / 254 * (RAMP - 1)))
    low, high = spec["pulse"]["length"]
    return DrawnArteries(
        points,
        np.asarray(radius, np.float32),
        length,
        np.where(alarmed, ALERT, color).astype(np.int32),
        np.where(alarmed | (mark == FADED), np.float32(0), np.sqrt(visual[:, 1])),  # beads are pattern enough
        np.asarray((scene.bend[:, 3].astype(np.float32) + 127) / 254, np.float32),
        low + (high - low) * visual[:, 0],
        alarmed,
        dashed,
        mark,
        edges,
    )


def plain(all_: DrawnArteries, canvas: Canvas) -> DrawnArteries:
    """The same, ghosts and the few selected so wide that they can be made out; ``place`` in shaders/cull.wgsl."""
    share = np.where(all_.mark == CHOSEN, LEAST_CHOSEN, np.where(all_.dashed, look()["ghost"]["least"], 0))
    rows, radius = np.flatnonzero(share), all_.radius.copy()
    _, _, depth = project(all_.points[rows, 1:3].mean(axis=1), canvas.camera, canvas.width, canvas.height)
    radius[rows] = np.maximum(radius[rows], share[rows] * look()["thread"] / scale(depth, canvas.height))
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
    out["ink"] = ink_of(some.color[edge], out["depth"], dashes(some, edge, along), canvas, some.mark[edge])
    return slanted(layered(out, some.mark[edge], canvas, some.dashed[edge]))


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
    spec, ghost, mark = look()["ghost"], some.dashed[edge], some.mark[edge]
    clear = np.where(ghost & (mark != FADED), np.float32(spec["fog"]), np.float32(1))
    near = 1 - haze(out["depth"], canvas, mark) * clear
    glow = near * dashes(some, edge, along)
    least = np.where(ghost, np.float32(spec["alpha"]), 0)
    alpha = near * np.maximum(least, alpha_of(out["radius"], *covers(theme, some.among)))
    out["radius"] = np.maximum(out["radius"], THIN) + FEATHER
    ink = base_colors(theme).T[:, some.color].take(edge, axis=1)
    ink *= lit * (1 - glow)
    ink += rgb(look()["themes"][theme]["glow"])[:, None] * glow
    return slanted(layered(out, mark, canvas, ghost)), ink, np.asarray(np.maximum(alpha, glow * glow), np.float32)


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


def accounts(scene: Scene, canvas: Canvas, mark: U8) -> NDArray[Any]:
    """(n,) columns of all accounts drawn, as much nearer to the eye as the page draws them: arteries end inside."""
    there = scene.sizes > 0
    mark = np.where(mark == NEAR, 0, mark)[there]  # the spheres at both ends of what is selected are meant
    radius = radii(scene.sizes[there], len(scene.source)) * SPHERES[mark]
    x, y, depth = project(scene.positions[there], canvas.camera, canvas.width, canvas.height)
    columns, ball = balls(x, y, depth - np.float32(0.8) * radius, radius * scale(depth, canvas.height), canvas)
    mark = mark[ball]
    columns["round"] = np.clip(0.4 * columns["radius"] - 0.6, 0, 0.97)
    color = np.where(mark == SELECTED, MEANT, ACCOUNT).astype(np.int32)
    columns["ink"] = ink_of(color, columns["depth"], 0.0, canvas, mark)
    return slanted(layered(columns, mark, canvas))


def paint_scene(
    scene: Scene,
    channels: U8,
    canvas: Canvas,
    theme: str,
    shades: int,
    drawn: NDArray[Any] | slice,
    emphasis: Emphasis | None = None,
) -> U8:
    """(height, width, 3) uint8: accounts and the `drawn` arteries on the theme's ground, without text."""
    marks = emphasis or nothing(scene)
    all_ = plain(arteries(scene, channels, drawn, marks.edges), canvas)
    thin = are_threads(all_, canvas)
    columns = np.concatenate([solid(all_.rows(~thin), canvas), accounts(scene, canvas, marks.accounts)])
    inks = make_inks(columns, theme, shades)
    picture, depth = paint(columns, inks, ground_of(theme), canvas.width * canvas.height)
    for rows in (np.flatnonzero(thin & ~all_.dashed), np.flatnonzero(thin & all_.dashed)):  # ghosts lie over all others
        batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
        if batches:
            overlay(picture, depth, (threads(all_.rows(some), canvas, theme) for some in batches))
    return as_bytes(picture, canvas)


def painted(columns: NDArray[Any], canvas: Canvas, theme: str, shades: int = 24) -> U8:
    """(height, width, 3) uint8: solid columns on the theme's ground."""
    inks = make_inks(columns, theme, shades)
    picture, _ = paint(columns, inks, ground_of(theme), canvas.width * canvas.height)
    return as_bytes(picture, canvas)


def as_bytes(picture: F32, canvas: Canvas) -> U8:
    """(height, width, 3) uint8 of (pixels, 3) in 0..1."""
    picture *= 255
    picture += np.float32(0.5)
    return picture.astype(np.uint8).reshape(canvas.height, canvas.width, 3)
