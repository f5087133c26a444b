"""`FlowModel` as a file: what `stored` is given, and what it must give back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ...arguments import found, number, of_kind, whole
from ...errors import ArchivitError
from .. import stored
from ..periods import Periods
from .network import MOST_HIDDEN, FlowNetwork
from .new_edges import NewNetwork
from .state import SHARES

if TYPE_CHECKING:
    from .model import FlowModel


def packed(model: FlowModel) -> tuple[dict[str, Any], stored.Arrays]:
    """Give what JSON can hold, and the arrays."""
    config = {
        "period": model.periods.length,
        "by": model.by,
        "unit": model.unit,
        "starts_at": model.starts_at,
        "hidden": model.network.hidden,
        "chosen": list(model.chosen),
    }
    both = {"known": model.network, "new": model.fresh}
    return config, {
        f"{name}.{key}": one.cpu().numpy() for name, net in both.items() for key, one in net.state_dict().items()
    }


def unpacked(config: Mapping[str, Any], arrays: stored.Arrays) -> dict[str, Any]:
    """Check what a file holds, and give the fields of a model.

    Raises
    ------
    ArchivitError
        Something is missing or cannot be.
    """
    name = config.get("starts_at")
    if name not in SHARES:
        raise ArchivitError(f"starts_at must be a simple forecast such as {SHARES[0]!r}, found {found(name)}")
    network = FlowNetwork(SHARES.index(name), whole("hidden", config.get("hidden"), 1, MOST_HIDDEN))
    fresh = NewNetwork()
    _fill(network, arrays, "known")
    _fill(fresh, arrays, "new")
    chosen = of_kind("chosen", config.get("chosen"), list, "a list of numbers")
    return {
        "periods": Periods(whole("period", config.get("period"), 1, 2**53)),
        "by": one_of(config.get("by")),
        "unit": number("unit", config.get("unit"), 1e-300),
        "network": network,
        "fresh": fresh,
        "chosen": tuple(number("chosen", one) for one in chosen),
    }


def one_of(by: Any) -> str:
    """Check what flows."""
    if by not in ("value", "count"):
        raise ArchivitError(f"by must be 'value' or 'count', found {found(by)}")
    return str(by)


def _fill(network: torch.nn.Module, arrays: stored.Arrays, name: str) -> None:
    """Put loaded numbers into a network."""
    state = {
        key: torch.from_numpy(stored.array(arrays, f"{name}.{key}", tuple(one.shape), np.float32))
        for key, one in network.state_dict().items()
    }
    if (state["spread"] <= 0).any():
        raise ArchivitError(f"{name}.spread must be above 0")
    network.load_state_dict(state)
