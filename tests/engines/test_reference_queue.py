"""What SimPy's queue holds while the reference engine makes a run."""

from sim.build.model import loads_model
from sim.engines.reference import LEAST_QUEUE, ReferenceEngine, _World
from sim.model.program import compile_model
from sim.model.run import Run
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike

# Every event of the fast rule changes when the slow ones are due, which wait far beyond the horizon.
SLOW = 20
OVERTAKEN = f"""
model: overtaken
title: Slow rules whose rates follow a fast one
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}, {", ".join(f"f{place}: {{title: F}}" for place in range(SLOW))}}}
state: {{n: {{type: int, initial: 0}}}}
events: {{e: {{by: a, effects: {{n: n + 1}}}}, f: {{by: a, effects: {{n: n + 1}}}}}}
rules:
  r: {{faction: a, clock: {{rate: 200}}, emits: e}}
{"".join(f"  s{place}: {{faction: f{place}, clock: {{rate: 1e-6 * n}}, emits: f}}{chr(10)}" for place in range(SLOW))}
"""


def test_alarms_that_are_overtaken_do_not_pile_up():
    scenario = alone(loads_model(OVERTAKEN))
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, 1)
    run = Run(program, scenario, engine.streams, engine.past_streams, 0, central=False)
    world = _World(run, engine.factions)

    world.unfold()

    assert len(run.log) > 1900
    assert len(world.env._queue) <= 4 * LEAST_QUEUE


def test_a_queue_that_is_tidied_gives_the_same_log():
    scenario = alone(loads_model(OVERTAKEN.replace("1e-6", "1e-4")))

    (log,) = check_alike(compile_model(scenario.model), scenario, 1, range(1))

    assert {event.type for event in log} >= {"e", "f"}
