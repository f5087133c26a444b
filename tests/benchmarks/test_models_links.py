"""The benchmark of links prints every table where none is asked for, and fails below its gate."""

import sys

import pytest

from tests.benchmarks import models_links


def run(monkeypatch, *arguments):
    done = []
    for part in ("judge", "outlook", *models_links.ALONE):
        monkeypatch.setattr(models_links, part, lambda *given, part=part: done.append((part, *given)))
    monkeypatch.setattr(sys, "argv", ["models_links", *arguments])
    models_links.main()
    return done


def test_all_or_what_is_asked_for(monkeypatch):
    tables = [("judge", "uci", False), ("judge", "punks", False), ("speed",), ("owner",), ("holdings",)]
    assert run(monkeypatch) == [*tables, ("outlook", "uci"), ("outlook", "punks")]
    assert run(monkeypatch, "mooncats", "--quick") == [("judge", "mooncats", True)]
    with pytest.raises(SystemExit):
        run(monkeypatch, "nothing")


def test_a_model_below_its_gate_fails(monkeypatch):
    class Table:
        model = {"ap": 0.97, "mrr": 0.6}  # noqa: RUF012 - read once

    monkeypatch.setattr(models_links, "read_transfers", lambda file: file)
    monkeypatch.setattr(models_links.links, "table", lambda graph, **settings: Table)
    with pytest.raises(AssertionError, match=r"mrr 0\.6000 is not above the gate 0\.615"):
        models_links.judge("uci", quick=True)
