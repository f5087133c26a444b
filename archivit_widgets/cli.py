"""The ``archivit`` command: render, flow, read, detect, evaluate, simulate and lab; `parser` says how each is called.

Results go to a file or to standard output, progress to standard error. Bad input ends with status 2 and one line.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from .arguments import ROLES, counted, found
from .errors import ArchivitError
from .output import output_path, writing, written
from .parser import make_parser
from .terminal import say

if TYPE_CHECKING:
    import pandas as pd

    from .graph.transfers import TransferGraph

TABLES = (".parquet", ".csv")
PICTURES = (".png", ".html")
CSV: Any = {"index": False, "lineterminator": "\n"}
INTERRUPTED = 130
STDIN = "stdin"  # also the name of a file, for which Windows allows no < or >


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    from . import __version__

    parser = make_parser(__version__)
    options, further = parser.parse_known_args(arguments)
    if options.command == "lab":
        options.further = further
    elif further:
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    if isinstance(sys.stdout, io.TextIOWrapper):  # what is written is data: the same bytes in any locale
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        status = COMMANDS[options.command](options)
    except BrokenPipeError:  # the reader of our output has seen enough, as `head` has
        _let_go()
        return 0
    except (ArchivitError, OSError) as problem:
        say(as_options(" ".join(_words(problem).split())))
        return 2
    except MemoryError as problem:
        say(" ".join(f"not enough memory: {problem}".split()).rstrip(":"))
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def render(options: argparse.Namespace) -> int:
    """Draw a file's arteries as a picture or as one HTML file that lives offline."""
    suffix = output_path(options.output, PICTURES).suffix.lower()
    _apart(options.output, options.file)
    graph = _graph(options)
    from . import Arteries

    say("placing the accounts and drawing")
    arteries = Arteries(graph)
    if suffix == ".html":
        arteries.to_html(options.output)
    else:
        arteries.save_png(options.output, width=options.width, height=options.height, theme=options.theme)
    say(f"wrote {options.output}")
    return 0


def flow(options: argparse.Namespace) -> int:
    """Write the edges of a file with their metrics as a table."""
    if options.output != "-":
        output_path(options.output, TABLES)
        _apart(options.output, options.file)
    from . import flow as flows

    try:
        half_life = flows.seconds(options.half_life)
    except ArchivitError:  # it speaks of what Python would pass
        raise ArchivitError(
            f"--half-life {found(options.half_life)}: expected a time above 0 with its unit, such as 30D (days), 12h "
            "(hours) or 86400s (seconds)"
        ) from None
    _write(flows.measure(_graph(options), half_life), options.output)
    return 0


def read(options: argparse.Namespace) -> int:
    """Print what reading a file found."""
    report = _graph(options).report
    with _standard_output() as out:
        print(json.dumps(report.to_dict(), ensure_ascii=False) if options.json else as_options(str(report)), file=out)
    return 0


