"""Answers to what a page asks for on demand: names and lists that would be too much to send with the scene.

``{kind: "ask", what, ...}`` gets, beside ``kind``, ``to``, ``id`` and ``ok``:

- ``edge`` {row}: source, target, count, volume, unit, last, tokens (at most five, latest first), more (how many
  others), extra {avg_value, hold_time, first} in words
- ``edge`` {row} of a ghost: source, target, ghost true
- ``ring`` {row} of an edge: sentence, and two buffers: u4 rows of the edges of the ring that it is in, in order of
  time, each as often as it was taken, and f8 when; sentence null and no rows where it is in none
- ``account`` {row}: name, out, in (transfers), volume, unit, first, last
- ``search`` {text, limit}: accounts [[row, name], ...], tokens [[row, name], ...]; names that start with the text first
- ``token`` {row}: name, count, and one buffer: u4 rows of the edges over which it went, in order of time

Times are seconds since 1970 UTC, or null. Everything is looked up when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ArchivitError
from ..frames import protocol
from ..graph import words
from .rings import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph
    from .arteries import Arteries
    from .ghosts import Pairs
    from .rings import Rings

    F64 = NDArray[np.float64]
    Reply = tuple[dict[str, Any], list[bytes]]

TOKENS = 5
MOST = 200


def receive(w: Arteries, content: dict[str, Any], _: Any) -> None:
    """Take a message from a page; may run in any thread."""
    kind, client = content.get("kind"), str(content.get("client"))
    if kind == "ack":
        about = {key: content.get(key) for key in ("fps", "ms", "backend", "visible")}
        w._stream.acknowledge(client, content.get("stream"), int(content.get("frame") or 0), about)
    elif kind == "want":
        w._stream.join(client, content.get("scene"), content.get("frame"))
    elif kind == "want_times":
        for message in protocol.times_messages(*w.graph.times_by_edge(), w._stream.scene):
            w.send(*message)
    elif kind == "ask":
        w.send(*w._answers.answer(content))


class Names:
    """Finds names that contain a text, without regard to case; a million names in tens of milliseconds.

    All names stand in one text, each on a line of its own, so that one `str.find` crosses them all.
    """

    def __init__(self, names: Iterable[Any]) -> None:
        # casefold may change a name's length, so starts are counted afterwards; a line break would split a name.
        folded = [str(name).casefold().replace("\n", " ") for name in names]
        self._text = "\n" + "\n".join(folded) + "\n"
        self._starts = np.cumsum(np.fromiter((len(name) + 1 for name in folded), np.int64, len(folded)))

    def find(self, text: str, limit: int) -> list[int]:
        """Rows of at most ``limit`` names: those that start with the text, then those that hold it elsewhere."""
        wish = text.casefold().strip().replace("\n", " ")
        if not wish:
            return []
        rows: dict[int, None] = {}
        for needle in ("\n" + wish, wish):
            at = self._text.find(needle)
            while at >= 0 and len(rows) < limit:
                row = int(np.searchsorted(self._starts, at + len(needle) - len(wish) - 1, side="right"))
                rows[row] = None
                at = self._text.find(needle, self._text.index("\n", at + 1))
        return list(rows)


class Answers:
    """Looks things up in one graph."""

    def __init__(self, graph: TransferGraph, ghosts: Pairs | None = None, rings: Rings = NOBODY) -> None:
        self._graph, self._rings = graph, rings
        nobody = np.empty(0, np.intp)
        self._ghosts = ghosts or (nobody, nobody)

    def answer(self, ask: dict[str, Any]) -> Reply:
        """Answer one ``ask``; a mistake is an answer too, with ``ok`` false and ``error`` in words."""
        reply = {"kind": "answer", "to": ask.get("client"), "id": ask.get("id")}
        what = {"edge": self._edge, "account": self._account, "search": self._search, "token": self._token}
        what["ring"] = self._ring
        try:
            look_up = what.get(str(ask.get("what")))
            if look_up is None:
                raise ArchivitError(f"nothing is known about {ask.get('what')!r}: ask for {', '.join(what)}")
            content, buffers = look_up(ask)
        except Exception as error:  # whatever went wrong, the page waits for an answer
            return {**reply, "ok": False, "error": str(error)}, []
        return {**reply, "ok": True, **content}, buffers

    def _edge(self, ask: dict[str, Any]) -> Reply:
        graph = self._graph
        edges = len(graph.edges)
        row = _row(ask, edges + len(self._ghosts[0]), "edge")
        if row >= edges:
            source, target = (str(self._accounts[rows[row - edges]]) for rows in self._ghosts)
            return {"source": source, "target": target, "ghost": True}, []
        edge = graph.edges.iloc[row]
        first, stop = graph.groups.begin[row : row + 2]
        codes = graph.record.token[graph.groups.rows[first:stop]][::-1]
        latest = list(dict.fromkeys(codes[codes >= 0].tolist()))
        return {
            "source": str(edge["source"]),
            "target": str(edge["target"]),
            "count": int(edge["transaction_count"]),
            "volume": _known(self._edge_volumes[row]),
            "unit": graph.currency or "",
            "last": int(edge["last_time"]),
            "tokens": [str(self._tokens[code]) for code in latest[:TOKENS]],
            "more": max(0, len(latest) - TOKENS),
            "extra": {
                "avg_value": _amount(edge["avg_value"], graph.currency),
                "hold_time": words.duration(edge["hold_time"]),
                "first": words.minute(int(edge["first_time"])),
            },
        }, []

    def _account(self, ask: dict[str, Any]) -> Reply:
        accounts = self._graph.accounts
        row = _row(ask, len(accounts), "account")
        account = accounts.iloc[row]
        return {
            "name": str(account["account"]),
            "out": int(account["transfers_out"]),
            "in": int(account["transfers_in"]),
            "volume": _known(self._account_volumes[row]),
            "unit": self._graph.currency or "",
            "first": _moment(account["first_time"]),
            "last": _moment(account["last_time"]),
        }, []

    def _search(self, ask: dict[str, Any]) -> Reply:
        text, limit = str(ask.get("text", "")), min(int(ask.get("limit") or 20), MOST)
        accounts = [[row, str(self._accounts[row])] for row in self._account_names.find(text, limit)]
        tokens = [[row, str(self._tokens[row])] for row in self._token_names.find(text, limit)]
        return {"accounts": accounts, "tokens": tokens}, []

    def _token(self, ask: dict[str, Any]) -> Reply:
        row = _row(ask, len(self._tokens), "token")
        edges = self._graph.edge_of[self._graph.record.token == row]
        edges = edges[edges >= 0]
        return {"name": str(self._tokens[row]), "count": len(edges)}, [edges.astype("<u4").tobytes()]

    def _ring(self, ask: dict[str, Any]) -> Reply:
        row = _row(ask, len(self._graph.edges) + len(self._ghosts[0]), "edge")
        steps, times, sentence = self._rings.at(row) or (np.empty(0), np.empty(0), None)
        return {"sentence": sentence}, [steps.astype("<u4").tobytes(), times.astype("<f8").tobytes()]

    @cached_property
    def _edge_volumes(self) -> F64:
        return edge_volumes(self._graph)

    @cached_property
    def _account_volumes(self) -> F64:
        return account_volumes(self._graph)

    @cached_property
    def _accounts(self) -> NDArray[Any]:
        return self._graph.accounts["account"].to_numpy()

    @cached_property
    def _tokens(self) -> NDArray[Any]:
        return self._graph.tokens["token"].to_numpy()

    @cached_property
    def _account_names(self) -> Names:
        return Names(self._accounts)

    @cached_property
    def _token_names(self) -> Names:
        return Names(self._tokens)


def edge_volumes(graph: TransferGraph) -> F64:
    """(m,) volume of each edge; NaN where no price is known, whose sum is no price either."""
    return np.where(np.isnan(graph.totals.average), np.nan, graph.totals.volume)


def account_volumes(graph: TransferGraph) -> F64:
    """(n_accounts,) what each account gave and received; NaN where no price is known."""
    record, accounts = graph.record, graph.accounts
    priced = np.zeros(len(accounts) + 1, bool)  # one more, for -1: an unknown party
    for party in (record.source, record.target):
        priced[party[~np.isnan(record.value)]] = True
    return np.where(priced[:-1], (accounts["volume_out"] + accounts["volume_in"]).to_numpy(), np.nan)


def _amount(value: float, unit: str | None) -> str:
    return " ".join(filter(None, (words.number(value), unit if np.isfinite(value) else None)))


def _row(ask: dict[str, Any], n: int, what: str) -> int:
    row = ask.get("row")
    if not isinstance(row, int) or not 0 <= row < n:
        raise ArchivitError(f"{what} row {row!r} is not in the graph: its rows are 0 to {n - 1:,}")
    return row


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _moment(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
