"""The ``archivit`` command: render, flow, read, simulate and lab.

Results go to a file or to standard output, progress to standard error. Bad input ends with status 2 and one line.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .errors import ArchivitError

if TYPE_CHECKING:
    import pandas as pd

    from .graph.transfers import TransferGraph

ROLES = ("source", "target", "token", "collection", "time", "value", "kind", "currency")
TABLES = (".parquet", ".csv")
PICTURES = (".png", ".html")
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = _parser()
    options, further = parser.parse_known_args(arguments)
    if options.command == "lab":
        options.further = further
    elif further:
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ArchivitError, OSError) as problem:
        print(f"archivit: {' '.join(str(problem).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def render(options: argparse.Namespace) -> int:
    """Draw a file's arteries as a picture or as one HTML file that lives offline."""
    suffix = _suffix(options.output, PICTURES)
    graph = _graph(options)
    from . import Arteries

    _say("placing the accounts and drawing")
    arteries = Arteries(graph)
    if suffix == ".html":
        arteries.to_html(options.output)
    else:
        arteries.save_png(options.output, width=options.width, height=options.height, theme=options.theme)
    _say(f"wrote {options.output}")
    return 0


def flow(options: argparse.Namespace) -> int:
    """Write the edges of a file with their metrics as a table."""
    if options.output != "-":
        _suffix(options.output, TABLES)
    graph = _graph(options)
    from . import flow as flows

    _say("measuring the edges")
    _write(flows.measure(graph, half_life=options.half_life), options.output)
    return 0


def read(options: argparse.Namespace) -> int:
    """Print what reading a file found."""
    report = _graph(options).report
    print(json.dumps(report.to_dict(), ensure_ascii=False) if options.json else report)
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Write a simulated market as a table of transfers."""
    if options.output != "-":
        _suffix(options.output, TABLES)
    from . import simulate_market

    _say(f"simulating {options.transfers:,} transfers")
    _write(simulate_market(transfers=options.transfers, seed=options.seed).transfers, options.output)
    return 0


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab in a folder of notebooks."""
    from .lab import lab as run

    further: list[str] = options.further
    # What follows an option may be that option's value, so our file is only what stands first.
    file = Path(further.pop(0)) if further and not further[0].startswith("-") else None
    if options.no_browser:
        further = ["--no-browser", *further]
    return run(file, Path(options.dir), options.port, further)


def _graph(options: argparse.Namespace) -> TransferGraph:
    from . import read_transfers

    _say(f"reading {options.file}")
    roles = {role: getattr(options, role) for role in ROLES if getattr(options, role) is not None}
    return read_transfers(options.file, **roles)


def _suffix(output: str, known: Sequence[str]) -> str:
    """Check an output's name and folder before any work is done; give its suffix."""
    path = Path(output)
    if path.suffix.lower() not in known:
        raise ArchivitError(f"{output}: the name of the output must end in {' or '.join(known)}")
    if not path.parent.is_dir():
        raise ArchivitError(f"{output}: there is no folder {path.parent}")
    return path.suffix.lower()


def _write(table: pd.DataFrame, output: str) -> None:
    """Write a table as its name asks; ``-`` is CSV on standard output."""
    if output == "-":
        table.to_csv(sys.stdout, index=False)
        return
    if output.lower().endswith(".parquet"):
        table.to_parquet(output, index=False)
    else:
        table.to_csv(output, index=False)
    _say(f"wrote {output}: {len(table):,} rows")


def _say(text: str) -> None:
    print(f"archivit: {text}", file=sys.stderr, flush=True)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    from . import __version__

    parser = _Parser(
        prog="archivit",
        description="Ownership flows as living arteries: read, measure and draw who passed what to whom.",
    )
    parser.add_argument("--version", action="version", version=f"archivit {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = _command(
        commands,
        "render",
        render,
        "archivit render sales.csv -o arteries.png\narchivit render sales.csv -o arteries.html",
    )
    _file_options(one)
    one.add_argument("-o", "--output", required=True, metavar="OUT", help="OUT.png or OUT.html")
    one.add_argument("--width", type=_whole(1), default=1600, metavar="PIXELS", help="of the picture (default 1600)")
    one.add_argument("--height", type=_whole(1), default=900, metavar="PIXELS", help="of the picture (default 900)")
    one.add_argument("--theme", choices=("light", "dark"), default="light", help="of the picture (default light)")

    one = _command(
        commands, "flow", flow, "archivit flow sales.csv -o edges.parquet\narchivit flow sales.csv -o - | head"
    )
    _file_options(one)
    one.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="OUT.parquet, OUT.csv, or - for CSV on standard output"
    )
    one.add_argument("--half-life", default="30D", metavar="TIME", help="of recency, such as 30D or 12h (default 30D)")

    one = _command(
        commands,
        "read",
        read,
        "archivit read sales.csv\narchivit read auctions.xlsx --source seller --target buyer --json",
    )
    _file_options(one)
    one.add_argument("--json", action="store_true", help="as one line of JSON")

    one = _command(commands, "simulate", simulate, "archivit simulate -o market.parquet --transfers 50000 --seed 7")
    one.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="OUT.parquet, OUT.csv, or - for CSV on standard output"
    )
    one.add_argument("--transfers", type=_whole(1), default=20_000, metavar="N", help="how many (default 20000)")
    one.add_argument("--seed", type=_whole(0), default=0, metavar="S", help="same seed, same market (default 0)")

    examples = "archivit lab\narchivit lab sales.csv\narchivit lab --dir study --no-browser --port 9000"
    one = _command(commands, "lab", lab, examples)
    one.usage = "archivit lab [FILE] [--dir DIR] [--port PORT] [--no-browser] [options of JupyterLab]"
    one.description = f"{one.description} FILE gets a notebook of its own; it stands before options of JupyterLab."
    one.add_argument(
        "--dir", default="archivit-notebooks", help="folder of the notebooks (default ./archivit-notebooks)"
    )
    one.add_argument("--port", type=_whole(1, 65535), default=8888, help="port to try first (default 8888)")
    one.add_argument("--no-browser", action="store_true", help="only print the address")
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    examples: str,
) -> argparse.ArgumentParser:
    text = (run.__doc__ or "").strip()
    indented = "".join(f"\n  {line}" for line in examples.splitlines())
    one = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"examples:{indented}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    one.set_defaults(run=run)
    return one


def _file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="CSV, TSV, JSON, JSONL, Parquet, Feather, Arrow, HDF5 or Excel")
    group = parser.add_argument_group("columns", "recognised from names and contents where not given")
    for role in ROLES:
        group.add_argument(f"--{role}", metavar="COLUMN" if role != "currency" else "COLUMN|UNIT")


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """Make a reader of whole numbers within bounds."""
    bounds = f"from {low}" + (f" to {high}" if high is not None else "")

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < low or (high is not None and int(text) > high):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number {bounds}")
        return int(text)

    return parse


if __name__ == "__main__":
    sys.exit(main())
