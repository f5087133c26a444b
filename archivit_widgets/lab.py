"""``archivit lab``: JupyterLab in a folder of notebooks, opened at the right one.

The notebooks are copied out of the package and then belong to the user: an edited copy is never overwritten.
Uses the standard library only.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from .errors import ArchivitError
from .output import written
from .terminal import say

FIRST = "01_first_flow.ipynb"
COPIES = ".archivit-copies.json"
GRACE = 15.0  # seconds that JupyterLab gets to end its kernels
TICK = 0.1  # seconds between two looks at it
#: What ends us; a closed terminal sends SIGHUP, which Windows does not have.
ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def notebooks() -> Path:
    """Folder of the notebooks: in the package, or in the repository for an editable install."""
    package = Path(__file__).resolve().parent
    inside = package / "notebooks"
    return inside if inside.is_dir() else package.parent / "notebooks"


def copy_notebooks(folder: Path) -> list[str]:
    """Copy the notebooks to a folder, bringing unedited ones up to date.

    Parameters
    ----------
    folder
        Made where it does not exist.

    Returns
    -------
    Names of the notebooks that were left as they are because they were edited there.

    Raises
    ------
    ArchivitError
        The folder cannot be made, or a notebook not be written.
    """
    _make(folder)
    record = folder / COPIES
    copied = _copied(record)
    edited = []
    for packaged in sorted(notebooks().glob("*.ipynb")):
        copy, content = folder / packaged.name, packaged.read_bytes()
        if copy.exists() and _digest(copy.read_bytes()) not in (copied.get(copy.name), _digest(content)):
            edited.append(copy.name)
            continue
        with written(copy) as file:
            file.write(content)
        copied[copy.name] = _digest(content)
    with written(record) as file:
        file.write(json.dumps(copied, indent=1).encode())
    return edited


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ArchivitError(f"{folder}: is a file; name a folder for the notebooks with --dir")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchivitError(f"{folder}: the folder for the notebooks cannot be made: {error.strerror}") from None


def _copied(record: Path) -> dict[str, str]:
    """Read what was copied before; with a damaged record every notebook that differs counts as edited."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def notebook_for(file: Path, folder: Path) -> str:
    """Write a notebook that reads a file of transfers, or find the one written for it before.

    Returns
    -------
    The notebook's name in the folder.
    """
    path = str(file.resolve())
    for number in range(1, 1000):
        notebook = folder / f"{file.name.split('.')[0] or 'file'}{'' if number == 1 else f'-{number}'}.ipynb"
        if not notebook.exists():
            with written(notebook) as out:
                out.write(json.dumps(_story(file.name, path), indent=1).encode())
            return notebook.name
        if _reads(notebook, path):
            return notebook.name
    raise ArchivitError(f"{folder}: holds a thousand notebooks for files named {file.name}")


def _reads(notebook: Path, path: str) -> bool:
    """Whether we wrote this notebook for that file."""
    try:
        return bool(json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["archivit"]["file"] == path)
    except (ValueError, KeyError, TypeError):
        return False


