"""The graphs that every peer draws: ends, weights and a fixed place for each account."""

import numpy as np
import pandas as pd

from ...data import DATA

GRAPHS = {
    "punks": "CryptoPunks sales 2017-2021, pairs merged",
    "nft20k": "NFTGraph-Tiny, 20,000 edges sampled",
    "nft100k": "NFTGraph-Tiny, 100,000 edges sampled",
}
SEED = 7


def write(name, folder):
    """Write ``name.npz`` (source, target, weight 0..1, position in a ball); give its number of accounts and edges."""
    source, target, value = _punks() if name == "punks" else _nft(int(name[3:-1]) * 1000)
    count = int(max(source.max(), target.max())) + 1
    weight = np.log1p(np.maximum(value, 0))
    rng = np.random.default_rng(SEED)
    position = rng.normal(size=(count, 3))
    position *= rng.random((count, 1)) ** (1 / 3) / np.linalg.norm(position, axis=1, keepdims=True)
    np.savez(
        folder / f"{name}.npz",
        source=source.astype(np.int64),
        target=target.astype(np.int64),
        weight=(weight / weight.max()).astype(np.float32),
        position=position.astype(np.float32),
    )
    return count, len(source)


def _punks():
    """All pairs of the file, the zero address too: the peers know nothing of lost buyers."""
    sales = pd.read_csv(DATA / "cryptopunks_sales.csv", thousands=",")
    sales["price_eth"] = pd.to_numeric(sales["price_eth"], errors="coerce").fillna(0)
    pairs = sales.groupby(["from", "to"])["price_eth"].sum().reset_index()
    row = {name: i for i, name in enumerate(pd.unique(pd.concat([pairs["from"], pairs["to"]])))}
    return pairs["from"].map(row).to_numpy(), pairs["to"].map(row).to_numpy(), pairs["price_eth"].to_numpy()


def _nft(count):
    with np.load(DATA / "nftgraph_tiny" / "tinynft_data.npz") as stored:
        ends, value = stored["edge_index"], stored["edge_feat"][:, 3]
    chosen = np.sort(np.random.default_rng(SEED).choice(ends.shape[1], count, replace=False))
    source, target = np.unique(ends[:, chosen], return_inverse=True)[1].reshape(2, -1)
    return source, target, value[chosen]
