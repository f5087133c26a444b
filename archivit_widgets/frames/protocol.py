"""The protocol between a kernel and the pages that show one widget.

Everything below travels as custom messages of the widget's comm: JSON content, and binary buffers beside it. A message
reaches every page that shows the widget, so pages ignore what they did not need. All binary data is little-endian; all
times are whole seconds since 1970-01-01 UTC and may be negative. ``v`` is 1.

**Bodies.** A message that carries ``part`` and ``parts`` is one piece of a body: the pieces come in order, each with at
most `CHUNK` bytes of buffers, and nothing is shown before the last has come. A piece with another ``scene``,
``stream`` or ``frame`` than the one before it starts a new body; the unfinished one is forgotten.

*Page to kernel*

- ``{kind: "want", client, scene, frame}``: send the scene, with the latest keyframe in it. ``client`` is a random name
  of the page. A page that holds the scene names it and the frame it shows, or null: it then gets a keyframe only.
- ``{kind: "want_times", client, scene}``: send the times of all transfers.
- ``{kind: "ack", client, stream, frame, fps, ms, backend, visible}``: this frame, and all before it, are dealt with:
  drawn, or dropped because the page is hidden (``visible`` false). ``stream`` is that of the frame, or null where it
  came with the scene. ``fps`` is what the page draws now, ``ms`` what drawing the frame cost.
- ``{kind: "ask", client, id, what, ...}``: see `archivit_widgets.widgets.answers`. Answered by
  ``{kind: "answer", to: client, id, ok, ...}`` or ``{..., ok: false, error}``.

*Kernel to page*

- ``{kind: "scene", v, scene, part, parts, bytes, head}``, one buffer. ``scene`` names the scene, ``bytes`` is the
  body's length, ``head`` comes in part 0 only: ``{accounts, edges, ghosts, flat, labels: [[row, text], ...],
  frame, time, sections: [{name, dtype, shape, offset}, ...]}``. Sections are ``positions`` f4 (n, 3), ``sizes`` u1
  (n,), ``source`` and ``target`` u2 or u4 (m,), ``bend`` i1 (m, 4), ``channels`` u1 (m, 4), each at a multiple of 4.
  A size of 0 is an account that is not drawn. The last ``ghosts`` of the m = ``edges`` rows stand in no record, and
  are drawn dashed; of them there are no times.
  ``frame`` says which frame the channels are, ``time`` of which moment, or null. It comes unasked once, when the
  widget is made, and as an answer to ``want``; the widget's trait ``_scene`` is empty until the first has been sent.
- ``{kind: "times", v, scene, part, parts, edges, counts, at, start}``, one buffer. Body: number of transfers of each
  edge (m,) with m = ``edges``, of dtype ``counts`` (u1, u2 or u4), padded to a multiple of the size of ``at``; then the
  seconds from ``start`` to each transfer (k,), edge by edge, ascending within each, of dtype ``at``: u4, or f8 where a
  record is longer than 136 years.
- ``{kind: "frame", v, scene, stream, frame, base, count, part, parts, ms, time}``. A keyframe has ``base`` null and one
  buffer: channels u1 (m, 4). A delta has two buffers in each part: rows u4 (k,) and channels u1 (k, 4) of those rows;
  it changes frame ``base`` into ``frame``. A page that holds another frame ignores it and sends ``want``. ``count`` is
  the number of edges in all parts; ``ms`` is how long the picture should take from the old values to the new;
  ``time`` is the moment that the frame shows, in seconds, or null where it was given none.

**Channels.** Four bytes an edge: radius, pulse, color, alert. Radius, pulse and alert are visual fractions, 255 = 1. In
color 0 means unknown and 1..255 are the fractions 0..1. An artery is drawn as an alert where alert >= 128.

**Credit.** Up to `CREDIT` frames are under way to a page before its acknowledgement of the first. Where no page answers
any more, a keyframe still goes out now and then; who acknowledges it is taken back. See
`archivit_widgets.frames.stream`.

**Row sets** in traits (``_selection``, ``_selected_accounts``) are runs: u4 pairs (first row, number of rows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .scene import Scene

VERSION = 1
CREDIT = 2
CHUNK = 1 << 19

Message: TypeAlias = tuple[dict[str, Any], list[memoryview]]


def scene_messages(
    scene: Scene, channels: NDArray[np.uint8], name: str, frame: int, time: int | None = None
) -> Iterator[Message]:
    """Yield the messages that carry a scene.

    Parameters
    ----------
    scene
        Geometry.
    channels
        (m, 4) uint8, the channels of ``frame``.
    name
        Id of the scene.
    frame
        Number of the frame that ``channels`` are.
    time
        The moment that it shows, seconds since 1970.
    """
    sections, pieces, offset = [], [], 0
    for key, array in _arrays(scene, channels):
        data = array.tobytes()
        dtype = array.dtype.str.lstrip("<|")
        sections.append({"name": key, "dtype": dtype, "shape": list(array.shape), "offset": offset})
        padding = -len(data) % 4
        pieces.append(data + bytes(padding))
        offset += len(data) + padding
    head = {
        "accounts": len(scene.positions),
        "edges": len(scene.source),
        "ghosts": scene.ghosts,
        "flat": scene.flat,
        "labels": [list(label) for label in scene.labels],
        "frame": frame,
        "time": time,
        "sections": sections,
    }
    common = {"kind": "scene", "v": VERSION, "scene": name, "bytes": offset}
    for content, buffer in _parts(common, b"".join(pieces)):
        yield ({**content, "head": head} if content["part"] == 0 else content), [buffer]


def times_messages(offsets: NDArray[np.uint32], times: NDArray[np.int64], name: str) -> Iterator[Message]:
    """Yield the messages that carry the time of each transfer, by edge.

    Parameters
    ----------
    offsets
        (m + 1,) uint32: where the transfers of each edge start in ``times``.
    times
        (k,) int64 seconds, ascending within an edge.
    name
        Id of the scene.
    """
    start = int(times.min()) if len(times) else 0
    span = int(times.max()) - start if len(times) else 0
    at = "u4" if span <= 0xFFFFFFFF else "f8"
    since = (times - start).astype(f"<{at}")
    counts = np.diff(offsets)
    size = np.min_scalar_type(counts.max(initial=0)).itemsize
    data = counts.astype(f"<u{size}").tobytes()
    common = {"kind": "times", "v": VERSION, "scene": name, "edges": len(counts), "counts": f"u{size}"}
    body = data + bytes(-len(data) % since.itemsize) + since.tobytes()
    for content, buffer in _parts({**common, "at": at, "start": start}, body):
        yield content, [buffer]


def keyframe_messages(channels: NDArray[np.uint8], common: dict[str, Any]) -> Iterator[Message]:
    """Yield the messages of a frame that holds all edges; ``channels`` (m, 4) must not change afterwards."""
    common = {"kind": "frame", "v": VERSION, **common, "base": None, "count": len(channels)}
    for content, buffer in _parts(common, channels.data.cast("B") if channels.size else b""):
        yield content, [buffer]


def delta_messages(
    rows: NDArray[np.uint32], channels: NDArray[np.uint8], base: int, common: dict[str, Any]
) -> Iterator[Message]:
    """Yield the messages of a frame that holds only edges changed since frame ``base``.

    Parameters
    ----------
    rows
        (k,) uint32 edge rows, ascending.
    channels
        (k, 4) uint8, the new channels of those rows.
    base
        Number of the frame on which this one builds.
    common
        ``scene``, ``stream``, ``frame``, ``ms`` and ``time``.
    """
    step = CHUNK // 8
    parts = max(1, -(-len(rows) // step))
    common = {"kind": "frame", "v": VERSION, **common, "base": base, "count": len(rows), "parts": parts}
    for part in range(parts):
        piece = slice(part * step, (part + 1) * step)
        buffers = [memoryview(rows[piece].astype("<u4").tobytes()), memoryview(channels[piece].tobytes())]
        yield {**common, "part": part}, buffers


def pack_rows(rows: NDArray[np.integer[Any]]) -> bytes:
    """Write ascending, unique rows as runs (first row, number of rows) of u4."""
    if not len(rows):
        return b""
    cuts = np.flatnonzero(np.diff(rows) != 1) + 1
    first = np.concatenate(([0], cuts))
    count = np.diff(np.concatenate((first, [len(rows)])))
    return np.column_stack((rows[first], count)).astype("<u4").tobytes()


def unpack_rows(data: bytes | memoryview) -> NDArray[np.int64]:
    """Read what `pack_rows` wrote."""
    runs = np.frombuffer(data, "<u4").reshape(-1, 2).astype(np.int64)
    count = runs[:, 1]
    ends = np.cumsum(count)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(runs[:, 0] - ends + count, count)


def _arrays(scene: Scene, channels: NDArray[np.uint8]) -> Iterator[tuple[str, NDArray[Any]]]:
    yield "positions", scene.positions.astype("<f4")
    yield "sizes", scene.sizes
    for key, rows in (("source", scene.source), ("target", scene.target)):
        yield key, rows.astype("<u2" if rows.dtype.itemsize == 2 else "<u4")
    yield "bend", scene.bend
    yield "channels", channels


def _parts(common: dict[str, Any], body: bytes | memoryview) -> Iterator[tuple[dict[str, Any], memoryview]]:
    view = memoryview(body)
    parts = max(1, -(-len(view) // CHUNK))
    for part in range(parts):
        yield {**common, "part": part, "parts": parts}, view[part * CHUNK : (part + 1) * CHUNK]
