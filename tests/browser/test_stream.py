"""A stream between a kernel that is busy, interrupted, restarted, and pages that are slow, closed, doubled, new."""

import json
import time
from itertools import combinations
from statistics import median

import pytest

from archivit_widgets.frames.protocol import CREDIT

#: Bytes that a frame of 8,324 may leave behind; a hundred or two of them are JupyterLab's own, for any message.
LEFT = 256
SETUP = """
import functools, gc, json, threading, time, tracemalloc
from pathlib import Path
import numpy as np
import archivit_widgets as aw
from archivit_widgets.widgets.cell import cells

@functools.cache
def market(transfers):
    graph = aw.simulate_market(transfers, seed=3)
    return graph, np.random.default_rng(0).normal(size=(len(graph.accounts), 3))

def edges(transfers=300):
    return len(market(transfers)[0].edges)

def frames(n=10**9, transfers=300):
    for k in range(n):
        yield np.tile(np.array([k % 256, 128, k // 256 % 256, 0], np.uint8), (edges(transfers), 1))

def arteries(transfers=300):
    graph, places = market(transfers)
    return aw.Arteries(graph, positions=places, height=160, turn=False, clock=0)

def thread(call):
    threading.Thread(target=call, daemon=True).start()

def watch(w, file):
    def write():
        while w.comm is not None:
            Path(file).write_text(json.dumps({**w.stats(), "memory": tracemalloc.get_traced_memory()[0]}))
            time.sleep(0.1)
            if tracemalloc.is_tracing():
                time.sleep(0.4)
                gc.collect()
    thread(write)

def play_between_cells(w, *args, **options):
    def play():  # acknowledgements are then heard from the first frame on
        while cells().running:
            time.sleep(0.01)
        w.play(*args, **options)
    thread(play)
"""


@pytest.fixture(scope="module")
def notebook(lab, webgpu_browser):
    """A notebook with a graph at hand; each test makes its own widget."""
    page = lab.open(webgpu_browser, "stream", [SETUP])
    page.run(0)
    yield page
    page.close()
    assert page.errors == []


def stats(notebook, name="w"):
    return json.loads(notebook.call(f"print(json.dumps({name}.stats()))"))


