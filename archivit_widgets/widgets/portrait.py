"""The still pictures that stay in a saved notebook: a PNG beside the widget, and a poster inside it."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, features

from ..frames.camera import Camera
from ..frames.emphasis import FADED, SELECTED
from ..frames.scene import look
from . import static

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ..frames.emphasis import Emphasis
    from ..frames.scene import Scene

#: Length of all arteries together, in radii of the scene: more are not told apart in so small a picture, and drawing
#: them would keep the widget waiting.
INK = 2_800
#: Alerts, ghosts and selected arteries that are drawn however long they are.
MOST_MEANT = 5_000
#: The poster is blurred by what lies over it anyway: small, for it travels with every display, and lies in every
#: notebook that keeps its widgets' state.
POSTER = (480, 240)
POSTER_BYTES = 12_000


def portray(
    scene: Scene,
    channels: NDArray[np.uint8],
    legend: Sequence[Mapping[str, Any]],
    camera: Mapping[str, Any] | None,
    title: str,
    note: str = "",
    emphasis: Emphasis | None = None,
) -> Image.Image:
    """Draw a small picture of a scene as it is first shown; of very many arteries the strongest, and it says so."""
    drawn, all_ = _worth_drawing(scene, channels, emphasis), len(channels)
    eye = Camera.of(camera) if camera else None
    few = f"the strongest {len(drawn):,} of {all_:,} arteries" if len(drawn) < all_ else ""
    note = "; ".join(filter(None, (note, few)))
    return static.draw(scene, channels, legend, camera=eye, title=title, note=note, drawn=drawn, emphasis=emphasis)


def beside(image: Image.Image) -> bytes:
    """Give the PNG that a notebook keeps beside the widget."""
    return static.png(image, static.SMALL_BYTES)


def poster(image: Image.Image) -> str:
    """Give a data URL of at most 16 kB, for the page to show where no kernel answers: coarser, then smaller to fit."""
    kind = "WEBP" if features.check("webp") else "JPEG"
    for part in (1, 2, 4, 8):
        small = image.resize((POSTER[0] // part, POSTER[1] // part), Image.Resampling.BOX)
        for quality in (50, 30, 15, 5):
            out = io.BytesIO()
            small.save(out, kind, quality=quality, **({"method": 0} if kind == "WEBP" else {}))
            if out.tell() <= POSTER_BYTES:
                return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"
    raise AssertionError("1,800 pixels take less than 12 kB, whatever they show")


def _worth_drawing(scene: Scene, channels: NDArray[np.uint8], emphasis: Emphasis | None = None) -> NDArray[np.intp]:
    """Rows of alerts, ghosts and what is selected, then of what is near or in the window, then of the strongest."""
    ends = scene.positions[scene.source] - scene.positions[scene.target]
    length = np.sqrt(np.einsum("ij,ij->i", ends, ends)) + look()["loop"]["least"]
    if length.sum() <= INK:
        return np.arange(len(channels))
    meant = channels[:, 3] >= 128
    meant[len(meant) - scene.ghosts :] = True
    mark = np.full(len(meant), FADED, np.uint8) if emphasis is None else emphasis.edges
    meant |= mark >= SELECTED
    weight = channels[:, 0] + np.int32(256) * (mark != FADED) + np.int32(512) * meant
    best = np.argsort(-weight, kind="stable")
    room = np.count_nonzero(np.cumsum(length[best]) <= INK)
    return np.sort(best[: max(room, min(np.count_nonzero(meant), MOST_MEANT))])
