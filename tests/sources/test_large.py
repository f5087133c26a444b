"""A large file costs less than three times the memory of the columns that are kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROWS = 2_000_000  # about 400 MB; the 2 GB file that CHANGELOG.md reports is the same with five times the rows
TWICE = (ROWS // 2, ROWS)
BUFFERS = 1 << 27  # bytes that the parser takes whatever the size of the file, of no weight at 2 GB

# In a process of its own: the peak is that of the process. What reading any file takes is measured on a small one.
MEASURE = """
import sys
from pathlib import Path
from archivit_widgets.sources.read import cleaned, load

def memory(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) * 1024

cleaned(load(sys.argv[1], {}, None, None))
before = memory("VmRSS")
found = cleaned(load(sys.argv[2], {}, None, None))
table = found.table
names = [table["source"].cat.categories, table["token"].cat.categories]
kept = sum(column.cat.codes.nbytes if hasattr(column, "cat") else column.nbytes for _, column in table.items())
kept += sum(texts.memory_usage(deep=True) for texts in names) + found.rows.nbytes
print(len(table), kept, memory("VmHWM") - before)
"""


def write(path: Path, rows: int) -> None:
    """A market of addresses with a long text in each row that nobody needs."""
    account = "'0x' || left(md5((power(random(), 3) * 100000)::INT::VARCHAR) || md5('a'), 40)"
    duckdb.sql(
        f"""COPY (SELECT strftime(to_timestamp(1498251906 + i * 3), '%Y-%m-%d %H:%M:%S UTC') AS timestamp,
        (random() * 400000)::INT AS punk_id, round(random() * 10, 6) AS price_eth, {account} AS "from",
        {account} AS "to",
        i AS block, md5(i::VARCHAR) || md5(i::VARCHAR) AS description
        FROM range({rows}) t(i)) TO '{path}' (HEADER)"""
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from /proc")
def test_memory_stays_below_three_times_the_kept_columns(tmp_path: Path) -> None:
    write(tmp_path / "small.csv", 1_000)
    (half, whole), (few, many) = zip(*(measure(tmp_path, rows) for rows in TWICE), strict=True)
    assert many < 3 * whole + BUFFERS
    assert many - few < 3 * (whole - half)  # what more rows take, whatever the buffers


def measure(folder: Path, rows: int) -> tuple[int, int]:
    """Read so many rows, and say what the kept columns weigh and what reading took at its peak."""
    large = folder / "large.csv"
    write(large, rows)
    size = large.stat().st_size
    assert size > 190 * rows
    command = [sys.executable, "-c", MEASURE, str(folder / "small.csv"), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    large.unlink()
    assert done.returncode == 0, done.stderr
    found, kept, used = map(int, done.stdout.split())
    print(f"file {size / 1e6:.0f} MB, kept columns {kept / 1e6:.0f} MB, peak {used / 1e6:.0f} MB")
    assert found == rows
    return kept, used
