"""The benchmark of taste prints the tables that were asked for, and fails when one of them is wrong."""

import sys

import pytest

from tests.benchmarks import models_taste


def wrong():
    yield "a title", "a table"
    raise AssertionError("a rival is better")


def run(monkeypatch, *arguments):
    monkeypatch.setattr(models_taste, "TABLES", {"right": lambda: [("all is well", "0.5")], "wrong": wrong})
    monkeypatch.setattr(sys, "argv", ["models_taste", *arguments])
    with pytest.raises(SystemExit) as end:
        models_taste.main()
    return end.value.code


def test_a_wrong_table_is_printed_and_fails(monkeypatch, capsys):
    assert run(monkeypatch) == "wrong: a rival is better"
    assert "## all is well\n0.5\n" in capsys.readouterr().out
    assert run(monkeypatch, "right") is None
    assert run(monkeypatch, "none") == 2


@pytest.mark.parametrize("name", ["popularity", "item neighbours"])
def test_a_better_rival_is_found(name):
    class Table:
        baselines = {name: {"gain": {"recall20_high": -0.01, "ndcg20_high": 0.1}}}  # noqa: RUF012 - read once

    with pytest.raises(AssertionError, match=f"{name} is significantly better"):
        models_taste.nothing_better(Table)
