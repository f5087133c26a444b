import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from archivit_widgets import errors
from archivit_widgets.frames import channels
from archivit_widgets.frames.scales import fit_scale
from archivit_widgets.graph.words import number


@pytest.fixture
def edges():
    return pd.DataFrame(
        {
            "source": ["a", "b", "c", "d"],
            "target": ["b", "c", "d", "a"],
            "transaction_count": [1, 2, 3, 4],
            "volume": [0.0, 1.0, 10.0, 100.0],
            "avg_value": [np.nan, 0.5, 5.0, 50.0],
            "last_time": [-7_800_000_000, 0, 86_400, 1_600_000_000],
            "recency": [0.0, 0.0, 0.0, 1.0],
        }
    )


DEFAULTS = {"radius": "volume", "pulse": "recency", "color": "avg_value", "alert": None}


def test_defaults_give_fractions_of_the_logarithm_and_ranks_of_the_last_time(edges):
    made = channels.encode(edges, DEFAULTS, {}, "ETH")
    assert made.bytes.dtype == np.uint8
    assert made.bytes[:, 0].tolist() == [89, 0, 128, 255]  # unknown is not small
    assert made.bytes[:, 1].tolist() == [0, 85, 170, 255]  # recency itself is 0 for three of them
    assert made.bytes[:, 2].tolist() == [0, 1, 128, 255]  # unknown, then the lowest known
    assert not made.bytes[:, 3].any()


@pytest.mark.parametrize("scale", ["identity", ("linear", 0, 1), ["linear", 0, 1]])
def test_a_scale_asked_for_recency_is_one_of_recency(edges, scale):
    edges["recency"] = [0.0, 0.2, 0.6, 1.0]
    made = channels.encode(edges, DEFAULTS, {"pulse": scale}, "ETH")
    assert made.bytes[:, 1].tolist() == [0, 51, 153, 255]
    assert made.legend[1]["title"] == "recency"
    assert "by last transfer" not in made.legend[1]["note"]
    assert [text for _, text in made.legend[1]["ticks"]][-1] == "1"


@pytest.mark.parametrize("scale", ["rank", ("rank", 0, 1)])
def test_a_rank_asked_for_recency_is_that_of_the_last_time(edges, scale):
    asked, usual = (channels.encode(edges, DEFAULTS, scales, "ETH") for scales in ({"pulse": scale}, {}))
    np.testing.assert_array_equal(asked.bytes, usual.bytes)
    assert asked.legend == usual.legend


def test_legend_speaks_the_units_of_the_data(edges):
    radius, pulse, color, alert = channels.encode(edges, DEFAULTS, {}, "ETH").legend
    assert (radius["unit"], radius["scale"], radius["unknown"]) == ("ETH", "log", False)
    assert radius["ticks"] == [[0.0, "1"], [0.5, "10"], [1.0, "100"]]
    assert pulse["ticks"][0][1] == "1722-10-30"
    assert color["unknown"] is True
    assert (alert["scale"], alert["title"]) == ("constant", "none")


def test_where_no_price_is_known_transfers_are_counted(edges):
    bare = edges.assign(volume=0.0, avg_value=np.nan)
    made = channels.encode(bare, DEFAULTS, {}, "ETH")
    assert np.all(np.diff(made.bytes[:, 0].astype(int)) > 0)
    assert (made.legend[0]["title"], made.legend[0]["unit"]) == ("transaction count", "transfers")
    assert "no prices" in made.legend[0]["note"]
    free = edges.assign(volume=0.0, avg_value=0.0)  # known to be given away
    assert np.all(np.diff(channels.encode(free, DEFAULTS, {}, "ETH").bytes[:, 0].astype(int)) > 0)


def test_a_volume_that_is_known_to_be_zero_is_the_least(edges):
    given_away = edges.assign(avg_value=[0.0, 0.5, 5.0, 50.0])
    radius = channels.encode(given_away, DEFAULTS, {}, "ETH")
    assert radius.bytes[0, 0] == 0
    assert "unknown" not in radius.legend[0]["note"]
    assert "unknown" in channels.encode(edges, DEFAULTS, {}, "ETH").legend[0]["note"]


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
YEAR = 365.25 * DAY


