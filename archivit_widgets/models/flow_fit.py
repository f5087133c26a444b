"""Fitting `FlowNetwork`: walk the past period by period, learn on its early part, choose on its late one."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm.auto import tqdm

from .evaluate.grouped import ndcg_by_group
from .flow_network import FlowNetwork, Inputs, inputs
from .flow_state import SHARES, History, Outcome, Snapshot
from .periods import Periods

if TYPE_CHECKING:
    from ..graph.transfers import TransferGraph

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


def mean_ndcg(parts: Sequence[Example], scores: Sequence[NDArray[Any]]) -> float:
    """Mean over accounts and periods, along known edges; 0 where nothing flowed along any."""
    each = [
        ndcg_by_group(one.given.source, one.then.worth, said, len(one.given.accounts))
        for one, said in zip(parts, scores, strict=True)
    ]
    together = np.concatenate([np.empty(0), *each])
    return float(np.nanmean(together)) if np.isfinite(together).any() else 0.0


def best_history(parts: Sequence[Example]) -> int:
    """Choose the simple forecast that ranks best: what the network starts at."""
    return int(np.argmax([mean_ndcg(parts, [one.given.history[:, k] for one in parts]) for k in range(len(SHARES))]))


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
    standardise(network, learn)
    network.to(device)
    table = [(inputs(one.given, device), targets(one, device)) for one in learn]
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    best, chosen = copy.deepcopy(network.state_dict()), [score(network, choose, device)]
    bar = tqdm(range(epochs), desc="FlowModel", unit="epoch", disable=not progress, leave=False)
    for _ in bar:
        network.train()
        for k in torch.randperm(len(table), generator=draw).tolist():
            optimiser.zero_grad()
            torch.autograd.backward(loss(network, *table[k]))
            optimiser.step()
        chosen.append(score(network, choose, device))
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


def score(network: FlowNetwork, parts: Sequence[Example], device: torch.device) -> float:
    """NDCG@10 of a network's shares."""
    network.eval()
    with torch.no_grad():
        return mean_ndcg(parts, [network(inputs(one.given, device)).logit.cpu().numpy() for one in parts])


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


def loss(network: FlowNetwork, given: Inputs, wanted: Targets) -> Tensor:
    """Cross-entropy of shares and of new edges, and Tweedie's deviance (power 1.5) of what each account gives."""
    said = network(given)
    old = (1 - said.new).clamp(min=1e-6)[given.source]
    entropy = -(wanted.share * torch.log((said.share / old).clamp(min=1e-12))).sum() / wanted.known.sum().clamp(min=1)
    gave = ~torch.isnan(wanted.new)
    new = torch.nn.functional.binary_cross_entropy(said.new[gave], wanted.new[gave]) if gave.any() else entropy * 0
    out = said.outflow.clamp(min=LEAST)
    amount = (2 * wanted.out / out.sqrt() + 2 * out.sqrt()).mean()
    total: Tensor = entropy + new + WORTH * amount
    return total


def standardise(network: FlowNetwork, learn: Sequence[Example]) -> None:
    """Note mean and spread of the features in the learning part."""
    with torch.no_grad():
        table = torch.cat([network.features(inputs(one.given)) for one in learn[:: max(len(learn) // 16, 1)]])
    network.mean.copy_(table.mean(0))
    network.spread.copy_(table.std(0).clamp(min=1e-2))
