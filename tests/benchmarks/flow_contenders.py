"""The contenders of `tests.benchmarks.flow`, each as it would be written by somebody who knows it well.

A contender takes the record's arrays, and gives a function that measures, and one that turns its result into arrays.
Pairs of accounts are packed into one integer where that is faster (for all of them it was).
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

COLUMNS = (
    *("source", "target", "transaction_count", "volume", "avg_value", "first_time", "last_time"),
    *("recency", "hold_time", "flow", "pressure"),
)
HALF_LIFE = 30 * 86_400


def archivit(record):
    import pandas as pd

    from archivit_widgets.graph import flow
    from archivit_widgets.graph.transfers import TransferGraph
    from archivit_widgets.sources.records import KINDS, Transfers
    from archivit_widgets.sources.report import Report

    def categorical(name, most):
        return pd.Categorical.from_codes(record[name], dtype=pd.CategoricalDtype(pd.RangeIndex(most)))

    n = len(record["time"])
    columns = {"source": categorical("source", max(n // 10, 2)), "target": categorical("target", max(n // 10, 2))}
    columns |= {"token": categorical("token", max(n // 5, 1)), "time": record["time"], "value": record["value"]}
    columns["kind"] = pd.Categorical.from_codes(np.zeros(n, np.int8), list(KINDS))
    rows = np.broadcast_to(np.int64(0), n)  # where each transfer stood in a file: no contender keeps that
    read = Transfers(pd.DataFrame(columns, copy=False), rows, "ETH", Report(n, n))

    def arrays(edges):
        codes = {end: edges[end].cat.codes.to_numpy() for end in ("source", "target")}
        return {name: codes.get(name, edges[name].to_numpy()) for name in COLUMNS}

    return lambda: flow.measure(TransferGraph(read), HALF_LIFE), arrays


def archivit_numpy(record):
    from archivit_widgets.graph import engine

    engine.of = lambda _: engine.plain
    return archivit(record)


def archivit_compiled(record):
    from archivit_widgets.graph import compiled, engine

    engine.of = lambda _: compiled
    return archivit(record)


def polars(record):
    import polars as pl

    nobody = {end: pl.col(end).replace(-1, None) for end in ("source", "target")}
    table = pl.DataFrame(record).with_columns(**nobody, value=pl.col("value").fill_nan(None))
    end = int(record["time"][-1])

    def measure():
        by_token = table.lazy().sort("token", maintain_order=True)
        before = {name: pl.col(name).shift(1) for name in ("token", "target", "time")}
        received = (pl.col("token") == before["token"]) & (pl.col("source") == before["target"])
        edges = (
            by_token.select(
                "time",
                "value",
                pair=pl.col("source").cast(pl.Int64) * 2**32 + pl.col("target"),
                hold=pl.when(received).then(pl.col("time") - before["time"]),
            )
            .filter(pl.col("pair").is_not_null())
            .group_by("pair")
            .agg(
                transaction_count=pl.len(),
                volume=pl.col("value").sum(),
                avg_value=pl.col("value").mean(),
                first_time=pl.col("time").min(),
                last_time=pl.col("time").max(),
                hold_time=pl.col("hold").mean(),
            )
            .sort("pair")
            .with_columns(
                source=(pl.col("pair") // 2**32).cast(pl.Int32),
                target=(pl.col("pair") % 2**32).cast(pl.Int32),
                recency=2.0 ** ((pl.col("last_time") - end) / HALF_LIFE),
                flow=pl.col("volume").log1p() / pl.col("volume").max().log1p(),
            )
            .with_columns(pressure=pl.col("flow") * pl.col("recency"))
        )
        return edges.select(COLUMNS).collect()

    def arrays(edges):
        return {name: edges[name].fill_null(np.nan).to_numpy() for name in COLUMNS}

    return measure, arrays


def duckdb(record):
    import duckdb as db
    import pyarrow as pa

    arrow = pa.table(
        {name: pa.array(values, mask=values < 0 if values.dtype.kind == "i" else np.isnan(values))
         for name, values in record.items()}
    )  # fmt: skip
    connection = db.connect()
    connection.execute("CREATE TABLE record AS SELECT row_number() OVER () AS row, * FROM arrow")
    del arrow
    query = f"""
        WITH hops AS (
            SELECT *, CASE WHEN lag(target) OVER chain = source THEN time - lag(time) OVER chain END AS hold
            FROM record WINDOW chain AS (PARTITION BY token ORDER BY row)
        ), edges AS (
            SELECT source::BIGINT << 32 | target AS pair, count(*) AS transaction_count,
                coalesce(sum(value), 0) AS volume, avg(value) AS avg_value,
                min(time) AS first_time, max(time) AS last_time, avg(hold) AS hold_time
            FROM hops WHERE source IS NOT NULL AND target IS NOT NULL GROUP BY pair
        ), measured AS (
            SELECT *, pow(2.0, (last_time - {record["time"][-1]}) / {float(HALF_LIFE)}) AS recency,
                ln(1 + volume) / ln(1 + max(volume) OVER ()) AS flow FROM edges
        )
        SELECT (pair >> 32)::INT AS source, (pair & 4294967295)::INT AS target, * EXCLUDE pair,
            flow * recency AS pressure
        FROM measured ORDER BY pair
    """

    def arrays(edges):
        return {name: edges[name].to_numpy() for name in COLUMNS}

    return lambda: connection.sql(query).to_arrow_table(), arrays


def pandas(record):
    import pandas as pd

    table = pd.DataFrame(record)

    def measure():
        before = table.groupby("token", sort=False)[["target", "time"]].shift()
        hops = pd.DataFrame(
            {
                "pair": table["source"].astype("int64") * 2**32 + table["target"],
                "time": table["time"],
                "value": table["value"],
                "hold": (table["time"] - before["time"]).where(before["target"] == table["source"]),
            }
        )[(table["source"] >= 0) & (table["target"] >= 0)]
        edges = hops.groupby("pair").agg(
            transaction_count=("time", "size"),
            volume=("value", "sum"),
            avg_value=("value", "mean"),
            first_time=("time", "min"),
            last_time=("time", "max"),
            hold_time=("hold", "mean"),
        )
        edges["source"], edges["target"] = edges.index // 2**32, edges.index % 2**32
        edges["recency"] = np.exp2((edges["last_time"] - record["time"][-1]) / HALF_LIFE)
        edges["flow"] = np.log1p(edges["volume"]) / np.log1p(edges["volume"].max())
        edges["pressure"] = edges["flow"] * edges["recency"]
        return edges[list(COLUMNS)]

    return measure, lambda edges: {name: edges[name].to_numpy() for name in COLUMNS}


CONTENDERS = {
    "archivit": archivit,
    "archivit (NumPy alone)": archivit_numpy,
    "pandas": pandas,
    "Polars": polars,
    "DuckDB": duckdb,
}


def run(name, folder, runs):
    """Measure some times; write the result and say what it took."""
    record = {
        column: np.load(Path(folder, f"{column}.npy")) for column in ("source", "target", "token", "time", "value")
    }
    measure, arrays = {**CONTENDERS, "archivit (compiled)": archivit_compiled}[name](record)
    spent = []
    for _ in range(runs):
        result = None  # the run before must not weigh on the memory of this one
        wall, cpu = time.perf_counter(), time.process_time()
        result = measure()
        spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    out = Path(folder, "out")
    out.mkdir(exist_ok=True)
    made = arrays(result)
    for column, values in made.items():
        np.save(out / f"{column}.npy", values)
    warm = spent[1:] or spent
    best = {"cpu": min(s[0] for s in warm), "wall": min(s[1] for s in warm)}
    print(json.dumps({**best, "first": spent[0][0], "peak": peak, "edges": len(made["source"])}))


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
