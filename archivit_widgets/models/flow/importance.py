"""Importance of an edge: what no longer arrives downstream when it is removed from the input.

For an edge e from u to v, D(v) are the accounts that v reaches in at most two hops, v itself included::

    importance(e) = sum of value(f) over edges f other than e that arrive in D(v)
                    - the same, forecast without e

``value(f)`` is the predicted share times the predicted outflow of its source. Removal takes the edge's row and all its
messages away; what is known of the accounts themselves stays, as node features do in PyG's explanations. `removal`
forecasts once for each edge: the oracle. `estimate` forecasts once for all, and takes one backward pass:

- What e brings to v, and says to its reverse, changes only edges that arrive in D(v): v's own and, through what arrives
  there, those of the accounts after v. The derivative of all value by e's messages is the drop to first order; outflows
  are sums over incoming edges, so first order is nearly all there is. What comes back along e itself is taken off.
- What e takes from u's other edges is known in closed form: without e all their values grow by the same factor
  ``(1 - sent(e) / outflow(u)) / (1 - softmax(e))``; what of them, and of what their targets pass on, arrives in D(v)
  counts.

That the estimate ranks as removal does is owed to the network's form: a network that squashes what it sums would need
more than one pass.
"""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from ...graph.columns import F64, I64
from .network import Forecast, Inputs, inputs

if TYPE_CHECKING:
    from .network import FlowNetwork
    from .state import Snapshot

CHUNK = 4_096
ROUNDING = 1e-12


def removal(network: FlowNetwork, given: Snapshot, edges: I64 | None = None) -> F64:
    """Forecast once more without each edge.

    Parameters
    ----------
    edges
        Places in the snapshot; None: all.

    Returns
    -------
    (len(edges),) float64, in mean values
    """
    chosen = np.arange(len(given)) if edges is None else edges
    (network, whole), reach = _exactly(network, given), downstream(given)
    with torch.no_grad():
        before = network(whole).value.numpy()
        drops = np.zeros(len(chosen))
        for place, edge in enumerate(chosen.tolist()):
            after = network(without(whole, edge)).value.numpy()
            lost = np.delete(before, edge) - after
            there = reach[[given.target[edge]]].toarray()[0]
            drops[place] = lost[there[np.delete(given.target, edge)]].sum()
    return _rounded(drops, before)


def estimate(network: FlowNetwork, given: Snapshot) -> F64:
    """Estimate `removal` of all edges by one forecast and one backward pass.

    Returns
    -------
    (m,) float64, in mean values
    """
    network, whole = _exactly(network, given)
    receives, answers = (torch.ones(len(given), dtype=torch.float64, requires_grad=True) for _ in range(2))
    said = network(replace(whole, receives=receives, answers=answers))
    brought: tuple[Tensor, ...] = torch.autograd.grad(said.value.sum(), (receives, answers), allow_unused=True)
    drop = sum(np.zeros(len(given)) if one is None else one.numpy() for one in brought)
    source = whole.source
    outflow, each = said.outflow[source], said.share / (1 - said.new)[source]
    left = (1 - said.sent / outflow.clamp(min=1e-12)).clamp(min=0)
    grown = (left / (1 - each).clamp(min=1e-6)).detach().numpy()
    value = said.value.detach().numpy()
    return _rounded(drop - returned(given, said) + (1 - grown) * beside(given, said), value)


def _rounded(drops: F64, value: F64) -> F64:
    """Call nothing what is nothing but the rounding of sums."""
    nothing: F64 = np.where(np.abs(drops) < ROUNDING * value.sum(), 0.0, drops)
    return nothing


def without(given: Inputs, edge: int) -> Inputs:
    """Take one row away."""
    keep = torch.ones(len(given.source), dtype=torch.bool)
    keep[edge] = False
    rows = {one.name: getattr(given, one.name)[keep] for one in fields(given) if one.name != "x"}
    back = rows["reverse"]
    rows["reverse"] = torch.where(back == edge, -1, back - (back > edge).long())
    return replace(given, **rows)


def _exactly(network: FlowNetwork, given: Snapshot) -> tuple[FlowNetwork, Inputs]:
    """In double precision: differences of large sums are what is asked for."""
    single = inputs(given)
    doubled = {one.name: getattr(single, one.name) for one in fields(single)}
    doubled = {name: one.double() if one.is_floating_point() else one for name, one in doubled.items()}
    return copy.deepcopy(network).cpu().double(), Inputs(**doubled)


def downstream(given: Snapshot) -> Any:
    """(k, k) boolean: which accounts each one reaches in at most two hops, itself included; sparse rows."""
    k = len(given.accounts)
    one = sparse.csr_array((np.ones(len(given), np.int32), (given.source, given.target)), shape=(k, k))
    both = sparse.eye_array(k, dtype=np.int32, format="csr") + one + one @ one
    return both.astype(bool)


def beside(given: Snapshot, said: Forecast) -> F64:
    """(m,) what the source's other edges, and their targets, bring to where the edge's target reaches."""
    k, m = len(given.accounts), len(given)
    value, carried, share = (one.detach().numpy() for one in (said.value, said.carried, said.share))
    at = (given.source, given.target)
    passed_on = sparse.csr_array((share, at), shape=(k, k))
    carrying = sparse.csr_array((carried, at), shape=(k, k))
    flow = sparse.csr_array((value, at), shape=(k, k)) + carrying @ passed_on
    reach, sums = downstream(given), np.zeros(m)
    for begin in range(0, m, CHUNK):
        part = slice(begin, begin + CHUNK)
        near = reach[given.target[part]]
        own = passed_on[given.target[part]].multiply(near).sum(axis=1)
        sums[part] = flow[given.source[part]].multiply(near).sum(axis=1) - carried[part] * own
    others: F64 = sums - value
    return others


def returned(given: Snapshot, said: Forecast) -> F64:
    """(m,) what an edge brings to its target and so comes back along itself, which does not count."""
    share, got, carried, value = (one.detach().numpy() for one in (said.share, said.got, said.carried, said.value))
    back = np.where(given.reverse >= 0, given.reverse, 0)
    passing = carried[back] / np.maximum(value[back], 1e-300)  # of what the reverse edge brings
    round_trip = np.where(given.reverse >= 0, share * passing * share[back] * got, 0.0)
    found: F64 = np.where(given.source == given.target, share * got, round_trip)
    return found
