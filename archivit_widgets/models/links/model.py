"""The model: see the package for what it is and is not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...arguments import of_kind, whole
from ...errors import ArchivitError
from ...graph.columns import F64, check_graph
from ...graph.moments import moment
from ...graph.transfers import TransferGraph
from ...graph.words import count
from .. import stored
from ..embeddings import as_embeddings
from ..names import named_row
from ..trees import MOST_SEED, Forest
from . import blend
from .causal import CLOCKS, F32, FEATURES, half_lives
from .fitting import fitted, seen_until
from .history import History, Moves, Scorer
from .outlook import Outlook, outlook

MODEL = "LinkModel"  # its name in a file
TASTE = 2.0  # of log-odds for each unit of cosine: best on the validation part of CryptoPunks with its traits


class LinkModel(Scorer):
    """Scores who will receive from whom; see the module for what it is and is not."""

    def __init__(self, history: History, clocks: F64, forest: Forest, weights: F64) -> None:
        super().__init__(history, clocks)
        self.forest, self.weights = forest, weights

    def __repr__(self) -> str:
        """Say what it walks through."""
        past = self.history
        held = count(len(past.accounts), "account"), count(len(past.tokens), "token"), count(len(past), "transfer")
        return f"LinkModel({', '.join(held)})"

    @classmethod
    def fit(cls, graph: TransferGraph, until: Any = None, seed: int = 0, progress: bool = True) -> LinkModel:
        """Fit to the transfers up to a moment.

        Parameters
        ----------
        graph
            The record. What is later than `until` moves the state when later times are scored, and fits nothing.
        until
            The last moment to fit to: ISO text, a Timestamp or int seconds; None: the end of the record.
        seed
            Equal seeds give equal models.
        progress
            Whether a bar is shown where it takes longer than two seconds.

        Raises
        ------
        ArchivitError
            There are too few transfers to fit to.
        """
        seed = whole("seed", seed, 0, MOST_SEED)
        history = History.of(graph)
        seen = seen_until(history, until)
        clocks = half_lives(history.time[:seen])
        return cls(history, clocks, *fitted(history, seen, clocks, seed, progress))

    def judge(self, described: F32) -> F64:
        """Score candidates by their descriptions."""
        return blend.score(described, self.forest.raw_score(described), self.weights)

    def rank(self, account: str | int, time: Any, k: int = 10) -> pd.DataFrame:
        """Say to whom an account would give at a time, if it gives then.

        That is the next transfer, however small; `FlowModel.partners` says how all that it gives in a period divides.

        Returns
        -------
        (k,) rows
            ``account``, ``row``, ``score`` and ``probability`` among all accounts seen before, the likeliest first.

        Raises
        ------
        ArchivitError
            There is no such account, or nobody was seen before that time.
        """
        return self._ranked(named_row(account, self.history.accounts, "account"), moment(time), whole("k", k, 1))

    def next_owner(self, token: str | int, time: Any, k: int = 10, embeddings: Any = None) -> pd.DataFrame:
        """Say who will own a token next, if it changes hands at a time: as `rank` for the one who holds it then.

        Parameters
        ----------
        embeddings
            (tokens, d) of the artworks, in the order of ``graph.tokens``: then a candidate's score grows with the
            cosine between the token and the mean of what the candidate received before (`TASTE`), above that of the
            average candidate. Who received nothing stays as it was.

        Raises
        ------
        ArchivitError
            There is no such token, the record does not say who held it then, or embeddings do not align with tokens.
        """
        row, when = named_row(token, self.history.tokens, "token"), moment(time)
        count = whole("k", k, 1)
        holder = self.history.holder(row, when)
        if holder < 0:
            name = self.history.tokens[row]
            raise ArchivitError(f"nobody is known to hold token {name} just before {time!r}; rank an account instead")
        liking = None if embeddings is None else self._liking(row, when, embeddings)
        return self._ranked(holder, when, count, liking)

    def _liking(self, token: int, time: int, embeddings: Any) -> F64:
        """(accounts,) what likeness to their earlier tokens adds to the score of each account."""
        looks = as_embeddings(embeddings, len(self.history.tokens))
        return TASTE * cosines(self.history.tastes(looks, time), looks[token])

    def over(self, graph: TransferGraph) -> LinkModel:
        """Give the same model on its way through another record, such as a longer or a shorter one."""
        return LinkModel(History.of(graph), self.clocks, self.forest, self.weights)

    def forecast(self, graph: TransferGraph, periods: int, new_edges: int = 0, length: Any = None) -> F64:
        """Expect what will flow along each edge after a graph's last transfer.

        Parameters
        ----------
        graph
            The past; accounts need not be those that the model was fitted to.
        periods
            How many periods to look ahead.
        new_edges
            How many edges that are not there yet to add, the likeliest; `outlook` says which they are.
        length
            Of a period: a Timedelta, text such as ``"7D"``, or seconds; None: about a 64th of the record.

        Returns
        -------
        (periods, edges + new_edges) float64
            In the graph's currency; numbers of transfers where it knows no value. `Arteries.play` takes no such
            amounts: `models.live.frames` makes frames of what `outlook` gives.
        """
        return self.outlook(graph, periods, new_edges, length).values

    def outlook(self, graph: TransferGraph, periods: int, new_edges: int = 0, length: Any = None) -> Outlook:
        """Give what `forecast` gives, the new edges by name, and how long a period is."""
        check_graph(graph)
        return outlook(self.over(graph), graph, periods, new_edges, length)

    def _ranked(self, source: int, time: int, k: int, liking: F64 | None = None) -> pd.DataFrame:
        past = slice(0, self.history.before(time))
        candidates = np.union1d(self.history.source[past], self.history.target[past]).astype(np.int32)
        candidates = candidates[candidates != source]
        if not len(candidates):
            raise ArchivitError("no other account was seen before that time")
        same = np.full(len(candidates), source, np.int32)
        score = self._scored(same, candidates, np.full(len(candidates), time, np.int64))
        score = score if liking is None else score + liking[candidates]
        best = np.argsort(-score, kind="stable")[:k]
        return pd.DataFrame(
            {
                "account": self.history.accounts[candidates[best]],
                "row": candidates[best],
                "score": score[best],
                "probability": _softmax(score)[best],
            }
        )

    def save(self, path: str | os.PathLike[str], record: bool = True) -> None:
        """Write the model into one safetensors file.

        Parameters
        ----------
        record
            Whether the record it walks through goes along, accounts by name: some 20 bytes a transfer and their names.
            A file without it names nobody, and `load` asks for a graph.
        """
        of_kind("record", record, bool, "True or False")
        config: dict[str, Any] = {"features": list(FEATURES)}
        arrays = {"clocks": self.clocks, "weights": self.weights, **self.forest.arrays()}
        if record:
            history = self.history
            config |= {"accounts": _plain(history.accounts), "tokens": _plain(history.tokens)}
            arrays |= history.moves._asdict()
        stored.save(path, MODEL, config, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str], graph: TransferGraph | None = None) -> LinkModel:
        """Read a model.

        Parameters
        ----------
        graph
            Another record to walk through, such as a longer one; None: the one that it was saved with.

        Raises
        ------
        ArchivitError
            The file is missing, damaged, of another model or version, or holds no record and no graph is given.
        """
        config, arrays = stored.load(path, MODEL)
        if config.get("features") != list(FEATURES):
            raise ArchivitError(f"{path}: was fitted to other features than this version's; fit the model again")
        clocks = stored.array(arrays, "clocks", (CLOCKS,), np.float64)
        weights = stored.array(arrays, "weights", (len(blend.TERMS),), np.float64)
        forest = Forest.from_arrays(arrays)
        if forest.features != len(FEATURES) or not (clocks > 0).all():
            raise ArchivitError(f"{path}: its trees or clocks are damaged")
        if graph is None and "accounts" not in config:
            raise ArchivitError(f"{path}: was saved without its record; give the graph to walk through")
        return cls(History.of(graph) if graph is not None else _history(config, arrays), clocks, forest, weights)


def cosines(tastes: F64, own: F64) -> F64:
    """(accounts, d) and (d,) to (accounts,) cosines, above that of the average account; 0 for who has no taste."""
    size = np.linalg.norm(tastes, axis=1) * np.linalg.norm(own)
    known = size > 0
    cosine = np.divide(tastes @ own, size, out=np.zeros(len(tastes)), where=known)
    alike: F64 = np.where(known, cosine - cosine[known].mean() if known.any() else cosine, 0.0)
    return alike


_RECORD = {"source": np.int32, "target": np.int32, "token": np.int32, "time": np.int64}


def _history(config: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> History:
    """Take the record out of a loaded model, every row checked."""
    columns = {name: stored.array(arrays, name, (None,), kind) for name, kind in _RECORD.items()}
    accounts, tokens = (_names(config.get(what)) for what in ("accounts", "tokens"))
    source, target, token, time = columns.values()
    same = len(source) == len(target) == len(token) == len(time)
    if not same or (np.diff(time) < 0).any():
        raise ArchivitError("the record in the file of the model is not in order of time; it is damaged")
    for codes, most in ((source, len(accounts)), (target, len(accounts)), (token, len(tokens))):
        if len(codes) and not (codes.min() >= -1 and codes.max() < most):
            raise ArchivitError("the record in the file of the model names accounts that are not there; it is damaged")
    return History(Moves(source, target, token, time), accounts, tokens)


def _names(given: Any) -> pd.Index:
    if not isinstance(given, list) or not all(isinstance(name, (str, int)) for name in given):
        raise ArchivitError("the file of the model does not name its accounts and tokens; it is damaged")
    names: pd.Index = pd.Index(np.array(given, object))
    return names


def _plain(names: pd.Index) -> list[Any]:
    return [name.item() if hasattr(name, "item") else name for name in names]


def _softmax(score: F64) -> F64:
    odds = np.exp(score - score.max())
    share: F64 = odds / odds.sum()
    return share
