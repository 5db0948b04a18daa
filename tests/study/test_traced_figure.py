"""A figure is traced to its runs and to what is behind it in them."""

import pytest

from sim.build.model import load_model
from sim.errors import UsageError
from sim.explain.graph.model_graph import Node
from sim.study.api import compare, run
from sim.study.plan import Plan
from sim.study.traced_figure import figure_node, has_figure, traced_figure
from tests.explain.quarrel import MODEL, SCENARIO, write

CALMER = "scenario: calmer\nextends: status-quo.yaml\ndisable: [north_shoots]\n"
SHOT = MODEL.replace("outcomes:\n", "outcomes:\n  shot: {on: [shots_fired], title: 'A shot is fired: again'}\n")


@pytest.fixture
def quo(tmp_path):
    return write(tmp_path, model=SHOT, calmer=CALMER)


@pytest.fixture
def plan(tmp_path):
    return Plan(ledger=tmp_path / "ledger", workers=1, runs=60)


def test_the_runs_behind_a_share_are_those_that_it_counts(quo, plan):
    made = run(quo, runs=60, ledger=plan.ledger, workers=1)
    found = traced_figure(quo, "shot", plan)

    assert found.asked == Node("outcome", "shot")
    assert found.last.runs == tuple(made.runs.numbers[made.runs.reached("shot")].tolist())
    assert found.last.grounds.runs == made.outcomes["shot"].hits == len(found.last.runs) > 0
    assert found.last.grounds.led[Node("rule", "north_shoots")] == found.last.grounds.runs


def test_documented_events_behind_it_are_named(quo, plan):
    led = traced_figure(quo, "peace", plan).last.grounds.led

    assert led[Node("documented", "more-shots")] > 0


def test_the_runs_behind_a_mean_are_those_that_have_the_measure(quo, plan):
    found = traced_figure(quo, "all_shots", plan)

    assert found.counted is None
    assert found.last.runs == tuple(range(60))


def test_a_difference_has_both_sides_the_one_it_is_a_difference_from_first(quo, plan, tmp_path):
    compared = compare(quo, tmp_path / "calmer.yaml", runs=60, ledger=plan.ledger, workers=1)
    found = traced_figure(tmp_path / "calmer.yaml", "shot", plan, against=quo)
    one, other = found.sides

    assert other.results.scenario.name == "calmer"
    assert found.versus.change(found.counted).lost == compared.versus[0].changes["shot"].lost == len(one.runs)
    assert other.runs == ()
    assert other.grounds.runs == 0


def test_a_baseline_at_another_moment_is_traced_at_the_scenarios_own(quo, plan, tmp_path):
    later = SCENARIO.replace("scenario: status-quo", "scenario: later").replace("2030-01-10", "2030-01-12")
    (tmp_path / "later.yaml").write_text(later + "disable: [north_shoots]\n")
    one, other = traced_figure(tmp_path / "later.yaml", "shot", plan, against=quo).sides

    assert one.results.scenario.start == other.results.scenario.start == 11.0
    assert one.grounds.runs == len(one.runs) > 0


def test_scenarios_that_are_no_pairs_are_compared_as_what_they_are(quo, plan, tmp_path):
    (tmp_path / "another.yaml").write_text("scenario: another\nextends: status-quo.yaml\nomit: [more-shots]\n")
    found = traced_figure(tmp_path / "another.yaml", "peace", plan, against=quo)

    assert not found.versus.paired
    assert found.versus.reason


@pytest.mark.parametrize("text", ["shot", "A shot is fired: again", "A shot is fired", "a  shot is FIRED"])
def test_a_figure_is_named_as_in_the_model_or_as_in_tables(quo, text):
    assert figure_node(load_model(quo.parent / "model.yaml"), text, "it") == Node("outcome", "shot")


def test_a_title_that_two_figures_have_is_refused_with_both(tmp_path):
    twice = SHOT.replace("{count: shots_fired}", "{count: shots_fired, title: Peace is talked of}")
    write(tmp_path, model=twice)
    model = load_model(tmp_path / "model.yaml")

    with pytest.raises(UsageError, match="outcome peace and measure all_shots"):
        figure_node(model, "Peace is talked of", "it")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pace", "did you mean 'peace'?"),
        ("anger", "'anger' is a parameter"),
        ("zzzz", "allowed here: all_shots, peace, shot"),
    ],
)
def test_a_figure_that_is_none_is_refused(quo, plan, text, said):
    with pytest.raises(UsageError, match=r".") as error:
        traced_figure(quo, text, plan)

    assert error.value.code == "E056"
    assert said in str(error.value)


def test_only_an_ensemble_has_runs_of_its_own(quo, plan):
    ensemble = run(quo, runs=5, ledger=plan.ledger, workers=1).source.ensemble

    assert has_figure(ensemble[:10], "peace", plan)
    assert not has_figure(ensemble[:10], "anger", plan)
    assert not has_figure(str(quo), "peace", plan)
