"""Which event a firing emits and with which marks, as a pure function of its uniforms."""

import math

import pytest

from sim.build.model import loads_model
from sim.distributions.marks import MARK_LAWS
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.model.decide import decide
from sim.model.evolve import initial
from sim.model.program import compile_model
from sim.model.scenario import Scenario

MODEL = """
model: choice
title: A choice
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{n: {{type: int, initial: 0}}}}
events:
  left:  {{by: a, effects: {{n: n + 1}}}}
  right: {{by: a, effects: {{n: n + 1}}}}
  both:  {{by: a, marks: {{force: real, size: int}}, effects: {{n: n + 1}}}}
rules:
  a_turns: {{faction: a, when: n == 0, clock: {{fixed: 6}}, choose: [{choose}]}}
"""


def program_of(choose: str):
    return compile_model(loads_model(MODEL.format(choose=choose)))


def decided(choose: str, **uniforms: float):
    """Return the event and marks for uniforms by index: `u1` is the choice, `u2` and on are the marks."""
    program = program_of(choose)
    return decide(program.rules[0], initial(program, ()), lambda index: uniforms[f"u{index}"])


@pytest.mark.parametrize(
    ("weights", "uniform", "event"),
    [
        ((1, 3), 2.0**-53, "left"),
        ((1, 3), 0.25, "left"),
        ((1, 3), math.nextafter(0.25, 1.0), "right"),
        ((1, 3), 1.0, "right"),
        ((0, 3), 2.0**-53, "right"),
        ((3, 0), 1.0, "left"),
        ((0.1, 0.2), 1.0, "right"),
    ],
)
def test_a_choice_goes_to_the_first_event_whose_weights_reach_the_uniform(weights, uniform, event):
    left, right = weights

    found = decided(f"{{event: left, weight: {left}}}, {{event: right, weight: {right}}}", u1=uniform)

    assert found == (event, ())


@pytest.mark.parametrize("weight", ["n - 1", "-0.5 * (1 + n)", "n"])
def test_a_weight_below_nought_and_a_sum_of_nought_are_run_errors(weight):
    other = 0 if weight == "n" else 9
    with pytest.raises(RunError) as error:
        decided(f"{{event: left, weight: {weight}}}, {{event: right, weight: {other}}}", u1=0.5)

    assert error.value.code == "E607"


def test_the_choice_is_draw_1_and_the_marks_are_draws_2_and_on_each_its_own():
    choose = '{event: both, weight: 1, force: "exponential(3)", size: "poisson(4) + geometric(0.3)"}'
    one, two, three = 0.3, 0.9, 0.6

    event, marks = decided(choose, u1=0.5, u2=one, u3=two, u4=three)

    size = MARK_LAWS["poisson"].quantile(4.0, two) + MARK_LAWS["geometric"].quantile(0.3, three)
    assert (event, marks) == ("both", (MARK_LAWS["exponential"].quantile(3.0, one), float(size)))


def test_a_draw_within_a_draw_has_a_random_number_of_its_own():
    force, size = "normal(0, exponential(3)) + exponential(1)", "poisson(gamma(2, 4))"
    choose = f'{{event: both, weight: 1, force: "{force}", size: "{size}"}}'

    _, drawn = decided(choose, u1=0.5, u2=0.3, u3=0.9, u4=0.6, u5=0.8, u6=0.7)

    laws = {name: law.quantile for name, law in MARK_LAWS.items()}
    assert drawn == (
        laws["normal"](0.0, laws["exponential"](3.0, 0.3), 0.9) + laws["exponential"](1.0, 0.6),
        laws["poisson"](laws["gamma"](2.0, 4.0, 0.8), 0.7),
    )


@pytest.mark.parametrize(("u", "size"), [(0.5, 7.0), (0.51, 2.0), (0.85, 8.0)])
def test_one_of_some_values_is_drawn_by_one_uniform_and_computed_alone(u, size):
    choose = '{event: both, weight: 1, force: 0, size: "one_of(7: 5, n + 2: 3, 1 // n: 0, 8: 2 - n)"}'

    assert decided(choose, u1=0.5, u2=u) == ("both", (0.0, size))


def test_values_keep_their_types_and_are_as_likely_as_each_other_without_weights():
    size = "one_of(5, 7) // 2 if one_of(true, false) else 0"
    choose = f'{{event: both, weight: 1, force: "one_of(1.5, 2, n)", size: "{size}"}}'

    assert decided(choose, u1=0.5, u2=1 / 3, u3=0.5, u4=0.6) == ("both", (1.5, 3.0))
    assert decided(choose, u1=0.5, u2=0.9, u3=0.51, u4=0.6) == ("both", (0.0, 0.0))


@pytest.mark.parametrize(("weights", "why"), [(("n - 1", "2"), "at least 0 but got -1"), (("n", "n"), "add up to 0")])
def test_weights_of_values_that_cannot_be_are_run_errors(weights, why):
    one, two = weights
    with pytest.raises(RunError, match=why) as error:
        decided(f'{{event: both, weight: 1, force: 0, size: "one_of(3: {one}, 4: {two})"}}', u1=0.5, u2=0.5)

    assert error.value.code == "E608"


def test_the_draws_of_a_firing_are_those_of_its_rules_stream_at_its_occurrence():
    choose = '{event: both, weight: 1, force: "uniform_real(0, 1)", size: 1}, {event: left, weight: 1}'
    program = program_of(choose)
    scenario = Scenario("choice", "", "", program.model, (), 0.0, 10.0, (), (), "choice.yaml")
    engine = ReferenceEngine(program, scenario, seed=5)

    for run in range(30):
        fired = engine.run(run)[1]
        uniforms = engine.streams.uniforms(run, 0, 0)
        assert fired.type == ("both" if uniforms(1) <= 0.5 else "left")
        assert fired.marks == ((uniforms(2), 1.0) if fired.type == "both" else ())


def test_weights_and_marks_are_read_at_the_time_of_the_firing():
    early = '{event: left, weight: "1 if time < 6 else 0"}'
    choose = early + ', {event: both, weight: "1 if time >= 6 else 0", force: time, size: 0}'
    program = program_of(choose)
    scenario = Scenario("choice", "", "", program.model, (), 0.0, 10.0, (), (), "choice.yaml")

    fired = ReferenceEngine(program, scenario, seed=1).run(0)[1]

    assert (fired.type, fired.marks) == ("both", (6.0, 0.0))
