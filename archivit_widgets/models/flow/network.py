"""The network of `FlowModel`: a residual on a simple forecast, and two rounds of messages that carry value.

For an edge e from u to v, h(e) the chosen simple forecast and f a small network of the edge's own features::

    share(e)   = (1 - new(u)) softmax(log h(e) + f(e)), over the edges of u
    new(u)     = sigmoid(logit of u's share of new edges so far + g(u))
    sent(u)    = sum of a(e) recent(e) over the edges that leave u
    got(u)     = sum of b(e) recent(e) over the edges that reach u
    passed(u)  = sum of c(e) share(e) (sent + got)(source of e) over the edges that reach u
    value(e)   = share(e) (sent + got + passed)(u)

f and g end in zeros and the gates a, b, c start at 1, 0.05 and 0.05, so before training the network says what h says.
Messages are sums, gates are the edge's own: what an edge brings to an account can be taken away again, which makes one
backward pass a close estimate of its removal (`importance`). Means over neighbours in f gained nothing on the
choosing part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.utils import softmax

from .state import HALF_LIVES, KEPT, SHARES, Snapshot

LEAST = 1e-4  # of a share: what an edge that a forecast gives nothing may still expect
REVERSED = (1, 2, len(SHARES) + 2, len(SHARES))  # features of an edge that its reverse reads: two averages, age, count
FEATURES = len(SHARES) + 6 + len(REVERSED) + 1 + 3 + 5
ACCOUNT = 6
MOST_HIDDEN = 40  # so that parameters are less than 10,000
START = -3.0  # of the gates b and c before sigmoid: 0.05
VALUES, MOVING = len(KEPT), len(KEPT) + len(HALF_LIVES)  # columns of history between which are values, not shares


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
    """What the next period brings.

    Of edges, (m,): ``share``, ``value`` and ``logit``; ``sent`` and ``got``, what of the outflows of its source and its
    target is owed to the edge's own past; ``carried``, what of its target's is owed to what it is to bring. Of
    accounts, (k,): ``outflow`` and ``new``, the share of new edges.
    """

    share: Tensor
    value: Tensor
    logit: Tensor
    sent: Tensor
    got: Tensor
    carried: Tensor
    outflow: Tensor
    new: Tensor


class Messages(MessagePassing):  # type: ignore[misc]  # torch_geometric carries no types
    """Sums what edges carry in the accounts that they reach."""

    def __init__(self) -> None:
        super().__init__(aggr="sum")

    def forward(self, edge_index: Tensor, carried: Tensor, accounts: int) -> Tensor:
        """Give (accounts,) of what (m,) edges carry."""
        sums: Tensor = self.propagate(edge_index, carried=carried[:, None], size=(accounts, accounts))
        return sums[:, 0]

    def message(self, carried: Tensor) -> Tensor:
        """Pass on what an edge carries."""
        return carried


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
        self.base, self.hidden = base, hidden
        self.encode = nn.Sequential(nn.Linear(FEATURES, hidden), nn.SiLU())
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 1))
        self.gates = nn.Linear(hidden, 3)
        self.account = nn.Sequential(nn.Linear(ACCOUNT, hidden), nn.SiLU(), nn.Linear(hidden, 1))
        self.messages = Messages()
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("spread", torch.ones(FEATURES))
        for last in (self.score[-1], self.account[-1], self.gates):
            for one in last.parameters():
                nn.init.zeros_(one)

    def forward(self, given: Inputs, features: Tensor | None = None) -> Forecast:
        """Forecast the next period; ``features`` may have been worked out before."""
        k, index = len(given.x), given.edge_index
        said = self.said(self.features(given) if features is None else features)
        logit = self.logit(given.history, said)
        new = torch.sigmoid(torch.logit(given.x[:, 1], 1e-3) + self.account(_accounts(given.x))[:, 0])
        there = logit + torch.log(given.sends.clamp(min=1e-30))
        share = (1 - new)[given.source] * softmax(there, given.source, num_nodes=k)
        leaving, brought, onward = self.gates(said).unbind(1)
        sent = torch.exp(leaving.clamp(-5, 5)) * given.recent * given.sends
        got = torch.sigmoid(brought + START) * given.recent * given.receives
        outflow = self.messages(index.flip(0), sent, k) + self.messages(index, got, k)
        value = share * outflow[given.source]
        carried = torch.sigmoid(onward + START) * value * given.receives
        outflow = outflow + self.messages(index, carried, k)
        return Forecast(share, share * outflow[given.source], logit, sent, got, carried, outflow, new)

    def said(self, features: Tensor) -> Tensor:
        """(m, hidden) of (m, FEATURES)."""
        said: Tensor = self.encode((features - self.mean) / self.spread)
        return said

    def logit(self, history: Tensor, said: Tensor) -> Tensor:
        """(m,) of edges: how they rank at their sources."""
        logit: Tensor = torch.log(history[:, self.base] + LEAST) + self.score(said)[:, 0]
        return logit

    def features(self, given: Inputs) -> Tensor:
        """(m, FEATURES) of edges: forecasts, attributes, the reverse edge, the source and the target."""
        history, out = given.history, given.x[given.source, 2, None] + LEAST
        history = torch.cat([history[:, :VALUES], history[:, VALUES:MOVING] / out, history[:, MOVING:]], dim=1)
        edge = torch.cat([torch.log(history + LEAST), torch.log1p(given.attributes)], dim=1)
        there = ((given.reverse >= 0) * given.answers[given.reverse])[:, None]
        back = torch.cat([edge[given.reverse][:, REVERSED] * there, there], dim=1)
        x = _accounts(given.x)
        return torch.cat([edge, back, x[given.source][:, [0, 1, 4]], x[given.target][:, [0, 1, 2, 3, 5]]], dim=1)


def _accounts(x: Tensor) -> Tensor:
    return torch.log1p(x)
