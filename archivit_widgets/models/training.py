"""What fitting by gradients shares: seeds that give equal results, and the device."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ..arguments import whole

MOST_SEED = 2**63 - 1


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """Draw every random number of torch from a seed, and leave the caller's generators as they were.

    Yields
    ------
    torch.Generator
        On the CPU, for shuffling and sampling.
    """
    seed = whole("seed", seed, 0, MOST_SEED)
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def best_device() -> torch.device:
    """CUDA where it is there, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
