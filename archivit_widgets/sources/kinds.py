"""Of which kind each transfer is: by the words of the file, by what was paid, and by the zero address."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import short
from .clean import BURN, MINT, SALE, TRANSFER, UNKNOWN_BUYER, Raw, in_file, ordered, token_pairs
from .faults import Faults, Mask
from .parties import NONE, UNSOLD, ZERO, Names
from .records import KINDS
from .scan import Encoded
from .words import MISSING, is_undone, kind_of_word, plain
from .words import UNSOLD as NO_KIND

I64 = NDArray[np.int64]


def by_words(
    found: Encoded | None, column: str, faults: Faults, notes: list[str]
) -> tuple[NDArray[np.int8] | None, tuple[str, ...]]:
    """Turn the words of a file into kinds.

    Returns
    -------
    kinds, undone
        `NONE` where the words say nothing that is known, `UNSOLD` for no transfer, None where the file has no words;
        and which words mean a bid, an offer or the like.
    """
    if found is None:
        return None, ()
    said = found.texts.to_pylist()
    known = [kind_of_word(text) for text in said]
    codes = [UNSOLD if kind == NO_KIND else KINDS.index(kind) if kind else NONE for kind in known]
    strange = [kind is None and text.strip().lower() not in MISSING for text, kind in zip(said, known, strict=True)]
    if any(strange):
        such = [short(text, 20) for text, odd in zip(said, strange, strict=True) if odd][:3]
        text = f"a kind that is not known, such as {', '.join(map(repr, such))}: a sale where a price is paid"
        faults.note("unknown_kind", text, np.array([*strange, False])[found.codes])
    notes += words_told(column, said, known, np.bincount(found.codes[found.codes >= 0], minlength=len(said)))
    undone = tuple(text for text in said if is_undone(plain(text)))
    return np.array([*codes, NONE], dtype=np.int8)[found.codes], undone


def words_told(column: str, said: list[str], known: list[str | None], counts: NDArray[np.int64]) -> list[str]:
    """Say how many rows are of which kind by the words of the file, and by which words, if not by its own.

    Of a column of kinds in our own words nothing is said: it is read as it is.
    """
    if plain(column) == "kind" and all(text == kind for text, kind in zip(said, known, strict=True)):
        return []
    texts = []
    for kind in KINDS:
        rows = sorted((i for i, other in enumerate(known) if other == kind), key=lambda i: -counts[i])
        words = ", ".join(repr(short(said[i], 20)) for i in rows[:4]) + ", ..." * (len(rows) > 4)
        told = "" if all(plain(said[i]) == kind for i in rows) else f" ({words})"
        texts += [f"{kind} {int(counts[rows].sum()):,}{told}"] * bool(rows)
    return [f"{column} tells the kind of rows: {', '.join(texts)}."] if texts else []


def of_transfers(raw: Raw, order: I64, faults: Faults) -> NDArray[np.int8]:
    """Tell sales from transfers, and what comes from the zero address or goes there."""
    source, target = (ordered(column, order) for column in raw.accounts.codes)
    paid = ordered(raw.value, order) > 0
    kind = np.where(paid, SALE, TRANSFER).astype(np.int8)
    if raw.kind is not None:
        said = believed(raw.kind, raw.accounts, faults)
        kind = np.where(ordered(said >= 0, order), ordered(said, order), kind)
    to_zero = target == ZERO
    if to_zero.any():
        kind[to_zero] = taken_by_nobody(raw, order, paid, kind, faults)[to_zero]
    kind[source == ZERO] = MINT
    return kind


def taken_by_nobody(raw: Raw, order: I64, paid: Mask, told: NDArray[np.int8], faults: Faults) -> NDArray[np.int8]:
    """Tell burns from buyers whom the record lost, if all goes to the zero address.

    It is a burn only if nothing was paid and the token never moves again, as far as a token is named.
    """
    to_zero = ordered(raw.accounts.codes[1], order) == ZERO
    token = np.full(len(order), NONE) if raw.tokens is None else ordered(token_pairs(raw), order)
    burnt = to_zero & ~paid & last_moves(token)
    text = "went to the zero address for nothing, and no token is named that could move again: taken for a burn"
    faults.note("burn_without_token", text, in_file(burnt & (token < 0) & (told != BURN), order, faults))
    lost = to_zero & ~burnt
    why = [f"{int((lost & paid).sum()):,} paid for"] * bool((lost & paid).any())
    why += [f"{int((lost & ~paid).sum()):,} whose token moves again"] * bool((lost & ~paid).any())
    text = f"went to the zero address and is no burn ({', '.join(why)}): the record lost the taker"
    faults.note("unknown_buyer", text, in_file(lost, order, faults))
    return np.where(burnt, BURN, UNKNOWN_BUYER).astype(np.int8)


def believed(said: NDArray[np.int8], accounts: Names, faults: Faults) -> NDArray[np.int8]:
    """Leave out what the file says of a kind where the parties deny it: whom a mint comes from is nobody."""
    source, target = accounts.codes
    denied = ((said == MINT) & (source >= 0)) | (((said == BURN) | (said == UNKNOWN_BUYER)) & (target >= 0))
    text = "a mint from somebody, or a burn or an unknown buyer with a taker: a sale where a price is paid"
    faults.note("denied_kind", text, denied)
    return np.where(denied, NONE, said).astype(np.int8)


def last_moves(token: I64) -> Mask:
    """Find the transfers after which their token never moves again, as far as they name one."""
    backwards = pd.Series(token[::-1]).duplicated().to_numpy()[::-1]
    return ~backwards | (token < 0)
