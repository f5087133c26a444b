"""From a file or a table to a cleaned record of transfers: roles, one scan, faults."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arguments import of_kind, short
from ..errors import ArchivitError
from . import amounts, clean, kinds, ledger
from .faults import Faults, Mask
from .files import open_any
from .pairs import joined
from .parties import names
from .records import Transfers
from .report import LISTED, Reason, Report
from .resolve import Roles, resolve
from .scan import Found, Select, scan
from .table import Misread, Table, first_line, quoted
from .times import clock, decide, unread, written
from .times.units import ABSENT, UNKNOWN


@dataclass(frozen=True)
class Loaded:
    """What a file says, by role, before anything is dropped.

    Attributes
    ----------
    raw
        The columns.
    faults
        Those found while reading single values.
    hashes
        A number for each row's transaction, or None.
    roles, misread, currency, notes, label
        For the report: which column is what, rows that could not be cut into columns, unit of the value, remarks, and
        the name of the file.
    """

    raw: clean.Raw
    faults: Faults
    hashes: NDArray[np.uint64] | None
    roles: Roles
    misread: Misread
    currency: str | None
    notes: tuple[str, ...]
    label: str


def load(source: Any, asked: dict[str, str | None], currency: str | None, day_first: bool | None) -> Loaded:
    """Read a file or table by role; see `archivit_widgets.api.read_transfers` for the parameters."""
    try:
        with tempfile.TemporaryDirectory(prefix="archivit-", ignore_cleanup_errors=True) as workplace:
            table = open_any(source, Path(workplace))
            try:
                return load_table(table, asked, currency, day_first)
            finally:
                table.close()
    except OSError as error:  # such as a full disk, where a file is copied to be read
        name = short(source, 200) if isinstance(source, (str, Path)) else "the table"
        raise ArchivitError(f"{name}: cannot be read by way of a temporary folder: {first_line(error)}") from None


def load_table(table: Table, asked: dict[str, str | None], currency: str | None, day_first: bool | None) -> Loaded:
    """Read an opened table by role."""
    of_kind("currency", currency, (str, NoneType), "a column or a name such as 'USD'")
    of_kind("day_first", day_first, (bool, np.bool_, NoneType), "True, False or None")
    # pandas columns may be called 0, 1, 2
    roles = resolve(table, {role: None if name is None else str(name) for role, name in asked.items()}, currency)
    notes = [*table.notes, *roles.notes]
    select = expressions(table, roles)
    found = scan(table, select)
    if mended := table.mended():
        del found  # never both in memory
        table, found = mended, scan(mended, select)
    misread = table.misread()
    blank = digest_of_nothing(table)
    if found.rows == 0 and len(misread.rows):
        row = int(misread.rows[0])
        raise ArchivitError(f"{table.label}: no row can be read, first row {row}: {misread.text}")
    if found.rows == 0:
        raise ArchivitError(f"{table.label}: no rows of data; expected transfers below the names of the columns")
    faults = Faults(row_numbers(found.rows, misread), np.ones(found.rows, dtype=bool))
    digest = np.asarray(found.numbers.pop("digest"))
    faults.drop("blank_row", "a row that holds nothing", digest == blank)
    broken = broken_cells(table, roles, faults)
    time = read_times(table, roles, found, faults, day_first, notes)
    lost = np.flatnonzero(time == UNKNOWN)
    doubt = unread.reason(table, roles["time"] or "", lost) if len(lost) else ""
    table.close()
    texts = found.texts
    accounts = names(texts.pop("source"), texts.pop("target"), parties=True)
    value, unit = amounts.read_values(roles, found, faults, notes, broken)
    value, unit = amounts.from_wei(value, unit, accounts.address, notes)
    kind, undone = kinds.by_words(texts.pop("kind", None), roles["kind"] or "", faults, notes)
    raw = clean.Raw(
        accounts=accounts,
        tokens=names(texts.pop("token")) if "token" in texts else None,
        collections=names(texts.pop("collection")) if "collection" in texts else None,
        time=time,
        value=value,
        kind=kind,
        twins=clean.twins(digest),
        tx=found.plain.pop("tx", None),
        undone=undone,
        unread=doubt,
    )
    hashes = found.numbers.pop("tx_hash", None)
    return Loaded(raw, faults, hashes, roles, misread, unit, tuple(notes), table.label)


def cleaned(loaded: Loaded) -> Transfers:
    """Drop what is no transfer, count what is doubtful, and put the rest in order."""
    raw, found = loaded.raw, loaded.faults
    faults = Faults(found.numbers, found.kept.copy(), dict(found.reasons), dict(found.noted))
    clean.drop_faults(raw, faults)
    faults.settle()
    order = clean.order_of(raw, faults)
    kind = kinds.of_transfers(raw, order, faults)
    clean.doubts(raw, order, faults)
    if loaded.hashes is not None and raw.tokens:
        amounts.repeated(raw.value, loaded.hashes, clean.token_pairs(raw), faults)
    return Transfers(
        clean.record(raw, order, kind),
        clean.ordered(faults.numbers, order),
        loaded.currency,
        make_report(loaded, faults),
    )


def expressions(table: Table, roles: Roles) -> Select:
    """Write the SQL of every column that is read."""
    texts, numbers = amounts.select(roles.price, table)
    plain: dict[str, str] = {}
    for role in ("source", "target", "token", "collection", "kind", "currency"):
        if column := roles[role]:
            texts[role] = f"{quoted(column)}::VARCHAR"
    for role, other in zip(("source", "target"), roles.pair, strict=False):
        texts[role] = joined(table, roles[role] or "", other)
    if roles.lots and roles["source"]:
        texts["source"] = ledger.seller_sql(roles["source"], roles.lots)
    if roles.days:
        texts["days"] = ledger.day_sql(roles.days)
    if roles.clock:
        numbers["clock"] = clock.clock_sql(roles.clock)
    if column := roles["tx"]:
        plain["tx"] = f"{quoted(column)}::VARCHAR"
        numbers["tx_hash"] = amounts.tx_sql(column, table.types[column])
    if column := roles["time"]:
        numbers |= {f"time_{key}": sql for key, sql in written.select(column, table.types[column]).items()}
    # Copies are known by all columns of the file, not only by those that are read.
    numbers["digest"] = f"hash({', '.join(quoted(name) for name in table.types)})"
    return Select(texts, plain, numbers)


def digest_of_nothing(table: Table) -> int:
    """Give the digest of a row of which every cell is empty."""
    nothing = ", ".join(f"NULL::{kind}" for kind in table.types.values())
    ((digest,),) = table.guarded(lambda: table.connection.sql(f"SELECT hash({nothing})").fetchall())
    return int(digest)


def broken_cells(table: Table, roles: Roles, faults: Faults) -> Mask:
    """Count the cells that a sheet could not compute: without party or time the row is lost, without a price it is not.

    Returns
    -------
    ndarray
        (rows,) bool: whether the price is such a cell.
    """
    prices = [column for column, _ in roles.price.parts] if roles.price else []
    parties = [roles[role] for role in ("source", "target", "time")]
    used = [cell for cell in table.broken if cell.column in {*prices, *roles.chosen.values()}]
    found, lost, priced = np.zeros((3, len(faults.kept)), dtype=bool)
    found[[cell.row for cell in used]] = True
    lost[[cell.row for cell in used if cell.column in parties]] = True
    priced[[cell.row for cell in used if cell.column in prices]] = True
    counts = Counter(cell.text for cell in used)
    kinds = ", ".join(f"{text!r} {count:,}" for text, count in counts.most_common(3)) + ", ..." * (len(counts) > 3)
    faults.drop("error_cell", f"a cell that the sheet could not compute, read as empty: {kinds}", found, lost)
    return priced


def read_times(
    table: Table, roles: Roles, found: Found, faults: Faults, day_first: bool | None, notes: list[str]
) -> NDArray[np.int64]:
    """Decide how times are meant, and add month and day to years, and the time of day to days."""
    keys = [key for key in found.numbers if key.startswith("time_")]
    readings = {key.removeprefix("time_"): found.numbers.pop(key) for key in keys}
    absent = readings.pop("absent")
    of_day = found.numbers.pop("clock", None)
    column = roles["time"] or ""
    nothing = all(one is None for key, one in readings.items() if key != "dotted")
    shown = unread.first_texts(table, column) if nothing else ""
    time, about, said = decide.moments(readings, column, day_first, table.label, shown)
    day_known = ~about
    notes += said
    faults.note("approximate_time", "a time that is not known for certain, or a span: its first second", about)
    if "days" in found.texts:
        time, known = ledger.with_days(time, found.texts.pop("days"))
        faults.note("year_only", "no day that can be read: the year's first second", ~known)
        day_known = known
    if roles.clock:
        time, known = clock.with_clock(time, of_day, day_known)
        faults.note("day_only", "no time of day that can be read: the day's first second", ~known)
    return time if absent is None else np.where((absent == 1) & (time == UNKNOWN), ABSENT, time)


def row_numbers(rows: int, misread: Misread) -> NDArray[np.int64]:
    """Number the rows of the table as they stand in the file, where rows that could not be read lie between."""
    numbers = np.arange(1, rows + len(misread.rows) + 1, dtype=np.int64)
    return np.setdiff1d(numbers, misread.rows)[:rows] if len(misread.rows) else numbers


def make_report(loaded: Loaded, faults: Faults) -> Report:
    """Put together what was found."""
    reasons = dict(faults.reasons)
    misread = loaded.misread
    lost = len(misread.rows)
    if lost:
        reasons = {misread.code: Reason(misread.text, lost, lost, misread.rows[:LISTED]), **reasons}
    notes = loaded.notes
    if not faults.kept.any():
        notes = ("Nothing was kept: no row is a transfer that can be read, as said above.", *notes)
    return Report(
        read=len(faults.kept) + lost,
        kept=int(faults.kept.sum()),
        reasons=reasons,
        roles=loaded.roles.shown(),
        currency=loaded.currency,
        notes=notes,
        source=loaded.label,
    )
