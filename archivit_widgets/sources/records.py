"""What a source hands to the graph: one cleaned table of transfers and the report of its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .report import Report

KINDS = ("sale", "transfer", "mint", "burn", "unknown_buyer")


@dataclass(frozen=True)
class Transfers:
    """A record of who gave what to whom, cleaned and in order.

    Attributes
    ----------
    table
        One row per kept transfer, ordered by (time, row in the file), RangeIndex. Columns: ``source``, ``target``
        (categoricals that share one list of accounts, in order of first appearance; NA where unknown or none),
        ``token`` (categorical; all NA where the file names none), ``time`` (int64, seconds since 1970-01-01 UTC),
        ``value`` (float64, NaN where unknown, in ``currency``), ``kind`` (categorical with categories `KINDS`);
        ``collection`` and ``tx`` where known.
    rows
        (n,) int64: the row of each kept transfer in its file, data rows counted from 1.
    currency
        Unit of ``value``, or None where the file does not say.
    report
        Rows read, kept and dropped, with reasons. ``report.read == report.kept + report.dropped``.
    truth, funding
        Only of a simulated market: its planted wash trades, and who funded whom (``funder account time``).
    """

    table: pd.DataFrame
    rows: NDArray[np.int64]
    currency: str | None
    report: Report
    truth: pd.DataFrame | None = None
    funding: pd.DataFrame | None = None
