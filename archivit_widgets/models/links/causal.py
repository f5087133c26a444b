"""What a record remembers at each moment, in constant time per transfer: the causal state behind link prediction.

Every transfer moves a few counters; every candidate is described from counters alone. The state at time t comes from
transfers strictly before t: of transfers at one moment all are described before any of them counts. Nothing grows with
an account's history: decayed counts stand for all of it, rings hold the `RING` latest partners.

    walk = Walk(source, target, time, accounts)
    rows = walk.describe(sources, targets, times)        # (n, len(FEATURES)) float32, times ascending

Paths of two and three steps through rings weigh each account between by 1 / log(2 + degree) (Adamic and Adar 2003,
Friends and neighbors on the Web); ``out`` and ``in`` say which way each step goes. Decayed counts: each transfer adds
1, halved in every half-life since.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import F64, I32, I64
from ...graph.compiled import compiled

F32 = NDArray[np.float32]
RING = 32  # latest partners that an account remembers, each way
REACH = 16  # of them, those that paths of two steps go through
CLOCKS = 4
NEVER = 25.0  # log of seconds: longer than any record
LONG = float(np.log1p(300.0))  # log of transfers of all accounts: longer ago is no longer told apart
HOUR, MONTH = 3_600.0, 30 * 86_400.0

FEATURES = (
    # the pair, there and back
    "pair_count", "pair_gap", "pair_since", "pair_share", "pair_fast", "pair_slow",
    "back_count", "back_gap", "back_since", "back_share", "back_fast", "back_slow", "unanswered",
    # the source
    "source_out", "source_in", "source_gap_out", "source_gap_in", "source_age", "source_novelty", "source_fast",
    # the candidate
    "target_in", "target_out", "target_gap_in", "target_gap_out", "target_age", "target_novelty",
    "target_fade_0", "target_fade_1", "target_fade_2", "target_fade_3",
    "target_active_0", "target_active_1", "target_active_2", "target_active_3", "target_ratio",
    # both, by way of others
    "ring_out", "ring_in", "out_out", "in_out", "out_in", "in_in", "out_in_out", "any_three",
    # the candidate on the clock of all: transfers of anybody since its last moment in and out, that moment included
    "target_since_in", "target_since_out",
)  # fmt: skip
IN_TREES = len(FEATURES) - 2  # of them, those that trees see: with the last two they were worse on validation parts

# Columns of Memory.node
_OUT, _IN, _LAST_OUT, _LAST_IN, _FIRST, _NEW_OUT, _NEW_IN, _ALL_OUT, _ALL_IN = range(9)
# Columns of Memory.pair
_COUNT, _LAST, _AT_OUT, _AT_IN, _FAST, _SLOW = range(6)
# Columns of Memory.near
_RING_OUT, _RING_IN, _OUT_OUT, _IN_OUT, _OUT_IN, _IN_IN = range(6)


class Memory(NamedTuple):
    """All that is remembered; compiled code takes it as one.

    Attributes
    ----------
    node
        (accounts, 9): transfers out and in, last times, first time, different partners out and in, and how
        many transfers anybody had made before the moment of its last one out and in.
    fade
        (accounts, 2, CLOCKS): decayed counts in and out, as they were at the last transfer in and out.
    ring
        (accounts, 2, RING): whom it gave to, and who gave to it; place k holds the k-th, modulo RING.
    keys, pair
        (slots,) and (slots, 6): an open table of pairs: count, last time, the source's count out and the target's
        count in at that time, decayed counts by the first and the third clock.
    clocks
        (CLOCKS,): half-lives, seconds.
    total
        (3 + CLOCKS,): time of the last transfer, decayed counts of all, their number, and that before this moment.
    near, touched
        Of the source now described: what leads where, and which accounts have any.
    """

    node: F64
    fade: F64
    ring: I32
    keys: I64
    pair: F64
    clocks: F64
    total: F64
    near: F64
    touched: I32


def memory(accounts: int, pairs: int, clocks: F64) -> Memory:
    """Remember nothing yet; there is room for so many different pairs."""
    slots = 1 << max(4, int(2 * pairs).bit_length())
    node = np.zeros((accounts, 9))
    node[:, _LAST_OUT : _FIRST + 1] = np.nan
    return Memory(
        node=node,
        fade=np.zeros((accounts, 2, CLOCKS)),
        ring=np.full((accounts, 2, RING), -1, np.int32),
        keys=np.full(slots, -1, np.int64),
        pair=np.zeros((slots, 6)),
        clocks=clocks,
        total=np.zeros(3 + CLOCKS),
        near=np.zeros((accounts, 6)),
        touched=np.zeros(accounts + 1, np.int32),
    )


def half_lives(time: I64) -> F64:
    """Choose clocks that fit a record: from an hour to a month.

    They are longer where its resolution is coarser (days, years), and shorter where it lasts less than two months.

    Parameters
    ----------
    time
        (n,) int64 seconds, ascending: what may be known.

    Returns
    -------
    (CLOCKS,) float64, seconds
    """
    gaps = np.diff(np.unique(time))
    step = float(np.quantile(gaps, 0.1)) if len(gaps) else 0.0
    span = float(time[-1] - time[0]) if len(time) else 0.0
    longest = min(MONTH, span / 2) if span > 0 else MONTH
    shortest = max(step, HOUR * longest / MONTH)
    return np.geomspace(shortest, max(longest, 30 * shortest), CLOCKS)


class Walk:
    """A record on its way through time.

    Parameters
    ----------
    source, target
        (n,) int32 rows of accounts; -1 is nobody, and such transfers are passed over.
    time
        (n,) int64 seconds, ascending.
    accounts
        How many there are.
    clocks
        Half-lives in seconds (`half_lives`).
    """

    def __init__(self, source: I32, target: I32, time: I64, accounts: int, clocks: F64) -> None:
        known = (source >= 0) & (target >= 0)
        self._source, self._target, self._time = source[known], target[known], time[known]
        pairs = np.unique(self._source.astype(np.int64) << 32 | self._target)
        self.memory = memory(accounts, len(pairs), clocks)
        self._done = 0

    def describe(self, source: NDArray[Any], target: NDArray[Any], time: NDArray[Any]) -> F32:
        """Describe candidates, each at its time, and move on.

        Parameters
        ----------
        source, target, time
            (n,) rows of accounts and seconds; times ascend, here and from call to call.

        Returns
        -------
        (n, len(FEATURES)) float32
        """
        rows = np.empty((len(source), len(FEATURES)), np.float32)
        self._done = _describe(
            self.memory, self._source, self._target, self._time, self._done,
            np.ascontiguousarray(source, np.int32), np.ascontiguousarray(target, np.int32),
            np.ascontiguousarray(time, np.int64), rows,
        )  # fmt: skip
        return rows


@compiled
def _describe(m: Memory, source: I32, target: I32, time: I64, done: int, s: I32, c: I32, t: I64, rows: F32) -> int:
    """Walk up to each query's time, and describe its candidate; returns how many transfers were walked."""
    before = -1
    for i in range(len(s)):
        moved = False
        while done < len(time) and time[done] < t[i]:
            _remember(m, source[done], target[done], float(time[done]))
            done += 1
            moved = True
        if moved or s[i] != before:
            if before >= 0:
                _forget_near(m)
            _look_around(m, s[i])
            before = s[i]
        _row(m, s[i], c[i], float(t[i]), rows[i])
    if before >= 0:
        _forget_near(m)
    return done


