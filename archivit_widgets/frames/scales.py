"""Scales carry data to visual fractions 0..1, and give the legend its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..arguments import number
from ..errors import ArchivitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

F64: TypeAlias = "NDArray[np.float64]"
KINDS = ("log", "linear", "rank", "identity")
TICKS = 5
#: Largest value by the smallest below which a scale is narrow. Widths spread so far at least: 7 and 8 are no thread
#: and trunk. Colours are spread in any case, and need no logarithm for it.
LEAST = 4.0
#: Quantiles at the ends of a scale: a few odd values would else press all others together. The largest radius stays
#: the largest.
TAILS = {"radius": (0.02, 1.0), "color": (0.02, 0.98)}


@dataclass(frozen=True)
class Scale:
    """A monotone map from data to 0..1.

    Attributes
    ----------
    kind
        ``log`` (zero and below are 0), ``linear``, ``rank`` (share of smaller values, ties in the middle), or
        ``identity`` (clipped to 0..1).
    low, high
        Data values at 0 and 1; NaN where no value is known.
    sorted
        (k,) all known values, ascending; only of a rank scale.
    """

    kind: str
    low: float
    high: float
    sorted: F64 | None = None

    def fractions(self, values: F64) -> F64:
        """Map (n,) values; NaN stays NaN."""
        if self.kind == "rank":
            return _ranks(values, self.sorted if self.sorted is not None else values)
        if not self.high > self.low:
            return np.where(np.isnan(values), np.nan, 0.5)
        if self.kind == "log":
            values = np.log(np.where(values > 0, values, np.where(np.isnan(values), np.nan, self.low)))
        low, high = self._ends()
        return np.clip((values - low) / (high - low), 0, 1)

    def ticks(self, write: Callable[[float], str], units: tuple[float, ...] = ()) -> list[tuple[float, str]]:
        """At most five (fraction, text) pairs, ascending, with different texts; round in ``units``, which ascend."""
        out: list[tuple[float, str]] = []
        if math.isnan(self.low):
            return out
        for value in self._round_values(units):
            fraction = float(self.fractions(np.array([value]))[0])
            text = write(value)
            if not out or (text != out[-1][1] and fraction > out[-1][0]):
                out.append((round(fraction, 4), text))
        return out

    def note(self, values: F64) -> str:
        """Say where values lie beyond the ends and look like them; a log scale's zeros do not count.

        These words stand in the legends of the still picture and of the page.
        """
        if math.isnan(self.low):
            return "no known value" if np.isnan(values).all() else "no value above 0"
        beyond = (
            (values > self.high).any(),
            (values < self.low)[values > 0 if self.kind == "log" else slice(None)].any(),
        )
        if self.kind == "identity" or not any(beyond):
            return ""
        return "open at both ends" if all(beyond) else "open above" if beyond[0] else "open below"

    def _ends(self) -> tuple[float, float]:
        return (math.log(self.low), math.log(self.high)) if self.kind == "log" else (self.low, self.high)

    def _round_values(self, units: tuple[float, ...]) -> list[float]:
        if self.kind == "rank":
            known = self.sorted if self.sorted is not None else np.empty(0)
            return [float(known[int(q * (len(known) - 1))]) for q in (0, 0.25, 0.5, 0.75, 1)] if len(known) else []
        if self.kind == "log":
            return _on_log(self.low, self.high, units)
        unit = max((u for u in units if u <= (self.high - self.low) / 4), default=1.0)
        found = [self.low]
        for parts in (4, 5, 8):
            step = unit * _nice((self.high - self.low) / parts / unit)
            if step > 0 and len(found) < 3:
                first = math.ceil(self.low / step - 1e-9)
                found = [step * k for k in range(first, first + 6) if step * k <= self.high + 1e-9 * step]
        return found


def fit_scale(kind: str | tuple[str, float, float], values: F64, channel: str) -> Scale:
    """Choose the ends of a scale from (n,) values, or take them from a (kind, low, high) triple.

    Raises
    ------
    ArchivitError
        If the kind is unknown, or the ends make no scale.
    """
    name, ends = kind_of(kind), kind[1:] if isinstance(kind, tuple | list) else ()
    if name not in KINDS or len(ends) not in (0, 2):
        raise ArchivitError(
            f"scale of {channel} is {kind!r}, but must be one of {', '.join(KINDS)}, or (kind, low, high)"
        )
    known = values[np.isfinite(values)]
    if name == "rank":
        known = np.sort(known)
        return Scale("rank", float(known[0]) if len(known) else 0, float(known[-1]) if len(known) else 1, known)
    if name == "identity":
        return Scale("identity", 0, 1)
    if name == "log":
        known = known[known >= np.finfo(float).tiny]  # a power of ten below it is 0
    given = (number(f"scale of {channel}: an end", end) for end in ends)
    low, high = given if ends else _ends(known, *TAILS.get(channel, (0.0, 1.0)))
    if name == "log" and channel == "radius" and not ends and low < high < LEAST * low:
        middle = math.sqrt(low) * math.sqrt(high)
        low, high = middle / math.sqrt(LEAST), min(middle * math.sqrt(LEAST), float(np.finfo(float).max))
    if ends and (not low < high or (name == "log" and low <= 0)):
        raise ArchivitError(
            f"scale of {channel} goes from {low:g} to {high:g}: {name} needs {'0 < ' * (name == 'log')}low < high"
        )
    return Scale(name, low, high)


def is_narrow(values: F64, channel: str) -> bool:
    """Whether (n,) values differ by less than `LEAST` times, but for those that are beyond the ends of a scale."""
    low, high = _ends(values[np.isfinite(values)], *TAILS.get(channel, (0.0, 1.0)))
    return 0 < low <= high < LEAST * low


def kind_of(scale: Any) -> Any:
    """Name of the kind in what was asked for: a kind, or a (kind, low, high) triple."""
    return scale[0] if isinstance(scale, tuple | list) and scale else scale


def _ends(known: F64, below: float, above: float) -> tuple[float, float]:
    if not len(known):
        return math.nan, math.nan
    return float(np.quantile(known, below, method="lower")), float(np.quantile(known, above, method="higher"))


def _ranks(values: F64, known: F64) -> F64:
    if len(known) < 2:
        return np.where(np.isnan(values), np.nan, 0.5)
    below, upto = np.searchsorted(known, values, "left"), np.searchsorted(known, values, "right")
    fraction = (below + np.maximum(upto - 1, below)) / 2 / (len(known) - 1)
    return np.where(np.isnan(values), np.nan, np.clip(fraction, 0, 1))


def _on_log(low: float, high: float, units: tuple[float, ...]) -> list[float]:
    """Round values between: 1, 10, 100 .. of a unit; where those are too few, 1, 3, 10 .. and so on."""
    best = [low, high]
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7)):
        found = list(_multiples(low, high, steps, units))
        if len(found) >= 2:
            best = found
        if len(best) > 2:
            break
    return best[:: -(-len(best) // TICKS)]


def _multiples(low: float, high: float, steps: tuple[int, ...], units: tuple[float, ...]) -> Iterator[float]:
    starts = units or (10.0 ** math.floor(math.log10(low)),)
    for unit, end in zip(starts, (*starts[1:], math.inf), strict=True):
        for power in range(math.ceil(max(0.0, math.log10(high) - math.log10(unit))) + 1):
            for step in steps:
                value = unit * float(f"{step}e{power}")  # infinite where ** would overflow
                if low * (1 - 1e-9) <= value <= high * (1 + 1e-9) and value < end:
                    yield value


def _nice(step: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    if not step > 0 or not math.isfinite(step):
        return 0
    power = 10.0 ** math.floor(math.log10(step))
    return float(next(k * power for k in (1, 2, 5, 10) if k * power >= step * (1 - 1e-9)))
