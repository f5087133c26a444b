"""The names of the columns: where they stand, whether a row is one of names, and what a column without one is called.

A spreadsheet that was saved as it looked has titles, notes and the names of groups of columns above those of its
columns. None of these lines fills more than half of the columns, so the first row that does is the one of the names.
"""

from __future__ import annotations

import re

from ..arguments import short

LEAD = 50  # rows among which the names of the columns are looked for
DATA = re.compile(r"[-+]?[\d.,]*\d([eE][-+]?\d+)?|0x[0-9a-fA-F]{6,}|\d{4}-\d\d?-\d\d?.*|\d\d?[./]\d\d?[./]\d{2,4}.*")

Row = list[str]


def above_header(rows: list[Row], width: int) -> int:
    """Count the rows above the header: blank ones, comments, titles, and names of groups of columns.

    Parameters
    ----------
    rows
        The first rows of a file, as texts.
    width
        How many columns most rows have.
    """
    comments = [bool(row) and is_comment(row[0]) for row in rows]
    if all(comments):
        comments = [False] * len(rows)
    filled = [0 if note else sum(map(bool, map(str.strip, row))) for row, note in zip(rows, comments, strict=True)]
    some = next((i for i, count in enumerate(filled) if count), 0)
    full = next((i for i, count in enumerate(filled) if 2 * count > width), some)
    # Rows without names may be sparse too: only a single filled field can be no transfer.
    top = full if is_header(rows[full]) or max(filled[:full], default=0) <= 1 else some
    below = rows[top + 1 : top + 3]
    if len(below) == 2 and filled[top + 1] > filled[top] and has_gap(rows[top]):
        top += is_header(rows[top]) and is_header(below[0]) and not is_header(below[1])
    named_by_comment = top > 0 and comments[top - 1] and 2 * len(rows[top - 1]) > width and not is_header(rows[top])
    return top - named_by_comment


def has_gap(row: Row) -> bool:
    """Say whether an empty field stands before a filled one, as where cells were merged."""
    there = [bool(cell.strip()) for cell in row]
    return there[:1] == [True] and not all(there[: len(there) - there[::-1].index(True)])


def is_comment(line: str) -> bool:
    """Say whether a line begins as remarks do."""
    return line.startswith(("#", "%"))


def left_out(lines: list[str]) -> tuple[str, ...]:
    """Say which lines above the header were not read; blank ones are no loss."""
    said = [text for line in lines if (text := line.strip(' ,;\t\r\n"'))]
    if not said:
        return ()
    count = "A line" if len(said) == 1 else f"{len(said):,} lines"
    verb = "was" if len(said) == 1 else "were"
    return (f"{count} above the header {verb} left out: {', '.join(repr(short(line)) for line in said[:3])}.",)


def is_header(row: Row) -> bool:
    """Names are words: a first row with a number, an address or a date in it is data."""
    cells = [cell.strip() for cell in row]
    return any(cells) and not any(DATA.fullmatch(cell) for cell in cells)


def fitted(header: Row, body: list[Row], width: int) -> Row:
    """Give as many names as there are fields, where either the names or the rows end with a separator too many."""
    while len(header) > width and not header[-1].strip():
        header = header[:-1]
    whole = [row for row in body if len(row) == width]
    blank = bool(whole) and not any(row[-1].strip() for row in whole)
    # R numbers the rows, and gives no name to the numbers: a last column without remarks is one of the names then.
    numbered = [row[0] for row in whole] == [str(i) for i in range(1, len(whole) + 1)]
    return [*header, ""] if len(header) == width - 1 and blank and not numbered else header


def column_names(header: Row, width: int) -> list[str]:
    """Name all columns, each differently: where the header is silent, column1, column2, ..."""
    names: list[str] = []
    taken: dict[str, int] = {}  # and the last number that was given to a name: one by one, many columns take minutes
    for i, cell in enumerate(bare(header, width)):
        base = name = cell or f"column{i + 1}"
        while name.lower() in taken:
            taken[base.lower()] += 1
            name = f"{base}_{taken[base.lower()]}"
        taken[name.lower()] = 1
        names.append(name)
    return names


def bare(header: Row, width: int) -> Row:
    """Give the names as they stand in the file, one for each column, without what surrounds them."""
    # One name too few: the first column holds row names, as R and pandas write them.
    cells = [""] * (len(header) == width - 1 > 0) + header
    return [cell.strip().lstrip("#%").strip() for cell in cells] + [""] * (width - len(cells))


def numbered(header: Row, names: list[str]) -> dict[str, str]:
    """List those of `column_names` that carry a number as the file calls an earlier column so, and what it says."""
    return {name: cell for name, cell in zip(names, bare(header, len(names)), strict=True) if cell not in ("", name)}
