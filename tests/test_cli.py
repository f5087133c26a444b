"""The ``archivit`` command: what it writes, what it prints, and how it fails."""

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from archivit_widgets import cli, flow, read_transfers, simulate_market
from archivit_widgets.cli import main

from .data import ROOT, real


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


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_the_truth_of_a_saved_market_is_saved_beside_it(tmp_path, monkeypatch, capsys, ending):
    monkeypatch.chdir(tmp_path)
    market = simulate_market(transfers=2_000, seed=3)
    names = [f"{name}{ending}" for name in ("market", "truth", "funding")]
    options = ["-o", names[0], "--truth", names[1], "--funding", names[2]]
    assert main(["simulate", "--transfers", "2000", "--seed", "3", *options]) == 0
    said = capsys.readouterr().err
    assert all(f"archivit: wrote {name}: " in said for name in names)
    load = pd.read_csv if ending == ".csv" else pd.read_parquet
    truth, funding = map(load, names[1:])
    pd.testing.assert_frame_equal(truth.astype(str), market.truth.astype(str))
    pd.testing.assert_frame_equal(funding.astype(str), market.funding.astype(str))
    graph = read_transfers(names[0])
    assert graph.truth is None, "what a file says of itself is no truth"
    washed, planted = (one.transfers.iloc[truth["transfer"]].astype(str) for one in (graph, market))
    assert len(washed) > 20
    pd.testing.assert_frame_equal(washed, planted[washed.columns])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "a.csv", "--truth", "./a.csv"], "a.csv and ./a.csv: two tables would go into one file"),
        (["-o", "-", "--truth", "b.csv", "--funding", "b.csv"], "- and b.csv and b.csv: two tables would go into one"),
        (["-o", "a.csv", "--truth", "b.json"], "b.json: the name of the output must end in .parquet or .csv"),
        (["-o", "a.csv", "--funding", ""], "the name of the output is empty"),
        (["-o", "a.csv", "--truth", "-"], "standard output holds one table; name a file"),
    ],
)
def test_truth_needs_a_file_of_its_own(tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    assert call("simulate", *options) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


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


@pytest.mark.parametrize("given", ["86400", "30", "soon", "-3D", "0s", "NaT", "", "1e400s", "99999999999D"])
def test_a_half_life_is_asked_for_in_the_words_of_the_command_line(sales, capsys, given):
    assert main(["flow", sales, "-o", "-", f"--half-life={given}"]) == 2
    wanted = "expected a time above 0 with its unit, such as 30D (days), 12h (hours) or 86400s (seconds)"
    assert capsys.readouterr() == ("", f"archivit: --half-life {given!r}: {wanted}\n")


def test_a_note_of_the_report_speaks_of_options_too_and_one_row_is_one_row(tmp_path, capsys):
    file = tmp_path / "sales.csv"
    file.write_text("seller,buyer,date\nAnn,Bob,2001-01-01\n")
    assert main(["read", str(file)]) == 0
    said = capsys.readouterr()
    assert "(pass --value COLUMN)" in said.out
    assert "1 row read, 1 kept" in said.out
    assert said.err == f"archivit: read {file}: 1 row, 1 kept\n"


@pytest.mark.parametrize("command", ["render", "flow", "read", "simulate", "lab"])
def test_help_shows_examples(command, capsys):
    assert call(command, "--help") == 0
    assert f"archivit {command}" in capsys.readouterr().out.partition("examples:")[2]


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