@pytest.mark.parametrize(
    ("low", "high", "kind", "texts"),
    [
        (0.7 * DAY, 900 * DAY, "log", ["1 day", "10 days", "100 days", "1 year"]),
        (2.0, 40 * YEAR, "log", ["10 seconds", "10 minutes", "10 hours", "10 days", "1 year"]),
        (2 * DAY, 70 * DAY, "log", ["3 days", "10 days", "30 days"]),
        (5 * DAY, 9 * YEAR, "log", ["10 days", "100 days", "1 year"]),
        (DAY, 13 * DAY, "log", ["1 day", "3 days", "10 days"]),
        (0.0, 20 * HOUR, "linear", ["0 seconds", "5 hours", "10 hours", "15 hours", "20 hours"]),
        (0.0, 7 * YEAR, "linear", ["0 seconds", "2 years", "4 years", "6 years"]),
    ],
)
def test_durations_are_ticked_where_people_count_them(edges, low, high, kind, texts):
    edges["hold_time"] = [low, high, np.nan, high]
    entry = channels.encode(edges, {"radius": "hold_time"}, {"radius": kind}, None).legend[0]
    assert [text for _, text in entry["ticks"]] == texts


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (104, 687, ["200", "300", "500"]),
        (1, 1e9, ["1", "100", "10,000", "1M", "100M"]),
        (41.1, 43.5, ["30", "50", "70"]),
        (0.02, 0.9, ["0.03", "0.1", "0.3"]),
    ],
)
def test_numbers_are_ticked_at_round_values(low, high, texts):
    values = np.array([low, high], float)
    assert [text for _, text in fit_scale("log", values, "radius").ticks(number)] == texts


@pytest.mark.parametrize("channel", ["radius", "color"])
@pytest.mark.parametrize("name", ["last_time", "a column of dates"])
def test_times_run_by_the_calendar(edges, channel, name):
    """On a logarithmic scale of the seconds since 1970 four years are one colour, and ticks lie in other centuries."""
    edges["last_time"] = pd.to_datetime(["2017-06-01", "2018-07-01", "2020-01-01", "2021-02-01"]).astype(
        "datetime64[s]"
    )
    dates, edges["last_time"] = edges["last_time"], edges["last_time"].astype("int64")
    made = channels.encode(edges, {channel: dates if name != "last_time" else name}, {}, None)
    (entry,) = (entry for entry in made.legend if entry["channel"] == channel)
    assert entry["scale"] == "linear"
    assert [text for _, text in entry["ticks"]] == ["2018", "2019", "2020", "2021"]
    shown = made.bytes[:, channels.NAMES.index(channel)].astype(int)
    assert shown[0] <= 1
    assert shown[3] == 255
    assert np.diff(shown).min() > 60


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.9, 0.92, 0.95, 0.99], ["0.9", "0.92", "0.94", "0.96", "0.98"]),
        ([1890, 1900, 1910, 1930], ["1,890", "1,900", "1,910", "1,920", "1,930"]),
    ],
)
def test_colors_spread_however_little_values_differ(edges, values, texts):
    made = channels.encode(edges, {"color": np.array(values, float)}, {}, None)
    assert made.bytes[:, 2].min() == 1
    assert made.bytes[:, 2].max() == 255
    assert [text for _, text in made.legend[2]["ticks"]] == texts
    assert channels.encode(edges, {"color": np.array([1.0, 2, 3, 50])}, {}, None).legend[2]["scale"] == "log"


def test_the_note_says_how_the_scale_runs_and_what_lies_beyond_it(edges):
    radius, pulse, color, _ = channels.encode(edges, DEFAULTS, {"color": ("log", 1, 10)}, "ETH").legend
    assert (radius["note"], pulse["note"], color["note"]) == (
        "unknown at 1/3 width, log",
        "by last transfer",
        "log, open at both ends",
    )
    edges["volume"] = 0.0
    unpaid = channels.encode(
        edges.assign(avg_value=edges["volume"]), {**DEFAULTS, "radius": "avg_value"}, {}, ""
    ).legend[0]
    assert (unpaid["note"], unpaid["ticks"]) == ("log, no value above 0", [])


