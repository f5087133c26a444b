"""How the ``archivit`` commands are called, and what their help says."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from .arguments import ROLES

TASKS = ("links", "flow", "taste", "wash", "collectors")  # as in models.evaluate, which takes seconds to import
TABLE = "OUT.parquet, OUT.csv, or - for CSV on standard output"


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


_Commands = argparse._SubParsersAction


def make_parser(version: str) -> argparse.ArgumentParser:
    """Make the parser; what it gives has ``command`` and the options of that command."""
    parser = _Parser(
        prog="archivit",
        description="Ownership flows as living arteries: read, measure and draw who passed what to whom.",
    )
    parser.add_argument("--version", action="version", version=f"archivit {version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_render, _add_flow, _add_read, _add_detect, _add_evaluate, _add_simulate, _add_lab):
        add(commands)
    return parser


def _add_render(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "render",
        "Draw the arteries of a file as a picture, or as one HTML file that lives offline.",
        "archivit render sales.csv -o arteries.png",
        "archivit render sales.csv -o arteries.html",
    )
    _add_file(one)
    one.add_argument("-o", "--output", required=True, metavar="OUT", help="OUT.png or OUT.html")
    one.add_argument(
        "--width", type=_whole(1, 16_384), default=1600, metavar="PIXELS", help="of OUT.png (default 1600)"
    )
    one.add_argument("--height", type=_whole(1, 16_384), default=900, metavar="PIXELS", help="of OUT.png (default 900)")
    one.add_argument("--theme", choices=("light", "dark"), default="light", help="of OUT.png (default light)")


def _add_flow(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "flow",
        "Write the edges of a file with their metrics as a table.",
        "archivit flow sales.csv -o edges.parquet",
        "archivit flow sales.csv -o - | head",
    )
    _add_file(one)
    one.add_argument("-o", "--output", required=True, metavar="OUT", help=TABLE)
    one.add_argument("--half-life", default="30D", metavar="TIME", help="of recency, such as 30D or 12h (default 30D)")


def _add_read(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "read",
        "Print what reading a file found: rows kept and dropped, and why.",
        "archivit read sales.csv",
        "archivit read auctions.xlsx --source seller --target buyer --json",
        "zcat sales.jsonl.gz | archivit read -",
    )
    _add_file(one)
    one.add_argument("--json", action="store_true", help="as one line of JSON, with up to 10,000 rows of each fault")


def _add_detect(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "detect",
        "Write the transfers of a file that look like wash trades, each with its score, its pattern and its evidence.",
        "archivit detect sales.csv -o alerts.parquet",
        "archivit detect sales.csv -o - --threshold 0.9 | head",
        "archivit detect market.csv -o alerts.csv --funding funders.csv",
    )
    _add_file(one)
    one.add_argument("-o", "--output", required=True, metavar="OUT", help=TABLE)
    one.add_argument(
        "--threshold",
        type=_share,
        default=0.5,
        metavar="SCORE",
        help="least score, from 0 (every transfer) to 1 (default 0.5)",
    )
    one.add_argument(
        "--funding",
        metavar="PAYMENTS",
        help="a table of who paid for whose account: funder, account, time (without it gifts stand in for payments)",
    )


def _add_evaluate(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "evaluate",
        "Fit a model and its simplest rivals on the early part of a file, and judge them on the late part.",
        "archivit evaluate links sales.csv",
        "archivit evaluate wash sales.csv --json",
    )
    one.add_argument("task", choices=TASKS, metavar="TASK", help=", ".join(TASKS))
    _add_file(one)
    one.add_argument(
        "--network",
        action="store_true",
        help="links: beside a temporal graph network (GraphMixer) too; it takes minutes",
    )
    one.add_argument("--json", action="store_true", help="as one line of JSON")


def _add_simulate(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "simulate",
        "Write a simulated market as a table of transfers.",
        "archivit simulate -o market.parquet --transfers 50000 --seed 7",
        "archivit simulate -o market.csv --truth planted.csv --funding funders.csv",
    )
    one.add_argument("-o", "--output", required=True, metavar="OUT", help=TABLE)
    one.add_argument(
        "--transfers", type=_whole(1, 100_000_000), default=20_000, metavar="N", help="how many (default 20000)"
    )
    one.add_argument("--seed", type=_whole(0), default=0, metavar="S", help="same seed, same market (default 0)")
    known = "OUT.parquet or OUT.csv for"
    one.add_argument(
        "--truth",
        metavar="OUT",
        type=_no_stream,
        help=f"{known} its wash trades: transfer (row of the table, from 0), ring, pattern",
    )
    one.add_argument(
        "--funding", metavar="OUT", type=_no_stream, help=f"{known} who paid for each account: funder, account, time"
    )


def _add_lab(commands: _Commands[_Parser]) -> None:
    one = _add(
        commands,
        "lab",
        "Open JupyterLab in a folder of notebooks. FILE, before options of JupyterLab, gets a notebook of its own.",
        "archivit lab",
        "archivit lab sales.csv",
        "archivit lab --dir study --no-browser --port 9000",
    )
    one.usage = "archivit lab [FILE] [--dir DIR] [--port PORT] [--no-browser] [options of JupyterLab]"
    folder = "archivit-notebooks"
    one.add_argument("--dir", default=folder, help=f"folder of the notebooks (default ./{folder})")
    one.add_argument("--port", type=_whole(1, 65_535), default=8888, help="port to try first (default 8888)")
    one.add_argument("--no-browser", action="store_true", help="only print the address")


def _add(commands: _Commands[_Parser], name: str, text: str, *examples: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=text.partition(".")[0],
        description=text,
        epilog="\n  ".join(("examples:", *examples)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_file(parser: argparse.ArgumentParser) -> None:
    """Add the file and its columns, as `read_transfers` takes them."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="CSV, TSV, JSON, JSONL, Parquet, Feather, Arrow, HDF5 or Excel; - is standard input",
    )
    group = parser.add_argument_group("columns", "recognised from names and contents where not given")
    for role in ROLES:
        group.add_argument(f"--{role}", metavar="COLUMN" if role != "currency" else "COLUMN|UNIT")
    group.add_argument("--day-first", action=argparse.BooleanOptionalAction, help="whether 3/4/1880 is in April")


def _no_stream(text: str) -> str:
    if text == "-":
        raise argparse.ArgumentTypeError("standard output holds one table; name a file")
    return text


def _share(text: str) -> float:
    """Read a number from 0 to 1."""
    with suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """Make a reader of whole numbers within bounds."""
    bounds = f"from {low:,}" + (f" to {high:,}" if high is not None else "")

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number {bounds}")
        return int(text)

    return parse
