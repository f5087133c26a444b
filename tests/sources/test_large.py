"""A large file costs less than three times the memory of the columns that are kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROWS = 10_200_000  # 2.03 GB; below about 1 GB the parser's fixed buffers weigh more than the columns

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
def test_reading_2_gb_takes_less_than_three_times_the_kept_columns(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    write(small, 1_000)
    write(large, ROWS)
    size = large.stat().st_size
    assert size > 2e9
    done = subprocess.run([sys.executable, "-c", MEASURE, small, large], capture_output=True, text=True, check=False)
    large.unlink()
    assert done.returncode == 0, done.stderr
    found, kept, used = map(int, done.stdout.split())
    print(f"file {size / 1e6:.0f} MB, kept columns {kept / 1e6:.0f} MB, peak {used / 1e6:.0f} MB")
    assert found == ROWS
    assert used < 3 * kept
