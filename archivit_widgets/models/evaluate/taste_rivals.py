"""Who takes part in the table of taste, and the settings that each may choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64
from ..baselines.als import als
from ..baselines.taste import MOST_ITEMS_OF_EASE, Linear, Popularity, Scorer, ease, item_neighbours
from ..taste.graph_filter import nearnesses
from ..taste.holdings import Holdings, Matrix
from ..taste.scores import TasteSettings, mixed, of_mean_one, popularity
from .cuts import Cut, recall_of_rows

MODEL = "graph filter"
K = 20
POWERS = (0.3, 0.5, 0.7, 1.0, 1.4)
HALF_LIVES = (0.005, 0.02, 0.08, 0.32)
Settings = dict[str, Any]


@dataclass(frozen=True)
class Contender:
    """How a scorer is fitted at a cut, and the settings it may choose from: stage by stage, then for new accounts."""

    fit: Callable[..., Scorer]
    stages: tuple[tuple[Settings, ...], ...] = ()
    newcomers: tuple[Settings, ...] = ()


def choice(contender: Contender, on: list[Cut]) -> Settings:
    """Choose settings by the mean recall over all cases of known accounts; of equals the first.

    A later stage starts from what the earlier ones chose. What newcomers get is chosen on the others.
    """
    known, unknown = [cut.take(cut.known) for cut in on], [cut.take(~cut.known) for cut in on]
    chosen: Settings = {}
    for stage in contender.stages:
        chosen |= _best(contender, stage, chosen, known)
    return chosen | _best(contender, contender.newcomers, chosen, unknown)


def _best(contender: Contender, stage: tuple[Settings, ...], chosen: Settings, on: list[Cut]) -> Settings:
    recall = partial(recall_of_rows, k=max(K, len(on[0].items) // 20))
    if len(stage) < 2 or not any(len(cut.accounts) for cut in on):
        return stage[0] if stage else {}
    means = []
    for setting in stage:
        found = [cut.judge(contender.fit(cut, **chosen | setting), recall) for cut in on]
        means.append(np.concatenate(found).mean())
    return stage[int(np.argmax(means))]


@dataclass(frozen=True, eq=False)
class Filtered:
    """The model at a cut, what was popular of late mixed in."""

    linear: Linear
    popular: F64
    weight: float
    offered: F64

    def scores(self, rows: NDArray[np.intp]) -> F64:
        """(n, items) float64."""
        return mixed(self.linear.scores(rows), self.popular, self.weight, self.offered)


@dataclass(frozen=True, eq=False)
class Nearness:
    """What is near what, as the model sees it; what is worked out is kept as long as this is.

    Attributes
    ----------
    looks
        Likeness of the items by their embeddings, or None where there are none.
    """

    looks: Matrix | None
    traded: dict[tuple[Holdings, float], dict[float, Matrix]] = field(default_factory=dict)

    def at(self, cut: Cut, how: Settings) -> Matrix:
        """With these settings at a cut."""
        own, content = self._traded(cut, how["balance"], how["power"]), how.get("content", 0.0)
        return own if self.looks is None or not content else own + content * self.looks / self.looks.data.mean()

    def _traded(self, cut: Cut, balance: float, power: float) -> Matrix:
        found = self.traded.setdefault((cut.evidence, balance), {})  # parts of a cut have its evidence
        if power not in found:
            powers = sorted({power, *POWERS})
            each = nearnesses(cut.had, balance, powers, TasteSettings().neighbours)
            found |= {power: of_mean_one(near) for power, near in zip(powers, each, strict=True)}
        return found[power]


def contenders(near: Nearness, items: int, seed: int) -> dict[str, Contender]:
    """Name everyone, the model first.

    Parameters
    ----------
    items
        How many there are: of many, EASE does not take part.
    """

    def filtered(
        cut: Cut, popular: float = 0.0, half_life: float = 0.05, newcomers: float = 1.0, **how: float
    ) -> Scorer:
        late, offered = (popularity(cut.evidence, half) @ cut.items.of for half in (half_life, newcomers))
        return Filtered(Linear(cut.had, near.at(cut, how)), late, popular, offered)

    def looks(cut: Cut) -> Scorer:
        return Linear(cut.had, near.looks)

    filters = _grid(balance=(0.3, 0.4, 0.5, 0.6), power=POWERS)
    pictures = _grid(content=(0.0, 0.3, 1.0, 3.0, 10.0, 100.0)) if near.looks is not None else ({},)
    late = ({"popular": 0.0}, *_grid(popular=(0.1, 0.3, 1.0, 3.0), half_life=HALF_LIVES))
    named = {MODEL: Contender(filtered, (filters, pictures, late), _grid(newcomers=(*HALF_LIVES, 10.0)))}
    named["graph filter alone"] = Contender(filtered, (filters,))
    if near.looks is not None:
        named["embeddings alone"] = Contender(looks)
    named |= {
        "popularity": Contender(_popular),
        "recent popularity": Contender(_popular, (_grid(half_life=HALF_LIVES),)),
        "item neighbours": Contender(
            lambda cut, **how: item_neighbours(cut.had, **how),
            (_grid(neighbours=(20, 100, 500), shrink=(0.0, 10.0, 100.0), once=(False, True)),),
        ),
    }
    if items <= MOST_ITEMS_OF_EASE:
        penalties = _grid(penalty=(3.0, 30.0, 300.0, 3_000.0), once=(True, False))
        named["EASE"] = Contender(lambda cut, **how: ease(cut.had, **how), (penalties,))
    sizes = _grid(factors=(8, 32), alpha=(1.0, 10.0), penalty=(1.0, 30.0))
    named["implicit ALS"] = Contender(lambda cut, **how: als(cut.had, seed=seed, **how), (sizes,))
    return named


def _popular(cut: Cut, half_life: float | None = None) -> Scorer:
    return Popularity(popularity(cut.evidence, half_life) @ cut.items.of)


def _grid(**axes: tuple[Any, ...]) -> tuple[Settings, ...]:
    return tuple(dict(zip(axes, values, strict=True)) for values in product(*axes.values()))
