import base64
import gzip
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archivit_widgets.api import simulate_market
from archivit_widgets.errors import ArchivitError
from archivit_widgets.frames.camera import Camera
from archivit_widgets.widgets import static
from archivit_widgets.widgets.arteries import Arteries
from tests.ledger import graph_of

from .conftest import PLACES


def section(head, body, name):
    (spec,) = [s for s in head["sections"] if s["name"] == name]
    size = int(np.prod(spec["shape"]))
    return np.frombuffer(body, "<" + spec["dtype"], size, spec["offset"]).reshape(spec["shape"])


def test_the_scene_goes_ahead_unasked_and_only_then_has_a_name(w, wire):
    log = wire(w).log
    assert log[0][0] == "comm_open"
    assert log[0][1]["state"]["_scene"] == ""
    scene = next(i for i, (_, data, _) in enumerate(log) if data.get("method") == "custom")
    named = next(i for i, (_, data, _) in enumerate(log) if "_scene" in data.get("state", {}) and i)
    assert scene < named
    ((content, (body,)),) = wire(w).custom("scene")
    assert content["scene"] == w._scene
    head = content["head"]
    assert (head["accounts"], head["edges"], head["flat"], head["frame"]) == (6, 7, False, 0)
    edges = w.graph.edges
    assert section(head, body, "source").tolist() == edges["source"].cat.codes.tolist()
    assert section(head, body, "positions").dtype == np.float32
    assert section(head, body, "channels").shape == (7, 4)


def test_bulk_stays_out_of_the_traits(w):
    state = {k: v for k, v in w.get_state().items() if k != "_esm"}
    assert len(json.dumps(state, default=lambda b: bytes(b).hex())) < 8_000


def test_a_page_that_comes_later_asks_and_gets_the_scene_with_the_latest_channels(w, wire):
    w.push({"radius": np.full(7, 9, np.uint8)})
    wire(w).say({"kind": "want", "client": "p", "scene": None, "frame": None})
    content, (body,) = wire(w).custom("scene")[-1]
    assert content["head"]["frame"] == 1
    assert section(content["head"], body, "channels")[:, 0].tolist() == [9] * 7
    w.push({"radius": np.zeros(7, np.uint8)})
    content, (whole,) = wire(w).custom("frame")[-1]
    assert content["base"] is None
    assert bytes(whole)[::4] == bytes(7)


def test_acknowledgements_and_statistics(w, wire):
    wire(w).say({"kind": "want", "client": "p", "scene": w._scene, "frame": 0})
    w.push(np.ones(7))
    stream = wire(w).custom("frame")[-1][0]["stream"]
    ack = {"kind": "ack", "client": "p", "stream": stream, "frame": 1, "fps": 31, "ms": 9, "backend": "webgpu"}
    wire(w).say({**ack, "visible": True})
    stats = w.stats()
    assert {k: stats[k] for k in ("offered", "sent", "acknowledged", "fps", "backend", "clients", "playing")} == {
        "offered": 1,
        "sent": 1,
        "acknowledged": 1,
        "fps": 31,
        "backend": "webgpu",
        "clients": 1,
        "playing": False,
    }
    wire(w).say({**ack, "stream": None, "frame": None})


def test_times_come_when_asked_for(w, wire):
    assert wire(w).custom("times") == []
    wire(w).say({"kind": "want_times", "client": "p", "scene": w._scene})
    ((content, (body,)),) = wire(w).custom("times")
    assert content["edges"] == 7
    assert content["counts"] == "u1"
    offsets = np.r_[0, np.cumsum(np.frombuffer(body, "u1", 7))]
    assert content["at"] == "f8"  # 1720 to 2020
    at = np.frombuffer(body, "<f8", offset=8).astype(np.int64) + content["start"]
    assert at[offsets[:-1]].tolist() == w.graph.edges["first_time"].tolist()


def test_words_for_those_who_listen(w):
    assert w._summary == "6 accounts, 7 arteries, 1720 to 2020; strongest: <b>Getty</b> to Wallace, 300 ETH"
    assert repr(w) == "Arteries(6 accounts, 7 edges)"
    assert [entry["channel"] for entry in w._legend] == ["radius", "pulse", "color", "alert"]
    assert sum(w._timeline["counts"]) == 10


def test_one_is_singular_and_years_have_no_zeros_before_them():
    days = np.array(["0188-03-01", "0192-03-01"], "datetime64[s]").astype(int)
    w = Arteries(graph_of(["Rome", "Rome"], ["Rome", "Rome"], days), positions=np.zeros((1, 2)))
    assert repr(w) == "Arteries(1 account, 1 edge)"
    assert w._summary.startswith("1 account, 1 artery, 188 to 192; ")


def pushed(legend):
    return [entry["channel"] for entry in legend if entry["title"] == "pushed, 0 to 1"]


