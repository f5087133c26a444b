"""The thread of a stream that sends what could not go out at once, by the real clock."""

import threading
from types import SimpleNamespace

import numpy as np

from archivit_widgets.frames import stream as module
from archivit_widgets.frames.stream import Stream

from .test_stream import EDGES, value


def test_the_waiter_sends_what_had_to_wait_and_then_ends(monkeypatch):
    monkeypatch.setattr(module, "IDLE", 0.01)
    came = threading.Event()

    def send(content, _):
        if content.get("frame") == 2:
            came.set()

    cell = SimpleNamespace(running=False, ended=-np.inf)
    stream = Stream(send, "s", lambda *_: [], np.zeros((EDGES, 4), np.uint8), cell)
    stream.join("a", "s", 0)
    stream.push(value(1))
    stream.push(value(2))
    assert came.wait(10)
    if waiter := stream._waiter:
        waiter.join(10)
    assert stream._waiter is None


def test_a_frame_that_could_not_be_sent_does_not_end_the_stream(monkeypatch):
    failed, came = threading.Event(), threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: failed.set())

    def send(content, buffers):
        if content["frame"] == 2:
            raise OSError("the comm is not there for a moment")
        if bytes(buffers[0])[0] == 4:
            came.set()

    cell = SimpleNamespace(running=False, ended=-np.inf)
    stream = Stream(send, "s", lambda *_: [], np.zeros((EDGES, 4), np.uint8), cell)
    stream.join("a", "s", 0)
    stream.push(value(1))
    stream.push(value(2))  # so soon after the first that the waiter has to send it
    assert failed.wait(10)
    stream.acknowledge("a", stream.name, 2, {})
    stream.push(value(3))
    stream.push(value(4))
    assert came.wait(10)
