"""Stand-ins for rings of a kind that fitting was not shown: circles told as round trips and as rounds.

A round trip is a circle of two, a round of several works a circle of several. Where a detector is fitted to no ring of
one of these kinds, all its examples of it are honest look-alikes (vaults, loans, chance), and trees would learn that
whatever looks like it is honest. So rings that go in circles stand in, in rows of features: what they share with the
kind comes from the circle, what tells the kind apart comes from the honest look-alike.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64
from .names import COLUMN
from .rounds import LONGEST

_OF_PAIRS = [COLUMN[name] for name in ("pair", "reverse", "seller_share", "buyer_share")]
_OF_TWO = [COLUMN[name] for name in ("length", "members")]
_TOLD = ("length", "span", "imbalance", "given", "hub", "inside")  # of a circle, as a round tells it
_AS = ("round", "round_span", "round_imbalance", "round_given", "round_hub", "round_inside")


class Samples(NamedTuple):
    """(n, features), (n,) whether each is a ring's, (n,) weights."""

    features: F64
    labels: NDArray[np.bool_]
    weights: F64


def with_stand_ins(samples: Samples, typologies: Collection[str], rng: np.random.Generator) -> Samples:
    """Add stand-ins for round trips and for rounds where no ring of these typologies is one."""
    features, labels, _ = samples
    length, rounds = features[:, COLUMN["length"]], is_round(features)
    circle = labels & (length > 2)
    parts = [samples]
    if "ping_pong" not in typologies:
        parts.append(_round_trips(samples, np.flatnonzero(circle), np.flatnonzero(~labels & (length == 2)), rng))
    if "rotation" not in typologies:
        once = circle & (features[:, COLUMN["laps"]] == 1)
        parts.append(_rounds(samples, np.flatnonzero(once), np.flatnonzero(~labels & rounds), rng))
    return Samples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def is_round(features: F64) -> NDArray[np.bool_]:
    """Whether what transfers with these (n, features) end is a round of several tokens, and nothing else."""
    length, hops, together = (features[:, COLUMN[name]] for name in ("length", "hops", "round"))
    alone: NDArray[np.bool_] = (length == 0) & (hops <= 1) & (together > 0)
    return alone


def _round_trips(
    samples: Samples, circles: NDArray[np.intp], honest: NDArray[np.intp], rng: np.random.Generator
) -> Samples:
    """Tell circles as if they were of two, whose pair did before what honest pairs of two did."""
    rows = samples.features[circles]
    rows[:, _OF_TWO] = 2.0
    if len(honest):
        rows[:, _OF_PAIRS] = samples.features[rng.choice(honest, len(rows))][:, _OF_PAIRS]
    return Samples(rows, samples.labels[circles], samples.weights[circles])


def _rounds(samples: Samples, circles: NDArray[np.intp], honest: NDArray[np.intp], rng: np.random.Generator) -> Samples:
    """Let honest transfers that close a round close one that is as even, as quick and as lonely as a circle."""
    if not len(honest):
        circles = circles[:0]
    rows = samples.features[rng.choice(honest, len(circles))] if len(circles) else samples.features[:0]
    for name, told in zip(_AS, _TOLD, strict=True):
        rows[:, COLUMN[name]] = samples.features[circles, COLUMN[told]]
    rows[:, COLUMN["round"]] = np.minimum(rows[:, COLUMN["round"]], LONGEST)
    return Samples(rows, samples.labels[circles], np.ones(len(circles)))  # one of each ring: it weighs as a ring does
