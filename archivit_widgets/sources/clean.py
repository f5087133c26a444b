"""What was read becomes a record: faults are counted, rows ordered, kinds told, names numbered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import short
from .faults import Faults, Mask, recurring
from .parties import NONE, UNSOLD, Names, in_order
from .records import KINDS
from .times.units import ABSENT, UNKNOWN

if TYPE_CHECKING:
    import pyarrow as pa

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
SALE, TRANSFER, MINT, BURN, UNKNOWN_BUYER = range(len(KINDS))
YEAR = 31_556_952  # seconds
ROUNDED = r"^\d(\.\d+)?[eE]\+\d{2,}$"
HANDFUL = 8  # rows of which a range says little


@dataclass
class Raw:
    """The columns of a file by role, (n,) each.

    Attributes
    ----------
    accounts
        Source and target.
    tokens, collections
        None where the file names none.
    time
        Seconds, `UNKNOWN` where unparsable, `ABSENT` where the file says none.
    value
        NaN where unknown.
    kind
        Row of `KINDS`, `NONE` where the file does not say, `UNSOLD` where it says that nothing changed hands.
    twins
        The rows whose whole content occurs more than once, ascending, and a number for each content.
    tx
        Name of the transaction, or None.
    undone
        Words of the file, such as "offer", that say of rows that nothing changed hands.
    unread
        What is said of times that cannot be read.
    """

    accounts: Names
    tokens: Names | None
    collections: Names | None
    time: I64
    value: NDArray[np.float64]
    kind: NDArray[np.int8] | None
    twins: tuple[I64, NDArray[np.uint64]]
    tx: pa.ChunkedArray | None
    undone: tuple[str, ...] = ()
    unread: str = ""


def drop_faults(raw: Raw, faults: Faults) -> None:
    """Leave out what is no transfer: no time, no party, or a copy of an earlier row.

    Rows that are dropped by now are counted for what they were dropped for, and for nothing that follows from it.
    """
    there = faults.kept.copy()
    source, target = raw.accounts.codes
    kind = raw.kind if raw.kind is not None else np.full(len(source), -1, dtype=np.int8)
    faults.drop("missing_time", "no time", (raw.time == ABSENT) & there)
    faults.drop("unparsable_time", raw.unread, (raw.time == UNKNOWN) & there)
    faults.drop("not_sold", nothing_done(raw.undone), (target == UNSOLD) | (kind == UNSOLD))
    nobody_gives = ((source == NONE) | (source == UNSOLD)) & (kind != MINT)
    nobody_takes = (target == NONE) & (kind != BURN) & (kind != UNKNOWN_BUYER)
    neither = (source < 0) & (target < 0)
    lost = (nobody_gives | nobody_takes | neither) & (kind != UNSOLD) & there
    faults.drop("missing_party", "no source or no target", lost)
    copies = later_copies(raw.twins, faults.kept)
    if raw.tokens is None:
        faults.note(
            "duplicates", "all columns equal an earlier row; without tokens two such transfers can both be true", copies
        )
    else:
        faults.drop("duplicates", "all columns equal an earlier row", copies)


def nothing_done(words: tuple[str, ...]) -> str:
    """Say why rows are no transfers: lots that found no buyer, or what the file calls a bid, an offer or the like."""
    if not words:
        return "a lot that found no buyer: nothing changed hands"
    such = ", ".join(repr(short(word, 20)) for word in words[:4]) + ", ..." * (len(words) > 4)
    return f"no sale by its kind ({such}) or without a buyer: nothing changed hands (if they are sales, pass kind='')"


def twins(digest: NDArray[np.uint64]) -> tuple[I64, NDArray[np.uint64]]:
    """Pick the few rows whose content occurs more than once: only they need to be remembered."""
    rows = np.flatnonzero(recurring(digest))
    return rows, digest[rows]


def later_copies(twins: tuple[I64, NDArray[np.uint64]], kept: Mask) -> Mask:
    """Find the rows whose content stood in an earlier kept row."""
    rows, digest = twins
    still = kept[rows]
    result = np.zeros(len(kept), dtype=bool)
    result[rows[still]] = pd.Series(digest[still]).duplicated().to_numpy()
    return result


def order_of(raw: Raw, faults: Faults) -> I64:
    """Give the kept rows in order of (time, row in the file), and count those that stood after a later one."""
    rows = np.flatnonzero(faults.kept)
    time = raw.time[rows]
    behind = np.zeros(len(faults.kept), dtype=bool)
    if len(time):
        behind[rows] = time < np.maximum.accumulate(time)
    if not behind.any():
        return rows
    faults.note("out_of_order", "stood after a later transfer: sorted", behind)
    return rows[np.argsort(time, kind="stable")]


def ordered(column: NDArray[Any], order: I64) -> NDArray[Any]:
    """Bring a column into an order, without a copy where that is the order it has."""
    if len(order) == len(column) and bool((order[1:] > order[:-1]).all()):
        return column
    return column[order]


def in_file(mask: Mask, order: I64, faults: Faults) -> Mask:
    """Say of the rows of the file what is known of them in their order."""
    found = np.zeros(len(faults.kept), dtype=bool)
    found[order[mask]] = True
    return found


def token_pairs(raw: Raw) -> I64:
    """Number the pairs of collection and token id, (n,) int64, -1 where no token is named."""
    assert raw.tokens is not None
    token = raw.tokens.codes[0].astype(np.int64)
    if raw.collections is None:
        return np.maximum(token, NONE)
    width = len(raw.collections.texts) + 1
    pair = token * width + np.maximum(raw.collections.codes[0], NONE) + 1
    return np.where(token < 0, NONE, pair)


def record(raw: Raw, order: I64, kind: NDArray[np.int8]) -> pd.DataFrame:
    """Build the table of transfers, its names numbered in order of first appearance."""
    codes, accounts = in_order([ordered(column, order) for column in raw.accounts.codes], raw.accounts.texts)
    table = {
        "source": categorical(codes[0], accounts),
        "target": categorical(codes[1], accounts),
        "token": tokens(raw, order),
        "time": ordered(raw.time, order),
        "value": ordered(raw.value, order),
        "kind": pd.Categorical.from_codes(kind, categories=pd.Index(KINDS)),
    }
    if raw.collections is not None:
        (code,), texts = in_order([ordered(raw.collections.codes[0], order)], raw.collections.texts)
        table["collection"] = categorical(code, texts)
    if raw.tx is not None:
        import pyarrow as pa

        same = len(order) == len(raw.tx) and bool((order[1:] > order[:-1]).all())
        table["tx"] = pd.Series(pd.array(raw.tx if same else raw.tx.take(pa.array(order)), dtype="str"))
    return pd.DataFrame(table, copy=False)


def tokens(raw: Raw, order: I64) -> pd.Categorical:
    """Name the tokens: by their id, and by collection too where the id may also mean another token."""
    import pyarrow as pa

    if raw.tokens is None:
        return pd.Categorical.from_codes(np.full(len(order), NONE, dtype=np.int8), categories=pd.Index([], dtype="str"))
    if raw.collections is None or len(order) == 0:
        (row,), texts = in_order([ordered(raw.tokens.codes[0], order)], raw.tokens.texts)
        return categorical(row, texts)
    width = len(raw.collections.texts) + 1
    pair = ordered(token_pairs(raw), order)
    known = pair >= 0
    found, pairs = pd.factorize(pair[known])
    code = np.full(len(order), NONE, dtype=np.int32)
    code[known] = found
    token, collection = np.divmod(pairs, width)
    shared = pd.Series(token).duplicated(keep=False).to_numpy()
    ids = raw.tokens.texts.take(pa.array(token)).to_numpy(zero_copy_only=False)
    if not shared.any():
        return categorical(code, pa.array(ids))
    homes = pa.concat_arrays([pa.array([""]), raw.collections.texts]).take(pa.array(collection))
    full = homes.to_numpy(zero_copy_only=False) + "/" + ids
    homed = collection > 0
    names = np.where(shared & homed, full, ids)
    # An id such as A/1 is what token 1 of collection A is called by now.
    shared = shared | pd.Series(names).duplicated(keep=False).to_numpy()
    names = np.where(shared & homed, full, ids)
    while (again := pd.Series(names).duplicated().to_numpy()).any():
        names[again] += " (2)"
    return categorical(code, pa.array(names))


def categorical(codes: Any, texts: pa.Array) -> pd.Categorical:
    """Build a categorical of names without going through the rows."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(pd.array(texts, dtype="str")), validate=False)


