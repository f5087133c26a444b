"""The picture drawn in the kernel, with no page: beside the widget in a saved notebook, and in print."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from ..arguments import whole
from ..errors import ArchivitError
from ..frames.camera import Camera, fit, project, scale
from ..frames.emphasis import NAMED as MEANT_NAMED
from ..frames.scene import Scene, fog, look, radii
from .inks import ACCOUNT, GHOST, MEANT, RAMP, U8, UNKNOWN, base_colors, rgb
from .legend import foot_of, half_widths, letter, samples, shown
from .lettering import Page, plain
from .picture import SPHERES, paint_scene, painted
from .strips import Canvas

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

    from ..frames.emphasis import Emphasis

#: Size of the picture that a notebook keeps, in pixels, and the bytes it may take there.
SMALL = (640, 320)
SMALL_BYTES = 40_000
COLORS = 60
#: Pixels of a picture 800 wide for each name in it; so few accounts are all named.
LABEL_AREA, NAMED = 28_000, 24
#: In place of arteries, where there are none; js/src/ui/empty.ts says the same.
EMPTY = "No transfers between accounts to show."
#: Pixels of the longest side, and of all: a slip of the hand must not take a kernel's memory.
LARGEST, MOST = 16_384, 1 << 26


def draw(
    scene: Scene,
    channels: U8,
    legend: Sequence[Mapping[str, Any]] = (),
    *,
    camera: Camera | None = None,
    width: int = SMALL[0],
    height: int = SMALL[1],
    theme: str = "light",
    title: str = "",
    note: str = "",
    drawn: NDArray[Any] | None = None,
    emphasis: Emphasis | None = None,
) -> Image.Image:
    """Draw arteries as the page does, without its motion and its ambient occlusion.

    Parameters
    ----------
    scene
        Geometry.
    channels
        (n_edges, 4) uint8: radius, pulse, color, alert.
    legend
        Entries as ``Channels.legend`` has them; channels that are constant are left out.
    camera
        None: the first view of the page, framed on the data.
    width, height
        Pixels.
    theme
        ``light`` or ``dark``.
    title
        One line in the upper left corner.
    note
        What else is to be said of the picture, in small print in its lower right corner.
    drawn
        (n,) rows of the arteries to draw, each as it is among all of them; None: all.
    emphasis
        What stands out; None: nothing does.

    Returns
    -------
    An RGB image.

    Raises
    ------
    ArchivitError
        The size or the theme cannot be drawn.
    """
    width, height = whole("width", width, 1, LARGEST), whole("height", height, 1, LARGEST)
    if width * height > MOST:
        raise ArchivitError(f"a picture of {width:,} x {height:,} pixels is too large: {MOST:,} are the most")
    if theme not in look()["themes"]:
        raise ArchivitError(f"theme is {theme!r}, but must be {' or '.join(look()['themes'])}")
    unit = max(0.85, min(width / 800, height / 400))
    entries = shown(legend)
    edges = len(channels)

    def seen(view: int) -> Canvas:
        return Canvas(width, view, camera or fit(scene, width / view), fog(edges))

    foot = foot_of(entries, width, height, unit, lambda view: float(half_widths(np.float32(1), seen(view), edges)))
    view = height - foot.height
    canvas = seen(view)
    shades = 96 if unit > 1.2 else 24  # of a large sphere each shade would be seen as a ring
    which = slice(None) if drawn is None else drawn
    parts = [paint_scene(scene, channels, canvas, theme, shades, which, emphasis)]
    if foot.rows:
        tubes = samples(entries, canvas, edges, foot)
        parts.append(painted(tubes, replace(canvas, height=foot.height), theme, shades))
    image = Image.fromarray(np.concatenate(parts))
    tones = look()["themes"][theme]
    page = Page(ImageDraw.Draw(image), width, height, tones["background"])
    if title:
        text = plain(title, int(width / unit / 6.5))
        page.write_free(16 * unit, 12 * unit, text, 13 * unit, tones["text"], halo=round(unit))
    if note:
        page.write_free(width - 16 * unit, view - 3 * unit, note, 9.5 * unit, tones["text"], "rd", halo=round(unit))
    if not edges:
        page.write_free(width / 2, view / 2, EMPTY, 13 * unit, tones["text"], "mm", halo=round(unit))
    if foot.rows:
        letter(page, entries, view, foot, tones["text"])
    name_accounts(page, scene, canvas, unit, theme, emphasis)
    return image


def png(image: Image.Image, most: int | None = None) -> bytes:
    """PNG of an image; with ``most``, in few colours, and made smaller until it fits into that many bytes."""
    if most is None:
        return encoded(image)
    while True:
        data = encoded(in_few_colors(image))
        if len(data) <= most or min(image.size) < 32:
            return data
        # Fewer colours would cost more of the picture than fewer pixels do.
        shrink = min(0.95, 0.98 * (most / len(data)) ** 0.5)
        size = (max(1, round(image.width * shrink)), max(1, round(image.height * shrink)))
        image = image.resize(size, Image.Resampling.LANCZOS)


def in_few_colors(image: Image.Image) -> Image.Image:
    """Image with a palette: colours common in a quarter of its pixels, and what means something but may be rare."""
    some = image.resize((-(-image.width // 2), -(-image.height // 2)), Image.Resampling.NEAREST)
    common = (some.quantize(COLORS, Image.Quantize.MEDIANCUT).getpalette() or [])[: 3 * COLORS]
    ground = np.asarray(image)[0, 0]
    alert = rgb(look()["alert"]["color"])
    base = base_colors("dark" if ground.max() < 128 else "light")
    rare = [*(share * color for color in (alert, base[GHOST]) for share in (1, 0.75, 0.5)), *base[:RAMP:4]]
    rare += [base[color] for color in (UNKNOWN, ACCOUNT, MEANT)]
    colors = np.concatenate([ground[None], np.reshape(common, (-1, 3)), np.rint(255 * np.array(rare))]).astype(np.uint8)
    palette = Image.new("P", (1, 1))
    palette.putpalette(colors.tobytes())
    few = image.quantize(palette=palette, dither=Image.Dither.NONE)
    # Pillow looks colours up roughly, and would tint a ground that is in the palette.
    rows, whole = np.array(few), np.asarray(image.convert("RGBA")).view(np.uint32)[..., 0]
    rows[whole == whole[0, 0]] = 0
    out = Image.fromarray(rows)
    out.putpalette(colors.tobytes())
    return out


def encoded(image: Image.Image) -> bytes:
    """PNG of an image; a higher level takes six times as long for one byte in a hundred."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def name_accounts(
    page: Page, scene: Scene, canvas: Canvas, unit: float, theme: str, emphasis: Emphasis | None = None
) -> None:
    """Write the names of the few accounts that matter beside their spheres; one that finds no room stays unnamed.

    Beside what is selected all other names are faint, and stand where they leave room.
    """
    few = len(scene.positions) <= NAMED
    meant = emphasis.meant if emphasis else np.empty(0, np.intp)
    labels = sorted(scene.labels, key=lambda label: label[0] not in meant)
    most = int(canvas.width * canvas.height / (LABEL_AREA * unit * unit))
    more = len(meant) if len(meant) <= MEANT_NAMED else 0
    labels = labels[: None if few else most + more]
    if not labels:
        return
    rows = np.array([row for row, _ in labels])
    strong = np.isin(rows, meant) if len(meant) else np.ones(len(rows), bool)
    inks = look()["themes"][theme]["text"], faint(theme)
    x, y, depth = project(scene.positions[rows], canvas.camera, canvas.width, canvas.height)
    mark = emphasis.accounts[rows] if emphasis else np.zeros(len(rows), np.uint8)
    radius = radii(scene.sizes[rows], len(scene.source)) * SPHERES[mark] * scale(depth, canvas.height)
    size, halo = 10.5 * unit, max(1, round(unit))
    for (_, name), at_x, at_y, off, plainly in zip(labels, x, y, radius + 3 * unit, strong, strict=True):
        if not (0 <= at_x < canvas.width and 0 <= at_y < canvas.height):
            continue
        # Below the view lies the legend: how far a name reaches below its place is known.
        for dx, dy, anchor, low in ((off, 0, "lm", 0.5), (-off, 0, "rm", 0.5), (0, -off, "md", 0), (0, off, "ma", 1)):
            inside = at_y + dy + low * size <= canvas.height
            ink = inks[0] if plainly else inks[1]
            if inside and page.write_free(float(at_x + dx), float(at_y + dy), plain(name), size, ink, anchor, halo):
                break


def faint(theme: str) -> str:
    """The ink of names that are not meant: a third of the text's over the ground."""
    ink, ground = (rgb(look()["themes"][theme][part]) for part in ("text", "background"))
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in 0.35 * ink + 0.65 * ground)


def save_png(file: BinaryIO, image: Image.Image) -> None:
    """Write an image in full colour."""
    image.save(file, "PNG", optimize=True)
