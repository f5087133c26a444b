"""Wrong arguments are answered with one clear line, and a slip of the hand does not take the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archivit_widgets import ArchivitError, Arteries, TransferGraph, simulate_market
from archivit_widgets.widgets import static


@pytest.fixture(scope="module")
def graph() -> TransferGraph:
    return simulate_market(transfers=200, seed=0)


@pytest.fixture(scope="module")
def arteries(graph: TransferGraph) -> Arteries:
    return Arteries(graph, clock=0)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ({"width": 10**6}, "width must be a whole number from 1 to 16,384, found 1000000"),
        ({"width": 0}, "width .* found 0"),
        ({"height": -1}, "height .* found -1"),
        ({"width": 1.5}, "width .* found 1.5"),
        ({"width": True}, "width .* found True"),
        ({"width": 16_384, "height": 4_097}, "16,384 x 4,097 pixels is too large: 67,108,864 are the most"),
        ({"theme": "pink"}, "theme is 'pink'"),
    ],
)
def test_a_picture_that_cannot_be_drawn(
    arteries: Arteries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: dict[str, Any], said: str
) -> None:
    monkeypatch.setattr(static, "paint_scene", lambda *_: pytest.fail("it must not be drawn"))
    with pytest.raises(ArchivitError, match=said):
        arteries.save_png(tmp_path / "a.png", **size)


def test_a_file_that_cannot_be_written(arteries: Arteries, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for call, end in ((arteries.save_png, ".png"), (arteries.to_html, ".html")):
        for name in ("a.xyz", "a"):
            with pytest.raises(ArchivitError, match=rf"must end in \{end}"):
                call(tmp_path / name)
        with pytest.raises(ArchivitError, match=r"there is no folder .*nowhere"):
            call(str(tmp_path / "nowhere" / f"a{end}"))
        with pytest.raises(ArchivitError, match="the name of a file, found 3"):
            call(3)  # type: ignore[arg-type]
        with pytest.raises(ArchivitError, match=rf"x\{end}: cannot be written: File name too long"):
            call(tmp_path / f"{'x' * 300}{end}")
        with pytest.raises(ArchivitError, match=r"the name of the output, 'a\\x00.*', holds a null character"):
            call(f"a\0{end}")
    with pytest.raises(ArchivitError, match="is a folder"):
        arteries.save_png(tmp_path / "folder.png")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


@pytest.mark.parametrize("height", [1, 40, 60])
def test_a_low_picture_has_no_legend(arteries: Arteries, tmp_path: Path, height: int) -> None:
    arteries.save_png(tmp_path / "a.png", width=300, height=height)
    assert Image.open(tmp_path / "a.png").size == (300, height)


@pytest.mark.parametrize("window", [5, "2018", (1,), (1, 2, 3)])
def test_a_window_is_a_pair(arteries: Arteries, window: Any) -> None:
    with pytest.raises(ArchivitError, match="pair"):
        arteries.window = window


def test_a_selection_by_slice_and_set(arteries: Arteries) -> None:
    arteries.selection = slice(0, 3)
    assert arteries.selection.index.tolist() == [0, 1, 2]
    arteries.selection = {4, 2}
    assert arteries.selection.index.tolist() == [2, 4]


def test_what_cannot_be_called_or_played(arteries: Arteries, graph: TransferGraph) -> None:
    with pytest.raises(ArchivitError, match="function"):
        arteries.on_select(3)  # type: ignore[arg-type]
    for fps in ("x", None):
        with pytest.raises(ArchivitError, match="fps"):
            arteries.play([np.ones(len(graph.edges))], fps=fps)  # type: ignore[arg-type]
    with pytest.raises(ArchivitError, match="pulse must be one value for each of the 85 edges, found 'x'"):
        arteries.push("x")
    frame = np.ones(len(graph.edges))
    for one in ({"radius": frame}, pd.DataFrame({"radius": frame}), frame, "x"):
        with pytest.raises(ArchivitError, match=f"frames is one {type(one).__name__}; expected a list or a generator"):
            arteries.play(one)
    assert not arteries.stats()["playing"]


def test_odd_arguments_of_the_widget(graph: TransferGraph) -> None:
    with pytest.raises(ArchivitError, match="scale of radius is 3"):
        Arteries(graph, scales={"radius": 3})  # type: ignore[dict-item]
    with pytest.raises(ArchivitError, match="positions must be numbers"):
        Arteries(graph, positions="spring")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [{"radius": "nope"}, {"color": [1.0]}, {"pulse": 3}, {"scales": {"x": "log"}}, {"positions": [[0, 0]]}]
)
def test_what_is_refused_never_reaches_the_page(
    graph: TransferGraph, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("comm.create_comm", lambda *args, **kwargs: opened.append(kwargs))
    with pytest.raises(ArchivitError):
        Arteries(graph, **wrong)
    assert opened == []


@pytest.mark.parametrize("built", [None, "export default {};\n// placeholder"])
def test_an_unbuilt_checkout_exports_nothing_and_says_how_to_build(
    arteries: Arteries, tmp_path: Path, built: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "arteries.js"
    if built:
        bundle.write_text(built)
    monkeypatch.setattr("archivit_widgets.widgets.built.BUNDLE", bundle)
    with pytest.raises(ArchivitError, match="not built: run npm ci"):
        arteries.to_html(tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize(
    ("eye", "said"),
    [
        ({"distance": 0}, "distance of the camera must be a finite number from 0.02 to .*, found 0"),
        ({"distance": -3}, "distance .* found -3"),
        ({"distance": 1e300}, "distance .* found 1e\\+300"),
        ({"target": [0, 1e300, 0]}, "target of the camera .* found 1e\\+300"),
    ],
)
def test_an_eye_stands_where_it_can_see(
    graph: TransferGraph, arteries: Arteries, eye: dict[str, Any], said: str
) -> None:
    camera = {"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0], **eye}
    with pytest.raises(ArchivitError, match=said):
        arteries.camera = camera
    with pytest.raises(ArchivitError, match=said):
        Arteries(graph, camera=camera)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("eye", [{"distance": 0.02}, {"distance": 50}, {"distance": 1e6}, {"target": [1e6, -1e6, 1e6]}])
def test_from_the_farthest_place_there_is_a_picture(arteries: Arteries, tmp_path: Path, eye: dict[str, Any]) -> None:
    arteries.camera = {"yaw": 0, "pitch": 0, "distance": 3, "target": [0, 0, 0], **eye}
    arteries.save_png(tmp_path / "a.png", width=200, height=100)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (200, 100)
