"""Parameters whose priors read others: how they are drawn, what scenarios make of them, and what cannot be drawn."""

import math

import pytest
from scipy import stats

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.model.branching import branch_from_run
from sim.model.canonical import specification
from sim.model.priors.joint_prior import JointPrior, affected, ancestors, rings
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.scenario import Scenario
from tests.engines.kernel.alike import check_alike

MODEL = """
model: firm
title: Firm in will and in speed
time: {unit: day, origin: 2030-01-01}
horizon: 60 days
factions: {north: {title: The north}}
state: {moves: {type: int, range: [0, 100000], initial: 0}}
parameters:
  speed: {prior: {lognormal: [0.05 per day * (0.5 + firmness), 0.3]}, unit: 1/day, basis: {judgement: firm is quick}}
  delay: {prior: {uniform: [1, 2 days + firmness / speed]}, unit: day, basis: {judgement: the quick wait less}}
  firmness: {prior: {beta: [2, 3]}, basis: {judgement: a share}}
  other: {prior: {uniform: [0, 1]}, basis: {judgement: a share}}
events: {moved: {by: north, effects: {moves: moves + 1}}}
rules:
  moves: {faction: north, clock: {rate: speed}, emits: moved}
  waits: {faction: north, clock: {gamma: {shape: 2, mean: delay}}, emits: moved}
measures: {moves: {value: moves}}
"""
BRANCH = "branch: {at: 2030-01-11}\nhorizon: 30 days\n"
RUNS = 400


def scenario_of(text: str = MODEL) -> Scenario:
    return Scenario.of(loads_model(text))


def drawn(scenario: Scenario, run: int, seed: int = 1) -> dict[str, float]:
    streams = RandomStreams(compile_model(scenario.model), seed)
    return dict(zip(scenario.model.parameters, streams.parameters(scenario, run, central=False), strict=True))


def with_scenario(folder, text: str) -> Scenario:
    folder.mkdir(exist_ok=True)
    for name, content in (("model.yaml", MODEL), ("s.yaml", "scenario: s\nmodel: model.yaml\n" + text)):
        (folder / name).write_text(content, encoding="utf-8")
    return load_scenario(folder / "s.yaml", "s.yaml").scenario


def test_a_prior_that_reads_others_has_the_distribution_that_its_arguments_have_there():
    scenario = scenario_of()
    chances, later = [], []
    for run in range(RUNS):
        values = drawn(scenario, run)
        law = stats.lognorm(0.3, scale=0.05 * (0.5 + values["firmness"]))
        chances.append(law.cdf(values["speed"]))
        end = 2 + values["firmness"] / values["speed"]
        later.append((values["delay"] - 1) / (end - 1))

    for found in (chances, later):
        assert stats.kstest(found, "uniform").pvalue > 1e-6
    assert abs(stats.spearmanr(chances, later).statistic) < 5 / math.sqrt(RUNS)


def test_a_prior_that_reads_others_moves_no_other_draw():
    changed = MODEL.replace("[0.05 per day * (0.5 + firmness), 0.3]", "[0.05, 0.3]")
    one, other = drawn(scenario_of(), 7), drawn(scenario_of(changed), 7)

    assert one["firmness"] == other["firmness"]
    assert one["other"] == other["other"]
    assert one["speed"] != other["speed"]


def test_a_parameter_is_asked_for_the_quantile_that_its_own_stream_has_whatever_it_reads():
    free = drawn(scenario_of(MODEL.replace("lognormal: [0.05 per day * (0.5 + firmness), 0.3]", "uniform: [0, 1]")), 3)
    values = drawn(scenario_of(), 3)

    chance = stats.lognorm(0.3, scale=0.05 * (0.5 + values["firmness"])).cdf(values["speed"])
    assert chance == pytest.approx(free["speed"], rel=1e-9)