def doubts(raw: Raw, order: I64, faults: Faults) -> None:
    """Count what is strange, and kept."""
    source, target = raw.accounts.codes
    free = (raw.value == 0) & (source >= 0) & (target >= 0)  # whoever mints or burns pays nobody
    faults.note("zero_value", "a price of 0: a transfer, unless the file says otherwise", free)
    faults.note("self_transfer", "a transfer to oneself", (source >= 0) & (source == target))
    faults.note("name_for_address", "a name where addresses are expected", names_for_addresses(raw.accounts))
    example, rounded = rounded_tokens(raw.tokens)
    if example:
        text = f"a token's number that a program has rounded, such as {example}: different tokens may be one"
        faults.note("rounded_token", text, rounded)
    if raw.tokens is not None:
        text = "no token: part of no token's chain, and without a holding time"
        faults.note("missing_token", text, raw.tokens.codes[0] < 0)
    far = in_file(far_dates(ordered(raw.time, order)), order, faults)
    faults.note("suspicious_date", "a date far from all others", far)


def rounded_tokens(tokens: Names | None) -> tuple[str, Mask]:
    """Find tokens whose numbers a sheet has rounded, such as 1.15792E+77, and one of them."""
    if tokens is None:
        return "", np.zeros(0, dtype=bool)
    import pyarrow.compute as pc

    found = pc.match_substring_regex(tokens.texts, ROUNDED)
    example = tokens.texts.filter(found).slice(0, 1).to_pylist()
    rounded = np.append(found.to_numpy(zero_copy_only=False), False)  # the codes of no token count from the end
    return "".join(example), rounded[np.maximum(tokens.codes[0], NONE)]


