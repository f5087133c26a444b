"""The words by which columns, kinds and currencies are known, lower case, parts joined by ``_``."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """Give the words of a text."""
    return frozenset(text.split())


# The best names first; names in one tuple are equally good, so that two of them in one file are ambiguous.
NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    "source": (
        ("source", "from", "seller", "sender", "payer", "consignor", "vendor", "src", "giver", "originator"),
        ("previous_owner", "from_owner", "old_owner", "prev_owner", "sold_by", "sent_by", "orig", "u"),
        ("sell_name", "sell_name_1", "donor"),
        ("sold_from", "consigned_by", "bought_from", "purchased_from", "acquired_from", "received_from"),
        ("sell_auth_name", "sell_auth_name_1"),
        ("verkäufer", "einlieferer", "vendeur", "venditore", "vendedor"),
    ),
    "target": (
        (
            "target",
            "to",
            "buyer",
            "purchaser",
            "receiver",
            "recipient",
            "payee",
            "destination",
            "dst",
            "dest",
            "vendee",
        ),
        ("buy_name", "buy_name_1", "donee"),
        ("new_owner", "to_owner", "winner", "bought_by", "received_by", "beneficiary", "v"),
        ("sold_to", "purchased_by", "acquired_by", "sent_to"),
        ("buy_auth_name", "buy_auth_name_1"),
        ("käufer", "ersteher", "acheteur", "acquéreur", "acquirente", "compratore", "comprador"),
    ),
    "token": (
        ("token_id", "nft_id", "nft_token_id", "asset_token_id", "token_identifier"),
        ("token", "nft", "asset_id", "token_name"),
        ("asset", "item_id", "item", "object_id", "artwork_id", "work_id", "lot_id", "painting_id"),
        # What a museum or a dealer gives one work only stands before titles: many works are called Untitled.
        ("accession_number", "inventory_number", "inv_number", "object_number", "stock_number", "knoedler_number"),
        ("nft_identifier", "identifier", "catalogue_number", "catalog_number", "cat_number", "item_number"),
        ("pi_record_number", "star_record_number", "record_number"),
        ("artwork", "painting", "object", "work", "lot", "lot_number", "title", "artwork_title", "work_title"),
        ("los", "losnummer", "werk", "œuvre", "oeuvre"),
    ),
    "collection": (
        ("collection", "collection_name", "collection_slug"),
        ("contract_address", "token_address", "nft_address", "nft_contract", "nft_contract_address", "contract"),
        ("project", "series"),
    ),
    "time": (
        ("time", "timestamp", "datetime", "date_time", "block_time", "block_timestamp", "unix_time", "unixtime", "ts"),
        ("unix_timestamp", "date_time_utc", "datetime_utc", "timestamp_utc", "block_time_utc"),
        ("date", "day", "sold_at", "created_at", "transferred_at", "sale_date", "sold_on", "event_date", "when"),
        ("transaction_date", "transfer_date", "tx_date", "evt_block_time", "event_timestamp", "time_stamp"),
        ("datum", "verkaufsdatum", "date_of_sale", "date_de_vente", "data", "fecha", "jour"),
        ("year", "yr", "sale_year", "sale_date_year", "jahr", "année", "annee"),
        ("step", "t"),
    ),
    "kind": (
        ("kind",),
        ("event_type", "transfer_type", "transaction_type", "tx_type"),
        ("event", "type", "action", "transaction"),
        ("status", "sale_status", "lot_status", "outcome", "result"),
    ),
    "currency": (
        ("currency", "currency_symbol", "payment_token", "payment_token_symbol", "currency_code"),
        ("währung", "valuta", "devise", "monnaie", "moneda"),
        ("payment_currency", "payment_symbol", "price_currency", "token_symbol", "symbol", "unit"),
    ),
    "tx": (("tx", "tx_hash", "txhash", "transaction_hash", "transaction", "tx_id", "transaction_id"), ("hash",)),
}

CLOCKS = words("time hour hours clock uhrzeit zeit heure hora ora")  # what a time of day is called

# Parts of a name that say how an account is written, not which one it is; of numbered columns the first is meant.
WRITING = words("address addr id node account acct wallet user name key party index 1")

# Any name with such a word is one of a currency, if its cells are words; those say nothing of which price it is for.
CURRENCY = words("currency currencies ccy curr")
NO_PRICE_OF_ITS_OWN = CURRENCY | words("of the in iso code codes symbol name original")

# A token has a symbol too: only what it says tells whether it is a currency.
SYMBOLS = words("token_symbol symbol unit")

NUMBER = words("no nr num nº nro nummer numero numéro")  # what "number" is called behind another word

# Lots are counted anew in every sale: what names the sale, or its catalogue, tells them apart.
LOTS = words("lot los lots losnummer")
SALES = (
    ("sale_code", "sale_number", "sale_id", "auction_code", "auction_number", "auction_id", "sale", "auction"),
    ("sale_name", "auction_name", "sale_title", "auction_title", "auktion"),
    ("catalogue_number", "catalog_number", "cat_number", "catalogue", "catalog"),
)

# `..._id` that names something else than what is held.
NOT_A_TOKEN = words(
    "tx transaction block log event row order trade sale from to source target seller buyer sender receiver "
    "user owner account wallet node artist creator maker chain network currency collection contract house"
)

PRICE = (
    words("price hammer paid preis zuschlag prix prezzo precio"),
    words("value amount amt volume cost proceeds turnover"),
)
PAID = words("payment quantity")  # together, they are a price to OpenSea
TOTAL = words("total sale sold final hammer paid")  # what a price is called that is no rate of exchange
NOT_A_PRICE = words(
    "gas fee fees royalty royalties commission tax balance floor estimate reserve count quantity qty rank id "
    "index number block change percent pct rate low high"
)

# unit: (currency, how many of the unit make one of the currency)
SMALL_UNITS: dict[str, tuple[str, float]] = {
    "wei": ("ETH", 1e18),
    "gwei": ("ETH", 1e9),
    "lamports": ("SOL", 1e9),
    "mutez": ("XTZ", 1e6),
    "satoshi": ("BTC", 1e8),
    "satoshis": ("BTC", 1e8),
    "sats": ("BTC", 1e8),
}
COINS = words("ETH BTC SOL XTZ MATIC POL AVAX BNB ADA FLOW NEAR APE DOGE")
FIAT = words("USD EUR GBP CHF JPY CNY FRF DEM CAD AUD INR HKD SGD KRW SEK NOK DKK RUB BRL ITL NLG")
CURRENCIES: dict[str, str] = {
    **{code.lower(): code for code in sorted(COINS | FIAT | {"USDC", "USDT", "DAI"})},
    "weth": "ETH",
    "ether": "ETH",
    "ethers": "ETH",
    "ethereum": "ETH",
    "wbtc": "BTC",
    "bitcoin": "BTC",
    "tez": "XTZ",
    "tezos": "XTZ",
    "solana": "SOL",
    "dollar": "USD",
    "dollars": "USD",
    "usdollar": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "pound": "GBP",
    "pounds": "GBP",
    "sterling": "GBP",
    "francs": "FRF",
    "frs": "FRF",
    "lire": "ITL",
    "lira": "ITL",
    "guilders": "NLG",
    "gulden": "NLG",
    "rupees": "INR",
    "rs": "INR",
    "yen": "JPY",
    "rmb": "CNY",
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "円": "JPY",
    "元": "CNY",
    "₹": "INR",
    "₩": "KRW",
    "hk$": "HKD",
    "Ξ": "ETH",
    "ξ": "ETH",
}

MISSING = words("- -- – — ? ?? nan none null nil n/a n.a. n.d. na #n/a <na> <nil> nat unknown") | {"", "not known"}
NO_SALE = frozenset(["bought in", "bought-in", "passed", "unsold", "withdrawn", "not sold"])
UNSOLD = "unsold"  # no kind of transfer: the lot changed hands with nobody
UNSOLD_WORDS = frozenset(re.sub(r"\W", "_", word) for word in NO_SALE)
# What nothing changes hands by, whatever stands beside it; what somebody only offers or asks for; and what tells that
# it was taken: "Bid entered" is none, "Bid accepted" is a sale.
UNDONE = words(
    "cancel cancelled canceled cancellation expire expired expiration failed reverted void voided rejected declined "
    "delist delisted delisting unlist unlisted"
)
OFFERED = words(
    "ask asks bid bids bidding offer offers offered list lists listed listing listings relisted "
    "approval approve approved"
)
TAKEN = words(
    "accept accepts accepted accepting won win wins winner winning take taker taken fill filled fulfilled match "
    "matched executed sold sale sales bought purchased traded settled completed successful"
)

KINDS: dict[str, str] = {
    **dict.fromkeys(UNSOLD_WORDS, UNSOLD),
    **dict.fromkeys(
        [
            "sale",
            "sales",
            "sold",
            "sell",
            "buy",
            "bought",
            "purchase",
            "trade",
            "traded",
            "successful",
            "auction",
            "order",
        ],
        "sale",
    ),
    **dict.fromkeys(
        ["transfer", "transferred", "send", "sent", "gift", "donation", "bequest", "move", "moved"], "transfer"
    ),
    **dict.fromkeys(words("mint minted minting claim claimed issue"), "mint"),
    **dict.fromkeys(words("burn burned burnt burning destroyed"), "burn"),
    "unknown_buyer": "unknown_buyer",
}


def plain(name: str) -> str:
    """Write a column's name in lower case, its parts joined by ``_``: ``sourceNodeId`` -> ``source_node_id``."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name[:200])
    return re.sub(r"[^\w$€£¥₹₩Ξ]+", "_", name).strip("_").lower()


