"""What was fitted: log-odds that add up over three channels, then calibrated.

    log-odds = start + certain + structure + behaviour + entity
    score    = a ln s(log-odds) - b ln s(-log-odds) + c, a and b > 0    (beta calibration, Kull et al. 2017; s sigmoid)

`certain` needs no statistics: who sells to himself, and a walk of three laps or more that leaves nobody richer. The
others are boosted trees, each fitted to what those before it left open. The second line is strictly increasing: it
moves no transfer past another and makes no two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ...errors import ArchivitError
from ...graph.columns import F64
from .. import stored
from ..trees import Forest
from .names import BEHAVIOUR, COLUMN, ENTITY, PRIOR, STRUCTURE

CHANNELS = {"structure": STRUCTURE, "behaviour": BEHAVIOUR, "entity": ENTITY}
LEAST_SLOPE = 0.05
CERTAIN = 9.0
LAPS, FEES = 3, 0.01  # of its turnover, what a member may win or lose in a round that leaves nobody richer


@dataclass(frozen=True)
class Calibration:
    """``a``, ``b`` and ``c`` of the module's second line."""

    a: float = 1.0
    b: float = 1.0
    c: float = 0.0

    def __call__(self, odds: F64) -> F64:
        """Give calibrated log-odds."""
        score: F64 = self.c - self.a * np.logaddexp(0, -odds) + self.b * np.logaddexp(0, odds)
        return score

    @classmethod
    def fit(cls, odds: F64, truth: NDArray[np.bool_], prior: float) -> Calibration:
        """Fit by maximum likelihood where positives weigh as much as `prior` says, negatives the rest."""
        weight = np.where(truth, prior / truth.sum(), (1 - prior) / (~truth).sum())
        sign = np.where(truth, 1.0, -1.0)

        def loss(x: F64) -> float:
            each = weight * np.logaddexp(0, -sign * cls(*x)(odds))  # a dot product adds up by threads, np.sum does not
            return float(np.sum(each) + 1e-6 * ((x - (1, 1, 0)) ** 2).sum())

        bounds = [(LEAST_SLOPE, 20.0), (LEAST_SLOPE, 20.0), (-20.0, 20.0)]
        return cls(*minimize(loss, np.array([1.0, 1.0, 0.0]), bounds=bounds, method="L-BFGS-B").x.tolist())


@dataclass(frozen=True)
class Channels:
    """A forest for each channel, and the calibration of their sum.

    Attributes
    ----------
    start
        Log-odds before anything is known.
    prior
        Share of wash trades at which the calibrated log-odds hold.
    """

    structure: Forest
    behaviour: Forest
    entity: Forest
    start: float
    calibration: Calibration = Calibration()
    prior: float = PRIOR

    def parts(self, features: F64) -> dict[str, F64]:
        """Give what each channel adds to the log-odds of transfers with these (n, features)."""
        return {name: getattr(self, name).raw_score(features[:, columns(name)]) for name in CHANNELS}

    def raw(self, features: F64) -> F64:
        """Give log-odds that are not calibrated."""
        total: F64 = self.start + certain(features) + np.sum(list(self.parts(features).values()), axis=0)
        return total

    def log_odds(self, features: F64) -> F64:
        """Give calibrated log-odds."""
        return self.calibration(self.raw(features))

    def arrays(self) -> stored.Arrays:
        """Give what `stored.save` keeps."""
        calibration = self.calibration
        numbers = np.array([self.start, calibration.a, calibration.b, calibration.c])
        forests = [getattr(self, name).arrays(f"{name}.") for name in CHANNELS]
        return {"numbers": numbers} | {key: array for forest in forests for key, array in forest.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prior: float = PRIOR) -> Channels:
        """Take channels that were calibrated at a prior out of a file, checked."""
        start, *numbers = stored.array(arrays, "numbers", (4,), np.float64).tolist()
        if min(numbers[:2]) < LEAST_SLOPE or max(map(abs, (start, *numbers))) > 30:
            raise ArchivitError("the calibration of the file is out of range; the file is damaged")
        forests = {name: Forest.from_arrays(arrays, f"{name}.") for name in CHANNELS}
        for name, forest in forests.items():
            if forest.features != len(CHANNELS[name]):
                raise ArchivitError(f"the {name} forest asks for {forest.features} features; fit the model again")
        return cls(**forests, start=start, calibration=Calibration(*numbers), prior=prior)


def certain(features: F64) -> F64:
    """Give what certain cases add to the log-odds of transfers with these (n, features)."""
    length, laps, imbalance = (features[:, COLUMN[name]] for name in ("length", "laps", "imbalance"))
    clear: F64 = CERTAIN * ((length == 1) | ((length > 1) & (laps >= LAPS) & (imbalance <= FEES)))
    return clear


def columns(channel: str) -> slice:
    """Give the columns of a channel."""
    names = CHANNELS[channel]
    return slice(COLUMN[names[0]], COLUMN[names[-1]] + 1)
