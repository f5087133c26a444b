"""The benchmark of flow prints every table where none is asked for."""

import sys

import pytest

from tests.benchmarks import models_flow


def test_all_or_what_is_asked_for(monkeypatch, capsys):
    done = []
    monkeypatch.setattr(models_flow, "table", lambda what, seeds: done.append((what, seeds)))
    for name in models_flow.OTHERS:
        monkeypatch.setattr(models_flow, name, lambda name=name: done.append(name))
    monkeypatch.setattr(sys, "argv", ["models_flow"])
    models_flow.main()
    assert done == [*((record, 3) for record in models_flow.RECORDS), *models_flow.OTHERS]
    monkeypatch.setattr(sys, "argv", ["models_flow", "nothing"])
    with pytest.raises(SystemExit):
        models_flow.main()
    assert "there is no table nothing" in capsys.readouterr().err
