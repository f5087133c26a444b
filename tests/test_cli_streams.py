"""What the ``archivit`` command reads from standard input and writes to standard output and error."""

import gzip
import io
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets.cli import main

from .data import ROOT


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl"])
def test_standard_input_is_read(sales, tmp_path, ending, capsys):
    table = pd.read_csv(sales, dtype=str)
    save = {
        ".csv": table.to_csv,
        ".parquet": table.to_parquet,
        ".jsonl": partial(table.to_json, orient="records", lines=True),
    }
    save[ending](tmp_path / f"a{ending}")
    for arguments, out in ((["read", "-", "--json"], None), (["render", "-", "-o", str(tmp_path / "a.png")], "a.png")):
        with (tmp_path / f"a{ending}").open("rb") as file:
            command = [sys.executable, "-m", "archivit_widgets.cli", *arguments]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = subprocess.run(command, stdin=file, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "archivit: read stdin: 5 rows, 4 kept" in done.stderr
        assert json.loads(done.stdout)["kept"] == 4 if out is None else (tmp_path / out).exists()


def piped(path, *arguments):
    """Run a command with a file as its standard input."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "archivit_widgets.cli", *arguments]
    with path.open("rb") as file:
        return subprocess.run(command, stdin=file, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zip", "a.jsonl.gz", "a.xlsx"])
def test_standard_input_that_is_packed_is_unpacked(sales, tmp_path, name):
    table = pd.read_csv(sales, dtype=str)
    if name.endswith(".xlsx"):
        table.to_excel(tmp_path / name, index=False)
    elif ".jsonl" in name:
        table.to_json(tmp_path / name, orient="records", lines=True)
    else:
        table.to_csv(tmp_path / name, index=False)
    done = piped(tmp_path / name, "read", "-", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept"] == 4


def test_standard_input_that_is_packed_parquet_is_said(sales, tmp_path):
    pd.read_csv(sales, dtype=str).to_parquet(tmp_path / "a")
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress((tmp_path / "a").read_bytes()))
    done = piped(packed, "read", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "archivit: stdin: holds Parquet, which is compressed already; unpack it once\n"


def test_standard_input_that_is_nothing(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert main(["read", "-"]) == 2
    assert capsys.readouterr().err == "archivit: stdin: the file is empty; expected a header and rows of transfers\n"


def test_progress_goes_to_standard_error(sales, capsys):
    assert main(["read", sales, "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)
    assert said.err == f"archivit: read {sales}: 5 rows, 4 kept\n"


def test_progress_of_what_is_written_goes_to_standard_error(sales, tmp_path, capsys):
    out = tmp_path / "out.png"
    assert main(["render", sales, "-o", str(out)]) == 0
    steps = ["placing the accounts and drawing", f"wrote {out}"]
    assert capsys.readouterr() == (
        "",
        "".join(f"archivit: {step}\n" for step in [f"read {sales}: 5 rows, 4 kept", *steps]),
    )
    assert main(["flow", sales, "-o", "-"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith(f"archivit: read {sales}: 5 rows, 4 kept\n")
    assert "archivit" not in said.out
    assert len(pd.read_csv(io.StringIO(said.out))) == 3
    assert main(["simulate", "-o", str(tmp_path / "m.csv"), "--transfers", "20"]) == 0
    steps = ["simulating 20 transfers", f"wrote {tmp_path / 'm.csv'}: 20 rows"]
    assert capsys.readouterr() == ("", "".join(f"archivit: {step}\n" for step in steps))


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    command = f'"{sys.executable}" -m archivit_widgets.cli simulate -o - --transfers 20000 | head -n 1'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("source,target,")
    assert "Broken" not in done.stderr


def test_a_pipe_is_called_a_pipe(tmp_path, capsys):
    os.mkfifo(tmp_path / "sales.csv")
    assert main(["read", str(tmp_path / "sales.csv")]) == 2
    assert "is a pipe or a device" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_an_output_that_is_full_is_named(sales, tmp_path, capsys, ending):
    output = tmp_path / f"edges{ending}"
    output.symlink_to("/dev/full")
    assert main(["flow", sales, "-o", str(output)]) == 2
    *_, said = capsys.readouterr().err.splitlines()
    assert said == f"archivit: {output}: cannot be written: No space left on device"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["read"], ["read", "--json"], ["flow", "-o", "-"]])
def test_standard_output_that_is_full_is_named(sales, arguments):
    command = [sys.executable, "-m", "archivit_widgets.cli", *arguments, sales]
    with Path("/dev/full").open("wb") as full:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, stdout=full, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    *_, said = done.stderr.splitlines()
    assert said == "archivit: standard output: cannot be written: No space left on device"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('read "$1" >&-', "standard output is closed; name a file, or leave it open"),
        ('flow "$1" -o - >&-', "standard output is closed; name a file, or leave it open"),
        ("read - <&-", "standard input is closed; expected a file of transfers on it"),
    ],
)
def test_a_closed_stream_is_said(sales, arguments, said):
    done = in_shell(arguments, sales)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"archivit: {said}"
    assert "Traceback" not in done.stderr


def test_progress_never_goes_to_standard_output(sales):
    whole, closed = (in_shell(f'flow "$1" -o - {end}', sales) for end in ("", "2>&-"))
    assert (closed.returncode, closed.stdout) == (0, whole.stdout)


def in_shell(arguments, file):
    command = ["sh", "-c", f'"$0" -m archivit_widgets.cli {arguments}', sys.executable, file]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
