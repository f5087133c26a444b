"""A JupyterLab of its own, and notebooks driven in headless Chromium: kernels, pages and pixels as a user has them.

    with open_lab(folder) as lab, open_browser() as browser:
        page = lab.open(browser, "story", ["import archivit_widgets", "w"])
        page.run(0)
        page.run(1)
        page.arteries(1).ready()

Nothing here sleeps: every wait ends at a state of the page (``data-*`` of the widget's root) or of the kernel. Requests
to other hosts than this one are refused, and kept in ``lab.strangers``.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import numpy as np
from PIL import Image

from .chromium import PATIENCE

REPOSITORY = Path(__file__).parent.parent.parent
HOME = ("localhost", "127.0.0.1")
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
# Words of JupyterLab itself: a kernel restarted while its debugger waits for an answer. No widget has a part in it.
DEBUGGER = "Could not restore the debugger state: Canceled future"
IDLE = "() => globalThis.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
# Of a kernel with subshells the status says little: it is idle whenever one of them is. A cell knows better.
STATE = "index => globalThis.jupyterapp.shell.currentWidget.content.model.cells.get(index).executionState"
RUN = """async ([index, wait]) => {
    const { shell, commands } = globalThis.jupyterapp, notebook = shell.currentWidget.content;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    const done = commands.execute('notebook:run-cell');
    if (wait) await done;
}"""
ADD = """source => {
    const cells = globalThis.jupyterapp.shell.currentWidget.content.model.sharedModel;
    cells.insertCell(cells.cells.length, { cell_type: 'code', source });
    return cells.cells.length - 1;
}"""
# Keep only those cells in the page that are near the ones in sight, however many there are.
WINDOWED = """() => {
    const notebook = globalThis.jupyterapp.shell.currentWidget.content;
    notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: 'full' };
}"""
SCROLL = "index => globalThis.jupyterapp.shell.currentWidget.content.scrollToItem(index)"
OUTPUTS = "index => globalThis.jupyterapp.shell.currentWidget.content.model.cells.get(index).outputs.toJSON()"


@dataclass
class Lab:
    """A running server; ``root`` is its folder."""

    url: str
    root: Path
    strangers: list[str] = field(default_factory=list)

    def open(self, browser, name, cells=None, *, wait=True, **context):
        """Open a notebook in a page of its own; ``cells`` writes it first. Waits for its kernel."""
        if cells is not None:
            self.write(name, cells)
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, **context)
        refuse_strangers(context, self.strangers)
        page = Notebook(context.new_page(), f"{self.url}/doc/tree/{name}.ipynb?reset", self.root / f"{name}.ipynb")
        page.load(wait)
        return page

    def write(self, name, cells):
        """Write a notebook of code cells."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, self.root / f"{name}.ipynb")

    def request(self, path, method="GET"):
        """Speak to the server's own interface."""
        asked = urllib.request.Request(self.url + path, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def stop_kernels(self):
        """End every session."""
        for session in self.request("/api/sessions"):
            self.request(f"/api/sessions/{session['id']}", "DELETE")


class Notebook:
    """One notebook in one page."""

    def __init__(self, page, url, path):
        self.page, self.url, self.path = page, url, path
        self.errors: list[str] = []
        self.received = 0
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self._complain(message.text))
        page.on("websocket", self._listen)

    def _complain(self, text):
        """Keep an error of the console, unless it is JupyterLab's own about a kernel that the test itself ends."""
        if not text.startswith(DEBUGGER):
            self.errors.append(text)

    def load(self, wait=True):
        """Load, or load again."""
        self.page.goto(self.url)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        if wait:
            self.ready()

    def ready(self):
        """Wait for a kernel that has nothing to do."""
        self.page.wait_for_function(IDLE)

    def run(self, index):
        """Run a cell to its end, and give its text; an error in it is an error here."""
        self.page.evaluate(RUN, [index, True])
        return self.text(index)

    def run_until(self, index, part):
        """Run a cell until it prints ``part``: what the page writes into a trait may still be on its way."""
        end = time.monotonic() + PATIENCE / 1000
        while part not in (text := self.run(index)):
            assert time.monotonic() < end, text
        return text

    def start(self, index):
        """Run a cell without waiting for its end."""
        self.page.evaluate(RUN, [index, False])

    def scroll_to(self, index):
        """Bring a cell into sight."""
        self.page.evaluate(SCROLL, index)

    def window(self):
        """From now on cells that are far from those in sight leave the page."""
        self.page.evaluate(WINDOWED)

    def add(self, code):
        """Append a cell, and give its index."""
        return self.page.evaluate(ADD, code)

    def call(self, code):
        """Run code in a new cell, and give its text."""
        return self.run(self.add(code))

    def show(self, code):
        """Run code that ends in a widget in a new cell, and give its view, scrolled into sight."""
        index = self.add(code)
        self.start(index)
        view = self.arteries(index).seen()
        self.done(index)
        return view

    def outputs(self, index):
        """Outputs of a cell as the notebook keeps them."""
        return self.page.evaluate(OUTPUTS, index)

    def text(self, index):
        """What a cell printed or gave as plain text."""
        words = []
        for output in self.outputs(index):
            if output["output_type"] == "error":
                raise AssertionError("\n".join([output["ename"], output["evalue"], *output["traceback"]]))
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            words.append(text if isinstance(text, str) else "".join(text))
        return "".join(words)

    def until_text(self, index, part):
        """Wait until the outputs of a cell hold some text."""
        self.page.wait_for_function(
            f"([index, part]) => JSON.stringify(({OUTPUTS})(index)).includes(part)", arg=[index, part]
        )

    def command(self, name):
        """Run one of JupyterLab's commands."""
        return self.page.evaluate("name => globalThis.jupyterapp.commands.execute(name).then(() => null)", name)

    def save(self):
        """Save, and give the notebook as it now lies on the disk."""
        self.command("docmanager:save")
        return nbformat.read(self.path, 4)

    def save_with_state(self):
        """The same, with the state of widgets; JupyterLab keeps that setting, so it is set back."""
        for _ in range(2):
            self.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")
            book = self.save()
        return book

    def arteries(self, index, nth=0):
        """The widget that a cell shows."""
        return Arteries(self.page, self.page.locator(".jp-Notebook .jp-CodeCell").nth(index).locator(ROOT).nth(nth))

    def done(self, index):
        """Wait for the end of a cell that was started, and give its text."""
        self.page.wait_for_function(f"index => ({STATE})(index) === 'idle'", arg=index)
        return self.text(index)

    def runs(self, index):
        """Whether a cell runs now."""
        return self.page.evaluate(STATE, index) == "running"

    def close(self):
        """Close the page."""
        self.page.context.close()

    def _listen(self, socket):
        if "/api/kernels/" in socket.url:
            socket.on("framereceived", self._count)

    def _count(self, payload):
        self.received += len(payload.encode() if isinstance(payload, str) else payload)


