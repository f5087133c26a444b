"""How long an alert takes to its red artery, and how many model frames a second reach the page.

    python -m tests.benchmarks.alerts [--edges 10000] [--fps 60] [--seconds 10] [--webgl2]

In JupyterLab, in headless Chromium, with a kernel of its own: a model's frames, each a value for every artery, are
played at ``fps``; every twentieth makes another artery an alert. Times are those of `Arteries.stats`, from the call of
`push` in the kernel until the kernel hears that the page has drawn it. It fails where a picture is not that of the last
frame, an alert was lost, or playing ended with an error. Without a graphics card the page draws on the processor, at
most five frames a second (js/src/ui/loop.ts), so the time to a red artery is mostly the wait for the next picture.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from ..browser.chromium import open_browser
from ..browser.lab import open_lab

EVERY = 20
SETUP = """
import json, threading, time
import numpy as np
import pandas as pd
import archivit_widgets as aw
from archivit_widgets.widgets.cell import cells

edges, accounts = {edges}, 600
rng = np.random.default_rng(0)
pairs = rng.choice(accounts * accounts, edges, replace=False)
graph = aw.read_transfers(pd.DataFrame({{
    "source": [f"a{{p // accounts}}" for p in pairs], "target": [f"a{{p % accounts}}" for p in pairs],
    "token": np.arange(edges).astype(str), "time": np.arange(edges) * 3600, "value": 1.0}}))
w = aw.Arteries(graph, positions=rng.normal(size=(len(graph.accounts), 3)), height=400, turn=False)
model = rng.integers(0, 256, (16, edges, 4), dtype=np.uint8)
model[..., 3] = 0
spent = []

def frames():
    for k in range({fps} * {seconds}):
        frame = model[k % 16].copy()
        frame[: k // {every} + 1, 3] = 255
        yield frame

def timed(frame, push=w.push):
    began = time.perf_counter()
    push(frame)
    spent.append(time.perf_counter() - began)

def play():
    while cells().running:  # acknowledgements are then heard from the first frame on
        time.sleep(0.01)
    global began
    began = time.perf_counter()
    w.push = timed
    w.play(frames(), fps={fps})
    w._player._thread.join()
    global ended
    ended = time.perf_counter()
"""
#: Alerts that the page holds; frames that it drew.
RED = "root => root.archivit.feed.channels.filter((byte, i) => i % 4 === 3 && byte >= 128).length"
DRAWS = "root => root.archivit.draws"
RUN = "thread = threading.Thread(target=play); thread.start()"
RESULT = """
ms = 1000 * np.quantile(spent, [0.5, 0.99])
print(json.dumps({**w.stats(), "push_p50": ms[0], "push_p99": ms[1], "pushed": len(spent), "took": ended - began,
                  "red": int((w._stream.wanted[:, 3] >= 128).sum()), "frame": w._stream._frame,
                  "edges": len(graph.edges)}))
"""


def measure(edges, fps, seconds, webgpu):
    """Play in a notebook and give what the kernel counted, and how many alerts the page ends with."""
    setup = SETUP.format(edges=edges, fps=fps, seconds=seconds, every=EVERY)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_lab(Path(folder) / "lab") as lab,
        open_browser(webgpu=webgpu) as browser,
    ):
        notebook = lab.open(browser, "alerts", [setup, "w", RUN])
        for cell in (0, 1):
            notebook.run(cell)
        arteries = notebook.arteries(1)
        arteries.ready()
        notebook.page.wait_for_timeout(5_000)  # the first pictures compile what draws the others
        drawn = -arteries.ask(DRAWS)
        notebook.run(2)
        notebook.page.wait_for_timeout(1000 * seconds)
        notebook.call("thread.join()")
        drawn += arteries.ask(DRAWS)
        counted = json.loads(notebook.call(RESULT))
        arteries.frame(counted["frame"])
        shown = arteries.ask(RED)
        counted = json.loads(notebook.call(RESULT))
        notebook.close()
    return {**counted, "shown_red": shown, "drawn": drawn}


def check(row, fps, seconds):
    """Give what is wrong with a run, in words."""
    wrong = []
    if row["error"]:
        wrong.append(f"playing ended with {row['error']}")
    if not row["shown_red"] == row["red"] == -(-fps * seconds // EVERY):
        wrong.append(f"the page ends with {row['shown_red']} alerts of {row['red']}")
    if row["pushed"] != fps * seconds:
        wrong.append(f"{row['pushed']} frames were pushed, not {fps * seconds}")
    if row["alert_p50"] is None or row["alert_p50"] > row["alert_p99"]:
        wrong.append("no alert was timed")
    return wrong


def main():
    """Measure and print; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.alerts", description=__doc__.splitlines()[0])
    for name, default in (("edges", 10_000), ("fps", 60), ("seconds", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--webgl2", action="store_true", help="without WebGPU")
    options = parser.parse_args()
    row = measure(options.edges, options.fps, options.seconds, not options.webgl2)
    taken, sent, drawn = (row[name] / row["took"] for name in ("pushed", "sent", "drawn"))
    print(f"{row['edges']:,} arteries, {row['backend']}, {row['pushed']} frames at {options.fps} a second")
    print(f"taken from the model  {taken:6.1f} a second; push {row['push_p50']:.2f} ms, p99 {row['push_p99']:.2f} ms")
    print(f"sent to the page      {sent:6.1f} a second; {row['replaced']} were replaced by a later one")
    print(f"drawn                 {drawn:6.1f} a second")
    print(f"push to red artery    {row['alert_p50']:.0f} ms, p99 {row['alert_p99']:.0f} ms")
    print(f"sent to drawn         {row['latency_p50']:.0f} ms, p99 {row['latency_p99']:.0f} ms")
    wrong = check(row, options.fps, options.seconds)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