def wait_for(file, true, patience=90):
    """Wait until what a kernel's thread writes into a file is true of some statistics."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            found = json.loads(file.read_text())
        except (OSError, ValueError):  # not there yet, or half written
            found = None
        if found and true(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"never came true; last: {found}")


def test_every_frame_is_offered_and_the_last_is_shown(notebook):
    view = notebook.show("w = arteries(); w")
    view.ready()
    notebook.call("w.play(frames(40), fps=40)")
    view.channels(39, 128, 0, 0)
    counts = stats(notebook)
    assert counts["offered"] == 40
    assert counts["sent"] + counts["replaced"] + counts["pending"] == 40
    assert counts["clients"] == 1
    assert counts["backend"] == "webgpu"
    assert 0 < counts["latency_p50"] <= counts["latency_p99"] < 10_000
    assert counts["bytes"] <= 4 * counts["sent"] * int(notebook.call("print(edges())"))
    shown = int(view.frame(counts["sent"]))
    assert shown == counts["sent"]
    view.until("root => root.querySelector('.legend').textContent.split('pushed, 0 to 1').length === 5")


def rests(stats):
    """Nothing waits to be sent or to be acknowledged."""
    return stats["pending"] == 0 and stats["sent"] == stats["acknowledged"]


def frames_taken(notebook, file):
    """Play 90 frames in three seconds to a page that takes them in unseen; how many were sent, and owed at most."""
    before = wait_for(file, rests)
    notebook.call("play_between_cells(w, frames(90, 210_000), fps=30)")
    owed = []
    last = before["offered"] + 90
    wait_for(file, lambda s: owed.append(s["sent"] - s["acknowledged"]) or s["offered"] == last)
    after = wait_for(file, rests)
    assert (after["sent"] - before["sent"]) + (after["replaced"] - before["replaced"]) == 90
    return after["sent"] - before["sent"], max(owed)


def test_a_page_ten_times_slower_gets_fewer_frames_and_no_queue(notebook, lab):
    view = notebook.show("w = arteries(210_000); watch(w, 'slow.json'); w")
    view.ready()
    assert int(notebook.call("print(edges(210_000))")) > 90_000
    view.root.evaluate("root => { root.parentElement.style.display = 'none'; }")
    file = lab.root / "slow.json"
    quick, _ = frames_taken(notebook, file)
    cdp = notebook.page.context.new_cdp_session(notebook.page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 10})
    try:
        slow, owed = frames_taken(notebook, file)
    finally:
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert slow < 0.7 * quick
    assert owed == CREDIT
    view.channels(89, 128, 0, 0)
    notebook.call("w.close()")


def test_two_views_of_one_widget_are_one_client(notebook):
    index = notebook.add("w = arteries(); display(w, w)")
    notebook.run(index)
    first, second = notebook.arteries(index), notebook.arteries(index, 1)
    for view in (first, second):
        view.seen().ready()
    notebook.call("w.play(frames(20), fps=20)")
    first.channels(19, 128, 0, 0)
    assert stats(notebook)["clients"] == 1
    for view in (first, second):
        view.seen().frame(stats(notebook)["sent"])


def test_a_cell_that_blocks_for_ten_seconds_does_not_stop_the_picture(notebook):
    view = notebook.show("w = arteries(); w")
    view.ready()
    notebook.call("w.play(frames(), fps=20)")
    view.frame(2)
    busy = notebook.add("end = time.monotonic() + 10\nwhile time.monotonic() < end: pass\nprint(w.stats()['sent'])")
    notebook.start(busy)
    before = int(view.ask("root => root.dataset.frame"))
    view.frame(before + 5)
    assert notebook.runs(busy)
    assert int(notebook.done(busy)) > before + 5
    notebook.call("w.stop(); w.push({'radius': np.full(edges(), 77, np.uint8)})")
    view.channels(77)


def test_a_cell_that_shows_and_pushes_before_it_ends_is_seen(notebook):
    code = "w = arteries(); display(w)\nfor f in frames(40):\n    w.push(f); time.sleep(0.1)"
    index = notebook.add(code)
    notebook.start(index)
    view = notebook.arteries(index).seen()
    view.frame(3)
    assert notebook.runs(index)
    view.channels(39, 128, 0, 0)
    notebook.done(index)


def test_an_interrupted_cell_leaves_a_live_widget(notebook):
    view = notebook.show("w = arteries(); w")
    view.ready()
    loop = notebook.add("for f in frames():\n    w.push(f)\n    time.sleep(0.01)")
    notebook.start(loop)
    view.frame(2)
    notebook.command("notebook:interrupt-kernel")
    notebook.until_text(loop, "KeyboardInterrupt")
    notebook.call("w.push({'radius': np.full(edges(), 200, np.uint8)})")
    view.channels(200)


def test_an_interrupt_ends_the_cell_and_not_what_plays(notebook):
    view = notebook.show("w = arteries(); w.play(frames(), fps=20); w")
    view.frame(2)
    loop = notebook.add("while True:\n    time.sleep(0.01)")
    notebook.start(loop)
    view.frame(int(view.frame(0)) + 3)
    assert notebook.runs(loop)
    notebook.command("notebook:interrupt-kernel")
    notebook.until_text(loop, "KeyboardInterrupt")
    view.frame(int(view.frame(0)) + 10)
    assert notebook.call("w.stop(); print(w._player.playing, w._player.error)") == "False None\n"


def test_what_ends_a_play_early_is_said_below_its_cell_long_after_that_has_ended(notebook):
    view = notebook.show("w = arteries(); w")
    view.ready()
    notebook.call("def days():\n    yield from frames(10)\n    raise ValueError('no eleventh day')")
    play = notebook.add("w.play(days(), fps=5)")
    notebook.run(play)
    view.channels(9, 128, 0, 0)  # the page has answered meanwhile
    notebook.until_text(play, "play ended early: ValueError: no eleventh day")


def test_a_closed_page_is_let_go_and_a_new_one_catches_up(notebook, lab, webgpu_browser):
    other = lab.open(webgpu_browser, "closed", [SETUP])
    other.run(0)
    view = other.show("w = arteries(); w.play(frames(), fps=20); watch(w, 'closed.json'); w")
    view.ready()
    file = lab.root / "closed.json"
    # Until what went out by the clock, while the cell ran, is paid back.
    wait_for(file, lambda s: s["clients"] == 1 and s["acknowledged"] > 3 and s["sent"] - s["acknowledged"] <= CREDIT)
    other.save()
    other.close()
    gone = wait_for(file, lambda s: s["clients"] == 0)
    later = wait_for(file, lambda s: s["offered"] > gone["offered"] + 40)
    # One in three seconds goes out, to see whether somebody is there after all.
    assert later["sent"] - gone["sent"] <= 2
    assert later["sent"] - later["acknowledged"] <= CREDIT + 2
    again = lab.open(webgpu_browser, "closed")
    view = again.arteries(1).seen()
    view.ready()
    back = wait_for(file, lambda s: s["clients"] == 1 and s["acknowledged"] > later["acknowledged"] + 3)
    view.frame(back["sent"])
    again.load()  # and once more in the same page, while the stream runs
    view = again.arteries(1).seen()
    view.frame(back["sent"] + 3)
    again.close()


ASTRAY = """
heard, w._stream.acknowledge = w._stream.acknowledge, lambda *_: None
thread(lambda: (time.sleep(8), setattr(w._stream, "acknowledge", heard)))
watch(w, "astray.json")
play_between_cells(w, frames(), fps=20)
"""


def test_a_page_whose_answers_went_astray_is_found_again_without_a_word_from_its_reader(notebook, lab):
    view = notebook.show("w = arteries(); w")
    view.ready()
    notebook.call(ASTRAY)
    file = lab.root / "astray.json"
    gone = wait_for(file, lambda s: s["clients"] == 0 and s["offered"] > 20)
    back = wait_for(file, lambda s: s["clients"] == 1 and s["acknowledged"] > gone["sent"] + 10, patience=30)
    view.frame(back["sent"])


def test_after_a_restart_the_cells_run_again(notebook, lab, webgpu_browser):
    other = lab.open(webgpu_browser, "restart", [SETUP, "w = arteries(); w.play(frames(), fps=20); w"])
    other.run(0)
    other.run(1)
    other.arteries(1).seen().frame(2)
    other.page.evaluate("() => globalThis.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    other.ready()
    other.run(0)
    other.run(1)
    other.arteries(1).seen().frame(2)
    assert other.errors == []
    other.close()


def test_two_thousand_frames_leave_nothing_behind(notebook, lab):
    """Taken in unseen, at the stream's full rate; what drawing leaves behind is counted in test_soak.py."""
    # jupyter_client keeps a hundred bytes of each of the last 65,536 messages; they are not ours to count.
    notebook.call("get_ipython().kernel.session.digest_history_size = 0")
    view = notebook.show("w = arteries(4000); tracemalloc.start(); watch(w, 'soak.json'); w")
    view.ready()
    file = lab.root / "soak.json"
    cdp = notebook.page.context.new_cdp_session(notebook.page)
    notebook.call("w.play(frames(transfers=4000), fps=60)")
    view.seen().frame(50)
    view.root.evaluate("root => { root.parentElement.style.display = 'none'; }")
    samples = []
    last = 0
    for least in range(400, 2001, 100):
        found = wait_for(file, lambda s, a=least, b=last: s["acknowledged"] >= a and s["sent"] > b, patience=300)
        last = found["sent"]
        samples.append((last, found["memory"], page_bytes(cdp)))
    frames, kernel, page = zip(*samples, strict=True)
    left = {"kernel": slope(frames, kernel), "page": slope(frames, page)}
    print(f"bytes left by each of {frames[-1] - frames[0]} frames: {left}")
    notebook.call("w.close(); tracemalloc.stop()")
    assert all(size < LEFT for size in left.values()), left


def slope(x, y):
    """Theil and Sen's: the median of the slopes between any two points, which a few odd ones do not move."""
    points = zip(x, y, strict=True)
    return round(median((y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in combinations(points, 2)))


def page_bytes(cdp):
    """Bytes of the page's heap and of its array buffers, after collection."""
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    usage = cdp.send("Runtime.getHeapUsage")
    return usage["usedSize"] + usage["backingStorageSize"]
