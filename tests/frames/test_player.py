"""A player: every frame in time, one end for its source, and the error that ended it."""

import itertools
import threading
import time

import numpy as np
import pandas as pd
import pytest
import torch
from jupyter_client.manager import start_new_kernel

from archivit_widgets.errors import ArchivitError
from archivit_widgets.frames.player import Player


def test_a_player_hands_over_every_frame_and_can_be_stopped():
    got, done, closed = [], threading.Event(), threading.Event()

    def frames():
        try:
            for k in itertools.count():
                yield k
                if k == 4:
                    done.set()
        finally:
            closed.set()

    player = Player(got.append, frames(), fps=1000)
    assert done.wait(10)
    player.stop()
    assert closed.wait(10)
    player._thread.join(10)
    assert not player.playing
    assert got[:5] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("frames", "one"),
    [
        (np.zeros(3), "ndarray"),
        (torch.rand(3), "Tensor"),
        (pd.Series([0.1, 0.2]), "Series"),
        (pd.Index([0.1, 0.2]), "Index"),
        ([0.1, 2, np.float32(0.3)], "list of numbers"),
        ((0.1, 0.2), "tuple of numbers"),
        (pd.DataFrame({"pulse": [0.1]}), "DataFrame"),
        ({"pulse": [0.1]}, "dict"),
        ("pulse", "str"),
    ],
)
def test_one_frame_is_not_many(frames, one):
    with pytest.raises(ArchivitError, match=f"^frames is one {one}; expected a list or a generator of such$"):
        Player(pytest.fail, frames, fps=1000)


@pytest.mark.parametrize("frames", [np.zeros((2, 3)), torch.rand(2, 3), [[0.1], 0.2], [torch.rand(3)], [], range(0)])
def test_many_frames_are_pushed_one_by_one(frames):
    got = []
    player = Player(got.append, frames, fps=1000)
    player._thread.join(10)
    assert (len(got), player.error) == (len(frames), None)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), "fast", None, 1e-320, 1e-12])
def test_a_rate_at_which_no_frames_would_come_is_refused(fps):
    with pytest.raises(ArchivitError, match=r"^fps is .*(must be above 0|the second frame would never come)$"):
        Player(pytest.fail, [1, 2], fps)


def test_frames_come_no_faster_than_asked_for_and_their_source_is_closed():
    class Frames:
        left, closed = 21, False

        def __iter__(self):
            return self

        def __next__(self):
            self.left -= 1
            if self.left < 0:
                raise StopIteration
            return self.left

        def close(self):
            self.closed = True

    frames, times = Frames(), []
    Player(lambda _: times.append(time.monotonic()), frames, fps=100)._thread.join(60)
    assert times[-1] - times[0] > 0.19
    assert frames.closed


def test_a_player_keeps_the_error_that_ended_it():
    def frames():
        yield 1
        raise RuntimeError("the model broke")

    player = Player(lambda _: None, frames(), fps=1000)
    player._thread.join(10)
    assert "the model broke" in str(player.error)


PLAY = """
import threading
from archivit_widgets.frames.player import Player
asked = threading.Event()
def frames():
    asked.wait(30)
    raise ValueError("no more days")
    yield
player = Player(print, frames(), fps=5)
"""


def test_what_ends_a_play_early_is_said_below_the_cell_that_began_it_whatever_the_kernel_does_meanwhile():
    manager, client = start_new_kernel()
    try:
        began = client.execute(PLAY)
        client.get_shell_msg(timeout=60)
        client.execute("asked.set(); player._thread.join(30)")
        while (said := client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
            pass
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert said["content"]["text"] == "play ended early: ValueError: no more days (line 6 of frames)\n"
    assert said["parent_header"]["msg_id"] == began
