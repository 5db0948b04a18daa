"""The kernel beside the reference engine: the same runs, compared bit by bit."""

import math
import struct
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from sim.engines.kernel.code import Code
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.runtime import memory_map
from sim.engines.reference import ReferenceEngine
from sim.language.expressions.tree import Apply, Expression, Literal, Read
from sim.model.branching import branch_from_run
from sim.model.event import Event, Log
from sim.model.measures import UNDEFINED, measures_of, undefined
from sim.model.model import Parameter
from sim.model.priors.joint_prior import JointPrior, affected
from sim.model.program import Program, compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Change, Scenario
from sim.testing.models import HORIZON


def exactly(log: Log) -> list[tuple[object, ...]]:
    """Return a log with its floats as bits: 0.0 and -0.0 differ."""
    return [
        (event.sequence, struct.pack("<d", event.time), event.kind, event.type, event.rule, event.faction,
         event.occurrence, struct.pack(f"<{len(event.marks)}d", *event.marks), event.note)
        for event in log
    ]  # fmt: skip


def check_alike(program: Program, scenario: Scenario, seed: int, runs: range, **how: object) -> list[Log]:
    """Assert that both engines make the same runs, with the same measures; return the runs."""
    reference = ReferenceEngine(program, scenario, seed, **how)
    kernel = KernelEngine(program, scenario, seed, **how)
    made = kernel.make(runs)
    logs = [reference.run(run) for run in runs]
    for run, log, other in zip(runs, logs, made.logs(), strict=True):
        assert exactly(other) == exactly(log), f"run {run} differs"
    assert exactly(kernel.run(runs[-1])) == exactly(logs[-1]), "a run by itself is the run among others"
    assert np.array_equal(made.measures, measures_of(program, scenario, logs), equal_nan=True)
    if scenario.past:
        check_folded_once(program, scenario, seed, range(runs.start, runs.stop + 2), **how)
    for log, measured in zip(logs, made.measures.tolist(), strict=True):
        if log[-1].kind != "failed":
            known = dict(zip(program.model.measures, measured, strict=True))
            assert set(undefined(program, scenario, log)) <= {name for name in known if known[name] == UNDEFINED}
    return logs


def check_folded_once(program: Program, scenario: Scenario, seed: int, runs: range, **how: object) -> bool:
    """Assert that runs are the same whether the past is folded in each or once; return whether it is folded once."""
    once = KernelEngine(program, scenario, seed, code=Code(program, folding=scenario), **how)
    each = KernelEngine(program, scenario, seed, **how)
    keeping = int(once.ints[memory_map.KEEPING])
    each.ints[memory_map.KEEPING] = memory_map.FOLDED_EACH
    made, wanted = once.make(runs), each.make(runs)
    for run, log, other in zip(runs, made.logs(), wanted.logs(), strict=True):
        assert exactly(log) == exactly(other), f"run {run} differs"
    assert np.array_equal(made.measures, wanted.measures, equal_nan=True)
    return keeping != memory_map.FOLDED_EACH


@st.composite
def branches(draw: st.DrawFn, scenario: Scenario, log: Log, seed: int, run: int, **how: int) -> Scenario | None:
    """Draw a branch from a run: from any of its events on, with its luck or with fresh draws."""
    allowed = [
        number
        for number, event in enumerate(log[:-1])
        if event.time < HORIZON
        and any(later.kind in CHANGING or later.note == "horizon" for later in log[number + 1 :])
    ]
    if log[-1].kind != "ended" or not allowed:
        return None
    streams = draw(st.sampled_from(["keep", "fresh"]))
    number = draw(st.sampled_from(allowed))
    return branch_from_run(
        scenario, scenario, log, ensemble="e" * 64, run=run, event=number, seed=seed, streams=streams, **how
    )


def documented(events: Iterable[Event]) -> Log:
    """Return events of a run as a documented past: nobody knows which rules fired, and nothing was drawn."""
    kept = [event for event in events if event.kind in CHANGING]
    return tuple(
        replace(event, sequence=place, kind="documented", rule="", occurrence=0) for place, event in enumerate(kept)
    )


@st.composite
def pasts(draw: st.DrawFn, scenario: Scenario, log: Log) -> Scenario:
    """Draw a scenario that branches from a documented past, some of its rules switched off."""
    place = draw(st.integers(0, len(log) - 1))
    start = log[place].time if log[place].time < HORIZON else 0.0
    past = documented(event for event in log[: place + 1] if event.time <= start)
    disabled = draw(st.lists(st.sampled_from(sorted(scenario.model.rules)), max_size=2, unique=True))
    timetable = tuple(item for item in scenario.timetable if item.time >= start)
    return replace(scenario, past=past, start=start, timetable=timetable, disabled=tuple(sorted(disabled)))


PACES = (("uniform", (0.2, 1.2)), ("uniform", (0.9, 3.0)), ("gamma", (3.0, 0.6)), ("", 0.35))


