"""What a quantity is just before an event and after it, as the formulas say."""

import pytest

from sim.analysis.single.values_over_time import values_over_time
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario

RELAXING = """
model: easing
title: Something that eases
time: {unit: abstract}
horizon: 8
factions: {a: {title: A}}
state: {heat: {type: real, range: [0, 8], initial: 0, relaxes: {towards: 0, half_life: 1}}}
derived: {half: {value: heat / 2}}
events: {rose: {by: a, effects: {heat: heat + 4}}, looked: {by: a}}
rules:
  rises: {faction: a, clock: {at: 1}, emits: rose}
  looks: {faction: a, clock: {every: 2}, emits: looked}
"""


def test_what_relaxes_is_shown_as_it_is_just_before_an_event_and_after_it():
    scenario = Scenario.of(loads_model(RELAXING))
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, 1).run(0)

    found = [(event.type, *values) for event, values in values_over_time(program, scenario, log, ["heat", "half"])]

    risen = found[1][1]
    assert (found[1][0], risen.before, risen.after, risen.moved) == ("rose", 0.0, 4.0, False)
    for number, (_, heat, half) in enumerate(found[2:-1], 1):
        expected = 4.0 * 0.5 ** (2 * number - 1)
        assert heat.before == heat.after == pytest.approx(expected)
        assert half.after == pytest.approx(expected / 2)
        assert heat.moved
