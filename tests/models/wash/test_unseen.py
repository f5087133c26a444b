"""Rings that stand in for those of a kind that fitting was not shown."""

import numpy as np

from archivit_widgets.models.evaluate.planting import TYPOLOGIES
from archivit_widgets.models.wash.names import COLUMN, FEATURES
from archivit_widgets.models.wash.rounds import LONGEST
from archivit_widgets.models.wash.unseen import Samples, is_round, with_stand_ins


def rows(**known):
    """Give a row of features for each entry of the lists, as nobody's where nothing is said."""
    n = len(next(iter(known.values())))
    features = np.full((n, len(FEATURES)), np.nan)
    for name, values in ({"length": [0] * n, "hops": [1] * n, "round": [0] * n} | known).items():
        features[:, COLUMN[name]] = values
    return features


CIRCLES = rows(
    length=[3, 5, 7, 4], laps=[1, 1, 1, 2], members=[3, 5, 7, 4], imbalance=[0.1, 0.2, 0.3, 0.4], reverse=[0] * 4
)
VAULTS = rows(length=[2, 2], laps=[1, 3], members=[2, 2], imbalance=[0.5, 0.6], reverse=[0.7, 0.8])
ROUNDS = rows(round=[3, 4], round_imbalance=[0.8, 0.9], seller_age=[11.0, 12.0])
SAMPLES = Samples(
    np.concatenate([CIRCLES, VAULTS, ROUNDS]),
    np.array([True] * 4 + [False] * 4),
    np.array([0.5, 0.25, 1, 1, 1, 1, 1, 1]),
)


def added(left_out):
    shown = [name for name in TYPOLOGIES if name != left_out]
    found = with_stand_ins(SAMPLES, shown, np.random.default_rng(0))
    assert all(np.array_equal(new[: len(old)], old, equal_nan=True) for new, old in zip(found, SAMPLES, strict=True))
    return Samples(*(column[len(SAMPLES.labels) :] for column in found))


def test_who_was_shown_all_needs_none():
    assert len(added("cycle").labels) == len(added(None).labels) == 0


def test_circles_are_told_as_round_trips_of_honest_pairs():
    found = added("ping_pong")
    assert found.labels.all()
    assert found.weights.tolist() == SAMPLES.weights[:4].tolist()
    assert (found.features[:, [COLUMN["length"], COLUMN["members"]]] == 2).all()
    assert found.features[:, COLUMN["imbalance"]].tolist() == CIRCLES[:, COLUMN["imbalance"]].tolist()
    assert set(found.features[:, COLUMN["reverse"]]) <= {0.7, 0.8}


def test_honest_rounds_become_as_even_as_circles_of_one_lap():
    found = added("rotation")
    assert found.labels.all()
    assert is_round(found.features).all()
    assert found.weights.tolist() == [1, 1, 1]  # as much as a ring
    assert found.features[:, COLUMN["round"]].tolist() == [3, 5, LONGEST]
    assert found.features[:, COLUMN["round_imbalance"]].tolist() == [0.1, 0.2, 0.3]
    assert set(found.features[:, COLUMN["seller_age"]]) <= {11.0, 12.0}


def test_without_look_alikes_circles_stand_alone_and_rounds_have_none():
    alone = Samples(CIRCLES, np.ones(4, bool), np.ones(4))
    found = with_stand_ins(alone, ["cycle"], np.random.default_rng(0))
    assert len(found.labels) == 8
    assert (found.features[4:, COLUMN["reverse"]] == 0).all()
