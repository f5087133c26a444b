"""One sentence for each alert: who passed what to whom, how often, how fast, at what prices, who was left richer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...arguments import counted, found, number, of_kind, short
from ...errors import ArchivitError
from ...graph import words
from ...graph.columns import I64, check_graph

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph
    from .alerts import Alert

NAMED = 4  # accounts that are named
PATHS = ("chain", "funded_ring")


def explain(graph: TransferGraph, alert: Alert | pd.Series) -> str:
    """Say in one sentence what an alert saw.

    Parameters
    ----------
    graph
        The record in which it was raised.
    alert
        An `Alert`, or a row of what `detect` or `listed` gave; `listed` leaves out who was left richer.

    Raises
    ------
    ArchivitError
        It is no alert, or about other transfers than this record has.
    """
    check_graph(graph)
    if isinstance(alert, pd.DataFrame) or not all(hasattr(alert, name) for name in ("score", "pattern", "evidence")):
        raise ArchivitError(
            f"alert must be one of WashDetector.alerts, or a row of detect such as table.iloc[0]; found {found(alert)}"
        )
    rows = _rows(alert.evidence)
    strange = rows[(rows < 0) | (rows >= len(graph))]
    if len(strange):
        raise ArchivitError(f"the alert is about transfer {strange[0]:,}, the record has {len(graph):,}")
    score = f"score {_share(number('score', alert.score, 0, 1))}"
    if not len(rows):
        return f"Nothing was seen but the transfer itself: {score}."
    table = graph.transfers.iloc[rows]
    if str(alert.pattern) not in _SEEN:
        raise ArchivitError(f"pattern must be one of {', '.join(_SEEN)}; found {found(alert.pattern)}")
    seen = _SEEN[str(alert.pattern)](table)
    so = f"{seen}{_lasting(table)}{_prices(table, graph.currency)}"
    path = _returning(table) + _alone(graph, rows) if str(alert.pattern) in PATHS else ""
    return f"{so}{path}{_net(getattr(alert, 'net', None), table, graph.currency)}: {score}."


def _rows(evidence: Any) -> I64:
    """Check the rows that an alert is about; a table of alerts that was read from CSV holds texts."""
    with suppress(ValueError, OverflowError):  # lists of unequal lengths, a row of twenty digits
        rows = np.asarray(evidence).reshape(-1)
        if not len(rows) or pd.api.types.infer_dtype(rows, skipna=False) == "integer":
            return rows.astype(np.int64)
    raise ArchivitError(f"evidence must be a list of rows, found {short(repr(evidence))}")


def _self_trade(table: pd.DataFrame) -> str:
    return f"{_who(table)} sold {_what(table, 'something')} to itself {_times(len(table))}"


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
    return f"; until then {'one' if alone == 1 else alone} of the accounts did nothing else" if alone else ""


def _who(table: pd.DataFrame) -> str:
    sides = pd.Series(table[["source", "target"]].astype(object).to_numpy().ravel())
    names = sides.dropna().astype(str).unique().tolist()
    shown = [short(name, 12) for name in names[:NAMED]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (" and ".join(shown) if len(shown) == 2 and not more else ", ".join(shown)) + more


def _what(table: pd.DataFrame, unknown: str = "value") -> str:
    tokens = table["token"].dropna().unique().tolist()
    if not tokens:
        return unknown
    return str(tokens[0]) if len(tokens) == 1 else f"{len(tokens)} works"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _lasting(table: pd.DataFrame) -> str:
    seconds = int(table["time"].max() - table["time"].min())
    if len(table) == 1:
        return ""
    return f" within {words.duration(seconds)}" if seconds else " within one moment"


def _prices(table: pd.DataFrame, currency: str | None) -> str:
    known = table["value"].dropna()
    unit = f" {currency}" if currency else ""
    if known.empty:
        return ", at prices that nobody knows" if len(table) > 1 else ", at a price that nobody knows"
    low, high = known.min(), known.max()
    most = words.amount(high, ROUND_CEILING)
    said = f" at {words.amount(high)}{unit}" if low == high else f" at {words.amount(low, ROUND_FLOOR)} to {most}{unit}"
    unknown = len(table) - len(known)
    return (said if high else ", for nothing") + (f", {counted(unknown, 'price')} not known" if unknown else "")


def _net(net: dict[str, float] | None, table: pd.DataFrame, currency: str | None) -> str:
    said = list(of_kind("net", {} if net is None else net, Mapping, "a dict of accounts and amounts").values())
    strange = [value for value in said if not isinstance(value, Real) or isinstance(value, bool)]
    if strange:
        raise ArchivitError(f"net must hold amounts, NaN where unknown; found {found(strange[0])}")
    if not said or not all(map(math.isfinite, said)):  # nobody knows who was left with most
        return ""
    most, high = max(map(abs, said)), table["value"].max()
    unit = f" {currency}" if currency else ""
    if most <= 1e-9 * high:  # the noise of sums
        return "; nobody was left richer"
    most = round(most, 9 - math.floor(math.log10(max(most, high)))) if most else most
    return f"; nobody was left with more than {words.amount(most, ROUND_CEILING)}{unit} won or lost"


def _share(score: float) -> str:
    return f"{score:.2f}" if score < 0.995 else "above 0.99"
