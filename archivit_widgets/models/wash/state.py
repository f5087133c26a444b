"""What the detector remembers: the transfers so far, and of each account and token what it did strictly earlier.

Plain arrays that compiled code changes in place. Tables of pairs are open-addressing hash tables (linear probing, at
most half full), so that a transfer costs the same however long the history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I32, I64
from ...graph.compiled import compiled

RECENT = 8  # transfers out that are kept of each account, to find rounds of several tokens
EMPTY = -1


class Past(NamedTuple):
    """The transfers, (n,) each; `before` is the one before on the token's walk (-1 none), `linked` the entity tie."""

    source: I32
    target: I32
    token: I32
    time: I64
    value: F64
    before: I64
    linked: F64


class Accounts(NamedTuple):
    """(accounts,) each: `first` time seen, counts, those of a week as of `moved`, `recent` gifts and sales, payers."""

    first: I64
    gave: I64
    got: I64
    partners: I64
    week_gave: F64
    week_got: F64
    moved: I64
    recent: I64
    payer: I64
    paid_for: I64
    sold_at: F64
    bought_at: F64


class Tokens(NamedTuple):
    """(tokens,) each: the transfer to the current holder, how often and when it moved, its last known price."""

    last: I64
    moves: I64
    moved: I64
    price: F64


class Pairs(NamedTuple):
    """How often source gave to target, by key source << 32 | target."""

    key: I64
    often: I64
    used: I64


class State(NamedTuple):
    """All of it; `market` holds the mean logarithm of recent prices and its weight, `funded` how many were paid for."""

    past: Past
    accounts: Accounts
    tokens: Tokens
    pairs: Pairs
    market: F64
    funded: I64


NEVER = np.iinfo(np.int64).min
_PAST = {"before": -1, "linked": 0}
_ACCOUNTS = {"first": NEVER, "moved": NEVER, "recent": -1, "payer": -1, "sold_at": np.nan, "bought_at": np.nan}
_TOKENS = {"last": -1, "moved": NEVER, "price": np.nan}


def empty() -> State:
    """Begin with nothing."""
    code, whole, real = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0)
    past = Past(code, code, code, whole, real, whole, real)
    recent = np.empty((0, RECENT), np.int64)
    accounts = Accounts(whole, whole, whole, whole, real, real, whole, recent, whole, whole, real, real)
    tokens = Tokens(whole, whole, whole, real)
    pairs = Pairs(np.full(16, EMPTY, np.int64), np.zeros(16, np.int64), np.zeros(1, np.int64))
    return State(past, accounts, tokens, pairs, np.zeros(2), np.zeros(1, np.int64))


def room(state: State, transfers: int, accounts: int, tokens: int, coming: int) -> State:
    """Make room for so many transfers, accounts and tokens in all, of which `coming` transfers are new."""
    return State(
        Past(*_larger(state.past, transfers, _PAST)),
        Accounts(*_larger(state.accounts, accounts, _ACCOUNTS)),
        Tokens(*_larger(state.tokens, tokens, _TOKENS)),
        _rehashed(state.pairs, int(state.pairs.used[0]) + coming),
        state.market,
        state.funded,
    )


def _larger(part: Any, size: int, unset: Mapping[str, float]) -> Iterator[NDArray[Any]]:
    """Let arrays grow twofold, so that all growing together costs no more than the last time."""
    have = len(part[0])
    extra = max(size, 2 * have) - have if size > have else 0
    for name, column in zip(part._fields, part, strict=True):
        more = np.full((extra, *column.shape[1:]), unset.get(name, 0), column.dtype)
        yield np.concatenate([column, more]) if extra else column


def _rehashed(pairs: Pairs, most: int) -> Pairs:
    if 2 * most <= len(pairs.key):
        return pairs
    size = 1 << int(4 * most).bit_length()
    larger = Pairs(np.full(size, EMPTY, np.int64), np.zeros(size, np.int64), np.zeros(1, np.int64))
    _pour(pairs, larger)
    return larger


@compiled
def _pour(pairs: Pairs, into: Pairs) -> None:
    for slot in range(len(pairs.key)):
        if pairs.key[slot] != EMPTY:
            place = find(into, pairs.key[slot])
            into.key[place] = pairs.key[slot]
            into.often[place] = pairs.often[slot]
            into.used[0] += 1


@compiled
def find(pairs: Pairs, key: int) -> int:
    """Give the slot of a key, or the empty one where it belongs."""
    mask = len(pairs.key) - 1
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing, Knuth vol. 3, 6.4
    slot = np.int64(mixed >> np.uint64(20)) & mask
    while pairs.key[slot] != EMPTY and pairs.key[slot] != key:
        slot = (slot + 1) & mask
    return int(slot)


@compiled
def times(pairs: Pairs, source: int, target: int) -> int:
    """Count how often source gave to target."""
    slot = find(pairs, (np.int64(source) << 32) | np.int64(target))
    count: int = pairs.often[slot] if pairs.key[slot] != EMPTY else 0
    return count


@compiled
def count_pair(pairs: Pairs, source: int, target: int) -> int:
    """Count once more; return how often before."""
    key = (np.int64(source) << 32) | np.int64(target)
    slot = find(pairs, key)
    if pairs.key[slot] == EMPTY:
        pairs.key[slot] = key
        pairs.used[0] += 1
    pairs.often[slot] += 1
    before: int = pairs.often[slot] - 1
    return before
