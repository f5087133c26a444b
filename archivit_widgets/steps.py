"""The stages of the road as steps of a pipeline, from a file to what a page draws.

==========  =======================  ====================
step        requires                 produces
==========  =======================  ====================
`Load`                               ``loaded``
`Clean`     ``loaded``               ``graph``
`Simulate`                           ``graph``
`Measure`   ``graph``                ``edges``
`Place`     ``graph``                ``positions``
`Pack`      ``graph``, ``edges``,    ``scene``,
            ``positions``            ``channels``
==========  =======================  ====================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .graph import flow
from .graph.transfers import TransferGraph
from .pipeline import Step

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from .frames.channels import Channels
    from .frames.scene import Scene
    from .sources.read import Loaded


@dataclass(frozen=True, repr=False)
class Load(Step):
    """Read a file or a table by role; the parameters are those of `read_transfers`."""

    path_or_frame: Any
    roles: Mapping[str, str | None] = field(default_factory=dict)
    currency: str | None = None
    day_first: bool | None = None

    produces = ("loaded",)

    def forward(self) -> Loaded:
        """Read."""
        from .sources.read import load  # DuckDB and PyArrow: a simulated market needs neither

        return load(self.path_or_frame, dict(self.roles), self.currency, self.day_first)


@dataclass(frozen=True, repr=False)
class Clean(Step):
    """Drop what is no transfer, say why, and put the rest in order."""

    requires = ("loaded",)
    produces = ("graph",)

    def forward(self, loaded: Loaded) -> TransferGraph:
        """Clean."""
        from .sources.read import cleaned

        return TransferGraph(cleaned(loaded))


@dataclass(frozen=True, repr=False)
class Simulate(Step):
    """Simulate a market instead; the parameters are those of `simulate_market`."""

    transfers: int = 20_000
    seed: int = 0
    wash: float = 0.02
    collections: int | None = None

    produces = ("graph",)

    def forward(self) -> TransferGraph:
        """Simulate."""
        from .sources.market import simulate

        return TransferGraph(simulate(self.transfers, self.seed, wash=self.wash, collections=self.collections))


@dataclass(frozen=True, repr=False)
class Measure(Step):
    """Measure every edge, see `flow.measure`."""

    half_life: str | float | pd.Timedelta = flow.HALF_LIFE

    requires = ("graph",)
    produces = ("edges",)

    def forward(self, graph: TransferGraph) -> pd.DataFrame:
        """Measure."""
        return flow.edges(graph, self.half_life)


@dataclass(frozen=True, repr=False)
class Place(Step):
    """Find a place for every account, see `layout.place`."""

    dims: int = 3
    seed: int = 0

    requires = ("graph",)
    produces = ("positions",)

    def forward(self, graph: TransferGraph) -> NDArray[Any]:
        """Place."""
        from .graph import layout

        return layout.place(graph, self.dims, self.seed)


def _defaults() -> Mapping[str, Any]:
    from .frames.channels import DEFAULTS

    return DEFAULTS


@dataclass(frozen=True, repr=False)
class Pack(Step):
    """Make what is sent to a page: the scene, and the channels of its first frame.

    `channels` says what each of radius, pulse, color and alert shows, `scales` how, both as in `Arteries`.
    """

    channels: Mapping[str, Any] = field(default_factory=_defaults)
    scales: Mapping[str, Any] = field(default_factory=dict)

    requires = ("graph", "edges", "positions")
    produces = ("scene", "channels")

    def forward(self, graph: TransferGraph, edges: pd.DataFrame, positions: NDArray[Any]) -> tuple[Scene, Channels]:
        """Pack."""
        from .frames.arrange import arrange
        from .frames.channels import encode
        from .graph.doubts import sure

        span = sure(graph).span(graph)
        return arrange(graph, positions), encode(edges, self.channels, self.scales, graph.currency, span)