@st.composite
def replacing(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """Draw a scenario that has parameters of a generated model otherwise, from its branch on."""
    known = scenario.model.parameters
    law, given = draw(st.sampled_from(PACES))
    if law:
        pace = replace(known["pace"], prior=law, arguments=given)
    else:
        pace = replace(known["pace"], prior="", arguments=(), value=given)
    changed = {"pace": pace, "heat0": replace(known["heat0"], value=draw(st.sampled_from([0.05, 0.3, 0.95])))}
    if "zeal" in known:
        changed["zeal"] = draw(st.sampled_from([known["zeal"], *zeals(known["zeal"], known["pace"])]))
    for name in [name for name, parameter in known.items() if parameter.unnamed][:1]:
        changed[name] = draw(st.sampled_from([known[name], *zeals(known[name], known["pace"])]))
    parameters = {**known, **changed}
    for parameter in JointPrior(parameters).dependent:
        joint = JointPrior(parameters)
        parameters[parameter.name] = replace(parameter, value=joint.value(parameter, joint.central(), None))
    otherwise = {name: known[name] for name, other in changed.items() if other.known != known[name].known}
    own = {name: known[name] for name in affected(parameters, otherwise)} | dict(scenario.own)
    formerly = {name: one for name, one in own.items() if one.given and one.known != parameters[name].known}
    model = replace(scenario.model, parameters=parameters, formerly=formerly)
    return replace(scenario, model=model, own=dict(sorted(own.items())))


def zeals(zeal: Parameter, pace: Parameter) -> list[Parameter]:
    """Return what else a scenario may say of a parameter: a value, a prior, one that reads another parameter."""
    twice = Expression(Apply("mul", (Read("parameter", "pace", pace.type), Literal(2.0, pace.type)), pace.type, 3))
    return [
        replace(zeal, value=0.7, prior="", arguments=(), given=()),
        replace(zeal, prior="uniform", arguments=(0.1, 0.9), given=(), value=0.5),
        replace(
            zeal, prior="lognormal", arguments=(), given=(twice, Expression(Literal(0.4, pace.type))), domain=(0.0, 2.0)
        ),
    ]


@st.composite
def changing(draw: st.DrawFn, scenario: Scenario) -> Scenario:
    """Draw a scenario of a generated model that changes parameters and rules from some moments on.

    Some of the model's rules are taken to be the scenario's own, which are never before the branch.
    """
    known, rules = scenario.model.parameters, sorted(scenario.model.rules)
    span = scenario.horizon - scenario.start
    guesses = [name for name, parameter in known.items() if parameter.unnamed]
    changed = [*(name for name in known if name not in guesses), *guesses[:2]]
    times = draw(st.lists(st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, 0.9]), max_size=3))
    due = [item.time for item in scenario.timetable if item.time < scenario.horizon]
    changes = []
    for number, share in enumerate(sorted(times)):
        parameters: dict[str, Parameter | Expression] = {}
        for name in draw(st.lists(st.sampled_from(changed), unique=True, max_size=2)):
            kind = known[name].type
            law, given = draw(st.sampled_from(PACES))
            other = Read("parameter", draw(st.sampled_from(changed)), kind)
            far = draw(st.sampled_from([0.9, 1.0, -1.0]))
            tree = Apply("mul", (other, Literal(far, kind)), kind, 3)
            known_as = replace(known[name], prior=law, arguments=given if law else (), value=0.35, given=())
            parameters[name] = draw(st.sampled_from([known_as, Expression(tree, "other * far", "here:1:1")]))
        time = draw(st.sampled_from([scenario.start + share * span, *due[number : number + 1]]))
        disabled, enabled = (tuple(sorted(draw(st.sets(st.sampled_from(rules), max_size=2)))) for _ in range(2))
        changes.append(Change(
            time=time, parameters=dict(sorted(parameters.items())), number=number, disabled=disabled, enabled=enabled,
        ))  # fmt: skip
    changes.sort(key=lambda change: change.time)
    own = draw(st.sets(st.sampled_from(rules), max_size=1)) if not any(event.rule for event in scenario.past) else ()
    domain = draw(st.sampled_from([(-math.inf, math.inf), (0.0, 2.0)]))
    parameters = {name: replace(parameter, domain=domain) for name, parameter in known.items()}
    before = {
        kind: {name: replace(parameter, domain=domain) for name, parameter in of.items()}
        for kind, of in (("own", scenario.own), ("formerly", scenario.model.formerly))
    }
    model = replace(scenario.model, parameters=parameters, formerly=before["formerly"])
    scenario = replace(scenario, model=model, own=before["own"], own_rules=tuple(sorted(own)))
    return scenario.with_changes(tuple(changes))


def program_of(scenario: Scenario) -> Program:
    return compile_model(scenario.model)
