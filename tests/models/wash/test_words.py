"""Every alert says in one sentence what it saw."""

import numpy as np
import pytest

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models.evaluate.planting import TYPOLOGIES, plant
from archivit_widgets.models.wash import WashDetector, detect, explain

from .ledgers import graph, walk


def test_a_round_trip_in_words():
    record = graph(walk(["x", "Ann", "Bob", "Ann"], token="Lot 7", step=86_400, price=5.0))
    assert explain(record, detect(record).iloc[-1]).startswith(
        "Ann and Bob passed Lot 7 to and fro, 2 transfers within 1 day at 5 ETH; nobody was left richer: score "
    )


def test_no_prices_and_no_evidence_in_words():
    record = graph(walk(["Ann", "Ann"], price=np.nan))
    assert "sold t to itself once within one moment, at prices that nobody knows: score" in explain(
        record, detect(record).iloc[0]
    )
    plain = graph(walk(["Ann", "Bob"]))
    assert explain(plain, detect(plain).iloc[0]).startswith("Nothing was seen but the transfer itself: score 0.0")


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
