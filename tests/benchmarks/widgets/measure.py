"""One row of the table: one peer, one graph, driven as a user would."""

import json
import math
import re
import statistics
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import nbformat
import nbformat.sign

from ...browser.lab import refuse_strangers
from . import peers
from .pixels import Cast, centre, changed, ink, largest

OUTPUT = ".jp-OutputArea-output"
SETUP, UPDATE, MOMENTS, DISPLAY = range(4)
DRAG_SECONDS, UPDATES = 10, 7
INK, CHANGE = 0.01, 0.003
SAVED = ("punks", "nft20k")  # graphs whose saved notebooks are opened again
# Counts the animation frames in which the page drew, and notes when the element comes that makes pictures count.
WATCH = """
globalThis.drawn = 0;
let dirty = false;
const mark = () => { if (!dirty) { dirty = true; drawn++; requestAnimationFrame(() => { dirty = false; }); } };
const hook = (type, names) => { for (const name of names) {
  const original = type?.prototype?.[name];
  if (original) type.prototype[name] = function (...all) { mark(); return original.apply(this, all); };
} };
const calls = ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced", "drawRangeElements"];
hook(globalThis.WebGLRenderingContext, calls); hook(globalThis.WebGL2RenderingContext, calls);
hook(globalThis.GPUQueue, ["submit"]); hook(globalThis.CanvasRenderingContext2D, ["putImageData", "drawImage"]);
const src = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
Object.defineProperty(HTMLImageElement.prototype, "src", { ...src, set(v) { mark(); src.set.call(this, v); } });
globalThis.watchFor = selector => {
  globalThis.readyAt = null;
  const look = () => { if (readyAt === null && document.querySelector(selector)) readyAt = Date.now(); };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
};
"""


def measure(lab, browser, key, graph, patience=60):
    """Open a notebook of this peer and measure it; gives a dict ready for JSON."""
    peer = peers.PEERS[key]
    row = {"key": key, "graph": graph, "peer": peer.name, "draws": peer.draws, "updated": peer.updated}
    if find_spec(peer.package) is None:
        return {**row, "failed": "not installed"}
    release = getattr(import_module(peer.package), "__version__", "")
    row |= {"version": release, "bundle": _bundle(peer), "calibration": calibrate()}
    name = f"{key}-{graph}"
    _write(lab.root / f"{name}.ipynb", peers.cells(peer, graph))
    notebook = lab.open(browser, name)
    try:
        notebook.page.add_init_script(WATCH)
        notebook.load()
        row |= _first(notebook, peer, patience)
        if peer.update:
            row |= _updates(notebook, patience)
        row |= _drag(notebook)
        notebook.save()
    except Exception as problem:
        row["failed"] = f"{type(problem).__name__}: {problem}".splitlines()[0][:200]
    finally:
        notebook.close()
        lab.stop_kernels()
    return row if "failed" in row or graph not in SAVED else row | saved(lab, browser, name)


def calibrate():
    """Milliseconds of a fixed piece of Python."""
    best = math.inf
    for _ in range(3):
        start, total = time.perf_counter(), 0
        for i in range(1_500_000):
            total += i & 7
        best = min(best, time.perf_counter() - start)
    return round(best * 1000)


def _write(path, sources):
    """Write a notebook whose code is hidden, so that the drawing stands within the window."""
    hidden = {"jupyter": {"source_hidden": True}}
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, metadata=hidden) for source in sources])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)


def _bundle(peer):
    site = Path(find_spec(peer.package).origin).parent.parent
    return sum(file.stat().st_size for pattern in peer.bundle for file in site.glob(pattern))


def _first(notebook, peer, patience):
    """Run the display cell and wait for its first picture."""
    page = notebook.page
    notebook.run(SETUP)
    page.wait_for_timeout(1500)
    page.evaluate("selector => watchFor(selector)", peer.ready or "body")
    with Cast(page) as cast:
        page.wait_for_timeout(300)
        notebook.received, spent, start = 0, cpu(page), page.evaluate("Date.now()")
        notebook.start(DISPLAY)
        swapped = None
        for at, pixels in _pictures(page, cast, patience):
            ready = page.evaluate("readyAt")
            if ready is not None and at >= ready and ink(pixels) > INK:
                swapped = at
                break
        spent = cpu(page) - spent
        if swapped is None:
            raise AssertionError("blank: nothing was drawn")
        _settle(page, notebook, cast)
    return {"first_ms": round(swapped - start), "first_cpu": round(spent), "display_bytes": notebook.received}


def _updates(notebook, patience):
    """Change it there and back again some times: medians, and every time by itself."""
    each = [_update(notebook, patience) for _ in range(UPDATES)]
    middle = {name: round(statistics.median(row[name] for row in each)) for name in each[0]}
    return middle | {"update_each": [row["update_ms"] for row in each]}


