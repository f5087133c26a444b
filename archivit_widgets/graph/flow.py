"""Edge metrics: how much flowed, how recently, and how long it had been held. No model, no training."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import short
from ..errors import ArchivitError
from . import engine
from .columns import F64, I64, check_graph, frozen

if TYPE_CHECKING:
    from .transfers import TransferGraph

HALF_LIFE = "30D"
NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")  # pandas would take it for nanoseconds


def measure(graph: TransferGraph, half_life: str | float | pd.Timedelta = HALF_LIFE) -> pd.DataFrame:
    """Measure every edge.

    Parameters
    ----------
    graph
        The record; measured once, so that another half-life costs next to nothing.
    half_life
        After this time without a transfer an edge counts half: a Timedelta, text with a unit such as "30D", or
        seconds as a number.

    Returns
    -------
    One row per edge, aligned with ``graph.edges``; with T the graph's last transfer:

    =================  ==========================================================================================
    source, target     accounts (categoricals; codes are rows of ``graph.accounts``)
    transaction_count  transfers
    volume             sum of the known values, in ``graph.currency``
    avg_value          volume / transfers with a known value; NaN where none is known
    first_time         seconds since 1970-01-01 UTC
    last_time          likewise
    recency            2^(-(T - last_time) / half_life), in 0..1
    hold_time          mean seconds since the source received that same token; NaN where no arrival is on record
    flow               log1p(volume) / log1p(largest volume), 0 where the volume is 0 or less; in 0..1
    pressure           flow x recency
    =================  ==========================================================================================

    Raises
    ------
    ArchivitError
        The half-life is not a positive, finite time, or text without a unit.
    """
    check_graph(graph)
    engine.prepare(graph.record)
    return edges(graph, half_life)


def edges(graph: TransferGraph, half_life: str | float | pd.Timedelta = HALF_LIFE) -> pd.DataFrame:
    """Measure every edge as `measure` does, by what is at hand: a picture waits for it."""
    per_half_life = seconds(half_life)
    groups, totals = graph.groups, graph.totals
    recency = _recency(totals.last, graph.record.time, per_half_life)
    flow = _flow(totals.volume)
    accounts = graph.account_type
    columns = {
        "source": pd.Categorical.from_codes(groups.source, dtype=accounts),
        "target": pd.Categorical.from_codes(groups.target, dtype=accounts),
        "transaction_count": frozen(totals.count),
        "volume": frozen(totals.volume),
        "avg_value": frozen(totals.average),
        "first_time": frozen(totals.first),
        "last_time": frozen(totals.last),
        "recency": frozen(recency),
        "hold_time": frozen(totals.hold),
        "flow": frozen(flow),
        "pressure": frozen(flow * recency),
    }
    return pd.DataFrame(columns, copy=False)


def seconds(half_life: str | float | pd.Timedelta, what: str = "half_life") -> float:
    """Read a half-life, or another length of time, as seconds.

    Parameters
    ----------
    half_life
        A Timedelta, text with a unit such as ``"30D"``, or seconds as a number.
    what
        Its name, for the error.

    Raises
    ------
    ArchivitError
        It is not a positive, finite time, or text without a unit: 30 what?
    """
    if isinstance(half_life, str) and NUMBER.fullmatch(half_life.strip()):
        number = short(half_life.strip(), 20)
        raise ArchivitError(
            f"{what} must say its unit: {number!r} is a number without one; pass '{number}D' for days, "
            f"'{number}s' or the number {number} for seconds"
        )
    try:
        length = _length(half_life)
    except (ValueError, TypeError, OverflowError):
        length = np.nan
    if not (np.isfinite(length) and length > 0):
        raise ArchivitError(
            f"{what} must be a positive time: a Timedelta, text such as '30D', or seconds; got {half_life!r}"
        )
    return length


def _length(half_life: Any) -> float:
    """Seconds of anything that is a length of time, or a number of seconds already."""
    if isinstance(half_life, bool | bytes):
        raise TypeError
    if isinstance(half_life, str):
        with warnings.catch_warnings():  # of "1d", which pandas reads for now
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            return pd.Timedelta(half_life).total_seconds()
    if isinstance(half_life, np.timedelta64):
        half_life = pd.Timedelta(half_life)
    if hasattr(half_life, "total_seconds"):
        return float(half_life.total_seconds())
    return float(half_life)


def _recency(last: I64, time: I64, half_life: float) -> F64:
    """Halve for each half-life between an edge's last transfer and the graph's; in floats, so no span overflows."""
    recency = last.astype(np.float64)  # and in place: at ten million transfers each copy weighs 50 MB
    if len(time):
        recency -= float(time[-1])
    recency /= half_life
    return np.exp2(recency, out=recency)


def _flow(volume: F64) -> F64:
    """Volume on a logarithmic scale from 0 to 1."""
    flow = np.maximum(volume, 0.0)
    np.log1p(flow, out=flow)
    largest = flow.max(initial=0.0)
    if largest > 0:
        flow /= largest
    return flow