def names_for_addresses(accounts: Names) -> Mask:
    """Find rows with a party that is no address, where at least half of the sources or targets are addresses."""
    named = np.zeros(len(accounts.codes[0]), dtype=bool)
    expected = False
    for codes in accounts.codes:
        known = codes[codes >= 0]
        expected |= len(known) > 0 and bool(accounts.address[known].mean() >= 0.5)
        named[codes >= 0] |= ~accounts.address[known]
    return named & expected


def far_dates(time: I64) -> Mask:
    """Find times that break the range of all others: a gap wider than all the rest lies between, and than a year.

    In a handful of rows any gap may be the widest: there a century must lie between.

    A few rows at either end are doubted at most: one in two hundred, or of a short record one in ten.
    """
    size = len(time)
    far = np.zeros(size, dtype=bool)
    if size < 3:
        return far
    few = max(1, min(5, size // 10), size // 200)
    least = YEAR if size >= HANDFUL else 100 * YEAR
    low, high = time[few], time[-1 - few]
    early = time[: few + 1]
    wide = np.flatnonzero(np.diff(early) > np.maximum(high - early[1:], least))
    first = int(wide[-1]) + 1 if len(wide) else 0
    late = time[size - 1 - few :]
    wide = np.flatnonzero(np.diff(late) > np.maximum(late[:-1] - min(low, time[first]), least))
    far[:first] = True
    if len(wide):
        far[size - few + int(wide[0]) :] = True
    return far
