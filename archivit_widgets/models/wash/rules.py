"""Structure alone, weighed by hand: what can be said before anything was fitted, and a rival of what was fitted."""

from __future__ import annotations

import numpy as np

from ...graph.columns import F64
from .names import COLUMN, PRIOR


class Rules:
    """Log-odds that add up over what a walk did; each number is one that a reader can argue with."""

    def __init__(self, prior: float = PRIOR) -> None:
        self.prior = prior
        self._start = float(np.log(prior / (1 - prior)))

    def log_odds(self, features: F64) -> F64:
        """Give (n,) log-odds from (n, features)."""
        length, laps, drift, imbalance, hub, hops, slowest, round_ = (
            features[:, COLUMN[name]]
            for name in ("length", "laps", "drift", "imbalance", "hub", "hops", "hops_slowest", "round")
        )
        closed = 3.0 + 2.0 * np.minimum(laps - 1, 3) - 3.0 * np.nan_to_num(np.minimum(drift, 1.0), nan=0.5)
        closed -= np.nan_to_num(imbalance, nan=0.5) + 0.8 * np.maximum(np.nan_to_num(hub) - np.log(20), 0)
        odds = np.where(length == 1, 9.0, np.where(length > 1, closed, 0.0))
        quick = np.clip(np.log(86_400) - np.nan_to_num(slowest, nan=30.0), -4, 4)
        odds = np.where((length == 0) & (hops > 1), 0.8 * np.minimum(hops - 1, 4) + 0.4 * quick, odds)
        odds = np.where((length == 0) & (round_ > 0), np.maximum(odds, 1.0), odds)
        score: F64 = self._start + odds
        return score