def test_scales_can_be_chosen_and_constants_are_fractions(edges):
    wish = {**DEFAULTS, "radius": "transaction_count", "pulse": 1, "alert": np.array([False, True, False, False])}
    made = channels.encode(edges, wish, {"radius": "linear", "color": ("log", 5, 50)}, None)
    assert made.bytes[:, 0].tolist() == [0, 85, 170, 255]
    assert made.bytes[:, 1].tolist() == [255] * 4
    assert made.bytes[:, 2].tolist() == [0, 1, 1, 255]
    assert made.bytes[:, 3].tolist() == [0, 255, 0, 0]


@pytest.mark.parametrize(
    ("wish", "scales", "words"),
    [
        ({"radius": "price"}, {}, "radius='price' is no column of graph.edges: there are transaction_count"),
        ({"radius": [1.0, 2.0]}, {}, "radius has 2 values, but the graph has 4 edges"),
        ({"color": {0: 1}}, {}, "color must be one value for each of the 4 edges, found a dict"),
        ({"color": len}, {}, "color must be one value for each of the 4 edges, found a builtin_function_or_method"),
        ({"color": iter([1])}, {}, "color must be one value for each of the 4 edges, found a list_iterator"),
        ({"color": 0.5}, {"color": "nonsense"}, "scale of color is 'nonsense', but must be one of log, linear"),
        ({"alert": None}, {"alert": ("log", 5, 1)}, "scale of alert goes from 5 to 1"),
        ({"radius": 2}, {}, "visual fraction between 0 and 1"),
        ({"radius": ["a", "b", "c", "d"]}, {}, "radius holds <U1, not numbers"),
        ({}, {"size": "log"}, "scales has no channel 'size'"),
        ({"radius": "volume"}, {"radius": "sqrt"}, "must be one of log, linear, rank, identity"),
        ({"radius": "volume"}, {"radius": ("log", 0, 5)}, "log needs 0 < low < high"),
    ],
)
def test_mistakes_are_named(edges, wish, scales, words):
    with pytest.raises(errors.ArchivitError) as error:
        channels.encode(edges, wish, scales, None)
    assert words in str(error.value)


def test_update_takes_dicts_pulses_and_full_frames():
    before = np.full((3, 4), 9, np.uint8)
    floats, clipped = channels.update(before, {"color": np.array([np.nan, 0, 2.0]), "alert": [0.49, 0.5, -1]})
    assert floats[:, 2].tolist() == [0, 1, 255]
    assert floats[:, 3].tolist() == [125, 128, 0]
    assert clipped == 2
    assert floats[:, :2].tolist() == [[9, 9]] * 3
    assert channels.update(before, np.array([0, 7, 255], np.uint8))[0][:, 1].tolist() == [0, 7, 255]
    assert channels.update(before, np.ones((3, 4)))[0].tolist() == [[255] * 4] * 3
    assert before.tolist() == [[9] * 4] * 3


@pytest.mark.parametrize(
    ("values", "far"),
    [
        ([0.0, 1.1, np.nan], False),
        ([-1.0, 2.0, 0.0], False),
        ([0, 0, 3], True),
        ([0.0, -1.5, 0.0], True),
        ([0.0, np.inf, 0.0], True),
        (np.array([0, 9, 255], np.uint8), False),
        ([np.nan] * 3, False),
    ],
)
def test_what_cannot_be_meant_as_fractions(values, far):
    assert bool(channels.far_outside(channels.columns({"alert": [True, False, True], "radius": values}, 3))) == far


@pytest.mark.parametrize(
    ("values", "goes"),
    [
        ([300.0, 300, np.nan], "radius is 300 everywhere, but"),
        ([-5, -5, -5], "radius is -5 everywhere, but"),
        ([200.0, 300, np.nan], "radius goes from 200 to 300, but"),
        ([-3.0, -2.0, -1.0], "radius goes from -3 to -1, but"),
    ],
)
def test_how_far_values_go_is_said_of_those_that_are_known(values, goes):
    said = channels.far_outside(channels.columns({"radius": values}, 3))
    assert said.startswith(goes)
    assert said.endswith("; subtract what shall be 0, then divide by what shall be 1")


