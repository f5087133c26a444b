"""Models beside their simplest rivals: flow, next owner, wash trading, likeness, taste.

One file or folder for each model, `baselines` for what it must beat, `evaluate` for the protocols. Each model is fitted
by a classmethod ``fit``, and its ``save`` and ``load`` are those of `stored`: no code is ever read from a file.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..arguments import found
from ..errors import ArchivitError

# Where each model lives. It is imported when first used: some import torch.
_HOMES = {
    "Clip": "clip",
    "CollectorModel": "collectors",
    "FlowModel": "flow",
    "LinkModel": "links",
    "Similarity": "similar",
    "TasteModel": "taste",
    "TextModel": "text",
    "WashDetector": "wash",
}
# Task -> what measured best for its CPU seconds; the table is that of `evaluate`.
_DEFAULTS = {
    "collectors": "CollectorModel",
    "flow": "FlowModel",
    "links": "LinkModel",
    "taste": "TasteModel",
    "wash": "WashDetector",
}


def default_for(task: str) -> Any:
    """Give the model to use for a task: the one that measured best for each second of CPU.

    Raises
    ------
    ArchivitError
        There is no such task.
    """
    if not isinstance(task, str) or task not in _DEFAULTS:
        raise ArchivitError(f"there is no model for {found(task)}; there is one for {', '.join(_DEFAULTS)}")
    return __getattr__(_DEFAULTS[task])


def __getattr__(name: str) -> Any:
    """Import a model at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    """List the models."""
    return sorted([*_HOMES, "default_for"])
