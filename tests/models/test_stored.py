"""Models as files: what comes back is what went in, and any other file is one clear error."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from archivit_widgets import ArchivitError
from archivit_widgets.models import stored

ARRAYS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "rows": np.array([3, 1]),
    "one": np.array(2, np.float32),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.safetensors"
    stored.save(path, "LinkModel", {"k": 3, "names": ["a", "ü"]}, ARRAYS)
    return path


def test_what_comes_back_is_what_went_in(file):
    config, arrays = stored.load(file, "LinkModel")
    assert config == {"k": 3, "names": ["a", "ü"]}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert array.dtype == ARRAYS[name].dtype
        assert array.shape == ARRAYS[name].shape
        assert np.array_equal(array, ARRAYS[name])
        array[...] = 0  # it may be written


def test_another_model_s_file_is_named(file):
    with pytest.raises(ArchivitError, match=r"one\.safetensors: holds 'LinkModel'; expected 'FlowModel'"):
        stored.load(file, "FlowModel")


@pytest.mark.parametrize("cut", [0, 4, 30, 200])
def test_a_damaged_file_is_one_line(file, cut):
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(ArchivitError, match="is no whole safetensors file") as problem:
        stored.load(file, "LinkModel")
    assert "\n" not in str(problem.value)


def test_files_of_others_are_refused(tmp_path):
    foreign = tmp_path / "foreign.safetensors"
    save_file(ARRAYS, foreign)
    with pytest.raises(ArchivitError, match="is no model of archivit_widgets"):
        stored.load(foreign, "LinkModel")
    save_file(ARRAYS, foreign, {"archivit_widgets": json.dumps({"model": "LinkModel", "format": 9, "config": {}})})
    with pytest.raises(ArchivitError, match="is of format 9, this version reads 1; fit the model again"):
        stored.load(foreign, "LinkModel")
    for damaged in ("{", "[]", json.dumps({"model": "LinkModel", "format": 1})):
        save_file(ARRAYS, foreign, {"archivit_widgets": damaged})
        with pytest.raises(ArchivitError, match=r"foreign\.safetensors: "):
            stored.load(foreign, "LinkModel")
    with pytest.raises(ArchivitError, match="there is no such file"):
        stored.load(tmp_path / "none.safetensors", "LinkModel")
    with pytest.raises(ArchivitError, match="found None"):
        stored.load(None, "LinkModel")


def test_a_pickle_is_never_opened(tmp_path):
    import pickle

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    file = tmp_path / "trap.safetensors"
    file.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ArchivitError):
        stored.load(file, "LinkModel")
    assert not (tmp_path / "sprung").exists()


def test_a_name_must_say_what_the_file_is(tmp_path):
    with pytest.raises(ArchivitError, match=r"must end in \.safetensors"):
        stored.save(tmp_path / "one.pkl", "LinkModel", {}, ARRAYS)


def test_arrays_are_checked():
    arrays = {"weights": np.ones((2, 3), np.float32), "bad": np.array([np.nan])}
    assert stored.array(arrays, "weights", (None, 3), np.float32) is arrays["weights"]
    for name, shape, dtype in (
        ("weights", (2, 4), np.float32),
        ("weights", (2,), np.float32),
        ("weights", (2, 3), np.float64),
        ("absent", (2,), np.float32),
        ("bad", (1,), np.float64),
    ):
        with pytest.raises(ArchivitError, match=name):
            stored.array(arrays, name, shape, dtype)
