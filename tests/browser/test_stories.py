"""The packaged notebooks as a new user opens them: every picture is there before a cell is run."""

import base64
import shutil

import nbformat
import pytest

from hatch_build import ROOT

from .lab import is_shown

STORIES = sorted((ROOT / "notebooks").glob("*.ipynb"))
WIDGETS = {"01": 4, "02": 4, "03": 1, "04": 1, "05": 1, "06": 2}  # in each story, by its number


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_its_pictures_are_there_before_a_cell_is_run(path, lab, webgl2_browser):
    shutil.copy(path, lab.root)
    book = nbformat.read(path, 4)
    shown = [k for k, cell in enumerate(book.cells) if "Arteries(" in str(cell.get("outputs", ""))]
    pictures = [
        (k, o.data["image/png"]) for k in shown for o in book.cells[k].outputs if "image/png" in o.get("data", {})
    ]
    assert len(pictures) == len(shown) == WIDGETS[path.stem[:2]]
    reader = lab.open(webgl2_browser, path.stem)
    for cell, png in pictures:
        output = reader.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-OutputArea-output")
        output.scroll_into_view_if_needed()
        assert is_shown(output.locator("img"), base64.b64decode(png))
    assert reader.page.locator(".archivit-arteries").count() == 0
    reader.close()
