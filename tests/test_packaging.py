"""Wheel, sdist -> wheel and editable install, each built with a PATH that has no node."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from jupyterlab_server.config import get_federated_extensions

import hatch_build
from archivit_widgets import cli
from hatch_build import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def call(*command, cwd, path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = str(path)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A PATH where no node is."""
    folder = tmp_path_factory.mktemp("bin")
    for tool in ("sh", "env", "uname"):
        (folder / tool).symlink_to(shutil.which(tool))
    assert shutil.which("node", path=str(folder)) is None
    return folder


@pytest.fixture(scope="module")
def files():
    """Names of the tracked and new files of this checkout: nothing built, no Node modules."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def source(files, tmp_path_factory):
    """These files in a folder of their own."""
    folder = tmp_path_factory.mktemp("source")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source, path, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(out), str(source), cwd=out, path=path)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(source, path, tmp_path_factory):
    out = tmp_path_factory.mktemp("sdist")
    call(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(out), cwd=source, path=path)
    return next(out.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel_of_sdist(sdist, path, tmp_path_factory):
    """A wheel built from the sdist, by a Node that must not be needed."""
    out = tmp_path_factory.mktemp("again")
    with tarfile.open(sdist) as packed:
        packed.extractall(out, filter="data")
    unpacked = next(out.iterdir())
    call(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(out), str(unpacked), cwd=out, path=path)
    assert not (unpacked / "js" / "node_modules").exists(), "npm ran although no source is newer"
    return next(out.glob("*.whl"))


def contents(wheel):
    """Name to hash, the record of hashes itself left out."""
    with zipfile.ZipFile(wheel) as packed:
        names = [name for name in packed.namelist() if not name.endswith("/RECORD")]
        return {name: hashlib.sha256(packed.read(name)).hexdigest() for name in names}


def test_the_wheel_carries_bundle_and_notebooks(wheel):
    names = contents(wheel)
    assert "archivit_widgets/static/arteries.js" in names
    notebooks = {f"archivit_widgets/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks
    assert notebooks <= set(names)


def test_the_wheel_carries_the_package_and_nothing_else(wheel):
    assert {name.split("/")[0].split("-")[0] for name in contents(wheel)} == {"archivit_widgets"}


def test_the_wheel_installs_the_command(wheel):
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("entry_points.txt"))
        (command,) = PathDistribution(zipfile.Path(wheel, name.rpartition("/")[0] + "/")).entry_points
    assert (command.group, command.name) == ("console_scripts", "archivit")
    assert command.load() is cli.main


def test_the_bundle_is_small(wheel):
    with zipfile.ZipFile(wheel) as packed:
        assert 1_000 < packed.getinfo("archivit_widgets/static/arteries.js").file_size < 150_000


def test_the_wheel_installs_the_extension_where_jupyterlab_looks(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    (shared,) = tmp_path.glob("*.data/data/share/jupyter/labextensions")
    extension = get_federated_extensions([str(shared)])["archivit_widgets"]
    assert extension["version"] == PROJECT["version"]
    script = Path(extension["ext_path"]) / extension["jupyterlab"]["_build"]["load"]
    assert 500 < script.stat().st_size < 5_000


def test_the_sdist_carries_sources_and_bundle(sdist, files):
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    built = {
        "archivit_widgets/static/arteries.js",
        *(f"labextension/static/{name}.js" for name in ("extension", "wake")),
    }
    assert built <= names
    for folder in ("js/src", "js", "shaders", "labextension", "notebooks"):
        wanted = {name for name in files if name.startswith(f"{folder}/")}
        assert wanted
        assert not wanted - names


def test_the_sdist_carries_all_that_the_bundle_is_made_of(sdist, tmp_path, monkeypatch):
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path, filter="data")
    here = hatch_build.digest()
    monkeypatch.setattr(hatch_build, "ROOT", next(tmp_path.iterdir()))
    assert hatch_build.digest() == here


@pytest.mark.parametrize(
    "name",
    [
        "shaders/*.wgsl",
        "shaders/*.glsl",
        "shaders/*.json",
        "js/src/*/*.ts",
        "js/src/ui/*.css",
        "js/build.mjs",
        "archivit_widgets/frames/look.json",
    ],
)
def test_a_source_that_changed_is_known_by_its_hash(source, monkeypatch, name):
    monkeypatch.setattr(hatch_build, "ROOT", source)
    changed = sorted(source.glob(name))[0]
    before, content = hatch_build.digest(), changed.read_bytes()
    try:
        changed.write_bytes(content + b" ")
        assert hatch_build.digest() != before
    finally:
        changed.write_bytes(content)
    assert hatch_build.digest() == before


def test_the_wheel_finds_its_notebooks_in_the_package(wheel, path, tmp_path):
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from archivit_widgets import lab; print(lab.notebooks())"
    )
    assert (
        Path(call(sys.executable, "-c", code, cwd=tmp_path, path=path).strip())
        == tmp_path / "archivit_widgets/notebooks"
    )


def test_the_wheel_from_the_sdist_is_the_same(wheel, wheel_of_sdist):
    assert contents(wheel) == contents(wheel_of_sdist)


def test_an_editable_install_works_from_the_repository(source, path, tmp_path):
    call(sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", "venv", cwd=tmp_path, path=path)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    call(*pip, "install", "--no-deps", "--editable", str(source), cwd=tmp_path, path=path)
    code = (
        "import archivit_widgets, archivit_widgets.lab as lab; print(archivit_widgets.__file__); print(lab.notebooks())"
    )
    where, notebooks = call(str(python), "-c", code, cwd=tmp_path, path=path).split()
    assert Path(where).is_relative_to(source)
    assert Path(notebooks) == source / "notebooks"
    assert (source / "archivit_widgets" / "static" / "arteries.js").exists()
    assert "archivit_widgets" in get_federated_extensions([str(tmp_path / "venv/share/jupyter/labextensions")])


@pytest.mark.parametrize("foreign", range(len(hatch_build.BUILT)))
def test_a_bundle_that_is_not_ours_is_built_again(monkeypatch, tmp_path, foreign):
    paths, runs = tuple(tmp_path / path.name for path in hatch_build.BUILT), []

    def build(script):
        runs.append([path.write_text("small") for path in paths])

    monkeypatch.setattr(hatch_build, "BUILT", paths)
    monkeypatch.setattr(hatch_build, "STAMP", tmp_path / "arteries.sha256")
    monkeypatch.setattr(hatch_build, "install_modules", lambda: None)
    monkeypatch.setattr(hatch_build, "run_node", build)
    hatch_build.build_bundle()
    hatch_build.build_bundle()
    assert len(runs) == 1
    paths[foreign].write_text("written by a watcher")
    hatch_build.build_bundle()
    assert len(runs) == 2
    paths[foreign].unlink()
    hatch_build.build_bundle()
    assert len(runs) == 3
    monkeypatch.setattr(hatch_build, "digest", lambda: "other sources")
    hatch_build.build_bundle()
    assert len(runs) == 4


def test_conda_installs_the_same_as_pip():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    conda, _, pip = text.partition("dependencies:\n")[2].partition("- pip:\n")
    assert re.findall(r"^ {2}- (\S.*)$", conda, re.M) == [f"python{PROJECT['requires-python']}", "pip"]
    assert re.findall(r"^ {6}- (\S.*)$", pip, re.M) == PROJECT["dependencies"]
