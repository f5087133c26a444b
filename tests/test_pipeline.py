"""Steps say what they require and produce; a wrong order never runs."""

import pytest

from archivit_widgets.errors import ArchivitError
from archivit_widgets.pipeline import Pipeline, Step


class One(Step):
    produces = ("one",)

    def forward(self):
        return 1


class Add(Step):
    requires = ("one",)
    produces = ("sum", "rest")

    def __init__(self, number):
        self.number = number

    def forward(self, one):
        return one + self.number, []


class Broken(Step):
    produces = ("a", "b")

    def forward(self):
        return 1


def test_values_go_from_step_to_step():
    assert Pipeline([One(), Add(2)])() == {"one": 1, "sum": 3, "rest": []}


def test_a_step_changes_nothing_that_it_was_given():
    values = {"one": 5}
    assert Add(2)(values)["sum"] == 7
    assert values == {"one": 5}


def test_a_pipeline_is_a_step():
    inner = Pipeline([Add(2)], given=["one"])
    assert inner.requires == ("one",)
    assert inner.produces == ("sum", "rest")
    assert Pipeline([One(), inner])()["sum"] == 3
    assert Pipeline([One()]).then(Add(4))()["sum"] == 5


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Add(2), One()], "step 1, Add, requires 'one': put One, which produces it, before"),
        ([Add(2)], "requires 'one': no step produces it; .* given="),
        ([One(), len], "a pipeline is made of steps; number 2 is"),
    ],
)
def test_a_wrong_order_is_refused_before_anything_runs(steps, message):
    with pytest.raises(ArchivitError, match=message):
        Pipeline(steps)


def test_what_is_not_passed_in_is_said():
    with pytest.raises(ArchivitError, match="requires 'one'; there is 'two'"):
        Pipeline([Add(2)], given=["one"])({"two": 2})


def test_a_step_that_returns_something_else_is_said():
    with pytest.raises(ArchivitError, match="Broken must return 'a', 'b'"):
        Pipeline([Broken()])()
