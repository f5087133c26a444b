"""The ``archivit`` command: what it writes, what it prints, and how it fails."""

import base64
import gzip
import io
import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import cli, flow, read_transfers, simulate_market
from archivit_widgets.cli import main

from .data import ROOT, real

SALES = """seller,buyer,token,date,price_eth
Ann,Bob,1,2001-01-01,5
Bob,Cid,1,2002-01-01,7
Bob,Cid,2,2002-02-01,-
Cid,Ann,1,soon,9
Cid,Ann,1,2003-05-01,11
"""


@pytest.fixture
def sales(tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    return str(file)


def test_read_prints_the_report(sales, capsys):
    assert main(["read", sales]) == 0
    assert capsys.readouterr().out.strip() == str(read_transfers(sales).report).strip()


def test_read_json_adds_up(sales, capsys):
    assert main(["read", sales, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"read", "kept", "dropped", "reasons", "roles", "currency"}
    assert (found["read"], found["kept"], found["dropped"]) == (5, 4, 1)
    assert found["reasons"]["unparsable_time"] == {"count": 1, "dropped": 1, "rows": [4]}
    assert found["roles"]["source"] == "seller"
    assert found["roles"]["collection"] is None
    assert found["currency"] == "ETH"


def test_roles_given_overrule(sales, capsys):
    assert main(["read", sales, "--json", "--source", "buyer", "--target", "seller"]) == 0
    assert json.loads(capsys.readouterr().out)["roles"]["source"] == "buyer"


def test_flow_writes_the_measured_edges(sales, tmp_path, capsys):
    wanted = flow.measure(read_transfers(sales), half_life="1D")
    assert main(["flow", sales, "-o", str(tmp_path / "edges.parquet"), "--half-life", "1D"]) == 0
    assert main(["flow", sales, "-o", str(tmp_path / "edges.csv"), "--half-life", "1D"]) == 0
    capsys.readouterr()
    assert main(["flow", sales, "-o", "-", "--half-life", "1D"]) == 0
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "edges.parquet"), wanted)
    assert capsys.readouterr().out == (tmp_path / "edges.csv").read_text()
    assert pd.read_csv(tmp_path / "edges.csv")["volume"].tolist() == wanted["volume"].tolist()


def test_render_draws_a_picture(sales, tmp_path):
    out = tmp_path / "out.png"
    assert main(["render", sales, "-o", str(out), "--width", "320", "--height", "200", "--theme", "dark"]) == 0
    from PIL import Image

    with Image.open(out) as picture:
        assert picture.size == (320, 200)
        assert len(picture.convert("RGB").getcolors(64_000)) > 10


def test_render_writes_one_html_file(sales, tmp_path):
    out = tmp_path / "out.html"
    assert main(["render", sales, "-o", str(out)]) == 0
    written = out.read_text(encoding="utf-8")
    assert written.lower().startswith("<!doctype html>")
    assert '<script type="text/plain" id="bundle">' in written
    packed = re.search('<script type="text/plain" id="data">(.*?)</script>', written).group(1)
    data = gzip.decompress(base64.b64decode(packed))
    head = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    assert head["accounts"] == ["Ann", "Bob", "Cid"]
    scene = next(one["content"]["head"] for one in head["messages"] if one["content"]["kind"] == "scene")
    edges = len(read_transfers(sales).edges)
    assert (scene["accounts"], scene["edges"]) == (3, edges)


def test_simulate_writes_what_read_transfers_reads(tmp_path, capsys):
    for name in ("a.parquet", "b.parquet", "c.csv"):
        assert main(["simulate", "-o", str(tmp_path / name), "--transfers", "500", "--seed", "3"]) == 0
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert len(table) == 500
    for name in ("a.parquet", "c.csv"):
        graph = read_transfers(tmp_path / name)
        assert (graph.report.read, graph.report.dropped) == (500, 0)
        assert graph.transfers["time"].tolist() == table["time"].tolist()
        assert graph.transfers["value"].sum() == pytest.approx(table["value"].sum())


