"""``archivit lab``: notebooks are copied and never lost, and JupyterLab comes up and goes down as a whole."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest

from archivit_widgets import lab
from archivit_widgets.cli import main

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


def test_a_notebook_that_found_no_room_is_named_and_copied_later(tmp_path, monkeypatch, capsys, full):
    monkeypatch.setattr(lab, "_run", lambda *_: 0)
    with full(100):
        assert main(["lab", "--dir", str(tmp_path / "work")]) == 2
    first = tmp_path / "work" / lab.FIRST
    assert capsys.readouterr().err == f"archivit: {first}: cannot be written: File too large\n"
    assert list(first.parent.iterdir()) == []
    assert main(["lab", "--dir", str(tmp_path / "work")]) == 0
    assert "edited" not in capsys.readouterr().err
    assert first.read_bytes() == (lab.notebooks() / lab.FIRST).read_bytes()


def test_a_record_or_a_story_that_found_no_room_is_named(tmp_path, sales, monkeypatch, capsys, full):
    monkeypatch.setattr(lab, "notebooks", lambda: tmp_path / "none")
    for size, name in ((1, lab.COPIES), (100, "sales.ipynb")):
        with full(size):
            assert main(["lab", str(sales), "--dir", str(tmp_path / "work")]) == 2
        said = capsys.readouterr().err
        assert said == f"archivit: {tmp_path / 'work' / name}: cannot be written: File too large\n"
        assert not (tmp_path / "work" / name).exists()


def test_a_folder_that_is_a_file_is_said(sales, capsys):
    assert main(["lab", "--dir", str(sales)]) == 2
    assert capsys.readouterr().err == f"archivit: {sales}: is a file; name a folder for the notebooks with --dir\n"
    assert main(["lab", "--dir", str(sales / "in")]) == 2
    said = f"archivit: {sales / 'in'}: the folder for the notebooks cannot be made: Not a directory\n"
    assert capsys.readouterr().err == said
    assert sales.read_text() == FILE


@pytest.mark.parametrize("there", [True, False])
def test_a_place_that_may_not_be_written_is_said(tmp_path, monkeypatch, capsys, there):
    """Root may write everywhere, so the system's answer is played."""
    work = tmp_path / "work"
    if there:
        work.mkdir()

    call = "open" if there else "mkdir"
    plain = getattr(Path, call)

    def refuse(path, *given, **named):
        if path.is_relative_to(tmp_path):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return plain(path, *given, **named)

    monkeypatch.setattr(Path, call, refuse)
    monkeypatch.setattr(lab, "_copied", lambda _: {})  # it is read by `open` too
    assert main(["lab", "--dir", str(work)]) == 2
    what = f"{work / lab.FIRST}: cannot be written" if there else f"{work}: the folder for the notebooks cannot be made"
    assert capsys.readouterr().err == f"archivit: {what}: Read-only file system\n"


