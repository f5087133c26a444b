"""Real markets: continuity is what keeps chance from going round, and days are put in order."""

import numpy as np

from archivit_widgets import read_transfers
from archivit_widgets.models.evaluate.controls import control
from archivit_widgets.models.wash import detect
from archivit_widgets.models.wash.watch import closed_rows

from ...data import real


def test_a_shuffled_real_market_seldom_goes_round():
    market = read_transfers(real("cryptopunks_sales.csv"))
    shuffled = control(market, "time_shuffled").graph
    assert closed_rows(shuffled.record).mean() < 0.01
    assert (detect(shuffled)["score"] >= 0.5).mean() <= 0.005
    assert 0.001 < closed_rows(market.record).mean() < 0.01


def test_a_market_of_days_out_of_order_invents_few_circles():
    market = read_transfers(real("punks_traits/tx_db.csv"))
    assert not (market.record.time % 86_400).any()
    rows = closed_rows(market.record)
    backwards = np.flatnonzero(np.diff(market.record.time) == 0)
    assert len(backwards) > 1_000  # moments that need an order
    assert rows.mean() < 0.05
