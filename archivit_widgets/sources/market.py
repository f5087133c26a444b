"""A simulated market: the example that needs no file, and the only one whose wash trades are all known.

Artists mint into collections. Each work then passes from hand to hand: its owner holds it (flippers for days,
collectors for years), then somebody who likes the collection buys it, at a price of lognormal steps: the market's
walk, the collection's own, the work's rarity, a little noise. Some owners pledge a work and get it back, some give
one away, a few works burn, a few buyers are missing from the record. Rings of accounts (`simulation.rings`) buy works
like anybody else, trade them among themselves, and sell them on.

The record is the first `transfers` events of that market in order of time; its shape is that of the sales of
CryptoPunks 2017-2021, within the bounds that ``tests/sources/test_market.py`` states.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import number, whole
from .parties import by_appearance
from .records import KINDS, Transfers
from .report import Report
from .simulation.names import addresses, collection_names
from .simulation.people import People, gather
from .simulation.rings import PATTERNS, plan
from .simulation.trading import SALE, UNKNOWN, Events, History, Works, trade
from .times.units import DAY

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

START = 1_498_176_000  # 2017-06-23, when CryptoPunks began
LENGTH = 1_400 * DAY
WORKS = 0.37  # works for each transfer: enough that the market rarely has to be made again, larger
COLLECTORS = 1.5  # collectors for each work, most of whom never buy
MOST_COLLECTIONS = 10_000  # each has a price for every day: so many take a quarter of a gigabyte
EXCHANGES = 12
PLANNED = 1.3  # wash trades for each one wanted: some rings find no works, others are cut off by the end
PAID = (SALE, UNKNOWN)


def simulate(
    transfers: int = 20_000, seed: int = 0, *, wash: float = 0.02, collections: int | None = None
) -> Transfers:
    """Simulate a market.

    Parameters
    ----------
    transfers
        How many transfers the record holds, exactly.
    seed
        The same seed gives the same market, byte for byte (with the same NumPy).
    wash
        Share of transfers that are wash trades, about; 0 for an honest market.
    collections
        How many collections, 10,000 at most; by default one for each 2,500 transfers, from 5 to 200.

    Returns
    -------
    Transfers
        In ETH, with ``truth``, a row for each wash trade: ``transfer`` (int64, its row in the table), ``ring`` (int64,
        which ring of accounts), ``pattern`` (categorical, `simulation.rings.PATTERNS`); and ``funding``, a row for each
        account in order of time: ``funder`` and ``account`` (names; a funder may be an exchange that never trades),
        ``time`` (int64 seconds, before the account's first transfer). The purchase with which a ring obtains a work
        and the sale with which it lets it go are honest trades with outsiders, and not in ``truth``.

    Raises
    ------
    ArchivitError
        A number is out of range.
    """
    transfers, seed, wash = whole("transfers", transfers, 0), whole("seed", seed, 0), number("wash", wash, 0, 0.5)
    if collections is not None:
        collections = whole("collections", collections, 1, MOST_COLLECTIONS)
    count = int(transfers * WORKS) + 8
    while True:
        rng = np.random.default_rng(seed)
        size = _sizes(collections or int(np.clip(transfers // 2_500, 5, 200)))
        people = gather(rng, int(COLLECTORS * count) + 4, count // 25 + len(size), size, START, LENGTH)
        works = _mint(rng, count, people, size)
        history = trade(rng, people, works, plan(rng, int(PLANNED * wash * transfers), size), START + LENGTH)
        happened = Events.all(history.events)
        happened = happened[happened.time < START + LENGTH]
        if len(happened.time) >= transfers:
            break
        count += count // 4  # too quiet a market: a larger one
    first = np.argsort(happened.time, kind="stable")[:transfers]
    return _record(rng, happened[first], works, history, len(size))


def _sizes(collections: int) -> F64:
    """Give each collection its share of the market: few are large."""
    size = np.arange(1, collections + 1, dtype=np.float64) ** -0.8
    share: F64 = size / size.sum()
    return share


def _mint(rng: np.random.Generator, count: int, people: People, size: F64) -> Works:
    """Let artists make works: collections open one after the other, and each artist works for one of them."""
    opened = 0.75 * LENGTH * ((np.arange(len(size)) + 0.5 * rng.random(len(size))) / len(size)) ** 0.8
    collection = rng.choice(len(size), count, p=size)
    studio = people.artists // len(size)
    rank = np.minimum(rng.pareto(0.6, count), studio * rng.random(count)).astype(np.int64)
    minted = START + opened[collection] + 250 * DAY * rng.standard_exponential(count)
    works = Works(
        collection=collection,
        artist=len(people.joined) - people.artists + collection * studio + rank,
        minted=minted.astype(np.int64),
        rarity=rng.gamma(1.2, 0.5, count),
    )
    keep = minted < START + LENGTH
    return Works(works.collection[keep], works.artist[keep], works.minted[keep], works.rarity[keep])


def _record(rng: np.random.Generator, events: Events, works: Works, history: History, collections: int) -> Transfers:
    """Write down what happened, in order, under names."""
    n = len(events.time)
    parties, accounts = by_appearance(
        [events.source.astype(np.int32), events.target.astype(np.int32)], history.accounts.count
    )
    (token,), tokens = by_appearance([events.token.astype(np.int32)], len(works.minted))
    address = pd.Index(addresses(rng, len(accounts) + EXCHANGES))
    names = address[: len(accounts)]
    titles = collection_names(rng, collections)
    value = _prices(rng, events, works, collections)
    table = pd.DataFrame(
        {
            "source": pd.Categorical.from_codes(parties[0], names),
            "target": pd.Categorical.from_codes(parties[1], names),
            "token": pd.Categorical.from_codes(token, pd.Index(_titles(works, tokens, titles))),
            "collection": pd.Categorical.from_codes(works.collection[events.token], pd.Index(titles)),
            "time": events.time,
            "value": np.where(np.isin(events.kind, PAID), value, np.nan),
            "kind": pd.Categorical.from_codes(events.kind, pd.Index(KINDS)),
        }
    )
    washed = np.flatnonzero(events.ring >= 0)
    ring = events.ring[washed]
    pattern = np.array([PATTERNS.index(p) for p in history.patterns], np.int64)
    truth = pd.DataFrame(
        {"transfer": washed, "ring": ring, "pattern": pd.Categorical.from_codes(pattern[ring], pd.Index(PATTERNS))}
    )
    funding = _funding(rng, events, parties, accounts, history, address)
    report = Report(n, n, currency="ETH", source="a simulated market")
    return Transfers(table, np.arange(1, n + 1), "ETH", report, truth, funding)


def _titles(works: Works, tokens: I64, titles: list[str]) -> list[str]:
    """Name works by collection and number, in the order in which they were minted."""
    order = np.lexsort((works.minted, works.collection))
    begin = np.searchsorted(works.collection[order], np.arange(len(titles)))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order)) - begin[works.collection[order]] + 1
    pairs = zip(works.collection[tokens].tolist(), number[tokens].tolist(), strict=True)
    return [f"{titles[collection]} #{n}" for collection, n in pairs]


def _prices(rng: np.random.Generator, events: Events, works: Works, collections: int) -> F64:
    """Price every event in ETH, as people do: mostly in round numbers."""
    days = LENGTH // DAY + 1
    market = np.cumsum(np.log(400) / days + 0.03 * rng.standard_normal(days))
    own = np.cumsum(0.025 * rng.standard_normal((collections, days)), axis=1) + 0.6 * rng.standard_normal(
        (collections, 1)
    )
    day, collection = (events.time - START) // DAY, works.collection[events.token]
    noise = np.where(events.ring < 0, 0.65 * rng.standard_normal(len(day)), 0.0)
    log = -2.6 + market[day] + own[collection, day] + works.rarity[events.token] + noise + events.markup
    digits = np.where(rng.random(len(day)) < 0.8, 1, 3) - np.floor(log / np.log(10)).astype(np.int64)
    shift = 10.0 ** np.abs(digits)
    price = np.exp(log)
    rounded: F64 = np.where(digits >= 0, np.round(price * shift) / shift, np.round(price / shift) * shift)
    return rounded


def _funding(
    rng: np.random.Generator,
    events: Events,
    parties: list[NDArray[np.int32]],
    accounts: I64,
    history: History,
    address: pd.Index,
) -> pd.DataFrame:
    """Say who paid for each account's first transaction: an exchange, a friend, or the leader of its ring."""
    n = len(accounts)
    first = np.zeros(n, np.int64)
    for side in (parties[0][::-1], parties[1][::-1]):
        earliest = np.full(n + 1, np.iinfo(np.int64).max)
        earliest[side] = events.time[::-1]
        first = np.where(first == 0, earliest[:-1], np.minimum(first, earliest[:-1]))
    weight = 1.0 / np.arange(1, EXCHANGES + 1)
    funder = n + rng.choice(EXCHANGES, n, p=weight / weight.sum())
    friend = (rng.random(n) * np.arange(n)).astype(np.int64)
    befriended = (rng.random(n) < 0.3) & (np.arange(n) > 0)
    row = {int(account): number for number, account in enumerate(accounts)}
    funder = np.where(befriended, friend, funder)
    early = DAY * np.exp(0.7 + 1.2 * rng.standard_normal(n))
    for account, payer in history.accounts.funder.items():
        if account in row:
            at = row[account]
            funder[at] = row[payer] if payer is not None and payer in row else n + int(rng.integers(EXCHANGES))
            early[at] *= 0.02
    time = first - np.maximum(early, 60).astype(np.int64)
    order = np.argsort(time, kind="stable")
    columns = {"funder": address[funder[order]], "account": address[order], "time": time[order]}
    return pd.DataFrame(columns)
