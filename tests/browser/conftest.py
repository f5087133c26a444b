"""One JupyterLab for all browser tests; one Chromium for each module and backend; no request may leave the machine."""

import pytest

from .chromium import open_browser
from .lab import open_lab


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory):
    """The server that all tests share."""
    with open_lab(tmp_path_factory.mktemp("lab") / "jupyter") as lab:
        yield lab


@pytest.fixture(scope="module")
def webgl2_browser():
    """Chromium with WebGL2 only."""
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def webgpu_browser():
    """Chromium with WebGPU."""
    with open_browser(webgpu=True) as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(lab_server):
    """The server; after the module no kernel runs, and no request has left for another host."""
    lab_server.strangers.clear()
    yield lab_server
    lab_server.stop_kernels()
    assert lab_server.strangers == []
