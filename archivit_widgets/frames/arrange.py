"""From a graph and positions to a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArchivitError
from ..graph.words import short
from .camera import FARTHEST
from .scene import Scene, bends, radii

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from ..graph.transfers import TransferGraph

    Pairs = tuple[NDArray[Any], NDArray[Any]]

LABELS = 24


def arrange(graph: TransferGraph, positions: ArrayLike, ghosts: Pairs | None = None) -> Scene:
    """Make the scene of a graph.

    Parameters
    ----------
    graph
        What is drawn.
    positions
        (n_accounts, 2) or (n_accounts, 3), any unit: they are centred, and scaled so that 98 % lie within radius 1.
    ghosts
        (k,) rows of sources and of targets: arteries that stand in no record. The others lie as they would without.

    Raises
    ------
    ArchivitError
        If positions are not finite numbers, or not one row for each account.
    """
    n = len(graph.accounts)
    placed = centred(positions, n)
    source = graph.edges["source"].cat.codes.to_numpy()
    target = graph.edges["target"].cat.codes.to_numpy()
    row = np.uint16 if n <= 65_536 else np.uint32
    turnover = account_turnover(graph)
    share = turnover / max(float(turnover.max(initial=0)), 1e-300)
    sizes = np.rint(255 * min(1.0, _room_for_spheres(placed, source, target)) * share).astype(np.uint8)
    there = graph.record.present
    for end in ghosts or ():
        there[end] = True
    sizes = np.where(there, np.maximum(sizes, 1), 0).astype(np.uint8)
    weight, radius = graph.edges["flow"].to_numpy(np.float32), radii(sizes, len(source))
    bend = bends(placed, source, target, weight, radius)
    known = len(source)
    if ghosts is not None and len(ghosts[0]):
        source, target = (np.concatenate(ends) for ends in zip((source, target), ghosts, strict=True))
        among = bends(placed, source, target, np.pad(weight, (0, len(source) - known)), radius)
        bend = np.concatenate([bend, among[known:]])
    return Scene(
        positions=placed,
        sizes=sizes,
        source=source.astype(row),
        target=target.astype(row),
        bend=bend,
        labels=_labels(graph, turnover),
        ghosts=len(source) - known,
    )


def _room_for_spheres(placed: NDArray[np.float32], source: NDArray[Any], target: NDArray[Any]) -> float:
    """The visual fraction of a size at which two such spheres leave half of a usual artery free, at least 0."""
    length = np.linalg.norm(placed[source] - placed[target], axis=1)[source != target]
    if not len(length):
        return 1.0
    low, high = (float(r) for r in radii(np.array([1, 255], np.uint8), len(source)))
    return max(0.0, float(np.log(max(np.median(length) / 4, 1e-9) / low) / np.log(high / low)))


def account_turnover(graph: TransferGraph) -> NDArray[np.float64]:
    """(n_accounts,) root of the volume that passed through each account, of its transfers where nothing is priced."""
    n = len(graph.accounts)
    edges = graph.edges
    weight = edges["volume"].to_numpy()
    if not np.any(weight > 0):
        weight = edges["transaction_count"].to_numpy().astype(float)
    total = np.zeros(n)
    for side in ("source", "target"):
        total += np.bincount(edges[side].cat.codes.to_numpy(), weight, n)
    return np.sqrt(np.maximum(total, 0))


def _labels(graph: TransferGraph, turnover: NDArray[np.float64]) -> tuple[tuple[int, str], ...]:
    """Names of those through whom most went, then of those who took part most often, whatever was paid."""
    names = graph.accounts["account"]
    ends = [graph.edges[side].cat.codes.to_numpy() for side in ("source", "target")]
    part = np.bincount(np.concatenate(ends), minlength=len(names))
    best = np.lexsort((-part, -turnover))[:LABELS]
    return tuple((int(row), short(str(names.iloc[row]))) for row in best if part[row] > 0)


def centred(positions: ArrayLike, n: int) -> NDArray[np.float32]:
    """Bring (n, 2) or (n, 3) positions to (n, 3), their median at the origin and 98 % within radius 1.

    Raises
    ------
    ArchivitError
        If they are not finite numbers, or not ``n`` rows.
    """
    try:
        if np.iscomplexobj(positions):
            raise TypeError
        given = np.asarray(positions, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ArchivitError(f"positions must be numbers, {n:,} x 2 or {n:,} x 3: one row for each account") from None
    if given.ndim != 2 or given.shape[1] not in (2, 3) or len(given) != n:
        shape = " x ".join(f"{k:,}" for k in given.shape)
        raise ArchivitError(f"positions are {shape}, but must be {n:,} x 2 or {n:,} x 3: one row for each account")
    if not np.all(np.isfinite(given)):
        bad = int(np.flatnonzero(~np.isfinite(given).all(axis=1))[0])
        raise ArchivitError(f"positions of account {bad} are not finite numbers: {given[bad].tolist()}")
    out: NDArray[Any] = np.zeros((n, 3))
    if n:
        given = np.ldexp(given, -np.frexp(np.abs(given).max())[1])  # by a power of two, so that no square overflows
        out[:, : given.shape[1]] = given - np.median(given, axis=0)
        far = np.quantile(np.linalg.norm(out, axis=1), 0.98)
        out /= far if far > 0 else max(1e-300, float(np.abs(out).max()))
    placed: NDArray[np.float32] = np.clip(out, -FARTHEST, FARTHEST).astype(np.float32)
    return placed
