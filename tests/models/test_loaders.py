"""Windows of time from a graph and from Parquet: whole, in order, and blind to what comes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, read_transfers, simulate_market
from archivit_widgets.models.loaders import windows
from archivit_widgets.models.parquet import Parquet
from tests.ledger import graph_of


@pytest.fixture(scope="module")
def market():
    return simulate_market(800)


def written(graph, path):
    table = graph.transfers.astype({"source": object, "target": object, "token": object})
    table[["source", "target", "token", "time", "value"]].to_parquet(path)
    return path


def alike(one, other):
    """Two events or pasts hold the same transfers; rows of accounts may be numbered in another order."""
    return all(torch.equal(one[name], other[name]) for name in ("t", "msg", "transfer"))


@given(
    times=st.lists(st.integers(-20, 20), min_size=1, max_size=30),
    length=st.integers(1, 15),
    past=st.integers(0, 5),
    most=st.integers(1, 6),
)
@settings(max_examples=60)
def test_windows_are_whole_in_order_and_blind(times, length, past, most):
    time = np.sort(times)
    n = len(time)
    graph = graph_of([f"a{i % 3}" for i in range(n)], ["b"] * n, time)
    found = list(windows(graph, length, past=past, most=most))
    assert torch.cat([w.events.transfer for w in found]).tolist() == list(range(n))
    for window in found:
        t = window.events.t.numpy()
        assert window.start <= t.min()
        assert t.max() < window.end
        assert window.start // length == (window.end - 1) // length
        assert len(t) <= most or len(set(t.tolist())) == 1
        before = np.flatnonzero(time < window.start)
        assert window.past.transfer.tolist() == before[len(before) - min(past, len(before)) :].tolist()


@pytest.mark.parametrize("block", [1, 7, 100, 10_000])
def test_a_file_gives_what_its_graph_gives(market, tmp_path, block):
    file = Parquet(written(market, tmp_path / "m.parquet"), token="token", block=block)
    there, here = list(windows(file, "20D", past=40, most=25)), list(windows(market, "20D", past=40, most=25))
    assert [(w.start, w.end) for w in there] == [(w.start, w.end) for w in here]
    for one, other in zip(there, here, strict=True):
        assert alike(one.events, other.events)
        assert alike(one.past, other.past)
        assert torch.equal(one.events.src, other.events.src)  # numbered as they first appear, like the graph's
        assert torch.equal(one.events.token, other.events.token)


def test_the_future_changes_no_earlier_window(market, tmp_path):
    cut = int(np.quantile(market.record.time, 0.6))
    kept = market.between(None, cut)
    for whole, part in zip(windows(market, "20D", past=30), windows(kept, "20D", past=30), strict=False):
        if whole.end <= cut:
            assert alike(whole.events, part.events)
        assert alike(whole.past, part.past)


def test_timestamps_and_numbers_are_read(tmp_path):
    table = pa.table(
        {
            "source": [0, 1, None],
            "target": [1, 0, 1],
            "time": pa.array(pd.to_datetime(["1969-12-31", "1970-01-02", "1970-01-03"], utc=True)),
            "value": [1.5, None, 2.0],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    (one, two) = windows(tmp_path / "t.parquet", "1D", past=5)
    assert one.events.t.tolist() == [-86_400]
    assert two.events.src.tolist() == [1]
    assert two.events.msg.tolist() == [[0, 0]]


#: Walks a file of ten million transfers in a process of its own, and says by how many MB its memory grew.
MEASURE = """
import json, sys
from pathlib import Path
import torch_geometric.data, pyarrow.parquet
from archivit_widgets.models.loaders import windows
def memory(name):  # kB; of this program alone, while ru_maxrss begins with that of the program which started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
base = memory("VmRSS")
events = windows_ = 0
last = -2**62
for window in windows(sys.argv[1], 50_000, past=1_000, most=100_000):
    assert window.past.num_events == min(events, 1_000)
    assert last < window.start and (not window.past.num_events or window.past.t[-1] < window.start)
    events, windows_, last = events + window.events.num_events, windows_ + 1, int(window.events.t[-1])
