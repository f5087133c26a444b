"""What waits for the end of a cell, and what does not."""

import pytest

from archivit_widgets.widgets.cell import Cells


class Shell:
    """As much of IPython as `Cells` needs."""

    def __init__(self):
        self.calls = {}
        self.events = self

    def register(self, name, call):
        self.calls[name] = call


def test_a_call_waits_for_the_end_of_the_cell_that_runs_and_comes_once():
    shell, called = Shell(), []
    cells = Cells(shell)
    cells.after(lambda: called.append(cells.running))
    assert called == []
    shell.calls["post_run_cell"](None)
    assert called == [True]  # the cell's last message, not one after it
    assert not cells.running
    shell.calls["pre_run_cell"](None)
    shell.calls["post_run_cell"](None)
    assert called == [True]


def test_a_call_comes_at_once_where_no_cell_runs():
    called = []
    Cells().after(lambda: called.append(1))
    assert called == [1]


def test_a_cell_ends_although_a_call_fails():
    shell = Shell()
    cells = Cells(shell)
    cells.after(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        shell.calls["post_run_cell"](None)
    assert not cells.running
