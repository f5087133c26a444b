"""The widget in a live marimo: drawn in its shadow DOM, answered by its kernel, its selection in the next cell."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .lab import refuse_strangers

REPOSITORY = Path(__file__).parent.parent.parent
PATIENCE = 90_000
STORY = """
import marimo

app = marimo.App()


@app.cell
def _():
    import time
    from pathlib import Path

    import marimo as mo
    import numpy as np
    from archivit_widgets import Arteries
    from tests.browser.market import PLACES, market

    w = Arteries(market(), positions=np.array(PLACES), height=300, clock=1.0, turn=False)
    view = mo.ui.anywidget(w)
    view
    return Path, mo, np, time, view, w


@app.cell
def _(mo, view, w):
    view.value
    mo.md("chosen: " + ", ".join(sorted(w.selected_accounts.account)))
    return


@app.cell
def _(mo):
    go = mo.ui.run_button(label="Push in a loop")
    go
    return (go,)


@app.cell
def _(Path, go, mo, np, time, w):
    until = time.monotonic() + 40
    while go.value and not Path("enough").exists() and time.monotonic() < until:
        w.push(np.random.default_rng().random(len(w.graph.edges)))
        time.sleep(0.05)
    mo.md("pushed" if go.value else "not yet")
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture
def url(tmp_path):
    story = tmp_path / "story.py"
    story.write_text(STORY, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", str(story), "--headless", "--no-token", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "XDG_CONFIG_HOME": str(tmp_path)}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end and server.poll() is None:
            with suppress(OSError):
                urllib.request.urlopen(address, timeout=5).close()
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_marimo_draws_answers_and_hears(url, webgl2_browser):
    context = webgl2_browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme="light")
    strangers = refuse_strangers(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    root = page.locator(".archivit-arteries")
    page.locator(".archivit-arteries[data-state=ready][data-frame]").wait_for()
    assert root.get_attribute("data-theme") == "light"
    label = page.locator(".labels span:not(.away)", has_text="Mellon")
    label.wait_for()
    box = label.bounding_box()
    dot = label.evaluate("e => ['--x', '--y'].map((at) => parseFloat(e.style.getPropertyValue(at)))")
    page.mouse.click(box["x"] + dot[0], box["y"] + dot[1])
    page.get_by_text("chosen: Mellon").wait_for()
    page.locator(".status", has_text="Selected: 1 account").wait_for()
    page.get_by_role("combobox", name="Find an account").fill("Fri")
    page.get_by_role("option", name="Frick").click()
    page.get_by_text("chosen: Frick").wait_for()
    assert errors == []
    assert strangers == []
    context.close()


def test_a_request_to_another_host_is_refused_and_kept(webgl2_browser):
    context = webgl2_browser.new_context()
    strangers = refuse_strangers(context)
    answers = context.new_page().evaluate(
        """() => Promise.all([
            fetch('http://stranger.invalid/a').catch(() => 'refused'),
            new Promise((end) => (new WebSocket('ws://stranger.invalid/b').onerror = () => end('refused'))),
        ])"""
    )
    assert answers == ["refused", "refused"]
    assert sorted(strangers) == ["http://stranger.invalid/a", "ws://stranger.invalid/b"]
    context.close()


def test_a_cell_that_pushes_in_a_loop_moves_the_picture_in_marimo_too(url, tmp_path, webgl2_browser):
    """The page's acknowledgements wait for the end of the cell, and so does all else that the page says."""
    page = webgl2_browser.new_page(viewport={"width": 1100, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.locator(".archivit-arteries[data-state=ready][data-frame]").wait_for()
    page.get_by_role("button", name="Push in a loop").click()
    root = page.locator(".archivit-arteries")
    expect(root).to_have_attribute("data-frame", re.compile(r"^\d\d"), timeout=30_000)  # ten or more
    assert page.get_by_text("not yet").count() == 1
    (tmp_path / "enough").touch()
    page.get_by_text("pushed", exact=True).wait_for()
    page.close()
