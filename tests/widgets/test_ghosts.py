"""Arteries that stand in no record: which pairs may be, where they stand, and how they look in a still picture."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archivit_widgets import simulate_market
from archivit_widgets.errors import ArchivitError
from archivit_widgets.frames import protocol
from archivit_widgets.frames.camera import Camera
from archivit_widgets.frames.scene import Scene, look
from archivit_widgets.widgets import portrait
from archivit_widgets.widgets.arteries import Arteries
from archivit_widgets.widgets.static import draw

from .conftest import PLACES
from .test_static import inked, scene_of

PAIRS = [("Frick", "Wallace"), ("Hermitage", "Knoedler")]


def table(pairs):
    return pd.DataFrame(pairs, columns=["source", "target"])


@pytest.fixture
def w(wire, graph):
    return Arteries(graph, ghosts=table(PAIRS), positions=PLACES)


@pytest.mark.parametrize("kind", ["names", "rows", "categories"])
def test_ghosts_follow_after_the_edges_of_the_graph(wire, graph, kind):
    names = graph.account_type.categories
    pairs = table(PAIRS)
    if kind == "rows":
        pairs = pairs.apply(names.get_indexer)
    elif kind == "categories":
        pairs = pairs.astype(graph.account_type)
    w = Arteries(graph, ghosts=pairs, positions=PLACES)
    scene, edges = w._drawn, len(graph.edges)
    assert (len(scene.source), scene.ghosts) == (edges + 2, 2)
    ends = zip(names[scene.source[edges:]], names[scene.target[edges:]], strict=True)
    assert list(ends) == PAIRS
    assert w._stream.wanted[edges:].tolist() == [[0, 0, 0, 0]] * 2
    assert repr(w) == "Arteries(6 accounts, 7 edges, 2 ghosts)"


def test_what_is_recorded_is_drawn_as_without_ghosts(wire, graph, w):
    plain = Arteries(graph, positions=PLACES)
    edges = len(graph.edges)
    assert (w._drawn.bend[:edges] == plain._drawn.bend).all()
    assert (w._drawn.sizes == plain._drawn.sizes).all()
    assert (w._stream.wanted[:edges] == plain._stream.wanted).all()
    assert plain._drawn.ghosts == 0
    assert Arteries(graph, ghosts=table([]), positions=PLACES)._drawn.ghosts == 0


@pytest.mark.parametrize(
    ("ghosts", "said"),
    [
        ([("Frick", "Wallace")], "ghosts must be a table with columns source and target, found a list"),
        (pd.DataFrame({"source": ["Frick"], "to": ["Wallace"]}), "ghosts must have columns source and target; found "),
        (table([("Frick", "Nobody")]), "ghosts, column target: no account is called 'Nobody'"),
        (table([(0, 99)]), r"ghosts, column target: account row 99 is outside 0..5"),
        (table([("Frick", None)]), "ghosts, column target: accounts must be names"),
        (table([*PAIRS, ("Knoedler", "Frick")]), "ghosts: line 2 (Knoedler to Frick) is an edge of the graph already"),
        (table([*PAIRS, PAIRS[0]]), "ghosts: line 2 (Frick to Wallace) is there twice; drop it"),
    ],
)
def test_pairs_that_can_be_no_ghosts_are_one_clear_error(wire, graph, ghosts, said):
    with pytest.raises(ArchivitError, match="^" + re.escape(said)) as caught:
        Arteries(graph, ghosts=ghosts, positions=PLACES)
    assert "\n" not in str(caught.value)


def test_frames_have_a_value_for_each_ghost(w):
    w.push({"radius": np.linspace(0, 1, 9), "pulse": 0.5})
    assert w._stream.wanted[8].tolist() == [255, 128, 0, 0]
    with pytest.raises(ArchivitError, match=r"pulse has 7 values, but there are 7 edges and 2 ghosts: .*: 9 in all"):
        w.push(np.zeros(7))
    with pytest.raises(ArchivitError, match="channels are 7 x 4, but there are 7 edges and 2 ghosts: pass"):
        w.push(np.zeros((7, 4)))


def test_the_page_is_told_how_many_there_are_and_what_they_mean(wire, w):
    (content, _), *_ = wire(w).custom("scene")
    assert (content["head"]["edges"], content["head"]["ghosts"]) == (9, 2)
    assert w._legend[-1]["channel"] == "ghost"
    assert w._summary.endswith("; 2 arteries likely new, dashed")
    w.push(np.zeros((9, 4)))
    assert w._legend[-1]["title"] == "likely new"


def test_a_chosen_ghost_is_no_row_of_the_selection(wire, w):
    told = []
    w.on_select(told.append)
    runs = protocol.pack_rows(np.array([1, 7, 8]))
    wire(w).say(state={"_selection": runs})
    assert w.selection.index.tolist() == told[-1].index.tolist() == [1]
    assert set(w.selection_graph().transfers["source"]) == {"Knoedler", "Mellon"}  # its ends, and not those of ghosts
    wire(w).say(state={"_selection": protocol.pack_rows(np.array([8]))})
    assert len(w.selection) == len(w.selection_graph().transfers) == 0


def test_what_is_known_of_a_ghost_is_its_ends(wire, w):
    wire(w).say({"kind": "ask", "client": "c", "id": 1, "what": "edge", "row": 8})
    ((answer, _),) = wire(w).custom("answer")
    assert answer["ok"]
    assert (answer["source"], answer["target"], answer["ghost"]) == ("Hermitage", "Knoedler", True)
    wire(w).say({"kind": "ask", "client": "c", "id": 2, "what": "edge", "row": 9})
    assert not wire(w).custom("answer")[-1][0]["ok"]


def line(ghosts, slanting=0.0):
    scene = scene_of([[-0.9, -slanting, 0], [0.9, slanting, 0]], [0], [1])
    return Scene(**{**vars(scene), "ghosts": ghosts})


def drawn(scene, radius, color=128, alert=0, theme="light"):
    channels = np.array([[radius, 0, color, alert]], np.uint8)
    picture = draw(scene, channels, camera=Camera(0.0, 0.0, 3.0), width=600, height=300, theme=theme)
    return np.asarray(picture, np.float32) / 255


def pieces(image, theme="light"):
    """How many pieces are drawn from left to right."""
    return pieces_of(inked(image, theme).any(axis=0))


def pieces_of(across):
    """How many runs the middle three quarters of what is drawn have; its ends lie in the shade."""
    drawn = np.flatnonzero(across)
    rest = (drawn[-1] - drawn[0]) // 8
    across = across[drawn[0] + rest : drawn[-1] - rest]
    return int(np.count_nonzero(np.diff(np.pad(across, 1).astype(int)) == 1))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("slanting", [0.0, 0.5])
@pytest.mark.parametrize(("radius", "color"), [(0, 0), (60, 128), (180, 128), (255, 255)])
def test_a_ghost_is_dashed_however_thick_in_a_still_picture(radius, color, slanting, theme):
    dashes = 0.75 * 1.8 / look()["ghost"]["pitch"]
    assert pieces(drawn(line(0, slanting), radius, color, theme=theme), theme) == 1
    assert 0.75 * dashes < pieces(drawn(line(1, slanting), radius, color, theme=theme), theme) < 1.4 * dashes


def orange(picture):
    """Where it is, of fractions 0..1."""
    return picture[..., 0] > picture[..., 2] + 0.25


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_ghost_is_drawn_in_its_own_ink_where_its_value_is_unknown(theme):
    for radius, color, own in ((0, 0, True), (200, 0, True), (0, 128, False)):
        ghost, recorded = (drawn(line(ghosts), radius, color, theme=theme) for ghosts in (1, 0))
        assert orange(ghost).any() == own
        assert not orange(recorded).any()


def test_a_ghost_begins_as_a_thread_and_grows_with_its_radius():
    thin, thick, thickest = (drawn(line(1), radius, 0) for radius in (0, 180, 255))
    high = [int(inked(image)[:, 150:450].sum(axis=0).max()) for image in (thin, thick, thickest)]
    assert 2 <= high[0] <= 4 < high[1] < high[2]


@pytest.mark.parametrize("radius", [0, 150])
def test_a_ghost_is_drawn_over_what_is_recorded(radius):
    places = np.array([[-0.9, 0, -0.5], [0.9, 0, -0.5], [0, -0.5, 0.5], [0, 0.5, 0.5]], np.float32)  # it lies behind
    scene = Scene(**{**vars(scene_of(places, [2, 0], [3, 1])), "ghosts": 1})
    channels = np.array([[255, 0, 128, 0], [radius, 0, 0, 0]], np.uint8)
    eye = {"camera": Camera(0.0, 0.0, 3.0), "width": 600, "height": 300}
    assert orange(np.asarray(draw(scene, channels, **eye), np.float32)[140:160, 295:305] / 255).any()


def test_an_alert_among_ghosts_is_beads_without_a_string():
    assert pieces(drawn(line(0), 150, alert=255)) == 1
    assert pieces(drawn(line(1), 150, alert=255)) > 5


def test_the_few_colours_of_a_kept_picture_hold_the_ghosts_ink(wire):
    w = Arteries(simulate_market(800, 1), ghosts=table([(0, 1), (2, 5)]))
    few = Image.open(io.BytesIO(portrait.beside(w._portray()))).convert("RGB")
    assert orange(np.asarray(few, np.float32) / 255).sum() > 50


def test_ghosts_lie_over_the_threads_of_the_record():
    """A fan of threads, and a ghost through the middle of it: its ink is what it is alone."""
    rng = np.random.default_rng(1)
    ends = np.concatenate([[[-0.9, 0, 0], [0.9, 0, 0]], rng.normal(0, 0.3, (400, 3)) * [3, 0.1, 1]]).astype(np.float32)
    scene = scene_of(ends, [*range(2, 202), 0], [*range(202, 402), 1])
    scene = Scene(**{**vars(scene), "ghosts": 1, "sizes": np.zeros(len(ends), np.uint8)})
    channels = np.tile(np.array([[0, 0, 128, 0]], np.uint8), (201, 1))
    channels[-1, 2] = 0
    eye = {"camera": Camera(0.0, 0.0, 3.0), "width": 600, "height": 300}
    alone, among = (
        orange(np.asarray(draw(scene, channels, drawn=rows, **eye), np.float32) / 255)
        for rows in (np.array([200]), np.arange(201))
    )
    assert among[alone].mean() > 0.75