def test_the_legend_says_which_channels_no_longer_show_the_data(w, wire):
    before = w._legend
    w.push({"radius": np.ones(7), "alert": np.ones(7)})
    assert pushed(w._legend) == ["radius", "alert"]
    assert w._legend[1:3] == before[1:3]
    assert wire(w).log[-1][1]["state"] == {"_legend": w._legend}
    radius, alert = w._legend[0], w._legend[3]
    assert [radius["unit"], radius["note"], radius["scale"], radius["unknown"]] == ["", "", "identity", False]
    assert radius["ticks"] == [[0.0, "0"], [0.5, "0.5"], [1.0, "1"]]
    assert alert["scale"] != "constant"  # so that the still picture explains it, too
    told = len(wire(w).log)
    w.push({"radius": np.zeros(7)})
    assert "_legend" not in str(wire(w).log[told:])


def test_the_legend_says_what_was_played(w):
    w.play([np.ones(7), {"color": np.ones(7)}], fps=500)
    w._player._thread.join(10)
    assert pushed(w._legend) == ["pulse", "color"]
    assert w._legend[2]["unknown"]  # the next frame may hold a NaN
    with pytest.raises(ArchivitError):
        w.push({"radius": np.ones(3)})
    assert pushed(w._legend) == ["pulse", "color"]


def test_a_saved_picture_shows_the_latest_frame_from_where_the_page_looks(w, tmp_path):
    w.push({"alert": np.ones(7), "radius": np.ones(7)})
    w.camera = {"yaw": 2.0, "pitch": -0.4, "distance": 4.0, "target": [0.1, 0, 0.2]}
    w.save_png(tmp_path / "w.png", width=400, height=300, theme="dark")
    latest = w._stream.wanted
    assert (latest[:, [0, 3]] == 255).all()
    eye = Camera(2.0, -0.4, 4.0, (0.1, 0.0, 0.2))
    expected = static.draw(w._drawn, latest, w._legend, camera=eye, width=400, height=300, theme="dark")
    saved = np.asarray(Image.open(tmp_path / "w.png").convert("RGB"), int)
    assert np.array_equal(saved, np.asarray(expected))
    red = (saved[..., 0] > 150) & (saved[..., 1] < 110) & (saved[..., 2] < 120)
    assert red.sum() > 100


def test_a_camera_of_numpy_is_one_of_plain_numbers(wire, graph):
    given = {"yaw": np.float32(2), "pitch": np.int64(0), "distance": 4, "target": np.zeros(3)}
    w = Arteries(graph, positions=PLACES, camera=given)
    assert json.dumps(w.camera) == '{"yaw": 2.0, "pitch": 0.0, "distance": 4.0, "target": [0.0, 0.0, 0.0]}'
    w.camera = None
    w.camera = given
    assert json.dumps(w.get_state("camera")) == json.dumps({"camera": w.camera})


def test_a_file_that_cannot_be_written_is_said_in_one_line(w, tmp_path):
    for name, write in (("a.png", w.save_png), ("a.html", w.to_html)):
        (tmp_path / name).symlink_to("/dev/full")
        with pytest.raises(ArchivitError, match=f"{name}: cannot be written: No space left on device"):
            write(tmp_path / name)


