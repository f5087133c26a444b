"""Fitting `FlowNetwork`: walk the past period by period, learn on its early part, choose on its late one."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm.auto import tqdm

from ...graph.columns import F64, I64
from ..evaluate.grouped import ndcg_by_group
from ..periods import Periods
from .network import FlowNetwork, Forecast, Inputs, inputs
from .state import F32, SHARES, History, Outcome, Snapshot

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

RATE, DECAY = 3e-3, 1e-3
PATIENCE = 4  # epochs without a better choice
WORTH = 0.1  # of the loss of amounts beside that of shares
WORTH_A_THREAD = 100_000  # edges of a snapshot
LEAST = 1e-3  # mean values: an outflow is never less


@dataclass(frozen=True)
class Example:
    """What was known before a period, and what happened in it."""

    given: Snapshot
    then: Outcome


def examples(
    graph: TransferGraph, periods: Periods, by: str, unit: float, until: int, wanted: set[int] | None = None
) -> Iterator[tuple[int, Example]]:
    """Walk the periods that are over at a moment; give the number of each (of those wanted) and its example."""
    history = History(graph, periods.length, by, unit)
    for number, rows in walk(graph, periods, until):
        if wanted is None or number in wanted:
            given = history.snapshot(number)
            if len(given):
                yield number, Example(given, history.outcome(given, rows))
        history.add(number, rows)


def walk(graph: TransferGraph, periods: Periods, until: int) -> Iterator[tuple[int, slice]]:
    """Give each period that has transfers and is over at a moment, and its rows of the record."""
    time = graph.record.time
    period = periods.of(time[: int(np.searchsorted(time, periods.start(periods.before(until))))])
    numbers, begins = np.unique(period, return_index=True)
    yield from zip(numbers.tolist(), map(slice, begins.tolist(), [*begins[1:].tolist(), len(period)]), strict=True)


def affordable(graph: TransferGraph, periods: Periods, after: int, until: int, rows: int) -> set[int]:
    """Choose periods within two moments, evenly, the last one included, whose known edges are at most so many rows."""
    time, edge = graph.record.time, graph.edge_of
    first = np.full(len(graph.groups), len(time))
    inside = np.flatnonzero(edge >= 0)
    np.minimum.at(first, edge[inside], inside)
    numbers = [number for number, _ in walk(graph, periods, until) if periods.start(number + 1) > after]
    begins = np.searchsorted(time, [periods.start(number) for number in numbers])
    known = np.searchsorted(np.sort(first), begins)
    for stride in range(1, len(numbers) + 1):
        if known[::-1][::stride].sum() <= rows:
            break
    return set(numbers[::-1][::stride]) if numbers else set()


@dataclass(frozen=True)
class Queries:
    """Accounts that gave something along known edges, in some periods, and all known edges of each.

    Attributes
    ----------
    group
        (q,) int64: which account and period.
    worth
        (q,) float64: what then went along each edge.
    history
        (q, len(SHARES)) float32: simple forecasts.
    rows
        Of each example, which of its edges these are.
    """

    group: I64
    worth: F64
    history: F32
    rows: tuple[I64, ...]

    def ndcg(self, scores: NDArray[Any]) -> float:
        """Mean NDCG@10; 0 where there is no query."""
        if not len(self.group):
            return 0.0
        return float(np.nanmean(ndcg_by_group(self.group, self.worth, scores, int(self.group.max()) + 1)))

    def best(self, columns: Iterable[int]) -> int:
        """Which of some simple forecasts ranks best."""
        return max(columns, key=lambda k: self.ndcg(self.history[:, k]))


def queries(parts: Sequence[Example]) -> Queries:
    """Gather what is to be ranked."""
    rows, groups, first = [], [np.zeros(0, np.int64)], 0
    for one in parts:
        given = one.given
        gave = np.bincount(given.source, one.then.worth, len(given.accounts)) > 0
        rows.append(np.flatnonzero(gave[given.source]))
        groups.append((np.cumsum(gave) - 1)[given.source[rows[-1]]] + first)
        first += int(gave.sum())
    worth = [one.then.worth[at] for one, at in zip(parts, rows, strict=True)]
    history = [one.given.history[at] for one, at in zip(parts, rows, strict=True)]
    return Queries(
        np.concatenate(groups),
        np.concatenate([np.zeros(0), *worth]),
        np.concatenate([np.zeros((0, len(SHARES)), np.float32), *history]),
        tuple(rows),
    )


def fit(
    network: FlowNetwork,
    learn: Sequence[Example],
    choose: Sequence[Example],
    epochs: int,
    draw: torch.Generator,
    device: torch.device,
    progress: bool,
) -> list[float]:
    """Fit in place, and leave the network as it was when it ranked the choosing part best; epoch 0 is the start."""
    table = [(inputs(one.given, device), targets(one, device)) for one in learn]
    network.to(device)
    features = [network.features(given) for given, _ in table]
    standardise(network, features)
    judge = Judge(network, choose, device)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    best, chosen = copy.deepcopy(network.state_dict()), [judge()]
    bar = tqdm(range(epochs), desc="FlowModel", unit="epoch", disable=not progress, leave=False)
    for _ in bar:
        for k in torch.randperm(len(table), generator=draw).tolist():
            optimiser.zero_grad()
            torch.autograd.backward(loss(network(table[k][0], features[k]), *table[k]))
            optimiser.step()
        chosen.append(judge())
        bar.set_postfix(ndcg=f"{chosen[-1]:.4f}")
        if chosen[-1] > max(chosen[:-1]):
            best = copy.deepcopy(network.state_dict())
        if len(chosen) - 1 - int(np.argmax(chosen)) >= PATIENCE:
            break
    network.load_state_dict(best)
    network.eval()
    return chosen


@contextmanager
def threads(rows: int) -> Iterator[None]:
    """Work on few rows with one thread: a second one costs more, and where cores are shared far more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1 if rows < WORTH_A_THREAD else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Judge:
    """Says how well a network ranks: its features are worked out once, and only for the edges of queries."""

    def __init__(self, network: FlowNetwork, parts: Sequence[Example], device: torch.device) -> None:
        self._network, self._asked = network, queries(parts)
        self._history = torch.as_tensor(self._asked.history, device=device)
        with torch.no_grad():
            features = [
                network.features(inputs(one.given, device))[torch.as_tensor(rows, device=device)]
                for one, rows in zip(parts, self._asked.rows, strict=True)
            ]
        self._features = torch.cat(features)

    def __call__(self) -> float:
        """NDCG@10."""
        network = self._network
        with torch.no_grad():
            return self._asked.ndcg(network.logit(self._history, network.said(self._features)).cpu().numpy())


