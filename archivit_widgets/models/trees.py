"""Gradient-boosted trees: fitted by LightGBM, kept as plain arrays, scored by compiled code.

A `Forest` gives exactly LightGBM's own raw prediction, several times as fast, and can be saved as arrays: no text or
pickle of a stranger is ever parsed. All trees lie behind one another. Node ``i`` sends a row to ``left[i]`` where
``row[feature[i]] <= threshold[i]``, else to ``right[i]``; a child ``c >= 0`` is a node, ``c < 0`` the leaf ``~c``.
Nodes only point forward, which is checked for every file, so that no walk can loop or leave the arrays.

Missing numbers as in LightGBM (``include/LightGBM/tree.h``, ``NumericalDecision``): a node that met NaN while fitting
sends NaN to its default side; to any other node NaN is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..arguments import of_kind, whole
from ..errors import ArchivitError
from ..graph.columns import F64, I32
from ..graph.compiled import compiled
from . import stored

U8 = NDArray[np.uint8]
MOST_FEATURES, MOST_SEED = 10_000, 2**31 - 1
_LARGEST = np.finfo(np.float64).max
_DEFAULT_LEFT, _MISSING_ZERO, _MISSING_NAN = 2, 4, 8  # bits of LightGBM's decision_type; 1 is a categorical split


@dataclass(frozen=True)
class Forest:
    """Trees whose leaves add up.

    Attributes
    ----------
    features
        How many columns a row has.
    root
        (trees,) int32: first node of each tree; ``~leaf`` where a tree has but one leaf.
    feature, threshold, left, right, missing
        (nodes,) int32, float64, int32, int32, uint8: see the module. `missing`: 0 NaN is 0, 8 NaN goes right, 10 left.
    leaf
        (leaves,) float64: what a leaf adds.
    """

    features: int
    root: I32
    feature: I32
    threshold: F64
    left: I32
    right: I32
    missing: U8
    leaf: F64

    def __post_init__(self) -> None:
        whole("features of a forest", self.features, 1, MOST_FEATURES)
        nodes, leaves = len(self.feature), len(self.leaf)
        if any(len(column) != nodes for column in (self.threshold, self.left, self.right, self.missing)):
            raise ArchivitError("the columns of a forest's nodes differ in length")
        here = np.arange(nodes)
        onward = all(_inside(child, here + 1, nodes, leaves) for child in (self.left, self.right))
        if not (onward and _inside(self.root, np.zeros(len(self.root), np.int64), nodes, leaves)):
            raise ArchivitError("a node of the forest points back or outside; the file is damaged")
        if nodes and not (self.feature.min() >= 0 and self.feature.max() < self.features):
            raise ArchivitError(f"a node of the forest asks for a feature that is none of its {self.features}")

    def __len__(self) -> int:
        """Count the trees."""
        return len(self.root)

    def raw_score(self, rows: NDArray[np.floating[Any]]) -> F64:
        """Add up what the trees say of each row.

        Parameters
        ----------
        rows
            (n, features) float32 or float64.

        Returns
        -------
        (n,) float64
            Log-odds where the forest was fitted to labels.
        """
        rows = np.ascontiguousarray(rows, None if getattr(rows, "dtype", None) == np.float32 else np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.features:
            raise ArchivitError(f"rows of features must be (n, {self.features}), found {rows.shape}")
        score = np.zeros(len(rows))
        _add_up(rows, self.root, self.feature, self.threshold, self.left, self.right, self.missing, self.leaf, score)
        return score

    def arrays(self, prefix: str = "forest.") -> stored.Arrays:
        """Give what `stored.save` keeps; `from_arrays` takes it back."""
        own = {prefix + one.name: np.atleast_1d(getattr(self, one.name)) for one in fields(self)}
        # A node that tells only NaN apart has an infinite threshold, and `stored` keeps finite numbers.
        return own | {f"{prefix}threshold": np.minimum(self.threshold, _LARGEST)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str = "forest.") -> Forest:
        """Take a forest out of a loaded model, every index checked.

        Raises
        ------
        ArchivitError
            An array is missing, of another type or length, or points where it may not.
        """
        features = int(stored.array(arrays, f"{prefix}features", (1,), np.int64)[0])
        types = {"threshold": np.float64, "leaf": np.float64, "missing": np.uint8}
        names = [one.name for one in fields(cls)][1:]
        columns = {name: stored.array(arrays, prefix + name, (None,), types.get(name, np.int32)) for name in names}
        threshold = columns["threshold"]
        return cls(features, **columns | {"threshold": np.where(threshold == _LARGEST, np.inf, threshold)})


@dataclass(frozen=True)
class Boosting:
    """How trees are grown; the words in brackets are LightGBM's.

    Attributes
    ----------
    rounds, leaves, rows_a_leaf, rate
        Trees at most (num_iterations), their leaves, rows that a leaf has at least (min_data_in_leaf), learning rate.
    feature_share, row_share
        Drawn for each tree (feature_fraction, bagging_fraction).
    patience
        Rounds without a gain on the validation rows before it stops; those up to the best are kept.
    objective, metric
        LightGBM's names.
    more
        Further parameters of LightGBM, as (name, value).
    """

    rounds: int = 200
    leaves: int = 63
    rows_a_leaf: int = 50
    rate: float = 0.05
    feature_share: float = 0.8
    row_share: float = 0.8
    patience: int = 40
    objective: str = "binary"
    metric: str = "binary_logloss"
    more: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Rows:
    """What trees are fitted to: (n, f) features, (n,) labels, and per row a weight and an offset of the score.

    Attributes
    ----------
    offset
        What the score starts from; trees learn the rest of it and do not contain it (init_score).
    groups
        Lengths of the queries for objectives that rank.
    """

    features: NDArray[np.floating[Any]]
    labels: NDArray[Any]
    weights: NDArray[Any] | None = None
    offset: NDArray[Any] | None = None
    groups: NDArray[Any] | None = None


def fit_trees(
    rows: Rows,
    boosting: Boosting | None = None,
    *,
    validation: Rows | None = None,
    seed: int = 0,
    threads: int = 1,
    progress: bool = False,
) -> Forest:
    """Fit trees with LightGBM; equal seeds and threads give equal trees.

    Parameters
    ----------
    validation
        Where it is given, fitting stops when these rows gain no more (`Boosting.patience`).
    progress
        Whether a bar is shown where it takes longer than two seconds.

    Raises
    ------
    ArchivitError
        There are no rows, or LightGBM refuses a parameter.
    """
    import lightgbm

    how = boosting or Boosting()
    if not len(rows.labels):
        raise ArchivitError("there are no rows to fit trees to")
    parameters = {
        "objective": how.objective,
        "metric": how.metric,
        "num_leaves": how.leaves,
        "min_data_in_leaf": how.rows_a_leaf,
        "learning_rate": how.rate,
        "feature_fraction": how.feature_share,
        "bagging_fraction": how.row_share,
        "bagging_freq": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": whole("threads", threads, 1),
        "seed": whole("seed", seed, 0, MOST_SEED),
        "verbosity": -1,
        **dict(how.more),
    }
    data = _dataset(lightgbm, rows)
    stopping: list[Any] = [] if validation is None else [lightgbm.early_stopping(how.patience, verbose=False)]
    judged = [] if validation is None else [_dataset(lightgbm, validation, data)]
    with tqdm(total=how.rounds, desc="trees", delay=2, leave=False, disable=not progress) as bar:
        stopping.append(lambda _: bar.update())
        try:
            booster = lightgbm.train(parameters, data, how.rounds, valid_sets=judged, callbacks=stopping)
        except lightgbm.basic.LightGBMError as problem:
            raise ArchivitError(f"LightGBM cannot fit the trees: {problem}") from None
    return from_booster(booster, booster.best_iteration if booster.best_iteration > 0 else None)


def from_booster(booster: Any, rounds: int | None = None) -> Forest:
    """Take the arrays out of a fitted LightGBM booster of one class with numerical splits.

    Parameters
    ----------
    rounds
        The first so many trees; None: those up to the best iteration, or all.
    """
    import lightgbm

    of_kind("booster", booster, lightgbm.Booster, "a fitted lightgbm.Booster")
    if booster.num_model_per_iteration() != 1:
        raise ArchivitError("the booster has several classes; a Forest holds one score a row")
    head, *trees = booster.model_to_string(num_iteration=rounds, importance_type="gain").split("\nTree=")
    if "\naverage_output" in head:
        raise ArchivitError("the booster averages its trees (random forest); a Forest adds them up")
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in _TEXT.values()}
    root, nodes, leaves = [], 0, 0
    for text in trees:
        said = dict(line.split("=", 1) for line in text.partition("\n\n")[0].splitlines() if "=" in line)
        if said["num_cat"] != "0" or said.get("is_linear", "0") != "0":
            raise ArchivitError("the booster has categorical splits or linear leaves; a Forest has neither")
        alone = said["num_leaves"] == "1"
        one = {ours: _numbers("" if alone and ours != "leaf" else said[theirs]) for theirs, ours in _TEXT.items()}
        root.append(~leaves if alone else nodes)
        for side in ("left", "right"):
            child = one[side]
            one[side] = np.where(child >= 0, child + nodes, child - leaves)
        nodes, leaves = nodes + len(one["feature"]), leaves + len(one["leaf"])
        for name, column in one.items():
            columns[name].append(column)
    joined = {name: np.concatenate([np.empty(0), *parts]) for name, parts in columns.items()}
    kind = joined["missing"].astype(np.int64)
    if (kind & _MISSING_ZERO).any():
        raise ArchivitError("the booster takes zeros as missing; fit it with zero_as_missing=False")
    default = _MISSING_NAN | _DEFAULT_LEFT
    return Forest(
        features=booster.num_feature(),
        root=np.array(root, np.int32),
        threshold=joined["threshold"],
        missing=np.where(kind & _MISSING_NAN, kind & default, 0).astype(np.uint8),
        leaf=joined["leaf"],
        **{name: joined[name].astype(np.int32) for name in ("feature", "left", "right")},
    )


_TEXT = {
    "split_feature": "feature",
    "threshold": "threshold",
    "left_child": "left",
    "right_child": "right",
    "decision_type": "missing",
    "leaf_value": "leaf",
}


def _numbers(text: str) -> F64:
    return np.array(text.split(), np.float64)


def _dataset(lightgbm: Any, rows: Rows, like: Any = None) -> Any:
    features = np.asarray(rows.features)
    if features.ndim != 2 or len(features) != len(rows.labels):
        raise ArchivitError(f"features must be (rows, columns), found {features.shape} for {len(rows.labels)} rows")
    return lightgbm.Dataset(features, rows.labels, like, weight=rows.weights, init_score=rows.offset, group=rows.groups)


def _inside(child: I32, least: NDArray[Any], nodes: int, leaves: int) -> bool:
    """Whether each child is a leaf that is there, or a node from `least` on."""
    return bool(np.where(child >= 0, (child >= least) & (child < nodes), ~child < leaves).all())


@compiled
def _add_up(
    rows: NDArray[Any], root: I32, feature: I32, threshold: F64, left: I32, right: I32, missing: U8,
    leaf: F64, score: F64,
) -> None:  # fmt: skip
    """Add to (n,) `score`, tree by tree over blocks of rows: a tree stays in the cache, sums keep LightGBM's order."""
    block = 128
    for start in range(0, len(rows), block):
        stop = min(start + block, len(rows))
        for tree in range(len(root)):
            for i in range(start, stop):
                node = root[tree]
                while node >= 0:
                    x = rows[i, feature[node]]
                    if x != x:
                        kind = missing[node]
                        goes_left = kind & 2 != 0 if kind & 8 else threshold[node] >= 0.0
                    else:
                        goes_left = x <= threshold[node]
                    node = left[node] if goes_left else right[node]
                score[i] += leaf[~node]
