"""The kernel beside the reference engine: the same runs, compared bit by bit."""

import struct
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.event import Event, Log
from sim.model.measures import UNDEFINED, measures_of, undefined
from sim.model.program import Program, compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
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
    for log, measured in zip(logs, made.measures.tolist(), strict=True):
        if log[-1].kind != "failed":
            known = dict(zip(program.model.measures, measured, strict=True))
            assert set(undefined(program, scenario, log)) <= {name for name in known if known[name] == UNDEFINED}
    return logs


@st.composite
def branches(draw: st.DrawFn, scenario: Scenario, log: Log, seed: int, run: int) -> Scenario | None:
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
        scenario, scenario, log, ensemble="e" * 64, run=run, event=number, seed=seed, streams=streams
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
    own = {name: known[name] for name, other in changed.items() if other.known != known[name].known}
    model = replace(scenario.model, parameters={**known, **changed})
    return replace(scenario, model=model, own={**own, **scenario.own})


def program_of(scenario: Scenario) -> Program:
    return compile_model(scenario.model)
