"""Text on still pictures: any name, no overlap, a legend in the data's units."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from archivit_widgets.frames.camera import Camera, project
from archivit_widgets.frames.scene import Scene, bends
from archivit_widgets.widgets import lettering, static
from archivit_widgets.widgets.legend import heading, shown
from archivit_widgets.widgets.lettering import Page, overlap, plain
from archivit_widgets.widgets.static import draw

LEGEND = [
    {
        "channel": channel,
        "title": title,
        "unit": unit,
        "scale": "log",
        "ticks": [[0.0, "0.1"], [0.5, "10"], [1.0, "1,000"]],
        "unknown": False,
        "note": "",
    }
    for channel, title, unit in (
        ("radius", "volume", "ETH"),
        ("pulse", "last transfer", ""),
        ("color", "average value", "ETH"),
        ("alert", "suspicion", ""),
    )
]
NAMES = [
    "Knoedler & Co.",
    "Müller, Łódź",
    "Третьяков",
    "山中商会",
    "<script>alert(1)</script>",
    "a\x00b\u202ec\nd",
    "\ud800 lone",
    "",
    "x" * 5000,
    "🎨🖼",
]


def scene_of(names, seed=1):
    rng = np.random.default_rng(seed)
    n = max(len(names), 2)
    positions = rng.normal(0, 0.3, (n, 3)).astype(np.float32)
    ends = np.arange(n, dtype=np.uint16)
    labels = tuple(enumerate(names))
    return Scene(positions, np.full(n, 200, np.uint8), ends, ends[::-1], bends(positions, ends, ends[::-1]), labels)


def test_any_name_can_be_drawn():
    scene = scene_of(NAMES)
    draw(scene, np.full((len(NAMES), 4), 100, np.uint8), LEGEND, title="\n".join(NAMES))


@pytest.mark.parametrize("size", [(800, 400), (1600, 900), (300, 400)])
def test_labels_and_ticks_never_overlap(monkeypatch, size):
    pages = []

    class Kept(Page):
        def __init__(self, *args):
            super().__init__(*args)
            pages.append(self)

    monkeypatch.setattr(static, "Page", Kept)
    scene = scene_of([f"collector {k}" for k in range(60)])
    draw(scene, np.full((60, 4), 100, np.uint8), LEGEND, width=size[0], height=size[1], title="A title")
    (page,) = pages
    assert len(page.taken) > 4
    assert not any(overlap(a, b) for a, b in combinations(page.taken, 2))


def test_an_account_at_the_foot_of_the_view_is_named_above_it(monkeypatch):
    said = {}

    class Heard(Page):
        def write(self, x, y, text, *rest):
            said[text] = super().write(x, y, text, *rest)
            return said[text]

    monkeypatch.setattr(static, "Page", Heard)
    positions = np.array([[-0.5, 0.3, 0], [0.5, 0.3, 0], [0, -0.3, 0]], np.float32)
    ends = np.array([0, 1], np.uint16)
    bend = bends(positions, ends, np.array([2, 2]))
    scene = Scene(positions, np.zeros(3, np.uint8), ends, np.array([2, 2], np.uint16), bend, ((0, "Ann"), (2, "Bob")))
    camera = Camera(0.0, 0.0, 2.0, (0.0, 0.32, 0.0))
    draw(scene, np.full((2, 4), 100, np.uint8), LEGEND[1:], width=800, height=400, camera=camera)
    _, y, _ = project(positions, camera, 800, 348)
    assert 343 < y[2] < 348 < said["Pulse: last transfer"][1]
    assert said["Bob"][3] < y[2]


def test_plain_keeps_both_ends_of_an_address_and_drops_marks_without_a_picture():
    assert plain("0x" + "1" * 20 + "f" * 20) == "0x1111…ffff"
    assert plain("a\x00b\u202ec\nd") == "abc d"
    assert plain("x" * 5000) == "x" * 23 + "…"
    assert plain("Müller") == "Müller"


def test_missing_letters_come_from_another_font_or_do_no_harm():
    page = Page(ImageDraw.Draw(Image.new("RGB", (200, 40))), 200, 40, "#000000")
    assert page.write_free(5, 5, "Müller 山", 12, "#ffffff")


def test_a_letter_that_no_font_has_leaves_the_others_readable(monkeypatch):
    """Of two fonts, one with all letters but one, that one is taken."""
    fonts = {None: set("abc "), "one.ttf": set("abcxyz "), "two.ttf": set("abcx ")}
    monkeypatch.setattr(lettering, "FALLBACKS", ("two.ttf", "one.ttf"))
    monkeypatch.setattr(lettering, "load", lambda name, size: name or "own")
    monkeypatch.setattr(lettering, "has", lambda name, letter: letter in fonts[name])
    assert lettering.font_for("abc", 12) == "own"
    assert lettering.font_for("abc xyz 日", 12) == "one.ttf"
    assert lettering.font_for("日", 12) == "own"


def test_a_channel_that_is_the_same_everywhere_is_not_explained():
    constant = {**LEGEND[3], "scale": "constant", "ticks": []}
    assert [entry["channel"] for entry in shown([*LEGEND[:3], constant])] == ["radius", "pulse", "color"]


def test_unknown_has_a_tube_of_its_own_and_a_word():
    scene, channels = scene_of(["a", "b"]), np.full((2, 4), 100, np.uint8)
    known, unknown = (
        np.asarray(draw(scene, channels, [{**LEGEND[2], "unknown": flag}], width=800, height=400), int)
        for flag in (False, True)
    )
    middle = 400 - 52 + 22
    colored = [np.ptp(image[middle, 16:276], axis=1) > 40 for image in (known, unknown)]
    assert colored[0].sum() > 1.1 * colored[1].sum() > 100


def test_a_heading_says_more_where_there_is_room():
    entry = {**LEGEND[0], "note": "log, open below"}
    assert heading(entry, 60) == "Radius: volume (ETH), log, open below"
    assert heading(entry, 20) == "Radius: volume (ETH)"
    noted = {**entry, "note": "unknown at 1/3 width, log, open below"}
    assert heading(noted, 60) == "Radius: volume (ETH), unknown at 1/3 width, log, open below"
    assert heading(noted, 50) == "Radius: volume (ETH), unknown at 1/3 width, log"
    assert heading(noted, 30) == "Radius: volume (ETH), log"
    assert len(heading({**entry, "title": "a very long title of a column"}, 16)) <= 16


def test_the_legend_lies_below_the_view():
    scene = scene_of(["a", "b"])
    channels = np.full((2, 4), 100, np.uint8)
    bare, full = (np.asarray(draw(scene, channels, legend)) for legend in ([], LEGEND))
    assert (full[-40:] != 255).any(axis=2).sum() > (bare[-40:] != 255).any(axis=2).sum() + 500


DATES = [[0.0, "1866-06-08"], [0.5, "1885-06-13"], [1.0, "1939-06-10"]]
DATED = [{**entry, "title": entry["title"].replace("average", "avg"), "ticks": DATES} for entry in LEGEND]


@pytest.mark.parametrize("entries", [1, 3, 4])
@pytest.mark.parametrize("size", [(60, 400), (200, 120), (200, 400), (300, 90), (400, 300), (640, 120), (640, 320)])
def test_a_legend_is_whole_or_left_out(monkeypatch, size, entries):
    """Its titles and the ends of its scales are read in full, and at least half of the picture is left for the view."""
    said = []

    class Heard(Page):
        def write(self, x, y, text, *rest):
            box = super().write(x, y, text, *rest)
            said.append((text, box))
            return box

    monkeypatch.setattr(static, "Page", Heard)
    channels = np.full((2, 4), 255, np.uint8)
    draw(scene_of([]), channels, DATED[:entries], width=size[0], height=size[1])
    if not said:
        assert size[0] < 100 + 120 * entries or size[1] < 300
        return
    titles = [heading(entry, 99) for entry in DATED[:entries]]
    ends = 2 * entries if entries < 4 else 6  # an alert is calm or not
    assert [text for text, _ in said if ":" in text] == titles
    assert sum(text in ("1866-06-08", "1939-06-10") for text, _ in said) == ends
    for _, (left, top, right, bottom) in said:
        assert left >= 0
        assert right <= size[0]
        assert top >= size[1] / 2 - 1
        assert bottom <= size[1]
    assert not any(overlap(a, b) for (_, a), (_, b) in combinations(said, 2))
