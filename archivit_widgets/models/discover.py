"""What to look at next: works that are alike, liked by the same people, and not yet known to everybody.

    found = discover(graph, embeddings, account="0x...", k=10)
    found = discover(graph, clip, text="shark head")        # a Clip whose gallery is in the order of graph.tokens
    widget.selection = found["arteries"][0]                 # the edges along which the first one came

Three numbers from 0 to 1, weighed and added:

- likeness: CSLS (see `similar`) of the work and the nearest of the seeds: what the account bought, the token, the text;
  0 is the median of what is offered, 1 the best;
- taste: a linear graph filter on who bought what (Shen et al. 2021, GF-CF; Park et al. 2024, Turbo-CF), which needs no
  fitting: works bought by those who bought other seeds, as the share of works it is above;
- novelty: how rarely the work has changed hands, likewise.

The list is made diverse by maximal marginal relevance (Carbonell and Goldstein 1998). With ``at`` only transfers
strictly before that moment count.

Model card
----------
A way to look through a record, not a forecast of who will buy what (`taste` and `links` are measured for that), and no
advice to buy. Weights are a reader's choice, not fitted. Prices are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from ..arguments import counted, number, of_kind, short, whole
from ..errors import ArchivitError
from ..graph.columns import check_graph
from ..graph.rows import as_array
from .clip import Clip
from .embeddings import table_of
from .likeness.trades import Rows, Trades
from .names import named_row
from .similar import unit

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
WEIGHTS = (0.5, 0.3, 0.2)
FITTING = 10  # works that stand for a text where tastes are asked
POOL = 20  # candidates for each one wanted, among which diversity chooses
SAMPLE, AROUND, AT_ONCE = 2_000, 10, 1_024  # works that stand for all where hubs are found, and nearest of them


@dataclass(frozen=True)
class Seeds:
    """Where a search starts.

    Attributes
    ----------
    works
        Rows of the tokens that stand for it, in taste.
    vectors
        What a work should be like, a unit row each: one for each of the works, or that of a text.
    looks
        Says, for each of the vectors, what a work is like or not.
    words
        How to say that it is like them, and how that it is not.
    likers
        Says who else bought a work, after a number of accounts.
    known
        Rows of tokens that are not offered.
    who
        Row of the account that asked, if one did.
    """

    works: Rows
    vectors: F32
    looks: Sequence[str]
    words: tuple[str, str]
    likers: str
    known: Rows
    who: int | None

    @property
    def by_work(self) -> bool:
        """Whether there is a vector for each of the works; else there is one, that of a text."""
        return len(self.looks) == len(self.works)


def discover(
    graph: TransferGraph,
    embeddings: Any,
    *,
    account: Any = None,
    token: Any = None,
    text: str | None = None,
    k: int = 10,
    at: Any = None,
    weights: tuple[float, float, float] = WEIGHTS,
    diversity: float = 0.3,
) -> pd.DataFrame:
    """Find works for an account, like a token, or fitting a text.

    Parameters
    ----------
    graph
        The record.
    embeddings
        (tokens, dims) numbers in the order of ``graph.tokens``, rows of NaN for works without; or a `Clip` whose
        gallery is in that order, which a text needs.
    account, token, text
        One of the three: a name or a row of an account or a token, or words.
    k
        How many at most.
    at
        A moment: only transfers strictly before it count. None: all.
    weights
        Of likeness, taste and novelty.
    diversity
        From 0, the best as they are, to 1, as different from one another as can be: each row is the best of those left
        of (1 - diversity) score - diversity x cosine with the nearest row above it.

    Returns
    -------
    DataFrame
        ``token``, ``row`` of ``graph.tokens``, ``score``, ``likeness``, ``taste`` and ``novelty`` (0 to 1 each),
        ``reason`` in words, ``arteries`` (rows of ``graph.edges`` along which the work passed, and the work of the
        account that it is like). In the order of choice: the first has the best ``score``, below it scores fall only
        where ``diversity`` is 0.

    Raises
    ------
    ArchivitError
        None or several of the three are given, a name is not there, or embeddings do not fit the tokens.
    """
    check_graph(graph)
    k, diversity = whole("k", k, 1), number("diversity", diversity, 0, 1)
    given = as_array(weights)
    if given.shape != (3,) or not sum(shares := [number("a weight", one, 0) for one in given.tolist()]):
        raise ArchivitError("weights must be three numbers, of likeness, taste and novelty, not all 0")
    trades = Trades.of(graph, at)
    there, vectors = _embedded(graph, trades, embeddings)
    seeds = _seeds(graph, trades, there, vectors, embeddings, account, token, text)
    offered = np.setdiff1d(np.intersect1d(there, np.unique(trades.token)), seeds.known)
    if not len(offered):
        raise ArchivitError("there is nothing to offer: no other token that changed hands has an embedding")
    place = np.searchsorted(there, offered)
    like, nearest, cosine = _likeness(vectors, place, seeds, there)
    liked = trades.filtered(seeds.works)[offered]
    rare = -np.bincount(trades.token, minlength=graph.record.tokens)[offered]
    parts = np.stack([_near(like), np.where(liked > 0, _above(liked), 0), _above(rare)])
    score = np.array(shares) @ parts / sum(shares)
    chosen = _diverse(score, vectors[place], k, diversity)
    names = graph.identity.tokens["token"].to_numpy()
    told = [_reason(seeds, trades, int(offered[one]), int(nearest[one]), float(cosine[one])) for one in chosen]
    carried = [_arteries(graph, trades, seeds, int(offered[one]), int(nearest[one])) for one in chosen]
    columns = {"token": names[offered[chosen]], "row": offered[chosen], "score": score[chosen]}
    named = dict(zip(("likeness", "taste", "novelty"), parts[:, chosen], strict=True))
    return pd.DataFrame({**columns, **named, "reason": told, "arteries": carried})


def _embedded(graph: TransferGraph, trades: Trades, embeddings: Any) -> tuple[Rows, F32]:
    """Rows of the tokens that had appeared and have an embedding, and these as unit rows."""
    table = table_of(embeddings.gallery if isinstance(embeddings, Clip) else embeddings)
    tokens = graph.record.tokens
    if table.ndim != 2 or len(table) != tokens or table.dtype.kind not in "fiu":
        expected = f"numbers of ({tokens:,} tokens, dims), in the order of graph.tokens"
        raise ArchivitError(f"embeddings must be {expected}; found {table.shape}")
    seen = graph.record.token[: trades.stop]
    seen = np.unique(seen[seen >= 0])
    there = seen[np.isfinite(table[seen]).all(axis=1) & (table[seen] != 0).any(axis=1)].astype(np.intp)
    if len(there) < 2:
        raise ArchivitError(f"found embeddings of {counted(len(there), 'token')}; expected 2 or more")
    return there, unit(table[there])


def _seeds(
    graph: TransferGraph, trades: Trades, there: Rows, vectors: F32, model: Any, account: Any, token: Any, text: Any
) -> Seeds:
    """Read what was asked for."""
    if sum(one is not None for one in (account, token, text)) != 1:
        raise ArchivitError("pass one of account, token or text")
    names = graph.identity.tokens["token"]
    if text is not None:
        return _fitting(there, vectors, model, of_kind("text", text, str, "words"))
    if token is not None:
        known = works = np.array([named_row(token, pd.Index(names), "token")], np.intp)
        who, looks, likers = None, "{}", f"of those who bought {short(names[works[0]])}"
    else:
        who = named_row(account, pd.Index(graph.identity.accounts["account"]), "account")
        works = np.unique(trades.token[trades.target == who]).astype(np.intp)
        looks, likers = "{}, bought before", "of those who bought the same works"
        record = graph.record
        known = np.unique(record.token[: trades.stop][record.target[: trades.stop] == who]).astype(np.intp)
    seen = np.intersect1d(works, there)
    if not len(seen):
        if who is None:
            raise ArchivitError("the token has no embedding: nothing can be said to be like it")
        made = "; what it minted is no sign of taste, pass one of those as token" if len(known) else ""
        raise ArchivitError(f"the account has bought no work that has an embedding{made}")
    return Seeds(
        seen,
        vectors[np.searchsorted(there, seen)],
        [looks.format(short(one)) for one in names[seen]],
        ("looks like", "unlike"),
        likers,
        known,
        who,
    )


def _fitting(there: Rows, vectors: F32, model: Any, text: str) -> Seeds:
    if not isinstance(model, Clip):
        raise ArchivitError("a text needs a Clip as embeddings, whose gallery is in the order of graph.tokens")
    wanted = model.asked(text)
    fitting = np.sort(there[np.argsort(-(vectors @ wanted[0]), kind="stable")[:FITTING]])
    likers = "of those who bought what else fits it best"
    return Seeds(fitting, wanted, [short(repr(text))], ("fits", "does not fit"), likers, np.empty(0, np.intp), None)


def _likeness(vectors: F32, place: Rows, seeds: Seeds, there: Rows) -> tuple[F32, Rows, F32]:
    """CSLS of some works and the nearest seed, which seed that is, and the cosine with it, (m,) each."""
    density = _density(vectors)
    own = density[np.searchsorted(there, seeds.works)] if seeds.by_work else np.zeros(1, np.float32)
    cosine = vectors[place] @ seeds.vectors.T
    score = 2 * cosine - own - density[place][:, None]
    nearest = score.argmax(axis=1)
    row = np.arange(len(place))
    return score[row, nearest], nearest, cosine[row, nearest]


def _density(vectors: F32) -> F32:
    """Mean cosine of each work with the nearest of some: r of CSLS, from a sample where there are many."""
    some = np.sort(np.random.default_rng(0).permutation(len(vectors))[:SAMPLE])
    around = min(AROUND, len(some) - 1)
    mean = np.empty(len(vectors), np.float32)
    for begin in range(0, len(vectors), AT_ONCE):
        cosine = vectors[begin : begin + AT_ONCE] @ vectors[some].T
        cosine[np.arange(begin, begin + len(cosine))[:, None] == some] = -1  # itself
        mean[begin : begin + len(cosine)] = np.partition(cosine, -around, axis=1)[:, -around:].mean(axis=1)
    return mean


def _near(likeness: F32) -> F64:
    """Likeness from 0, what half of the works reach, to 1, the best: ranks would make much of what is hardly alike."""
    middle, best = float(np.median(likeness)), float(likeness.max())
    scaled: F64 = np.clip((likeness.astype(np.float64) - middle) / max(best - middle, 1e-9), 0, 1)
    return scaled


def _above(values: NDArray[Any]) -> F64:
    """Share of the others that each value is above, ties half, 0 to 1."""
    share: F64 = (rankdata(values) - 1) / max(1, len(values) - 1)
    return share


def _diverse(score: F64, vectors: F32, k: int, diversity: float) -> Rows:
    """Choose one after the other the best that is unlike those chosen already (maximal marginal relevance)."""
    pool = np.argsort(-score, kind="stable")[: POOL * k]
    near = np.zeros(len(pool))
    left = np.ones(len(pool), bool)
    chosen: list[int] = []
    for _ in range(min(k, len(pool))):
        worth = np.where(left, (1 - diversity) * score[pool] - diversity * near, -np.inf)
        best = int(worth.argmax())
        left[best] = False
        chosen.append(best)
        near = np.maximum(near, vectors[pool] @ vectors[pool[best]])
    return pool[chosen]


def _reason(seeds: Seeds, trades: Trades, work: int, nearest: int, cosine: float) -> str:
    """Say in words why a work is offered."""
    shared = len(np.intersect1d(trades.buyers(seeds.works[seeds.works != work]), trades.buyers(work)))
    moved = int((trades.token == work).sum())
    liked = f"bought by {shared:,} {seeds.likers}" if shared else "bought by none " + seeds.likers
    often = "once" if moved == 1 else "twice" if moved == 2 else f"{moved:,} times"
    written = round(cosine, 2) + 0.0  # not -0.0
    like = seeds.words[0 if written > 0 else 1]
    return f"{like} {seeds.looks[nearest]} (cosine {written:.2f}); {liked}; changed hands {often}"


def _arteries(graph: TransferGraph, trades: Trades, seeds: Seeds, work: int, nearest: int) -> list[int]:
    """Edges along which a work passed, and those along which the seed that it is like came to who bought both."""
    own = trades.token == work
    if seeds.by_work:
        takers = trades.buyers(work) if seeds.who is None else [seeds.who]
        own |= (trades.token == seeds.works[nearest]) & np.isin(trades.target, takers)
    return [int(edge) for edge in np.unique(graph.edge_of[trades.row[own]])]
