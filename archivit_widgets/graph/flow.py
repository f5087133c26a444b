"""Edge metrics: how much flowed, how recently, and how long it had been held. No model, no training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ArchivitError
from .columns import F64, frozen

if TYPE_CHECKING:
    from .transfers import TransferGraph

HALF_LIFE = "30D"


def measure(graph: TransferGraph, half_life: str | float | pd.Timedelta = HALF_LIFE) -> pd.DataFrame:
    """Measure every edge.

    Parameters
    ----------
    graph
        The record; measured once, so that another half-life costs next to nothing.
    half_life
        After this time without a transfer an edge counts half: a Timedelta, text such as "30D", or seconds.

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
        The half-life is not a positive, finite time.
    """
    per_half_life = seconds(half_life)
    groups, totals = graph.groups, graph.totals
    end = graph.record.time[-1:].astype(np.float64)  # empty for an empty graph, and then so are all columns
    recency = np.exp2((totals.last.astype(np.float64) - end) / per_half_life) if len(end) else np.empty(0)
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


def seconds(half_life: str | float | pd.Timedelta) -> float:
    """Read a half-life as seconds."""
    try:
        length = _length(half_life)
    except (ValueError, TypeError, OverflowError):
        length = np.nan
    if not (np.isfinite(length) and length > 0):
        raise ArchivitError(
            f"half_life must be a positive time: a Timedelta, text such as '30D', or seconds; got {half_life!r}"
        )
    return length


def _length(half_life: Any) -> float:
    """Seconds of anything that is a length of time, or a number of seconds already, as text too."""
    if isinstance(half_life, np.timedelta64):
        half_life = pd.Timedelta(half_life)
    if hasattr(half_life, "total_seconds"):
        return float(half_life.total_seconds())
    try:
        return float(half_life)
    except ValueError:
        return pd.Timedelta(half_life).total_seconds()


def _flow(volume: F64) -> F64:
    """Volume on a logarithmic scale from 0 to 1."""
    log = np.log1p(np.maximum(volume, 0.0))
    largest = log.max(initial=0.0)
    return log / largest if largest > 0 else np.zeros_like(log)
