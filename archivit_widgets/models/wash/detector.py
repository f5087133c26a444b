"""The detector: log-odds of every transfer from what happened up to it, as a table, as alerts, or as a stream."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from ...arguments import counted, found, number, of_kind, short, whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ...graph.rows import once
from ...graph.transfers import TransferGraph
from .. import stored
from ..evaluate.planting import TYPOLOGIES, asked
from . import fitting
from .alerts import Alert, Rings, alerts, name_patterns
from .channels import Channels
from .names import FEATURES, NONE, PATTERNS, PRIOR
from .stream import Stream
from .watch import Events, Scorer, Watch, funding_codes

MODEL = "WashDetector"
DEFAULT = Path(__file__).with_name("default.safetensors")
COLUMNS = ("score", "pattern", "group", "evidence", "net")
FAR = 25.0  # log-odds; from about 37 on a double cannot tell a probability from 1


class WashDetector:
    """Finds wash trades.

    Parameters
    ----------
    scorer
        Tells log-odds from features: `channels.Channels` that were fitted, or `rules.Rules`. None: the channels that
        come with the package, fitted to simulated markets (`WashDetector.fit()`, seed 0).
    prior
        Share of wash trades at which scores are probabilities; log-odds are shifted to it from the share that the
        scorer was calibrated at (`scorer.prior`; a scorer without one is taken to tell them at this share).
    """

    def __init__(self, scorer: Scorer | None = None, prior: float = PRIOR) -> None:
        self.prior = number("prior", prior, 1e-9, 0.5)
        if scorer is not None and not hasattr(scorer, "log_odds"):
            raise ArchivitError(
                f"scorer must tell log-odds of features, as Channels and Rules do; found {found(scorer)}"
            )
        self.scorer: Scorer = _default() if scorer is None else scorer

    @classmethod
    def fit(
        cls,
        hosts: Sequence[TransferGraph] | None = None,
        *,
        typologies: Sequence[str] = TYPOLOGIES,
        prior: float = PRIOR,
        seed: int = 0,
        progress: bool = True,
    ) -> WashDetector:
        """Fit to honest markets into which rings are planted, half of them to calibrate.

        Parameters
        ----------
        hosts
            Records taken to be honest, each used as it is; None: forty simulated markets, and forty more to calibrate.
        typologies
            Which rings are planted (`evaluate.planting.TYPOLOGIES`).
        prior
            Share of wash trades at which scores are probabilities: calibrated at 1 %, then shifted, as by the
            constructor.
        seed
            Equal seeds, equal detectors.
        progress
            Show how far it is.

        Raises
        ------
        ArchivitError
            There is no host, it is no record or has no room for rings, or there is no such typology, prior or seed.
        """
        prior, seed, typologies = number("prior", prior, 1e-9, 0.5), whole("seed", seed, 0), asked(typologies)
        known = None if hosts is None else _hosts(hosts)
        total = 2 * (len(fitting.SIZES) if known is None else len(known)) + 1
        with tqdm(total=total, desc="wash trading", disable=not progress) as bar:

            def made(offset: int) -> list[fitting.Market]:
                found = []
                for market in fitting.markets(typologies, seed + offset, known):
                    found.append(market)
                    bar.update()
                if not any(market.truth.any() for market in found):
                    raise ArchivitError(f"the hosts have no room for a ring of {', '.join(typologies)}")
                return found

            channels = fitting.fit(made(0), seed, PRIOR)
            bar.update()
            fitted = cls(channels)
            judged = made(500)
        odds = np.concatenate([fitted.log_odds(market.graph, market.funding)[market.told] for market in judged])
        truth = np.concatenate([market.truth[market.told] for market in judged])
        return cls(fitting.calibrated(channels, odds, truth, PRIOR), prior)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the detector as one safetensors file.

        Raises
        ------
        ArchivitError
            It was never fitted, or the file cannot be written.
        """
        if not isinstance(self.scorer, Channels):
            raise ArchivitError(
                "this detector goes by rules and was never fitted; WashDetector.fit() gives one to save"
            )
        config = {"prior": self.prior, "calibrated": self.scorer.prior, "features": list(FEATURES)}
        stored.save(path, MODEL, config, self.scorer.arrays())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> WashDetector:
        """Read a detector.

        Raises
        ------
        ArchivitError
            There is no such file, it is damaged, holds something else, or is of other features.
        """
        config, arrays = stored.load(path, MODEL)
        if config.get("features") != list(FEATURES):
            raise ArchivitError(f"{path}: was fitted to other features than this version measures; fit it again")
        prior = number("prior of the file", config.get("prior"), 1e-9, 0.5)
        calibrated = number("calibrated of the file", config.get("calibrated", prior), 1e-9, 0.5)
        return cls(Channels.from_arrays(arrays, calibrated), prior)

    def log_odds(self, graph: TransferGraph, funding: pd.DataFrame | None = None) -> F64:
        """Give (n,) log-odds of every transfer: the highest of all evidence that it is part of."""
        check_graph(graph)
        watch = self.watch(funding, graph.account_type.categories)
        watch.add(graph.record)
        odds, chosen = np.full(len(graph), -np.inf), np.full(len(graph), -1, np.int64)
        for events in watch.judge(over=True):
            _spread(events, odds, chosen)
        return odds

    def score(self, graph: TransferGraph, funding: pd.DataFrame | None = None) -> pd.DataFrame:
        """Score every transfer: see `detect`."""
        check_graph(graph)
        watch = self.watch(funding, graph.account_type.categories)
        watch.add(graph.record)
        n = len(graph)
        odds, chosen = np.full(n, -np.inf), np.full(n, -1, np.int64)
        pattern, evidence, rings = np.zeros(n, np.int64), {}, Rings()
        for events in watch.judge(over=True):
            named = name_patterns(events, posterior(events.odds), self.prior, funding is not None)
            stop = events.begin + len(named)
            pattern[events.begin : stop] = named
            _spread(events, odds, chosen)
            offsets = events.offsets
            for e in np.flatnonzero(named != NONE).tolist():
                rows = np.sort(events.rows[offsets[e] : offsets[e + 1]])
                evidence[events.begin + e] = rows
                rings.join(rows, watch.members(rows))
        table = _table(graph, odds, pattern, chosen, evidence, rings, watch)
        table.attrs["entities"] = says(funding)
        return table

    def alerts(self, graph: TransferGraph, funding: pd.DataFrame | None = None, threshold: float = 0.5) -> list[Alert]:
        """Give every alert of a record, in the order in which they were raised.

        Parameters
        ----------
        threshold
            The least score of an alert, 0..1.
        """
        check_graph(graph)
        names = graph.account_type.categories
        watch = self.watch(funding, names)
        watch.add(graph.record)
        rings = Rings()
        raised = self.raised(watch, rings, threshold, funding is not None, lambda code: str(names[code]), over=True)
        return [replace(alert, group=rings.root(alert.group)) for alert in list(raised)]

    def stream(self, funding: pd.DataFrame | None = None, threshold: float = 0.5) -> Stream:
        """Begin to watch transfers as they come; see `stream.Stream`."""
        known = None if funding is None else checked(funding)
        return Stream(self, known, number("threshold", threshold, 0, 1))

    def watch(self, funding: pd.DataFrame | None, accounts: pd.Index) -> Watch:
        """Begin with an empty record."""
        codes = None if funding is None else funding_codes(checked(funding), accounts)
        return Watch(self.scorer, codes, logit(self.prior) - logit(getattr(self.scorer, "prior", self.prior)))

    def raised(
        self, watch: Watch, rings: Rings, threshold: float, payers_known: bool, name: Any, over: bool
    ) -> Iterator[Alert]:
        """Give the alerts of what a watch can judge by now."""
        threshold = number("threshold", threshold, 0, 1)
        for events in watch.judge(over):
            score = posterior(events.odds)
            pattern = name_patterns(events, score, self.prior, payers_known)
            yield from alerts(watch, events, score, pattern, rings, threshold, name)


