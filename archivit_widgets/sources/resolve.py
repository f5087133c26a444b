"""All roles of one table, found in an order in which each choice narrows the next."""

from __future__ import annotations

from dataclasses import dataclass

from ..arguments import ROLES, short
from ..errors import ArchivitError
from . import auctions, ledger
from .guess import guess, is_moment
from .money import find_price
from .pairs import second_pair
from .prices import Price
from .roles import check_asked, holds, is_kind, missing, same, take_sample
from .search import Chosen, Search, fill, find, others
from .table import Table
from .times import clock
from .when import beside_time, find_time
from .words import CURRENCIES, kind_of_word

WIDEST = 1_000  # columns


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
    pair
        Columns of source and target that are read where the chosen ones say nothing, or none.
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
    pair: tuple[str, ...] = ()
    wanted: str | None = None
    notes: tuple[str, ...] = ()

    def __getitem__(self, role: str) -> str | None:
        """Name the (first) column of a role, or None."""
        return self.chosen.get(role) or None

    def shown(self) -> dict[str, str | None]:
        """Name the columns of every role for the report."""
        shown = {role: self[role] for role in ROLES}
        several = {
            "source": (self.lots,) if self.lots else self.pair[:1],
            "target": self.pair[1:],
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
    wanted = CURRENCIES.get(currency.lower(), currency.upper()) if currency else None
    search = Search(table, take_sample(table), asked, {role: asked.get(role) for role in (*ROLES, "tx")}, [])
    find(search, "source", "target")
    find_time(search)
    leave_empty(search)
    required(search)
    find_token(search)
    find(search, "kind", "tx", "currency")
    price = find_price(search, wanted)
    days, time_of_day = beside_time(search)
    lots = find_lots(search)
    pair = () if lots else second_pair(search)
    passed_over(search, {*days, *pair, *(name for name, _ in (price.parts if price else ()))})
    return Roles(search.chosen, price, days, time_of_day, lots, pair, wanted, tuple(search.notes))


def leave_empty(search: Search) -> None:
    """Open a party's role again whose column holds nothing, unless the file tells of mints or burns, or is empty."""
    open_again = [
        role
        for role in ("source", "target")
        if (name := search.chosen[role]) and not search.asked.get(role) and not holds(name, search.table, search.sample)
    ]
    if not open_again or not any(search.sample.values()):
        return
    said = {kind_of_word(text) for values in search.sample.values() if is_kind(values[:50]) for text in values}
    if not said & {"mint", "burn", "unknown_buyer"}:
        search.chosen.update(dict.fromkeys(open_again))


def required(search: Search) -> None:
    """Make sure that source, target and time are known: from the contents where no name helps."""
    table, sample, chosen = search.table, search.sample, search.chosen
    used = search.used
    if not chosen["source"] and not chosen["target"]:
        free = [name for name in table.types if name not in used or name == chosen["time"]]
        found = guess(sample, free)
        if found and (not chosen["time"] or chosen["time"] == found["time"]):
            chosen.update({role: name for role, name in found.items() if not chosen[role]})
            names = ", ".join(f"{short(name, 30)} as {role}" for role, name in found.items())
            search.notes.append(f"The columns were told by their content: {names}.")
    moments = [name for name in table.types if name not in used and is_moment(sample[name])]
    if not chosen["time"] and len(moments) == 1:
        chosen["time"] = moments[0]
        search.notes.append(f"The column {short(moments[0], 30)} was taken for the time, as its content suggests.")
    if chosen["time"] and clock.is_clock(sample[chosen["time"]]):
        raise ArchivitError(
            f"{table.label}: time={short(chosen['time'])!r} holds times of day and no days; pass time='...' with the "
            f"column of days, and the times of day are added{such_as(moments)}"
        )
    for role in ("source", "target", "time"):
        if not chosen[role]:
            raise missing(role, table, sample, search.used)


def such_as(moments: list[str]) -> str:
    """Name columns that hold days, if there are any."""
    return f": {', '.join(short(name) for name in moments[:4])}" if moments else ""


def find_token(search: Search) -> None:
    """Fill token and collection: what one work only is called goes before titles, and a lot belongs to its sale."""
    table, sample, chosen, notes = search.table, search.sample, search.chosen, search.notes
    homes = [] if chosen["collection"] is not None else auctions.sales(table, sample, search.used)
    if chosen["token"] is None:
        found = others(search, "token", search.used | set(homes))
        fill(search, "token", auctions.before_titles(found, table, homes, notes))
    find(search, "collection")
    token = chosen["token"]
    if token and chosen["collection"] is None and auctions.is_lot(table, token):
        fill(search, "collection", homes)
        notes.append(auctions.about_sale(token, chosen["collection"]))
    if token is None:
        notes.append(
            "No column of tokens was recognised (pass token='...'): no holding times are known and copies are kept."
        )


def find_lots(search: Search) -> str | None:
    """Find the column that holds the seller before the number of the lot, unless the caller names the seller's."""
    lots = None if search.asked.get("source") else ledger.seller_before_lot(list(search.table.types))
    if lots:
        search.notes.append(
            f"Where {search.chosen['source']} is empty, the name before the number of the lot in {lots} is taken."
        )
    return lots


def passed_over(search: Search, read: set[str]) -> None:
    """Say which columns of less telling names, not `read` either, might have played a role, and say something else."""
    for role in ("source", "target", "token", "collection", "time", "kind"):
        name = search.chosen[role]
        if not name or search.asked.get(role):
            continue
        search.notes.extend(
            f"{other}: may be the {role} too; {name} is read (pass {role}={short(other)!r} if it is)."
            for other in others(search, role, search.used | search.told | read)
            if holds(other, search.table, search.sample) and not same(search.table, search.sample, name, other)
        )
