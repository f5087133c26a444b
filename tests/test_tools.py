"""The checkers, each as a test, so that one pytest line counts everything."""

import re
import subprocess
import sys

import pytest

from hatch_build import ROOT, install_modules, run_node


def run(*command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def modules():
    install_modules()


def test_ruff_finds_nothing():
    run("ruff", "check", ".")


def test_ruff_would_format_nothing():
    run("ruff", "format", "--check", ".")


def test_mypy_strict_finds_nothing():
    assert "no issues found" in run("mypy")


@pytest.mark.usefixtures("modules")
def test_typescript_has_no_type_errors():
    run_node("node_modules/typescript/bin/tsc", "--noEmit")


@pytest.mark.usefixtures("modules")
def test_vitest_passes():
    said = run_node("node_modules/vitest/vitest.mjs", "run", "--no-color")
    assert re.search(r"Tests\s+\d+ passed", said), said


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (ROOT / "js" / "package-lock.json").read_text(encoding="utf-8")
