"""How models are judged: protocols, metrics and the tables that stand beside every model.

Common to all. Splits are by time (`splits`): what is fitted sees only what was there at the time. Settings are chosen
on the validation part; the last part is used once for each setting. Ties gain nothing by their order; `metrics` says
what a scorer gets that says the same of all. Protocols of the tasks stand in the modules of their tables.

    table = evaluate.run("links", graph)      # links, flow, taste, wash or collectors: an `Evaluation`
    print(table); table.to_dict()
    evaluate.plant(graph, "cycle")            # rings put into a record, which then knows the truth
    evaluate.control(graph, "escrow")         # honest business that looks like rings
"""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from ...errors import ArchivitError
from .controls import control
from .planting import plant
from .table import Evaluation

if TYPE_CHECKING:
    from ...graph.transfers import TransferGraph

__all__ = ["TASKS", "Evaluation", "control", "plant", "run"]

TASKS = ("links", "flow", "taste", "wash", "collectors")


def run(task: str, graph: TransferGraph, **settings: Any) -> Evaluation:
    """Fit a task's model and its rivals on the early part of a record, and judge them on the late part.

    Parameters
    ----------
    task
        ``links``, ``flow``, ``taste``, ``wash`` or ``collectors``.
    graph
        The record.
    settings
        Those of the task's own ``table``: such as ``seeds=3`` of links, flow and wash, ``period="30D"`` of flow and
        collectors, ``items`` or ``embeddings`` of taste.

    Raises
    ------
    ArchivitError
        There is no such task, it has no such setting, or the record has too little for it.
    """
    if task not in TASKS:
        raise ArchivitError(f"there is no task {task!r}; the tasks are {', '.join(TASKS)}")
    table = import_module(f".{task}", __name__).table
    options = [name for name in signature(table).parameters if name != "graph"]
    for name in settings:
        if name not in options:
            raise ArchivitError(f"{task} has no setting {name!r}; its settings are {', '.join(options)}")
    judged: Evaluation = table(graph, **settings)
    return judged
