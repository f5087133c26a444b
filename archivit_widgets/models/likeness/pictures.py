"""Pictures of any size as arrays of one size, and arrays as pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...arguments import found, short
from ...errors import ArchivitError

if TYPE_CHECKING:
    from PIL.Image import Image

U8 = NDArray[np.uint8]
GREY = 128  # behind what is transparent, and beside what is not square
MOST_PIXELS = 1 << 28  # of one picture; a file may claim any size
EXPECTED = "expected a PIL image, or uint8 of (height, width), (height, width, 3) or (height, width, 4)"


def is_picture(value: Any) -> bool:
    """Whether this is one picture: what PIL gives, or an array of two or three axes, the last being colours."""
    from PIL.Image import Image

    if isinstance(value, Image):
        return True
    return isinstance(value, np.ndarray) and (value.ndim == 2 or (value.ndim == 3 and value.shape[2] in (3, 4)))


def opened(given: Any) -> Iterator[Image]:
    """Make RGB pictures of what a caller gives, one after the other: a series of pictures, or one array of them.

    Parameters
    ----------
    given
        PIL images of any mode, or uint8 arrays: (height, width), (height, width, 3) or (height, width, 4). What is
        transparent lies over mid-grey.

    Raises
    ------
    ArchivitError
        One of them is no picture; which one, and what it is.
    """
    if is_picture(given) and not (isinstance(given, np.ndarray) and given.ndim == 2):
        raise ArchivitError("images must be a series of pictures, found one; pass [image]")
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise ArchivitError(f"images must be a series of pictures, found {found(given)}")
    return (_flat(one, at) for at, one in enumerate(given))


def squares(pictures: Iterable[Image], size: int) -> U8:
    """Fit each picture into a square, mid-grey beside it, and average its pixels down, or repeat them up.

    Returns
    -------
    (n, size, size, 3) uint8
        Pixel art enlarged by a whole number comes back as it was drawn.
    """
    rows = [np.asarray(_square(one, size)) for one in pictures]
    return np.stack(rows) if rows else np.empty((0, size, size, 3), np.uint8)


def _square(picture: Image, size: int) -> Image:
    from PIL import Image

    width, height = picture.size
    longer = max(width, height)
    fitted = picture.resize(
        (max(1, round(size * width / longer)), max(1, round(size * height / longer))), Image.Resampling.BOX
    )
    if fitted.size == (size, size):
        return fitted
    square = Image.new("RGB", (size, size), (GREY,) * 3)
    square.paste(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2))
    return square


def _flat(one: Any, at: int) -> Image:
    """Lay one picture over mid-grey."""
    from PIL import Image

    if isinstance(one, np.ndarray) and one.dtype != np.uint8:
        hint = (
            "; numbers from 0 to 1 become uint8 by (255 * x).round().astype('uint8')" if one.dtype.kind == "f" else ""
        )
        raise ArchivitError(f"image {at}: found an array of {one.dtype}, {EXPECTED}{hint}")
    if not is_picture(one) or 0 in getattr(one, "shape", getattr(one, "size", ())):
        shape = getattr(one, "shape", getattr(one, "size", None))
        raise ArchivitError(f"image {at}: found {found(one)}{'' if shape is None else f' of {shape}'}, {EXPECTED}")
    picture = Image.fromarray(one) if isinstance(one, np.ndarray) else one
    if picture.width * picture.height > MOST_PIXELS:
        raise ArchivitError(f"image {at}: is {picture.width:,} x {picture.height:,}, more than {MOST_PIXELS:,} pixels")
    try:
        return _over_grey(picture)
    except (OSError, SyntaxError, ValueError) as problem:  # a file that breaks off, or a mode that PIL cannot turn
        raise ArchivitError(f"image {at}: cannot be read: {short(problem, 80)}") from None


def _over_grey(picture: Image) -> Image:
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    behind = Image.new("RGBA", picture.size, (GREY, GREY, GREY, 255))
    return Image.alpha_composite(behind, picture.convert("RGBA")).convert("RGB")
