"""Layouts compared in one run: time, stress, neighbourhood. From the repository's root::

    pip install -e '.[bench]'
    python -m tests.benchmarks.layout punks            # CryptoPunks, about 2 minutes
    python -m tests.benchmarks.layout nft              # NFTGraph-Tiny: 22,000 accounts, 347,000 edges, about 10 minutes

All place the largest component, undirected, without the zero address. The data is found as the tests find it.
"""

import argparse
import time

import numpy as np
import pandas as pd

from archivit_widgets import read_transfers
from archivit_widgets.graph.layout import place
from archivit_widgets.graph.layout_ties import components, ties
from tests.benchmarks.layout_measures import hops_from, preservation, stress
from tests.benchmarks.layout_rivals import rivals
from tests.data import DATA

STEPS = (20, 40, 80, 160, 320)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", choices=["punks", "nft"])
    parser.add_argument("--dims", type=int, choices=[2, 3], default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="comma-separated names of rivals")
    options = parser.parse_args()
    graph = punks() if options.graph == "punks" else nft()
    compare(connected(graph), options.dims, options.seed, options.only and options.only.split(","))


def punks():
    return read_transfers(DATA / "cryptopunks_sales.csv")


def nft():
    file = np.load(DATA / "nftgraph_tiny" / "tinynft_data.npz")
    source, target = file["edge_index"]
    moment = pd.Series(file["edge_feat"][:, 1] // 1e6).astype("int64").astype(str)
    day = pd.to_datetime(moment, format="%Y%m%d", errors="coerce")
    day = day.fillna(day.median()).astype("datetime64[s]").astype("int64")  # a float32 was no day of the calendar
    table = pd.DataFrame({"source": source, "target": target, "time": day, "token": np.arange(len(day))})
    return read_transfers(table, source="source", target="target", time="time", token="token")


def connected(graph):
    """Cut out the largest component."""
    return graph.subgraph(accounts=graph.accounts["account"].iloc[components(ties(graph))[0]])


def compare(graph, dims=3, seed=0, only=None, steps=STEPS):
    """Run every layout on one connected graph, print a table, and return it."""
    known = ties(graph)
    pairs = hops_from(known, 300 if known.shape[0] < 5000 else 100)
    fit, left_out = rivals(known.shape[0])
    place(graph, dims, seed, steps=2)  # imports
    ours = {f"archivit, {n} steps": lambda n=n: place(graph, dims, seed, steps=n) for n in steps}
    theirs = {name: lambda run=run: run(known, dims, seed) for name, run in fit.items() if not only or name in only}
    print(f"{known.shape[0]:,} accounts, {known.nnz // 2:,} pairs of partners, {dims}D")
    print(f"{'layout':22}{'wall s':>9}{'CPU s':>9}{'stress':>9}{'preserved':>11}")
    rows = []
    for name, run in (ours | theirs).items():
        wall, cpu = time.perf_counter(), time.process_time()
        at = run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rows.append((name, wall, cpu, stress(at, *pairs), preservation(at, known)))
        print("{:22}{:9.2f}{:9.2f}{:9.3f}{:11.3f}".format(*rows[-1]), flush=True)
    if left_out:
        print("not run (not installed, or compares every pair):", ", ".join(left_out))
    table = pd.DataFrame(rows, columns=["layout", "wall", "cpu", "stress", "preserved"])
    best = table[table["layout"].str.startswith("archivit")]
    for _, row in table[~table["layout"].str.startswith("archivit")].iterrows():
        ahead = best[
            (best["cpu"] > row["cpu"]) & (best["stress"] > row["stress"]) & (best["preserved"] < row["preserved"])
        ]
        if len(ahead):
            print(f"{row['layout']} is better in time and in both measures than {', '.join(ahead['layout'])}")
    return table


if __name__ == "__main__":
    main()
