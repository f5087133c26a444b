"""``archivit lab``: notebooks are copied and never lost, and JupyterLab comes up and goes down as a whole."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import nbformat
import psutil
import pytest

from archivit_widgets import lab

FILE = "source,target,time,value\nAnn,Bob,2001-01-01,5\nBob,Cid,2002-01-01,7\n"


@pytest.fixture
def sales(tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text(FILE)
    return file


def test_notebooks_are_copied(tmp_path):
    assert lab.copy_notebooks(tmp_path / "new" / "folder") == []
    copies = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").glob("*.ipynb")}
    assert copies == {path.name: path.read_bytes() for path in lab.notebooks().glob("*.ipynb")}
    assert lab.FIRST in copies


@pytest.mark.parametrize("record", ["{damaged", "[1]", ""])
def test_a_damaged_record_of_copies_is_no_obstacle(tmp_path, record):
    lab.copy_notebooks(tmp_path)
    (tmp_path / lab.COPIES).write_text(record)
    (tmp_path / lab.FIRST).write_text("mine")
    assert lab.copy_notebooks(tmp_path) == [lab.FIRST]
    assert (tmp_path / lab.FIRST).read_text() == "mine"


def test_an_edited_notebook_is_never_overwritten(tmp_path):
    lab.copy_notebooks(tmp_path)
    (tmp_path / lab.FIRST).write_text("mine")
    assert lab.copy_notebooks(tmp_path) == [lab.FIRST]
    assert (tmp_path / lab.FIRST).read_text() == "mine"


def test_a_notebook_that_was_there_before_us_is_left(tmp_path):
    (tmp_path / lab.FIRST).write_text("mine")
    assert lab.copy_notebooks(tmp_path) == [lab.FIRST]
    assert (tmp_path / lab.FIRST).read_text() == "mine"


def test_an_unedited_copy_follows_the_package(tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, text in ((old, "first"), (new, "second")):
        folder.mkdir()
        (folder / "a.ipynb").write_text(text)
    monkeypatch.setattr(lab, "notebooks", lambda: old)
    lab.copy_notebooks(tmp_path / "user")
    monkeypatch.setattr(lab, "notebooks", lambda: new)
    assert lab.copy_notebooks(tmp_path / "user") == []
    assert (tmp_path / "user" / "a.ipynb").read_text() == "second"


def test_a_file_gets_a_notebook_that_reads_it(tmp_path, sales):
    name = lab.notebook_for(sales, tmp_path)
    assert name == "sales.ipynb"
    story = nbformat.read(tmp_path / name, as_version=4)
    nbformat.validate(story)
    assert str(sales) in story.cells[1].source


def test_the_same_file_finds_its_notebook_again(tmp_path, sales):
    lab.notebook_for(sales, tmp_path)
    story = json.loads((tmp_path / "sales.ipynb").read_text())
    story["cells"].append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": "a thought"})
    (tmp_path / "sales.ipynb").write_text(json.dumps(story))
    assert lab.notebook_for(sales, tmp_path) == "sales.ipynb"
    assert "a thought" in (tmp_path / "sales.ipynb").read_text()


def test_another_file_of_that_name_gets_another_notebook(tmp_path, sales):
    lab.notebook_for(sales, tmp_path)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "sales.csv"
    other.write_text(FILE)
    assert lab.notebook_for(other, tmp_path) == "sales-2.ipynb"


def test_a_strange_file_name_stays_text(tmp_path):
    for name in ('a"b`<img src=x>\n.csv', "Verkäufe 1933.csv"):
        file = tmp_path / name
        file.write_text(FILE)
        code = nbformat.read(tmp_path / lab.notebook_for(file, tmp_path), as_version=4).cells[1].source
        path = re.search(r"read_transfers\((.*)\)$", code, re.M).group(1)
        assert eval(path) == str(file)
    assert name in path


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_takes_the_next(taken):
    assert lab.free_port(taken) > taken


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_says_where_and_ends_its_kernels(tmp_path, sales, taken, how):
    command = [sys.executable, "-m", "archivit_widgets.cli", "lab", str(sales), "--dir", str(tmp_path / "work")]
    command += ["--port", str(taken), "--no-browser", "--ServerApp.terminals_enabled=False"]
    repository = os.fspath(lab.notebooks().parent)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": repository, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")},
    )
    try:
        url = process.stdout.readline().strip()
        address, name, token = re.fullmatch(r"(http://\S+/)lab/tree/(\S+)\?token=(\w+)", url).groups()
        assert name == "sales.ipynb"
        assert (tmp_path / "work" / lab.FIRST).exists()
        headers = {"Authorization": f"token {token}"}
        start = urllib.request.Request(f"{address}api/kernels", data=b"{}", headers=headers, method="POST")
        assert urllib.request.urlopen(start, timeout=60).status == 201
        started = psutil.Process(process.pid).children(recursive=True)
        assert any("ipykernel" in " ".join(child.cmdline()) for child in started)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        _, alive = psutil.wait_procs(started, timeout=20)
        assert not alive
        assert process.returncode == 0
        assert f"port {taken} is taken, using " in said
        assert ("--allow-root" in said) == (os.geteuid() == 0)
        assert "lab.py" not in said, "a traceback of ours; a kernel that is still starting may leave one of its own"
    finally:
        process.kill()
