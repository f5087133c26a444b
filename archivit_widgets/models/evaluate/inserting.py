"""Puts transfers into a record so that it stays a record: each token still goes from holder to holder.

What is put in begins with somebody who holds the token and ends before the token moves next; where it ends with another
holder, that one makes the next move instead. Prices, their roundness and how many are known come from transfers near
in time; times have the record's own resolution, and transfers at one time stand in no telling order. Of the record's
other columns a transfer that is put in has the collection of its token; it has no transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ...arguments import counted
from ...errors import ArchivitError
from ...graph.columns import F64, I32, I64
from ...graph.transfers import TransferGraph
from ...sources.records import KINDS, Transfers
from ...sources.report import Report

RESOLUTIONS = (86_400, 3_600, 60, 1)
NEAR = 50  # transfers on either side that are near in time
OUTSIDER, HONEST = -1, -2  # rings of those who trade with a ring, and of those who have nothing to do with any
SALE, GIFT = KINDS.index("sale"), KINDS.index("transfer")


@dataclass(frozen=True)
class Stays:
    """Who held what from when to when, (n,) each; `after` is the transfer by which it left, -1 where it never did."""

    token: I64
    holder: I64
    came: I64
    begin: I64
    end: I64
    after: I64


@dataclass(frozen=True)
class Put:
    """One transfer to be put in; `ring` counts from 0, or is `OUTSIDER` or `HONEST`."""

    source: int
    target: int
    token: int
    time: int
    value: float
    ring: int


@dataclass
class Inserter:
    """Collects what is put into a record, and gives the new record."""

    graph: TransferGraph
    rng: np.random.Generator
    puts: list[Put] = field(default_factory=list)
    moved: dict[int, int] = field(default_factory=dict)
    payers: list[tuple[int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        record = self.graph.record
        if len(record) < 2 * NEAR:
            raise ArchivitError(
                f"nothing can be put into {counted(len(record), 'transfer')}; expected at least {2 * NEAR}"
            )
        if not (record.token >= 0).any():
            raise ArchivitError("the record names no tokens; rings and their look-alikes pass a work from hand to hand")
        self.accounts = record.accounts
        self.stays = _stays(record.source, record.target, record.token, record.time)
        rings = self.graph.truth
        washed = np.unique(record.token[[] if rings is None else rings["transfer"].to_numpy()])
        self.free = ~np.isin(self.stays.token, washed)
        gift = self.graph.transfers["kind"].eq("transfer").to_numpy()
        self.bought = ~gift[self.stays.came]  # what came as a gift may lie in a vault, whose keeper does no business
        self.resolution = next(step for step in RESOLUTIONS if not (record.time % step).any())
        self.first = np.full(record.accounts, np.iinfo(np.int64).max)
        for side in (record.source, record.target):
            np.minimum.at(self.first, side[side >= 0], record.time[side >= 0])

    def stay(self, lasting: float, start: int | None = None, end: int | None = None) -> tuple[int, int] | None:
        """Take a stay that has room for so many seconds within a window; give its row and when to begin, or None."""
        record, stays = self.graph.record, self.stays
        low = np.maximum(stays.begin, record.time[0] if start is None else start)
        high = np.minimum(stays.end, record.time[-1] if end is None else end)
        fits = np.flatnonzero(self.free & (high - low > lasting + 4 * self.resolution))
        if not len(fits):
            return None
        owned = fits[self.bought[fits]]
        row = int(self.rng.choice(owned if len(owned) else fits))
        self.free[row] = False
        slack = int(high[row] - low[row] - lasting - 2 * self.resolution)
        return row, int(low[row]) + self.resolution + int(self.rng.integers(max(slack, 1)))

    def account(self, time: int, fresh: float, taken: set[int], payer: int | None = None) -> int:
        """Give an account known by then that is not taken, or with chance `fresh` a new one, paid for by `payer`."""
        known = np.flatnonzero(self.first < time)
        if self.rng.random() >= fresh and len(known) > len(taken):
            for _ in range(20):
                one = int(self.rng.choice(known))
                if one not in taken:
                    return one
        self.accounts += 1
        self.payers.append((-1 if payer is None else payer, self.accounts - 1, time))
        return self.accounts - 1

    def price(self, row: int, time: int) -> float:
        """Price a token as its last sale did, or else as the market does, give or take; NaN as often as the market."""
        value = self.graph.record.value
        at = int(np.searchsorted(self.graph.record.time, time))
        near = value[max(at - NEAR, 0) : at + NEAR]
        if np.isnan(self.rng.choice(near)):
            return float("nan")
        own = value[self.stays.came[row]]
        usual = near[near > 0]
        if not own > 0:
            own = self.rng.choice(usual) if len(usual) else float("nan")
        return float(own * np.exp(0.25 * self.rng.standard_normal()))

    def rounded(self, price: float, time: int) -> float:
        """Round a price to as many digits as some price near in time has."""
        value = self.graph.record.value
        at = int(np.searchsorted(self.graph.record.time, time))
        near = value[max(at - NEAR, 0) : at + NEAR]
        near = near[near > 0]
        if not price > 0 or not len(near):
            return price
        digits = len(f"{self.rng.choice(near):.15g}".replace(".", "").strip("0").partition("e")[0])
        return float(f"{price:.{max(digits, 1)}g}")

    def put(self, source: int, target: int, token: int, time: int, value: float, ring: int) -> None:
        """Put in one transfer."""
        time -= time % self.resolution
        self.puts.append(Put(source, target, token, time, value, ring))

    def resell(self, row: int, holder: int) -> None:
        """Let another holder make the move that ends a stay."""
        if self.stays.after[row] >= 0:
            self.moved[int(self.stays.after[row])] = holder

    def record(self, patterns: list[str], note: str) -> tuple[TransferGraph, I64]:
        """Give the new graph, and the position in it of each transfer put in."""
        table = self.graph.source_of.table
        old, new = len(table), len(self.puts)
        accounts = _named(table["source"].cat.categories, self.accounts, self.rng)
        time = np.concatenate([self.graph.record.time, [put.time for put in self.puts]]).astype(np.int64)
        order = np.lexsort((np.concatenate([_within(self.graph.record.time, self.rng), self.rng.random(new)]), time))
        place = np.empty(old + new, np.int64)
        place[order] = np.arange(old + new)
        source = np.concatenate([self.graph.record.source, [put.source for put in self.puts]]).astype(np.int64)
        for row, holder in self.moved.items():
            source[row] = holder
        target = np.concatenate([self.graph.record.target, [put.target for put in self.puts]]).astype(np.int64)
        token = np.concatenate([self.graph.record.token, [put.token for put in self.puts]]).astype(np.int64)
        value = np.concatenate([self.graph.record.value, [put.value for put in self.puts]])
        sold = [SALE if put.value > 0 else GIFT for put in self.puts]
        kind = np.concatenate([_codes_of_kind(table["kind"]), sold]).astype(np.int64)
        joined = pd.DataFrame(
            {
                "source": pd.Categorical.from_codes(source[order], accounts),
                "target": pd.Categorical.from_codes(target[order], accounts),
                "token": pd.Categorical.from_codes(token[order], table["token"].cat.categories),
                "time": time[order],
                "value": value[order],
                "kind": pd.Categorical.from_codes(kind[order], pd.Index(KINDS)),
            }
        )
        joined = joined.join(self._rest(token).iloc[order].reset_index(drop=True))[table.columns]
        rows = place[old:]
        report = Report(old + new, old + new, currency=self.graph.currency, source=note)
        made = Transfers(
            joined,
            np.arange(1, old + new + 1),
            self.graph.currency,
            report,
            self._truth(rows, place, patterns),
            self._funding(accounts),
        )
        return TransferGraph(made), rows

    def _rest(self, token: I64) -> pd.DataFrame:
        """Give what else is told of the record's transfers, then of those put in: of these the collection alone."""
        table = self.graph.source_of.table
        rest = table.drop(columns=["source", "target", "token", "time", "value", "kind"]).reindex(range(len(token)))
        if "collection" in rest:
            put = self.graph.identity.tokens["collection"].iloc[token[len(table) :]]
            rest["collection"] = pd.concat([table["collection"], put], ignore_index=True)
        return rest

    def _truth(self, rows: I64, place: I64, patterns: list[str]) -> pd.DataFrame:
        """Say which transfers are a ring's, those that the record knew of included."""
        ring = np.array([put.ring for put in self.puts], np.int64)
        washed = ring >= 0
        own = {"transfer": rows[washed], "ring": ring[washed], "pattern": [patterns[r] for r in ring[washed]]}
        known = self.graph.truth
        parts = [pd.DataFrame(own)]
        if known is not None and len(known):
            moved = known.assign(transfer=place[known["transfer"]], ring=known["ring"] + len(patterns))
            parts.append(moved.assign(pattern=known["pattern"].astype(str)))
        return pd.concat(parts).sort_values("transfer").reset_index(drop=True)

    def _funding(self, accounts: pd.Index) -> pd.DataFrame | None:
        """Say who paid for new accounts: who was named, or somebody as others' payers are."""
        known = self.graph.funding
        if known is None:
            return None
        new = [one for one in self.payers if one[0] >= 0 or len(known)]
        payer = [
            accounts[payer] if payer >= 0 else known["funder"].iloc[int(self.rng.integers(len(known)))]
            for payer, _, _ in new
        ]
        early = np.maximum(60, 3_600 * np.exp(self.rng.standard_normal(len(payer)))).astype(np.int64)
        own = pd.DataFrame(
            {
                "funder": payer,
                "account": [accounts[account] for _, account, _ in new],
                "time": np.array([time for _, _, time in new], np.int64) - early,
            }
        )
        return pd.concat([known[list(own)], own]).sort_values("time", kind="stable").reset_index(drop=True)


