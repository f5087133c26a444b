"""The notebooks as they are saved: they show their pictures without a cell being run, and say the same on every run.

That they run is nbval's part (``pytest notebooks --nbval``).
"""

import base64
import io
import os
import re

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from hatch_build import ROOT

from .data import DATA

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def story(request):
    return nbformat.read(request.param, as_version=4)


def outputs(story):
    return [output for cell in story.cells if cell.cell_type == "code" for output in cell.outputs]


def test_there_are_six_and_the_first_is_what_lab_opens():
    from archivit_widgets.lab import FIRST

    others = ["02_any_ledger", "03_wash_trading", "04_alike", "05_collectors", "06_live_prediction"]
    assert [path.name for path in PATHS] == [FIRST, *(f"{name}.ipynb" for name in others)]


def test_each_widget_has_its_picture(story):
    shown = [o for o in outputs(story) if o.get("data", {}).get("text/plain", "").startswith("Arteries(")]
    assert shown
    for output in shown:
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).convert("RGB")
        assert len(picture.getcolors(100_000)) > 20
        assert "archivit" in output.metadata  # for a reader who trusts it


def test_it_ran_from_top_to_bottom(story):
    counts = [cell.execution_count for cell in story.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert not [output for output in outputs(story) if output.output_type == "error"]


def test_it_tells_more_than_it_codes(story):
    kinds = [cell.cell_type for cell in story.cells]
    assert kinds[0] == kinds[-1] == "markdown"
    assert kinds.count("markdown") >= 0.4 * len(kinds)


def test_printed_numbers_are_rounded_and_no_path_is_printed(story):
    for output in outputs(story):
        data = output.get("data", {})
        for text in (output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")):
            assert not re.search(r"\d\.\d{5,}", text)
            assert not re.search(r"/(tmp|home|root|work|Users)/", text)


def test_no_widget_state_is_saved(story):
    assert "widgets" not in story.metadata


def test_the_second_story_reads_a_market_in_three_formats_where_there_are_no_real_ledgers(monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHIVIT_DATA", os.fspath(tmp_path))
    story = nbformat.read(PATHS[1], as_version=4)
    NotebookClient(story, timeout=300, resources={"metadata": {"path": os.fspath(PATHS[1].parent)}}).execute()
    table = next(o.data["text/plain"] for o in outputs(story) if "arteries" in o.get("data", {}).get("text/plain", ""))
    rows = [re.search(rf"market\.{kind}\s+(3,000\s+3,000\s.*)", table).group(1) for kind in ("csv", "parquet", "jsonl")]
    assert len({" ".join(row.split()) for row in rows}) == 1


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data at {DATA}; set ARCHIVIT_DATA")
def test_the_second_story_reads_real_ledgers(monkeypatch):
    monkeypatch.setenv("ARCHIVIT_DATA", os.fspath(DATA))
    story = nbformat.read(PATHS[1], as_version=4)
    NotebookClient(story, timeout=300, resources={"metadata": {"path": os.fspath(PATHS[1].parent)}}).execute()
    table = next(o.data["text/plain"] for o in outputs(story) if "arteries" in o.get("data", {}).get("text/plain", ""))
    assert re.search(r"cryptopunks_sales.csv\s+10,233\s+10,233\s+2,308\s+6,302\s+2017 to 2021", table)
    assert re.search(r"mooncats_adoptions.csv\s+12,307\s+12,307\s+2,628\s+3,773", table)
    assert "graves_art_sales.csv" in table
