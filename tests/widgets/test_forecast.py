"""A span of which what plays is predicted: what may be one, and that a frame's moment travels with it."""

import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archivit_widgets.errors import ArchivitError
from archivit_widgets.graph import words
from archivit_widgets.widgets.arteries import Arteries

from .conftest import PLACES

LAST = 1_610_000_000
DAY = 86_400
SPAN = (LAST + 1, LAST + 90 * DAY)


@pytest.fixture
def w(wire, graph):
    return Arteries(graph, forecast=(None, LAST + 90 * DAY), positions=PLACES)


@pytest.mark.parametrize(
    "wish",
    [
        SPAN,
        (None, SPAN[1]),
        tuple(pd.Timestamp(t, unit="s") for t in SPAN),
        [str(pd.Timestamp(t, unit="s")) for t in SPAN],
        np.array(SPAN),
    ],
)
def test_the_timeline_reaches_to_the_end_of_the_forecast(wire, graph, wish):
    w = Arteries(graph, forecast=wish, positions=PLACES)
    assert w._timeline["forecast"] == list(SPAN)
    assert w._legend[-1]["title"] == f"from {words.day(SPAN[0])}"
    plain = Arteries(graph, positions=PLACES)
    assert plain._timeline == {**w._timeline, "forecast": None, "ticks": plain._timeline["ticks"]}
    assert len(plain._legend) == 4


def test_dates_are_named_on_all_of_the_axis(wire, graph):
    far = Arteries(graph, forecast=(None, "2900-01-01"), positions=PLACES)
    assert far._timeline["ticks"][-1][1] >= "2800"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("2021", "forecast is '2021', but must be a pair (start, end) of moments, or None"),
        (5, "forecast is 5, but must be a pair"),
        ((None, None), "forecast is (None, None), but must be a pair"),
        (("soon", "2022"), "forecast: a moment must be ISO text, a Timestamp or int seconds; got 'soon'"),
        (("2022", "2021"), "the forecast ends at 2021-01-01, not after it starts at 2022-01-01"),
        (("1600", "2022"), "the forecast starts at 1600-01-01, before the record does at 1720-01-04"),
    ],
)
def test_a_span_that_is_none_is_one_clear_error(wire, graph, wish, said):
    with pytest.raises(ArchivitError, match="^" + re.escape(said)):
        Arteries(graph, forecast=wish, positions=PLACES)


def joined(wire, w):
    wire(w).say({"kind": "want", "client": "c", "scene": None, "frame": None})
    return wire(w)


def test_a_frames_moment_travels_with_the_frame(wire, w):
    page = joined(wire, w)
    w.push({"pulse": 0.5, "time": "2021-02-01"})
    (first, _), *_ = page.custom("frame")
    assert first["time"] == pd.Timestamp("2021-02-01").timestamp()
    page.say({"kind": "want", "client": "d", "scene": None, "frame": None})
    scenes = [content["head"] for content, _ in page.custom("scene")]
    assert [head["time"] for head in scenes] == [None, None, first["time"]]
    assert not any("time" in name for name in w.keys if name not in ("_timeline", "tabbable"))


def test_a_frame_without_a_moment_has_none_and_the_latest_wins(wire, w):
    page = joined(wire, w)
    for time in (SPAN[0], None, SPAN[0] + 5):
        w.push({"pulse": 0.5, **({} if time is None else {"time": time})})
        assert w._stream.time == time
    page.say({"kind": "ack", "client": "c", "stream": w._stream.name, "frame": 1, "fps": 1, "ms": 1, "visible": True})
    w._stream._latest = -1e9
    w._stream.push(np.full(7, 0.25), SPAN[0] + 9)
    assert [content["time"] for content, _ in page.custom("frame")][-1] == SPAN[0] + 9


@pytest.mark.parametrize("time", ["soon", True, [1]])
def test_a_time_that_is_none_is_one_clear_error(w, time):
    with pytest.raises(ArchivitError, match=r"^the time of a frame: a moment must be ISO text"):
        w.push({"pulse": 0.5, "time": time})
    assert w.stats()["offered"] == 0


def test_a_still_picture_says_which_moment_it_shows_and_that_it_is_predicted(w, monkeypatch, tmp_path):
    notes = []
    monkeypatch.setattr(
        "archivit_widgets.widgets.static.draw", lambda *_, note="", **__: notes.append(note) or Image.new("RGB", (8, 8))
    )
    for time in (None, "2020-05-01", SPAN[0] + DAY, SPAN[1]):
        w.push({"pulse": 0.5, "time": time})
        w.save_png(tmp_path / "a.png")
    ends = [f"{words.minute(t)}" for t in (SPAN[0] + DAY, SPAN[1])]
    assert notes == ["", "2020-05-01", f"{ends[0]}, predicted", ends[1]]
