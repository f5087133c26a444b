"""A comm that keeps what was sent, and pages that talk through it."""

from math import nan

import comm
import numpy as np
import pytest
from comm.base_comm import BaseComm

from archivit_widgets.widgets.arteries import Arteries
from tests.ledger import graph_of

PLACES = np.random.default_rng(0).normal(size=(6, 3))


class Wire(BaseComm):
    """Keeps every message as (type, data, buffers)."""

    def __init__(self, *args, **kwargs):
        self.log = []
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.log.append((msg_type, data or {}, buffers or []))

    def custom(self, kind=None):
        """Contents and buffers of the custom messages so far."""
        found = [(data["content"], buffers) for _, data, buffers in self.log if data.get("method") == "custom"]
        return [(c, b) for c, b in found if kind in (None, c["kind"])]

    def say(self, content=None, *, state=None, buffers=(), buffer_paths=()):
        """Speak as the page does."""
        data = {"method": "custom", "content": content} if content else {"method": "update", "state": state}
        self.handle_msg({"content": {"data": {**data, "buffer_paths": list(buffer_paths)}}, "buffers": list(buffers)})


@pytest.fixture
def wire(monkeypatch):
    """Every widget made in the test speaks over a `Wire`; call it with a widget to get its own."""
    monkeypatch.setattr(comm, "create_comm", Wire)
    return lambda widget: widget.comm


@pytest.fixture
def graph():
    """Six accounts, seven edges (rows in order of source, target), ten transfers, from 1720 to 2021."""
    rows = [
        ("Knoedler", "Frick", -7_889_000_000, 10.0, "Vermeer"),
        ("Knoedler", "Mellon", 0, nan, "Titian"),
        ("Frick", "Knoedler", 86_400, 20.0, "Vermeer"),
        ("Knoedler", "Mellon", 172_800, 5.0, "Titian"),
        ("Mellon", "Mellon", 200_000, 0.0, "Titian"),
        ("Mellon", "<b>Getty</b>", 300_000, 80.0, "Titian"),
        ("Knoedler", "Frick", 400_000, 1.0, "Rembrandt"),
        ("<b>Getty</b>", "Wallace", 1_500_000_000, 300.0, "Titian"),
        ("Wallace", "Hermitage", 1_600_000_000, 2.0, "Titian"),
        ("Knoedler", None, 1_610_000_000, 7.0, "Goya"),
    ]
    source, target, time, value, token = map(list, zip(*rows, strict=True))
    return graph_of(source, target, time, value, token)


@pytest.fixture
def w(wire, graph):
    return Arteries(graph, positions=PLACES)
