"""All roles of one table, found in an order in which each choice narrows the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arguments import ROLES, short
from ..errors import ArchivitError
from . import auctions, currencies, decimals, ledger
from .guess import guess, is_moment
from .prices import Price, choose_price, price_of
from .roles import (
    SAMPLE,
    Sample,
    anything,
    candidates,
    check_asked,
    choose,
    filled,
    holds,
    is_kind,
    is_party,
    is_time,
    is_tx,
    missing,
    same,
    take_sample,
)
from .scan import Select, scan
from .table import Table
from .times import clock, decide, written
from .times.units import DAY, UNKNOWN
from .words import CURRENCIES, kind_of_word

WIDEST = 1_000  # columns
TESTS = {"source": is_party, "target": is_party, "time": is_time, "kind": is_kind, "tx": is_tx}

Chosen = dict[str, str | None]


@dataclass(frozen=True)
class Roles:
    """Which column plays which role.

    Attributes
    ----------
    chosen
        Column by role, or None.
    price
        How the value is read, or None.
    days
        Columns that say which day of the year, where the time is a year.
    clock
        A column that says the time of day, or None.
    lots
        A column that holds the seller before the number of the lot.
    wanted
        The currency that was asked for.
    notes
        What was recognised, for the report.
    """

    chosen: Chosen
    price: Price | None
    days: tuple[str, ...] = ()
    clock: str | None = None
    lots: str | None = None
    wanted: str | None = None
    notes: tuple[str, ...] = ()

    def __getitem__(self, role: str) -> str | None:
        """Name the (first) column of a role, or None."""
        return self.chosen.get(role) or None

    def shown(self) -> dict[str, str | None]:
        """Name the columns of every role for the report."""
        shown = {role: self[role] for role in ROLES}
        several = {
            "source": (self.lots,) if self.lots else (),
            "time": (*self.days, self.clock) if self.clock else self.days,
            "value": tuple(name for name, _ in self.price.others) if self.price else (),
        }
        return {role: " + ".join((name, *several.get(role, ()))) if name else None for role, name in shown.items()}


def resolve(table: Table, asked: Chosen, currency: str | None) -> Roles:
    """Find the column of every role.

    Parameters
    ----------
    table
        The opened table.
    asked
        Column by role, as the caller says; an empty text where the file has none; None to find out.
    currency
        Name of a currency column, or the currency whose prices are wanted.

    Raises
    ------
    ArchivitError
        Source, target or time are missing, or a role is ambiguous.
    """
    if len(table.types) > WIDEST:
        raise ArchivitError(f"{table.label}: has {len(table.types):,} columns; expected a table of transfers")
    if currency and currency in table.types:
        asked, currency = {**asked, "currency": currency}, None
    check_asked(table, asked)
    sample = take_sample(table)
    chosen: Chosen = {role: asked.get(role) for role in (*ROLES, "tx")}
    notes: list[str] = []
    find(("source", "target", "time"), chosen, table, sample, notes)
    leave_empty(chosen, asked, table, sample)
    required(chosen, table, sample, notes)
    find_token(chosen, table, sample, notes)
    find(("kind", "tx", "currency"), chosen, table, sample, notes)
    wanted = CURRENCIES.get(currency.lower(), currency.upper()) if currency else None
    price = find_price(chosen, table, sample, wanted, notes)
    if price and not asked.get("currency"):
        chosen["currency"] = currency_beside(price, chosen, table, sample, notes)
    price = decimals.beside(price, table, sample, chosen["currency"])
    time, seller = chosen["time"] or "", chosen["source"] or ""
    days = ledger.day_columns(list(table.types), time)
    lots = None if asked.get("source") else ledger.seller_before_lot(list(table.types))
    if days:
        notes.append(f"The time is the day in {' and '.join(days)} of the {time}, where one can be read.")
    if lots:
        notes.append(f"Where {seller} is empty, the name before the number of the lot in {lots} is taken.")
    used = {*days, *(name for name in chosen.values() if name)}
    passed_over(chosen, asked, table, sample, used | {name for name, _ in price.parts} if price else used, notes)
    free = {name: values for name, values in sample.items() if name == time or name not in used}
    return Roles(chosen, price, days, clock.beside(free, time, bool(days), notes), lots, wanted, tuple(notes))


def find(roles: tuple[str, ...], chosen: Chosen, table: Table, sample: Sample, notes: list[str]) -> None:
    """Fill roles that are still open from the names of the columns."""
    for role in roles:
        if chosen[role] is None:
            used = {name for name in chosen.values() if name}
            used |= ledger.parts_of_days(sample) if role == "time" else set()
            found = candidates(role, table, sample, used, TESTS.get(role, anything))
            found = filled(found, table, sample, notes)
            if role == "time":
                found = found or [name for name in ledger.years_of_days(list(table.types)) if name not in used]
            if role == "time" and len(found) > 1:
                found = finest(found, table, notes)
            chosen[role] = choose(role, found, table, sample, notes)


def passed_over(chosen: Chosen, asked: Chosen, table: Table, sample: Sample, used: set[str], notes: list[str]) -> None:
    """Say which columns of less telling names might have played a role, and say something else."""
    for role in ("source", "target", "token", "collection", "time", "kind"):
        name = chosen[role]
        if not name or asked.get(role):
            continue
        others = candidates(role, table, sample, used, TESTS.get(role, anything))
        notes += [
            f"{other}: may be the {role} too; {name} is read (pass {role}={short(other)!r} if it is)."
            for other in others
            if holds(other, table, sample) and not same(table, sample, name, other)
        ]


def leave_empty(chosen: Chosen, asked: Chosen, table: Table, sample: Sample) -> None:
    """Open a party's role again whose column holds nothing, unless the file tells of mints or burns, or is empty."""
    open_again = [
        role
        for role in ("source", "target")
        if (name := chosen[role]) and not asked.get(role) and not holds(name, table, sample)
    ]
    if not open_again or not any(sample.values()):
        return
    said = {kind_of_word(text) for values in sample.values() if is_kind(values[:50]) for text in values}
    if not said & {"mint", "burn", "unknown_buyer"}:
        chosen.update(dict.fromkeys(open_again))