def test_a_copy_that_cannot_be_read_is_named(tmp_path, capsys):
    (tmp_path / lab.FIRST).mkdir()
    assert main(["lab", "--dir", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"archivit: {tmp_path / lab.FIRST}: Is a directory\n"


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


@pytest.mark.parametrize(
    "loopback",
    [
        pytest.param((socket.AF_INET, "192.0.2.1"), id="an address that no interface has"),
        pytest.param((socket.AF_APPLETALK, "::1"), id="a family that the kernel lacks"),
    ],
)
def test_a_port_is_not_taken_where_the_address_cannot_be_had(monkeypatch, loopback):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    monkeypatch.setattr(lab, "_loopback", lambda: [(socket.AF_INET, "127.0.0.1"), loopback])
    assert lab.free_port(free) == free


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal():
    """Whoever runs tests in the background, or under nohup, has some signals ignored, and so do the children."""
    before = {how: signal.getsignal(how) for how in (signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for how, handler in before.items():
        signal.signal(how, handler)


def test_the_signals_that_end_it_come_back_to_who_had_them():
    with lab._asked_to_end() as asked:
        for how in lab.ENDS:
            os.kill(os.getpid(), how)
        assert asked == [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with lab._asked_to_end() as asked:
            os.kill(os.getpid(), signal.SIGHUP)
        assert not asked
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


FAKE = """
import json, os, pathlib, sys, time
runtime, before = pathlib.Path(os.environ["JUPYTER_RUNTIME_DIR"]), pathlib.Path(os.environ["BEFORE"])
while before.exists():
    time.sleep(0.01)
time.sleep(0.3)
(runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps({"url": "http://new/", "token": "new"}))
time.sleep(0.5)
"""


def test_what_an_earlier_server_of_that_number_left_is_not_believed(tmp_path, monkeypatch, capsys):
    """The number of the process comes again where numbers are few, as in a container."""
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path), "BEFORE": str(tmp_path / "before")}
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "before").touch()
    start = subprocess.Popen

    def started(*given, **options):
        server = start(*given, **options)
        stale = {"url": "http://old/", "token": "old"}
        (tmp_path / f"jpserver-{server.pid}.json").write_text(json.dumps(stale))
        (tmp_path / "before").unlink()
        return server

    monkeypatch.setattr(subprocess, "Popen", started)
    assert lab._run([sys.executable, "-c", FAKE], environment, "a b.ipynb") == 0
    assert capsys.readouterr().out == "http://new/lab/tree/a%20b.ipynb?token=new\n"


def test_the_home_folder_may_be_meant(tmp_path, monkeypatch, capsys):
    """A shell leaves ``--dir=~/study`` as it is."""
    asked = []
    monkeypatch.setattr(lab, "_run", lambda command, *_: asked.extend(command) or 0)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--dir=~/study"]) == 0
    assert f"--ServerApp.root_dir={tmp_path / 'study'}" in asked
    assert (tmp_path / "study" / lab.FIRST).exists()
    assert main(["lab", "--dir=~nobody-of-that-name/study"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("archivit: --dir ~nobody-of-that-name/study: ")


ONE = "lab takes one FILE, before options of JupyterLab; found"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sales.csv", "b.csv"], f"{ONE} 'b.csv' after 'sales.csv'"),
        (["sales.csv", "--no-browser", "b.csv"], f"{ONE} 'b.csv' after 'sales.csv'"),
        (["sales.csv", "-"], f"{ONE} '-' after 'sales.csv'"),
        (["--debug", "sales.csv"], f"{ONE} 'sales.csv' after '--debug'"),
        (["--ip=0.0.0.0", "sales.csv"], f"{ONE} 'sales.csv' after '--ip=0.0.0.0'"),
        (["--config", "mine.py", "sales.csv"], f"{ONE} 'sales.csv' after 'mine.py'"),
        (["--", "sales.csv"], f"{ONE} 'sales.csv' after '--'"),
        (["-"], "lab reads a file by its name; - (standard input) is gone when a notebook asks for it again"),
    ],
)
def test_what_is_no_one_file_is_said_before_anything_starts(sales, monkeypatch, capsys, words, said):
    monkeypatch.setattr(lab, "_run", lambda *_: pytest.fail("JupyterLab was started"))
    monkeypatch.chdir(sales.parent)
    assert main(["lab", *words]) == 2
    assert capsys.readouterr() == ("", f"archivit: {said}\n")
    assert not (sales.parent / "archivit-notebooks").exists()


def test_what_follows_the_file_is_jupyterlabs(sales, monkeypatch):
    asked = []
    monkeypatch.setattr(lab, "_run", lambda command, *_: asked.extend(command) or 0)
    monkeypatch.chdir(sales.parent)
    assert main(["lab", "sales.csv", "--debug", "--ServerApp.token", "", "--config", "mine.py"]) == 0
    assert asked[-6:-1] == ["--debug", "--ServerApp.token", "", "--config", "mine.py"]
    assert asked[-1].endswith("sales.ipynb")


@pytest.mark.parametrize(("user", "said"), [(0, True), (1000, False)])
def test_root_and_nobody_else_is_allowed_by_an_option_and_told(tmp_path, monkeypatch, capsys, user, said):
    asked = []
    monkeypatch.setattr(lab, "_run", lambda command, *_: asked.extend(command) or 0)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert main(["lab", "--dir", str(tmp_path)]) == 0
    assert ("--allow-root" in asked) == said
    assert ("JupyterLab is started with --allow-root" in capsys.readouterr().err) == said


def is_kernel(process):
    """Helpers of the server come and go: one that has just ended is no kernel."""
    try:
        return "ipykernel" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def test_no_address_is_said_before_the_server_listens(tmp_path, taken):
    state = tmp_path / "jpserver-1.json"
    stated = {"url": "http://localhost/", "token": "t", "hostname": "localhost", "port": lab.free_port(taken)}
    state.write_text(json.dumps(stated))
    assert lab._address(state, "a.ipynb") is None
    state.write_text(json.dumps(stated | {"port": taken}))
    assert lab._address(state, "a.ipynb") == "http://localhost/lab/tree/a.ipynb?token=t"
    for elsewhere in ({"port": 0, "sock": "a.sock"}, {"hostname": "192.0.2.300"}):
        state.write_text(json.dumps(stated | elsewhere))
        assert lab._address(state, "a.ipynb") is not None


@pytest.mark.parametrize(
    ("how", "file", "opened"),
    [
        (signal.SIGINT, "sales.csv", "sales.ipynb"),
        (signal.SIGTERM, None, lab.FIRST),
        (signal.SIGHUP, "sales.csv", "sales.ipynb"),
    ],
)
def test_it_runs_says_where_and_ends_its_kernels(tmp_path, sales, taken, how, file, opened):
    (tmp_path / "mine.py").write_text("c.ServerApp.terminals_enabled = False\nc.ServerApp.base_url = '/mine/'\n")
    command = [sys.executable, "-m", "archivit_widgets.cli", "lab", *([str(tmp_path / file)] if file else [])]
    command += ["--dir", str(tmp_path / "work"), "--port", str(taken), "--no-browser", "--config", "mine.py"]
    repository = os.fspath(lab.notebooks().parent)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": repository,
            **{f"JUPYTER_{k}_DIR": str(tmp_path / k) for k in ("RUNTIME", "CONFIG")},
        },
    )
    patience = threading.Timer(120, process.kill)  # reading its line has no limit of its own
    patience.start()
    try:
        url = process.stdout.readline().strip()
        address, name, token = re.fullmatch(r"(http://\S+/mine/)lab/tree/(\S+)\?token=(\w+)", url).groups()
        assert name == opened
        assert (tmp_path / "work" / opened).exists()
        assert (tmp_path / "work" / lab.FIRST).exists()
        headers = {"Authorization": f"token {token}"}
        start = urllib.request.Request(f"{address}api/kernels", data=b"{}", headers=headers, method="POST")
        assert urllib.request.urlopen(start, timeout=60).status == 201
        started = psutil.Process(process.pid).children(recursive=True)
        assert any(map(is_kernel, started))
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
        _, alive = psutil.wait_procs(started, timeout=20)
        assert not alive
        assert process.returncode == 0
        assert f"port {taken} is taken, using " in said
        assert ("--allow-root" in said) == (os.geteuid() == 0)
        assert "lab.py" not in said, "a traceback of ours; a kernel that is still starting may leave one of its own"
    finally:
        patience.cancel()
        process.kill()