@cache
def _default() -> Channels:
    config, arrays = stored.load(DEFAULT, MODEL)
    return Channels.from_arrays(arrays, config["prior"])


def _hosts(hosts: Any) -> list[TransferGraph]:
    """Check the records to fit to."""
    known = list(of_kind("hosts", hosts, Sequence, "a list of TransferGraphs"))
    if not known:
        raise ArchivitError(
            "hosts must be at least one TransferGraph, found none; leave them out for simulated markets"
        )
    return [of_kind(f"hosts[{n}]", host, TransferGraph, "a TransferGraph") for n, host in enumerate(known)]


def logit(share: float) -> float:
    """Give log-odds of a share."""
    return math.log(share) - math.log1p(-share)


def posterior(odds: F64) -> F64:
    """Give probabilities from log-odds; strictly increasing: beyond +-`FAR` the logarithm of the rest counts."""
    size = np.abs(odds)
    bent = np.sign(odds) * (np.minimum(size, FAR) + np.log1p(np.maximum(size - FAR, 0.0)))
    probability: F64 = 1.0 / (1.0 + np.exp(-bent))
    return probability


def checked(funding: Any) -> pd.DataFrame:
    """Check who paid for whom.

    Raises
    ------
    ArchivitError
        It is no DataFrame, or a column is missing or of the wrong type.
    """
    table: pd.DataFrame = of_kind("funding", funding, pd.DataFrame, "a DataFrame with columns funder, account, time")
    missing = [name for name in ("funder", "account", "time") if name not in table]
    once(table, ("funder", "account", "time"))
    if missing:
        raise ArchivitError(f"funding has no column {missing[0]}; expected funder, account and time (int seconds)")
    if not pd.api.types.is_integer_dtype(table["time"]) or table.isna().any(axis=None):
        raise ArchivitError("funding must have int seconds as time, and no missing cells")
    try:
        pd.factorize(pd.concat([table["funder"], table["account"]]))
    except TypeError as problem:  # a list among the names
        raise ArchivitError(f"funder and account must be names: {short(problem, 60)}") from None
    return table


