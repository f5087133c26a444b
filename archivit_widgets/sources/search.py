"""What is known while the columns of a table are given their roles, and how one role is filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .roles import Sample, anything, candidates, choose, is_kind, is_party, is_time, is_tx
from .table import Table

Chosen = dict[str, str | None]

TESTS = {"source": is_party, "target": is_party, "time": is_time, "kind": is_kind, "tx": is_tx}


@dataclass(frozen=True)
class Search:
    """What is known so far; each choice narrows the next.

    Attributes
    ----------
    table, sample
        The opened table, and the texts of its first rows.
    asked
        Column by role, as the caller says; an empty text where the file has none; None to find out.
    chosen
        Column by role, as far as it is known: an empty text or None where there is none. Filled on the way.
    notes
        What was recognised, for the report. Filled on the way.
    told
        Columns of which a note says that another one, which tells the same, is read. Filled on the way.
    """

    table: Table
    sample: Sample
    asked: Chosen
    chosen: Chosen
    notes: list[str]
    told: set[str] = field(default_factory=set)

    @property
    def used(self) -> set[str]:
        """The columns that play a role by now."""
        return {name for name in self.chosen.values() if name}


def find(search: Search, *roles: str) -> None:
    """Fill roles that are still open from the names of the columns."""
    for role in roles:
        if search.chosen[role] is None:
            fill(search, role, others(search, role, search.used))


def others(search: Search, role: str, used: set[str]) -> list[str]:
    """List the equally good columns for a role among those that are not used."""
    return candidates(role, search.table, search.sample, used, test_of(role))


def fill(search: Search, role: str, found: list[str]) -> None:
    """Give a role to the column that was found, or refuse to guess between several."""
    search.chosen[role] = choose(role, found, search.table, search.sample, search.notes)


def test_of(role: str) -> Callable[[list[str]], bool]:
    """Give the test that the content of a role's column must pass."""
    return TESTS.get(role, anything)