def test_the_central_value_is_the_one_at_the_central_values_of_the_others():
    known = scenario_of().model.parameters

    assert known["firmness"].value == 0.4
    assert known["speed"].value == pytest.approx(0.05 * 0.9)
    assert known["delay"].value == pytest.approx(1 + 0.5 * (1 + 0.4 / 0.045))


def test_central_runs_of_both_engines_have_the_central_values():
    scenario = scenario_of()
    logs = check_alike(compile_model(scenario.model), scenario, 1, range(2), central=True)

    assert logs[0][0].marks == tuple(parameter.value for parameter in scenario.model.parameters.values())


def test_what_a_scenario_says_of_a_parameter_reaches_those_that_read_it_with_the_same_luck(tmp_path):
    scenario = with_scenario(tmp_path, "parameters: {firmness: 0.9}")
    one, other = drawn(scenario_of(), 5), drawn(scenario, 5)

    assert other["firmness"] == 0.9
    ratio = (0.5 + 0.9) / (0.5 + one["firmness"])
    assert other["speed"] / one["speed"] == pytest.approx(ratio)
    assert other["other"] == one["other"]
    assert scenario.model.parameters["speed"].value == pytest.approx(0.05 * 1.4)


def test_before_the_branch_the_priors_read_what_held_then(tmp_path):
    scenario = with_scenario(tmp_path, BRANCH + "parameters: {firmness: 0.9}")
    assert [*scenario.replaced] == ["delay", "firmness", "speed"]

    logs = check_alike(compile_model(scenario.model), scenario, 1, range(20))
    for run, log in enumerate(logs):
        own, assumed = drawn(scenario_of(), run), drawn(scenario, run)
        assert log[0].marks == (*assumed.values(), own["delay"], own["firmness"], own["speed"])


@pytest.mark.parametrize(
    "given",
    [
        "speed: 0.2",
        "speed: {prior: {uniform: [0.1, 0.2]}}",
        "speed: {prior: {lognormal: [0.1 per day * other, 0.2]}}",
        "firmness: {prior: {uniform: [0, other]}}",
        "{firmness: {prior: {uniform: [0, other]}}, speed: {prior: {gamma: [3, 0.1 per day * other]}}}",
    ],
)
def test_a_scenario_may_give_and_take_such_a_prior_before_and_after_its_branch(tmp_path, given):
    given = given if given.startswith("{") else f"{{{given}}}"
    for start in ("horizon: 30 days\n", BRANCH):
        scenario = with_scenario(tmp_path, f"{start}parameters: {given}\n")
        check_alike(compile_model(scenario.model), scenario, 1, range(10))


@pytest.mark.parametrize("streams", ["keep", "fresh"])
def test_a_branch_from_a_run_asks_again_what_reads_something_that_it_has_otherwise(tmp_path, streams):
    before = scenario_of()
    log = ReferenceEngine(compile_model(before.model), before, 1).run(5)
    scenario = with_scenario(tmp_path, "parameters: {firmness: 0.9}")
    branched = branch_from_run(scenario, before, log, ensemble="e" * 64, run=5, event=4, seed=1, streams=streams)
    found = dict(zip(scenario.model.parameters, branched.parameters, strict=True))

    assert found == drawn(scenario, 5)
    check_alike(compile_model(branched.model), branched, 1, range(1) if streams == "keep" else range(3))


def test_a_branch_with_nothing_otherwise_keeps_every_value():
    before = scenario_of()
    log = ReferenceEngine(compile_model(before.model), before, 1).run(5)
    branched = branch_from_run(before, before, log, ensemble="e" * 64, run=5, event=4, seed=1, streams="keep")

    assert branched.parameters == log[0].marks
    assert branched.asked == {}


UNDRAWN = (
    MODEL.replace("[0.05 per day * (0.5 + firmness), 0.3]", "[0.05 per day * (firmness - 0.3), 0.3]"),
    MODEL.replace(
        "uniform: [1, 2 days + firmness / speed]}", "uniform: [1, 2 days + firmness / speed]}, range: [1, 9]"
    ),
    MODEL.replace("firmness / speed]", "1 day / floor(3 * firmness)]"),
)