@compiled
def _home(key: int, slots: int) -> Any:
    """Place where a pair is looked for first, mixed as in SplitMix64 (Steele 2014); `slots` is a power of two."""
    x = np.uint64(key)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64(x ^ (x >> np.uint64(31))) & (slots - 1)


@compiled
def _slot(keys: I64, source: int, target: int) -> Any:
    """Place of a pair in the open table, or the free place where it belongs (linear probing)."""
    key = np.int64(source) << np.int64(32) | np.int64(target)
    place = _home(key, len(keys))
    while keys[place] != key and keys[place] != -1:
        place = (place + 1) & (len(keys) - 1)
    return place


@compiled
def _remember(m: Memory, s: int, d: int, t: float) -> None:
    """Let one transfer count."""
    node, fade = m.node, m.fade
    p = _slot(m.keys, s, d)
    pair = m.pair[p]
    if m.keys[p] == -1:
        m.keys[p] = np.int64(s) << np.int64(32) | np.int64(d)
        pair[_LAST] = t
        node[s, _NEW_OUT] += 1
        node[d, _NEW_IN] += 1
    gap = t - pair[_LAST]
    pair[_FAST] = pair[_FAST] * 2.0 ** (-gap / m.clocks[0]) + 1
    pair[_SLOW] = pair[_SLOW] * 2.0 ** (-gap / m.clocks[2]) + 1
    pair[_COUNT] += 1
    pair[_LAST] = t
    for k in range(CLOCKS):  # before 1970 no time has passed since the total's own beginning, 0
        clock = m.clocks[k]
        m.total[1 + k] = m.total[1 + k] * 2.0 ** (-max(t - m.total[0], 0) / clock) + 1
        ago_in, ago_out = t - node[d, _LAST_IN], t - node[s, _LAST_OUT]
        fade[d, 0, k] = fade[d, 0, k] * 2.0 ** (-ago_in / clock) + 1 if ago_in == ago_in else 1.0
        fade[s, 1, k] = fade[s, 1, k] * 2.0 ** (-ago_out / clock) + 1 if ago_out == ago_out else 1.0
    if t != m.total[0]:  # transfers of one moment are as long ago as each other
        m.total[2 + CLOCKS] = m.total[1 + CLOCKS]
    m.total[0] = t
    m.total[1 + CLOCKS] += 1
    node[s, _ALL_OUT] = node[d, _ALL_IN] = m.total[2 + CLOCKS]
    m.ring[s, 0, int(node[s, _OUT]) % RING] = d
    m.ring[d, 1, int(node[d, _IN]) % RING] = s
    node[s, _OUT] += 1
    node[d, _IN] += 1
    node[s, _LAST_OUT] = t
    node[d, _LAST_IN] = t
    pair[_AT_OUT] = node[s, _OUT]
    pair[_AT_IN] = node[d, _IN]
    for a in (s, d):
        if not node[a, _FIRST] <= t:
            node[a, _FIRST] = t


