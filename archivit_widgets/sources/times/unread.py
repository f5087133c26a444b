"""Times that cannot be read: some of them are shown, so that it is plain why, and what to do about it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arguments import short
from ..table import Table, quoted
from ..words import MISSING

ENOUGH = 1_000  # rows that are looked at
SHOWN = 3
ZONE = re.compile(r".*\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*\(?([A-Z]{2,5})\)?\s*")
EXPECTED = "expected a day, a month or a year in English or in numbers, or unix time"


def reason(table: Table, column: str, rows: NDArray[np.int64]) -> str:
    """Say what stands in rows of which the time cannot be read."""
    found = cells(table, column, rows[:ENOUGH])
    zones = sorted({match[1] for text in found if (match := ZONE.fullmatch(text))})
    advice = EXPECTED
    if zones:
        verb = "is no certain zone" if len(zones) == 1 else "are no certain zones"
        advice = f"{', '.join(zones[:4])} {verb} of time: write how far it is from UTC instead, such as +01:00"
    return f"a time that cannot be read, such as {examples(found)}; {advice}"


def examples(texts: list[str]) -> str:
    """Show the first texts of those that are not written alike."""
    kinds: dict[str, str] = {}
    for text in texts:
        kinds.setdefault(re.sub(r"\d+", "0", re.sub(r"[^\W\d]+", "a", text)), text)
    return ", ".join(repr(short(text, 40)) for text in list(kinds.values())[:SHOWN])


def first_texts(table: Table, column: str) -> str:
    """Show the first texts of a column that say anything."""
    batches = table.batches(f"{quoted(column)}::VARCHAR", limit=ENOUGH)
    found = [text for batch in batches for text in batch.column(0).to_pylist() if text is not None]
    return examples([text for text in found if text.strip().lower() not in MISSING]) or "empty cells"


def cells(table: Table, column: str, rows: NDArray[Any]) -> list[str]:
    """Read the texts of some rows again, ascending from 0, and no further than the last of them."""
    start, found = 0, []
    for batch in table.batches(f"{quoted(column)}::VARCHAR"):
        here = rows[(rows >= start) & (rows < start + batch.num_rows)] - start
        found += [str(batch.column(0)[int(row)].as_py()).strip() for row in here]
        start += batch.num_rows
        if start > rows[-1]:
            break
    return found
