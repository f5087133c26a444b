"""The model: see the package for what it is and is not."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...arguments import counted, of_kind, whole
from ...errors import ArchivitError
from ...graph import words
from ...graph.columns import F64, check_graph
from .. import stored
from ..embeddings import as_embeddings
from ..names import named_row, named_rows
from . import sparse
from .holdings import Matrix, Names, holdings, items_of
from .scores import TasteSettings, combined, lengths, likenesses, mixed, popularity

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

NEAREST = 12  # works that a reason looks at


@dataclass(frozen=True, eq=False)
class TasteModel:
    """Who wants what; made by `fit` or `load`.

    Attributes
    ----------
    accounts, items
        Their names, in order of their rows.
    had
        Sparse (accounts, items): how often the one had the other.
    near
        Sparse (items, items): how much having one speaks for another.
    popular, offered
        (items,) float64: purchases, weighed by recency; the latter for accounts of which nothing is known.
    tokens
        Whether the items are tokens: those that an account had are not offered again.
    """

    accounts: Names
    items: Names
    had: Matrix
    near: Matrix
    popular: F64
    offered: F64
    tokens: bool
    settings: TasteSettings

    def __repr__(self) -> str:
        accounts, had = words.count(len(self.accounts), "account"), words.count(self.had.nnz, "time")
        item = ("token", "tokens") if self.tokens else ("item of tokens", "items of tokens")
        return f"TasteModel({accounts}, {words.count(len(self.items), *item)}, {had} had)"

    @classmethod
    def fit(
        cls,
        graph: TransferGraph,
        embeddings: Any = None,
        *,
        items: Any = None,
        settings: TasteSettings | None = None,
        progress: bool = True,
    ) -> Self:
        """Read the taste of all collectors out of a graph.

        Parameters
        ----------
        embeddings
            (items, dimensions), aligned with `graph.tokens`, or with the sorted items.
        items
            What belongs to tokens; see `holdings.items_of`. None: tokens themselves.

        Raises
        ------
        ArchivitError
            The graph holds no purchase of a token, or what is given does not fit.
        """
        check_graph(graph)
        how = TasteSettings() if settings is None else of_kind("settings", settings, TasteSettings, "TasteSettings")
        about = items_of(graph.tokens["token"], items)
        evidence = holdings(graph.record)
        if not len(evidence):
            raise ArchivitError("no account of the graph is known to have bought a token; taste needs purchases")
        looks = None if embeddings is None else as_embeddings(embeddings, len(about))
        had = evidence.matrix(about)
        near = combined(had, looks, how, progress=progress)
        recent, offered = (popularity(evidence, half) @ about.of for half in (how.half_life, how.newcomers))
        names = graph.accounts["account"].astype(str).to_numpy(object)
        return cls(names, about.names.astype(str).astype(object), had, near, recent, offered, about.tokens, how)

    def scores(self, accounts: Any) -> F64:
        """Say how much each account wants each item.

        Parameters
        ----------
        accounts
            Names or rows.

        Returns
        -------
        (n, items) float64
            Comparable within a row only.
        """
        rows = named_rows(accounts, pd.Index(self.accounts), "account")
        personal = (self.had[rows] @ self.near).toarray()
        return mixed(personal, self.popular, self.settings.popular, self.offered)

    def wants(self, account: Any, k: int = 10) -> pd.DataFrame:
        """Name what an account would want most.

        Returns
        -------
        pandas.DataFrame
            ``item``, ``score``, ``reason``: at most `k` rows, best first.
        """
        row, k = named_row(account, pd.Index(self.accounts), "account"), whole("k", k, 1)
        score, own = self.scores([row])[0], self._had(row)
        if self.tokens:
            score[own] = 0
        best = _best(score, k)
        if not len(own):
            why = ["popular; nothing is known of this account"] * len(best)
        elif len(best):
            why = [self._reason(own, item) for item in best.tolist()]
        else:  # nothing speaks for any other work: as for accounts of which nothing is known
            score = self.offered / self.offered.sum()
            score[own] = 0
            best = _best(score, k)
            why = ["popular; no other work is near to what it had"] * len(best)
        return pd.DataFrame({"item": self.items[best], "score": score[best], "reason": why})

    def collectors(self, item: Any, k: int = 10) -> pd.DataFrame:
        """Name the accounts that would want an item most; of a token, those that never had it.

        Returns
        -------
        pandas.DataFrame
            ``account``, ``score``, ``reason``: at most `k` rows, best first.
        """
        column = named_row(item, pd.Index(self.items), "item")
        score: F64 = (self.had @ self.near[:, [column]]).toarray().ravel() / np.sqrt(self._many)
        if self.tokens:
            score[self.had[:, [column]].nonzero()[0]] = 0
        best = _best(score, whole("k", k, 1))
        why = [self._reason(self._had(row), column) for row in best.tolist()]
        return pd.DataFrame({"account": self.accounts[best], "score": score[best], "reason": why})

    def alike(self, account: Any, k: int = 10) -> pd.DataFrame:
        """Name the accounts of most similar taste: the cosine of what they had, seen through the filter.

        Returns
        -------
        pandas.DataFrame
            ``account``, ``likeness`` (1 is the same taste), ``reason``: at most `k` rows, best first.
        """
        row = named_row(account, pd.Index(self.accounts), "account")
        score = self.likenesses([row])[0]
        score[row] = 0
        best, own = _best(score, whole("k", k, 1)), self._had(row)
        why = [self._shared(own, self._had(other)) for other in best.tolist()]
        return pd.DataFrame({"account": self.accounts[best], "likeness": score[best], "reason": why})

    def likenesses(self, accounts: Any) -> F64:
        """Say how alike accounts are to all, (n, accounts) float64; see `likenesses` of this module."""
        return likenesses(self.had, self.near, named_rows(accounts, pd.Index(self.accounts), "account"), self._lengths)

    @cached_property
    def _lengths(self) -> F64:
        return lengths(self.had, self.near)

    @cached_property
    def _many(self) -> F64:
        """How many items each account had, 1 at least: scores of different accounts are divided by its root."""
        many: F64 = np.maximum(np.asarray(self.had.sum(axis=1)).ravel(), 1.0)
        return many

    def _had(self, row: int) -> NDArray[np.intp]:
        own: NDArray[np.intp] = self.had.indices[self.had.indptr[row] : self.had.indptr[row + 1]]
        return own

    @cached_property
    def _speaking(self) -> Matrix:
        """What speaks for each item: rows of the transposed filter."""
        return self.near.T.tocsr()

    def _near(self, item: int) -> NDArray[np.intp]:
        """All other items that speak for an item, the nearest first."""
        start, stop = self._speaking.indptr[item : item + 2]
        weight, column = self._speaking.data[start:stop], self._speaking.indices[start:stop]
        others = np.lexsort((column, -weight))
        near: NDArray[np.intp] = column[others][(column != item)[others] & (weight > 0)[others]]
        return near

    def _reason(self, own: NDArray[np.intp], item: int) -> str:
        """Say what speaks for an item: the nearest works that the account had, or the first further on."""
        near = self._near(item)
        had = np.flatnonzero(np.isin(near, own))
        common = near[had[had < NEAREST]]
        what = "works" if self.tokens else "items"
        why = [] if self.tokens or item not in own else ["had it before"]
        if len(common):
            nearest = min(len(near), NEAREST)
            why.append(f"had {len(common)} of the {nearest} nearest {what}: {', '.join(self.items[common[:3]])}")
        elif len(had):
            why.append(f"had {self.items[near[had[0]]]}, number {had[0] + 1} of the nearest {what}")
        elif self.settings.popular and self.popular[item]:
            why.append("popular of late")
        return "; ".join(why)

    def _shared(self, own: NDArray[np.intp], others: NDArray[np.intp]) -> str:
        common = np.intersect1d(own, others)
        what = "works" if self.tokens else "items"
        if len(common):
            named = counted(len(common), what.removesuffix("s"))
            return f"both had {named}: {', '.join(self.items[common[:3]])}"
        leads = [np.asarray(self.near[rows].sum(axis=0)).ravel() for rows in (own, others)]
        there = _best(leads[0] * leads[1], 3)
        return f"what both had lies near the same {what}: {', '.join(self.items[there])}"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one safetensors file; see `stored.save`."""
        config = {
            "accounts": self.accounts.tolist(),
            "items": self.items.tolist(),
            "tokens": self.tokens,
            "settings": asdict(self.settings),
        }
        sparse_arrays = sparse.arrays("had", self.had) | sparse.arrays("near", self.near)
        stored.save(
            path, type(self).__name__, config, sparse_arrays | {"popular": self.popular, "offered": self.offered}
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a saved model, all its arrays checked; see `stored.load`."""
        config, arrays = stored.load(path, cls.__name__)
        accounts, items = _texts(config, "accounts"), _texts(config, "items")
        if not isinstance(config.get("tokens"), bool) or not isinstance(config.get("settings"), dict):
            raise ArchivitError(f"{path}: what it says of its settings is damaged")
        try:
            settings = TasteSettings(**config["settings"])
        except TypeError:
            raise ArchivitError(f"{path}: holds settings that this version does not know") from None
        had = sparse.matrix(arrays, "had", (len(accounts), len(items)))
        near = sparse.matrix(arrays, "near", (len(items), len(items)))
        popular, offered = (stored.array(arrays, name, (len(items),), np.float64) for name in ("popular", "offered"))
        return cls(accounts, items, had, near, popular, offered, config["tokens"], settings)


def _best(score: F64, k: int) -> NDArray[np.intp]:
    """Rows of the k highest scores above 0; of equal ones the first."""
    order = np.argsort(-score, kind="stable")[:k]
    return order[score[order] > 0]


def _texts(config: dict[str, Any], name: str) -> Names:
    texts = of_kind(f"{name} in the file of the model", config.get(name), list, "a list of names")
    if not all(isinstance(one, str) for one in texts):
        raise ArchivitError(f"{name} in the file of the model must be texts; it is damaged")
    return np.array(texts, object)
