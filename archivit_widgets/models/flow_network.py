"""The network of `FlowModel`: a residual on a simple forecast, over one round of messages each way.

For an edge e from u to v, with h the chosen simple forecast and softmax over the edges of u::

    share(e)   = (1 - new(u)) softmax(log h(e) + f(e, messages of u))
    new(u)     = sigmoid(logit of the share of new edges so far + g(u))
    outflow(u) = a(u) sent(u) + b(u) received(u) + c(u) arriving(u),   arriving = sum of value over incoming edges
    value(e)   = share(e) outflow(u)

f and g end in zeros and a, b, c start at 1, 0.05 and 0.05, so before training the network says what h says. The flows
add up along edges, which makes one backward pass a good estimate of what removing an edge does (`flow_importance`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import scatter, softmax

from .flow_state import RECENT, SHARES, Snapshot

LEAST = 1e-4  # of a share: what an edge that a forecast gives nothing may still expect
REVERSED = (1, 2, 12, 10)  # features of an edge that its reverse reads: two averages, age, count
FEATURES = len(SHARES) + 6 + len(REVERSED) + 1 + 3 + 5
ACCOUNT = 6


@dataclass(frozen=True)
class Inputs:
    """A snapshot as tensors; `keep` (m,) is 1 where an edge is there, and carries the gradients of its importance.

    ``sends``, ``receives`` and ``answers`` are the three ways in which an edge speaks: to the accounts it leaves and
    reaches, and to its reverse.
    """

    source: Tensor
    target: Tensor
    reverse: Tensor
    history: Tensor
    attributes: Tensor
    recent: Tensor
    x: Tensor
    sends: Tensor
    receives: Tensor
    answers: Tensor

    @property
    def edge_index(self) -> Tensor:
        """(2, m) int64."""
        return torch.stack([self.source, self.target])


def inputs(snapshot: Snapshot, device: torch.device | None = None) -> Inputs:
    """Carry a snapshot to a device."""

    def tensor(array: object) -> Tensor:
        return torch.as_tensor(np.ascontiguousarray(array), device=device)

    one = torch.ones(len(snapshot), device=device)
    return Inputs(
        tensor(snapshot.source),
        tensor(snapshot.target),
        tensor(snapshot.reverse),
        tensor(snapshot.history),
        tensor(snapshot.attributes),
        tensor(snapshot.weight[:, 1]),
        tensor(snapshot.x),
        *(one, one, one),
    )


@dataclass(frozen=True)
class Forecast:
    """What the next period brings: ``share`` and ``value`` (m,), ``logit`` (m,), ``outflow`` and ``new`` (k,)."""

    share: Tensor
    value: Tensor
    logit: Tensor
    outflow: Tensor
    new: Tensor


class Messages(MessagePassing):  # type: ignore[misc]  # torch_geometric carries no types
    """Mean of what edges say to the accounts they reach; weights say which edges are there."""

    def __init__(self) -> None:
        super().__init__(aggr="sum")

    def forward(self, edge_index: Tensor, said: Tensor, weight: Tensor, accounts: int) -> Tensor:
        """Give (accounts, h) of what (m, h) edges say."""
        both = torch.cat([said * weight[:, None], weight[:, None]], dim=1)
        total = self.propagate(edge_index, both=both, size=(accounts, accounts))
        mean: Tensor = total[:, :-1] / total[:, -1:].clamp(min=1e-6)
        return mean

    def message(self, both: Tensor) -> Tensor:
        """Pass on what an edge says."""
        return both


class FlowNetwork(nn.Module):
    """See the module.

    Parameters
    ----------
    base
        Column of ``SHARES`` that is h.
    hidden
        Width.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, base: int, hidden: int) -> None:
        super().__init__()
        self.base = base
        self.encode = nn.Sequential(nn.Linear(FEATURES, hidden), nn.SiLU())
        self.messages = Messages()
        self.score = nn.Sequential(nn.Linear(3 * hidden, hidden), nn.SiLU(), nn.Linear(hidden, 1))
        self.account = nn.Sequential(nn.Linear(2 * hidden + ACCOUNT, hidden), nn.SiLU(), nn.Linear(hidden, 4))
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("spread", torch.ones(FEATURES))
        for last in (*self.score[-1].parameters(), *self.account[-1].parameters()):
            nn.init.zeros_(last)

    def forward(self, given: Inputs) -> Forecast:
        """Forecast the next period."""
        k = len(given.x)
        said = self.encode((self.features(given) - self.mean) / self.spread)
        index = given.edge_index
        left = self.messages(index.flip(0), said, given.sends, k)
        reached = self.messages(index, said, given.receives, k)
        around = torch.cat([left, reached], dim=1)
        logit = torch.log(given.history[:, self.base] + LEAST)
        logit = logit + self.score(torch.cat([said, around[given.source]], dim=1))[:, 0]
        new, own, through, passed = self.account(torch.cat([around, _accounts(given.x)], dim=1)).unbind(1)
        new = torch.sigmoid(torch.logit(given.x[:, 1], 1e-3) + new)
        each = softmax(logit + torch.log(given.sends.clamp(min=1e-30)), given.source, num_nodes=k)
        share = (1 - new)[given.source] * each
        sent = scatter(given.recent * given.sends, given.source, dim_size=k)
        received = scatter(given.recent * given.receives, given.target, dim_size=k)
        outflow = torch.exp(own.clamp(-5, 5)) * sent + torch.sigmoid(through - 3) * received
        value = share * outflow[given.source]
        arriving = scatter(value * given.receives, given.target, dim_size=k)
        outflow = outflow + torch.sigmoid(passed - 3) * arriving
        return Forecast(share, share * outflow[given.source], logit, outflow, new)

    def features(self, given: Inputs) -> Tensor:
        """(m, FEATURES) of edges: forecasts, attributes, the reverse edge, the source and the target."""
        history = given.history
        sent = scatter(given.recent * given.sends, given.source, dim_size=len(given.x))[given.source, None]
        history = torch.cat(
            [history[:, :4], history[:, 4:7] / (sent + LEAST), history[:, 7:]], dim=1
        )  # values into shares
        edge = torch.cat([torch.log(history + LEAST), torch.log1p(given.attributes)], dim=1)
        there = ((given.reverse >= 0) * given.answers[given.reverse])[:, None]
        back = torch.cat([edge[given.reverse][:, REVERSED] * there, there], dim=1)
        x = _accounts(given.x)
        return torch.cat([edge, back, x[given.source][:, [0, 1, 4]], x[given.target][:, [0, 1, 2, 3, 5]]], dim=1)


def _accounts(x: Tensor) -> Tensor:
    return torch.log1p(x)


assert SHARES[RECENT].endswith("half-life 4")