@compiled
def _look_around(m: Memory, s: int) -> None:
    """Spread out from a source through its rings, two steps each way."""
    for way in range(2):
        for x in m.ring[s, way]:
            if x < 0:
                break
            _mark(m, _RING_OUT + way, x, 1.0)
        steps = min(int(m.node[s, way]), RING)
        for k in range(min(steps, REACH)):
            x = m.ring[s, way, (int(m.node[s, way]) - 1 - k) % RING]
            weight = 1.0 / np.log(2.0 + m.node[x, _OUT] + m.node[x, _IN])
            for onward in range(2):
                have = int(m.node[x, onward])
                for j in range(min(have, REACH)):
                    y = m.ring[x, onward, (have - 1 - j) % RING]
                    if y != s:
                        _mark(m, 2 + way + 2 * onward, y, weight)


@compiled
def _mark(m: Memory, which: int, account: int, weight: float) -> None:
    fresh = True
    for k in range(6):
        fresh &= m.near[account, k] == 0.0
    if fresh:
        m.touched[0] += 1
        m.touched[m.touched[0]] = account
    m.near[account, which] += weight


@compiled
def _forget_near(m: Memory) -> None:
    for k in range(1, m.touched[0] + 1):
        m.near[m.touched[k]] = 0.0
    m.touched[0] = 0


