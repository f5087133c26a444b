"""Numbers, times and durations in words: for legends, tooltips and summaries."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from ..sources.times.units import DAY, HOUR, MINUTE

_SPANS = ((365.25 * DAY, "year"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))
#: Units of durations in seconds, ascending.
SPANS = tuple(size for size, _ in _SPANS[::-1])


def number(value: float) -> str:
    """Write a number with three digits that count: ``1,240``, ``0.032``, ``2.1M``."""
    if not math.isfinite(value):
        return "unknown"
    if abs(value) >= 1e6:
        value = float(f"{value:.3g}")  # 999,999,999 is 1B
    size = abs(value)
    for edge, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if size >= edge:
            return f"{value / edge:.3g}{letter}" if size < 1e15 else f"{value:.2e}"
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value or 0:.3g}" if size >= 1e-4 or value == 0 else f"{value:.1e}"  # -0.0 is 0


def amount(value: float, way: str = ROUND_HALF_EVEN) -> str:
    """Write a number with the six digits that count, and all of a whole number's: ``48.04``, ``1,234,567``.

    `way` is how `decimal` rounds: ``ROUND_FLOOR`` and ``ROUND_CEILING`` make a bound that holds.
    """
    exact = Decimal(f"{value:.12g}")  # without the noise of sums
    if not exact:
        return "0"
    if not exact.is_finite() or not 1e-12 <= abs(exact) < 1e15:
        return number(value)
    places = max(0, 5 - exact.adjusted())
    text = f"{exact.quantize(Decimal(1).scaleb(-places), way):,f}"
    return text.rstrip("0").rstrip(".") if places else text


def day(seconds: float) -> str:
    """Write a moment, in seconds since 1970 UTC, as a day; the year may be before 1970."""
    return str(np.datetime64(round(seconds), "s").astype("datetime64[D]"))


def year(seconds: float) -> str:
    """Write the year of a moment, in seconds since 1970 UTC, as one says it: ``188``, not ``0188``."""
    return str(int(day(seconds)[:-6]))


def minute(seconds: float) -> str:
    """Write a moment to the minute, or as a day where it is a day's first second."""
    moment = np.datetime64(round(seconds), "s")
    return day(seconds) if seconds % DAY == 0 else str(moment.astype("datetime64[m]")).replace("T", " ")


def duration(seconds: float) -> str:
    """Write a length of time in its largest unit that is at least one: ``3.2 days``."""
    if not math.isfinite(seconds):
        return "unknown"
    for size, name in _SPANS:
        if abs(seconds) >= size:
            text = f"{seconds / size:.3g}"
            return f"{text} {name}" if text == "1" else f"{text} {name}s"
    return "0 seconds"


def short(name: str, most: int = 24) -> str:
    """Shorten a name: the ends of an address, the start of anything else; ``short`` of js/src/ui/words.ts."""
    if name.startswith("0x") and len(name) == 42:
        return f"{name[:6]}…{name[-4:]}"
    return name if len(name) <= most else f"{name[: most - 1]}…"


def count(n: int, one: str, many: str | None = None) -> str:
    """Write ``1 edge``, ``6,302 edges``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