ROOT = ".archivit-arteries"


@dataclass
class Arteries:
    """One view of a widget in a page."""

    page: object
    root: object

    def seen(self):
        """Scroll it into sight; a picture that nobody sees is not drawn."""
        self.root.wait_for(state="attached")
        self.root.scroll_into_view_if_needed()
        return self

    def ready(self):
        """Wait for the first frame, and give the backend's name."""
        return self.until("root => root.dataset.state === 'ready' && 'frame' in root.dataset && root.dataset.backend")

    def frame(self, least):
        """Wait until a frame of at least this number is shown."""
        return self.until("(root, least) => Number(root.dataset.frame) >= least && root.dataset.frame", least)

    def until(self, script, argument=None):
        """Wait until ``script(root, argument)`` is true, and give it."""
        self.root.wait_for(state="attached")
        handle = self.root.element_handle()
        return self.page.wait_for_function(
            f"([root, argument]) => ({script})(root, argument)", arg=[handle, argument]
        ).json_value()

    def channels(self, *expected):
        """Wait until the first edge holds these bytes (radius, pulse, color, alert) in the page."""
        script = "(root, bytes) => bytes.every((byte, k) => root.archivit.feed.channels[k] === byte)"
        return self.until(script, list(expected))

    def ask(self, script, argument=None):
        """Give ``script(root, argument)``; ``root.archivit`` is {feed, renderer, view(), draws}."""
        return self.root.evaluate(script, argument)


@contextmanager
def open_lab(folder):
    """Start JupyterLab on a free port with ``folder`` as its root; its sessions are stopped at the end."""
    folder = Path(folder)
    root, settings = folder / "root", folder / "settings"
    root.mkdir(parents=True)
    for name, values in SETTINGS.items():
        file = settings / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    # The extension as it is built here, whatever the environment has installed.
    shutil.copytree(REPOSITORY / "labextension", folder / "extensions" / "labextensions" / "archivit_widgets")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True"]
    command += ["--LabApp.news_url=", "--LabApp.extension_manager=readonly", "--ServerApp.disable_check_xsrf=True"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_PATH": os.pathsep.join(filter(None, [str(folder / "extensions"), os.environ.get("JUPYTER_PATH")])),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    lab = Lab(f"http://localhost:{port}", root)
    log = folder / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        _await(lab, server, log)
        yield lab
    finally:
        with suppress(OSError):
            lab.stop_kernels()
        server.terminate()
        server.wait(30)


def refuse_strangers(context, seen=None):
    """Refuse what a page asks of other hosts; gives the list in which it is kept, with websockets to other hosts."""
    seen = [] if seen is None else seen

    def refuse(route):
        seen.append(route.request.url)
        route.abort()

    def note(socket):
        if _is_strange(socket.url):
            seen.append(socket.url)

    context.route(_is_strange, refuse)
    context.on("page", lambda page: page.on("websocket", note))
    return seen


def _is_strange(url):
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HOME


def is_shown(image, png):
    """Wait for an image on a page; whether the screen shows the pixels of ``png`` there, and they show something."""
    image.wait_for(state="visible")
    image.evaluate("image => image.decode()")
    kept = _pixels(png)
    seen = _pixels(image.screenshot())
    # Where the page lets it begin at half a pixel, the screenshot has a row more.
    offsets = range(1 + len(seen) - len(kept))
    return kept.std() > 10 and min(np.abs(seen[row:][: len(kept)] - kept).mean() for row in offsets) < 0.5


def _pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float)


def _await(lab, server, log):
    """Wait for the server's first answer; there is nothing else to wait on."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):
            return lab.request("/api/status")
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
