"""Splits by time, and the table of a model beside its rivals."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, simulate_market
from archivit_widgets.models import evaluate
from archivit_widgets.models.evaluate import splits
from archivit_widgets.models.evaluate.table import Evaluation


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


@pytest.mark.parametrize("time", [[], [5] * 100])
def test_too_few_moments_are_said(time):
    with pytest.raises(ArchivitError, match="moments cannot be split by time"):
        splits.by_time(np.array(time, np.int64))


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


def test_an_unknown_task_is_one_line():
    with pytest.raises(ArchivitError, match="there is no task 'fame'; the tasks are links, flow, taste, wash"):
        evaluate.run("fame", simulate_market(50))
