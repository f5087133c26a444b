"""Which of several price columns is read, and what its unit is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..arguments import short
from ..errors import ArchivitError
from .ledger import pounds_shillings_pence
from .roles import Sample, about_names, count, described, holds, same, share
from .table import Table, quoted
from .words import COINS, CURRENCIES, CURRENCY, FIAT, NOT_A_PRICE, PAID, PRICE, SMALL_UNITS, TOTAL, parts, plain


@dataclass(frozen=True)
class Price:
    """A column of prices.

    Attributes
    ----------
    column
        Its name.
    currency
        What it is in, or None where the name does not say.
    divisor
        How many of its units make one of the currency: 1e18 for wei.
    rank
        0 where the name says price, 1 where it says value or amount, 2 where it only names a currency.
    others
        Columns that are added, and their divisors: shillings and pence.
    decimals
        A column that says how many decimals each row's amount has, or None; see `decimals`.
    """

    column: str
    currency: str | None
    divisor: float = 1.0
    rank: int = 0
    others: tuple[tuple[str, float], ...] = ()
    decimals: str | None = None

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """All columns of the price and their divisors."""
        return (self.column, self.divisor), *self.others

    @property
    def says_all(self) -> bool:
        """Whether the name tells each row's currency; what is paid in small units may be any token with as many."""
        return self.currency is not None and self.divisor == 1

    @property
    def order(self) -> tuple[int, bool, int]:
        """What is preferred stands first: the chain's own currency, no currency, small units, other money."""
        kind = 0 if self.currency in COINS else 1 if self.currency is None else 2
        return kind, self.divisor > 1 or "raw" in parts(self.column), self.rank


def price_of(name: str) -> Price | None:
    """Read a column's name as a price, or None where it names something else."""
    words = parts(name)
    small = next((SMALL_UNITS[word] for word in sorted(words) if word in SMALL_UNITS), None)
    currency = small[0] if small else next((CURRENCIES[word] for word in sorted(words) if word in CURRENCIES), None)
    rank = next((i for i, known in enumerate(PRICE) if words & known), 2 if currency else None)
    if words >= PAID:  # how much money was paid, not how many works
        return Price(name, currency, small[1] if small else 1.0, 1)
    if rank is None or words & NOT_A_PRICE:
        return None
    return Price(name, currency, small[1] if small else 1.0, rank)


def choose_price(table: Table, sample: Sample, used: set[str], wanted: str | None) -> tuple[Price | None, list[str]]:
    """Choose the column of prices, and say what stands beside it.

    Raises
    ------
    ArchivitError
        Two columns are equally likely and differ, or none is in the currency that was asked for.
    """
    named = [price for name in table.types if name not in used if (price := price_of(name))]
    empty = [price.column for price in named if not holds(price.column, table, sample)]
    named = [price for price in named if price.column not in empty and says_numbers(price.column, table, sample)]
    found = [price for price in named if not is_quantity(price, table, sample)]
    quantities = [price.column for price in named if price not in found]
    counts = [f"{name}: empty, not read." for name in empty if not parts(name) & CURRENCY]
    counts += [f"{name}: always 1, taken for a quantity (pass value='...' if it is a price)." for name in quantities]
    rates = rates_among(found)
    found = [price for price in found if price.column not in rates]
    counts += [
        f"{name}: taken for a rate of exchange, not for a price (pass value='...' if it is one)." for name in rates
    ]
    if wanted and any(price.currency for price in found):
        inside = [price for price in found if price.currency == wanted]
        if not inside:
            raise ArchivitError(
                f"{table.label}: no column of prices in {wanted}; pass value='...' with one of: "
                f"{described([price.column for price in found], sample)}"
            )
        found, others = inside, [price for price in found if price.currency != wanted]
    else:
        others = []
    if not found:
        return None, counts
    found.sort(key=lambda price: price.order)
    best = found[0]
    equal = [price for price in found if price.order == best.order]
    if not all(same(table, sample, best.column, price.column) for price in equal[1:]):
        alike = [price.column for price in equal]
        ways = " or ".join(f"value={short(name)!r}" for name in alike)
        listed = described(alike, sample)
        raise ArchivitError(
            f"{table.label}: several columns may be the value: {listed}; pass {ways}{about_names(alike, table)}"
        )
    notes = counts + [beside(best, other) for other in (*found[1:], *others)]
    if best.divisor > 1:
        notes.append(f"{best.column}: divided by {best.divisor:g} to give {best.currency}.")
    added = pounds_shillings_pence(list(table.types), best.column)[1:]
    if added:
        names = " + ".join(f"{name} / {divisor:g}" for name, divisor in added)
        notes = [*counts, f"The price is {best.column} + {names}, in {best.currency}."]
    return replace(best, others=added), notes


def says_numbers(name: str, table: Table, sample: Sample) -> bool:
    """Say whether a column holds digits: most of its first cells, or any of those behind them if these are empty."""
    if not sample[name]:
        return count(table, f"regexp_matches({quoted(name)}::VARCHAR, '\\d')") > 0
    return share(sample[name], lambda text: any(c.isdigit() for c in text)) >= 0.5


def is_quantity(price: Price, table: Table, sample: Sample) -> bool:
    """Say whether a column of "amounts" counts how many tokens went over, which of tokens that are unique is 1."""
    if price.rank != 1 or price.currency is not None or not set(sample[price.column]) <= {"1", "1.0"}:
        return False
    return not count(table, f"try_cast({quoted(price.column)} AS DOUBLE) != 1")


def rates_among(found: list[Price]) -> list[str]:
    """Name the columns that say what a coin was worth.

    So do ``payment_token.usd_price``, and ``eth_price`` beside a total price; all money is in doubt beside such.
    """
    rates = [price for price in found if re.fullmatch(r"(.*_)?payment_token(_[^\W_]+)?_price", plain(price.column))]
    if any(price.currency is None and price.rank == 0 and parts(price.column) & TOTAL for price in found):
        priced = {price.column: re.fullmatch(r"([^\W_]+)_price", plain(price.column)) for price in found}
        of_coins = any(match and CURRENCIES.get(match[1]) in COINS for match in priced.values())
        rates += [price for price in found if of_coins and priced[price.column] and price.currency]
    return [price.column for price in found if price in rates]


def beside(best: Price, other: Price) -> str:
    """Say why another column of prices was not read."""
    if other.currency == best.currency and other.divisor != best.divisor:
        unit = f"{max(other.divisor, best.divisor):g} to one {best.currency}"
        return f"{other.column}: the same prices in smaller units ({unit}); {best.column} is read."
    if other.currency in FIAT and other.currency != best.currency:
        return f"{other.column}: prices in {other.currency}; {best.column} is read (pass currency='{other.currency}')."
    return f"{other.column}: another column of amounts; {best.column} is read."
