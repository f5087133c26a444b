"""Groups of works of one style, and what to call them.

    groups = styles(forms(images), captions)
    groups.names[groups.label[7]]               # "truchet tiles"

A style is rarely one round cloud: the same tiles, few or many, lie apart. With captions a collection is cut into many
small parts, each part takes the phrase that tells it from the rest most clearly, and parts of one name are one
style. Without captions the clusters stand as they are, under numbers.

Model card
----------
Measured on 1,500 works of `sources.artworks.generate`, embedded by form, three seeds, adjusted Rand index with its nine
styles: 0.986 with captions; 0.63 by k-means without, given their number; a colour histogram reaches 0.16 and 0.15.
HDBSCAN leaves half of the works out, and is right about the others (0.997 with captions, 0.69 without). 300 works are
few: 0.85 with captions. ``python -m tests.benchmarks.models_alike styles`` prints it.

Names are as good as captions: one that says nothing of style names clusters by what it does say. Clusters without
captions follow scale and density as much as style. What a group is called is no attribution to an artist or a school.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning

from ..arguments import counted, whole
from ..errors import ArchivitError
from .embeddings import LARGEST, table_of
from .likeness.words import phrases, texts_of
from .training import MOST_SEED

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
METHODS = ("kmeans", "hdbscan")
DIMS = 16  # directions in which a collection differs most
PART = 25  # works of a part, about, before parts of one name are joined
FEWEST = 5  # works of a cluster of HDBSCAN
FINEST = 12  # works of a part at least, on average, of a small collection
PARTS = 50


@dataclass(frozen=True)
class Styles:
    """Groups of works.

    Attributes
    ----------
    label
        (n,) int64: the group of each work; -1 of none.
    names
        What each group is called.
    table
        One row for each group: ``style``, ``works``, ``precision`` (share of its works of which the name is true) and
        ``recall`` (share of the works of which it is true that are in it); NaN without captions.
    """

    label: I64
    names: tuple[str, ...]
    table: pd.DataFrame


def styles(
    embeddings: Any,
    captions: Sequence[str | None] | None = None,
    *,
    method: str = "kmeans",
    groups: int | None = None,
    seed: int = 0,
) -> Styles:
    """Group works by style.

    Parameters
    ----------
    embeddings
        (n, dims) numbers, such as `likeness.forms.forms` or `Clip.encode_images` gives.
    captions
        One for each work, phrases parted by commas, None or NaN where it is missing; they name the groups, and join
        those of one name. Works without are in the group of those they look like, or in none.
    method
        ``kmeans``, or ``hdbscan``, which leaves out works that lie alone: all of them, it may be.
    groups
        How many clusters k-means makes, with captions before those of one name are joined: None is about one for
        each 25 works, or as many as 50 of fewer works. Without captions the number must be given. HDBSCAN finds it.
        Where fewer works differ, there are as many clusters as those.
    seed
        Of k-means.

    Raises
    ------
    ArchivitError
        Numbers of works and captions differ, or are too few; k-means knows no number of groups, or HDBSCAN is given it.
    """
    rows = _principal(embeddings, whole("seed", seed, 0, MOST_SEED))
    told = None if captions is None else texts_of(captions, "captions", gaps=True)
    if told is not None and len(told) != len(rows):
        raise ArchivitError(f"there are {len(rows):,} embeddings and {len(told):,} captions; expected one for each")
    if method not in METHODS:
        raise ArchivitError(f"there is no method {method!r}; the methods are {', '.join(METHODS)}")
    label = _dense(rows, groups) if method == "hdbscan" else _means(rows, groups, told is not None, seed)
    return _numbered(label) if told is None else _named(label, told)


def _principal(embeddings: Any, seed: int) -> F64:
    table = table_of(embeddings)
    numbers = table.dtype.kind in "fiu" and table.ndim == 2 and table.shape[1] > 0
    if not numbers or len(table) < 2 or not (np.abs(table.astype(np.float64)) <= LARGEST).all():
        expected = f"finite numbers, at most {LARGEST:g}, of (2 works or more, dims)"
        raise ArchivitError(f"embeddings must be {expected}, found {table.dtype} {table.shape}")
    directions = PCA(min(DIMS, *table.shape), random_state=seed % 2**32)
    with np.errstate(invalid="ignore"):  # works that are all the same differ in no direction
        rows: F64 = directions.fit_transform(table.astype(np.float64))
    return rows


def _dense(rows: F64, groups: int | None) -> I64:
    if groups is not None:
        raise ArchivitError("groups is of k-means: HDBSCAN finds the number itself, leave it out")
    if len(rows) < FEWEST:
        raise ArchivitError(f"found {counted(len(rows), 'work')}; HDBSCAN needs {FEWEST} or more")
    scan = HDBSCAN(min_cluster_size=FEWEST, cluster_selection_method="leaf", copy=True)
    label: I64 = scan.fit_predict(rows).astype(np.int64)
    return label


def _means(rows: F64, groups: int | None, captions: bool, seed: int) -> I64:
    if groups is None and not captions:
        raise ArchivitError("without captions k-means must know how many groups: pass groups=9, or method='hdbscan'")
    if groups is None:
        groups = max(1, len(rows) // PART, min(PARTS, len(rows) // FINEST))
    groups = whole("groups", groups, 1, len(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer works differ: there are as many groups as those
        label: I64 = KMeans(groups, n_init=4, random_state=seed % 2**32).fit_predict(rows).astype(np.int64)
    return label


def _named(label: I64, captions: Sequence[str]) -> Styles:
    """Call each cluster by a phrase, and join those of one name."""
    known: dict[str, int] = {}
    said = [{known.setdefault(" ".join(words), len(known)) for words in phrases(text)} for text in captions]
    row = np.repeat(np.arange(len(said)), [len(one) for one in said])
    column = np.array([at for one in said for at in sorted(one)], np.int64)
    true = csr_matrix((np.ones(len(row)), (row, column)), shape=(len(said), max(1, len(known))))
    there = np.flatnonzero(label >= 0)
    shape = label.max(initial=-1) + 1, len(label)
    cluster = csr_matrix((np.ones(len(there)), (label[there], there)), shape=shape)
    both = np.asarray((cluster @ true).todense())
    often, size = true.sum(axis=0).A1, cluster.sum(axis=1).A1[:, None]
    # What is true of a few works, such as a title, is no style.
    least = max(1, min(often.max(), max(FEWEST, len(label) / 50)))
    told = np.where(often >= least, _surprise(both / size, often / len(label)), -1)
    best = np.where(told.max(axis=1) < 0, -1, told.argmax(axis=1))  # -1: none of its works has a caption
    phrase = np.unique(best[best >= 0])
    label = np.append(np.where(best < 0, -1, np.searchsorted(phrase, best)), -1)[label].astype(np.int64)
    names = tuple(list(known)[at] for at in phrase.tolist())
    hits = np.array([true[label == at, one].sum() for at, one in enumerate(phrase.tolist())])
    works = np.bincount(label[label >= 0], minlength=len(names))
    table = pd.DataFrame({"style": names, "works": works, "precision": hits / works})
    return Styles(label, names, table.assign(recall=hits / often[phrase]))


def _surprise(share: F64, base: F64) -> F64:
    """How much a phrase tells a cluster from the collection: the log-likelihood ratio a work (Dunning 1993)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        told = share * np.log(share / base)
        rest = (1 - share) * np.log((1 - share) / (1 - base))
    ratio: F64 = np.where(share >= base, np.nan_to_num(told) + np.nan_to_num(rest), -1.0)
    return ratio


def _numbered(label: I64) -> Styles:
    works = np.bincount(label[label >= 0])
    names = tuple(f"style {number + 1}" for number in range(len(works)))
    table = pd.DataFrame({"style": names, "works": works})
    return Styles(label.astype(np.int64), names, table.assign(precision=np.nan, recall=np.nan))
