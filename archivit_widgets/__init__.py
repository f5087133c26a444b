"""Ownership flows as living arteries inside a notebook cell."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import read_transfers as read_transfers
    from .api import simulate_market as simulate_market
    from .errors import ArchivitError as ArchivitError
    from .graph import flow as flow
    from .graph import layout as layout
    from .graph.transfers import TransferGraph as TransferGraph
    from .pipeline import Pipeline as Pipeline
    from .pipeline import Step as Step
    from .widgets.arteries import Arteries as Arteries

__version__ = "0.1.0"

# Where each public name lives. It is imported when first used, so that `import archivit_widgets` takes no time.
_HOMES = {
    "ArchivitError": "errors",
    "Arteries": "widgets.arteries",
    "Pipeline": "pipeline",
    "Step": "pipeline",
    "TransferGraph": "graph.transfers",
    "flow": "graph",
    "layout": "graph",
    "read_transfers": "api",
    "simulate_market": "api",
}
__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f".{_HOMES[name]}", __name__)
    found = getattr(home, name, None)
    value = import_module(f"{home.__name__}.{name}") if found is None else found
    if _HOMES[name] == "api" and "ipykernel" in sys.modules:
        # In a notebook, who reads will draw: the widget's own imports should not delay its first picture.
        import_module(".widgets.arteries", __name__)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