def says(funding: pd.DataFrame | None) -> str:
    """Say what the entity channel knew."""
    if funding is not None:
        return f"who paid for whom: {counted(len(funding), 'payment')}"
    return "no funding was given: gifts between accounts stand in for it, and no funded_ring is named"


def _spread(events: Events, odds: F64, chosen: I64) -> None:
    """Give each transfer the highest log-odds of all evidence that it is part of."""
    event = np.repeat(np.arange(len(events.odds)), events.depth)
    order = np.lexsort((-event, events.odds[event]))  # the best last; of equal ones the first
    rows, event = events.rows[order], event[order]
    best = np.full(int(rows.max(initial=-1)) + 1, -1, np.int64)
    best[rows] = event
    touched = np.flatnonzero(best >= 0)
    better = events.odds[best[touched]] > odds[touched]
    touched = touched[better]
    odds[touched], chosen[touched] = events.odds[best[touched]], events.begin + best[touched]


def _table(
    graph: TransferGraph,
    odds: F64,
    pattern: I64,
    chosen: I64,
    evidence: dict[int, I64],
    rings: Rings,
    watch: Watch,
) -> pd.DataFrame:
    """Put together what `detect` gives: each transfer with the best alert that it is part of."""
    n, names = len(graph), graph.account_type.categories
    own, nothing = pattern[chosen], np.empty(0, np.int64)
    found = np.empty((n, 2), object)
    group = np.full(n, -1, np.int64)
    nets: dict[int, dict[str, float]] = {}
    for row in range(n):
        alert = int(chosen[row])
        rows = evidence.get(alert)
        found[row] = nothing, None
        if rows is not None:
            if alert not in nets:
                accounts, net = watch.balance(rows)
                nets[alert] = dict(zip(names[accounts].astype(str), net.tolist(), strict=True))
            found[row] = rows, nets[alert]
            group[row] = rings.root(rings.of_row[row])
    return pd.DataFrame(
        {
            "score": posterior(odds),
            "pattern": pd.Categorical.from_codes(own, pd.Index(PATTERNS)),
            "group": group,
            "evidence": found[:, 0],
            "net": found[:, 1],
        }
    )
