import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets.frames import protocol
from tests.frames.golden_cases import FOLDER, channels, encode, small_scene

GOLDEN = {name: (text, data) for name, text, data in encode()}


@pytest.mark.parametrize("name", GOLDEN)
def test_bytes_are_those_of_the_golden_files(name):
    text, data = GOLDEN[name]
    assert text == (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert data == (FOLDER / f"{name}.bin").read_bytes()


def test_pieces_are_at_most_a_chunk_and_tile_the_body():
    edges = 300_000
    frame = np.random.default_rng(0).integers(0, 256, (edges, 4), np.uint8)
    common = {"scene": "s", "stream": "t", "frame": 2, "ms": 0}
    whole = list(protocol.keyframe_messages(frame, common))
    assert len(whole) == 3
    assert b"".join(bytes(b[0]) for _, b in whole) == frame.tobytes()
    rows = np.arange(0, edges, 2, dtype=np.uint32)
    pieces = list(protocol.delta_messages(rows, frame[rows], 1, common))
    assert b"".join(bytes(b[0]) for _, b in pieces) == rows.tobytes()
    assert b"".join(bytes(b[1]) for _, b in pieces) == frame[rows].tobytes()
    for content, buffers in whole + pieces:
        assert sum(b.nbytes for b in buffers) <= protocol.CHUNK
        assert content["part"] < content["parts"]


def test_a_scene_of_nothing_is_a_scene():
    scene = small_scene()
    empty = type(scene)(*(getattr(scene, n)[:0] for n in ("positions", "sizes", "source", "target", "bend")))
    ((content, buffers),) = protocol.scene_messages(empty, channels()[:0], "s", 0)
    assert content["head"]["edges"] == 0
    assert buffers[0].nbytes == content["bytes"] == 0
    ((content, _),) = protocol.times_messages(np.zeros(1, np.uint32), np.empty(0, np.int64), "s")
    assert content["edges"] == 0


@given(st.sets(st.integers(0, 2**32 - 2)))
def test_rows_come_back_from_their_runs(rows):
    rows = np.array(sorted(rows), np.int64)
    assert protocol.unpack_rows(protocol.pack_rows(rows)).tolist() == rows.tolist()


def test_runs_are_short():
    assert len(protocol.pack_rows(np.arange(1_000_000))) == 8


@given(st.integers(2**31, 2**52).flatmap(lambda most: st.lists(st.integers(-most, most), min_size=1, max_size=20)))
def test_times_are_kept_to_the_second(times):
    times = np.array(times, np.int64)
    ((content, buffers),) = protocol.times_messages(np.array([0, len(times)], np.uint32), times, "s")
    since = np.frombuffer(buffers[0], "<" + content["at"])[1:].astype(np.int64)
    assert (content["start"] + since).tolist() == times.tolist()
    assert content["at"] == ("u4" if times.max() - times.min() < 2**32 else "f8")
