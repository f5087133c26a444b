"""`flow.measure` beside pandas, Polars and DuckDB, in one run. From the repository's root::

    pip install -e '.[test]'
    python -m tests.benchmarks.flow                        # 10 million transfers, a million accounts: a few minutes
    python -m tests.benchmarks.flow --transfers 1000000    # quicker
    python -m tests.benchmarks.flow windows                # graph.between on a million transfers

Each contender runs in a process of its own, which first brings the record into its own form of table (not counted),
then measures all eleven columns some times over. CPU and wall time are of the best run after the first. The first, in
which numba compiles, is shown beside it in CPU seconds. Memory is the peak of the whole process. All results must be
equal, or the benchmark fails.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.flow_contenders import COLUMNS, CONTENDERS

OURS = "archivit"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["edges", "windows"], nargs="?", default="edges")
    parser.add_argument("--transfers", type=int)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", help="comma-separated names of contenders")
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
    )
    if options.what == "windows":
        windows(options.transfers or 1_000_000)
    else:
        compare(options.transfers or 10_000_000, options.runs, options.only.split(",") if options.only else CONTENDERS)


def ledger(transfers, seed=0):
    """Make a record of tokens that pass from hand to hand, as arrays.

    A tenth as many accounts as transfers, by Zipf's law; a fifth as many tokens; half of them begin with a mint; some
    buyers and a tenth of the values are unknown; many transfers at one time. Where the record has no gap, the one who
    gives is the one who received last, so that contenders may look at the last transfer of a token alone.
    """
    rng = np.random.default_rng(seed)
    accounts = max(transfers // 10, 2)
    share = np.cumsum(1 / np.arange(1, accounts + 1))
    names = rng.permutation(accounts).astype(np.int32)
    anybody = lambda: names[np.searchsorted(share, share[-1] * rng.random(transfers))]  # noqa: E731  # said twice below
    token = rng.integers(max(transfers // 5, 1), size=transfers, dtype=np.int32)
    order = np.argsort(token, kind="stable")
    target = np.where(rng.random(transfers) < 0.005, -1, anybody()).astype(np.int32)
    begins = np.diff(token[order], prepend=-1) != 0
    received = np.roll(target[order], 1)
    giver = np.where(begins | (received < 0), anybody(), received)
    giver[begins & (rng.random(transfers) < 0.5)] = -1
    source = np.empty_like(target)
    source[order] = giver
    moment = np.sort(rng.integers(1_500_000_000, 1_500_000_000 + 10 * transfers, size=transfers))
    value = np.where(rng.random(transfers) < 0.1, np.nan, np.round(rng.lognormal(size=transfers), 3))
    return {"source": source, "target": target, "token": token, "time": moment, "value": value}


def compare(transfers, runs=3, names=CONTENDERS):
    """Run all contenders on one record, check that they agree, print a table, and return it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, column in ledger(transfers).items():
            np.save(Path(folder, f"{name}.npy"), column)
        print(f"{transfers:,} transfers, {transfers // 10:,} accounts")
        print(f"{'':24}{'CPU s':>9}{'wall s':>9}{'first':>9}{'peak GB':>9}{'edges':>12}", flush=True)
        table, right = {}, None
        for name in names:
            table[name] = row = contend(name, folder, runs)
            made = {column: np.load(Path(folder, "out", f"{column}.npy")) for column in COLUMNS}
            right = right or made
            check(name, made, right)
            print(
                f"{name:24}{row['cpu']:9.2f}{row['wall']:9.2f}{row['first']:9.2f}{row['peak']:9.2f}{row['edges']:12,}",
                flush=True,
            )
    if OURS in table and len(table) > 1:
        say_ratios(table)
    return table


def contend(name, folder, runs):
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.flow_contenders", name, folder, str(runs)]
    fresh = {**os.environ, "NUMBA_CACHE_DIR": str(Path(folder, "numba"))}  # so that the first run has to compile
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=fresh)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def check(name, made, right):
    """Compare every column with that of the first contender."""
    for column in COLUMNS:
        exact = made[column].dtype.kind in "iu" and right[column].dtype.kind in "iu"
        compared = np.testing.assert_array_equal if exact else np.testing.assert_allclose
        compared(made[column], right[column], err_msg=f"{name}: {column}", **({} if exact else {"rtol": 1e-9}))


def say_ratios(table):
    """Say how the fastest and the leanest rival compare with us; one that is also ours does not count."""
    rivals = {name: row for name, row in table.items() if not name.startswith(OURS)}
    for key, unit in (("cpu", "CPU s"), ("wall", "wall s"), ("peak", "peak GB")):
        best = min(rivals, key=lambda name: rivals[name][key])
        ratio = rivals[best][key] / table[OURS][key]
        print(f"{unit}: {ratio:.2f} times as much in the best rival, {best}")


def windows(transfers, count=30):
    """Measure windows of a tenth of a record."""
    from archivit_widgets import simulate_market

    start = time.perf_counter()
    graph = simulate_market(transfers)
    print(f"simulate_market({transfers:,}): {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    graph.between(None, None)
    print(f"index: {time.perf_counter() - start:.2f} s")
    moments, spent = graph.transfers["time"].to_numpy(), []
    source, target = (graph.transfers[side].cat.codes.to_numpy() for side in ("source", "target"))
    for first in np.linspace(0, 0.9 * transfers, count).astype(int):
        begin, end = int(moments[first]), int(moments[min(first + transfers // 10, transfers - 1)])
        start = time.perf_counter()
        edges = graph.between(begin, end).edges  # measured when asked for
        spent.append(1000 * (time.perf_counter() - start))
        inside = (moments >= begin) & (moments < end) & (source >= 0) & (target >= 0)
        pairs = len(np.unique(np.column_stack([source, target])[inside], axis=0))
        assert len(edges) == pairs, f"a window has {pairs:,} pairs, between gave {len(edges):,}"
    print(f"{count} windows of {transfers // 10:,}: median {np.median(spent):.1f} ms, longest {max(spent):.1f} ms")
    return spent


if __name__ == "__main__":
    main()
