"""What is measured of every transfer, by channel; the numbers are the columns of one row of features.

All are known at the moment of the transfer: what accounts and tokens did comes from strictly earlier moments, the walk
and the round of tokens from transfers up to this one. Times are ln(1 + seconds), counts ln(1 + count), prices ratios of
logarithms; NaN where nothing is known.
"""

from __future__ import annotations

PRIOR = 0.01  # share of wash trades at which scores are probabilities, where nobody says otherwise
PATTERNS = ("none", "self_trade", "round_trip", "cycle", "rotation", "chain", "funded_ring")
NONE, SELF_TRADE, ROUND_TRIP, CYCLE, ROTATION, CHAIN, FUNDED_RING = range(7)
CLOSED = (SELF_TRADE, ROUND_TRIP, CYCLE)

STRUCTURE = (
    "length",  # transfers since the receiver had the token, 0: the walk does not close
    "laps",  # how often the walk went round among the same holders
    "span",  # time that it took
    "quickest",  # shortest time that a holder waited
    "drift",  # largest change of the price from one hop to the next
    "imbalance",  # largest share of what a member turned over that it won or lost
    "paid",  # share of the hops that had a price above 0
    "given",  # share of the hops that were for nothing
    "members",  # holders that took part
    "hub",  # most partners that a member had before
    "loner",  # fewest
    "inside",  # least share of a member's transfers that belong to the evidence
    "oldest",  # age of the oldest member
    "hops",  # transfers through accounts that were used once, up to this one
    "hops_pace",  # mean time that one of them waited: as long for many hops as for few
    "hops_slowest",  # longest time that one of them waited
    "hops_drift",  # largest change of the price on the way
    "hops_given",  # share of them that were for nothing
    "rapid",  # transfers, up to this one, that each came within an hour of the one before
    "new",  # 1 where the receiver was never seen before
    "round",  # accounts of a round of several tokens that this transfer closes, 0: none
    "round_span",
    "round_imbalance",
    "round_given",
    "round_hub",
    "round_inside",
)
BEHAVIOUR = (
    "seller_age",
    "buyer_age",
    "seller_gave",
    "seller_got",
    "buyer_gave",
    "buyer_got",
    "seller_partners",
    "buyer_partners",
    "seller_week",  # transfers out, each worth less with every week
    "buyer_week",  # transfers in, likewise
    "pair",  # from this seller to this buyer before
    "reverse",  # from this buyer to this seller before
    "seller_share",  # of what the seller gave, what went to this buyer
    "buyer_share",  # of what the buyer got, what came from this seller
    "held",  # how long the seller had it
    "token_idle",  # since the token moved
    "token_moves",
    "price_change",  # against the token's last known price
    "price_market",  # against the market's recent prices
    "digits",  # significant digits of the price, 0 where there is none
    "as_sold",  # distance of the price from the one that the seller last sold at
    "as_bought",  # from the one that the seller last bought at, whatever the token
    "as_paid",  # from the one that the buyer last bought at
    "unpaid",  # 0 paid, 1 for nothing, 2 unknown
)
ENTITY = (
    "linked",  # how much a common payer, or one paying the other, ties seller and buyer: 0 not at all, 1 at most
    "linked_all",  # mean of that over the evidence
)
FEATURES = STRUCTURE + BEHAVIOUR + ENTITY
COLUMN = {name: number for number, name in enumerate(FEATURES)}
