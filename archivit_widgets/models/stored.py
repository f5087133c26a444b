"""Fitted models as files: one safetensors file each, arrays with a line of JSON beside them. Never pickle.

    metadata["archivit_widgets"] = {"model": "LinkModel", "format": 1, "config": {...}}
    tensors                      = what was fitted

A file from a stranger can hold wrong numbers, never code: a model checks shapes and ranges of what it loads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as packed

from ..arguments import found, of_kind, short
from ..errors import ArchivitError
from ..output import output_path, written

Arrays = dict[str, NDArray[Any]]
SUFFIX = ".safetensors"
FORMAT = 1
_KEY = "archivit_widgets"


def save(
    path: str | os.PathLike[str], model: str, config: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write a model whole or not at all.

    Parameters
    ----------
    path
        Ends in ``.safetensors``.
    model
        Which model it is; `load` asks for the same.
    config
        What JSON can hold: parameters and names.
    arrays
        What was fitted.

    Raises
    ------
    ArchivitError
        The name is wrong, or the file cannot be written.
    """
    target = output_path(path, (SUFFIX,))
    about = json.dumps({"model": model, "format": FORMAT, "config": dict(config)}, allow_nan=False)
    tensors = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    with written(target) as file:
        file.write(packed(tensors, {_KEY: about}))


def load(path: str | os.PathLike[str], model: str) -> tuple[dict[str, Any], Arrays]:
    """Read a model's config and arrays, which nobody else holds.

    Raises
    ------
    ArchivitError
        There is no such file, it is damaged, or holds something else than this model.
    """
    name = Path(of_kind("the path of a model", path, (str, os.PathLike), "the name of a file"))
    try:
        with safe_open(str(name), framework="numpy") as file:
            about = _about(name, file.metadata(), model)
            return about, {key: np.array(file.get_tensor(key)) for key in file.keys()}  # noqa: SIM118 - no dict
    except ArchivitError:
        raise
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as problem:
        raise ArchivitError(f"{name}: {_trouble(name, problem)}") from None


def array(arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int | None, ...], dtype: Any) -> NDArray[Any]:
    """Take one loaded array whose shape (None: any) and type are as they must be, and whose numbers are finite.

    Raises
    ------
    ArchivitError
        It is missing or another one.
    """
    one = arrays.get(name)
    fits = one is not None and one.ndim == len(shape) and one.dtype == np.dtype(dtype)
    if one is None or not fits or any(want not in (None, have) for want, have in zip(shape, one.shape, strict=True)):
        have = "none" if one is None else f"{one.dtype} {one.shape}"
        raise ArchivitError(f"the file of the model holds no {name} of {np.dtype(dtype)} {shape}: found {have}")
    if np.issubdtype(one.dtype, np.floating) and not np.isfinite(one).all():
        raise ArchivitError(f"the file of the model holds numbers in {name} that are not finite")
    return one


def _about(path: Path, metadata: Mapping[str, str] | None, model: str) -> dict[str, Any]:
    if not metadata or _KEY not in metadata:
        raise ArchivitError(f"{path}: is no model of archivit_widgets; load another library's file with that library")
    about = json.loads(metadata[_KEY])
    if not isinstance(about, dict) or not isinstance(about.get("config"), dict):
        raise ArchivitError(f"{path}: what it says of itself is damaged: {short(metadata[_KEY])}")
    if about.get("model") != model:
        raise ArchivitError(f"{path}: holds {found(about.get('model'))}; expected {model!r}")
    if about.get("format") != FORMAT:
        raise ArchivitError(
            f"{path}: is of format {found(about.get('format'))}, this version reads {FORMAT}; fit the model again"
        )
    config: dict[str, Any] = about["config"]
    return config


def _trouble(path: Path, problem: Exception) -> str:
    if not path.exists():
        return "there is no such file"
    if isinstance(problem, OSError) and problem.errno:
        return f"cannot be read: {os.strerror(problem.errno)}"
    return f"is no whole safetensors file: {short(problem, 100)}"
