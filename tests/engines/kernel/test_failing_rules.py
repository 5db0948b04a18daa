"""A run that cannot go on names the rule that the reference names, though others would have no value either.

Such another rule waits for an event that never comes, never fires before the branch, or has a rate that is wrong only
between the moments at which it is looked at: nobody has looked at it when the run fails.
"""

from dataclasses import replace

import pytest

from sim.build.model import loads_model
from sim.model.scenario import Change
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, program_of

HEAD = """
model: failing
title: A model that fails
time: {unit: abstract}
horizon: 50
factions: {a: {title: A}}
parameters: {p: {value: 0.5, basis: {judgement: drawn}}}
"""
EVENTS = "events: {e: {by: a, effects: {x: x - 1, y: y}}, never: {by: a}}"


def scenario_with(text, events=EVENTS, **more):
    return replace(alone(loads_model(HEAD + events + text)), **more)


def check_blamed(scenario, rule="blamed", code="E604"):
    for log in check_alike(program_of(scenario), scenario, 3, range(4)):
        assert (log[-1].kind, log[-1].type, log[-1].rule) == ("failed", code, rule)


def test_at_the_start_a_rule_that_never_fires_before_the_branch_is_not_looked_at():
    check_blamed(scenario_with("""
state: {x: {type: int, initial: 0}, y: {type: int, initial: 0}}
rules:
  asleep: {faction: a, when: 1 / x > 0, clock: {rate: 1}, emits: e}
  blamed: {faction: a, when: 1 / x > 0, clock: {rate: 1}, emits: e}
""", own_rules=("asleep",)))  # fmt: skip


def test_an_event_that_gives_a_variable_the_value_that_it_has_lets_nobody_look_at_it():
    check_blamed(scenario_with("""
state: {x: {type: int, initial: 3}, y: {type: int, initial: 0}}
rules:
  a_waits: {faction: a, on: never, when: 1 / y > 0, clock: {rate: 1}, emits: e}
  blamed: {faction: a, when: 1 / x > 0, clock: {rate: 1}, emits: e}
"""))  # fmt: skip


def test_a_rate_that_is_wrong_where_nobody_looks_is_not_looked_at_because_of_an_event_that_changes_nothing_in_it():
    check_blamed(scenario_with("""
state: {x: {type: int, initial: 1}, y: {type: int, initial: 0}}
rules:
  a_moves: {faction: a, clock: {rate: 0.001 + y - exp(-((time - 0.55) / 0.01) ** 2)}, emits: never}
  blamed: {faction: a, when: 1 / x > 0, clock: {rate: 0.001}, emits: never}
timetable: [{at: 0.55, event: e}]
"""))  # fmt: skip


@pytest.mark.parametrize("many", [3, 59, 60, 61, 150])
def test_however_many_variables_an_event_writes_only_those_that_change_are_looked_at(many):
    same = ", ".join(f'"z[{number}]": "z[{number}]"' for number in range(1, many + 1))
    check_blamed(scenario_with(f"""
state: {{x: {{type: int, initial: 1}}, y: {{type: int, initial: 0}}, z: {{for: i in 1..{many}, type: int, initial: 0}}}}
rules:
  a_waits: {{for: i in 1..{many}, faction: a, on: never, when: "1 / z[i] > 0", clock: {{rate: 1}}, emits: e}}
  blamed: {{faction: a, when: 1 / x > 0, clock: {{rate: 0.001}}, emits: e}}
timetable: [{{at: 1, event: e}}]
""", f"events: {{e: {{by: a, effects: {{x: x - 1, {same}}}}}, never: {{by: a}}}}"))  # fmt: skip


def test_a_flip_lets_nobody_look_at_what_reads_another_flag():
    check_blamed(scenario_with("""
state: {x: {type: int, initial: 0}, y: {type: int, initial: 0}}
rules:
  a_waits: {faction: a, on: never, when: since(never) > 3, clock: {rate: 1}, emits: e}
  blamed: {faction: a, when: (1 if time < 2 else 1 / x) > 0, clock: {rate: 0.001}, emits: e}
"""))  # fmt: skip


def test_flags_that_other_parameters_make_others_let_nobody_look_at_what_reads_another_flag():
    scenario = scenario_with("""
state:
  x: {type: int, initial: 0}
  y: {type: int, initial: 0}
  calm: {type: real, range: [0, 1], initial: 0.5, relaxes: {towards: p, half_life: 1}}
rules:
  a_waits: {faction: a, on: never, when: since(never) > 3, clock: {rate: 1}, emits: e}
  blamed: {faction: a, when: (1 / x if calm > 0.5 else 1) > 0, clock: {rate: 0.001}, emits: e}
""")  # fmt: skip
    otherwise = {"p": replace(scenario.model.parameters["p"], value=0.9)}
    check_blamed(scenario.with_changes((Change(time=0.25, parameters=otherwise, number=0),)))


def test_a_rule_that_is_started_again_though_it_had_never_stopped_is_not_looked_at():
    scenario = scenario_with("""
state: {x: {type: int, initial: 1}, y: {type: int, initial: 0}}
rules:
  a_waits: {faction: a, on: never, when: 1 / y > 0, clock: {rate: 1}, emits: e}
  blamed: {faction: a, when: 1 / x > 0, clock: {rate: 1}, emits: e}
timetable: [{at: 0.1, event: e}]
""", disabled=("blamed",))  # fmt: skip
    check_blamed(scenario.with_changes((Change(time=0.25, parameters={}, number=0, enabled=("a_waits", "blamed")),)))
