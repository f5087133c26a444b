"""Text on still pictures: a font that has the letters, and labels that never overlap."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from PIL import ImageFont

from ..graph.words import short

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
    Box = tuple[float, float, float, float]

#: Looked for by name in the system's font folders, where the built-in font lacks a letter.
FALLBACKS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
    "segoeui.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "Hiragino Sans GB.ttc",
)
#: No font has a picture for this; what is drawn for it is what is drawn for any missing letter.
NOBODY = "\U0010fffe"


def font_for(text: str, size: float) -> Font:
    """Pillow's own font, so that pictures are alike everywhere; where it lacks letters, the first that lacks fewest."""
    names = [name for name in (None, *FALLBACKS) if load(name, size) is not None]
    best = min(names, key=lambda name: sum(not has(name, letter) for letter in set(text)), default=None)
    return load(best, size) or ImageFont.load_default()


@cache
def load(name: str | None, size: float) -> Font | None:
    """A font by file name (None: Pillow's own), or None where there is none."""
    try:
        return ImageFont.load_default(size) if name is None else ImageFont.truetype(name, size)
    except OSError:
        return None


@cache
def has(name: str | None, letter: str) -> bool:
    """Whether a font has a picture for a letter."""
    font = load(name, 16)
    if font is None or letter.isspace():
        return font is not None
    mask, missing = font.getmask(letter), font.getmask(NOBODY)
    return mask.size != missing.size or bytes(mask) != bytes(missing)


def plain(text: str, longest: int = 24) -> str:
    """One line without marks that have no picture, shortened as in the page."""
    shown = "".join(" " if letter.isspace() else letter for letter in text if is_shown(letter)).strip()
    return short(shown, longest)


def is_shown(letter: str) -> bool:
    """Control and format marks, and halves of surrogate pairs, have no picture."""
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Cn", "Co")


class Page:
    """Writes text, keeping in mind what is taken already."""

    def __init__(self, draw: ImageDraw, width: float, height: float, halo: str) -> None:
        self.draw = draw
        self.width, self.height = width, height
        self.halo = halo
        self.taken: list[Box] = []

    def write(self, x: float, y: float, text: str, size: float, color: str, anchor: str = "la", halo: int = 0) -> Box:
        """Write wherever asked."""
        font = font_for(text, size)
        self.draw.text((x, y), text, color, font, anchor, stroke_width=halo, stroke_fill=self.halo)
        return self.draw.textbbox((x, y), text, font, anchor)

    def write_free(
        self, x: float, y: float, text: str, size: float, color: str, anchor: str = "la", halo: int = 0
    ) -> bool:
        """Write only where nothing was written and all of it is on the page."""
        font, gap = font_for(text, size), size / 4
        left, top, right, bottom = self.draw.textbbox((x, y), text, font, anchor)
        box = (left - gap, top - gap / 2, right + gap, bottom + gap / 2)
        inside = left >= 0 and top >= 0 and right <= self.width and bottom <= self.height
        if not inside or any(overlap(box, other) for other in self.taken):
            return False
        self.taken.append(box)
        self.write(x, y, text, size, color, anchor, halo)
        return True


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes (left, top, right, bottom) share a pixel."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
