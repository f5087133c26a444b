"""Captions as features: words, and pairs of words that stand side by side in one phrase.

Phrases end at a comma or another stop. "Cloud head" and "cloud accessory" share a word and differ in the pair.
"""

from __future__ import annotations

import inspect
import itertools
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ...arguments import found, short
from ...errors import PACKAGE, ArchivitError

I32 = NDArray[np.int32]
Mask = NDArray[np.bool_]
STOP = re.compile(r"[,.;:|()\[\]/\n]+")
WORD = re.compile(r"[\w+'’-]+")
MOST_WORDS = 64  # of a caption; what follows is not read
MOST_FEATURES = 20_000


def phrases(text: str) -> list[list[str]]:
    """Split a caption into phrases, and those into words, in small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [words for part in STOP.split(plain) if (words := WORD.findall(part))]


def texts_of(given: Any, name: str = "texts", *, gaps: bool = False) -> list[str]:
    """Check a series of texts; with gaps what is missing, None or NaN, is an empty one.

    Raises
    ------
    ArchivitError
        It is one text, or one of them is none.
    """
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise ArchivitError(f"{name} must be a series of texts, found {found(given)}")
    texts = ["" if gaps and pd.api.types.is_scalar(one) and pd.isna(one) else one for one in given]
    for at, one in enumerate(texts):
        if not isinstance(one, str):
            raise ArchivitError(f"{name}: number {at} must be a text, found {found(one)}")
    return texts


@dataclass(frozen=True)
class Captions:
    """Captions as arrays: which word stands where, (n, length); -1 where there is none, or it is not known.

    Attributes
    ----------
    words, pairs
        Features: each word, and the word with the one after it.
    phrase
        The number of the phrase within its caption; -1 beyond the caption's end.
    """

    words: I32
    pairs: I32
    phrase: I32

    def __len__(self) -> int:
        """Count the captions."""
        return len(self.words)

    def take(self, rows: NDArray[np.intp]) -> Captions:
        """Choose some captions."""
        return Captions(self.words[rows], self.pairs[rows], self.phrase[rows])

    def features(self, count: int, keep: Mask | None = None) -> csr_matrix:
        """Give which features each caption has, (n, count) of float32 ones; of the words kept only."""
        keep = self.phrase >= 0 if keep is None else keep
        rows, columns = [], []
        for table, kept in ((self.words, keep), (self.pairs[:, :-1], keep[:, :-1] & keep[:, 1:])):
            row, at = np.nonzero(kept & (table >= 0))
            rows.append(row)
            columns.append(table[row, at])
        row, column = np.concatenate(rows), np.concatenate(columns)
        found = csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=(len(self), count))
        found.data[:] = 1  # a word said twice is there once
        return found

    def dropped(self, rng: np.random.Generator, words: float) -> Mask:
        """Choose what is left of each caption: some of its phrases, and with a chance of `words` some of their words.

        How many are left is uniform from one to all. A caption of one phrase always loses words.
        """
        here = self.phrase >= 0
        count = self.phrase.max(axis=1, initial=0) + 1
        spoken = np.arange(max(1, count.max(initial=1))) < count[:, None]
        phrase = np.take_along_axis(_some(rng, spoken), np.maximum(self.phrase, 0), axis=1) & here
        thinned = (rng.random(len(self)) < words) | (count == 1)
        return np.where(thinned[:, None], _some(rng, phrase), phrase)


@dataclass(frozen=True)
class Vocabulary:
    """The features that the captions of a fitted model had.

    Attributes
    ----------
    names
        Words, and pairs of words with a space between.
    """

    names: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        """Collect the most frequent features of some captions, in order of appearance where equally frequent."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(list(dict.fromkeys(_features(text))))
        return cls(tuple(name for name, _ in seen.most_common(MOST_FEATURES)))

    def __len__(self) -> int:
        """Count the features."""
        return len(self.names)

    def read(self, texts: Sequence[str]) -> Captions:
        """Look up the words of captions."""
        row = {name: at for at, name in enumerate(self.names)}
        length = max((min(MOST_WORDS, sum(map(len, phrases(text)))) for text in texts), default=1)
        words, pairs, phrase = (np.full((len(texts), max(1, length)), -1, np.int32) for _ in range(3))
        for at, text in enumerate(texts):
            told = [(number, word) for number, part in enumerate(phrases(text)) for word in part][:MOST_WORDS]
            for place, (number, word) in enumerate(told):
                words[at, place], phrase[at, place] = row.get(word, -1), number
                if place and phrase[at, place - 1] == number:
                    pairs[at, place - 1] = row.get(f"{told[place - 1][1]} {word}", -1)
        return Captions(words, pairs, phrase)

    def warn_of_unknown(self, text: str) -> None:
        """Warn of words of a text that are left out: no caption that the model was fitted to had them."""
        words = list(dict.fromkeys(word for part in phrases(text) for word in part))
        unknown = [word for word in words if word not in self.names]
        if unknown:
            known = f"{len(words) - len(unknown)} of {len(words)} words are known"
            told = f"words that the model does not know are left out: {short(', '.join(unknown), 80)}; {known}"
            inner = [Path(frame.filename).is_relative_to(PACKAGE) for frame in inspect.stack(0)]
            warnings.warn(told, stacklevel=[*inner, False].index(False) + 1)  # at the line of the caller

    def refuse_unknown(self, texts: Sequence[str], captions: Captions) -> None:
        """Refuse texts none of whose words is known: nothing could be said of them."""
        for text, words in zip(texts, captions.words, strict=True):
            if (words < 0).all():
                some = ", ".join(sorted(name for name in self.names[:200] if " " not in name)[:8])
                raise ArchivitError(
                    f"no word of {short(repr(text))} is among those of the captions, {len(self):,} words and pairs "
                    f"such as {some}"
                )


def _features(text: str) -> Iterator[str]:
    for words in phrases(text):
        yield from words
        yield from (f"{one} {other}" for one, other in itertools.pairwise(words))


def _some(rng: np.random.Generator, there: Mask) -> Mask:
    """Choose from each row some of what is there, one at least, how many being uniform."""
    count = there.sum(axis=1)
    left = 1 + (rng.random(len(there)) * count).astype(np.int64)
    place = np.where(there, rng.random(there.shape), 2.0).argsort(axis=1, kind="stable").argsort(axis=1)
    chosen: Mask = there & (place < left[:, None])
    return chosen
