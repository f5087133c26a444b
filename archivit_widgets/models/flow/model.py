"""The model: see the package for what it is and is not."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch

from ...arguments import whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ...graph.moments import moment
from .. import stored
from ..evaluate import splits
from ..names import named_row
from ..periods import Periods, periods
from ..training import best_device, reproducible
from . import file, fitting, frames, importance, new_edges
from .frames import FlowFrames
from .network import MOST_HIDDEN, FlowNetwork, Forecast, inputs
from .new_edges import Candidates
from .state import SHARES, History, Snapshot

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

MOST_PAST = 1_000
ROWS = 2_000_000
CHOOSING = splits.QUANTILES[0] / splits.QUANTILES[1]


@dataclass(frozen=True)
class FlowModel:
    """A fitted forecast of flow; made by `fit` or `load`.

    Attributes
    ----------
    periods
        How long a period is.
    by
        ``value`` or ``count``: what flows.
    unit
        Mean value of a transfer in the part that was fitted: what 1 means inside.
    network
        See `network`: known edges.
    fresh
        See `new_edges`: edges not known yet.
    chosen
        NDCG@10 of the choosing part: of the simple forecast it starts at, then after each epoch.
    """

    periods: Periods
    by: str
    unit: float
    network: FlowNetwork = field(repr=False)
    fresh: new_edges.NewNetwork = field(repr=False)
    chosen: tuple[float, ...] = ()

    @classmethod
    def fit(
        cls,
        graph: TransferGraph,
        *,
        until: Any = None,
        period: str | float | pd.Timedelta | None = None,
        by: str | None = None,
        hidden: int = 24,
        epochs: int = 30,
        rows: int = ROWS,
        seed: int = 0,
        progress: bool = True,
    ) -> FlowModel:
        """Learn from the periods that are over at a moment; nothing later is looked at.

        Parameters
        ----------
        graph
            The record.
        until
            A moment as `TransferGraph.between` takes it; None: all of the record.
        period
            How long a period is: text such as ``"7D"``, a Timedelta, or seconds. None: about 64 in the record, more
            where the choosing part would have none of its own.
        by
            What flows: ``"value"`` or ``"count"``. None: values where any is known and above 0.
        hidden
            Width of the network, 1 to 40: at most 10,000 parameters.
        epochs
            At most so many; it ends earlier when the choosing part (the last 18 % of the transfers) no longer gains.
        rows
            At most so many edges of all periods an epoch, about; of larger records fewer periods are taken.
        seed
            Equal seeds give equal models on one machine.
        progress
            Whether to show a bar.

        Raises
        ------
        ArchivitError
            An argument is wrong, or the record has too few periods.
        """
        check_graph(graph)
        hidden, epochs = whole("hidden", hidden, 1, MOST_HIDDEN), whole("epochs", epochs, 0, 10_000)
        rows = whole("rows", rows, 1)
        time = graph.record.time
        end = int(time[-1]) + 1 if until is None and len(time) else moment(0 if until is None else until)
        past = slice(0, int(np.searchsorted(time, end)))
        length = periods(time[past], period)
        what, unit = _measure(graph, past, by)
        middle = _middle(graph, past)

        def parts() -> list[list[fitting.Example]]:
            over = end + (length.length - 1) * (until is None)  # nothing more is to come: the last period is over
            return [
                [one for _, one in fitting.examples(graph, length, what, unit, high, wanted)]
                for high, wanted in (
                    (middle, fitting.affordable(graph, length, -(2**62), middle, rows)),
                    (over, fitting.affordable(graph, length, middle, over, rows // 4)),
                )
            ]

        learn, choose = parts()
        while period is None and past.stop and length.length > 1 and not (learn and choose):
            length = length.halved()  # most happened within days of years: MoonCats were found again in one month
            learn, choose = parts()
        if not learn or not choose:
            shorter = "pass a shorter period" if length.length > 1 else "the record is too short to learn flow from"
            raise ArchivitError(
                f"{past.stop:,} transfers make {len(learn)} periods to learn from and {len(choose)} to choose by, of "
                f"{length.length:,} seconds each; expected one of each at least: {shorter}"
            )
        with reproducible(seed) as draw, fitting.threads(max(len(one.given) for one in learn)):
            network = FlowNetwork(fitting.queries(choose).best(range(len(SHARES))), hidden)
            chosen = fitting.fit(network, learn, choose, epochs, draw, best_device(), progress)
            fresh = new_edges.NewNetwork()
            early, late = (
                [new_edges.example(graph, length, one.given, one.then) for one in part] for part in (learn, choose)
            )
            new_edges.fit(fresh, early, late, graph.record.accounts, epochs, draw)
        return cls(length, what, unit, network, fresh, tuple(chosen))

    @property
    def starts_at(self) -> str:
        """Name of the simple forecast that the network started at."""
        return SHARES[self.network.base]

    @property
    def parameters(self) -> int:
        """How many numbers were fitted."""
        return sum(one.numel() for network in (self.network, self.fresh) for one in network.parameters())

    def predict(self, graph: TransferGraph, at: Any = None) -> pd.DataFrame:
        """Forecast one period.

        Parameters
        ----------
        graph
            The record; transfers from the period on are not looked at.
        at
            A moment within the period. None: the first period after the last transfer.

        Returns
        -------
        Aligned with ``graph.edges``
            ``predicted_share`` of what the source will give, 0..1, at most 1 in sum over a source (the rest goes along
            edges not yet known); ``predicted_value`` in ``graph.currency`` (or transfers). NaN for edges that are not
            known before the period.
        """
        given = self.known(graph, at)
        said = self.forecast(given)
        columns = {"predicted_share": said.share, "predicted_value": said.value * self.unit}
        return pd.DataFrame(
            {name: _spread(given, column.numpy(), len(graph.groups)) for name, column in columns.items()}
        )

    def importance(self, graph: TransferGraph, at: Any = None, *, exact: bool = False) -> F64:
        """Say how much less would arrive downstream in a period if an edge were not known; see `importance`.

        Parameters
        ----------
        graph, at
            As in `predict`.
        exact
            Forecast once more without each edge, instead of one backward pass for all: for small graphs.

        Returns
        -------
        (m,) float64
            In ``graph.currency`` (or transfers); below 0 where more would arrive. NaN for edges not known before.
        """
        given = self.known(graph, at)
        ways = importance.removal if exact else importance.estimate
        with fitting.threads(len(given)):
            found = ways(self.network, given) * self.unit
        return _spread(given, found, len(graph.groups))

    def known(self, graph: TransferGraph, at: Any = None) -> Snapshot:
        """Give what is known of a graph before the period of a moment."""
        check_graph(graph)
        period = self._period(graph, at)
        return self._history(graph, period).snapshot(period)

    def frames(self, graph: TransferGraph, periods: int = 12, *, at: Any = None, past: int | None = None) -> FlowFrames:
        """Give frames for `Arteries.play`: past periods as they were, future ones as predicted.

        ``Arteries(graph, forecast=frames.span)`` shows where the one ends and the other begins.

        Parameters
        ----------
        graph
            The record that is drawn; the frames align with its edges.
        periods
            How many periods are predicted.
        at
            A moment in the first predicted period. None: the first one after the last transfer.
        past
            How many periods before that are shown. None: from the first transfer on, 1,000 at most.
        """
        check_graph(graph)
        ahead, period = whole("periods", periods, 0, 10_000), self._period(graph, at)
        time = graph.record.time
        since = period - self.periods.before(int(time[0])) if len(time) else 0
        before = min(max(since, 0), MOST_PAST) if past is None else whole("past", past, 0, 10_000)
        return frames.frames(graph, self, period, self._history(graph, period), ahead, before)

    def scores(self, given: Snapshot) -> F64:
        """(m,) shares of the edges of a snapshot, to be compared within their sources."""
        return self.forecast(given).share.numpy().astype(np.float64)

    def forecast(self, given: Snapshot) -> Forecast:
        """Forecast the period after a snapshot; values are in mean values (`unit`)."""
        device = next(self.network.parameters()).device
        with torch.no_grad(), fitting.threads(len(given)):
            said: Forecast = self.network(inputs(given, device))
        return Forecast(*(getattr(said, one.name).cpu() for one in fields(said)))

    def new_shares(self, graph: TransferGraph, given: Snapshot, asked: I64) -> tuple[Candidates, F64]:
        """Whom some accounts (places in a snapshot) may give to for the first time.

        Returns
        -------
        Candidates and (r,) float64
            Share of what the account will give; with the known edges' it adds up to 1 for each account at most.
        """
        found = new_edges.candidates(graph, self.periods, given, asked)
        return found, self.score_new(given, found)

    def score_new(self, given: Snapshot, found: Candidates) -> F64:
        """(r,) share of each candidate in what its source will give."""
        with torch.no_grad(), fitting.threads(len(given)):
            share: F64 = self.forecast(given).new.numpy()[found.source] * self.fresh.share(found)
        return share

    def partners(self, graph: TransferGraph, account: Any, k: int = 10, at: Any = None) -> pd.DataFrame:
        """Say to whom an account will give, known partners and new ones.

        Parameters
        ----------
        graph, at
            As in `predict`.
        account
            A name, or a row of ``graph.accounts``.
        k
            How many.

        Returns
        -------
        k rows or fewer, the likeliest first
            ``account`` (name), ``share`` (of what will be given), ``known`` (whether there is an edge already).

        Raises
        ------
        ArchivitError
            There is no such account, or nothing is known of it before that time.
        """
        check_graph(graph)
        row, k = named_row(account, pd.Index(graph.accounts["account"]), "account"), whole("k", k, 1)
        given = self.known(graph, at)
        place = np.flatnonzero(given.accounts == row)
        if not len(place):
            name = graph.accounts["account"].iloc[row]
            raise ArchivitError(f"account {name} has no transfer with a known account before that time; choose another")
        old = np.isin(given.source, place)
        found, new = self.new_shares(graph, given, place)
        target = np.concatenate([given.accounts[given.target[old]], found.target])
        share = np.concatenate([self.scores(given)[old], new])
        table = pd.DataFrame({"share": share, "known": np.arange(len(share)) < old.sum()})
        table.insert(0, "account", graph.accounts["account"].to_numpy()[target])
        return table.sort_values("share", ascending=False, kind="stable", ignore_index=True).head(k)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as one safetensors file; see `stored.save`."""
        stored.save(path, "FlowModel", *file.packed(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FlowModel:
        """Read what `save` wrote.

        Raises
        ------
        ArchivitError
            The file is damaged, or holds something else.
        """
        config, arrays = stored.load(path, "FlowModel")
        try:
            return cls(**file.unpacked(config, arrays))
        except ArchivitError as problem:
            raise ArchivitError(f"{os.fspath(path)}: {problem}") from None

    def _period(self, graph: TransferGraph, at: Any) -> int:
        """Number of the period of a moment, or of the first one after the last transfer."""
        if at is not None:
            return self.periods.before(moment(at))
        return self.periods.before(int(graph.record.time[-1])) + 1 if len(graph) else 0

    def _history(self, graph: TransferGraph, period: int) -> History:
        """All that happened before a period."""
        history = History(graph, self.periods.length, self.by, self.unit)
        for other, rows in fitting.walk(graph, self.periods, self.periods.start(period)):
            history.add(other, rows)
        return history


def _measure(graph: TransferGraph, past: slice, by: str | None) -> tuple[str, float]:
    """What flows, and the mean of it in a transfer."""
    record = graph.record
    inside = graph.edge_of[past] >= 0
    value = record.value[past][inside]
    value = value[value > 0]
    by = ("value" if len(value) else "count") if by is None else file.one_of(by)
    if by == "value" and not len(value):
        raise ArchivitError("by is 'value', but no transfer has a known value above 0; pass 'count'")
    return by, float(value.mean()) if by == "value" else 1.0


def _middle(graph: TransferGraph, past: slice) -> int:
    """First moment of the choosing part."""
    time = graph.record.time[past]
    return int(np.quantile(time, CHOOSING, method="inverted_cdf")) + 1 if len(time) else 0


def _spread(given: Snapshot, values: np.ndarray[Any, Any], m: int) -> F64:
    """Lay values of a snapshot's edges over all edges, NaN where there are none."""
    all_edges = np.full(m, np.nan)
    all_edges[given.edge] = values
    return all_edges