@pytest.mark.parametrize("name", ["a.parquet", "b.csv"])
def test_a_saved_market_is_the_market(tmp_path, name):
    market = simulate_market(transfers=2_000, seed=3)
    assert main(["simulate", "-o", str(tmp_path / name), "--transfers", "2000", "--seed", "3"]) == 0
    graph = read_transfers(tmp_path / name)
    assert graph.currency == market.currency == "ETH"
    pd.testing.assert_frame_equal(graph.transfers.astype(str), market.transfers.astype(str)[graph.transfers.columns])
    assert set(graph.transfers) == set(market.transfers)
    assert main(["flow", str(tmp_path / name), "-o", str(tmp_path / "edges.parquet")]) == 0
    edges = pd.read_parquet(tmp_path / "edges.parquet")
    pd.testing.assert_frame_equal(
        edges.drop(columns=["source", "target"]), market.edges.drop(columns=["source", "target"])
    )


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


@pytest.mark.parametrize("arguments", [["read", "--json"], ["flow", "-o", "-"]])
def test_what_is_written_is_utf_8_in_any_locale(tmp_path, arguments):
    file = tmp_path / "sales.csv"
    file.write_text(
        "seller,buyer,date,price\n草間,Bob,2001-01-01,5\n草間,Bob,soon,5\n".replace("price", "価格"), "utf-8"
    )
    command = [sys.executable, "-m", "archivit_widgets.cli", arguments[0], str(file), *arguments[1:], "--value", "価格"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("価格" if arguments[0] == "read" else "草間") in done.stdout.decode("utf-8")


def test_a_table_has_the_same_lines_on_every_system(sales, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "linesep", "\r\n")
    assert main(["flow", sales, "-o", "-"]) == 0
    assert main(["flow", sales, "-o", str(tmp_path / "edges.csv")]) == 0
    assert "\r" not in capsys.readouterr().out
    assert b"\r" not in (tmp_path / "edges.csv").read_bytes()


@pytest.mark.parametrize(("text", "said"), [("", ""), ("Unable to allocate\n9 GiB", ": Unable to allocate 9 GiB")])
def test_too_little_memory_is_one_line(sales, monkeypatch, capsys, text, said):
    def fail(_):
        raise MemoryError(text)

    monkeypatch.setitem(cli.COMMANDS, "read", fail)
    assert main(["read", sales]) == 2
    assert capsys.readouterr().err == f"archivit: not enough memory{said}\n"


def call(*arguments):
    """Exit status of a command; an exception of ours or of a library would escape and fail the test."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code


BAD = {
    "no such file": ["read", "nope.csv"],
    "a folder": ["read", "."],
    "no name of a file": ["read", ""],
    "no name of an output": ["render", "sales.csv", "-o", ""],
    "not a table": ["read", "noise.csv"],
    "no such column": ["flow", "sales.csv", "-o", "-", "--source", "vendor"],
    "half life": ["flow", "sales.csv", "-o", "-", "--half-life", "soon"],
    "half life without a unit": ["flow", "sales.csv", "-o", "-", "--half-life", "30"],
    "unknown suffix": ["render", "sales.csv", "-o", "out.jpeg"],
    "no such folder": ["render", "sales.csv", "-o", "nowhere/out.png"],
    "no output": ["render", "sales.csv"],
    "no such option": ["read", "sales.csv", "--colour"],
    "no such command": ["draw", "sales.csv"],
    "no command": [],
    "no number": ["simulate", "-o", "m.csv", "--transfers", "many"],
    "no transfers": ["simulate", "-o", "m.csv", "--transfers", "0"],
    "no port": ["lab", "--port", "70000"],
    "no file for lab": ["lab", "nope.csv"],
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD.keys())
def test_bad_input_ends_with_status_2_and_one_line(sales, tmp_path, monkeypatch, capsys, arguments):
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 40)
    monkeypatch.chdir(tmp_path)
    assert call(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("archivit")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "archivit-notebooks").exists()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["seller,buyer,when it was", "a,b,x"], "no column for time was recognised; pass --time COLUMN with one of: "),
        (["seller,buyer,date,price,hammer_price", "a,b,2001,1,2"], "pass --value 'price' or --value 'hammer_price'"),
        (["seller,buyer,date", *(f"a,b,0{day}/1880" for day in ("3/04", "5/02", "1/03"))], "--day-first or --no-day-"),
    ],
)
def test_what_to_pass_is_said_in_the_words_of_the_command_line(tmp_path, capsys, lines, words):
    file = tmp_path / "sales.csv"
    file.write_text("\n".join(lines))
    assert main(["read", str(file)]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "=" not in said


def test_a_note_of_the_report_speaks_of_options_too(tmp_path, capsys):
    file = tmp_path / "sales.csv"
    file.write_text("seller,buyer,date\nAnn,Bob,2001-01-01\n")
    assert main(["read", str(file)]) == 0
    said = capsys.readouterr()
    assert "(pass --value COLUMN)" in said.out
    assert said.err == f"archivit: read {file}: 1 row, 1 kept\n"


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


@pytest.mark.parametrize("command", ["render", "flow", "read", "simulate", "lab"])
def test_help_shows_examples(command, capsys):
    assert call(command, "--help") == 0
    assert f"archivit {command}" in capsys.readouterr().out.partition("examples:")[2]


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


# Records that are drawn (0), and files that hold no transfers and are refused in one line (2).
RECORDS = {
    "cryptopunks_sales.csv": 0,
    "punks_traits/tx_db.csv": 0,
    "mooncats/mooncats_adoptions.csv": 0,
    "graves/graves_art_sales.csv": 0,
    "nftgraph_tiny/tinynft_data.npz": 2,
    "amlsim/cycle200/transactions.csv": 0,
    "amlsim/fanin200/transactions.csv": 0,
    "cmoa/cmoa_artworks.csv.gz": 2,
    "temporal/uci_collegemsg.txt": 0,
}


@pytest.mark.parametrize(("name", "expected"), RECORDS.items())
def test_every_record_is_drawn_or_refused_in_one_line(name, expected, tmp_path, capsys):
    out = tmp_path / "out.png"
    assert call("render", str(real(name)), "-o", str(out), "--width", "640", "--height", "360") == expected
    said = capsys.readouterr()
    assert said.out == ""
    if expected == 0:
        assert out.stat().st_size > 5_000
    else:
        assert said.err.startswith(f"archivit: {Path(name).name}: ")
        assert said.err.count("\n") == 1
        assert not out.exists()


def test_a_pipe_is_called_a_pipe(tmp_path, capsys):
    os.mkfifo(tmp_path / "sales.csv")
    assert main(["read", str(tmp_path / "sales.csv")]) == 2
    assert "is a pipe or a device" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["flow", "render"])
def test_what_is_read_is_not_written_over(tmp_path, capsys, command):
    text = "from,to,time,value\na,b,2020-01-01,1\n"
    source, link = tmp_path / ("in.csv" if command == "flow" else "in.html"), tmp_path / "link.csv"
    source.write_text(text)
    link.symlink_to(source)
    for output in [source, *([link] if command == "flow" else [])]:
        assert call(command, str(source), "-o", str(output)) == 2
        assert "is the file that is read; name another output" in capsys.readouterr().err
    assert source.read_text() == text


def test_an_output_that_is_a_folder_is_refused_before_any_work(sales, tmp_path, capsys):
    (tmp_path / "out.csv").mkdir()
    assert main(["flow", sales, "-o", str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err == f"archivit: {tmp_path / 'out.csv'}: is a folder; expected the name of a file\n"


@pytest.mark.parametrize("command", [["read"], ["lab"], ["flow", "-o"], ["render", "-o"]])
def test_an_empty_name_is_called_empty(sales, capsys, command):
    assert main([*command, "", *([sales] if len(command) > 1 else [])]) == 2
    name = "the path is empty" if len(command) == 1 else "the name of the output is empty"
    assert capsys.readouterr().err.startswith(f"archivit: {name}; expected ")


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


def test_one_row_is_one_row(tmp_path, capsys):
    file = tmp_path / "one.csv"
    file.write_text("seller,buyer,date\nAnn,Bob,2001-01-01\n")
    assert main(["read", str(file)]) == 0
    told = capsys.readouterr()
    assert "1 row read, 1 kept" in told.out
    assert f"read {file}: 1 row, 1 kept" in told.err
