"""What the golden files hold. `python -m tests.frames.golden_cases` writes them anew: read the difference.

Each case is NAME.json, the messages' contents and where their buffers lie in NAME.bin, and what a page must decode.
Buffers start at odd offsets there, as they may in a websocket frame. pytest compares what Python encodes with these
files, vitest what TypeScript decodes from them.
"""

import json
from pathlib import Path
from unittest import mock

import numpy as np

from archivit_widgets.frames import protocol
from archivit_widgets.frames.emphasis import emphasise
from archivit_widgets.frames.scene import Scene

FOLDER = Path(__file__).parent / "golden"
ACCOUNTS, EDGES = 5, 7


def small_scene(row=np.uint16, ghosts=0):
    source = np.array([0, 0, 1, 2, 3, 4, 4], row)
    return Scene(
        positions=np.linspace(-1, 1, 3 * ACCOUNTS, dtype=np.float32).reshape(ACCOUNTS, 3),
        sizes=np.array([0, 64, 128, 200, 255], np.uint8),
        source=source,
        target=np.array([1, 2, 2, 0, 3, 0, 4], row),
        bend=np.arange(-14, 14, dtype=np.int8).reshape(EDGES, 4),
        labels=((4, "Æthelflæd"), (1, "<b>0x12…")),
        ghosts=ghosts,
    )


def channels():
    return (np.arange(EDGES * 4, dtype=np.uint8) * 9 % 251).reshape(EDGES, 4)


def decoded_scene(scene, channels, frame, time):
    lists = {name: getattr(scene, name).ravel().tolist() for name in ("positions", "sizes", "source", "target", "bend")}
    return {
        "kind": "scene",
        "frame": frame,
        "time": time,
        "id": "s1",
        "accounts": ACCOUNTS,
        "edges": EDGES,
        "ghosts": scene.ghosts,
        "flat": scene.flat,
        **lists,
        "channels": channels.ravel().tolist(),
        "labels": [{"row": row, "text": text} for row, text in scene.labels],
    }


def cases():
    """Yield name, messages, and what a page decodes after the last of them."""
    common = {"scene": "s1", "stream": "t1", "frame": 8, "ms": 120, "time": None}
    first = channels()
    after = first.copy()
    rows = np.array([1, 2, 5], np.uint32)
    after[rows] = 255 - after[rows]
    frame = {"kind": "frame", "scene": "s1", "stream": "t1", "frame": 8, "ms": 120, "time": None}
    for name, row, ghosts in (("scene", np.uint16, 0), ("scene_wide", np.uint32, 2)):
        scene = small_scene(row, ghosts)
        moment = -7_810_000_000 if ghosts else None
        yield name, protocol.scene_messages(scene, first, "s1", 3, moment), decoded_scene(scene, first, 3, moment)
    offsets = np.array([0, 1, 1, 3, 4, 5, 6, 8], np.uint32)
    times = np.array([-7_810_000_000, 5, 9, 1_600_000_000, 0, 1, 2, 3])
    for name, moved in (("times", times), ("times_short", np.maximum(times, -2_000_000_000))):
        start = int(moved.min())
        at = (moved - start).tolist()
        expect = {"kind": "times", "scene": "s1", "start": start, "offsets": offsets.tolist(), "at": at}
        yield name, protocol.times_messages(offsets, moved, "s1"), expect
    yield (
        "keyframe",
        protocol.keyframe_messages(after, common),
        {**frame, "base": None, "channels": after.ravel().tolist()},
    )
    dated = {"time": 1_700_000_000}
    delta = {**frame, **dated, "base": 7, "before": first.ravel().tolist(), "channels": after.ravel().tolist()}
    yield "delta", protocol.delta_messages(rows, after[rows], 7, common | dated), delta


def encode():
    """Yield name, text of the JSON file, bytes of the binary file; in chunks of 16 bytes, so that bodies are split."""
    with mock.patch.object(protocol, "CHUNK", 16):
        for name, messages, expect in cases():
            data, listed = bytearray(b"\xee"), []
            for content, buffers in messages:
                places = []
                for buffer in buffers:
                    places.append([len(data), buffer.nbytes])
                    data += buffer.tobytes() + b"\xee" * (1 + (len(data) + buffer.nbytes) % 2)
                listed.append({"content": content, "buffers": places})
            text = json.dumps({"messages": listed, "expect": expect}, indent=1, ensure_ascii=False)
            yield name, text + "\n", bytes(data)


def emphases():
    """Text of the file of selections and windows, and what stands out by them: the kernel and the page agree on it."""
    rng, all_ = np.random.default_rng(2), []
    for edges, accounts, window in (
        (0, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
        (3, 2, 0),
        (50, 0, 0),
        (0, 0, 20),
        (2, 0, 9),
        (5, 3, 30),
    ):
        source, target = rng.integers(0, 12, (2, 60))
        open_ = np.isin(np.arange(60), rng.choice(60, window)) if window else None
        picked = [np.sort(rng.choice(n, k, replace=False)) for n, k in ((60, edges), (12, accounts))]
        scene = Scene(np.zeros((12, 3), np.float32), np.ones(12, np.uint8), source, target, np.zeros((60, 4), np.int8))
        found = emphasise(scene, *picked, open_)
        given = {"source": source, "target": target, "edges": picked[0], "accounts": picked[1], "open": open_}
        wanted = {"edges": found.edges if found else [0] * 60, "accounts": found.accounts if found else [0] * 12}
        lists = {k: None if v is None else np.asarray(v, int).tolist() for k, v in given.items()}
        all_.append({**lists, "expect": {k: np.asarray(v).tolist() for k, v in wanted.items()}})
    return json.dumps(all_) + "\n"


def main():
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "emphasis.json").write_text(emphases(), encoding="utf-8")
    for name, text, data in encode():
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        (FOLDER / f"{name}.bin").write_bytes(data)


if __name__ == "__main__":
    main()
