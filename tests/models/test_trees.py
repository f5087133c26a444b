"""Trees as plain arrays: the same scores as LightGBM's, the same after a file, and no index that leads astray."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from archivit_widgets import ArchivitError
from archivit_widgets.models import stored
from archivit_widgets.models.trees import Boosting, Forest, Rows, fit_trees, from_booster

QUICK = Boosting(rounds=20, leaves=15, rows_a_leaf=5)


def sample(seed=0, n=600, gaps=True):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 5))
    features[:, 3] = rng.integers(0, 3, n)
    labels = (features[:, 0] + features[:, 1] * features[:, 3] + rng.normal(size=n) > 0.5).astype(float)
    if gaps:
        features[rng.random((n, 5)) < 0.2] = np.nan
    return features, labels


def booster(features, labels, categories="auto", **more):
    parameters = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5, **more}
    data = lightgbm.Dataset(features, labels, categorical_feature=categories)
    return lightgbm.train(parameters, data, 20)


@pytest.mark.parametrize("gaps", [True, False])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_scores_are_lightgbm_s_own(gaps, kind):
    features, labels = sample(gaps=gaps)
    theirs = booster(features, labels)
    probe = np.concatenate([features, sample(1, gaps=True)[0], np.zeros((1, 5)), np.full((1, 5), np.inf)]).astype(kind)
    assert np.array_equal(from_booster(theirs).raw_score(probe), theirs.predict(probe, raw_score=True))


def test_thresholds_themselves_go_left():
    features, labels = sample(gaps=False)
    theirs = booster(features, labels)
    forest = from_booster(theirs)
    probe = np.tile(features[:1], (len(forest.threshold), 1))
    probe[np.arange(len(probe)), forest.feature] = forest.threshold
    assert np.array_equal(forest.raw_score(probe), theirs.predict(probe, raw_score=True))


def test_trees_of_one_leaf_and_regression():
    features, labels = sample(n=60)
    theirs = booster(features, labels, objective="regression", min_data_in_leaf=50)
    forest = from_booster(theirs)
    assert len(forest.feature) == 0
    assert np.array_equal(forest.raw_score(features), theirs.predict(features))


def test_only_the_trees_up_to_the_best_are_kept():
    features, labels = sample()
    held = Rows(*sample(2))
    stopped = fit_trees(Rows(features, labels), replace(QUICK, rounds=300, patience=3), validation=held)
    assert 1 <= len(stopped) < 300


def test_equal_seeds_give_equal_trees_and_others_differ():
    rows = Rows(*sample())
    one, same, other = (fit_trees(rows, QUICK, seed=seed).raw_score(rows.features) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_what_the_trees_learn_is_added_to_the_offset():
    features, labels = sample(gaps=False)
    known = 3 * (labels - 0.5)
    rest = fit_trees(Rows(features, labels, offset=known), QUICK)
    alone = fit_trees(Rows(features, labels), QUICK)
    assert np.abs(rest.raw_score(features)).mean() < 0.7 * np.abs(alone.raw_score(features)).mean()


def test_a_forest_comes_back_from_a_file(tmp_path):
    features, labels = sample()
    forest = fit_trees(Rows(features, labels), QUICK)
    stored.save(tmp_path / "a.safetensors", "Any", {}, forest.arrays())
    again = Forest.from_arrays(stored.load(tmp_path / "a.safetensors", "Any")[1])
    assert np.array_equal(again.raw_score(features), forest.raw_score(features))


@pytest.mark.parametrize(
    ("name", "at", "value", "said"),
    [
        ("left", 5, 5, "points back or outside"),  # a loop
        ("left", 5, 2, "points back or outside"),
        ("right", 0, 10**6, "points back or outside"),
        ("right", 0, -(10**6), "points back or outside"),
        ("root", 0, 10**6, "points back or outside"),
        ("feature", 3, 5, "none of its 5"),
        ("feature", 3, -1, "none of its 5"),
        ("leaf", 3, np.nan, "not finite"),
    ],
)
def test_hostile_files_are_refused(name, at, value, said):
    arrays = fit_trees(Rows(*sample()), QUICK).arrays()
    arrays["forest." + name][at] = value
    with pytest.raises(ArchivitError, match=said):
        Forest.from_arrays(arrays)


def test_columns_of_unequal_length_are_refused():
    arrays = fit_trees(Rows(*sample()), QUICK).arrays()
    with pytest.raises(ArchivitError, match="differ in length"):
        Forest.from_arrays(arrays | {"forest.left": arrays["forest.left"][:-1]})
    with pytest.raises(ArchivitError, match="features of a forest"):
        Forest.from_arrays(arrays | {"forest.features": np.array([0])})
    with pytest.raises(ArchivitError, match=r"no forest\.leaf"):
        Forest.from_arrays({key: array for key, array in arrays.items() if key != "forest.leaf"})


def test_bad_input_is_one_line():
    features, labels = sample()
    with pytest.raises(ArchivitError, match=r"must be \(n, 5\), found \(2, 4\)"):
        fit_trees(Rows(features, labels), QUICK).raw_score(np.ones((2, 4)))
    with pytest.raises(ArchivitError, match="no rows"):
        fit_trees(Rows(features[:0], labels[:0]))
    with pytest.raises(ArchivitError, match=r"found \(600, 5\) for 599 rows"):
        fit_trees(Rows(features, labels[1:]))
    with pytest.raises(ArchivitError, match="LightGBM cannot fit"):
        fit_trees(Rows(features, labels), Boosting(leaves=1))
    with pytest.raises(ArchivitError, match=r"a fitted lightgbm\.Booster"):
        from_booster(None)


def test_other_kinds_of_boosters_are_refused():
    features, labels = sample(gaps=False)
    with pytest.raises(ArchivitError, match="averages"):
        from_booster(booster(features, labels, boosting="rf", bagging_freq=1, bagging_fraction=0.5))
    with pytest.raises(ArchivitError, match="categorical"):
        from_booster(booster(features, labels, categories=[3]))
    with pytest.raises(ArchivitError, match="zeros as missing"):
        from_booster(booster(features, labels, zero_as_missing=True))
    with pytest.raises(ArchivitError, match="several classes"):
        from_booster(booster(features, features[:, 3], objective="multiclass", num_class=3))