def test_an_exported_file_holds_the_latest_frame(w, tmp_path):
    w.push(np.arange(28, dtype=np.uint8).reshape(7, 4))
    w.to_html(tmp_path / "w.html")
    packed = re.search(r'id="data">([^<]+)<', (tmp_path / "w.html").read_text(encoding="utf-8"))[1]
    whole = gzip.decompress(base64.b64decode(packed))
    length = int.from_bytes(whole[:4], "little")
    head = json.loads(whole[4 : 4 + length])
    assert pushed(head["traits"]["_legend"]) == ["radius", "pulse", "color", "alert"]
    scene = head["messages"][0]
    (start, size), body = scene["buffers"][0], whole[4 + -(-length // 4) * 4 :]
    channels = section(scene["content"]["head"], body[start : start + size], "channels")
    assert channels.tolist() == np.arange(28).reshape(7, 4).tolist()
    assert w._poster == "", "an export changes nothing in the live page"


def test_showing_it_leaves_a_picture_and_a_small_poster(w):
    assert w._poster == ""
    data, metadata = w._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"] == {"width": 640, "height": 320}
    assert w._poster.startswith("data:image/")
    assert len(w._poster) <= 40_000


def test_still_pictures_show_what_is_selected_and_the_window(w, tmp_path):
    def pictures():
        w.save_png(tmp_path / "w.png", width=400, height=300)
        data, _ = w._repr_mimebundle_()
        return (tmp_path / "w.png").read_bytes(), data["image/png"]

    plain = pictures()
    w.selection = [0]
    selected = pictures()
    w.selection, w.window = None, ("1720", "2000")
    windowed = pictures()
    w.window = None
    for one, two, three, again in zip(plain, selected, windowed, pictures(), strict=True):
        assert len({one, two, three}) == 3
        assert again == one


def test_an_exported_file_shows_no_selection_as_its_page_begins_with_none(w, tmp_path):
    def poster():
        w.to_html(tmp_path / "w.html")
        return re.findall(r"data:image/png;base64,([^\"]+)", (tmp_path / "w.html").read_text(encoding="utf-8"))

    plain = poster()
    assert plain
    w.selection = [0]
    assert poster() == plain
    w.window = ("1720", "2000")
    assert poster() != plain


def test_the_picture_beside_a_market_keeps_its_size_and_its_bytes(wire):
    w = Arteries(simulate_market(13_000))
    data, _ = w._repr_mimebundle_()
    still = base64.b64decode(data["image/png"])
    assert len(w.graph.edges) > 6_300  # as many as CryptoPunks has
    assert Image.open(io.BytesIO(still)).width == 640
    assert len(still) <= static.SMALL_BYTES


def test_window_takes_what_between_takes(w):
    assert w.window is None
    w.window = ("1720", pd.Timestamp("2000-01-01"))
    assert w.window == (-7_889_270_400, 946_684_800)
    w.window = (None, "2000")
    assert w.window == (-7_889_000_000, 946_684_800)
    w.window = ("2000", None)
    assert w.window == (946_684_800, 1_610_000_001)
    w.window = None
    assert w.window is None
    with pytest.raises(ArchivitError, match="not after it starts"):
        w.window = (5, 5)


def test_mistakes_raise_before_anything_is_shown(wire, graph):
    with pytest.raises(ArchivitError, match="positions are 5 x 3, but must be 6 x 2 or 6 x 3"):
        Arteries(graph, positions=PLACES[:5])
    with pytest.raises(ArchivitError, match="positions of account 0 are not finite"):
        Arteries(graph, positions=np.full((6, 2), np.nan))
    with pytest.raises(ArchivitError, match="alert has 2 values, but the graph has 7 edges"):
        Arteries(graph, positions=PLACES, alert=[0, 1])
    with pytest.raises(ArchivitError, match="must be a TransferGraph"):
        Arteries("sales.csv")


def test_positions_may_be_flat(wire, graph):
    w = Arteries(graph, positions=PLACES[:, :2] * 1000)
    content, (body,) = wire(w).custom("scene")[0]
    assert content["head"]["flat"] is True
    placed = section(content["head"], body, "positions")
    assert 0.9 < np.linalg.norm(placed, axis=1).max() < 3
    assert not placed[:, 2].any()


def test_accounts_are_placed_in_space_where_nobody_says_otherwise(wire, graph):
    assert wire(Arteries(graph)).custom("scene")[0][0]["head"]["flat"] is False


def test_an_empty_graph_is_a_widget(wire, graph):
    w = Arteries(graph.between(0, 0))
    assert w._summary == "0 accounts, 0 arteries"
    assert w._timeline["counts"] == []  # which the page leaves out: there is no time to choose
    w.push(np.empty(0))


def test_play_streams_from_a_thread_and_says_how_it_ended(w, wire):
    wire(w).say({"kind": "want", "client": "p", "scene": w._scene, "frame": 0})
    w.play(iter([np.zeros(7), np.ones(7)]), fps=500)
    w._player._thread.join(10)
    assert w.stats()["offered"] == 2
    assert w.stats()["playing"] is False
    with pytest.raises(ArchivitError, match="fps is 0"):
        w.play([], fps=0)
    w.close()


def test_what_ends_a_play_early_is_said_once_in_one_line(w, capsys):
    def days():
        yield np.zeros(7)
        raise LookupError("no day\n2")

    for frames, words in (
        (days(), r"LookupError: no day 2 \(line \d+ of days\)"),
        ([np.zeros(3)], r"ArchivitError: pulse .*3.*"),
    ):
        w.play(frames, fps=500)
        w._player._thread.join(10)
        said = capsys.readouterr().err
        assert re.fullmatch(rf"play ended early: {words}\n", said)
        assert w.stats()["error"]


def test_closing_ends_the_play(w):
    def forever():
        while True:
            yield np.zeros(7)

    w.play(forever(), fps=500)
    w.close()
    w._player._thread.join(10)
    assert not w._player.playing


def test_one_transfer_is_not_called_many(wire):
    w = Arteries(graph_of(["Rome"], ["Paris"], [0], [np.nan]), positions=np.zeros((2, 2)))
    assert w._summary == "2 accounts, 1 artery, 1970; strongest: Rome to Paris, 1 transfer"
