"""Splits by time, and the table of a model beside its rivals."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import default_for, evaluate
from archivit_widgets.models.evaluate import splits
from archivit_widgets.models.evaluate.table import Evaluation, Stopwatch


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=60))
def test_parts_follow_one_another_and_share_no_moment(times):
    time = np.sort(np.array(times))
    try:
        parts = splits.by_time(time).parts(time)
    except ArchivitError as problem:
        assert "cannot be split by time" in str(problem)  # noqa: PT017 - either is right
        return
    fit, choose, judge = (time[part] for part in parts)
    assert len(fit) + len(choose) + len(judge) == len(time)
    assert fit[-1] < choose[0] <= choose[-1] < judge[0]
    assert len(fit) >= 0.7 * len(time)


def test_the_split_lies_at_the_quantiles():
    assert splits.by_time(np.arange(100)) == splits.Split(69, 84)


@pytest.mark.parametrize(("time", "found"), [([], "0 transfers at 0 moments"), ([5], "1 transfer at 1 moment")])
def test_too_few_moments_are_said(time, found):
    with pytest.raises(ArchivitError, match=f"{found} cannot be split by time"):
        splits.by_time(np.array(time, np.int64))


def test_a_wide_table_is_broken_into_parts_that_fit():
    """Each part has the names beside it; no number is lost, and no line is longer than it must be."""
    model = {f"metric {k}": k / 100 for k in range(20)} | {"one of a very long name that fits into no line" * 3: 1.0}
    text = str(Evaluation("links", model, {"a rival of some length": model}, {"split": "0.7"}))
    table = text[: text.index("split: ")].rstrip().split("\n\n")
    assert len(table) == 4
    for part in table:
        head, *rows = part.split("\n")
        assert [row.split("  ")[0] for row in rows] == ["model", "a rival of some length"]
        assert max(map(len, part.split("\n"))) <= 120 or head.strip().startswith("one of a very")
    assert text.count("metric ") == 20


def test_a_table_says_all_as_text_html_and_json():
    table = Evaluation(
        "links",
        {"ap": 0.9685, "repeated": {"mrr": 0.5}, "nothing": float("nan")},
        {"<b>recency</b>": {"ap": np.float64(0.5), "repeated": {"mrr": 0.25}}},
        {"seeds": 3},
        ("a rival is better & cheaper",),
    )
    text = str(table)
    assert text.splitlines()[0].split() == ["ap", "repeated", "mrr", "nothing"]
    assert text.splitlines()[1].split() == ["model", "0.969", "0.500", "-"]
    assert text.splitlines()[2].split() == ["<b>recency</b>", "0.500", "0.250", "-"]
    assert "seeds: 3" in text
    html = table._repr_html_()
    assert "&lt;b&gt;recency" in html
    assert "better &amp; cheaper" in html
    assert "<b>" not in html
    assert json.loads(json.dumps(table.to_dict(), allow_nan=False))["model"]["nothing"] is None


def test_seconds_make_no_two_tables_different_and_stand_in_no_output():
    watch = Stopwatch()
    for share in (1.0, 0.5):
        with watch.of("model", share):
            sum(range(200_000))
    table = Evaluation("links", {"ap": 0.5}, {}, {}, (), watch.seconds)
    assert table.seconds["model"] > 0
    assert table == Evaluation("links", {"ap": 0.5}, {}, {})
    assert "seconds" not in table.to_dict()
    assert "seconds" not in str(table)


@pytest.mark.parametrize("task", ["links", "flow", "taste", "wash", "collectors"])
def test_every_table_says_what_each_cost(task):
    settings = {
        "links": {"seeds": 1, "ranked": 20},
        "flow": {"epochs": 1, "progress": False},
        "wash": {"seeds": 1, "draws": 3},
    }
    table = evaluate.run(task, simulate_market(1_500, 3), **settings.get(task, {"progress": False}))
    assert set(table.seconds) == {"model", *table.baselines}
    assert all(spent >= 0 for spent in table.seconds.values())


@pytest.mark.parametrize("task", evaluate.TASKS)
def test_what_is_no_graph_is_one_line(task):
    with pytest.raises(ArchivitError, match="graph must be a TransferGraph"):
        evaluate.run(task, "sales.csv")


@pytest.mark.parametrize(
    ("task", "settings", "options"),
    [
        ("flow", {"seed": 3}, "seeds, period, by, hidden, epochs, rows, progress"),
        ("flow", {"until": "2020"}, "seeds, period"),
        ("links", {"foo": 1}, "seeds, ranked, network"),
        ("wash", {"foo": 1}, "funding, detector, seeds, rings, draws"),
        ("taste", {"seeds": 1}, "items, embeddings, again, seed, progress"),
        ("collectors", {"foo": 1, "seed": 1}, "period, seed, progress"),
    ],
)
def test_a_setting_that_a_task_has_not_is_one_line_with_those_it_has(task, settings, options):
    with pytest.raises(ArchivitError, match=f"^{task} has no setting '{next(iter(settings))}'; its .* are {options}"):
        evaluate.run(task, simulate_market(50), **settings)


@pytest.mark.parametrize("task", ["links", "taste", "collectors"])
def test_bars_are_for_those_who_watch_a_terminal(task, capsys, monkeypatch):
    settings = {"links": {"seeds": 1, "ranked": 20}}.get(task, {})
    market = simulate_market(700, 3)
    evaluate.run(task, market, **settings)
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    evaluate.run(task, market, **settings)
    assert "%|" in capsys.readouterr().err


def test_typologies_that_are_none_are_one_line():
    for wrong in (None, 3):
        with pytest.raises(ArchivitError, match="typology must be some of self_trade"):
            evaluate.plant(simulate_market(200), wrong)


def test_an_unknown_task_is_one_line():
    with pytest.raises(ArchivitError, match="there is no task 'fame'; the tasks are links, flow, taste, wash"):
        evaluate.run("fame", simulate_market(50))
    for wrong in (["links"], None):
        with pytest.raises(ArchivitError, match="there is no model for"):
            default_for(wrong)
