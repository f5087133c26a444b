"""Edges not known yet: to whom an account may give for the first time, as a residual on popularity.

Candidates of an account are the accounts that received most of late, those that received the tokens which pass through
its hands (where tokens are works, each held by one, those are few; where they are contracts, many), and those that gave
to it. A small network orders them; like all else it reads only transfers strictly before the period.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from torch import Tensor, nn
from torch_geometric.utils import softmax

from ...graph.columns import F64, I64
from ..evaluate.grouped import ndcg_among_all
from ..periods import Periods
from .state import F32, HALF_LIVES, Outcome, Snapshot

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

MOST = 50  # candidates of each sort
ASKED = 400  # accounts of a period that are learned from
MEMORY = 32  # periods that tokens are remembered: eight half-lives
HIDDEN = 16
FEATURES = len(HALF_LIVES) + 6
LEAST = 1e-5
RATE, PATIENCE = 5e-3, 3
LATE = 1  # of HALF_LIVES: what popularity means


@dataclass(frozen=True)
class Candidates:
    """Accounts that some accounts of a snapshot may give to for the first time.

    Attributes
    ----------
    source
        (r,) int64 places in the snapshot's accounts, ascending.
    target
        (r,) int64 rows of ``graph.accounts``.
    popularity
        (r,) float32: share of all that was received of late.
    features
        (r, FEATURES) float32.
    same_tokens
        (r,) float32: share of those who received what passes through the source's hands; 0 for the others.
    """

    source: I64
    target: I64
    popularity: F32
    features: F32
    same_tokens: F32


def candidates(graph: TransferGraph, periods: Periods, given: Snapshot, asked: I64) -> Candidates:
    """Find candidates of the accounts at some places of a snapshot."""
    n = graph.record.accounts
    received = popular(graph, periods, given.time)
    top = np.argsort(-received[LATE], kind="stable")[:MOST]
    top = top[received[LATE][top] > 0]
    alike = _by_token(graph, periods, given, asked)
    gave = np.isin(given.target, asked)
    back_source, back_target = given.target[gave], given.accounts[given.source[gave]]
    keys = np.concatenate(
        [
            np.repeat(asked, len(top)) * n + np.tile(top, len(asked)),
            alike[0],
            back_source * n + back_target,
        ]
    )
    key = np.unique(keys)
    own = given.accounts[key // n] == key % n
    key = key[~own & ~_among(key, given.source * n + given.accounts[given.target])]
    source, target = key // n, key % n
    token = _looked_up(key, *alike)
    order = np.argsort(back := back_source * n + back_target, kind="stable")
    weight = _looked_up(key, back[order], given.weight[gave, LATE][order].astype(np.float64))
    age = _looked_up(key, back[order], 1 / (1 + given.attributes[gave, 2][order].astype(np.float64)))
    about = [*np.log(received[:, target] + LEAST), np.log(token + LEAST), np.log1p(weight), age > 0, age]
    x = np.log1p(given.x[source][:, [1, 4]]).T
    features = np.array([*about, *x], np.float32).T
    return Candidates(source, target, received[LATE][target].astype(np.float32), features, token.astype(np.float32))


class NewNetwork(nn.Module):
    """Orders candidates: the logarithm of popularity, and what a small network adds, which is nothing at first."""

    mean: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, 1))
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("spread", torch.ones(FEATURES))
        self.inside = nn.Linear(2, 1)  # of the account's own features: whether a candidate it will be
        for last in (*self.score[-1].parameters(), *self.inside.parameters()):
            nn.init.zeros_(last)

    def forward(self, found: Candidates) -> tuple[Tensor, Tensor]:
        """(r,) share of each candidate in what its source gives along new edges to any, and (r,) share of any."""
        x = (torch.as_tensor(found.features) - self.mean) / self.spread
        logit = torch.log(torch.as_tensor(found.popularity) + LEAST) + self.score(x)[:, 0]
        return softmax(logit, torch.as_tensor(found.source)), torch.sigmoid(self.inside(x[:, -2:])[:, 0])

    def share(self, found: Candidates) -> F64:
        """(r,) share of each candidate in all that its source gives along new edges."""
        with torch.no_grad():
            among, inside = self(found)
        share: F64 = (among * inside).numpy().astype(np.float64)
        return share


@dataclass(frozen=True)
class NewExample:
    """Candidates, what each was then worth (r,), and what others were: places of sources and worths."""

    found: Candidates
    worth: F64
    missed: tuple[I64, F64]
    accounts: int


def example(graph: TransferGraph, periods: Periods, given: Snapshot, then: Outcome, most: int = ASKED) -> NewExample:
    """Find candidates of the accounts that gave along new edges, of at most so many spread evenly."""
    known = np.bincount(given.source, minlength=len(given.accounts)) > 0
    asked = np.unique(then.new[0][then.new[2] > 0])
    asked = asked[known[asked]]
    asked = asked[:: max(-(-len(asked) // most), 1)]
    found = candidates(graph, periods, given, asked)
    source, target, worth = then.new
    inside = np.isin(source, asked)
    along, missed = matched(found, graph.record.accounts, source[inside], target[inside], worth[inside])
    return NewExample(found, along, missed, len(given.accounts))


def matched(found: Candidates, n: int, source: I64, target: I64, worth: F64) -> tuple[F64, tuple[I64, F64]]:
    """Give (r,) what each candidate was worth, and sources and worths of those that were none."""
    key, wanted = found.source * n + found.target, source * n + target
    order = np.argsort(wanted)
    hit = _among(wanted, key)
    return _looked_up(key, wanted[order], worth[order]), (source[~hit], worth[~hit])


def fit(
    network: NewNetwork,
    learn: Sequence[NewExample],
    choose: Sequence[NewExample],
    accounts: int,
    epochs: int,
    draw: torch.Generator,
) -> None:
    """Fit in place; what ranks best in the choosing part stays, the start included."""
    learn = [one for one in learn if one.worth.any()]
    if not learn:
        return
    table = torch.cat([torch.as_tensor(one.found.features) for one in learn[:: max(len(learn) // 16, 1)]])
    network.mean.copy_(table.mean(0))
    network.spread.copy_(table.std(0, correction=0).clamp(min=1e-2))
    wanted = [[torch.as_tensor(a, dtype=torch.float32) for a in _shares(one)] for one in learn]
    optimiser = torch.optim.AdamW(network.parameters(), RATE)
    best, chosen = copy.deepcopy(network.state_dict()), [score(network, choose, accounts)]
    for _ in range(epochs):
        for k in torch.randperm(len(learn), generator=draw).tolist():
            optimiser.zero_grad()
            torch.autograd.backward(loss(*network(learn[k].found), *wanted[k]))
            optimiser.step()
        chosen.append(score(network, choose, accounts))
        if chosen[-1] > max(chosen[:-1]):
            best = copy.deepcopy(network.state_dict())
        if len(chosen) - 1 - int(np.argmax(chosen)) >= PATIENCE:
            break
    network.load_state_dict(best)


def score(network: NewNetwork, parts: Sequence[NewExample], accounts: int) -> float:
    """Mean NDCG@10 of new edges among all accounts."""
    each = [
        ndcg_among_all(one.found.source, one.worth, network.share(one.found), *one.missed, one.accounts, accounts)
        for one in parts
    ]
    together = np.concatenate([np.zeros(0), *each])
    return float(np.nanmean(together)) if np.isfinite(together).any() else 0.0


def loss(among: Tensor, inside: Tensor, share: Tensor, covered: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of the candidates, and of whether it was a candidate at all."""
    entropy = -(share * torch.log(among + 1e-9)).sum() / share.sum()
    total: Tensor = entropy + torch.nn.functional.binary_cross_entropy(inside, covered, weight, reduction="sum")
    return total


