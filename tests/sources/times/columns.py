"""Columns of times, read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from archivit_widgets import read_transfers


def seconds(*moments: str) -> list[int]:
    return [int(np.datetime64(moment, "s").astype(np.int64)) for moment in moments]


def read_times(times: list[object], tmp_path: Path, name: str = "time", **options: object) -> list[int]:
    """Read times from a table in memory and from a CSV; both must agree. In the order of the file."""
    frame = pd.DataFrame({"from": "a", "to": "b", name: times, "row": range(len(times))})
    found = []
    frame.to_csv(tmp_path / "times.csv", index=False)
    for source in (frame, tmp_path / "times.csv"):
        graph = read_transfers(source, **options)
        by_row = dict(zip(graph.rows.tolist(), graph.transfers["time"].tolist(), strict=True))
        found.append([by_row[row] for row in sorted(by_row)])
        assert graph.transfers["time"].dtype == np.int64
    assert found[0] == found[1]
    return found[0]
