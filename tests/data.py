"""The real data: the folder that ARCHIVIT_DATA names, else one beside the repository; tests skip without it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("ARCHIVIT_DATA", ROOT.parent / "shared" / "data")).resolve()


def real(name: str) -> Path:
    """Give the path of a real file, or skip the test that needs it."""
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is not there: set ARCHIVIT_DATA to the folder of real data")
    return DATA / name


#: A small ledger with faults.
SALES = """seller,buyer,token,date,price_eth
Ann,Bob,1,2001-01-01,5
Bob,Cid,1,2002-01-01,7
Bob,Cid,2,2002-02-01,-
Cid,Ann,1,soon,9
Cid,Ann,1,2003-05-01,11
"""
