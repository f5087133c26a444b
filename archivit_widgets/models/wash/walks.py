"""Each token's transfers as a walk from holder to holder, and where such a walk returns to a holder.

A walk goes on only while each source is the current holder: `before[i]` is the transfer that brought the token to the
source of transfer i, or -1 where nobody knows how it came there; a mint, a burn, an unknown buyer and a gap in the
record all begin anew. Without this rule 77 % of a time-shuffled market seems to run in circles, with it 0.34 %.

Transfers of one token at one time have no order of their own (many files know days only). They are put in one that
connects: a trail through all of them from the current holder (Hierholzer 1873). In the order of such a file up to 29 %
of rows lie on circles that nobody walked.

Compiled by numba; the cost of a transfer does not grow with history: at most `BACK` steps back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...graph.columns import I32, I64
from ...graph.compiled import compiled

BACK = 64  # transfers of a walk that are looked at
MOST_TIED = 256  # transfers of one token at one time that are put in order; of more, the file's order stays


@compiled
def walk(
    begin: int, stop: int, source: I32, target: I32, token: I32, time: I64, last: I64, before: I64, order: I64
) -> None:
    """Go on with all walks through the transfers [begin, stop), whole moments in order of time.

    Parameters
    ----------
    source, target, token, time
        Columns of the record; -1 is nobody, and no token.
    last
        (tokens,) the transfer that brought each token to its current holder, -1 unknown; changed.
    before
        (n,) written for these transfers: the transfer before it on its walk, or -1.
    order
        (stop - begin,) written: the transfers in the order in which they were walked.
    """
    first = begin
    while first < stop:
        after = first + 1
        while after < stop and time[after] == time[first]:
            after += 1
        for i in range(first, after):
            order[i - begin] = i
        if after - first > 1:
            _connect(order[first - begin : after - begin], source, target, token, last)
        for i in order[first - begin : after - begin]:
            before[i] = -1
            k = token[i]
            if k >= 0:
                came = last[k]
                if came >= 0 and target[came] == source[i]:
                    before[i] = came
                last[k] = i if target[i] >= 0 else -1
        first = after


@compiled
def closing(i: int, source: I32, target: I32, before: I64) -> tuple[int, int]:
    """Say whether transfer i returns its token to somebody who held it on this walk.

    Returns
    -------
    length, depth
        Transfers since that holder gave it away, and transfers, these included, that the walk has stayed among the
        same holders: two laps of three have length 3 and depth 6. Both 0 where nothing closes.
    """
    holder = target[i]
    if holder < 0:
        return 0, 0
    j, length = i, 1
    while source[j] != holder:
        j = before[j]
        length += 1
        if j < 0 or length > BACK:
            return 0, 0
    depth, j = length, before[j]
    while j >= 0 and depth < BACK and _among(source[j], i, length, source, before):
        depth, j = depth + 1, before[j]
    return length, depth


@compiled
def _among(account: int, i: int, length: int, source: I32, before: I64) -> bool:
    """Whether an account gave the token away in one of the last transfers up to i."""
    j = i
    for _ in range(length):
        if source[j] == account:
            return True
        j = before[j]
    return False


@compiled
def _connect(rows: I64, source: I32, target: I32, token: I32, last: I64) -> None:
    """Put the transfers of one moment, in place, by token, and those of one token in an order that connects."""
    tokens = token[rows]
    rows[:] = rows[np.argsort(tokens, kind="mergesort")]
    first = 0
    while first < len(rows):
        k = token[rows[first]]
        after = first + 1
        while after < len(rows) and token[rows[after]] == k:
            after += 1
        if k >= 0 and 1 < after - first <= MOST_TIED:
            came = last[k]
            _trail(rows[first:after], source, target, target[came] if came >= 0 else -1)
        first = after


@compiled
def _trail(rows: I64, source: I32, target: I32, holder: int) -> None:
    """Put transfers of one token in place as trails, the first from its holder; among equals, in the file's order."""
    n = len(rows)
    used, found = np.zeros(n, np.bool_), np.empty(n, np.int64)
    stack, node = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    done = 0
    while done < n:
        top, node[0], stack[0], tail = 0, _start(rows, source, target, used, holder), -1, done
        while top >= 0:
            edge = -1
            for e in range(n):
                if not used[e] and source[rows[e]] == node[top]:
                    edge = e
                    break
            if edge >= 0:
                used[edge] = True
                top += 1
                node[top], stack[top] = target[rows[edge]], edge
            else:
                if stack[top] >= 0:
                    found[tail] = stack[top]
                    tail += 1
                top -= 1
        found[done:tail] = found[done:tail][::-1].copy()
        done = tail
        holder = target[rows[found[done - 1]]]
    rows[:] = rows[found]


@compiled
def _start(rows: I64, source: I32, target: I32, used: NDArray[np.bool_], holder: int) -> int:
    """Who begins a trail: a mint, the holder, else the first who gives more often than he receives, or the first."""
    chosen, most = -1, -1
    for e in range(len(rows)):
        if used[e]:
            continue
        giver = source[rows[e]]
        surplus = 0
        for f in range(len(rows)):
            if not used[f]:
                surplus += (source[rows[f]] == giver) - (target[rows[f]] == giver)
        rank = 2 if giver == holder else 1 if surplus > 0 else 0
        if giver < 0 and holder < 0:
            rank = 3
        if rank > most:
            chosen, most = giver, rank
    return chosen
