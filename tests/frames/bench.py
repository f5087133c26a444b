"""A stream with pages that answer, a clock of its own and no kernel."""

import threading
from types import SimpleNamespace

import numpy as np

from archivit_widgets.frames import protocol
from archivit_widgets.frames.stream import Stream

EDGES = 100


class Page:
    """The other end: what a page holds, by the protocol's own words."""

    def __init__(self, name, scene="s"):
        self.name, self.scene, self.frame, self.channels, self.lost = name, scene, None, None, 0

    def take(self, content, buffers):
        if content["kind"] == "scene" or content["base"] is None:
            self.channels = np.frombuffer(bytes(buffers[0]), np.uint8).reshape(-1, 4).copy()
            self.frame = content["frame"]
        elif self.frame is not None and content["base"] == self.frame:
            self.channels[np.frombuffer(bytes(buffers[0]), "<u4")] = np.frombuffer(bytes(buffers[1]), np.uint8).reshape(
                -1, 4
            )
            self.frame = content["frame"]
        else:
            self.lost += 1


class Bench:
    """A stream whose clock, cell and pages stand still until the test moves them."""

    def __init__(self, edges=EDGES):
        self.now, self.cell, self.sent, self.pages = 0.0, SimpleNamespace(running=False, ended=-np.inf), [], []
        self.stream = Stream(
            self.send, "s", self.introduce, np.zeros((edges, 4), np.uint8), self.cell, lambda: self.now
        )
        # The waiter only ever calls `_step` at a later moment; the tests do so themselves.
        self.stream._waiter = threading.current_thread()

    def introduce(self, channels, frame, time):
        yield {"kind": "scene", "frame": frame}, [memoryview(channels).cast("B")]

    def send(self, content, buffers):
        self.sent.append((content, buffers))
        if content["kind"] == "frame" and not self.stream._deaf():
            # The law of credit: of the pages that answer, the quickest owes no more than two; else all can use it.
            owed = [content["frame"] - c.acked for c in self.stream._clients.values()]
            assert min(owed) <= protocol.CREDIT if owed else content["base"] is None
        for page in self.pages:
            page.take(content, buffers)

    @property
    def frames(self):
        return [content["frame"] for content, _ in self.sent if content["kind"] == "frame"]

    def page(self, name="a"):
        page = Page(name)
        self.pages.append(page)
        self.stream.join(name, None, None)
        return page

    def ack(self, page, frame=None):
        frame = page.frame if frame is None else frame
        self.stream.acknowledge(page.name, self.stream.name, frame, {"fps": 30, "backend": "webgl2"})

    def wait(self, seconds):
        self.now += seconds
        with self.stream._changed:
            self.stream._step()


def value(k):
    return {"radius": np.full(EDGES, k, np.uint8)}


def edge(row, k):
    out = np.zeros((EDGES, 4), np.uint8)
    out[row] = k
    return out
