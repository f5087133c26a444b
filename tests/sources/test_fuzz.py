"""Whatever is done to a file, only an ArchivitError comes out, and what is read adds up."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archivit_widgets import ArchivitError, read_transfers
from archivit_widgets.sources.report import Report

from .tables import FORMATS, ledger

BYTES = st.one_of(st.binary(max_size=6), st.sampled_from([b"\n", b'"', b",", b"\x00", b"\r", b"{", b"\xff", b"1e999"]))
DAMAGE = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 30), BYTES), min_size=1, max_size=6)


@cache
def whole(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        FORMATS[name](ledger(), Path(folder) / name)
        return (Path(folder) / name).read_bytes()


def attempt(path: Path) -> Report | str:
    try:
        return read_transfers(path).report
    except ArchivitError as error:
        return str(error)


@settings(max_examples=120)
@given(name=st.sampled_from(sorted(FORMATS)), damage=DAMAGE)
@example(name="a.csv", damage=[(0.0, 0, b"\n"), (0.125, 0, b"\n")])
def test_damaged_files(name: str, damage: list[tuple[float, int, bytes]]) -> None:
    content = whole(name)
    for place, cut, inserted in damage:
        start = int(place * len(content))
        content = content[:start] + inserted + content[start + cut :]
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = attempt(path)
    if isinstance(found, str):
        assert "\n" not in found
        assert len(found) < 3_000
        return
    assert found.read == found.kept + found.dropped
    assert sum(reason.dropped for reason in found.reasons.values()) == found.dropped
    assert all(1 <= row <= found.read for reason in found.reasons.values() for row in reason.rows)
