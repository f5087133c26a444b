"""Transfers one by one or in batches in, alerts with their evidence out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...arguments import found, of_kind, short, whole
from ...errors import ArchivitError
from ...graph.columns import F64, I32, I64, Columns
from ...graph.rows import folded, once
from ...sources.parties import compared
from .alerts import Alert, Rings

if TYPE_CHECKING:
    from .detector import WashDetector

NEEDED = ("source", "target", "time")
KNOWN = ("token", "collection", "value")
FAR = 2**62  # seconds: times nearer to 1970 have a difference that is one too


class Stream:
    """Watches a record grow.

    A moment is judged when it is over: alerts of transfers at the latest time come with the first later transfer, or
    with `close`. The positions in `Alert.evidence` count all transfers pushed so far.

    >>> stream = detector.stream()                       # doctest: +SKIP
    >>> for batch in batches:
    ...     for alert in stream.push(batch):
    ...         print(alert.score, alert.pattern, alert.evidence)
    >>> stream.close()
    """

    def __init__(self, detector: WashDetector, funding: pd.DataFrame | None, threshold: float) -> None:
        self._detector, self._threshold, self._payers_known = detector, threshold, funding is not None
        payers = [] if funding is None else pd.unique(pd.concat([funding["funder"], funding["account"]])).tolist()
        self._accounts: dict[Any, int] = {}
        self._tokens: dict[Any, int] = {}
        self._names: list[Any] = []
        _codes(pd.Series(payers, dtype=object), self._accounts, self._names, payers=True)
        self._watch = detector.watch(funding, pd.Index(self._names, dtype=object))
        self._rings = Rings()
        self._closed = False

    def push(self, transfers: pd.DataFrame) -> list[Alert]:
        """Take the next transfers and give the alerts that can be raised by now.

        Parameters
        ----------
        transfers
            Columns ``source target time`` (int seconds) and, where known, ``token collection value``, in order of time
            and none before those pushed earlier: rows of ``graph.transfers``, or a table of your own, in which the zero
            address and "unknown" are no account, as in any file that is read.

        Raises
        ------
        ArchivitError
            A column is missing or of another kind, the order is wrong, or the stream is closed.
        """
        if self._closed:
            raise ArchivitError("the stream is closed; begin another with detector.stream()")
        self._watch.add(self._columns(of_kind("transfers", transfers, pd.DataFrame, "a DataFrame")))
        return self._raised(over=False)

    def ring(self, group: int) -> int:
        """Give the number that an alert's group has by now: the lowest of all rings that it has become one with."""
        if not self._rings.parent:
            raise ArchivitError(f"group is {found(group)}, but the stream has seen no ring yet")
        return self._rings.root(whole("group", group, 0, len(self._rings.parent) - 1))

    def close(self) -> list[Alert]:
        """Judge the last moment too, and take no more."""
        self._closed = True
        return self._raised(over=True)

    def _raised(self, over: bool) -> list[Alert]:
        name = self._names.__getitem__
        raised = self._detector.raised(
            self._watch, self._rings, self._threshold, self._payers_known, lambda code: str(name(code)), over
        )
        return list(raised)

    def _columns(self, table: pd.DataFrame) -> Columns:
        missing = [name for name in NEEDED if name not in table]
        if missing:
            raise ArchivitError(f"transfers have no column {missing[0]}; expected source, target, time, token, value")
        once(table, (*NEEDED, *KNOWN))
        time, value = _numbers(table)
        latest = self._watch.latest
        if (time[1:] < time[:-1]).any() or (len(time) and latest is not None and time[0] < latest):
            raise ArchivitError("transfers must come in order of time, none before those pushed earlier")
        try:
            source, target = (_codes(table[side], self._accounts, self._names) for side in ("source", "target"))
            token = self._pairs(table)
        except (TypeError, UnicodeEncodeError) as problem:  # a list among the names, or half a character
            raise ArchivitError(f"source, target, token and collection must be names: {short(problem, 60)}") from None
        return Columns(source, target, token, time, value, len(self._accounts), len(self._tokens))

    def _pairs(self, table: pd.DataFrame) -> I32:
        """Number tokens, the pairs of collection and token id, as `_codes` does names."""
        codes = np.full(len(table), -1, np.int32)
        if "token" in table:
            (token, ids), (home, homes) = (
                pd.factorize(table[name]) if name in table else (codes, pd.Index([]))
                for name in ("token", "collection")
            )
            inside, outside = [folded(name) for name in ids.tolist()], [*map(folded, homes.tolist()), None]
            place, pairs = pd.factorize((token.astype(np.int64) << 32 | home + 1)[token >= 0])
            known = [(inside[pair >> 32], outside[(pair & 0xFFFFFFFF) - 1]) for pair in pairs.tolist()]
            number = [self._tokens.setdefault(pair, len(self._tokens)) for pair in known]
            codes[token >= 0] = np.array(number, np.int32)[place]
        return codes


def _codes(column: pd.Series, known: dict[Any, int], spelled: list[Any], payers: bool = False) -> I32:
    """Number names in the order in which they first come, and keep that spelling; -1 where they name nobody.

    Those of payers are taken as they stand, as `funding_codes` takes them: what no transfer calls so is in brackets.
    """
    place, found = pd.factorize(column)
    names, codes = found.tolist(), []
    fresh = [name for name in names if name not in known]  # the others are written as they are compared
    keys = dict(zip(fresh, compared(fresh, parties=True), strict=True)) if fresh else {}
    if payers:
        keys = {name: key if key == folded(name) else (folded(name),) for name, key in keys.items()}
    for name in names:
        key = keys.get(name, name)
        codes.append(-1 if key is None else known.setdefault(key, len(known)))
        if codes[-1] == len(spelled):
            spelled.append(name if payers else str(name).strip())
    taken: I32 = np.array([*codes, -1], np.int32)[place]
    return taken


def _numbers(table: pd.DataFrame) -> tuple[I64, F64]:
    """Times and values; nanoseconds of a timestamp taken for seconds would make every ring a slow one."""
    time, value = table["time"], table["value"] if "value" in table else pd.Series(np.full(len(table), np.nan))
    if len(table) and (not pd.api.types.is_integer_dtype(time) or time.isna().any()):
        kind = "missing ones" if time.isna().any() else str(time.dtype)
        raise ArchivitError(f"times must be int seconds since 1970 UTC, found {kind}")
    for far in time.iloc[[0, -1]] if len(table) else ():  # others lie between, or out of order
        if not -FAR < far < FAR:
            raise ArchivitError(f"times must be int seconds since 1970 UTC, found {far}: that is no time")
    if value.dtype.kind in "cmM":  # NumPy would make some number of it
        raise ArchivitError(f"values must be numbers, NaN where unknown: found {value.dtype}")
    try:
        known = np.asarray(value, np.float64)
    except (ValueError, TypeError) as problem:
        raise ArchivitError(f"values must be numbers, NaN where unknown: {short(problem, 60)}") from None
    if np.isinf(known).any():
        raise ArchivitError("values must be finite, NaN where unknown; found an infinite one")
    if (known < 0).any():
        raise ArchivitError(f"values must be at least 0, NaN where unknown; found {known[known < 0][0]:g}")
    return np.asarray(time, np.int64), known
