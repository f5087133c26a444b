"""A player: every frame in time, one end for its source, and the error that ended it."""

import itertools
import threading
import time

from jupyter_client.manager import start_new_kernel

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
