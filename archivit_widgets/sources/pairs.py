"""Sales and transfers in one file, whose parties stand in columns of their own.

OpenSea answers with a seller and a buyer where something was sold, and else with from_address and to_address.
"""

from __future__ import annotations

from .roles import count, holds
from .search import Search, others
from .table import Table, quoted
from .times.written import absent


def second_pair(search: Search) -> tuple[str, ...]:
    """Find the columns of source and target that say something only where the chosen ones say nothing."""
    found = [beside(search, role) for role in ("source", "target")]
    if not all(found):
        return ()
    chosen = search.chosen["source"], search.chosen["target"]
    search.notes.append(f"Where {' and '.join(map(str, chosen))} are empty, {' and '.join(found)} are read.")
    return tuple(found)


def beside(search: Search, role: str) -> str:
    """Find the one other column for a party that never stands beside the chosen one; an empty text if there is none."""
    table, name = search.table, search.chosen[role]
    if not name or search.asked.get(role):
        return ""
    found = [other for other in others(search, role, search.used) if holds(other, table, search.sample)]
    if len(found) != 1 or count(table, f"NOT ({nothing(table, name)}) AND NOT ({nothing(table, found[0])})"):
        return ""
    return found[0]


def joined(table: Table, name: str, other: str) -> str:
    """Write the SQL of a column, and of another one where it says nothing."""
    return f"CASE WHEN {nothing(table, name)} THEN {quoted(other)}::VARCHAR ELSE {quoted(name)}::VARCHAR END"


def nothing(table: Table, name: str) -> str:
    """Write the SQL of where a column says nothing."""
    return absent(name, table.types[name])