def _story(name: str, path: str) -> dict[str, object]:
    """Build the notebook that reads ``path``, in Jupyter's format."""
    cells = [
        ("markdown", f"# `{name.replace('`', '')}`\n\nRun the cells from top to bottom with Shift+Enter."),
        (
            "code",
            f"from archivit_widgets import Arteries, read_transfers\n\ngraph = read_transfers({path!r})\ngraph.report",
        ),
        ("code", "arteries = Arteries(graph)\narteries"),
        ("markdown", "Click an artery, or drag a box with Shift held, and ask for what you chose:"),
        ("code", "arteries.selection"),
        ("markdown", "The strongest flows of the whole record:"),
        ("code", 'graph.edges.nlargest(10, "volume")'),
    ]
    code: dict[str, object] = {"execution_count": None, "outputs": []}
    return {
        "cells": [
            {"cell_type": kind, "id": f"cell-{i}", "metadata": {}, "source": text, **(code if kind == "code" else {})}
            for i, (kind, text) in enumerate(cells)
        ],
        "metadata": {
            "archivit": {"file": path},
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def free_port(wanted: int) -> int:
    """Find the first port from ``wanted`` on that nobody listens on."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if all(_can_listen(family, host, port) for family, host in _loopback()):
            return port
    raise ArchivitError(f"--port {wanted}: no free port from there on")


def _loopback() -> list[tuple[socket.AddressFamily, str]]:
    found = {(family, str(address[0])) for family, _, _, _, address in socket.getaddrinfo("localhost", None)}
    return sorted(found) or [(socket.AF_INET, "127.0.0.1")]


def _can_listen(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":  # as JupyterLab does: a port left a moment ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        # Where localhost is ::1 too but there is no IPv6, as in many containers, JupyterLab does without it.
        return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True


def lab(file: Path | None, folder: Path, port: int, further: list[str]) -> int:
    """Run JupyterLab until it ends or is interrupted; its kernels end with it.

    Parameters
    ----------
    file
        A file of transfers to write a notebook for, or None for the first packaged notebook.
    folder
        Where the notebooks go and JupyterLab starts.
    port
        The port to try first.
    further
        JupyterLab's own options.

    Returns
    -------
    Exit status.

    Raises
    ------
    ArchivitError
        There is no such file, no free port, or the notebooks cannot be written.
    """
    if file and not file.is_file():
        raise ArchivitError(f"{file}: no such file")
    for name in copy_notebooks(folder):
        say(f"{folder / name} was edited: left as it is")
    start = notebook_for(file, folder) if file else FIRST
    used = free_port(port)
    if used != port:
        say(f"port {port} is taken, using {used}")
    command = [sys.executable, "-m", "jupyterlab", "--log-level=WARN", f"--ServerApp.root_dir={folder.resolve()}"]
    command += [f"--port={used}", *further, str(folder.resolve() / start)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say("running as root: JupyterLab is started with --allow-root")
        command.insert(3, "--allow-root")
    # A token of ours keeps JupyterLab from printing its own long notice beside our one line.
    environment = {"JUPYTER_TOKEN": secrets.token_hex(24), **os.environ}
    return _run(command, environment, start)


def _run(command: list[str], environment: dict[str, str], start: str) -> int:
    """Start JupyterLab apart from the terminal, so that Ctrl-C reaches us alone and nobody asks a question."""
    from jupyter_core.paths import jupyter_runtime_dir

    runtime = Path(jupyter_runtime_dir())
    with _asked_to_end() as asked:  # before there is a server: none may outlive us
        server = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            state = runtime / f"jpserver-{server.pid}.json"
            state.unlink(missing_ok=True)  # of an earlier server, whose number comes again
            address = None
            while server.poll() is None and not asked:
                if address is None and (address := _address(state, start)):
                    print(address, flush=True)
                    say("Ctrl-C stops it")
                time.sleep(TICK)
            if asked:
                say("stopping JupyterLab and its kernels")
        finally:
            _stop(server)
    return 0 if asked else server.returncode


@contextmanager
def _asked_to_end() -> Iterator[list[int]]:
    """Give a list that fills when we are to end: Ctrl-C, kill, a terminal that is closed.

    A signal only leaves its number there, so it may come at any moment, and again while JupyterLab is stopping. One
    that is ignored stays so: `nohup` asks for that.
    """
    asked: list[int] = []
    kept = [number for number in ENDS if signal.getsignal(number) != signal.SIG_IGN]
    previous = {number: signal.signal(number, lambda number, _: asked.append(number)) for number in kept}
    try:
        yield asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _address(state: Path, start: str) -> str | None:
    """Where the running server shows the notebook, as it states itself, or None where it does not run yet."""
    try:
        found = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there yet, or half written
        return None
    if not _listens(found.get("hostname"), found.get("port")):
        return None
    query = f"?token={found['token']}" if found["token"] else ""
    return f"{found['url']}lab/tree/{quote(start)}{query}"


def _listens(host: str | None, port: int | None) -> bool:
    """Whether a server does not refuse to be called: JupyterLab states its address a moment before it listens."""
    if not host or not port:  # a socket in a file
        return True
    try:
        socket.create_connection((host, port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    except OSError:  # an address that can be listened at, and not be called
        return True
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
