"""Runs the comparison and prints it as Markdown."""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from ...browser.chromium import open_browser
from ...browser.lab import REPOSITORY, open_lab
from . import graphs, measure, peers, report

RESULTS = REPOSITORY / ".cache" / "bench" / "results.json"
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager/plugin"


def main():
    """Measure the peers asked for, one row after another; gives the exit status, 1 if a row failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.widgets", description=__doc__)
    parser.add_argument("--peers", nargs="*", default=list(peers.PEERS), choices=peers.PEERS)
    parser.add_argument("--graphs", nargs="*", default=list(graphs.GRAPHS), choices=graphs.GRAPHS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    kept = json.loads(options.out.read_text()) if options.out.exists() else {"rows": []}
    rows = {(row["key"], row["graph"]): row for row in kept["rows"]}
    run = {"date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}", "commit": commit(), "machine": machine()}
    failed = 0
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
                        row |= {**run, "chromium": browser.version, "accounts": accounts, "edges": edges}
                    rows[key, graph] = row
                    failed += "failed" in row
                    print({name: value for name, value in row.items() if value is not None}, flush=True)
                    options.out.parent.mkdir(parents=True, exist_ok=True)
                    options.out.write_text(json.dumps({"rows": list(rows.values())}, indent=1))
    print(report.markdown(list(rows.values())))
    return 1 if failed else 0


def commit():
    """The commit that is measured, with a plus where something was changed since."""
    said = [
        subprocess.run(["git", *command], cwd=REPOSITORY, capture_output=True, text=True, check=False).stdout.strip()
        for command in (["rev-parse", "--short", "HEAD"], ["status", "--porcelain"])
    ]
    return (said[0] or "unknown") + ("+" if said[1] else "")


def machine():
    """The processor, how many of it, and that it draws in software."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} x {names[0] if names else platform.processor()}, shared; no GPU: SwiftShader"


if __name__ == "__main__":
    sys.exit(main())
