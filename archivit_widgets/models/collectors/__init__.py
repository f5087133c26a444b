"""Who will buy, who will sell, and for how much: for each account, in the next period.

    model = CollectorModel.fit(graph)
    model.predict(graph)                 # account, buys, sells (probabilities), spend (expected, in graph.currency)

Model card
----------
Data: what was known of each account before the start of each past period (`state`), and what it did within.
Model: boosted trees (`trees.Forest`) for both probabilities, and for expected spend (Tweedie) over what the market paid
of late. Judged by `evaluate.collectors`, whose docstring holds the protocol; measured on the last 9 of 45 periods of 30
days of CryptoPunks (``python -m tests.benchmarks.models_taste collectors``): average precision of who buys 0.300, the
best rival (logistic regression on recency and frequency) 0.265; of who sells 0.347, the best rival (BG/NBD) 0.326.
On all events of CryptoPunks to 2022 logistic regression is level of who buys (0.243, ours 0.245), on Graves' auctions
better of who sells (0.081, ours 0.040).
Limits: an account that was never seen has no forecast; a market that turns suddenly is learned with a delay: spend in
the boom of 2021 was forecast at 0.67 of what it came to, in the simulated market at 0.85. Shares of spend caught by the
5 % of accounts with the highest forecasts: 0.51, the mean of their past periods 0.47.
Must not be used for: telling who a person is, or what somebody can afford.
"""

from __future__ import annotations

from .model import CollectorModel

__all__ = ["CollectorModel"]