@pytest.mark.parametrize("text", UNDRAWN)
def test_a_run_that_cannot_draw_a_parameter_fails_at_its_start_in_both_engines_and_says_with_which_values(text):
    scenario = scenario_of(text)
    logs = check_alike(compile_model(scenario.model), scenario, 1, range(60))
    failed = [(run, log) for run, log in enumerate(logs) if log[-1].kind == "failed"]
    assert 0 < len(failed) < len(logs)
    for run, log in failed:
        values = drawn(scenario, run)
        assert [event.kind for event in log] == ["started", "failed"]
        assert log[1].type == "E620"
        assert f"firmness = {values['firmness']:g}" in log[1].note


def test_a_run_that_fails_is_made_as_the_others_are_whatever_is_made_with_it():
    scenario = scenario_of(UNDRAWN[0])
    kernel = KernelEngine(compile_model(scenario.model), scenario, 1)
    whole = kernel.make(range(60)).logs()

    assert [kernel.run(run) for run in range(60)] == [*whole]


def test_only_models_with_such_priors_have_anything_more_in_their_digests():
    plain = MODEL.replace("[0.05 per day * (0.5 + firmness), 0.3]", "[0.05, 0.3]").replace("+ firmness / speed", "")
    ids = [specification(scenario_of(text), 1, central=False)["model"] for text in (MODEL, plain)]

    assert len({*ids}) == 2
    assert not JointPrior(scenario_of(plain).model.parameters).dependent


def test_what_reads_what_is_followed_in_both_directions():
    known = scenario_of().model.parameters

    assert affected(known, ["firmness"]) == {"firmness", "speed", "delay"}
    assert affected(known, ["speed"]) == {"speed", "delay"}
    assert ancestors(known, ["delay"]) == {"delay", "speed", "firmness"}
    assert [*rings(known)] == []


def test_a_value_asked_for_where_there_is_no_prior_is_an_error_with_the_values():
    known = scenario_of(UNDRAWN[0]).model.parameters
    values = [0.1 if name == "firmness" else parameter.value for name, parameter in known.items()]

    with pytest.raises(
        RunError, match=r"'speed' cannot be drawn with firmness = 0.1: expected median above 0"
    ) as error:
        JointPrior(known).value(known["speed"], values, 0.5)
    assert error.value.code == "E620"


def test_what_relaxes_tends_after_the_branch_to_what_a_prior_that_reads_others_gives_there(tmp_path):
    relaxing = "trust: {type: real, range: [0, 1], initial: 1, relaxes: {towards: calm, half_life: 1 day}}"
    text = (
        MODEL.replace("initial: 0}}", f"initial: 0}}, {relaxing}}}")
        .replace("  other:", "  calm: {prior: {uniform: [0, firmness]}, basis: {judgement: a share}}\n  other:")
        .replace("{rate: speed}", "{rate: speed * trust}, when: trust < calm + 0.01")
        .replace("{value: moves}}", "{value: moves}, trust: {value: trust}}")
    )
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    prior = "firmness: {prior: {beta: [9, 1]}}"
    (tmp_path / "s.yaml").write_text(f"scenario: s\nmodel: model.yaml\n{BRANCH}parameters: {{{prior}}}\n")
    scenario = load_scenario(tmp_path / "s.yaml").scenario
    program = compile_model(scenario.model)
    logs = check_alike(program, scenario, 4, range(20))
    at, own = (
        [*scenario.model.parameters].index("calm"),
        sorted(scenario.own).index("calm") + len(scenario.model.parameters),
    )

    assert all(log[0].marks[at] > log[0].marks[own] for log in logs)
    for log, measured in zip(logs, KernelEngine(program, scenario, 4).make(range(20)).measures, strict=True):
        assert measured[[*program.model.measures].index("trust")] == pytest.approx(log[0].marks[at], abs=1e-6)