peak = memory("VmHWM")
print(json.dumps({"events": events, "windows": windows_, "grown": (peak - base) / 1024}))
"""


def test_ten_million_transfers_need_little_memory(tmp_path):
    file, n, rows = tmp_path / "large.parquet", 10_000_000, 1_000_000
    rng = np.random.default_rng(0)
    schema = pa.schema({"source": pa.int32(), "target": pa.int32(), "time": pa.int64(), "value": pa.float32()})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for begin in range(0, n, rows):
            ends = rng.integers(1_000_000, size=(2, rows), dtype=np.int32)
            time = np.arange(begin, begin + rows) // 3
            writer.write_table(pa.table([*ends, time, np.ones(rows, np.float32)], schema=schema))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["events"] == n
    assert measured["windows"] > 60
    assert measured["grown"] < 140, "MB beyond the interpreter and its libraries; the record itself is 280 in memory"


def test_what_is_no_record_is_one_line(market, tmp_path):
    file = tmp_path / "bad.parquet"
    good = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "time": [2, 1], "value": [1.0, 2.0]})
    good.to_parquet(file)
    cases = [
        (lambda: list(windows(file, "1D")), "is not in order of time at row 2"),
        (lambda: list(windows(Parquet(file, time="when"), "1D")), "has no column 'when'; it has source, target"),
        (lambda: list(windows(tmp_path / "none.parquet", "1D")), "cannot be read as Parquet"),
        (lambda: windows(file), "period must say how long a window"),
        (lambda: windows(3, "1D"), "source must be a TransferGraph"),
        (lambda: windows(market, "0s"), "period must be a positive time"),
        (lambda: windows(market, "1D", past=-1), "past must be a whole number"),
        (lambda: windows(market, "1D", most=0), "most must be a whole number"),
    ]
    for call, message in cases:
        with pytest.raises(ArchivitError, match=message):
            call()
    for column, values in (("time", [1.5, 2.5]), ("value", ["x", "y"]), ("source", [-7, 3])):
        good.assign(**{column: values}).sort_index().to_parquet(file)
        with pytest.raises(ArchivitError, match=r"bad\.parquet: "):
            list(windows(file, "1D"))
    file.write_bytes(b"PAR1 nothing")
    with pytest.raises(ArchivitError, match="cannot be read as Parquet"):
        list(windows(file, "1D"))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("source", [1.5, 2.0], "a row is not a whole number"),
        ("target", [True, False], "rows are True and False"),
        ("value", [np.inf, 1.0], "a value is infinite"),
    ],
)
def test_what_is_no_row_or_value_is_refused(tmp_path, column, values, said):
    table = {"source": [0, 1], "target": [1, 2], "time": [1, 2], "value": [1.0, 2.0]} | {column: values}
    if column == "target":
        table["source"] = values
    file = tmp_path / "odd.parquet"
    pd.DataFrame(table).to_parquet(file)
    with pytest.raises(ArchivitError, match=said):
        list(windows(file, "1D"))
    with pytest.raises(ArchivitError, match="block must be"):
        Parquet(file, block=0)


def test_an_address_is_one_account_however_its_letters_are_written(tmp_path):
    low, high = "0x" + "ab" * 20, "0x" + "AB" * 20
    file = tmp_path / "hex.parquet"
    pd.DataFrame({"source": [low, high, "Ab"], "target": ["ab", "c", low], "time": [1, 2, 3], "value": 1.0}).to_parquet(
        file
    )
    (window,) = windows(file, "1D")
    assert window.events.src[0] == window.events.src[1] == window.events.dst[2]
    assert window.events.src[2] != window.events.dst[0]  # names keep theirs


@pytest.mark.parametrize("block", [1, 100])
def test_whom_the_reader_does_not_know_is_nobody_here_either(tmp_path, block):
    zero, file = "0x" + "0" * 40, tmp_path / "lost.parquet"
    parties = ["a", zero, "0X0", "nan", " b", "withdrawn", "b", "0xAB"]
    rows = [(s, t, f"t{i}", i, 1.0) for i, (s, t) in enumerate((s, t) for s in parties for t in parties)]
    frame = pd.DataFrame(rows, columns=["source", "target", "token", "time", "value"])
    frame.loc[:9, "token"] = [zero, "nan", *["withdrawn"] * 8]
    frame.to_parquet(file)
    (one,) = windows(Parquet(file, token="token", block=block), "1D")
    (other,) = windows(read_transfers(frame, time="time", value="value"), "1D")
    assert len(one.events.t) == 16
    assert one.events.t.tolist() == other.events.t.tolist()
    assert torch.equal(one.events.src, other.events.src)
    assert torch.equal(one.events.dst, other.events.dst)
    assert (one.events.token < 0).tolist() == (other.events.token < 0).tolist()


@pytest.mark.parametrize("block", [1, 100])
def test_tokens_of_two_collections_are_two(tmp_path, block):
    file, rows = (
        tmp_path / "homes.parquet",
        [("1", "x"), ("1", "y"), (" 1", "x"), ("1", None), ("nan", "x"), ("2", "X")],
    )
    frame = pd.DataFrame(rows, columns=["token", "collection"]).assign(source="a", target="b", time=range(6), value=1.0)
    frame.to_parquet(file)
    for _ in ("names", "rows"):
        (one,) = windows(Parquet(file, token="token", collection="collection", block=block), "1D")
        assert one.events.token.tolist() == [0, 1, 0, 2, -1, 3]
        frame.assign(token=frame["token"].astype(float)).to_parquet(file)
    (other,) = windows(read_transfers(frame, time="time", value="value"), "1D")
    assert other.events.token.tolist() == one.events.token.tolist()
    (alone,) = windows(Parquet(file, token="token", block=block), "1D")
    assert alone.events.token.tolist() == [1, 1, 1, 1, -1, 2]


def test_a_wrong_period_is_called_a_period(market):
    with pytest.raises(ArchivitError, match=r"^period must be a positive time"):
        windows(market, "abc")
