"""What a researcher sees of an error in a notebook."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from archivit_widgets import ArchivitError

CELL = """
import archivit_widgets as aw
def mine(path):
    return aw.read_transfers(path)
mine('/no/such/file.csv')
"""


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_notebook_shows_the_callers_line_and_the_message_and_nothing_of_ours(shell, capsys):
    result = shell.run_cell(CELL)
    assert isinstance(result.error_in_exec, ArchivitError)
    shown = re.sub(r"\x1b\[[\d;]*m", "", "".join(capsys.readouterr()))
    assert str(result.error_in_exec) in shown
    assert "in mine" in shown
    assert not re.search(r"archivit_widgets/\w+.*\.py|api\.py|IPython/core", shown)
    assert shown.count("\n") < 12
