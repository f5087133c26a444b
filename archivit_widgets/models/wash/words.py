"""One sentence for each alert: who passed what to whom, how often, how fast, at what prices, who was left richer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...arguments import counted, found, short
from ...errors import ArchivitError
from ...graph.columns import I64, check_graph

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph
    from .alerts import Alert

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
NAMED = 4  # accounts that are named
PATHS = ("chain", "funded_ring")


def explain(graph: TransferGraph, alert: Alert | pd.Series) -> str:
    """Say in one sentence what an alert saw.

    Parameters
    ----------
    graph
        The record in which it was raised.
    alert
        An `Alert`, or a row of what `detect` gave.

    Raises
    ------
    ArchivitError
        The alert is about other transfers than this record has.
    """
    check_graph(graph)
    if not hasattr(alert, "evidence"):
        raise ArchivitError(f"alert must be one of WashDetector.alerts, or a row of detect; found {found(alert)}")
    rows = np.asarray(alert.evidence, np.int64)
    if len(rows) and not (rows.min() >= 0 and rows.max() < len(graph)):
        raise ArchivitError(f"the alert is about transfer {rows.max():,}, the record has {len(graph):,}")
    score = f"score {_share(float(alert.score))}"
    if not len(rows):
        return f"Nothing was seen but the transfer itself: {score}."
    table = graph.transfers.iloc[rows]
    seen = _SEEN[str(alert.pattern)](table)
    so = f"{seen} within {_lasting(table)}{_prices(table, graph.currency)}"
    path = _returning(table) + _alone(graph, rows) if str(alert.pattern) in PATHS else ""
    return f"{so}{path}{_net(alert.net, graph.currency)}: {score}."


def _self_trade(table: pd.DataFrame) -> str:
    return f"{_who(table)} sold {_what(table)} to itself {_times(len(table))}"


def _round_trip(table: pd.DataFrame) -> str:
    return f"{_who(table)} passed {_what(table)} to and fro, {counted(len(table), 'transfer')}"


def _cycle(table: pd.DataFrame) -> str:
    return f"{_what(table)} went round among {_who(table)} in {counted(len(table), 'transfer')} back to who had it"


def _rotation(table: pd.DataFrame) -> str:
    return f"{_who(table)} handed on {_what(table)} in a round, each giving one and getting one"


def _chain(table: pd.DataFrame) -> str:
    return f"{_what(table)} went through {_who(table)} in {counted(len(table), 'transfer')}"


def _funded_ring(table: pd.DataFrame) -> str:
    return f"{_chain(table)}, mostly between accounts that are tied by who paid for them,"


_SEEN: dict[str, Any] = {
    "self_trade": _self_trade,
    "round_trip": _round_trip,
    "cycle": _cycle,
    "rotation": _rotation,
    "chain": _chain,
    "funded_ring": _funded_ring,
}


def _returning(table: pd.DataFrame) -> str:
    """Name who had the work more than once on a path that does not end where it was before."""
    again = table["source"][table["source"].duplicated()].dropna().astype(str).unique().tolist()
    return f"; on the way it came back to {' and '.join(short(name, 12) for name in again[:NAMED])}" if again else ""


def _alone(graph: TransferGraph, rows: I64) -> str:
    """Count the members all of whose transfers, up to the time of the last, are these."""
    record = graph.record
    stop = int(np.searchsorted(record.time, record.time[rows].max(), side="right"))
    degree, own = (
        np.bincount(sides[sides >= 0], minlength=record.accounts)
        for sides in (
            np.concatenate([record.source[:stop], record.target[:stop]]),
            np.concatenate([record.source[rows], record.target[rows]]),
        )
    )
    alone = int(((own > 0) & (own == degree)).sum())
    return f"; until then {alone} of the accounts did nothing else" if alone else ""


def _who(table: pd.DataFrame) -> str:
    sides = pd.Series(table[["source", "target"]].astype(object).to_numpy().ravel())
    names = sides.dropna().astype(str).unique().tolist()
    shown = [short(name, 12) for name in names[:NAMED]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (" and ".join(shown) if len(shown) == 2 and not more else ", ".join(shown)) + more


def _what(table: pd.DataFrame) -> str:
    tokens = table["token"].dropna().unique().tolist()
    if not tokens:
        return "value"
    return str(tokens[0]) if len(tokens) == 1 else f"{len(tokens)} works"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _lasting(table: pd.DataFrame) -> str:
    seconds = int(table["time"].max() - table["time"].min())
    for length, unit in UNITS:
        if seconds >= length:
            return counted(round(seconds / length), unit)
    return "one moment"


def _prices(table: pd.DataFrame, currency: str | None) -> str:
    known = table["value"].dropna()
    unit = f" {currency}" if currency else ""
    if known.empty:
        return ", at prices that nobody knows"
    low, high = known.min(), known.max()
    said = f" at {low:g}{unit}" if low == high else f" at {low:g} to {high:g}{unit}"
    unknown = len(table) - len(known)
    return (said if high else ", for nothing") + (f", {counted(unknown, 'price')} not known" if unknown else "")


def _net(net: dict[str, float] | None, currency: str | None) -> str:
    left = [abs(value) for value in (net or {}).values()]
    if not left or any(map(math.isnan, left)):  # nobody knows who was left with most
        return ""
    most = max(left)
    unit = f" {currency}" if currency else ""
    return (
        "; nobody was left richer" if most < 1e-9 else f"; nobody was left with more than {most:.3g}{unit} won or lost"
    )


def _share(score: float) -> str:
    return f"{score:.2f}" if score < 0.995 else "above 0.99"
