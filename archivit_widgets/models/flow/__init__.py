"""Flow: which share of what an account gives next goes along each of its edges, and which edges matter downstream.

Model card
----------
What it is. Per period: a share for each known edge (`network`, a residual on the simple forecast that ranked best
on the choosing part), shares for accounts not yet given to (`new_edges`), and an importance for each edge
(`importance`). 1,817 parameters at the usual width; seconds on one core.

Data. Any record of transfers; periods of equal length. Read are transaction_count, avg_value, recency and hold_time of
an edge as they were before the period, averages of its past shares, its reverse, and what is known of both accounts.
Mints, burns and unknown buyers are no edges and never enter.

Measured by the protocol of `evaluate.flow`, NDCG@10, mean of 3 seeds, with ``python -m tests.benchmarks.models_flow``:

=================== ================== ============================= ========================================
record, period     among known edges   best of persistence, moving,  among all accounts, best rival
                                       exponential; popularity
=================== ================== ============================= ========================================
market 50k, 14 D   0.482               0.335; 0.451                  0.040, 0.035 (within the noise)
UCI, 1 D           0.787               0.743; 0.556                  0.570, 0.507
NFTGraph-Tiny, 7 D no known edge recurs                              0.206, 0.154 (popularity, same tokens)
CryptoPunks, 7 D   0.314 (20 queries)  0.306; 0.379                  0.014, 0.013 (within the noise)
=================== ================== ============================= ========================================

Importance by one backward pass: Spearman with exact removal 0.9996 to 1.0000 on 10 graphs of 54 to 446 edges (volume
at most 0.28, recent value 0.29, random 0.10). On a market of 20,000 transfers (120 queries) it is above
the three averages, and cannot be told apart from popularity.

Limits. Where nearly all value goes along new edges (CryptoPunks 97 %, the market 92 %), known edges say next to nothing
of the future, and few queries judge them. Amounts are expectations of heavy-tailed sums: their ranking is worth more
than their size. Fresh accounts have no past. It must not be used as advice to buy or sell, nor to judge a person.
"""

from __future__ import annotations

from .model import FlowModel

__all__ = ["FlowModel"]
