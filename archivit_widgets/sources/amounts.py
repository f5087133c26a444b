"""The value of each transfer: columns joined, divided to the currency, and what is strange about them counted."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import short
from . import decimals, values
from .faults import Faults, Mask, recurring
from .prices import Price
from .resolve import Roles
from .scan import Encoded, Found
from .table import Table, quoted
from .times.written import absent
from .words import CURRENCIES, MISSING

F64 = NDArray[np.float64]
WEI = 1e18
LIKE_WEI = 1e13  # no market pays this much in any currency: such numbers count wei
LARGEST = 1e290  # billions of such prices can still be added up; what is larger is no price


def select(price: Price | None, table: Table) -> tuple[dict[str, str], dict[str, str]]:
    """Write the SQL of all columns of the price: texts and numbers."""
    texts: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for i, (column, _) in enumerate(price.parts if price else ()):
        for key, sql in values.select(column, table.types[column]).items():
            (texts if key == "text" else numbers)[f"value_{key}{i}"] = sql
    return texts, numbers | decimals.select(price)


def read_values(roles: Roles, found: Found, faults: Faults, notes: list[str], broken: Mask) -> tuple[F64, str | None]:
    """Join plain numbers and prices written otherwise; that some are `broken` was said before.

    Returns
    -------
    value, currency
        (rows,) float64, NaN where unknown, and its unit.
    """
    price, rows = roles.price, found.rows
    if price is None:
        return np.full(rows, np.nan), roles.wanted
    currency = price.currency or roles.wanted
    total, strange, empty, other = np.zeros(rows), *np.zeros((3, rows), dtype=bool)
    foreign: Counter[str] = Counter()
    for i, (column, divisor) in enumerate(price.parts):
        number, text = found.numbers.pop(f"value_number{i}"), found.texts.pop(f"value_text{i}", None)
        part = one_column(column, number, text, rows, currency, faults.numbers, notes)
        currency = part.currency
        if part.said and not roles["currency"]:  # which says of each row what it is in
            notes.append(part.said)
        for unit, there in part.other.items():  # a price of several columns is one
            foreign[unit] += int((there & ~other).sum())
            other |= there
        # No shillings written are no shillings; no pounds written are no price.
        total += (np.nan_to_num(part.value) if i else part.value) / divisor
        strange |= part.bad
        if i == 0:
            empty = part.missing
    total[strange | other] = np.nan
    faults.note("unparsable_price", "a price that is no number in the currency: value unknown", strange)
    faults.note("missing_price", "no price: value unknown", empty & ~strange & ~broken)
    total = decimals.whole(total, found.numbers.pop("decimals", None), price, faults, notes)
    units = found.texts.pop("currency", None)
    total, currency, others, counts = one_currency(total, currency, units, roles, notes)
    if foreign := foreign + counts:
        faults.note("other_currency", elsewhere(currency, foreign, price), other | others)
    return total, currency


def elsewhere(currency: str | None, foreign: Counter[str], price: Price) -> str:
    """Say that prices are in other currencies, the most frequent first, and how they can be read."""
    listed = ", ".join(unit for unit, _ in foreign.most_common(6))
    if price.currency:
        advice = f"move them to a column of their own, as {short(price.column)} is named for {price.currency}"
    else:
        advice = f"to read those instead, pass currency={foreign.most_common(1)[0][0]!r}"
    return f"a price in another currency than {currency} ({listed}): value unknown; {advice}"


class Column(NamedTuple):
    """One column of prices, (rows,) each: the value, whether it is none, is empty, or is in which other currency.

    And the currency of the values, and what is said if the cells themselves name it.
    """

    value: F64
    bad: Mask
    missing: Mask
    other: dict[str, Mask]
    currency: str | None
    said: str = ""


def one_column(
    column: str,
    number: F64 | None,
    written: Encoded | None,
    rows: int,
    currency: str | None,
    row_numbers: NDArray[np.int64],
    notes: list[str],
) -> Column:
    """Read one column of prices, in a currency or in the one that its cells name."""
    value = np.full(rows, np.nan) if number is None else number.astype(np.float64, copy=False)
    bad = (value > LARGEST) | (value < 0)
    value = np.where(bad, np.nan, value)
    missing = np.isnan(value) & ~bad
    if written is None or len(written.texts) == 0:
        return Column(value, bad, missing, {}, currency)
    texts = written.texts.to_pylist()
    there = written.codes >= 0
    codes = written.codes[there]
    counts = np.bincount(codes, minlength=len(texts))
    told = values.read_texts(texts, currency, counts, value[value % 1 > 0])
    told.values[told.values > LARGEST] = np.nan
    for alike, reason in told.doubts:
        marked = np.zeros(len(texts) + 1, dtype=bool)  # one more, for the code -1
        marked[alike] = True
        numbers = row_numbers[marked[written.codes]]
        notes.append(values.as_read(column, texts[alike[0]], told.values[alike[0]], reason, numbers))
    units = np.array([unit or "" for unit in told.units], dtype=object)
    abroad = (units != "") & (units != told.currency) & (told.currency is not None)
    value[there] = told.values[codes]
    missing[there] = told.missing[codes]
    bad[there] = (np.isnan(told.values) & ~told.missing & ~abroad)[codes]
    other: dict[str, Mask] = {}
    for unit in pd.unique(units[abroad]):
        other[unit] = np.zeros(rows, dtype=bool)
        other[unit][there] = (units == unit)[codes]
    named = int(counts[(units == told.currency) & ~np.isnan(told.values)].sum())
    known = int((~np.isnan(value)).sum())
    said = naming(column, told.currency or "", named, known) if named and (currency is None or other) else ""
    return Column(value, bad, missing, other, told.currency, said)


def naming(column: str, currency: str, named: int, known: int) -> str:
    """Say how many of the prices name the currency that all are taken to be in."""
    if named == known:
        return f"{column}: the cells say that the prices are in {currency}."
    verb = "names" if named == 1 else "name"
    return (
        f"{column}: {named:,} of {known:,} values {verb} {currency}; the others name no currency and are taken to be "
        "in it too (if they are in another, pass it: currency='EUR')."
    )


def one_currency(
    value: F64, currency: str | None, named: Encoded | None, roles: Roles, notes: list[str]
) -> tuple[F64, str | None, Mask, Counter[str]]:
    """Keep the values of one currency, the most frequent or the one asked for, where a column names each row's.

    Returns
    -------
    value, currency, other, foreign
        What is kept, its unit, the rows that are in another one, and how many are in which.
    """
    if named is None or len(named.texts) == 0:
        return value, currency, np.zeros(len(value), dtype=bool), Counter()
    written = [text.strip() for text in named.texts.to_pylist()]
    units = [
        "" if text.lower() in MISSING else CURRENCIES.get(text.lower(), short(text.upper(), 20)) for text in written
    ]
    kinds, names = pd.factorize(np.array([*units, ""], dtype=object))
    code = kinds[named.codes]
    there = (names != "")[code] & ~np.isnan(value)
    counts = np.bincount(code[there], minlength=len(names))
    main = str(roles.wanted or names[int(np.argmax(counts))])
    other = there & (names != main)[code]
    if other.any():
        share = ", ".join(f"{names[i]} {counts[i]:,}" for i in np.argsort(-counts, kind="stable")[:6] if counts[i])
        notes.append(f"Prices by currency: {share}. Values are in {main}; those in others are unknown.")
    foreign = Counter({str(name): int(count) for name, count in zip(names, counts, strict=True) if name != main})
    return np.where(other, np.nan, value), main or currency, other, +foreign


def from_wei(value: F64, currency: str | None, address: Mask, notes: list[str]) -> tuple[F64, str | None]:
    """Divide whole numbers of the size of wei between addresses, where the column does not say what it counts."""
    known = value[value > 0]
    if (
        currency in (None, "ETH")
        and len(known)
        and len(address)
        and address.mean() >= 0.5
        and np.median(known) >= LIKE_WEI
    ):
        notes.append("The values are of the size of wei: divided by 1e+18 to give ETH.")
        return value / WEI, "ETH"
    return value, currency


def repeated(value: F64, tx: NDArray[np.uint64], token: NDArray[np.int64], faults: Faults) -> None:
    """Count rows that repeat one value for several tokens of a transaction: it may be the whole transaction's."""
    rows = np.flatnonzero(faults.kept & (value > 0) & (tx != 0) & (token >= 0))
    rows = rows[recurring(tx[rows])]
    if len(rows) == 0:
        return
    frame = pd.DataFrame({"tx": tx[rows], "token": token[rows], "value": value[rows]})
    by_tx = frame.groupby("tx", sort=False)
    same = (by_tx["token"].transform("nunique") > 1) & (by_tx["value"].transform("nunique") == 1)
    marked = np.zeros(len(value), dtype=bool)
    marked[rows[frame.index[same]]] = True
    count = frame.loc[same, "tx"].nunique()
    total, once = frame.loc[same, "value"].sum(), frame.loc[same].drop_duplicates("tx")["value"].sum()
    text = (
        f"{count:,} transactions repeat one value on each of several tokens: perhaps it is the whole transaction's "
        f"(then {once:,.6g}, not {total:,.6g}, was paid)"
    )
    faults.note("whole_transaction_value", text, marked)


def tx_sql(column: str, kind: str) -> str:
    """Write the SQL of a number for each transaction, 0 where none is named."""
    name, nothing = quoted(column), absent(column, kind)
    if kind == "VARCHAR":
        nothing = f"{name} IS NULL OR length({name}) < 16 AND ({nothing})"  # what is long says something: a cheap test
    return f"CASE WHEN {nothing} THEN 0 ELSE hash({name}) END"
