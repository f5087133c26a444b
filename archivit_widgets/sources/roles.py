"""Which column plays which role: told by its name and its content, or by the caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..arguments import ROLES, short
from ..errors import ArchivitError
from .table import Table, literal, quoted
from .times.clock import is_clock
from .words import CURRENCIES, MISSING, NAMES, NOT_A_TOKEN, SYMBOLS, kind_of_word, parts, plain, stem, token_form

SAMPLE = 2_000  # rows from which contents are judged

ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
DATE = re.compile(r"\d{4}-\d\d?-\d\d?.*|\d\d?[./-]\d\d?[./-]\d{4}.*")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")

# Ways to write the name of a column in which it is looked for among those that are known.
FORMS: dict[str, tuple[Callable[[str], str], ...]] = {
    "source": (plain, stem),
    "target": (plain, stem),
    "token": (token_form,),
}

Sample = dict[str, list[str]]


def take_sample(table: Table) -> Sample:
    """Read the first rows as text, missing values left out."""
    select = ", ".join(f"left({quoted(name)}::VARCHAR, 200) AS {quoted(name)}" for name in table.types)
    found: Sample = {name: [] for name in table.types}
    for batch in table.batches(select, limit=SAMPLE):
        for name, column in zip(table.types, batch.columns, strict=True):
            found[name] += [
                text for text in column.to_pylist() if text is not None and text.strip().lower() not in MISSING
            ]
    return found


def check_asked(table: Table, asked: dict[str, str | None]) -> None:
    """Refuse a role that there is not, and a column that the file does not have."""
    for role, name in asked.items():
        if role not in NAMES and role not in ROLES:
            raise ArchivitError(f"{table.label}: there is no role {short(role)!r}; the roles are {', '.join(ROLES)}")
        if name and name in table.strange:
            raise ArchivitError(f"{table.label}: {role}={short(name)!r}: {table.strange[name]} values are not read")
        if name and name not in table.types:
            names = ", ".join(short(other, 30) for other in list(table.types)[:20])
            raise ArchivitError(f"{table.label}: {role}={short(name)!r}: no such column; the columns are {names}")
    if asked.get("source") and asked.get("source") == asked.get("target"):
        name = short(asked["source"])
        raise ArchivitError(f"{table.label}: source and target are both {name!r}: every transfer would be to oneself")


def candidates(
    role: str, table: Table, sample: Sample, used: Iterable[str], fits: Callable[[list[str]], bool]
) -> list[str]:
    """List the equally good columns for a role: those of the best name whose content fits.

    Columns of better names that hold nothing stand before them, to be left out and said by `filled`; alone they are
    better than none.
    """
    free = [name for name in table.types if name not in used]
    empty: list[str] = []
    while found := best_named(role, table, sample, free, fits):
        if any(holds(name, table, sample) for name in found):
            return empty + found
        empty += found
        free = [name for name in free if name not in found]
    if role == "token":
        return [n for n in free if plain(n).endswith("_id") and not parts(n) & NOT_A_TOKEN and fits(sample[n])]
    return empty


def best_named(
    role: str, table: Table, sample: Sample, free: list[str], fits: Callable[[list[str]], bool]
) -> list[str]:
    """List the columns of the best name for a role, as far as the sample tells."""
    for form in FORMS.get(role, (plain,)):
        for tier in NAMES[role]:
            known = {form(name) for name in tier} if form is token_form else set(tier)
            named = [name for name in free if form(table.header(name)) in known]
            found = [name for name in named if fits(sample[name]) and is_told(table.header(name), sample[name])]
            if found:
                return found
    return []


def holds(name: str, table: Table, sample: Sample) -> bool:
    """Say whether a column holds anything; the sample settles most that do."""
    words = ", ".join(map(literal, sorted(MISSING)))
    return bool(sample[name]) or count(table, f"lower(trim({quoted(name)}::VARCHAR)) NOT IN ({words})") > 0


def choose(role: str, found: list[str], table: Table, sample: Sample, notes: list[str]) -> str | None:
    """Take the only candidate, or the first of several that say the same; refuse to guess otherwise."""
    if not found:
        return None
    found = filled(found, table, sample, notes)
    if all(same(table, sample, found[0], name) for name in found[1:]):
        notes += [f"{name}: the same as {found[0]}, which is read." for name in found[1:]]
        return found[0]
    ways = " or ".join(f"{role}={short(name)!r}" for name in found)
    raise ArchivitError(
        f"{table.label}: several columns may be the {role}: {described(found, sample)}; pass {ways}"
        f"{about_names(found, table)}"
    )


def about_names(found: list[str], table: Table) -> str:
    """Say why columns have names that do not stand in the file."""
    return " (columns of one name are numbered)" if any(name != table.header(name) for name in found) else ""


def filled(found: list[str], table: Table, sample: Sample, notes: list[str]) -> list[str]:
    """Leave out columns that hold nothing, unless all of them do; the sample settles most that hold something."""
    some = [name for name in found if holds(name, table, sample)]
    if not some:
        return found
    notes += [f"{name}: empty; {some[0]} is read." for name in found if name not in some]
    return some


def same(table: Table, sample: Sample, one: str, other: str) -> bool:
    """Say whether two columns say the same in every row; the sample settles most pairs that do not."""
    if sample[one] != sample[other]:
        return False
    first, second = (f"coalesce(trim({quoted(name)}::VARCHAR), '')" for name in (one, other))
    return not count(table, f"{first} != {second}")


def count(table: Table, condition: str) -> int:
    """Count the rows of the whole table where a condition in SQL holds."""
    return sum(int(batch.column(0)[0].as_py()) for batch in table.batches(f"coalesce(count_if({condition}), 0)"))


def described(names: Iterable[str], sample: Sample, limit: int = 12) -> str:
    """List columns with sample values."""
    listed = list(names)
    texts = []
    for name in listed[:limit]:
        values = list(dict.fromkeys(sample[name]))[:2]
        texts.append(f"{short(name, 30)} ({', '.join(repr(short(value, 24)) for value in values) or 'empty'})")
    return ", ".join(texts) + (f" and {len(listed) - limit} more" if len(listed) > limit else "")


def missing(role: str, table: Table, sample: Sample, used: Iterable[str]) -> ArchivitError:
    """Say that a role could not be filled, and what could be passed: what looks like it first, what is empty last."""
    likely = is_time if role == "time" else lambda values: not share(values, NUMBER.fullmatch) and is_party(values)
    free = [name for name in table.types if name not in set(used)]
    free.sort(key=lambda name: (not sample[name], not likely(sample[name])))
    ways = f"; pass {role}='...' with one of: {described(free, sample)}" if free else ""
    return ArchivitError(f"{table.label}: no column for {role} was recognised{ways}{about_strange(table)}")


def about_strange(table: Table, limit: int = 4) -> str:
    """Name columns that were left out, if there are any: one of them may be what is missing."""
    listed = [f"{short(name, 30)} ({kind} values)" for name, kind in list(table.strange.items())[:limit]]
    return f"; left out: {', '.join(listed)}" + ", ..." * (len(table.strange) > limit) if listed else ""


def share(values: list[str], test: Callable[[str], object]) -> float:
    """Share of the values that pass a test; 0 where there are none."""
    return sum(bool(test(value.strip())) for value in values) / len(values) if values else 0.0


def is_party(values: list[str]) -> bool:
    """An account is no date and no price; where nothing is known, the name decides."""
    return share(values, DATE.fullmatch) < 0.5 and share(values, re.compile(r"\d+\.\d*[1-9]").fullmatch) < 0.5


def is_time(values: list[str]) -> bool:
    """A time has digits in it, and is more than one of day."""
    return not values or (share(values, re.compile(r"\d").search) >= 0.5 and not is_clock(values))


def is_kind(values: list[str]) -> bool:
    """A kind of transfer is one of the words for it, or for a lot that failed to sell."""
    return share(values, kind_of_word) >= 0.5


def is_tx(values: list[str]) -> bool:
    """A transaction is named, and not what happened in it, such as Sold."""
    return bool(values) and not is_kind(values[:50])


def is_told(name: str, values: list[str]) -> bool:
    """Say whether a name tells what its column holds, or the content does so: a symbol may be a token's or money's."""
    return plain(name) not in SYMBOLS or share(values, lambda text: text.lower() in CURRENCIES) >= 0.5


def anything(values: list[str]) -> bool:
    """Say that any content will do, but none will not."""
    return bool(values)
