"""Nouns: pictures of 32 x 32 pixels put together from named parts, 50,124,360 of them.

The file is ``image-data.json`` of nounsDAO/nouns-monorepo (CC0): ``palette`` (hexadecimal colours; the first, empty
one is transparent), ``bgcolors`` and ``images``, lists of parts ``{"filename", "data"}`` by kind. The data of a part
is hexadecimal: a byte nobody uses, then its box as top, right, bottom, left (right is beyond the last column, bottom
is the last row), then runs of (length, colour) that fill the box row by row.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arguments import of_kind, short
from ...errors import ArchivitError

U8 = NDArray[np.uint8]
SIDE = 32
#: Kinds as captions name them, in the order in which they are painted, and where the file keeps them.
KINDS = {"body": "bodies", "accessory": "accessories", "head": "heads", "glasses": "glasses"}
BACKGROUNDS = ("cool", "warm")


@dataclass(frozen=True)
class Parts:
    """What Nouns are made of.

    Attributes
    ----------
    names
        Kind -> names of its parts, such as ``"shark head"``; kinds in the order of captions.
    layers
        Kind -> (parts, 32, 32, 4) uint8, transparent where a part is not. Backgrounds are opaque.
    """

    names: dict[str, tuple[str, ...]]
    layers: dict[str, U8]

    @property
    def combinations(self) -> int:
        """Count the distinct pictures."""
        return int(np.prod([len(names) for names in self.names.values()]))

    def paint(self, chosen: NDArray[np.int64]) -> U8:
        """Put parts together.

        Parameters
        ----------
        chosen
            (n, 5) rows of parts, in the order of ``names``.

        Returns
        -------
        (n, 32, 32, 3) uint8
        """
        column = {kind: at for at, kind in enumerate(self.names)}
        picture = self.layers["background"][chosen[:, column["background"]], :, :, :3].copy()
        for kind in KINDS:
            part = self.layers[kind][chosen[:, column[kind]]]
            np.copyto(picture, part[..., :3], where=part[..., 3:] > 0)
        return picture

    def caption(self, chosen: NDArray[np.int64]) -> list[str]:
        """Name the parts of each picture: ``"shark head, hip rose glasses, axe accessory, gold body, ..."``."""
        names = list(self.names.values())
        return [", ".join(own[part] for own, part in zip(names, row, strict=True)) for row in chosen.tolist()]


def read_parts(path: str | os.PathLike[str]) -> Parts:
    """Read the parts.

    Raises
    ------
    ArchivitError
        There is no such file, or it is not the image data of Nouns.
    """
    name = Path(of_kind("the path of the parts", path, (str, os.PathLike), "the name of image-data.json"))
    try:
        data = json.loads(name.read_text(encoding="utf-8"))
        palette = np.array([_colour(one) for one in data["palette"]], np.uint8)
        ground = np.array([_colour(one) for one in data["bgcolors"]], np.uint8)
        found = {kind: data["images"][home] for kind, home in KINDS.items()}
        layers = {kind: np.stack([_decoded(one["data"], palette) for one in found[kind]]) for kind in KINDS}
        names = {kind: tuple(_name(one["filename"], kind) for one in found[kind]) for kind in KINDS}
    except OSError as problem:
        raise ArchivitError(f"{name}: cannot be read: {os.strerror(problem.errno or 0)}") from None
    except KeyError as problem:
        raise ArchivitError(f"{name}: is not the image data of Nouns: there is no {problem} in it") from None
    except (TypeError, IndexError, AttributeError):  # Python's words for it are of lists and keys
        expected = "palette, bgcolors and images with lists of parts"
        raise ArchivitError(f"{name}: is not the image data of Nouns, an object of {expected}") from None
    except ValueError as problem:
        raise ArchivitError(f"{name}: is not the image data of Nouns: {short(problem, 80)}") from None
    layers["background"] = np.broadcast_to(ground[:, None, None], (len(ground), SIDE, SIDE, 4))
    names["background"] = tuple(f"{_background(at)} background" for at in range(len(ground)))
    order = ("head", "glasses", "accessory", "body", "background")
    return Parts({kind: names[kind] for kind in order}, {kind: layers[kind] for kind in order})


def _background(at: int) -> str:
    return BACKGROUNDS[at] if at < len(BACKGROUNDS) else f"number {at + 1}"


def _colour(text: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(text) if text else (0, 0, 0)
    return red, green, blue, 255 if text else 0


def _name(file: str, kind: str) -> str:
    """Read a name out of that of a file: ``head-shark`` is a shark head; some accessories are called bodies."""
    _, _, words = file.partition("-")
    return f"{words.replace('-', ' ').lower()} {kind}"


def _decoded(text: Any, palette: U8) -> U8:
    """Fill the box of a part by its runs."""
    data = np.frombuffer(bytes.fromhex(text.removeprefix("0x")), np.uint8)
    _, top, right, bottom, left = data[:5].tolist()
    lengths, colours = data[5::2], data[6::2]
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    if right > left:  # one accessory is none
        picture[top : bottom + 1, left:right] = palette[np.repeat(colours, lengths)].reshape(-1, right - left, 4)
    return picture
