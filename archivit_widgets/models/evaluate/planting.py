"""Rings put into a market whose truth is then known: what the detector of wash trades is fitted to and judged by.

    planted = plant(graph, "cycle", rings=30, seed=1)    # planted.truth: transfer, ring, pattern

Written apart from the detector and from what it measures. Rings use works that somebody holds, at prices of the market
(`inserting`); seven of ten members are accounts that the market knows already, where the typology does not ask for new
ones.

==============  =======================================================================================================
self_trade      a -> a, one to three times
ping_pong       a -> b -> a, one to five laps
cycle           a -> b -> c -> a, three to eight accounts, one to five laps
drift           a cycle whose price moves by up to 20 % with every hop, and is then rounded: to few digits, up to twice
mixed           a cycle in which now and then an outsider buys, and sells to the next member
fresh_laps      a -> b -> c -> a' -> b' -> c': two or three laps, each on accounts opened for it; no address returns
fast_chain      a -> b -> c -> d on accounts used once, all within an hour
slow_chain      the same over days
rotation        a -> b of one work, b -> c of another, c -> a of a third, at about one price
==============  =======================================================================================================
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arguments import number, of_kind, whole
from ...errors import ArchivitError
from ...graph.columns import F64, I64, check_graph
from ...graph.moments import moment
from ...graph.transfers import TransferGraph
from .inserting import OUTSIDER, Inserter

MINUTE, HOUR, DAY = 60, 3_600, 86_400
TYPOLOGIES = (
    "self_trade",
    "ping_pong",
    "cycle",
    "drift",
    "mixed",
    "fresh_laps",
    "fast_chain",
    "slow_chain",
    "rotation",
)
CLOSED = ("self_trade", "ping_pong", "cycle", "drift", "mixed")
CHAINS = ("fresh_laps", "fast_chain", "slow_chain")


def plant(
    graph: TransferGraph,
    typology: str | Sequence[str],
    *,
    rings: int = 20,
    seed: int = 0,
    hidden: float = 0.5,
    start: Any = None,
    end: Any = None,
) -> TransferGraph:
    """Put rings into a record, as many as find room; a warning says how many those were where some did not.

    Parameters
    ----------
    graph
        A record with tokens.
    typology
        One of `TYPOLOGIES`, or several.
    rings
        How many of each.
    seed
        Equal seeds, equal rings.
    hidden
        Share of rings whose new accounts are paid for as anybody's are, where the record knows who paid for whom; of
        the others the first member pays.
    start, end
        Moments between which rings act (ISO text, a Timestamp or int seconds); None: the record's.

    Returns
    -------
    TransferGraph
        With ``truth`` (``transfer``, ``ring``, ``pattern``), which keeps what the record knew.

    Raises
    ------
    ArchivitError
        There is no such typology, or the record has no room for any ring.
    """
    record, rows = planted(graph, typology, rings=rings, seed=seed, hidden=hidden, start=start, end=end)
    found, wanted = put_of(record, rows), Counter(asked(typology))
    short = [f"{found[name]} of {rings * often} of {name}" for name, often in wanted.items()]
    if found.total() < rings * wanted.total():
        warnings.warn(f"not all rings found room, planted: {', '.join(short)}", stacklevel=2)
    return record


def planted(
    graph: TransferGraph,
    typology: str | Sequence[str],
    *,
    rings: int = 20,
    seed: int = 0,
    hidden: float = 0.5,
    start: Any = None,
    end: Any = None,
) -> tuple[TransferGraph, I64]:
    """Do what `plant` does, and give all transfers that were put in too: those of outsiders are in no ring."""
    check_graph(graph)
    wanted = asked(typology)
    first, last = (None if edge is None else moment(edge) for edge in (start, end))
    if first is not None and last is not None and last < first:
        raise ArchivitError(f"the window ends at {end!r}, before it starts at {start!r}")
    inserter = Inserter(graph, np.random.default_rng(whole("seed", seed, 0)))
    patterns = put_rings(inserter, wanted, whole("rings", rings, 1), number("hidden", hidden, 0, 1), first, last)
    if not patterns:
        raise ArchivitError(f"{len(graph):,} transfers have no room for a ring: no token is held for long enough")
    return inserter.record(patterns, "a record with planted rings")


def asked(typology: Any) -> list[str]:
    """Check which typologies are asked for: one, or several."""
    names = of_kind("typology", typology, (str, Sequence), f"some of {', '.join(TYPOLOGIES)}")
    wanted = [names] if isinstance(names, str) else list(names)
    if not wanted:
        raise ArchivitError(f"no typology was asked for; the typologies are {', '.join(TYPOLOGIES)}")
    for name in wanted:
        if name not in TYPOLOGIES:
            raise ArchivitError(f"there is no typology {name!r}; the typologies are {', '.join(TYPOLOGIES)}")
    return wanted


def put_of(record: TransferGraph, rows: I64) -> Counter[str]:
    """Count the rings of each typology among the transfers that were put into a record, its own left aside."""
    assert record.truth is not None
    ours = record.truth[record.truth["transfer"].isin(rows)]
    return Counter(ours.drop_duplicates("ring")["pattern"].astype(str))


def put_rings(
    inserter: Inserter,
    typologies: Sequence[str],
    rings: int,
    hidden: float = 0.5,
    start: int | None = None,
    end: int | None = None,
) -> list[str]:
    """Put in so many rings of each typology, as far as there is room; give the typology of each."""
    patterns: list[str] = []
    for name in np.repeat(list(typologies), rings).tolist():
        place = _rotation if name == "rotation" else _one_work
        if place(inserter, name, len(patterns), hidden, start, end):
            patterns.append(name)
    return patterns


def _one_work(inserter: Inserter, name: str, ring: int, hidden: float, start: int | None, end: int | None) -> bool:
    """Put in a ring that moves one work, if there is room."""
    rng = inserter.rng
    steps, returns = _steps(rng, name)
    waits = _waits(rng, name, len(steps) - 1)
    found = inserter.stay(float(waits.sum()), start, end)
    if found is None:
        return False
    row, begin = found
    holder = int(inserter.stays.holder[row])
    payer = None if rng.random() < hidden else holder
    accounts, taken = {0: holder}, {holder}
    time = begin + np.cumsum(np.concatenate([[0.0], waits]))[: len(steps) - 1]
    for step, member in enumerate(steps):
        if member not in accounts:
            fresh = 1.0 if name in CHAINS else 0.0 if member < 0 else 0.3
            accounts[member] = inserter.account(int(time[min(step, len(time) - 1)]), fresh, taken, payer)
            taken.add(accounts[member])
    price = _prices(rng, name, inserter.price(row, begin), len(time))
    for step, when in enumerate(time.astype(np.int64).tolist()):
        giver, taker = steps[step], steps[step + 1]
        honest = giver < 0 or taker < 0
        value = inserter.rounded(float(price[step]), when)
        inserter.put(
            accounts[giver], accounts[taker], int(inserter.stays.token[row]), when, value, OUTSIDER if honest else ring
        )
    if not returns:
        inserter.resell(row, accounts[steps[-1]])
    return True


def _steps(rng: np.random.Generator, name: str) -> tuple[list[int], bool]:
    """Say which member holds the work after each hop, outsiders below 0, and whether it ends where it began."""
    laps = int(rng.integers(1, 6))
    if name == "self_trade":
        return [0] * (1 + int(rng.integers(1, 4))), True
    if name == "ping_pong":
        return [0, 1] * laps + [0], True
    if name in CHAINS:
        hops = int(rng.integers(2, 4)) * int(rng.integers(3, 6)) if name == "fresh_laps" else int(rng.integers(3, 7))
        return list(range(hops + 1)), False
    members = int(rng.integers(3, 9))
    steps = list(range(members)) * laps + [0]
    if name == "mixed":
        for outsider in range(1, 1 + int(rng.integers(1, 3))):
            steps.insert(int(rng.integers(1, len(steps) - 1)), -outsider)
    return steps, True


def _waits(rng: np.random.Generator, name: str, hops: int) -> F64:
    """Say how many seconds pass between one hop and the next."""
    count = max(hops - 1, 0)
    if name == "fast_chain":
        total = HOUR * rng.uniform(0.1, 0.95)
        return total * rng.dirichlet(np.full(count, 4.0)) if count else np.empty(0)
    low, high = (6 * HOUR, 6 * DAY) if name == "slow_chain" else (5 * MINUTE, 10 * DAY)
    usual = np.exp(rng.uniform(np.log(low), np.log(high)))
    waits: F64 = usual * np.exp(0.5 * rng.standard_normal(count))
    return np.maximum(waits, MINUTE)


def _prices(rng: np.random.Generator, name: str, first: float, hops: int) -> F64:
    """Let the price stand, creep, or move by up to a fifth with every hop."""
    most = rng.uniform(0.05, 0.2) if name == "drift" else rng.choice([0.0, 0.01, 0.03, 0.05])
    change = rng.uniform(-most, most, hops) + rng.choice([0.0, 0.5 * most])
    change[:1] = 0.0
    price: F64 = first * np.exp(np.cumsum(np.clip(change, np.log(0.8), np.log(1.2))))
    return price


def _rotation(inserter: Inserter, name: str, ring: int, hidden: float, start: int | None, end: int | None) -> bool:
    """Let holders of several works hand them on to one another, each giving one and getting one."""
    rng, stays = inserter.rng, inserter.stays
    members = int(rng.integers(3, 6))
    waits = _waits(rng, name, members + 1)
    lasting = float(waits.sum())
    found = inserter.stay(lasting, start, end)
    if found is None:
        return False
    row, begin = found
    rows = _held_then(inserter, row, begin, begin + lasting, members)
    if len(rows) < members:
        return False
    price = inserter.price(row, begin)
    time = (begin + np.cumsum(np.concatenate([[0.0], waits]))[:members]).astype(np.int64)
    holders = stays.holder[rows].tolist()
    for step, when in enumerate(time.tolist()):
        taker = holders[(step + 1) % members]
        value = inserter.rounded(price * float(np.exp(rng.uniform(-0.05, 0.05))), when)
        inserter.put(holders[step], taker, int(stays.token[rows[step]]), when, value, ring)
        inserter.resell(int(rows[step]), taker)
    return True


def _held_then(inserter: Inserter, row: int, begin: float, end: float, count: int) -> I64:
    """Give stays that last through a window, of as many holders and works, the given one first."""
    stays = inserter.stays
    margin = 2 * inserter.resolution
    there = np.flatnonzero(inserter.free & (stays.begin < begin - margin) & (stays.end > end + margin))
    chosen = [row]
    for other in inserter.rng.permutation(there)[:200].tolist():
        if len(chosen) == count:
            break
        if stays.holder[other] not in stays.holder[chosen] and stays.token[other] not in stays.token[chosen]:
            chosen.append(other)
            inserter.free[other] = False
    return np.array(chosen, np.int64)
