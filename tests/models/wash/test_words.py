"""Every alert says in one sentence what it saw."""

import numpy as np
import pytest

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models.evaluate.planting import TYPOLOGIES, plant
from archivit_widgets.models.wash import Alert, WashDetector, detect, explain, listed

from .ledgers import graph, walk


def test_a_round_trip_in_words():
    record = graph(walk(["x", "Ann", "Bob", "Ann"], token="Lot 7", step=86_400, price=5.0))
    assert explain(record, detect(record).iloc[-1]).startswith(
        "Ann and Bob passed Lot 7 to and fro, 2 transfers within 1 day at 5 ETH; nobody was left richer: score "
    )


def test_no_prices_and_no_evidence_in_words():
    record = graph(walk(["Ann", "Ann"], price=np.nan))
    assert "sold t to itself once, at a price that nobody knows: score" in explain(record, detect(record).iloc[0])
    plain = graph(walk(["Ann", "Bob"]))
    assert explain(plain, detect(plain).iloc[0]).startswith("Nothing was seen but the transfer itself: score 0.0")


def test_a_price_that_is_not_known_leaves_nobody_told():
    record = graph([("Ann", "Bob", "t", 0, 10.0), ("Bob", "Ann", "t", 86_400, np.nan)])
    said = explain(record, WashDetector().alerts(record, threshold=0)[0])
    assert "at 10 ETH, 1 price not known: score" in said
    assert "left" not in said


def chained(rows):
    """Say the last transfer of a record as if all were one chain."""
    record = graph(rows)
    return explain(record, Alert(len(rows) - 1, 0.5, "chain", 0, tuple(range(len(rows))), {}))


def test_a_chain_says_of_its_accounts_what_they_did_until_then():
    path = walk(["a", "b", "c", "d"])
    assert "went through a, b, c, d in 3 transfers" in chained(path)
    assert "until then 4 of the accounts did nothing else" in chained(path)
    record = graph([("b", "x", "u", 0, 1.0), ("x", "c", "u", 1, 1.0), *path, ("a", "x", "u", 1_900_000_000, 1.0)])
    said = explain(record, Alert(4, 0.5, "chain", 0, (2, 3, 4), {}))
    assert "until then 2 of the accounts did nothing else" in said
    busy = graph([(name, "x", name, 0, 1.0) for name in "abcd"] + path)
    assert "nothing else" not in explain(busy, Alert(6, 0.5, "chain", 0, (4, 5, 6), {}))


def test_a_chain_that_returns_says_so():
    assert "on the way it came back to a; until then" in chained(walk(["a", "b", "a", "c", "d"]))
    assert "came back" not in chained(walk(["a", "b", "c", "d"]))


def test_nobody_is_named_in_no_sentence():
    record = graph([("0x" + 40 * "0", "a", "t", 0, 1.0), ("a", "b", "t", 60, 1.0)])
    assert "went through a and b in 2" in explain(record, Alert(1, 0.5, "chain", 0, (0, 1), {}))


def test_every_alert_of_a_market_is_one_sentence():
    market = plant(simulate_market(4_000, seed=51), TYPOLOGIES, rings=3, seed=1)
    for funding in (None, market.funding):
        alerts = WashDetector().alerts(market, funding, 0.1)
        said = [explain(market, alert) for alert in alerts]
        assert {alert.pattern for alert in alerts} >= {"self_trade", "round_trip", "cycle", "chain"}
        assert all(text.endswith(".") and ": score " in text and len(text) < 400 and "\n" not in text for text in said)


def test_an_alert_of_another_record_is_one_line():
    market = simulate_market(2_000, seed=2)
    alert = WashDetector().alerts(market, threshold=0.0)[-1]
    with pytest.raises(ArchivitError, match="the record has 10"):
        explain(market.between(None, int(market.record.time[10])), alert)


def test_bounds_hold_and_are_told_apart():
    record = graph([("a", "b", "t", 0, 48.04), ("b", "c", "t", 60, 45.0), ("c", "a", "t", 90_060, 0.0)])
    said = explain(record, WashDetector().alerts(record, threshold=0)[-1])
    assert "in 3 transfers back to who had it within 1.04 days at 0 to 48.04 ETH" in said
    assert "nobody was left with more than 48.04 ETH won or lost" in said
    record = graph([("a", "b", "t", 0, 1_234_567.1), ("b", "a", "t", 1, 1_234_567.9)])
    said = explain(record, WashDetector().alerts(record, threshold=0)[-1])
    assert "2 transfers within 1 second at 1,234,567 to 1,234,568 ETH" in said
    assert "more than 0.8 ETH" in said
    record = graph([("a", "b", "t", 0, 123_456.7), ("b", "a", "t", 1, 123_456.8)])
    assert "more than 0.1 ETH" in explain(record, WashDetector().alerts(record, threshold=0)[-1])


def test_one_is_one_and_what_is_not_named_is_something():
    path = walk(["a", "b", "c"])
    busy = graph([("a", "x", "u", 0, 1.0), ("c", "x", "u", 1, 1.0), *path])
    assert "until then one of the accounts did" in explain(busy, Alert(3, 0.5, "chain", 0, (2, 3), {}))
    record = graph([("Moreland", "Moreland", None, 0, 3.0)])
    said = explain(record, Alert(0, 0.9, "self_trade", 0, (0,), {"Moreland": 0.0}))
    assert said == "Moreland sold something to itself once at 3 ETH; nobody was left richer: score 0.90."


def test_a_listed_row_is_told_but_for_who_was_left_richer():
    record = graph(walk(["x", "Ann", "Bob", "Ann"], token="Lot 7", step=86_400, price=5.0))
    table = detect(record)
    row, whole = listed(record, table, 0).iloc[-1], explain(record, table.iloc[-1])
    assert explain(record, row) == whole.replace("; nobody was left richer", "")
    with pytest.raises(ArchivitError, match=r"or a row of detect such as table\.iloc\[0\]; found a DataFrame"):
        explain(record, table)
    with pytest.raises(ArchivitError, match=r"evidence must be a list of rows, found '\[1, 2\]'"):
        explain(record, Alert(2, 0.5, "chain", 0, "[1, 2]", {}))
    with pytest.raises(ArchivitError, match="the alert is about transfer -5, the record has 3"):
        explain(record, Alert(2, 0.5, "chain", 0, (-5, 2), {}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"score": np.nan}, "score must be a finite number from 0 to 1, found nan"),
        ({"score": "x"}, "score must be a finite number from 0 to 1, found 'x'"),
        ({"pattern": "foo"}, "pattern must be one of self_trade, .*, funded_ring; found 'foo'"),
        ({"net": {"Ann": "x"}}, "net must hold amounts, NaN where unknown; found 'x'"),
        ({"net": "{}"}, "net must be a dict of accounts and amounts, found '{}'"),
        ({"evidence": [0.7]}, r"evidence must be a list of rows, found \[0\.7\]"),
        ({"evidence": [True]}, r"evidence must be a list of rows, found \[True\]"),
        ({"evidence": [[0], [0, 1]]}, "evidence must be a list of rows, found"),
        ({"evidence": None}, "evidence must be a list of rows, found None"),
        ({"evidence": [2**70]}, "evidence must be a list of rows, found"),
    ],
)
def test_a_row_that_was_changed_is_one_line(change, words):
    record = graph(walk(["x", "Ann", "Bob", "Ann"]))
    row = detect(record).iloc[-1]
    assert "to and fro" in explain(record, row)
    for name, value in change.items():
        row.at[name] = value
    with pytest.raises(ArchivitError, match=f"^{words}"):
        explain(record, row)