@dataclass(frozen=True)
class Targets:
    """(m,) shares of the value along known edges, (k,) whether there was any, (k,) share of new edges, (k,) out."""

    share: Tensor
    known: Tensor
    new: Tensor
    out: Tensor


def targets(one: Example, device: torch.device) -> Targets:
    """Turn an outcome into what the network should have said."""
    k, then = len(one.given.accounts), one.then
    old = np.bincount(one.given.source, then.worth, k)
    share = then.worth / np.maximum(old, 1e-12)[one.given.source]
    new = np.divide(then.out - old, then.out, out=np.full(k, np.nan), where=then.out > 0)
    made = (torch.as_tensor(a, dtype=torch.float32, device=device) for a in (share, old > 0, new, then.out))
    return Targets(*made)


def loss(said: Forecast, given: Inputs, wanted: Targets) -> Tensor:
    """Cross-entropy of shares and of new edges, and Tweedie's deviance (power 1.5) of what each account gives."""
    old = (1 - said.new).clamp(min=1e-6)[given.source]
    entropy = -(wanted.share * torch.log((said.share / old).clamp(min=1e-12))).sum() / wanted.known.sum().clamp(min=1)
    gave = ~torch.isnan(wanted.new)
    new = torch.nn.functional.binary_cross_entropy(said.new[gave], wanted.new[gave]) if gave.any() else entropy * 0
    out = said.outflow.clamp(min=LEAST)
    amount = (2 * wanted.out / out.sqrt() + 2 * out.sqrt()).mean()
    total: Tensor = entropy + new + WORTH * amount
    return total


def standardise(network: FlowNetwork, features: Sequence[Tensor]) -> None:
    """Note mean and spread of the features in the learning part: of 16 periods of it."""
    table = torch.cat([*features[:: max(len(features) // 16, 1)]])
    network.mean.copy_(table.mean(0))
    network.spread.copy_(table.std(0, correction=0).clamp(min=1e-2))
