"""The comparison of widgets: what it sees in a picture, what it says of rows, and that a failed row is a failure."""

import io
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.widgets import __main__ as program
from tests.benchmarks.widgets import graphs, measure, peers, pixels, report

RUN = {"date": "2026-02-01 10:00", "commit": "abc1234", "machine": "2 x chip", "chromium": "150"}
ROW = {
    "key": "archivit",
    "graph": "punks",
    "peer": "Arteries",
    "draws": "3D",
    "accounts": 1_234,
    "edges": 5,
    "calibration": 90,
}


def drawn(share):
    """A picture of one colour with another in a share of its columns."""
    picture = np.full((100, 100, 3), 250, np.uint8)
    picture[:, : round(100 * share)] = (20, 40, 160)
    return picture


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3])
def test_ink_is_the_share_of_what_is_not_ground(share):
    assert pixels.ink(drawn(share)) == pytest.approx(share)
    assert pixels.ink(drawn(0)[:0]) == 0


def test_what_changed_is_seen_and_noise_is_not():
    noise = drawn(0).astype(int) - np.random.default_rng(0).integers(8, size=(100, 100, 3))
    assert pixels.changed(drawn(0).astype(int), noise) == 0
    assert pixels.changed(drawn(0).astype(int), drawn(0.1).astype(int)) == pytest.approx(0.1)
    assert pixels.changed(drawn(0), drawn(0)[1:]) == 1


def test_the_middle_of_a_box_is_looked_at():
    file = io.BytesIO()
    Image.fromarray(drawn(0.5)).save(file, "PNG")
    assert pixels.centre(file.getvalue(), (0, 0, 200, 200), 200).shape == (60, 60, 3)
    assert pixels.ink(pixels.centre(file.getvalue(), (100, 0, 100, 200), 200)) == 0
    assert pixels.ink(pixels.centre(file.getvalue(), (50, 0, 100, 200), 200)) == pytest.approx(0.5)


def test_rows_of_another_run_are_marked():
    later = {**RUN, "date": "2026-02-02 09:00", "commit": "def5678+"}
    said = report.markdown(
        [{**ROW, **later, "failed": "blank"}, {**ROW, **RUN, "key": "floor", "peer": "Floor", "failed": "late"}]
    ).splitlines()
    assert said[:2] == [
        "2026-02-02 09:00; commit def5678+; 2 x chip; Chromium 150.",
        "2026-02-01 10:00; commit abc1234; 2 x chip; Chromium 150 (run 1).",
    ]
    assert f"**{graphs.GRAPHS['punks']}** (1,234 nodes, 5 edges)" in said
    assert [line.split(" | ")[:3] for line in said if "| 3D |" in line] == [
        ["| Floor (run 1)", "3D", "late"],
        ["| Arteries", "3D", "blank"],
    ]
    assert len({line.count(" | ") for line in said if line.startswith("| ")}) == 1


@pytest.mark.parametrize(("found", "status"), [({}, 0), ({"failed": "blank: nothing was drawn"}, 1)])
def test_a_row_that_failed_is_a_failure(tmp_path, monkeypatch, capsys, found, status):
    numbers = dict.fromkeys(("first_ms", "first_cpu", "display_bytes", "drag_cpu_frame", "bundle"), 1)

    @contextmanager
    def stub(*_, **__):
        yield SimpleNamespace(root=tmp_path, version="150")

    monkeypatch.setattr(program, "open_lab", stub)
    monkeypatch.setattr(program, "open_browser", stub)
    monkeypatch.setattr(graphs, "write", lambda *_: (1_234, 5))
    monkeypatch.setattr(measure, "measure", lambda *_: {**ROW, **numbers, **found})
    out = tmp_path / "results.json"
    monkeypatch.setattr(sys, "argv", ["", "--peers", "archivit", "--graphs", "punks", "--out", str(out)])
    assert program.main() == status
    assert f"commit {program.commit()}" in capsys.readouterr().out
    assert '"commit"' in out.read_text()


def test_the_update_is_timed_in_its_cell():
    for peer in peers.PEERS.values():
        update = peers.cells(peer, "punks")[measure.UPDATE]
        assert update.startswith("moments['update called'] = time.time()\n")
