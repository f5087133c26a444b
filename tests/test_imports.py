"""Who may import whom: a stage imports only stages above it in the road, and heavy libraries come late."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "archivit_widgets"
# Each part and the parts that it may import.
ABOVE = {
    "errors": set(),
    "arguments": set(),
    "output": set(),
    "parser": set(),
    "pipeline": set(),
    "sources": set(),
    "graph": {"sources"},
    "models": {"sources", "graph"},
    "frames": {"sources", "graph", "models"},
    "widgets": {"sources", "graph", "models", "frames", "api", "pipeline"},
    "steps": {"sources", "graph", "models", "frames", "pipeline"},
    "api": {"sources", "graph", "models", "frames", "pipeline", "steps"},
    "__init__": {"sources", "graph", "models", "frames", "widgets", "api", "pipeline", "steps"},
    "terminal": set(),
    "lab": {"terminal"},
    "cli": {
        "sources",
        "graph",
        "models",
        "frames",
        "widgets",
        "api",
        "pipeline",
        "lab",
        "parser",
        "terminal",
        "__init__",
    },
}
EVERYWHERE = {"errors", "arguments", "output"}
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {"torch", "numba", "duckdb", "sklearn", "lightgbm", "matplotlib"}


def part(path):
    """The stage or top-level module that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_parts(path):
    """Parts of our own package that a file imports, inside functions too."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            base = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                yield ours((*base, alias.name))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield ours(tuple(alias.name.split(".")))


def ours(name):
    if name[0] != PACKAGE.name or len(name) == 1:
        return None
    known = (PACKAGE / name[1]).is_dir() or (PACKAGE / f"{name[1]}.py").exists()
    return name[1] if known else "__init__"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_stage_imports_only_stages_above_it(path):
    stage = part(path)
    wrong = {other for other in imported_parts(path) if other not in {None, stage} | EVERYWHERE | ABOVE[stage]}
    assert not wrong, f"{stage} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_torch_is_imported_at_the_top_of_models_only(path):
    tops = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    names = {alias.name for node in tops if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in tops if isinstance(node, ast.ImportFrom)}
    assert part(path) == "models" or not any(name.split(".")[0] in {"torch", "torch_geometric"} for name in names)


def fresh(code):
    """Run code in a new interpreter and return what it printed, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("what", ["import archivit_widgets", "import archivit_widgets.cli"])
def test_importing_loads_no_heavy_library(what):
    loaded = fresh(f"import json, sys; {what}; print(json.dumps(sorted(sys.modules)))")
    assert not HEAVY & set(loaded)


def test_the_public_names_are_there():
    names = fresh(
        "import json, archivit_widgets as a; [getattr(a, n) for n in a.__all__]; print(json.dumps(list(a.__all__)))"
    )
    assert {"read_transfers", "simulate_market", "Arteries", "TransferGraph", "Pipeline", "flow", "layout"} <= set(
        names
    )
