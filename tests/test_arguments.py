"""Whatever is passed by mistake is answered by one clear line of ours, not by a library, and not taken in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from archivit_widgets import (
    ArchivitError,
    Arteries,
    Pipeline,
    TransferGraph,
    flow,
    layout,
    read_transfers,
    simulate_market,
)
from archivit_widgets.arguments import whole
from archivit_widgets.steps import Measure, Simulate

G = simulate_market(transfers=200, seed=0)
M, N = len(G.edges), len(G.accounts)
FIRST = str(G.accounts["account"][0])
POSITIONS = np.zeros((N, 3))
W = Arteries(G, positions=POSITIONS, clock=0)
NOT_ROWS = pd.Series(np.ones(M), index=pd.date_range("2020", periods=M))


def assign(name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(W, name, value)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "dims as a float": (lambda: layout.place(G, dims=2.0), "dims must be 2 or 3, found 2.0"),  # type: ignore[arg-type]
    "dims of 4": (lambda: layout.place(G, dims=4), "dims .* found 4"),
    "a seed below 0": (lambda: layout.place(G, seed=-1), "seed .* at least 0, found -1"),
    "no steps": (lambda: layout.place(G, steps=0), "steps .* at least 1, found 0"),
    "a table placed": (lambda: layout.place(G.edges), "graph must be a TransferGraph"),  # type: ignore[arg-type]
    "a table measured": (lambda: flow.measure(G.edges), "graph .* found a DataFrame"),  # type: ignore[arg-type]
    "half life of a truth": (lambda: flow.measure(G, half_life=True), "half_life"),
    "transfers as text": (lambda: simulate_market("5"), "transfers .* found '5'"),  # type: ignore[arg-type]
    "transfers below 0": (lambda: simulate_market(-1), "transfers .* at least 0, found -1"),
    "transfers as a float": (lambda: simulate_market(1e3), "transfers .* found 1000.0"),  # type: ignore[arg-type]
    "a market's seed": (lambda: simulate_market(5, seed=-1), "seed .* found -1"),
    "wash above a half": (lambda: simulate_market(5, wash=0.6), "wash .* from 0 to 0.5, found 0.6"),
    "wash unknown": (lambda: simulate_market(5, wash=float("nan")), "wash .* found nan"),
    "no collections": (lambda: simulate_market(5, collections=0), "collections .* from 1 to 10,000"),
    "no path": (lambda: read_transfers(None), "expected a path or .* found NoneType"),
    "day_first as text": (lambda: read_transfers(G.transfers, day_first="yes"), "day_first .* 'yes'"),  # type: ignore[arg-type]
    "no steps of a pipeline": (lambda: Pipeline(None), "made of steps, found None"),  # type: ignore[arg-type]
    "a class for a step": (lambda: Pipeline([Measure]), "number 1"),  # type: ignore[list-item]
    "a name given as text": (lambda: Pipeline([Measure()], given="graph"), "given .* 'graph'"),
    "a pipeline run on a graph": (lambda: Pipeline([Measure()], given=["graph"])(G), "values .* TransferGraph"),  # type: ignore[arg-type]
    "a graph that is none": (lambda: Arteries(G.edges), "graph must be a TransferGraph"),  # type: ignore[arg-type]
    "a clock of nan": (lambda: Arteries(G, clock=float("nan")), "clock .* found nan"),
    "a clock beyond all numbers": (lambda: Arteries(G, clock=10**400), "clock .* found a number of more than 40"),
    "a height beyond all words": (lambda: Arteries(G, height=10**5000), "height .* found a number of more than 40"),
    "a scale beyond all numbers": (
        lambda: Arteries(G, scales={"radius": ("linear", 0, 10**400)}),
        "scale of radius: an end .* more than 40",
    ),
    "a constant beyond all numbers": (lambda: Arteries(G, radius=10**5000), "radius is a number of more than 40 .* 1"),
    "a constant above 1": (lambda: Arteries(G, radius=np.array(2)), "radius is a ndarray: a constant .* 0 and 1"),
    "a text in an array": (
        lambda: Arteries(G, color=np.array("volume")),
        "color must be one value for each .* 'volume'",
    ),
    "a complex constant": (
        lambda: Arteries(G, color=np.complex128(1)),
        "color must be one value for each .* a complex",
    ),
    "a clock as text": (lambda: Arteries(G, clock="noon"), "clock .* 'noon'"),  # type: ignore[arg-type]
    "a height below 0": (lambda: Arteries(G, height=-1), "height .* found -1"),
    "a height as text": (lambda: Arteries(G, height="big"), "height .* 'big'"),  # type: ignore[arg-type]
    "turn as text": (lambda: Arteries(G, turn="no"), "turn .* 'no'"),  # type: ignore[arg-type]
    "no title": (lambda: Arteries(G, title=None), "title .* None"),  # type: ignore[arg-type]
    "half a camera": (lambda: Arteries(G, camera={"yaw": 1}), "camera"),
    "a camera of texts": (
        lambda: Arteries(G, camera={"yaw": "x", "pitch": 0, "distance": 1, "target": [0, 0, 0]}),
        "yaw .* 'x'",
    ),
    "a camera as a list": (lambda: Arteries(G, camera=[1, 2]), "camera .* list"),  # type: ignore[arg-type]
    "scales as a list": (lambda: Arteries(G, scales=["log"]), "scales .* list"),  # type: ignore[arg-type]
    "the ends of a scale": (lambda: Arteries(G, scales={"radius": ("log", "a", "b")}), "scale of radius"),
    "positions of a wrong shape": (lambda: Arteries(G, positions=np.zeros((N, 4))), "positions are"),
    "positions unknown": (lambda: Arteries(G, positions=np.full((N, 3), np.nan)), "positions of account 0"),
    "positions that are complex": (lambda: Arteries(G, positions=POSITIONS + 1j), "positions must be numbers"),
    "a complex channel": (lambda: Arteries(G, positions=POSITIONS, color=np.ones(M) + 1j), "color .* complex"),
    "a channel of texts": (lambda: Arteries(G, positions=POSITIONS, color=np.array(["1"] * M)), "color .* '1'"),
    "a channel of lists": (lambda: Arteries(G, positions=POSITIONS, color=[[1], [2, 3]] * (M // 2)), "color"),
    "a column of other rows": (lambda: Arteries(G, positions=POSITIONS, color=NOT_ROWS), "index of color .* edges"),
    "a complex push": (lambda: W.push(np.ones(M) + 1j), "pulse .* complex"),
    "a push of other rows": (lambda: W.push({"radius": NOT_ROWS}), "index of radius .* edges"),
    "a push of nothing": (lambda: W.push(None), "pulse"),
    "a push of texts": (lambda: W.push(["0.5"] * M), "pulse .* '0.5'"),
    "a push of an unknown column": (lambda: W.push(pd.DataFrame({"width": np.ones(M)})), "no channel 'width'"),
    "nothing to play": (lambda: W.play(None), "frames .* None"),  # type: ignore[arg-type]
    "a complex rate": (lambda: W.play([], fps=1j), "fps"),  # type: ignore[arg-type]
    "a watcher that never watched": (lambda: W.on_select(print, remove=True), "on_select"),
    "half a camera set": (assign("camera", {"yaw": 1}), "camera must hold yaw, pitch, distance and target"),
    "a camera set that is unknown": (
        assign("camera", {"yaw": float("nan"), "pitch": 0, "distance": 1, "target": [0, 0, 0]}),
        "yaw .* found nan",
    ),
    "a height set": (assign("height", -5), "height .* found -5"),
    "a clock set": (assign("clock", float("inf")), "clock .* found inf"),
    "a window after the record": (assign("window", ("2050", "2060")), "record, 2017-"),
    "a window before the record": (assign("window", ("1950", "1960")), "record, 2017-"),
    "a window backwards": (assign("window", ("2019", "2018")), "window"),
    "a selection of edges unknown": (assign("selection", [10**9]), "edge row"),
    "a selection of a number": (assign("selection", 1.5), "selection|account"),
    "a selection of dates": (assign("selection", pd.Timestamp("2020")), "account"),
    "accounts unknown": (lambda: G.subgraph(accounts=["nobody"]), "no account is called 'nobody'"),
    "accounts as a float": (lambda: G.subgraph(accounts=1.5), "account.* 1.5"),  # type: ignore[arg-type]
    "accounts in pairs": (lambda: G.subgraph(accounts=[[FIRST, FIRST]]), "accounts"),
    "tokens unknown": (lambda: G.subgraph(tokens=["nothing"]), "no token is called"),
    "an end before the start": (lambda: G.between("2019", "2018"), "ends .* before it starts"),
    "a moment that is none": (lambda: G.between("soon"), "moment"),
}


@pytest.mark.parametrize(("call", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_one_clear_line(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(ArchivitError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_window_that_reaches_beyond_the_record_is_fine() -> None:
    for window in (("1990", "2018"), ("2018", "2100"), None):
        W.window = window
    assert len(G.between("2050", "2060").transfers) == len(G.between("2018", "2018").transfers) == 0


def test_a_pandas_column_is_aligned_by_its_rows() -> None:
    values = pd.Series(np.linspace(0, 1, M))
    shuffled = values.sample(frac=1, random_state=1)
    W.push({"radius": shuffled, "color": shuffled.to_numpy()})
    sent = W._stream.wanted
    np.testing.assert_array_equal(sent[:, 0], np.rint(values * 255).astype(np.uint8))
    np.testing.assert_array_equal(sent[:, 2], np.rint(shuffled.to_numpy() * 254).astype(np.uint8) + 1)
    W.push(shuffled)
    np.testing.assert_array_equal(W._stream.wanted[:, 1], sent[:, 0])
    W.push(pd.DataFrame({"alert": shuffled, "radius": 0.0}))
    np.testing.assert_array_equal(W._stream.wanted[:, 3], sent[:, 0])
    given = Arteries(G, positions=POSITIONS, radius=G.edges["volume"].sort_values())
    np.testing.assert_array_equal(given._stream.wanted[:, 0], W_BYTES[:, 0])


W_BYTES = Arteries(G, positions=POSITIONS, radius=G.edges["volume"].to_numpy())._stream.wanted


@pytest.mark.parametrize(
    "alert",
    [
        pd.Series([True, None] * M, dtype="boolean")[:M],
        pd.Series([1, None] * M, dtype="Int64")[:M],
        pd.Series([True, None] * M, dtype=object)[:M],
        [True, None] * (M // 2) + [True] * (M % 2),
        torch.tensor([1.0, float("nan")] * M)[:M],
    ],
)
def test_what_is_unknown_is_no_alert(alert: Any) -> None:
    shown = Arteries(G, positions=POSITIONS, alert=alert)._stream.wanted[:, 3]
    np.testing.assert_array_equal(shown, np.resize([255, 0], M))


def test_times_and_spans_are_seconds() -> None:
    span = pd.Series(pd.to_timedelta(np.arange(M), unit="D"))
    one, other = (Arteries(G, positions=POSITIONS, color=color) for color in (span, span.dt.total_seconds()))
    assert one._legend[2]["ticks"] == other._legend[2]["ticks"]


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert len(simulate_market(np.int64(5), seed=np.uint8(1)).transfers) == 5  # type: ignore[arg-type]
    graph = Pipeline([Simulate(np.int32(3))])()["graph"]  # type: ignore[arg-type]
    assert isinstance(graph, TransferGraph)
    assert layout.place(graph, dims=np.int64(2)).shape[1] == 2  # type: ignore[arg-type]


def test_a_bound_of_zero_is_a_bound() -> None:
    with pytest.raises(ArchivitError, match="x must be a whole number from 0 to 0, found 5"):
        whole("x", 5, 0, 0)