def test_update_takes_tensors():
    before = np.zeros((3, 4), np.uint8)
    asked = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)
    assert channels.update(before, asked)[0][:, 1].tolist() == [0, 128, 255]
    half = torch.tensor([[0, 0.5, 1, 0]] * 3, dtype=torch.bfloat16)
    assert channels.update(before, half)[0].tolist() == [[0, 128, 255, 0]] * 3
    assert channels.update(before, {"radius": torch.tensor([1, 2, 3], dtype=torch.uint8)})[0][:, 0].tolist() == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.zeros(4), "pulse has 4 values, but the graph has 3 edges"),
        (np.zeros((3, 3)), "channels are 3 x 3, but the graph has 3 edges"),
        ({"width": np.zeros(3)}, "there is no channel 'width'"),
        ({"radius": np.zeros((3, 2))}, "radius has 3 x 2 values, but the graph has 3 edges"),
    ],
)
def test_update_says_both_lengths(wrong, words):
    with pytest.raises(errors.ArchivitError) as error:
        channels.update(np.zeros((3, 4), np.uint8), wrong)
    assert words in str(error.value)


def test_one_odd_value_in_a_hundred_presses_no_others_together():
    usual = 10.0 ** np.linspace(0, 2, 98)
    values = np.concatenate([[1e-9], usual, [1e12]])
    color, radius = (fit_scale("log", values, channel).fractions(values)[1:-1] for channel in ("color", "radius"))
    assert color.min() < 0.05
    assert color.max() > 0.95
    assert radius.max() < 0.25  # the largest radius stays the largest
    assert fit_scale("log", usual, "radius").fractions(usual).max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "words"),
    [([0, 5], ""), ([5, 11], "open above"), ([1, 5], "open below"), ([1, 11], "open at both ends")],
)
def test_a_legend_says_at_which_end_values_go_on(values, words):
    assert fit_scale(("log", 2, 10), np.array(values, float), "color").note(np.array(values, float)) == words


numbers = st.lists(st.floats(-1e12, 1e12) | st.just(float("nan")), min_size=1, max_size=30)


@given(numbers, st.sampled_from(["log", "linear", "rank", "identity"]))
@example([5e-324], "log")
@example([1e-310, 3e-310], "log")
@example([2.3e-308, 2.4e-308], "log")
@example([1e308, 1.7e308], "log")
@example([3e-308, 1e308], "log")
def test_scales_keep_order_and_stay_within_bounds(values, kind):
    values = np.array(values)
    scale = fit_scale(kind, values, "radius")
    fractions = scale.fractions(values)
    known = ~np.isnan(values)
    assert np.array_equal(np.isnan(fractions), ~known)
    assert np.all((fractions[known] >= 0) & (fractions[known] <= 1))
    assert np.all(np.diff(fractions[known][np.argsort(values[known], kind="stable")]) >= -1e-12)
    ticks = scale.ticks(str)
    assert len(ticks) <= 6
    assert [t[0] for t in ticks] == sorted(t[0] for t in ticks)


def test_values_that_hardly_differ_are_drawn_much_alike():
    scale = fit_scale("log", np.array([7.0] * 16 + [8.0]), "radius")
    seven, eight = scale.fractions(np.array([7.0, 8.0]))
    assert 0.4 < seven < 0.5 < eight < 0.6
    assert fit_scale(("log", 7, 8), np.array([7.0, 8.0]), "radius").fractions(np.array([7.0, 8.0])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (
            torch.rand(3).to_sparse(),
            r"color: a tensor that is no plain array: can't convert Sparse .*to_dense\(\) first",
        ),
        (
            torch.rand(3, device="meta"),
            "color: a tensor that is no plain array: Cannot copy out of meta tensor; no data!",
        ),
    ],
)
def test_a_tensor_that_holds_no_plain_array_is_one_line(tensor, words):
    with pytest.raises(errors.ArchivitError, match=words):
        channels.columns({"color": tensor}, 3)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        (lambda edges: edges["transaction_count"] > 1, "values given"),
        (lambda edges: (edges["transaction_count"] > 1).rename("wash trade"), "wash trade"),
        (lambda edges: edges["volume"] / 100, "volume"),
    ],
)
def test_a_mask_made_from_a_column_is_not_called_by_it(edges, given, title):
    made = channels.encode(edges, {**DEFAULTS, "alert": given(edges)}, {}, None)
    assert made.legend[3]["title"] == title


@pytest.mark.parametrize("given", ["pulse", None, {0.1}])
def test_a_frame_that_is_none_is_said(given):
    with pytest.raises(errors.ArchivitError, match="pulse must be one value for each of the 3 edges, found"):
        channels.columns(given, 3)