@compiled
def _ago(t: float, last: float) -> float:
    """Log of seconds since then."""
    return np.log1p(t - last) if last == last else NEVER


@compiled
def _account(one: F64, way: int, t: float, row: F32) -> None:
    """Write how busy an account is, for how long and with how many others: its giving first (way 0), or its getting."""
    row[0] = np.log1p(one[_OUT + way])
    row[1] = np.log1p(one[_IN - way])
    row[2] = _ago(t, one[_LAST_OUT + way])
    row[3] = _ago(t, one[_LAST_IN - way])
    row[4] = _ago(t, one[_FIRST])
    row[5] = one[_NEW_OUT + way] / one[_OUT + way] if one[_OUT + way] > 0 else 1.0


@compiled
def _row(m: Memory, s: int, c: int, t: float, row: F32) -> None:
    """Write what is known of a source and a candidate at a time, in the order of FEATURES."""
    node, clocks = m.node, m.clocks
    f = 0
    last = np.array((np.nan, np.nan))
    for way in range(2):
        p = _slot(m.keys, s, c) if way == 0 else _slot(m.keys, c, s)
        if m.keys[p] == -1:
            row[f : f + 6] = (0.0, NEVER, NEVER, 0.0, 0.0, 0.0)
        else:
            pair = m.pair[p]
            gap = t - pair[_LAST]
            last[way] = pair[_LAST]
            row[f] = np.log1p(pair[_COUNT])
            row[f + 1] = np.log1p(gap)
            row[f + 2] = np.log1p(node[s, way] - pair[_AT_OUT + way])
            row[f + 3] = pair[_COUNT] / node[s, way]
            row[f + 4] = pair[_FAST] * 2.0 ** (-gap / clocks[0])
            row[f + 5] = pair[_SLOW] * 2.0 ** (-gap / clocks[2])
        f += 6
    row[f] = 1.0 if last[1] == last[1] and not last[0] >= last[1] else 0.0
    f += 1
    _account(node[s], 0, t, row[f : f + 6])
    row[f + 6] = m.fade[s, 1, 0] * 2.0 ** (-(t - node[s, _LAST_OUT]) / clocks[0]) if node[s, _OUT] > 0 else 0.0
    f += 7
    _account(node[c], 1, t, row[f : f + 6])
    f += 6
    for k in range(CLOCKS):
        everything = m.total[1 + k] * 2.0 ** (-max(t - m.total[0], 0) / clocks[k])
        came = m.fade[c, 0, k] * 2.0 ** (-(t - node[c, _LAST_IN]) / clocks[k]) if node[c, _IN] > 0 else 0.0
        went = m.fade[c, 1, k] * 2.0 ** (-(t - node[c, _LAST_OUT]) / clocks[k]) if node[c, _OUT] > 0 else 0.0
        row[f + k] = np.log((came + 1e-6) / (everything + 1e-6))
        row[f + CLOCKS + k] = np.log((went + 1e-6) / (everything + 1e-6))
    f += 2 * CLOCKS
    row[f] = np.log((node[c, _IN] + 0.5) / (node[c, _OUT] + 0.5))
    f += 1
    for k in range(6):
        row[f + k] = np.log1p(m.near[c, k])
    f += 6
    three, anyway = 0.0, 0.0
    for y in m.ring[c, 1]:
        if y < 0:
            break
        three += m.near[y, _OUT_IN]
        anyway += m.near[y, _OUT_OUT] + m.near[y, _IN_OUT] + m.near[y, _OUT_IN] + m.near[y, _IN_IN]
    row[f] = np.log1p(three)
    row[f + 1] = np.log1p(anyway)
    f += 2
    everything = m.total[1 + CLOCKS]
    row[f] = min(np.log1p(everything - node[c, _ALL_IN]), LONG) if node[c, _IN] > 0 else LONG
    row[f + 1] = min(np.log1p(everything - node[c, _ALL_OUT]), LONG) if node[c, _OUT] > 0 else LONG
