"""From a file or a table to a cleaned record of transfers: roles, one scan, faults."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArchivitError
from . import clean, times, values
from .faults import Faults
from .files import open_any
from .parties import names
from .prices import Price
from .records import KINDS, Transfers
from .report import Reason, Report
from .resolve import resolve
from .roles import Roles
from .scan import Encoded, scan
from .table import Misread, Table, quoted
from .words import KINDS as KIND_WORDS
from .words import plain


def read(source: Any, asked: dict[str, str | None], currency: str | None, day_first: bool | None) -> Transfers:
    """Read transfers; see `archivit_widgets.api.read_transfers` for the parameters."""
    with tempfile.TemporaryDirectory(prefix="archivit-", ignore_cleanup_errors=True) as workplace:
        table = open_any(source, Path(workplace))
        try:
            return read_table(table, asked, currency, day_first)
        finally:
            table.connection.close()


def read_table(table: Table, asked: dict[str, str | None], currency: str | None, day_first: bool | None) -> Transfers:
    """Read transfers from an opened table."""
    roles, price = resolve(table, asked, currency)
    notes = [*table.notes, *roles.notes]
    texts = {
        role: f"{quoted(column)}::VARCHAR"
        for role in ("source", "target", "token", "collection", "kind", "tx")
        if (column := roles[role])
    }
    time_column = roles["time"]
    assert time_column is not None
    moments = times.select(time_column, table.types[time_column])
    amounts = values.select(price.column, table.types[price.column]) if price else {}
    if "text" in amounts:
        texts["value_text"] = amounts.pop("text")
    numbers = {f"time_{key}": sql for key, sql in moments.items()} | {
        f"value_{key}": sql for key, sql in amounts.items()
    }
    numbers["digest"] = f"hash({', '.join(quoted(name) for name in table.types)})"
    rows, words, figures = scan(table, texts, numbers)
    misread = table.misread()
    if rows == 0:
        raise ArchivitError(f"{table.label}: no rows of data; expected transfers below the names of the columns")

    faults = Faults(row_numbers(rows, misread), np.ones(rows, dtype=bool))
    found = {key: figures.pop(f"time_{key}") for key in moments}
    time, said = times.seconds(found, time_column, day_first, table.label)
    notes += said
    value = read_values(price, rows, words, figures, faults)
    raw = clean.Raw(
        accounts=names(words["source"], words["target"]),
        tokens=names(words["token"]) if "token" in words else None,
        collections=names(words["collection"]) if "collection" in words else None,
        time=time,
        value=value,
        kind=read_kinds(words.get("kind")),
        digest=figures["digest"],
        tx=None,
    )
    clean.drop_faults(raw, faults)
    order = clean.order_of(raw, faults)
    kind = clean.kinds(raw, order, faults)
    clean.suspicious(raw, order, faults)
    unit = price.currency if price else None
    report = make_report(table, roles, faults, misread, rows, unit, notes)
    return Transfers(clean.record(raw, order, kind), faults.numbers[order], unit, report)


def row_numbers(rows: int, misread: Misread) -> np.ndarray:
    """Number the rows of the table as they stand in the file, where rows that could not be read lie between."""
    numbers = np.arange(1, rows + 1, dtype=np.int64)
    if len(misread.rows):
        numbers = np.setdiff1d(np.arange(1, rows + len(misread.rows) + 1), misread.rows)[:rows]
    return numbers


def read_values(
    price: Price | None, rows: int, words: dict[str, Encoded], figures: dict[str, Any], faults: Faults
) -> np.ndarray:
    """Join plain numbers and prices written otherwise, and count what is no price."""
    number = figures.pop("value_number", None)
    value = np.full(rows, np.nan) if number is None else number
    if price is None:
        return value
    bad = np.isinf(value) | (value < 0)
    value[bad] = np.nan
    missing = np.isnan(value) & ~bad
    if (written := words.get("value_text")) is not None and len(written.texts):
        amounts, empty = values.read_texts(written.texts.to_pylist(), price.currency)
        there = written.codes >= 0
        codes = written.codes[there]
        value[there] = amounts[codes]
        missing[there] = empty[codes]
        bad[there] = np.isnan(amounts[codes]) & ~empty[codes]
    value /= price.divisor
    faults.note("unparsable_price", "a price that is no number; kept, value unknown", bad)
    faults.note("missing_price", "no price; kept, value unknown", missing)
    faults.note("zero_value", "a price of 0; kept as a transfer", value == 0)
    return value


def read_kinds(found: Encoded | None) -> np.ndarray | None:
    """Turn the words of a file into kinds, -1 where they say nothing that is known."""
    if found is None:
        return None
    said = [plain(text) for text in found.texts.to_pylist()]
    known = [KIND_WORDS.get(word, KIND_WORDS.get(word.split("_")[0], "")) for word in said]
    codes = [KINDS.index(kind) if kind else -1 for kind in known]
    return np.array([*codes, -1], dtype=np.int8)[found.codes]


def make_report(
    table: Table, roles: Roles, faults: Faults, misread: Misread, rows: int, currency: str | None, notes: list[str]
) -> Report:
    """Put together what was found."""
    reasons = dict(faults.reasons)
    lost = len(misread.rows)
    if lost:
        reasons = {
            "ragged_row": Reason(misread.text, lost, lost, tuple(int(row) for row in misread.rows[:5])),
            **reasons,
        }
    return Report(
        read=rows + lost,
        kept=int(faults.kept.sum()),
        reasons=reasons,
        roles=roles.shown(),
        currency=currency,
        notes=tuple(notes),
        source=table.label,
    )
