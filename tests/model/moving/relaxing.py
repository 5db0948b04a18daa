"""A small model of what moves between events, whose rules and events a test fills in, and runs of it in each engine."""

from dataclasses import replace

from sim.build.model import loads_model
from sim.model.event import Log
from sim.model.measures import measure
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.scenario import Scenario
from tests.engines.conformance.engines import ENGINES

SEED = 11


def relaxing(
    rules: str = "", *, events: str = "", timetable: str = "", outcomes: str = "", measures: str = "", state: str = "",
    step: float = 1, start: float = 1, towards: str = "0", half_life: str = "2", horizon: float = 20,
) -> Model:  # fmt: skip
    """Return the model: `x` relaxes from 1 to 0 with a half-life of 2, `n` counts what is `counted`."""
    parts = {"timetable": f"[{timetable}]", "outcomes": f"{{{outcomes}}}", "measures": f"{{{measures}}}"}
    more = "\n".join(f"{key}: {text}" for key, text in parts.items() if len(text) > 2)
    return loads_model(f"""
model: relaxing
title: A variable that relaxes
time: {{unit: abstract, step: {step}}}
horizon: {horizon}
factions: {{a: {{title: A}}}}
state:
  x: {{type: real, range: [-10, 10], initial: {start}, relaxes: {{towards: {towards}, half_life: {half_life}}}}}
  n: {{type: int, range: [0, 100000], initial: 0}}
{state}
events:
  noted: {{by: a}}
  counted: {{by: a, effects: {{n: n + 1}}}}
{events}
rules:
  never: {{faction: a, when: "false", clock: immediately, emits: noted}}
{rules}
{more}
""")


def scenario_of(model: Model, *, horizon: float | None = None) -> Scenario:
    return replace(Scenario.of(model), horizon=horizon or model.horizon)


def log_of(engine: str, model: Model, run: int = 0, *, horizon: float | None = None) -> Log:
    return ENGINES[engine](compile_model(model), scenario_of(model, horizon=horizon), SEED).run(run)


def times(log: Log, name: str) -> list[float]:
    """Return when events of a type, or of a rule, or outcomes came."""
    return [event.time for event in log if name in (event.type, event.rule)]


def bits(log: Log) -> list[tuple[float, str, str, int, tuple[float, ...]]]:
    """Return what happened in a log, whatever the numbers of its events."""
    return [(event.time, event.type, event.rule, event.occurrence, event.marks) for event in log]


def threshold(model: Model, run: int, rule: str, occurrence: int = 0) -> float:
    """Return the unit exponential that an occurrence of a rule's clock has in a run."""
    program = compile_model(model)
    return RandomStreams(program, SEED).thresholds(run)(program.numbers[rule], occurrence)


def measured(engine: str, model: Model, run: int = 0) -> dict[str, float | None]:
    scenario = scenario_of(model)
    return dict(measure(compile_model(model), scenario, log_of(engine, model, run)))
