"""Runs the comparison and prints it as Markdown."""

import argparse
import datetime
import json
import os
import platform
import tempfile
from pathlib import Path

from ...browser.chromium import open_browser
from ...browser.lab import REPOSITORY, open_lab
from . import graphs, measure, peers, report

RESULTS = REPOSITORY / ".cache" / "bench" / "results.json"
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager/plugin"


def main():
    """Measure the peers asked for, one row after another."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.widgets", description=__doc__)
    parser.add_argument("--peers", nargs="*", default=list(peers.PEERS), choices=peers.PEERS)
    parser.add_argument("--graphs", nargs="*", default=list(graphs.GRAPHS), choices=graphs.GRAPHS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    kept = json.loads(options.out.read_text()) if options.out.exists() else {"rows": []}
    rows = {(row["key"], row["graph"]): row for row in kept["rows"]}
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "lab" / "settings" / f"{SAVE_STATE}.jupyterlab-settings"
        settings.parent.mkdir(parents=True)
        settings.write_text('{"saveState": true}')
        with open_lab(Path(folder) / "lab") as lab:
            for graph in options.graphs:
                accounts, edges = graphs.write(graph, lab.root)
                for key in options.peers:
                    with open_browser(webgpu=True) as browser:
                        row = measure.measure(lab, browser, key, graph)
                        about = {"chromium": browser.version, "machine": machine(), "date": f"{datetime.date.today()}"}
                    rows[key, graph] = {**row, "accounts": accounts, "edges": edges}
                    print({name: value for name, value in row.items() if value is not None}, flush=True)
                    options.out.parent.mkdir(parents=True, exist_ok=True)
                    options.out.write_text(json.dumps({**about, "rows": list(rows.values())}, indent=1))
    print(report.markdown(json.loads(options.out.read_text())))


def machine():
    """The processor, how many of it, and that it draws in software."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} x {names[0] if names else platform.processor()}, shared; no GPU: SwiftShader"


main()
