"""What waits for the end of a cell, and what does not."""

import threading
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel

from archivit_widgets.widgets.cell import Cells, MarimoCells


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


BUTTON = """
import ipywidgets
from archivit_widgets.widgets.cell import cells
button, seen = ipywidgets.Button(), []
button.on_click(lambda _: seen.append(cells().running))
"""


def test_who_asks_first_in_answer_to_a_click_is_told_that_no_cell_runs():
    manager, client = start_new_kernel()
    try:

        def run(code):
            reply = client.execute_interactive(code, timeout=60, user_expressions={"seen": "seen"})
            return reply["content"]["user_expressions"]["seen"]["data"]["text/plain"]

        run(BUTTON)
        found = client.execute_interactive("", timeout=60, user_expressions={"id": "button.model_id"})
        name = found["content"]["user_expressions"]["id"]["data"]["text/plain"].strip("'")
        click = {"comm_id": name, "data": {"method": "custom", "content": {"event": "click"}}}
        client.shell_channel.send(client.session.msg("comm_msg", click))
        assert run("seen.append(cells().running)") == "[False, True]"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_cells_of_marimo_are_asked_and_remembered():
    context = SimpleNamespace(execution_context=None)
    cells, called = MarimoCells(context), []
    assert not cells.running
    assert cells.ended == float("-inf")
    context.execution_context = object()
    assert cells.running
    seen = cells.ended
    assert seen > 0
    cells.after(lambda: called.append(threading.current_thread()))
    assert called == [threading.current_thread()]
    context.execution_context = None
    assert not cells.running
    assert cells.ended == seen
