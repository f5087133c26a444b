"""Every table of `FlowModel`, beside its rivals, in one run. From the repository's root::

    pip install -e '.[test]'
    python -m tests.benchmarks.models_flow                    # all; the real records where ARCHIVIT_DATA has them
    python -m tests.benchmarks.models_flow market uci         # some
    python -m tests.benchmarks.models_flow --seeds 1          # quicker

Quality: NDCG@10 on a simulated market, UCI CollegeMsg, NFTGraph-Tiny and CryptoPunks by the protocol of
`evaluate.flow`. Importance: rank correlation with exact removal on graphs of up to 500 edges. Speed: an epoch of a
million edges, ten million transfers from Parquet, frames a second. It fails where an aim that was reached once is not;
times are printed with the machine's load, and fail nothing.
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
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from scipy.stats import spearmanr

from archivit_widgets import read_transfers, simulate_market
from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.models import evaluate
from archivit_widgets.models.flow import FlowModel
from archivit_widgets.models.flow import fitting as flow_fit
from archivit_widgets.models.flow import importance as flow_importance
from archivit_widgets.sources.records import KINDS, Transfers
from archivit_widgets.sources.report import Report
from tests.benchmarks.asked import asked
from tests.benchmarks.flow import ledger
from tests.data import DATA, ROOT
from tests.models.test_loaders import MEASURE


def market():
    return simulate_market(50_000)


def uci():
    names = ["source", "target", "time"]
    return read_transfers(pd.read_csv(DATA / "temporal/uci_collegemsg.txt", sep=" ", header=None, names=names))


def nftgraph():
    """Read NFTGraph-Tiny; its times went through float32, so days and months out of range are brought back to it."""
    with np.load(DATA / "nftgraph_tiny/tinynft_data.npz") as arrays:
        ends, about = arrays["edge_index"], arrays["edge_feat"].astype(np.float64)
    day = (about[:, 1] // 1e6).astype(np.int64)
    first = pd.to_datetime({"year": day // 10_000, "month": np.clip(day // 100 % 100, 1, 12), "day": 1})
    kind = np.select([about[:, 5] == code for code in (11, 12, 13)], ["sale", "mint", "burn"], "transfer")
    source, target = (pd.Series("account " + pd.Series(end).astype(str)) for end in ends)
    nobody = "0x" + "0" * 40
    return read_transfers(
        pd.DataFrame(
            {
                "source": source.where(kind != "mint", nobody),
                "target": target.where(kind != "burn", nobody),
                "token": about[:, 0].astype(np.int64),
                "time": first + pd.to_timedelta(np.maximum(day % 100, 1) - 1, unit="D"),
                "value": about[:, 3],
                "kind": kind,
            }
        )
    )


def punks():
    return read_transfers(DATA / "cryptopunks_sales.csv")


#: Record, its file, length of a period, and the metric in which the model must be above its best rival.
RECORDS = {
    "market": (market, None, "14D", "ndcg10"),
    "uci": (uci, "temporal/uci_collegemsg.txt", "1D", "ndcg10"),
    "nftgraph": (nftgraph, "nftgraph_tiny/tinynft_data.npz", "7D", "all ndcg10"),
    "punks": (punks, "cryptopunks_sales.csv", "7D", None),
}
OTHERS = ("importance", "epoch", "parquet", "frames")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    options = asked(parser, [*RECORDS, *OTHERS])
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {sys.version.split()[0]}, torch {torch.__version__}",
        flush=True,
    )
    for what in options.tables or (*RECORDS, *OTHERS):
        if what in OTHERS:
            globals()[what]()
        else:
            table(what, options.seeds)


def there(name):
    file = RECORDS[name][1]
    return file is None or (DATA / file).exists()


def table(name, seeds):
    """Print the table of a record, and fail if the model is not above its best rival where it was once."""
    make, file, period, metric = RECORDS[name]
    if not there(name):
        print(f"\n{name}: {file} is not there")
        return
    graph, begin = make(), time.process_time()
    found = evaluate.run("flow", graph, period=period, seeds=seeds, progress=False)
    print(f"\n{name}: {graph}\n{found}\n{time.process_time() - begin:.0f} s of CPU", flush=True)
    said = [note for note in found.notes if note.startswith(f"{metric}: ")]
    assert metric is None or said[0].startswith(f"{metric}: above the best rival"), said


def importance():
    """Compare one backward pass with exact removal, edge by edge."""
    print("\nimportance, Spearman with removal")
    print(f"{'':12}{'edges':>7}{'backward':>10}{'volume':>10}{'recent':>10}{'random':>10}")
    for name, (make, _, period, _) in RECORDS.items():
        if name == "nftgraph" or not there(name):  # no edge of it ever carries anything twice
            continue
        graph = make()
        model = FlowModel.fit(graph, period=period, until=int(np.quantile(graph.record.time, 0.7)), progress=False)
        sizes = [model.known(graph, moment_of(graph, size) - model.periods.length) for size in range(100, 501, 100)]
        for given in {len(given): given for given in sizes if len(given) >= 50}.values():
            exact = flow_importance.removal(model.network, given)
            count, mean = given.attributes[:, 0], given.attributes[:, 1]
            row = {
                "backward": flow_importance.estimate(model.network, given),
                "volume": count if model.by == "count" else count * mean,
                "recent": given.weight[:, 1],
                "random": np.random.default_rng(0).random(len(given)),
            }
            row = {rival: spearmanr(exact, values)[0] for rival, values in row.items()}
            print(f"{name:12}{len(given):>7}" + "".join(f"{value:>10.4f}" for value in row.values()), flush=True)
            assert row["backward"] >= 0.9 > max(row["volume"], row["recent"], row["random"]), name


def moment_of(graph, edges):
    """Time when so many edges are known."""
    seen = graph.edge_of >= 0
    _, first = np.unique(graph.edge_of[seen], return_index=True)
    return int(graph.record.time[seen][np.sort(first)[edges - 1]])


def epoch():
    """Measure an epoch over a million edges of all periods, and the whole fit."""
    record = ledger(1_700_000)
    names = {column: pd.RangeIndex(record[column].max() + 1).astype(str) for column in ("source", "target", "token")}
    names["source"] = names["target"] = max(names["source"], names["target"], key=len)
    columns = {c: pd.Categorical.from_codes(record[c], names[c]) for c in names}
    n = len(record["time"])
    kind = pd.Categorical.from_codes(np.zeros(n, int), KINDS)
    made = pd.DataFrame({**columns, "time": record["time"], "value": record["value"], "kind": kind})
    graph = TransferGraph(Transfers(made, np.arange(1, n + 1), "ETH", Report(n, n)))
    taken, rows, fit = [], [], flow_fit.fit

    def timed(network, learn, *others):
        begin = time.perf_counter(), time.process_time()
        chosen = fit(network, learn, *others)
        taken.append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
        rows.append(sum(len(one.given) for one in learn))
        return chosen

    flow_fit.fit = timed
    whole = []
    for epochs in (0, 2):
        begin = time.perf_counter()
        FlowModel.fit(graph, epochs=epochs, rows=1_500_000, progress=False)
        whole.append(time.perf_counter() - begin)
    flow_fit.fit = fit
    wall, cpu = ((late - early) / 2 for early, late in zip(*taken, strict=True))
    print(
        f"\nepoch: {len(graph.groups):,} edges, {rows[-1]:,} in all periods of an epoch: {wall:.1f} s, {cpu:.1f} s of "
        f"CPU ({wall / rows[-1] * 1e6:.1f} s a million; aim: below 10), the whole fit of 2 epochs {whole[-1]:.0f} s, "
        f"{torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def parquet(n=10_000_000, block=1_000_000):
    """Walk ten million transfers."""
    rng = np.random.default_rng(0)
    schema = pa.schema({"source": pa.int32(), "target": pa.int32(), "time": pa.int64(), "value": pa.float32()})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "large.parquet")
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for begin in range(0, n, block):
                ends = rng.integers(1_000_000, size=(2, block), dtype=np.int32)
                moments = np.arange(begin, begin + block) // 3
                writer.write_table(pa.table([*ends, moments, np.ones(block, np.float32)], schema=schema))
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True, cwd=ROOT
        )
        took, found = time.perf_counter() - begin, json.loads(done.stdout)
    assert found["events"] == n
    assert found["grown"] < 140
    print(
        f"\nparquet: {n:,} transfers in {took:.1f} s with the start of Python, {n / took:,.0f} a second; "
        f"peak memory grew by {found['grown']:.0f} MB",
        flush=True,
    )


def frames():
    """Measure frames a second of ten thousand edges."""
    graph = simulate_market(20_000)
    model = FlowModel.fit(graph, period="7D", epochs=2, progress=False)
    made = model.frames(graph, 60, past=60)
    said = []
    for name, part in (("past", range(60)), ("predicted", range(60, 120))):
        begin = time.perf_counter(), time.process_time()
        for k in part:
            made[k]
        wall, cpu = (len(part) / took for took in (time.perf_counter() - begin[0], time.process_time() - begin[1]))
        said.append(f"{wall:.0f} {name} ({cpu:.0f} a second of CPU)")
    print(f"\nframes a second of {len(graph.groups):,} edges: {', '.join(said)}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
