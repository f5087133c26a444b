"""Steps say what they require and produce; a wrong order never runs."""

import re
import sys

import numpy as np
import pandas as pd
import pytest

import archivit_widgets
from archivit_widgets import api, flow, layout
from archivit_widgets.errors import ArchivitError
from archivit_widgets.pipeline import Pipeline, Step
from archivit_widgets.steps import Clean, Load, Measure, Pack, Place, Simulate


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


@pytest.mark.parametrize(
    "wrong", [{"requires": "edges"}, {"produces": "score"}, {"requires": (1,)}, {"requires": None}]
)
def test_names_that_are_no_tuple_of_names_are_refused_at_construction(wrong):
    class Wrong(Step):
        requires, produces = wrong.get("requires", ("edges",)), wrong.get("produces", ("score",))

        def forward(self, edges):
            return edges

    role, value = next(iter(wrong.items()))
    expected = f"Wrong: {role} must be a tuple of names such as \\('edges',\\), found {re.escape(repr(value))}"
    with pytest.raises(ArchivitError, match=expected):
        Pipeline([Wrong()], given=("edges",))
    with pytest.raises(ArchivitError, match=expected):
        Wrong()({"edges": 1})


def test_a_step_that_returns_something_else_is_said():
    with pytest.raises(ArchivitError, match="Broken must return 'a', 'b'"):
        Pipeline([Broken()])()


SALES = pd.DataFrame(
    {
        "from": ["a", "b", "a"],
        "to": ["b", "c", "b"],
        "item": ["x", "x", "y"],
        "date": ["2020-01-01"] * 3,
        "price": [1, 2, 3],
    }
)


class Double(Step):
    """What a user would write."""

    requires = ("edges",)
    produces = ("double",)

    def forward(self, edges):
        return 2 * edges["volume"]


def test_the_default_road_goes_from_a_table_to_a_picture():
    made = api.default(SALES).then(Double())()
    graph = made["graph"]
    pd.testing.assert_frame_equal(graph.edges, api.read_transfers(SALES).edges)
    pd.testing.assert_frame_equal(made["edges"], graph.edges)
    np.testing.assert_array_equal(made["positions"], layout.place(graph))
    assert len(made["scene"].source) == len(made["channels"].bytes) == 2
    assert made["double"].tolist() == [8.0, 4.0]


def test_steps_are_values_and_may_run_again():
    load = Load(SALES)
    assert repr(Measure("1D")) == "Measure(half_life='1D')"
    assert Simulate(10) == Simulate(10)
    loaded = load()
    first, second = Clean()(loaded)["graph"], Clean()(loaded)["graph"]
    assert first.report == second.report
    pd.testing.assert_frame_equal(first.transfers, second.transfers)


def test_a_step_that_holds_a_table_is_named_in_short():
    with pytest.raises(ArchivitError) as caught:
        Pipeline([Clean(), Load(SALES)])
    assert "put Load(path_or_frame=a DataFrame, roles=a dict, currency=None, day_first=None)" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_road_may_end_early():
    road = api.default(SALES)
    assert set(road.until("edges")()) == {"loaded", "graph", "edges"}
    with pytest.raises(ArchivitError, match="no step produces 'score'; they produce 'loaded', 'graph'"):
        road.until("score")


def test_reading_goes_the_default_road(monkeypatch):
    asked = []
    default = api.default
    monkeypatch.setattr(api, "default", lambda *given, **roles: asked.append(roles) or default(*given, **roles))
    graph = api.read_transfers(SALES, value="price", currency="USD", day_first=True)
    assert graph.currency == "USD"
    assert [(roles["value"], roles["currency"], roles["day_first"]) for roles in asked] == [("price", "USD", True)]


def test_the_widget_and_the_road_show_the_same_by_default():
    graph = api.simulate_market(300)
    made = Pipeline([Measure(), Place(), Pack()], given=["graph"])({"graph": graph})
    w = archivit_widgets.Arteries(graph)
    np.testing.assert_array_equal(w._stream.wanted, made["channels"].bytes)
    np.testing.assert_array_equal(w._drawn.positions, made["scene"].positions)
    assert issubclass(Measure, archivit_widgets.Step)


def test_each_step_uses_its_parameters():
    made = Pipeline([Simulate(300, seed=2), Measure(86_400), Place(dims=2), Pack({"radius": 0.5})])()
    graph = made["graph"]
    pd.testing.assert_frame_equal(graph.transfers, api.simulate_market(300, 2).transfers)
    pd.testing.assert_frame_equal(made["edges"], flow.measure(graph, "1D"))
    assert made["positions"].shape == (len(graph.accounts), 2)
    assert made["channels"].legend[0]["scale"] == "constant"


def test_a_road_in_the_wrong_order_is_refused():
    with pytest.raises(ArchivitError, match=r"step 2, Place\(.*\), requires 'graph': put Clean"):
        Pipeline([Load("no.csv"), Place(), Clean()])


def test_the_types_import_no_stage():
    import subprocess

    code = (
        "import sys, archivit_widgets.pipeline;"
        "stages = ('sources', 'graph', 'models', 'frames', 'widgets', 'api', 'steps');"
        "assert not [s for s in stages if f'archivit_widgets.{s}' in sys.modules]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_step_that_produces_nothing_may_return_nothing():
    class Look(Step):
        def __init__(self, made):
            self.made = made

        def forward(self):
            return self.made

    assert Look(None)({"edges": 1}) == Look(())({"edges": 1}) == {"edges": 1}
    with pytest.raises(ArchivitError, match=r"^Look must return nothing, not 3$"):
        Look(3)()
