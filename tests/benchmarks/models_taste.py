"""Taste and collectors beside their rivals, every table of both. From the repository's root::

    pip install -e '.[test]'
    ARCHIVIT_DATA=... python -m tests.benchmarks.models_taste           # all: about six CPU minutes
    python -m tests.benchmarks.models_taste traits collectors           # some of them

    traits       buyers x traits of CryptoPunks: 10,233 sales to April 2021
    traits-long  the same of the longer record: 17,826 sales to July 2022, by day
    tokens       buyers x CryptoPunks, alone and with trait vectors as embeddings
    nftgraph     buyers x tokens of NFTGraph-Tiny: 105,305 trades
    als          our ALS beside the package `implicit` (skipped where it is not installed)
    collectors   who buys and sells next: CryptoPunks in periods of 30 days, and a simulated market

It fails where a table does not show what the CHANGELOG says of it.
"""

import argparse
import os
import platform
import sys
import time

import numpy as np
import pandas as pd

from archivit_widgets import read_transfers, simulate_market
from archivit_widgets.models.collectors.state import Trades, embeddings
from archivit_widgets.models.evaluate import collectors, metrics, taste
from archivit_widgets.models.evaluate.cuts import by_account, cuts, recall_of_rows
from archivit_widgets.models.evaluate.neighbours import recalls
from archivit_widgets.models.periods import periods
from archivit_widgets.models.taste.holdings import holdings, items_of
from tests.benchmarks.asked import asked
from tests.data import real


def punks():
    return read_transfers(real("cryptopunks_sales.csv"))


def punk_traits():
    """All traits of all punks: columns token, item."""
    table = pd.read_csv(real("punks_traits/cryptopunks.csv"), sep=", ", engine="python", dtype=str)
    parts = table["accessories"].fillna("").str.split(" / ")
    rows = [(token, part) for token, of in zip(table["id"], parts, strict=True) for part in of if part]
    for column in ("type", "gender", "skin tone", "count"):
        rows += [
            (token, f"{column}: {value}") for token, value in zip(table["id"], table[column].fillna(""), strict=True)
        ]
    return pd.DataFrame([row for row in rows if not row[1].endswith(": ")], columns=["token", "item"])


def trait_vectors(graph):
    """One direction for each trait, rare ones longer, aligned with the graph's tokens."""
    traits = punk_traits()
    vectors = pd.crosstab(traits["token"], traits["item"]).reindex(graph.tokens["token"].astype(str)).to_numpy(float)
    return vectors * np.log(len(vectors) / np.maximum(vectors.sum(axis=0), 1))


def nothing_better(table, known=()):
    """No rival is significantly better by either metric, but for those (rival, metric) that are known to be."""
    for name, scores in table.baselines.items():
        for metric in ("recall20", "ndcg20"):
            better = scores["gain"][f"{metric}_high"] < 0
            assert (name, metric) in known or not better, f"{name} is significantly better by {metric}"


def traits():
    table = taste.table(punks(), punk_traits(), progress=False)
    yield "buyers x traits of CryptoPunks", table
    nothing_better(table)
    assert table.baselines["popularity"]["gain"]["ndcg20_low"] > 0, "the gain over popularity is not significant"


def traits_long():
    graph = read_transfers(
        real("punks_traits/tx_db.csv"), source="from", target="to", token="punk_id", time="date", value="eth_price"
    )
    table = taste.table(graph, punk_traits(), progress=False)
    yield "buyers x traits of CryptoPunks, the longer record", table
    nothing_better(table, known=[("item neighbours", "recall20")])  # at the border: -0.006 [-0.012, -0.000]
    assert table.baselines["item neighbours"]["gain"]["recall20_low"] > -0.02, "item neighbours are far better"
    gain = table.baselines["popularity"]["gain"]
    assert min(gain["recall20_low"], gain["ndcg20_low"]) > 0, "the gain over popularity is not significant"


def tokens():
    graph = punks()
    alone = taste.table(graph, progress=False)
    yield "buyers x CryptoPunks", alone
    table = taste.table(graph, embeddings=trait_vectors(graph), progress=False)
    yield "buyers x CryptoPunks, trait vectors as embeddings", table
    nothing_better(table)
    assert table.baselines["graph filter alone"]["gain"]["recall20_low"] > 0, "embeddings add nothing"