def kind_of_word(text: str) -> str | None:
    """Tell the kind of transfer that a word of the file means, `UNSOLD` for no transfer, or None.

    Of several words the first decides, as in "sold privately", unless others may deny it: "Bought in by the owner".
    """
    word = plain(text)
    first, *rest = word.split("_")
    if is_undone(word):
        return UNSOLD
    denied = "created" in rest or any(word.startswith(f"{unsold}_") for unsold in UNSOLD_WORDS)
    offered = "sale" if OFFERED & {first, *rest} else None  # and accepted, or it were undone
    return KINDS.get(word) or (None if denied else KINDS.get(first) or offered)


def is_undone(word: str) -> bool:
    """Say whether a word, its parts joined by ``_``, means a bid, an offer, a listing, or what came to nothing."""
    first, *rest = word.split("_")
    said = {first, *rest}
    begun = "created" in rest and KINDS.get(first) == "sale"  # "Auction created"
    return bool(said & UNDONE) or begun or bool(said & OFFERED and not said & TAKEN)


def token_form(name: str) -> str:
    """Write a column's name as one word, however "number" is written: ``Lot no.`` and ``lotNumber`` are one."""
    first, *rest = plain(name).split("_")
    return "".join([first, *("number" if part in NUMBER else part for part in rest)])


def parts(name: str) -> frozenset[str]:
    """Split a column's name into its words."""
    return frozenset(plain(name).split("_"))


def stem(name: str) -> str:
    """Leave out of an account's column name what only says how accounts are written."""
    kept = [part for part in plain(name).split("_") if part not in WRITING]
    return "_".join(kept)
