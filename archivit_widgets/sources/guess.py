"""Roles of columns whose names say nothing: a column of times, and two that name the same parties."""

from __future__ import annotations

import re
from itertools import combinations

from .roles import ADDRESS, DATE, NUMBER, Sample, share
from .times.clock import is_clock

WHOLE = re.compile(r"-?\d+(\.0+)?")


def guess(sample: Sample, free: list[str]) -> dict[str, str]:
    """Find source, target and time (and a value) among columns, or nothing.

    The time is the only column of dates or of unix times; source and target are the only two columns that share
    names, in the order of the file; the value is the only column left that has decimals.
    """
    times = [name for name in free if is_moment(sample[name])]
    if len(times) != 1:
        return {}
    rest = [name for name in free if name not in times and sample[name]]
    parties = pair_of_parties(sample, rest)
    if not parties:
        return {}
    found = {"source": parties[0], "target": parties[1], "time": times[0]}
    amounts = [name for name in rest if name not in parties and is_decimal(sample[name])]
    return found | ({"value": amounts[0]} if len(amounts) == 1 else {})


def pair_of_parties(sample: Sample, names: list[str]) -> tuple[str, str] | None:
    """Find the two columns whose names overlap; columns of addresses go before others."""
    addresses = [name for name in names if share(sample[name], ADDRESS.fullmatch) >= 0.5]
    if len(addresses) == 2:
        return addresses[0], addresses[1]
    whole = [name for name in names if not is_decimal(sample[name]) and share(sample[name], DATE.fullmatch) < 0.5]
    different = {name: set(sample[name]) for name in whole}
    pairs = [(one, other) for one, other in combinations(whole, 2) if overlap(different[one], different[other]) >= 0.1]
    return pairs[0] if len(pairs) == 1 else None


def overlap(one: set[str], other: set[str]) -> float:
    """Share of the fewer different values that occur in both columns."""
    return len(one & other) / max(1, min(len(one), len(other)))


def is_moment(values: list[str]) -> bool:
    """Say whether values are dates, or numbers of the size of unix times since 1973."""
    if share(values, DATE.fullmatch) >= 0.9:
        return not is_clock(values)
    return share(values, lambda text: WHOLE.fullmatch(text) and 1e8 <= float(text) < 1e19) >= 0.9


def is_decimal(values: list[str]) -> bool:
    """Say whether values are numbers, some of them with a fraction."""
    numbers = share(values, NUMBER.fullmatch) >= 0.9
    return numbers and any(float(text) % 1 for text in values if NUMBER.fullmatch(text))