def detect(options: argparse.Namespace) -> int:
    """Write the transfers that look like wash trades."""
    if options.output != "-":
        output_path(options.output, TABLES)
        _apart(options.output, options.file, options.funding)
    graph, payers = _graph(options), None if options.funding is None else _funding(options.funding)
    from .models import wash

    say("looking for wash trades")
    found = wash.detect(graph, payers)
    say(found.attrs["entities"])
    table = wash.listed(graph, found, options.threshold)
    if options.output.lower().endswith(".parquet"):
        _write(table, options.output, schema=wash.schema(table))
    else:
        _write(table.assign(evidence=wash.as_json(table["evidence"])), options.output)
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Print a model's table beside its rivals."""
    if options.network and options.task != "links":
        raise ArchivitError(f"--network is a rival of links; {options.task} is judged without it")
    graph = _graph(options)
    from .models import evaluate as evaluation

    table = evaluation.run(options.task, graph, **({"network": True} if options.network else {}))
    with _standard_output() as out:
        print(json.dumps(table.to_dict(), ensure_ascii=False, allow_nan=False) if options.json else table, file=out)
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Write a simulated market as a table of transfers."""
    asked = [name for name in (options.output, options.truth, options.funding) if name is not None]
    paths = [os.path.realpath(output_path(name, TABLES)) for name in asked if name != "-"]
    if len(set(paths)) < len(paths):
        raise ArchivitError(f"{' and '.join(asked)}: two tables would go into one file; give each a name of its own")
    from . import simulate_market

    say(f"simulating {options.transfers:,} transfers")
    market = simulate_market(transfers=options.transfers, seed=options.seed)
    _write(market.transfers.assign(currency=market.currency), options.output)
    for table, name in ((market.truth, options.truth), (market.funding, options.funding)):
        if name is not None and table is not None:
            _write(table, name)
    return 0


def lab(options: argparse.Namespace) -> int:
    """Open JupyterLab in a folder of notebooks."""
    from .lab import lab as run

    name, further = _one_file(options.further)
    if name == "":
        raise ArchivitError("the path is empty; expected a file of transfers")
    file = Path(name) if name else None
    if options.no_browser:
        further = ["--no-browser", *further]
    try:
        folder = Path(options.dir).expanduser()  # a shell leaves --dir=~/study as it is
    except RuntimeError as problem:
        raise ArchivitError(f"--dir {options.dir}: {problem}") from None
    return run(file, folder, options.port, further)


def _one_file(words: list[str]) -> tuple[str | None, list[str]]:
    """Take our file from what `lab` was given; the rest is JupyterLab's.

    What follows an option may be that option's value, so our file is only what stands first.
    """
    if words[:1] == ["-"]:
        raise ArchivitError(
            "lab reads a file by its name; - (standard input) is gone when a notebook asks for it again"
        )
    for before, word in pairwise(words):
        if (word == "-" or not word.startswith("-")) and _stands_alone(before):
            raise ArchivitError(f"lab takes one FILE, before options of JupyterLab; found {word!r} after {before!r}")
    if not words or words[0].startswith("-"):
        return None, words
    return words[0], words[1:]


def _stands_alone(word: str) -> bool:
    """Whether what follows a word is not its value."""
    if not word.startswith("-") or "=" in word or word == "--":
        return True
    from jupyterlab.labapp import LabApp  # slow, and seldom asked

    return bool(word.lstrip("-") in LabApp.flags)


def _words(problem: ArchivitError | OSError) -> str:
    """Say what the system found without its number."""
    if isinstance(problem, OSError) and problem.filename and problem.strerror:
        return f"{problem.filename}: {problem.strerror}"
    return str(problem)


def as_options(text: str) -> str:
    """Say ``--time COLUMN`` and ``--day-first`` where a text advises on arguments of Python."""
    text = re.sub(
        rf"\b({'|'.join(ROLES)})=('\.\.\.'|(?=['\"]))", lambda found: f"--{found[1]} {found[2] and 'COLUMN'}", text
    )
    return text.replace("day_first=True", "--day-first").replace("day_first=False", "--no-day-first")


def _graph(options: argparse.Namespace) -> TransferGraph:
    from . import read_transfers

    with _file(options.file) as path:
        graph = read_transfers(path, **{role: getattr(options, role) for role in (*ROLES, "day_first")})
    name = STDIN if options.file == "-" else options.file
    say(f"read {name}: {counted(graph.report.read, 'row')}, {graph.report.kept:,} kept")
    return graph


def _funding(name: str) -> pd.DataFrame:
    """Read who paid for whom: a record of payments, read as any record is."""
    from . import read_transfers

    try:
        paid = read_transfers(name, source="funder", target="account", time="time")
    except ArchivitError as problem:
        raise ArchivitError(f"--funding: {problem}") from None
    known = paid.transfers.dropna(subset=["source", "target"])
    lost = [(reason.dropped, reason.text) for reason in paid.report.reasons.values() if reason.dropped]
    if paid.report.kept > len(known):
        lost.append((paid.report.kept - len(known), "funder or account is nobody"))
    why = "".join(f"; {count:,} dropped: {text}" for count, text in lost)
    say(f"read {name}: {counted(paid.report.read, 'payment')}, {len(known):,} kept{why}")
    return known.rename(columns={"source": "funder", "target": "account"})[["funder", "account", "time"]]


def _apart(output: str, *inputs: str | None) -> None:
    """Refuse to write over a file that is read, under whatever name."""
    for name in inputs:
        if name and name != "-" and Path(name).exists() and Path(output).exists() and Path(name).samefile(output):
            raise ArchivitError(f"{output}: is the file that is read; name another output")


@contextmanager
def _file(name: str) -> Iterator[str | Path]:
    """Give a file that can be read twice: standard input, named ``-``, is kept on disk meanwhile."""
    if name != "-":
        yield name
        return
    if sys.stdin is None:
        raise ArchivitError("standard input is closed; expected a file of transfers on it")
    with tempfile.TemporaryDirectory(prefix="archivit-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / STDIN
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield path


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Give standard output, and see to it that all of it is written, or say that it cannot be."""
    if sys.stdout is None:  # closed by who called us, as by >&-
        raise ArchivitError("standard output is closed; name a file, or leave it open")
    try:
        with writing("standard output"):
            yield sys.stdout
            sys.stdout.flush()
    except ArchivitError:
        _let_go()
        raise


def _let_go() -> None:
    """Throw away what waits to be written: Python would try again at the end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(table: pd.DataFrame, output: str, **parquet: Any) -> None:
    """Write a table as its name asks, with what else Parquet needs; ``-`` is CSV on standard output."""
    if output == "-":
        with _standard_output() as out:
            table.to_csv(out, **CSV)
        return
    with written(output) as file:
        if output.lower().endswith(".parquet"):
            table.to_parquet(file, index=False, **parquet)
        else:
            table.to_csv(file, **CSV)
    say(f"wrote {output}: {counted(len(table), 'row')}")


COMMANDS = {
    "render": render,
    "flow": flow,
    "read": read,
    "detect": detect,
    "evaluate": evaluate,
    "simulate": simulate,
    "lab": lab,
}

if __name__ == "__main__":
    sys.exit(main())
