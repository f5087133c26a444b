"""A file that we write is whole or not there, and an older one stays until the new one is whole."""

import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from archivit_widgets import Arteries, simulate_market
from archivit_widgets.cli import main
from archivit_widgets.errors import ArchivitError
from archivit_widgets.output import written

OLDER = b"what was there before"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "--transfers", "2000", "-o", "m.csv"],
        ["simulate", "--transfers", "2000", "-o", "m.parquet"],
        ["flow", "sales.csv", "-o", "x.csv"],
        ["flow", "sales.csv", "-o", "x.parquet"],
        ["render", "sales.csv", "-o", "x.png"],
        ["render", "sales.csv", "-o", "x.html"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("there", [True, False], ids=["over an older file", "anew"])
def test_what_cannot_be_written_whole_leaves_all_as_it_was(
    sales, tmp_path, monkeypatch, capsys, arguments, there, full
):
    output = tmp_path / arguments[-1]
    if there:
        output.write_bytes(OLDER)
    before = names(tmp_path)
    monkeypatch.chdir(tmp_path)
    with full(100):
        assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"archivit: {output.name}: cannot be written: File too large"
    assert names(tmp_path) == before
    assert not there or output.read_bytes() == OLDER
    assert main(arguments) == 0
    assert names(tmp_path) == sorted({*before, output.name})
    assert output.read_bytes() != OLDER


@pytest.mark.parametrize("name", ["a.png", "a.html"])
def test_a_widget_that_cannot_be_saved_leaves_the_older_file(tmp_path, name, full):
    graph = simulate_market(50)
    widget = Arteries(graph, positions=np.zeros((len(graph.accounts), 3)))
    (tmp_path / name).write_bytes(OLDER)
    with full(100), pytest.raises(ArchivitError, match=f"{name}: cannot be written: File too large"):
        (widget.save_png if name == "a.png" else widget.to_html)(tmp_path / name)
    assert (tmp_path / name).read_bytes() == OLDER
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("end", [KeyboardInterrupt, MemoryError, UnicodeError])
def test_any_end_before_the_file_is_whole_leaves_the_older_one(tmp_path, end):
    (tmp_path / "a").write_bytes(OLDER)
    with suppress(end), written(tmp_path / "a") as file:
        file.write(b"half")
        raise end
    assert (tmp_path / "a").read_bytes() == OLDER
    assert names(tmp_path) == ["a"]


def fill(path):
    with written(path) as file:
        file.write(b"new")


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_mode_of_any_other(tmp_path, mask):
    before = os.umask(mask)
    try:
        fill(tmp_path / "a")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_the_mode_of_the_older_file_stays(tmp_path, mode):
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(mode)
    fill(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_of_the_older_file_stays(tmp_path):
    (tmp_path / "a").touch()
    os.chown(tmp_path / "a", 1234, 4321)
    fill(tmp_path / "a")
    assert ((tmp_path / "a").stat().st_uid, (tmp_path / "a").stat().st_gid) == (1234, 4321)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path, there):
    (tmp_path / "far").mkdir()
    if there:
        (tmp_path / "far" / "a").write_bytes(OLDER)
    (tmp_path / "link").symlink_to("far/a")
    fill(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far" / "a").read_bytes() == b"new"
    assert (names(tmp_path), names(tmp_path / "far")) == (["far", "link"], ["a"])


def test_a_pipe_is_written_as_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    fill(tmp_path / "pipe")
    reader.join(10)
    assert read == [b"new"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(("what", "answer"), [("access", False), ("path.ismount", True)])
def test_a_file_that_none_can_replace_is_written_where_it_is(tmp_path, monkeypatch, what, answer):
    (tmp_path / "a").write_bytes(OLDER)
    before = (tmp_path / "a").stat().st_ino
    monkeypatch.setattr(f"os.{what}", lambda *_: answer)
    fill(tmp_path / "a")
    assert (tmp_path / "a").stat().st_ino == before
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    """Root may write it all the same, so the system's answer is played."""
    (tmp_path / "a").write_bytes(OLDER)

    def refuse(path, *given):
        if path.name == "a":
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *given)

    opened = Path.open
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ArchivitError, match="a: cannot be written: Permission denied"):
        fill(tmp_path / "a")
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == OLDER


def test_the_longest_name_leaves_room(tmp_path):
    fill(tmp_path / ("a" * 255))
    assert names(tmp_path) == ["a" * 255]
