"""A player: every frame in time, one end for its source, and the error that ended it."""

import itertools
import threading
import time

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
