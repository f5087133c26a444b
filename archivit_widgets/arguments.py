"""What callers pass, checked: a wrong value is one clear line that says what was found and what was expected."""

from __future__ import annotations

import math
from contextlib import suppress
from numbers import Integral, Real
from typing import Any

from .errors import ArchivitError

#: What the columns of a record may be; explicit arguments of `read_transfers`, and options of the command line.
ROLES = ("source", "target", "token", "collection", "time", "value", "kind", "currency")


def whole(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Check a whole number within bounds; truth values and 2.0 are none."""
    most = math.inf if high is None else high
    if isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= most:
        return int(value)
    if high is None:
        bounds = f"a whole number of at least {low:,}"
    else:
        bounds = f"{low} or {high}" if high == low + 1 else f"a whole number from {low:,} to {high:,}"
    raise ArchivitError(f"{name} must be {bounds}, found {found(value)}")


def number(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """Check a finite number within bounds."""
    if isinstance(value, Real) and not isinstance(value, bool):
        with suppress(OverflowError):  # a whole number may be larger than any float
            if math.isfinite(value) and low <= float(value) <= high:
                return float(value)
    bounds = "" if low == -math.inf else f" of at least {low:g}" if high == math.inf else f" from {low:g} to {high:g}"
    raise ArchivitError(f"{name} must be a finite number{bounds}, found {found(value)}")


def counted(count: int, noun: str) -> str:
    """Write how many there are: ``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def of_kind(name: str, value: Any, kind: type | tuple[type, ...], expected: str) -> Any:
    """Check a value's type; `expected` says in words what it should be."""
    if isinstance(value, kind):
        return value
    raise ArchivitError(f"{name} must be {expected}, found {found(value)}")


def found(value: Any) -> str:
    """Write a wrong value in a few words: a number or a text as it is, of anything else the kind."""
    if isinstance(value, int) and abs(value) >= 10**40:  # Python refuses to write very long ones
        return "a number of more than 40 digits"
    if value is None or isinstance(value, (str, bytes, bool, Real)):
        text = repr(value) if not isinstance(value, Real) or isinstance(value, bool) else f"{value}"
        return short(text)
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}"


def short(text: Any, width: int = 40) -> str:
    """Write a text on one line, cut where it is longer than `width`."""
    line = " ".join(str(text)[: 4 * width].split())
    return line if len(line) <= width else line[: width - 1] + "…"
