"""Channels: from data units to four bytes an edge, and the legend that explains them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import found, of_kind, short
from ..errors import ArchivitError
from ..graph import words
from ..graph.moments import moment
from ..graph.rows import in_order
from ..graph.timeline import marks
from .scales import TICKS, Scale, fit_scale, is_narrow, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

NAMES = ("radius", "pulse", "color", "alert")
COLOR = NAMES.index("color")
#: What each channel shows where nothing else is asked for.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"radius": "volume", "pulse": "recency", "color": "avg_value", "alert": None}
)
#: What a channel shows when it is given None.
ABSENT = {"radius": 0.35, "pulse": 0.0, "color": np.nan, "alert": 0.0}
GIVEN = "values given"
_TIMES, _MONEY = ("first_time", "last_time"), ("volume", "avg_value")


@dataclass(frozen=True)
class Channels:
    """Visual channels of all edges, and what they mean.

    Attributes
    ----------
    bytes
        (m, 4) uint8: radius, pulse, color, alert; in color 0 is unknown.
    legend
        One entry for each channel: channel, title, unit, scale, ticks, unknown, note (what else is to be said of the
        scale, in words).
    """

    bytes: NDArray[np.uint8]
    legend: list[dict[str, Any]]


@dataclass(frozen=True)
class _Data:
    values: NDArray[np.float64]
    title: str
    unit: str = ""
    write: Callable[[float], str] = words.number
    units: tuple[float, ...] = ()
    note: str = ""
    span: tuple[float, float] = (-math.inf, math.inf)

    @property
    def moments(self) -> bool:
        """These are times, in seconds since 1970."""
        return self.write is words.day

    def ticks(self, scale: Scale) -> list[tuple[float, str]]:
        """Give round values and where they lie, 0..1; of times those of the calendar."""
        if self.moments and scale.kind == "linear" and scale.low < scale.high:
            named = [
                m for m in marks(round(scale.low), round(scale.high) + 1, TICKS) if scale.low <= m[0] <= scale.high
            ]
            if len(named) > 1:
                where = scale.fractions(np.array([second for second, _ in named], np.float64))
                return [(round(float(at), 4), text) for at, (_, text) in zip(where, named, strict=True)]
        return scale.ticks(self.write, self.units)

    def ruling(self) -> NDArray[np.float64]:
        """Values that the ends of a scale are chosen from: those within the span, if any is."""
        beyond = (self.values < self.span[0]) | (self.values > self.span[1])
        return self.values if np.isnan(self.values[~beyond]).all() else self.values[~beyond]


def encode(
    edges: pd.DataFrame,
    given: Mapping[str, Any],
    scales: Mapping[str, Any],
    currency: str | None,
    span: tuple[float, float] = (-math.inf, math.inf),
) -> Channels:
    """Carry data to channels.

    Parameters
    ----------
    edges
        ``graph.edges``.
    given
        For each of `NAMES`: a column of ``edges``, an array with one value for each edge, a constant visual fraction
        0..1, or None.
    scales
        channel -> ``log``, ``linear``, ``rank``, ``identity``, or (kind, low, high). Where absent: rank for pulse,
        identity for alert, linear for times, log for radius and color (linear where a value is below 0, and colors of
        values that differ little).
    currency
        Unit of ``volume`` and ``avg_value``.
    span
        First and last time that rule a scale, seconds since 1970: what lies beyond looks like them.

    Raises
    ------
    ArchivitError
        If a column is not there, a length is wrong, or a scale makes no sense.
    """
    if unknown := set(of_kind("scales", scales, Mapping, "a dict of channel and scale")) - set(NAMES):
        raise ArchivitError(f"scales has no channel {sorted(unknown)[0]!r}: channels are {', '.join(NAMES)}")
    out = np.empty((len(edges), 4), np.uint8)
    legend = []
    for k, name in enumerate(NAMES):
        value = given.get(name)
        if value is None or _is_number(value):
            if scales.get(name):
                fit_scale(scales[name], np.empty(0), name)  # it scales nothing, but a slip in it is told all the same
            fractions, entry = _constant(value, name, len(edges))
        else:
            fractions, entry = _scaled(
                _data(edges, value, name, currency, scales.get(name), span), scales.get(name), name
            )
        out[:, k] = to_bytes(fractions, name)[0]
        legend.append(entry)
    return Channels(out, legend)


def to_bytes(fractions: NDArray[Any], name: str) -> tuple[NDArray[np.uint8], int]:
    """Turn (m,) visual fractions into bytes; uint8 stays as it is. Also gives how many had to be clipped to 0..1."""
    if fractions.dtype == np.uint8:
        return fractions, 0
    floats = np.asarray(fractions, np.float32)
    unknown = np.isnan(floats)
    clipped = int(np.count_nonzero((floats < 0) | (floats > 1)))
    floats = np.clip(np.where(unknown, 0, floats), 0, 1)
    if name == "color":
        return np.where(unknown, 0, np.rint(floats * 254) + 1).astype(np.uint8), clipped
    return np.rint(floats * 255).astype(np.uint8), clipped


def update(before: NDArray[np.uint8], given: Any) -> tuple[NDArray[np.uint8], int]:
    """Lay final visual values over channels: what `push` and `play` take.

    Parameters
    ----------
    before
        (m, 4) uint8; stays as it is.
    given
        channel -> (m,) values, or (m,) for the pulse alone, or (m, 4) for all. Floats are visual fractions 0..1,
        uint8 are bytes. NumPy arrays, torch tensors, pandas columns, lists.

    Returns
    -------
    The new (m, 4) uint8, and the number of values that were clipped.

    Raises
    ------
    ArchivitError
        If a channel is unknown or a length is wrong.
    """
    out, clipped = before.copy(), 0
    for name, values in columns(given, len(before)).items():
        out[:, NAMES.index(name)], beyond = to_bytes(values, name)
        clipped += beyond
    return out, clipped


def far_outside(columns: Mapping[str, NDArray[Any]]) -> str:
    """Say which channel, if any, holds what cannot be meant as fractions: values further from 0..1 than it is wide."""
    for name, values in columns.items():
        known = values[~np.isnan(values)]
        if values.dtype == np.uint8 or not len(known):
            continue
        low, high = float(known.min()), float(known.max())
        if low < -1 or high > 2:
            goes = f"goes from {low:.3g} to {high:.3g}" if low < high else f"is {low:.3g} everywhere"
            return (
                f"{name} {goes}, but what is pushed are visual fractions 0..1: what lies beyond is clipped; "
                "subtract what shall be 0, then divide by what shall be 1"
            )
    return ""


def timed(given: Any) -> tuple[Any, int | None]:
    """Part what `push` takes into channels and the moment that they show, seconds since 1970, if a dict names one.

    Raises
    ------
    ArchivitError
        What it names is no moment.
    """
    if not isinstance(given, Mapping) or "time" not in given:
        return given, None
    time = given["time"]
    try:
        shown = None if time is None else moment(time)
    except ArchivitError as error:
        raise ArchivitError(f"the time of a frame: {error}") from None
    return {name: values for name, values in given.items() if name != "time"}, shown


def columns(given: Any, m: int, ghosts: int = 0) -> dict[str, NDArray[Any]]:
    """Give the (m,) values of each channel that is named or meant by what `update` takes; the last are of ghosts."""
    if isinstance(given, pd.DataFrame):
        given = dict(given.items())
    if isinstance(given, Mapping):
        if unknown := set(given) - set(NAMES):
            raise ArchivitError(
                f"there is no channel {sorted(map(str, unknown))[0]!r}: channels are {', '.join(NAMES)}"
            )
        return {name: _numbers(in_order(values, name, m), name, m, ghosts) for name, values in given.items()}
    array = in_order(given, "pulse", m)
    if array.ndim == 2 and array.shape == (m, 4):
        return {name: _numbers(array[:, k], name, m, ghosts) for k, name in enumerate(NAMES)}
    if array.ndim > 1:
        shape = " x ".join(f"{n:,}" for n in array.shape)
        raise ArchivitError(f"channels are {shape}, but {_many(m, ghosts)}: pass ({m:,},), ({m:,}, 4) or a dict")
    return {"pulse": _numbers(array, "pulse", m, ghosts)}


def relabel(legend: list[dict[str, Any]], pushed: Collection[str]) -> list[dict[str, Any]]:
    """Give a legend in which channels that were pushed are no longer said to show the data."""
    ticks = [[f, words.number(f)] for f in (0.0, 0.5, 1.0)]
    entry = {"title": "pushed, 0 to 1", "unit": "", "scale": "identity", "ticks": ticks, "note": ""}
    return [
        # A later frame may hold a NaN, which is a colour of its own.
        {**old, **entry, "unknown": old["channel"] == "color"} if old["channel"] in pushed else old
        for old in legend
    ]


def _many(m: int, ghosts: int) -> str:
    return f"the graph has {m:,} edges" if not ghosts else f"there are {m - ghosts:,} edges and {ghosts:,} ghosts"


def _numbers(array: NDArray[Any], name: str, m: int, ghosts: int = 0) -> NDArray[Any]:
    if array.ndim == 0 and array.dtype.kind in "buif":
        array = np.broadcast_to(array, m)
    if array.ndim == 0:
        raise ArchivitError(f"{name} must be one value for each of the {m:,} edges, found {found(array.item())}")
    if array.shape != (m,):
        has = " x ".join(f"{n:,}" for n in array.shape)
        last = f", then for each ghost: {m:,} in all" if ghosts else ""
        raise ArchivitError(
            f"{name} has {has} values, but {_many(m, ghosts)}: pass one value for each row of graph.edges{last}"
        )
    if array.dtype.kind == "M":
        return np.where(np.isnat(array), np.nan, array.astype("datetime64[s]").astype(np.int64))
    if array.dtype.kind == "m":
        return array / np.timedelta64(1, "s")
    if array.dtype.kind in "buif":
        return array
    known = ~pd.isna(array) if array.dtype == object else np.ones(m, bool)
    strange = [value for value in array[known].tolist() if not isinstance(value, Real | Decimal)]
    if strange:
        raise ArchivitError(f"{name} holds {array.dtype}, not numbers, for example {short(repr(strange[0]), 60)}")
    return np.where(known, array, np.nan).astype(np.float64)


def _data(
    edges: pd.DataFrame, value: Any, name: str, currency: str | None, scale: Any, span: tuple[float, float]
) -> _Data:
    if not isinstance(value, str):
        array = in_order(value, name, len(edges))
        title = str(getattr(value, "name", None) or GIVEN)
        if array.dtype.kind == "b" and title in edges.columns:  # edges["volume"] > 50 is called volume, and is none
            title = GIVEN
        write = words.day if array.dtype.kind == "M" else words.number
        return _Data(_numbers(array, name, len(edges)).astype(np.float64), title, write=write)
    if value not in edges.columns:
        columns = [c for c in edges.columns if c not in ("source", "target")]
        raise ArchivitError(f"{name}={value!r} is no column of graph.edges: there are {', '.join(columns)}")
    # Recency halves with every half-life: over two centuries nearly all of it rounds to 0, but the order of last
    # times lives on. So a pulse by recency is ranked by last_time, unless another scale is asked for.
    ranked = name == "pulse" and kind_of(scale or "rank") == "rank"
    column = "last_time" if value == "recency" and ranked else value
    if column == "volume" and name == "radius":
        return _volume(edges, currency)
    values = _numbers(edges[column].to_numpy(), name, len(edges)).astype(np.float64)
    title = value.replace("_", " ")
    if column in _TIMES:
        return _Data(values, title, write=words.day, note="by last transfer" if column != value else "", span=span)
    if column == "hold_time":
        return _Data(values, title, write=words.duration, units=words.SPANS)
    unit = (currency or "") if column in _MONEY else ("transfers" if column == "transaction_count" else "")
    return _Data(values, title, unit)


def _volume(edges: pd.DataFrame, currency: str | None) -> _Data:
    """Volume as a radius: what has no known price is not small but unknown; where nothing has one, transfers count."""
    values = edges["volume"].to_numpy(np.float64, copy=True)
    if len(values) and not np.any(values > 0):
        return _Data(
            edges["transaction_count"].to_numpy(np.float64), "transaction count", "transfers", note="no prices"
        )
    values[np.isnan(edges["avg_value"].to_numpy(np.float64))] = np.nan
    return _Data(values, "volume", currency or "", note="unknown at 1/3 width" if np.isnan(values).any() else "")


def _scaled(data: _Data, kind: Any, name: str) -> tuple[NDArray[np.float64], dict[str, Any]]:
    scale = fit_scale(kind or _default_kind(name, data), data.ruling(), name)
    fractions = scale.fractions(data.values)
    unknown = bool(np.isnan(fractions).any())
    if name == "radius":
        fractions, unknown = np.where(np.isnan(fractions), ABSENT[name], fractions), False
    return fractions, {
        "channel": name,
        "title": data.title,
        "unit": data.unit,
        "scale": scale.kind,
        "ticks": [list(tick) for tick in data.ticks(scale)],
        "unknown": unknown,
        "note": ", ".join(filter(None, [data.note, "log" * (scale.kind == "log"), scale.note(data.values)])),
    }


def _default_kind(name: str, data: _Data) -> str:
    if name in ("pulse", "alert"):
        return "rank" if name == "pulse" else "identity"
    if data.moments or np.any(data.values < 0) or (name == "color" and is_narrow(data.ruling(), name)):
        return "linear"
    return "log"


def _constant(value: Any, name: str, m: int) -> tuple[NDArray[np.float64], dict[str, Any]]:
    if value is not None and not 0 <= value <= 1:
        raise ArchivitError(f"{name} is {found(value)}: a constant is a visual fraction between 0 and 1")
    fraction = ABSENT[name] if value is None else float(value)
    text = "none" if value is None else words.number(fraction)
    entry = {"channel": name, "title": text, "unit": "", "scale": "constant", "ticks": [], "unknown": False, "note": ""}
    return np.full(m, fraction), entry


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "buif"
    return isinstance(value, Real | np.bool_)