def nftgraph():
    held = np.load(real("nftgraph_tiny/tinynft_data.npz"))
    source, target = held["edge_index"].astype(str)
    token, when, _, value, _, kind = held["edge_feat"].T
    day = pd.to_datetime(pd.Series(when.astype(np.int64)).astype(str).str[:8], errors="coerce")
    columns = {"source": source, "target": target, "token": token.astype(np.int64).astype(str), "time": day}
    trades = pd.DataFrame({**columns, "value": value})[kind == 11]
    graph = read_transfers(trades)
    table = taste.table(graph, progress=False)
    yield "buyers x tokens of NFTGraph-Tiny, trades", table
    for name, scores in table.baselines.items():
        assert scores["gain"]["recall20_low"] > 0, f"{name} is not significantly worse"
    # Accounts that are alike are not told apart from others of their size: 0.007 [-0.001, 0.015].
    assert table.model["alike"]["high"] > 0, "accounts that are alike know less than others of their size"
    yield "accounts near by their causal embeddings, NFTGraph-Tiny", places(graph)


def places(graph):
    """What the ten nearest by `collectors.state.embeddings` know of what comes, beside ten of their size."""
    clock = periods(graph.record.time)
    evidence, items = holdings(graph.record), items_of(graph.tokens["token"])
    known = [cut.take(cut.known) for cut in cuts(evidence, items, taste.JUDGE, again=False)]
    found = []
    for cut in known:
        place = embeddings(Trades.of(graph.record), int(cut.evidence.time[-1]) + 1, clock.length)
        found.append(recalls(cut, (place[cut.accounts] @ place.T).astype(float)))
    own, random = (np.concatenate(part) for part in zip(*found, strict=True))
    low, high = metrics.interval(by_account(known), lambda rows: float((own - random)[rows].mean()))
    assert low > 0, "accounts near by their embeddings know no more than others of their size"
    return f"Recall@20 {own.mean():.3f}, stand-ins {random.mean():.3f}, difference {low:.3f} to {high:.3f}"


def als():
    """Both learn the same from the same matrix: how much of it, by Recall@20 at the cut of 80 %."""
    try:
        from implicit.als import AlternatingLeastSquares
    except ImportError:
        print("als: the package implicit is not installed\n")
        return
    from archivit_widgets.models.baselines.als import als as ours
    from archivit_widgets.models.baselines.taste import Factors

    graph = punks()
    items = items_of(graph.tokens["token"], punk_traits())
    cut = cuts(holdings(graph.record), items, taste.JUDGE, again=True)[0]
    cut = cut.take(cut.known)
    rows = []
    for seed in range(3):
        start = time.process_time()
        one = ours(cut.had, factors=16, alpha=10.0, penalty=1.0, rounds=15, seed=seed)
        between = time.process_time()
        other = AlternatingLeastSquares(
            factors=16, alpha=10.0, regularization=1.0, iterations=15, num_threads=1, use_cg=False, random_state=seed
        )
        other.fit(cut.had.astype(np.float32), show_progress=False)
        spent = between - start, time.process_time() - between
        theirs = Factors(other.user_factors.astype(float), other.item_factors.astype(float))
        rows.append([float(cut.judge(scorer, recall_of_rows).mean()) for scorer in (one, theirs)] + list(spent))
    mean = np.mean(rows, axis=0)
    yield (
        "ALS on buyers x traits, Recall@20",
        f"ours {mean[0]:.3f} in {mean[2]:.2f} s, implicit {mean[1]:.3f} in {mean[3]:.2f} s",
    )
    assert abs(mean[0] - mean[1]) < 0.03, "our ALS is another one than that of implicit"


def forecasts():
    for name, graph, period in (
        ("who acts next: CryptoPunks", punks(), "30D"),
        ("who acts next: simulated market", simulate_market(20_000, seed=0), None),
    ):
        table = collectors.table(graph, period=period, progress=False)
        yield name, table
        for rival, scores in table.baselines.items():
            if rival not in collectors.RIVALS:
                continue  # it forecasts nothing but what is spent
            for label in ("buys", "sells"):
                assert scores["gain"][f"{label}_ap_high"] >= 0, f"{rival} tells better who {label}"


TABLES = {
    "traits": traits,
    "traits-long": traits_long,
    "tokens": tokens,
    "nftgraph": nftgraph,
    "als": als,
    "collectors": forecasts,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options = asked(parser, TABLES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    failed = []
    for name in options.tables or TABLES:
        start = time.process_time()
        try:
            for title, table in TABLES[name]():
                print(f"## {title}\n{table}\n{time.process_time() - start:.0f} CPU seconds\n", flush=True)
        except AssertionError as problem:
            failed.append(f"{name}: {problem}")
    sys.exit("\n".join(failed) or None)


if __name__ == "__main__":
    main()
