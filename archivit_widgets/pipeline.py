"""The road of the data as a list of steps. Types only: the steps themselves are in `archivit_widgets.steps`.

A step takes named values and gives named values, and changes nothing it was given. It says which names it requires
and which it produces, so that a pipeline in the wrong order is an error before anything runs::

    class Score(Step):
        requires = ("edges",)
        produces = ("score",)

        def forward(self, edges):
            return edges["volume"] / edges["transaction_count"]

    made = Pipeline([Load("sales.csv"), Clean(), Measure(), Score()])()
    made["score"]

In the manner of `BaseTransform` in PyTorch Geometric (a step is a value, and is called) and of hooks in TGM
(`requires`, `produces`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any

from .arguments import found, of_kind
from .errors import ArchivitError

Names = tuple[str, ...]


class Step(ABC):
    """One stage of the road.

    Attributes
    ----------
    requires
        Names of the values that `forward` takes, as keyword arguments.
    produces
        Names of the values that it returns: one value as it is, several as a tuple in this order.
    """

    requires: Names = ()
    produces: Names = ()

    @abstractmethod
    def forward(self, *args: Any, **values: Any) -> Any:
        """Make what the step produces out of what it requires, without changing either."""

    def __call__(self, values: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
        """Return the values together with what this step makes of them."""
        of_kind("values", values, Mapping, "a dict of what the step requires")
        _check_names(self)
        missing = [name for name in self.requires if name not in values]
        if missing:
            raise ArchivitError(f"{self!r} requires {_listed(missing)}; there is {_listed(values) or 'nothing'}")
        made = self.forward(**{name: values[name] for name in self.requires})
        several = (made,) if len(self.produces) == 1 else made
        if not self.produces and made is None:  # it is there for what it does
            several = ()
        if not isinstance(several, tuple) or len(several) != len(self.produces):
            wanted = f"{_listed(self.produces)}, as a tuple where there are several" if self.produces else "nothing"
            raise ArchivitError(f"{self!r} must return {wanted}, not {found(made)}")
        return {**values, **dict(zip(self.produces, several, strict=True))}

    def __repr__(self) -> str:
        """Name the step, and its parameters in short where it is a dataclass: a table would fill the page."""
        given: list[str] = [one.name for one in fields(self)] if is_dataclass(self) else []
        parameters = ", ".join(f"{name}={found(getattr(self, name))}" for name in given)
        return type(self).__name__ + (f"({parameters})" if given else "")


class Pipeline(Step):
    """Steps one after the other; itself a step.

    Parameters
    ----------
    steps
        In the order in which they run.
    given
        Names of the values that the caller will pass in.

    Attributes
    ----------
    requires, produces
        `given`, and every name that a step produces.

    Raises
    ------
    ArchivitError
        A step requires what is not given and no step before it produces, or is no `Step`.
    """

    def __init__(self, steps: Iterable[Step], given: Iterable[str] = ()) -> None:
        self.steps = tuple(of_kind("a pipeline", steps, Iterable, "made of steps"))
        if isinstance(given, str):
            raise ArchivitError(f"given must be a list of names, found {given!r}")
        self.requires = tuple(given)
        for number, step in enumerate(self.steps):
            if not isinstance(step, Step):
                raise ArchivitError(f"a pipeline is made of steps; number {number + 1} is {step!r}")
            _check_names(step)
            for name in step.requires:
                if name not in self.requires and name not in self.produces:
                    raise ArchivitError(f"step {number + 1}, {step!r}, requires {name!r}: {self._advice(name)}")
            self.produces = tuple(dict.fromkeys((*self.produces, *step.produces)))

    def _advice(self, name: str) -> str:
        """Say where a missing value could come from."""
        makers = [step for step in self.steps if isinstance(step, Step) and name in step.produces]
        if makers:
            return f"put {makers[0]!r}, which produces it, before"
        return f"no step produces it; add one that does, or pass it in and say given=({name!r},)"

    def forward(self, *args: Any, **values: Any) -> Any:
        """Run the steps; see `Step.forward`."""
        for step in self.steps:
            values = step(values)
        made = tuple(values[name] for name in self.produces)
        return made[0] if len(made) == 1 else made

    def until(self, name: str) -> Pipeline:
        """Stop after the first step that produces a value.

        Raises
        ------
        ArchivitError
            No step produces it.
        """
        for number, step in enumerate(self.steps, 1):
            if name in step.produces:
                return Pipeline(self.steps[:number], self.requires)
        raise ArchivitError(f"no step produces {name!r}; they produce {_listed(self.produces) or 'nothing'}")

    def then(self, *steps: Step) -> Pipeline:
        """Go on with further steps."""
        return Pipeline([*self.steps, *steps], self.requires)

    def __repr__(self) -> str:
        """Name the steps."""
        return f"Pipeline([{', '.join(map(repr, self.steps))}])"


def _check_names(step: Step) -> None:
    """Refuse names that are no tuple of texts: one text alone would be taken for a name for each of its letters."""
    for role in ("requires", "produces"):
        names: object = getattr(step, role)
        if not isinstance(names, (tuple, list)) or not all(isinstance(name, str) for name in names):
            raise ArchivitError(f"{step!r}: {role} must be a tuple of names such as ('edges',), found {names!r}")


def _listed(names: Iterable[str]) -> str:
    """Put names into a sentence."""
    return ", ".join(map(repr, names))
