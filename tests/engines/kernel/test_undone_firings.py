"""Runs with a firing undone: on models that Hypothesis makes up, the kernel's logs are the reference's, bit for bit."""

from dataclasses import replace

from hypothesis import strategies as st

from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.engines.undone_run import Counterfactual, Undone
from sim.testing.models import HORIZON, model_data, scenario_of
from tests.engines.kernel.alike import branches, changing, exactly, pasts, program_of
from tests.examples import few_or_many

SEED = st.integers(0, 2**63 - 1)
RUNS = range(3)
MOST = 300  # events in a run: what is undone may let a model run away


@st.composite
def undoings(draw, program, log):
    """Draw a firing of a run to be undone: its rule is excluded, or it comes otherwise than it did."""
    fired = [event for event in log if event.kind == "fired"]
    if not fired:
        return None
    event = draw(st.sampled_from(fired))
    occurrence = max(0, event.occurrence + draw(st.sampled_from([0, 0, 0, -1, 1])))
    if draw(st.booleans()):
        return Undone(event.rule, occurrence)
    others = [one for one in fired if one.rule == event.rule]
    instead = draw(st.sampled_from(others))
    chosen = draw(st.sampled_from(sorted({one.event for one in program.model.rules[event.rule].emissions})))
    if chosen != instead.type:
        alike = program.model.events[chosen].marks == program.model.events[instead.type].marks
        instead = replace(instead, type=chosen) if alike else instead
    shift = draw(st.sampled_from([0.0, -HORIZON / 7, HORIZON / 9, -1e-9, 1e-9]))
    return Undone(
        event.rule, occurrence, replace(instead, time=draw(st.sampled_from([event.time, instead.time])) + shift)
    )


def check_undone(drawn, scenario, seed, **how):
    """Assert that both engines make the same runs with a firing undone, and the same of those as they are."""
    program = program_of(scenario)
    reference = ReferenceEngine(program, scenario, seed, most_events=MOST, **how)
    kernel = KernelEngine(program, scenario, seed, most_events=MOST, **how)
    wanted = []
    for run in RUNS:
        log = reference.run(run)
        wanted += [Counterfactual(run, drawn.draw(undoings(program, log))) for _ in range(4)]
    wanted.append(Counterfactual(7))
    found = kernel.counterfactuals(wanted)
    for one, log, other in zip(wanted, reference.counterfactuals(wanted).logs(), found.logs(), strict=True):
        assert exactly(other) == exactly(log), one
    assert [*map(exactly, kernel.make(RUNS).logs())] == [exactly(reference.run(run)) for run in RUNS]
    return reference.run(1)


@few_or_many(60, 1200, model_data(), SEED, st.data(), st.booleans())
def test_a_firing_is_undone_alike_in_every_model(data, seed, drawn, central):
    check_undone(drawn, scenario_of(data), seed, central=central)


@few_or_many(30, 400, model_data(), SEED, st.data())
def test_a_firing_is_undone_alike_after_a_past_and_in_a_branch_of_a_run(data, seed, drawn):
    scenario = scenario_of(data)
    log = check_undone(drawn, scenario, seed)
    check_undone(drawn, drawn.draw(pasts(scenario, log)), seed)
    later = drawn.draw(branches(scenario, log, seed, 1))
    if later is not None:
        check_undone(drawn, later, seed)


@few_or_many(30, 400, model_data(), SEED, st.data())
def test_a_firing_is_undone_alike_where_what_is_assumed_changes(data, seed, drawn):
    scenario = scenario_of(data)
    if drawn.draw(st.booleans()):
        scenario = drawn.draw(pasts(scenario, ReferenceEngine(program_of(scenario), scenario, seed).run(0)))
    check_undone(drawn, drawn.draw(changing(scenario)), seed, runs_per_draw=drawn.draw(st.sampled_from([1, 3])))
