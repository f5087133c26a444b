"""What holds for all tests."""

import resource
from contextlib import contextmanager

import pytest
from hypothesis import settings

from .data import DATA, SALES

# Machines are shared: an example that waits for a processor is no fault.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


def pytest_report_header() -> str:
    """Say at the top whether the real data take part."""
    if DATA.is_dir():
        return f"real data: {DATA}"
    return f"real data: none at {DATA}, so their tests skip and a simulated market stands in for them in the browser"


@pytest.fixture
def sales(tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    return str(file)


@pytest.fixture
def full():
    """Give a context in which no file may grow beyond a size, as on a disk that fills while it is written."""

    @contextmanager
    def filled(size):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return filled