def _shares(one: NewExample) -> tuple[F64, F64, F64]:
    """(r,) what each candidate was of its source's candidates, what they were of all, and one share of 1 a source."""
    source, k = one.found.source, one.accounts
    total = np.bincount(source, one.worth, k)
    every = total + np.bincount(one.missed[0], one.missed[1], k)
    rows = np.bincount(source, minlength=k)
    share: F64 = np.divide(one.worth, total[source], out=np.zeros(len(source)), where=total[source] > 0)
    covered: F64 = np.divide(total, every, out=np.zeros(k), where=every > 0)[source]
    return share, covered, np.reciprocal(rows[source] * float(np.count_nonzero(rows)))


def popular(graph: TransferGraph, periods: Periods, time: int) -> NDArray[np.float64]:
    """(half-lives, n) share of what was received before a moment, decayed."""
    before = slice(0, int(np.searchsorted(graph.record.time, time)))
    inside = graph.edge_of[before] >= 0
    target = graph.record.target[before][inside]
    age = periods.before(time) - 1 - periods.of(graph.record.time[before][inside])
    sums = np.array([np.bincount(target, np.exp2(-age / half), graph.record.accounts) for half in HALF_LIVES])
    shares: NDArray[np.float64] = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-300)
    return shares


def _by_token(graph: TransferGraph, periods: Periods, given: Snapshot, asked: I64) -> tuple[I64, F64]:
    """Keys (source x n + target), ascending, of who received most of the tokens of each source, and which share."""
    record, n = graph.record, graph.record.accounts
    begin, end = np.searchsorted(record.time, [given.time - MEMORY * periods.length, given.time]).tolist()
    rows = begin + np.flatnonzero((graph.edge_of[begin:end] >= 0) & (record.token[begin:end] >= 0))
    if not len(rows) or not len(asked):
        return np.zeros(0, np.int64), np.zeros(0)
    age = periods.before(given.time) - 1 - periods.of(record.time[rows])
    decayed, token, shape = np.exp2(-age / HALF_LIVES[LATE]), record.token[rows], (n, record.tokens)
    received = sparse.csr_array((decayed, (record.target[rows], token)), shape=shape)
    held = (received + sparse.csr_array((decayed, (record.source[rows], token)), shape=shape))[given.accounts[asked]]
    keys, shares = [], []
    for first in range(0, len(asked), 256):
        both = (held[first : first + 256] @ received.T).tocoo()
        order = np.lexsort((both.col, -both.data, both.row))
        row = both.row[order]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        kept = order[place < MOST]
        total = np.bincount(both.row, both.data, 256)
        keys.append(asked[first + both.row[kept]] * n + both.col[kept])
        shares.append(both.data[kept] / total[both.row[kept]])
    key, share = np.concatenate(keys), np.concatenate(shares)
    order = np.argsort(key, kind="stable")
    return key[order], share[order]


def _among(key: I64, ascending: I64) -> NDArray[np.bool_]:
    """Which keys are among ascending ones."""
    if not len(ascending):
        return np.zeros(len(key), bool)
    found: NDArray[np.bool_] = ascending[np.minimum(np.searchsorted(ascending, key), len(ascending) - 1)] == key
    return found


def _looked_up(key: I64, ascending: I64, values: Any) -> F64:
    """Values of keys, 0 where there is none; ascending keys are unique."""
    found = np.zeros(len(key))
    hit = _among(key, ascending)
    found[hit] = values[np.searchsorted(ascending, key[hit])]
    return found
