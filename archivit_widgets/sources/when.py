"""The columns that say when: the time itself, the days of its years, and the time of day beside it."""

from __future__ import annotations

import numpy as np

from ..errors import ArchivitError
from . import ledger
from .roles import SAMPLE, filled
from .scan import Select, scan
from .search import Search, fill, others
from .times import clock, decide, written
from .times.units import DAY, UNKNOWN


def find_time(search: Search) -> None:
    """Fill the role of the time, if it is open: no month or day beside a year is a time by itself."""
    if search.chosen["time"] is not None:
        return
    found = others(search, "time", search.used | ledger.parts_of_days(search.sample))
    found = filled(found, search.table, search.sample, search.notes)
    found = found or [name for name in ledger.years_of_days(list(search.table.types)) if name not in search.used]
    fill(search, "time", finest(found, search) if len(found) > 1 else found)


def beside_time(search: Search) -> tuple[tuple[str, ...], str | None]:
    """Find what must be added to the time: the columns of the days of a year, and the column of the time of day."""
    time = search.chosen["time"] or ""
    days = ledger.day_columns(list(search.table.types), time)
    if days:
        search.notes.append(f"The time is the day in {' and '.join(days)} of the {time}, where one can be read.")
    used = {*days, *search.used} - {time}
    free = {name: values for name, values in search.sample.items() if name not in used}
    return days, clock.beside(free, time, bool(days), search.notes)


def finest(names: list[str], search: Search) -> list[str]:
    """Of columns that tell the same moments, take the one that tells them most finely."""
    moments = []
    for name in names:
        select = written.select(name, search.table.types[name])
        found = scan(search.table, Select(numbers=select), limit=SAMPLE)
        try:
            seconds = decide.moments(found.numbers, name, None, search.table.label).seconds
        except ArchivitError:
            seconds = np.full(found.rows, UNKNOWN)
        moments.append(seconds)
    best = max(range(len(names)), key=lambda i: (len(np.unique(moments[i])), int((moments[i] % DAY > 0).sum()), -i))
    for seconds in moments:
        both = (seconds != UNKNOWN) & (moments[best] != UNKNOWN)
        # Zones of time may lie between them: half a day at most, and the rest of the day of a date.
        if not both.any() or (np.abs(seconds[both] - moments[best][both]) < 1.5 * DAY).mean() < 0.99:
            return names
    rest = [name for i, name in enumerate(names) if i != best]
    search.told.update(rest)
    search.notes.append(f"{', '.join(rest)}: the same moments as {names[best]}, which is read.")
    return [names[best]]