def find_token(chosen: Chosen, table: Table, sample: Sample, notes: list[str]) -> None:
    """Fill token and collection: what one work only is called goes before titles, and a lot belongs to its sale."""
    used = {name for name in chosen.values() if name}
    asked = chosen["token"] is not None, chosen["collection"] is not None
    homes = [] if asked[1] else auctions.sales(table, sample, used)
    if not asked[0]:
        found = candidates("token", table, sample, used | set(homes), anything)
        chosen["token"] = choose("token", auctions.before_titles(found, table, homes, notes), table, sample, notes)
    find(("collection",), chosen, table, sample, notes)
    token = chosen["token"]
    if token and chosen["collection"] is None and auctions.is_lot(table, token):
        chosen["collection"] = choose("collection", homes, table, sample, notes)
        notes.append(auctions.about_sale(token, chosen["collection"]))
    if token is None:
        notes.append(
            "No column of tokens was recognised (pass token='...'): no holding times are known and copies are kept."
        )


def required(chosen: Chosen, table: Table, sample: Sample, notes: list[str]) -> None:
    """Make sure that source, target and time are known: from the contents where no name helps."""
    used = {name for name in chosen.values() if name}
    if not chosen["source"] and not chosen["target"]:
        free = [name for name in table.types if name not in used or name == chosen["time"]]
        found = guess(sample, free)
        if found and (not chosen["time"] or chosen["time"] == found["time"]):
            chosen.update({role: name for role, name in found.items() if not chosen[role]})
            names = ", ".join(f"{short(name, 30)} as {role}" for role, name in found.items())
            notes.append(f"The columns were told by their content: {names}.")
    moments = [name for name in table.types if name not in used and is_moment(sample[name])]
    if not chosen["time"] and len(moments) == 1:
        chosen["time"] = moments[0]
        notes.append(f"The column {short(moments[0], 30)} was taken for the time, as its content suggests.")
    if chosen["time"] and clock.is_clock(sample[chosen["time"]]):
        raise ArchivitError(
            f"{table.label}: time={short(chosen['time'])!r} holds times of day and no days; pass time='...' with the "
            f"column of days, and the times of day are added{such_as(moments)}"
        )
    for role in ("source", "target", "time"):
        if not chosen[role]:
            raise missing(role, table, sample, {name for name in chosen.values() if name})


def such_as(moments: list[str]) -> str:
    """Name columns that hold days, if there are any."""
    return f": {', '.join(short(name) for name in moments[:4])}" if moments else ""


def find_price(chosen: Chosen, table: Table, sample: Sample, wanted: str | None, notes: list[str]) -> Price | None:
    """Choose the column of prices."""
    if chosen["value"]:
        told = price_of(chosen["value"]) or Price(chosen["value"], None)
        if wanted and told.currency not in (None, wanted):
            raise ArchivitError(
                f"{table.label}: value={short(told.column)!r} is in {told.currency}, but currency={wanted!r} was asked "
                "for; pass one of them"
            )
        return told
    if chosen["value"] is not None:
        return None
    price, said = choose_price(table, sample, {name for name in chosen.values() if name}, wanted)
    notes += said
    if not price:
        notes.append("No column of prices was recognised: all values are unknown (pass value='...').")
    chosen["value"] = price.column if price else None
    return price


def currency_beside(price: Price, chosen: Chosen, table: Table, sample: Sample, notes: list[str]) -> str | None:
    """Choose the column that says each row's currency: by its name alone, or by the price beside which it stands."""
    if price.says_all:
        named = [chosen["currency"]] if chosen["currency"] else currencies.columns(table, sample, chosen)
        notes += [
            f"{name}: not read, as {price.column} says by its name that it is in {price.currency}." for name in named
        ]
        return None
    if chosen["currency"] is not None:
        return chosen["currency"]
    found, said = currencies.of_price(price.column, table, sample, chosen)
    notes += said
    name = choose("currency", found, table, sample, notes)
    if name:
        notes.append(f"{short(name, 30)}: taken for the currency of {short(price.column, 30)}.")
    return name


def finest(names: list[str], table: Table, notes: list[str]) -> list[str]:
    """Of columns that tell the same moments, take the one that tells them most finely."""
    moments = []
    for name in names:
        select = written.select(name, table.types[name])
        found = scan(table, Select(numbers=select), limit=SAMPLE)
        try:
            seconds = decide.moments(found.numbers, name, None, table.label).seconds
        except ArchivitError:
            seconds = np.full(found.rows, UNKNOWN)
        moments.append(seconds)
    best = max(range(len(names)), key=lambda i: (len(np.unique(moments[i])), int((moments[i] % DAY > 0).sum()), -i))
    for seconds in moments:
        both = (seconds != UNKNOWN) & (moments[best] != UNKNOWN)
        # Zones of time may lie between them: half a day at most, and the rest of the day of a date.
        if not both.any() or (np.abs(seconds[both] - moments[best][both]) < 1.5 * DAY).mean() < 0.99:
            return names
    others = ", ".join(name for i, name in enumerate(names) if i != best)
    notes.append(f"{others}: the same moments as {names[best]}, which is read.")
    return [names[best]]
