"""Which arteries and accounts stand out in a still picture; the twin of js/src/ui/emphasis.ts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..graph.words import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..graph.transfers import TransferGraph
    from .scene import Scene

    U8 = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

#: How a thing is shown beside the others, as in js/src/scene.ts; 0 is as ever.
FADED, NEAR, SELECTED, CHOSEN = 1, 2, 3, 4
#: Of more selected arteries their widths say more than that each can be told.
FEW = 40
#: Of more selected accounts none is named for it.
NAMED = 12


@dataclass(frozen=True)
class Emphasis:
    """How each thing is shown beside the others.

    Attributes
    ----------
    edges, accounts
        (m,) and (n_accounts,) uint8: 0, FADED, NEAR, SELECTED or CHOSEN.
    meant
        Rows of the selected accounts, or of the ends of the selected arteries.
    """

    edges: U8
    accounts: U8
    meant: NDArray[np.intp]


def nothing(scene: Scene) -> Emphasis:
    """Give what stands out where nothing does."""
    edges, accounts = (np.zeros(len(part), np.uint8) for part in (scene.source, scene.positions))
    return Emphasis(edges, accounts, np.empty(0, np.intp))


def emphasise(
    scene: Scene, edges: NDArray[Any], accounts: NDArray[Any], open_: NDArray[np.bool_] | None = None
) -> Emphasis | None:
    """Say what stands out.

    Parameters
    ----------
    scene
        What is drawn.
    edges, accounts
        Selected rows. They and their neighbours stand out, and the rest fades.
    open_
        (m,) whether each artery has a transfer in the window, None where there is none. Others fade but for selected.

    Returns
    -------
    None where nothing is selected and no window is set.
    """
    chosen = len(edges) + len(accounts) > 0
    if not chosen and open_ is None:
        return None
    source, target = scene.source, scene.target
    selected = np.zeros(len(source), bool)
    selected[edges] = True
    meant = np.unique(accounts if len(accounts) else np.concatenate([source[edges], target[edges]])).astype(np.intp)
    centre = np.zeros(len(scene.positions), bool)
    centre[meant] = True
    near = centre[source] | centre[target]
    mark = np.where(near, NEAR, FADED) if chosen else np.zeros(len(source), int)
    if open_ is not None:
        mark = np.where(open_, mark, FADED)
    mark = np.where(selected, SELECTED if len(edges) > FEW else CHOSEN, mark).astype(np.uint8)
    return Emphasis(mark, _of_accounts(scene, mark, accounts, open_, chosen), meant)


def _of_accounts(scene: Scene, mark: NDArray[np.uint8], accounts: NDArray[Any], open_: Mask | None, chosen: bool) -> U8:
    """(n_accounts,) how accounts are shown, beside arteries that are shown so."""
    out = np.full(len(scene.positions), FADED if chosen else 0, np.uint8)
    if chosen:
        shown = mark != FADED
        out[scene.source[shown]] = out[scene.target[shown]] = NEAR
    if open_ is not None:
        active = np.zeros(len(out), bool)
        active[scene.source[open_]] = active[scene.target[open_]] = True
        out[~active & (out != NEAR)] = FADED
    out[accounts] = SELECTED
    return out


def within(graph: TransferGraph, window: tuple[int, int], ghosts: int, now: float) -> Mask:
    """(m,) whether each artery has a transfer in a window; ghosts come after all that is recorded, until `now`."""
    start, end = window
    first, last = np.searchsorted(graph.record.time, [start, end]).tolist()
    rows = graph.edge_of[first:last]
    open_ = np.zeros(len(graph.edges) + ghosts, bool)
    open_[rows[rows >= 0]] = True
    open_[len(graph.edges) :] = end >= now
    return open_


def named(scene: Scene, graph: TransferGraph, emphasis: Emphasis | None) -> Scene:
    """Give the scene in which those who are meant are named too, if they are few."""
    meant = [] if emphasis is None or len(emphasis.meant) > NAMED else emphasis.meant.tolist()
    known, names = {row for row, _ in scene.labels}, graph.accounts["account"]
    more = tuple((row, short(str(names.iloc[row]))) for row in meant if row not in known)
    return replace(scene, labels=more + scene.labels)