def _update(notebook, patience):
    """Change one channel of everything and wait for the picture that shows it."""
    page = notebook.page
    with Cast(page) as cast:
        page.wait_for_timeout(2500)  # the last picture before the change is the one to compare with
        box = largest(page, OUTPUT)
        before = centre(cast.frames[-1][2], box, cast.frames[-1][1])
        cast.frames.clear()
        notebook.received, spent = 0, cpu(page)
        notebook.start(UPDATE)
        swapped = next((at for at, pixels in _pictures(page, cast, patience) if changed(before, pixels) > CHANGE), None)
        spent = cpu(page) - spent
        if swapped is None:
            raise AssertionError("the update changed nothing in the picture")
        _settle(page, notebook, cast)
        received = notebook.received
    moments = json.loads(re.search(r"\{.*\}", notebook.run(MOMENTS)).group())
    called = moments["update called"] * 1000
    return {"update_ms": round(swapped - called), "update_cpu": round(spent), "update_bytes": received}


def _drag(notebook):
    """Move the held pointer round for ten seconds; count drawn frames and CPU time."""
    page = notebook.page
    x, y, width, height = largest(page, OUTPUT)
    x, y, radius = x + width / 2, y + height / 2, 0.22 * min(width, height)
    page.mouse.move(x + radius, y)
    page.mouse.down()
    spent, before, start = cpu(page), page.evaluate("drawn"), time.monotonic()
    while (turned := time.monotonic() - start) < DRAG_SECONDS:
        page.mouse.move(x + radius * math.cos(2 * turned), y + radius * math.sin(2 * turned))
        page.wait_for_timeout(8)
    spent, drawn = cpu(page) - spent, page.evaluate("drawn") - before
    page.mouse.up()
    return {"drag_frames": drawn, "drag_cpu": round(spent), "drag_cpu_frame": round(spent / drawn) if drawn else None}


def saved(lab, browser, name):
    """What the saved notebook weighs, and whether anybody sees a picture in it when nothing is run."""
    book = nbformat.read(lab.root / f"{name}.ipynb", 4)
    # A kernel starts that knows nothing. With state as its author opens it again: trusted.
    nbformat.sign.NotebookNotary(data_dir=str(lab.root.parent / "data")).sign(book)
    row = _look_at(lab, browser, book, name, "state")
    # Without state as a colleague opens it: not trusted.
    book.metadata.pop("widgets", None)
    return row | _look_at(lab, browser, book, name, "plain")


def _look_at(lab, browser, book, name, kind):
    path = lab.root / f"{name}-{kind}.ipynb"
    nbformat.write(book, path)
    reopened = _seen(browser, f"{lab.url}/doc/tree/{path.name}?reset", OUTPUT)
    lab.stop_kernels()
    return {
        f"{kind}_bytes": path.stat().st_size,
        f"{kind}_reopened": reopened,
        f"{kind}_html": _seen(browser, _html(path).as_uri(), "body"),
    }


def _html(notebook):
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", str(notebook)], check=True, capture_output=True)
    return notebook.with_suffix(".html")


def _seen(browser, url, selector, patience=15):
    """Whether a picture stands on a page that nobody computes for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    refuse_strangers(context)
    try:
        page = context.new_page()
        page.goto(url)
        end = time.monotonic() + patience
        while not _drawn(page, selector) and time.monotonic() < end:
            page.wait_for_timeout(500)
        page.wait_for_timeout(2500)  # what stays, not what flashes by
        return _drawn(page, selector)
    finally:
        context.close()


def _drawn(page, selector):
    box = largest(page, selector)
    return box is not None and ink(centre(page.screenshot(), box, page.viewport_size["width"])) > INK


def _pictures(page, cast, patience):
    """Swap time and middle of the drawing of each presented frame, until patience (seconds) ends."""
    end, seen, box = time.monotonic() + patience, 0, None
    while time.monotonic() < end:
        box = largest(page, OUTPUT) or box
        while box and seen < len(cast.frames):
            at, width, picture = cast.frames[seen]
            seen += 1
            yield at, centre(picture, box, width)
        page.wait_for_timeout(30)


def _settle(page, notebook, cast, quiet=2000, most=15):
    """Wait until neither bytes nor pictures come for ``quiet`` milliseconds."""
    end = time.monotonic() + most
    while time.monotonic() < end:
        before = notebook.received, len(cast.frames)
        page.wait_for_timeout(quiet)
        if before == (notebook.received, len(cast.frames)):
            return


def cpu(page):
    """CPU milliseconds that the page's and the GPU's processes have used."""
    session = page.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return 1000 * sum(one["cpuTime"] for one in processes if re.search("renderer|GPU", one["type"], re.I))
