"""What was fitted: channels that add up, scores that keep their order, files, and what certain cases get."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import stored
from archivit_widgets.models.evaluate.inserting import HONEST
from archivit_widgets.models.evaluate.planting import plant
from archivit_widgets.models.wash import WashDetector, detect, fitting
from archivit_widgets.models.wash.channels import Calibration
from archivit_widgets.models.wash.detector import posterior
from archivit_widgets.models.wash.rules import Rules

HOST = simulate_market(3_000, seed=21, wash=0.0)


@pytest.fixture(scope="module")
def fitted():
    return WashDetector.fit([HOST, simulate_market(3_000, seed=22, wash=0.0)], seed=3, progress=False)


def test_what_was_saved_scores_the_same(fitted, tmp_path):
    fitted.save(tmp_path / "wash.safetensors")
    again = WashDetector.load(tmp_path / "wash.safetensors")
    market = simulate_market(2_000, seed=5)
    assert again.score(market)["score"].tolist() == fitted.score(market)["score"].tolist()
    assert again.prior == fitted.prior


def test_equal_seeds_equal_scores(fitted):
    other = WashDetector.fit([HOST, simulate_market(3_000, seed=22, wash=0.0)], seed=3, progress=False)
    assert other.log_odds(HOST).tolist() == fitted.log_odds(HOST).tolist()


def odds(detector, market):
    score = detector.score(market)["score"].to_numpy()
    return np.log(score) - np.log1p(-score)


def test_a_prior_shifts_log_odds_from_the_one_calibrated_at(fitted, tmp_path):
    market = simulate_market(2_000, seed=5)
    rare, usual = WashDetector(fitted.scorer, prior=0.001), odds(fitted, market)
    shift = np.log(0.001 / 0.999) - np.log(0.01 / 0.99)
    assert np.allclose(odds(rare, market), usual + shift)
    assert rare.score(market)["pattern"].tolist() == fitted.score(market)["pattern"].tolist()
    rare.save(tmp_path / "wash.safetensors")
    again = WashDetector.load(tmp_path / "wash.safetensors")
    assert (again.prior, again.scorer.prior) == (0.001, 0.01)
    assert again.score(market)["score"].tolist() == rare.score(market)["score"].tolist()
    assert WashDetector(again.scorer).score(market)["score"].tolist() == fitted.score(market)["score"].tolist()
    assert np.allclose(odds(WashDetector(Rules(0.1), prior=0.1), HOST), odds(WashDetector(Rules(), prior=0.1), HOST))


def test_a_prior_says_the_same_at_construction_and_in_fit(fitted):
    hosts = [HOST, simulate_market(3_000, seed=22, wash=0.0)]
    told = WashDetector.fit(hosts, seed=3, prior=0.1, progress=False)
    assert told.prior == 0.1
    assert odds(told, HOST).tolist() == odds(WashDetector(fitted.scorer, prior=0.1), HOST).tolist()


@pytest.mark.parametrize(
    ("hosts", "changes", "words"),
    [
        ([HOST], {"typologies": ["fraud"]}, "there is no typology 'fraud'"),
        ([HOST], {"typologies": "fraud"}, "there is no typology 'fraud'"),
        ([HOST], {"typologies": []}, "no typology was asked for"),
        ([HOST], {"typologies": 3}, "typology must be some of"),
        ([HOST], {"seed": -1}, "seed must be a whole number of at least 0, found -1"),
        ([HOST], {"seed": "a"}, "seed must be a whole number"),
        ([], {}, "hosts must be at least one TransferGraph"),
        (HOST, {}, "hosts must be a list of TransferGraphs, found a TransferGraph"),
        ([None], {}, r"hosts\[0\] must be a TransferGraph, found None"),
    ],
)
def test_what_cannot_be_fitted_to_is_one_line(hosts, changes, words):
    with pytest.raises(ArchivitError, match=words):
        WashDetector.fit(hosts, progress=False, **changes)


def test_damaged_files_are_one_line(fitted, tmp_path):
    file = tmp_path / "wash.safetensors"
    fitted.save(file)
    arrays = stored.load(file, "WashDetector")[1]
    config = {"prior": 0.01, "features": list(stored.load(file, "WashDetector")[0]["features"])}
    for changed, words in (
        ({"numbers": np.array([0.0, -1.0, 1.0, 0.0])}, "calibration of the file is out of range"),
        ({"structure.left": arrays["structure.left"] * 0}, "points back or outside"),
        ({"entity.features": np.array([3])}, "asks for 3 features"),
    ):
        stored.save(file, "WashDetector", config, arrays | changed)
        with pytest.raises(ArchivitError, match=words):
            WashDetector.load(file)
    stored.save(file, "WashDetector", config | {"features": ["x"]}, arrays)
    with pytest.raises(ArchivitError, match="fitted to other features"):
        WashDetector.load(file)
    with pytest.raises(ArchivitError, match="was never fitted"):
        WashDetector(Rules()).save(file)


@given(st.floats(0.05, 20), st.floats(0.05, 20), st.floats(-10, 10))
def test_calibration_keeps_the_order_and_makes_no_two_equal(a, b, c):
    odds = np.linspace(-25, 25, 2_001)
    assert (np.diff(Calibration(a, b, c)(odds)) > 0).all()


def test_scores_have_no_plateau():
    odds = np.linspace(-30, 30, 2_001)
    assert (np.diff(posterior(odds)) > 0).all()
    usual = odds[np.abs(odds) <= 25]
    assert posterior(usual).tolist() == (1 / (1 + np.exp(-usual))).tolist()
    far = np.geomspace(30, 100, 100)  # of a detector that is very sure of itself
    assert (np.diff(posterior(np.concatenate([-far[::-1], far]))) > 0).all()
    assert 0 < posterior(np.array([-1e6]))[0] < posterior(np.array([1e6]))[0] <= 1


def test_a_detector_fitted_to_few_rings_has_as_many_scores_as_odds():
    sure = WashDetector.fit([simulate_market(1_500, seed=7, wash=0.0)], typologies=("cycle",), progress=False)
    market = simulate_market(3_000, seed=5)
    odds = np.unique(sure.log_odds(market))
    assert odds.max() > 30
    assert len(np.unique(sure.score(market)["score"])) == len(odds)


def test_calibration_finds_what_made_the_labels():
    rng = np.random.default_rng(0)
    odds = rng.normal(0, 3, 40_000)
    truth = rng.random(40_000) < posterior(0.5 * odds - 1)
    found = posterior(Calibration.fit(odds, truth, float(truth.mean()))(odds))
    assert np.abs(found - posterior(0.5 * odds - 1)).max() < 0.03


@pytest.mark.parametrize("typology", ["self_trade", "ping_pong", "cycle", "drift"])
def test_closed_rings_are_found_and_the_market_is_left_alone(typology):
    market = plant(simulate_market(4_000, seed=31, wash=0.0), typology, rings=15, seed=2)
    found = detect(market)["score"].to_numpy()
    ring = np.zeros(len(market), bool)
    ring[market.truth["transfer"]] = True
    assert (found[ring] >= 0.5).mean() > 0.75
    assert (found[~ring] >= 0.5).mean() < 0.01


def test_a_ring_is_likelier_for_who_knows_who_paid():
    market = plant(simulate_market(6_000, seed=33, wash=0.0), "slow_chain", rings=20, seed=2, hidden=0.0)
    ring = market.truth["transfer"].to_numpy()
    told, untold = (detect(market, funding)["score"].to_numpy()[ring].mean() for funding in (market.funding, None))
    assert told > untold


def test_channels_add_up(fitted):
    from archivit_widgets.models.wash.channels import certain
    from archivit_widgets.models.wash.watch import Watch

    watch = Watch(None)
    watch.add(HOST.record)
    features = watch.features().features
    parts = fitted.scorer.parts(features)
    total = fitted.scorer.start + certain(features) + parts["structure"] + parts["behaviour"] + parts["entity"]
    assert np.allclose(fitted.scorer.raw(features), total)


def test_each_ring_weighs_the_same_but_open_ones_less_and_look_alikes_more():
    (market,) = fitting.markets(("cycle", "fast_chain", "rotation"), 5, [HOST], rings=6)
    samples = fitting._samples(market)
    rings = market.graph.truth.drop_duplicates("ring")["pattern"]
    assert len(rings) == 18
    assert samples.weights[samples.labels].sum() == pytest.approx(6 + 12 * 0.3)
    honest = samples.weights[~samples.labels]
    assert set(honest.tolist()) == {1.0, fitting.HEAVY}
    assert (honest == fitting.HEAVY).sum() == (market.ring == HONEST).sum()
