"""A widget as one text, for a file that shows it without a kernel; read by `mount` in js/src/embedded.ts.

The text is base64 of gzip of: u4 length of a JSON, the JSON padded with spaces to a multiple of 4, and a body. The body
holds the buffers of the protocol's own messages (`frames/protocol.py`), scene first, then times, and the tables from
which the page answers what a kernel would: see `_tables`. All little-endian.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ..frames import protocol
from .answers import account_volumes, edge_volumes
from .rings import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ..frames.scene import Scene
    from ..graph.transfers import TransferGraph
    from .rings import Rings

NO_TOKEN = 0xFFFFFFFF


def pack(
    graph: TransferGraph,
    scene: Scene,
    channels: NDArray[np.uint8],
    traits: Mapping[str, Any],
    time: int | None = None,
    rings: Rings = NOBODY,
) -> str:
    """Pack all that a page needs to show a graph and to answer for it.

    Parameters
    ----------
    graph
        What is shown.
    scene
        Its geometry.
    channels
        (m, 4) uint8: radius, pulse, color, alert.
    traits
        The widget's traits that the page reads; values that JSON can hold.
    time
        The moment that the channels show, seconds since 1970.
    rings
        What alerts belong to.
    """
    body = bytearray()

    def put(data: bytes | memoryview) -> list[int]:
        body.extend(bytes(-len(body) % 8))
        offset = len(body)
        body.extend(data)
        return [offset, len(body) - offset]

    name = "embedded"
    messages = [
        *protocol.scene_messages(scene, channels, name, 0, time),
        *protocol.times_messages(*graph.times_by_edge(), name),
    ]
    head = {
        "traits": dict(traits),
        "messages": [{"content": content, "buffers": [put(b) for b in buffers]} for content, buffers in messages],
        "accounts": [str(account) for account in graph.accounts["account"]],
        "tokens": [str(token) for token in graph.tokens["token"]],
        "unit": graph.currency or "",
        "sentences": list(rings.sentences),
        "tables": [
            {"name": key, "dtype": array.dtype.str[1:], "shape": [len(array)], "offset": put(array.tobytes())[0]}
            for key, array in [*_tables(graph), *_ring_tables(rings)]
        ],
    }
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    whole = len(text).to_bytes(4, "little") + text + b" " * (-len(text) % 4) + bytes(body)
    return base64.b64encode(gzip.compress(whole, 9, mtime=0)).decode("ascii")


def _ring_tables(rings: Rings) -> Iterator[tuple[str, NDArray[Any]]]:
    yield "ring_of", rings.of.astype("<u4")  # -1 becomes the largest number: no ring
    yield "ring_starts", rings.starts.astype("<u4")
    yield "ring_steps", rings.steps.astype("<u4")
    yield "ring_times", rings.times.astype("<f8")


def _tables(graph: TransferGraph) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield what is told about each artery, transfer and account; NaN and `NO_TOKEN` where unknown."""
    yield "volume", edge_volumes(graph).astype("<f4")
    for column in ("avg_value", "hold_time"):
        yield column, graph.edges[column].to_numpy("<f4")
    tokens = graph.record.token[graph.groups.rows]
    yield "token_of", np.where(tokens < 0, NO_TOKEN, tokens).astype("<u4")
    accounts = graph.accounts
    for side in ("out", "in"):
        yield f"account_{side}", accounts[f"transfers_{side}"].to_numpy("<u4")
    yield "account_volume", account_volumes(graph).astype("<f4")
    for moment in ("first", "last"):
        yield f"account_{moment}", accounts[f"{moment}_time"].to_numpy("<f8", na_value=np.nan)
