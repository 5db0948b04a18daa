# ruff: noqa: E501 - one model a line is read at a glance
"""A run that cannot go on ends with the same error in both engines, wherever it comes up."""

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, program_of

HEAD = """
model: failing
title: A model that fails
time: {unit: abstract}
horizon: 50
factions: {a: {title: A}}
parameters: {p: {prior: {uniform: [0, 1]}, basis: {judgement: drawn}}}
"""

# What fails, the code, and the parts of the model that make it fail in some runs at least.
FAILING = {
    "a guard": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                "rules: {r: {faction: a, when: 6 / x > 0, clock: {rate: 1}, emits: e}}"),
    "a guard at the start": ("E604", "state: {x: {type: int, initial: 0}}", "events: {e: {by: a, effects: {x: x + 1}}}",
                             "rules: {r: {faction: a, when: 6 / x > 0, clock: {rate: 1}, emits: e}}"),
    "a rate below nought": ("E601", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                            "rules: {r: {faction: a, clock: {rate: x + 0.5}, emits: e}, s: {faction: a, clock: {rate: x * p}, emits: e}}"),
    "a rate without a value": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                               "rules: {r: {faction: a, clock: {rate: 1 / x}, emits: e}}"),
    "two rates at once": ("E604", "state: {x: {type: int, initial: 2}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                          "rules: {b: {faction: a, clock: {rate: x}, emits: e}, a: {faction: a, clock: {rate: 1 / (x + 1)}, emits: e}}"),
    "a law": ("E606", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
              "rules: {r: {faction: a, clock: {weibull: {shape: x, scale: 1}}, emits: e}}"),
    "a step": ("E606", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
               "rules: {r: {faction: a, clock: {every: x}, emits: e}}"),
    "a step too short to tell": ("E606", "state: {x: {type: real, initial: 1}}", "events: {e: {by: a, effects: {x: x / 1e20}}}",
                                 "rules: {r: {faction: a, clock: {every: x}, emits: e}, s: {faction: a, clock: {fixed: 3}, emits: e}}"),
    "a range": ("E602", "state: {x: {type: int, range: [0, 3], initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "a range by the timetable": ("E602", "state: {x: {type: int, range: [0, 3], initial: 3}}", "events: {e: {by: a, effects: {x: x + 1}}}",
                                 "timetable: [{at: 5, event: e}]"),
    "no number, though held in a range": ("E602", "state: {x: {type: real, range: [0, 1], initial: 0}, y: {type: real, range: [-1e308, 1e308], initial: 1e308}}",
                                          "events: {e: {by: a, effects: {x: 'min(max(y * 10 - y * 10, 0), 1)'}}}",
                                          "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "an effect": ("E604", "state: {x: {type: real, initial: 3}}", "events: {e: {by: a, effects: {x: log(x - 1)}}}",
                  "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "a whole number": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x ** 2}}}",
                       "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "an angle": ("E604", "state: {x: {type: real, initial: 3}}", "events: {e: {by: a, effects: {x: x * 10 + sin(x) - cos(x)}}}",
                 "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "a weight": ("E607", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}, f: {by: a}}",
                 "rules: {r: {faction: a, clock: {rate: 1}, choose: [{event: e, weight: 1}, {event: f, weight: x - 1}]}}"),
    "all weights": ("E607", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                    "rules: {r: {faction: a, clock: {rate: 1}, choose: [{event: e, weight: x}, {event: e, weight: 0}]}}"),
    "a draw": ("E608", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, marks: {m: int}, effects: {x: x - 1}}}",
               "rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, m: poisson(x - 1)}}}"),
    "a weight of a value": ("E608", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, marks: {m: int}, effects: {x: x - 1}}}",
                            "rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, m: 'one_of(1: x - 1, x: 2)'}}}"),
    "all weights of values": ("E608", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, marks: {m: int}, effects: {x: x - 1}}}",
                              "rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, m: 'one_of(1: x, x: 0)'}}}"),
    "a value": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, marks: {m: int}, effects: {x: x - 1}}}",
                "rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, m: 'one_of(1 // x: 1, 2: 1)'}}}"),
    "a mark": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, marks: {m: real}, effects: {x: x - 1}}}",
               "rules: {r: {faction: a, clock: {rate: 1}, emits: {event: e, m: 1 / (x - 1)}}}"),
    "an outcome": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}}",
                   "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}", "outcomes: {o: {when: 1 / x > 5}, n: {when: x < 1}}"),
    "a guard on what moves": ("E604", "state: {x: {type: real, initial: 3, relaxes: {towards: 0, half_life: 2}}}", "events: {e: {by: a}}",
                              "rules: {r: {faction: a, when: log(x - 1) < 0.5, clock: {rate: 1}, emits: e}}"),
    "a bound of what moves": ("E604", "state: {x: {type: real, initial: 3, relaxes: {towards: 0, half_life: 2}}, n: {type: int, initial: 0}}",
                              "events: {e: {by: a, effects: {n: n + 1}}}", "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}",
                              "outcomes: {o: {when: x < 1 / (n - 2)}}"),
    "a since of what has not been": ("E604", "state: {x: {type: int, initial: 3}}", "events: {e: {by: a, effects: {x: x - 1}}, f: {by: a}}",
                                     "rules: {r: {faction: a, when: x > 2 or since(f) > 3, clock: {rate: 1}, emits: e}}"),
    "an initial value": ("E602", "state: {x: {type: real, range: [0.9, 1], initial: p}}", "events: {e: {by: a}}",
                         "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "an initial value without a value": ("E604", "state: {x: {type: real, initial: log(p - 0.5)}}", "events: {e: {by: a}}",
                                         "rules: {r: {faction: a, clock: {rate: 1}, emits: e}}"),
    "a ring of immediate rules": ("E603", "state: {x: {type: bool, initial: false}}",
                                  "events: {e: {by: a, effects: {x: true}}, f: {by: a, effects: {x: false}}}",
                                  "rules: {r: {faction: a, when: not x, clock: immediately, emits: e}, s: {faction: a, when: x, clock: immediately, emits: f}}"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILING)
def test_both_engines_fail_alike(what):
    code, *parts = FAILING[what]
    scenario = alone(loads_model("\n".join([HEAD, *parts])))

    logs = check_alike(program_of(scenario), scenario, 3, range(6))

    assert {log[-1].type for log in logs if log[-1].kind == "failed"} == {code}


WHY = {
    "a guard on what moves": ("is no number", "log(x - 1) < 0.5 at "),
    "a bound of what moves": ("is divided by zero", "x < 1 / (n - 2) at "),
    "a since of what has not been": ("asked how long ago an event was that has not happened yet", "since(f) > 3 at "),
    "an outcome": ("is divided by zero", "1 / x > 5 at "),
    "an initial value without a value": ("is no number", "log(p - 0.5) at "),
}


@pytest.mark.parametrize("what", WHY)
def test_a_condition_without_a_value_says_why_and_where_it_stands(what):
    scenario = alone(loads_model("\n".join([HEAD, *FAILING[what][1:]])))
    engine = ReferenceEngine(program_of(scenario), scenario, 3)

    error = next(run.error for run in map(engine.unfold, range(6)) if run.error is not None)

    why, where = WHY[what]
    assert why in error.message
    assert where in str(error.notes)
