"""What a program shares with that of another model: all that does not depend on what its parameters are known to be."""

from dataclasses import replace

from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from tests.analysis.tales import load

BODY = """
state: {x: {type: int, range: [0, 9], initial: 0}}
events: {up: {by: f, effects: {x: x + 1}}}
rules: {goes: {faction: f, when: x < 9, clock: {rate: speed * odds}, emits: up}}
outcomes: {far: {when: x >= 3, ends_run: true}}
"""


def with_speed(model, value):
    return replace(model, parameters={**model.parameters, "speed": replace(model.parameters["speed"], value=value)})


def test_models_that_differ_in_the_values_of_their_parameters_share_what_is_compiled(tmp_path):
    (scenario,) = load(tmp_path, BODY, "")
    known = compile_model(scenario.model)
    other = compile_model(with_speed(scenario.model, 3.0))

    assert other.rules is known.rules
    assert other.model.parameters["speed"].value == 3.0
    assert known.model.parameters["speed"].value == 1.0


def test_a_run_of_a_program_that_is_shared_is_that_of_its_own(tmp_path):
    one, other = load(tmp_path, BODY, "", "parameters: {speed: 3}")
    mixed = replace(one, model=with_speed(one.model, other.model.parameters["speed"].value))
    compile_model(one.model)
    runs = [ReferenceEngine(compile_model(each.model), each, 1).run(4) for each in (mixed, other)]

    assert runs[0] == runs[1]


def test_a_rule_or_a_parameter_more_or_less_is_compiled_anew(tmp_path):
    (scenario,) = load(tmp_path, BODY, "")
    model = scenario.model
    known = compile_model(model)
    slow = {"goes": replace(model.rules["goes"], priority=1)}

    assert compile_model(replace(model, rules=slow)).rules is not known.rules
    fewer = {name: one for name, one in model.parameters.items() if name != "idle"}
    assert compile_model(replace(model, parameters=fewer)).slots != known.slots


def test_what_a_change_assigns_is_bounded_by_the_parameter_of_its_own_model(tmp_path):
    (scenario,) = load(tmp_path, BODY, "changes: [{from: 3, parameters: {speed: odds * 2}}]")
    model = scenario.model
    compile_model(model)
    speed = replace(model.parameters["speed"], title="another title")
    other = compile_model(replace(model, parameters={**model.parameters, "speed": speed}))

    ((assigned,),) = other.assigned
    assert assigned.parameter is speed