def rewritten(graph: TransferGraph, table: pd.DataFrame, note: str) -> TransferGraph:
    """Give a graph of changed transfers of another, of which nothing planted is known."""
    report = Report(len(table), len(table), currency=graph.currency, source=note)
    rows = np.arange(1, len(table) + 1)
    return TransferGraph(replace(graph.source_of, table=table, rows=rows, report=report, truth=None))


def _stays(source: I32, target: I32, token: I32, time: I64) -> Stays:
    """Find the stays: arrivals of tokens, each with the next transfer of that token if the same account makes it."""
    order = np.lexsort((np.arange(len(token)), token))
    order = order[(token[order] >= 0)]
    here, then = order[:-1], order[1:]
    goes_on = (token[here] == token[then]) & (target[here] == source[then]) & (target[here] >= 0)
    last = np.ones(len(order), bool)
    last[:-1] = token[here] != token[then]
    last &= target[order] >= 0
    came = np.concatenate([here[goes_on], order[last]])
    after = np.concatenate([then[goes_on], np.full(int(last.sum()), -1)])
    end = np.where(after >= 0, time[after], time[-1] if len(time) else 0)
    return Stays(token[came].astype(np.int64), target[came].astype(np.int64), came, time[came], end, after)


def _within(time: I64, rng: np.random.Generator) -> F64:
    """Give numbers that keep the order of transfers at one time, but leave room between them."""
    draw = rng.random(len(time))
    kept: F64 = draw[np.lexsort((draw, time))]
    return kept


def _codes_of_kind(kind: pd.Series) -> I64:
    codes: I64 = pd.Categorical(kind, categories=list(KINDS)).codes.astype(np.int64)
    return codes


def _named(known: pd.Index, count: int, rng: np.random.Generator) -> pd.Index:
    """Name new accounts as the others are named: an address like theirs, else one with a number."""
    names, taken = list(known), set(known)
    like = str(names[0]) if names else "0x"
    while len(names) < count:
        hexadecimal = "".join(rng.choice(list("0123456789abcdef"), 40).tolist())
        name = f"0x{hexadecimal}" if like.startswith("0x") else f"account {len(names)}-{hexadecimal[:6]}"
        if name not in taken:
            names.append(name)
            taken.add(name)
    index: pd.Index = pd.Index(names, dtype=object)
    return index
