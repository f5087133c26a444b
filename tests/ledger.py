"""Records for tests, made from plain columns."""

import numpy as np
import pandas as pd

from archivit_widgets.graph.transfers import TransferGraph
from archivit_widgets.sources.records import KINDS, Transfers
from archivit_widgets.sources.report import Report


def graph_of(source, target, time, value=None, token=None, kind=None, currency="ETH", **columns):
    """Make a graph of names (None is unknown), in the order given."""
    n = len(time)
    accounts = list(dict.fromkeys(a for pair in zip(source, target, strict=True) for a in pair if a is not None))
    accounts = pd.Index(accounts, dtype=object if not accounts else None)
    token = [None] * n if token is None else token
    table = pd.DataFrame(
        {
            "source": pd.Categorical(source, categories=accounts),
            "target": pd.Categorical(target, categories=accounts),
            "token": pd.Categorical(token, categories=list(dict.fromkeys(t for t in token if t is not None))),
            "time": np.asarray(time, np.int64),
            "value": np.asarray([np.nan] * n if value is None else value, np.float64),
            "kind": pd.Categorical(
                kind or [_kind(s, t) for s, t in zip(source, target, strict=True)], categories=KINDS
            ),
            **columns,
        }
    )
    return TransferGraph(Transfers(table, np.arange(1, n + 1), currency, Report(n, n)))


def _kind(source, target):
    if source is None:
        return "mint"
    return "sale" if target is not None else "unknown_buyer"
