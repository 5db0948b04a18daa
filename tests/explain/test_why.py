"""What an event rests on: its chain ends where it should, and evaluating it again gives the event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import PASSING, FollowedRun
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.model.clock.run_clock import NEVER
from sim.model.model import Immediately
from sim.model.program import compile_model
from sim.model.replay import CHANGING, at_branch, follow, state_of
from sim.model.scenario import Scenario
from tests.examples import fewer
from tests.explain.claims import chain_ends, gives_again
from tests.explain.followed_runs import followed


@fewer
@given(followed())
def test_a_run_that_is_followed_is_the_run_itself(run):
    assert run.log == run.events[run.branch :]
    frame = at_branch(run.program, run.scenario, run.log)
    for event in run.log[1:]:
        follow(run.program, frame, event)
        place = run.place(event.sequence)
        if event.kind in CHANGING or event.kind == "changed":
            assert state_of(run.program, run.moments[place].after) == state_of(run.program, frame)


@fewer
@given(followed())
def test_every_firing_ends_a_stretch_of_its_clock_that_was_due_just_then(run):
    for place in range(run.branch, len(run.events)):
        event = run.events[place]
        if event.kind == "fired":
            stretch = run.stretch_ended(place)
            assert stretch is not None
            assert stretch.occurrence == event.occurrence
            assert stretch.clock.due == event.time == stretch.until
    for stretch in run.stretches:
        assert stretch.since <= stretch.until
        assert stretch.began < stretch.ended or stretch.ended == PASSING
        if stretch.how == "over" and run.log[-1].kind == "ended":
            assert stretch.clock.due >= run.log[-1].time
            assert isinstance(stretch.clock.program.clock, Immediately) or stretch.clock.due <= NEVER


@fewer
@given(followed())
def test_a_chain_of_reasons_gives_the_event_again(run):
    reasons = Reasons(run)
    for place in range(run.branch, len(run.events)):
        because = reasons.of(place)
        if because.event.kind == "fired":
            gives_again(reasons, because)


@fewer
@given(followed(), st.booleans())
def test_every_chain_ends_in_what_needs_no_reason(run, all_read):
    chain_ends(Why(Reasons(run), len(run.events) - 1, all_read=all_read))


SIEGE = """
model: siege
title: A siege
time: {unit: day, origin: 2030-01-01}
horizon: 100 days
factions: {town: {title: The town}, army: {title: The army}}
state:
  bread: {type: int, range: [0, 9], initial: 3}
  gate: {type: bool, initial: false}
  fear: {type: real, range: [0, 1], initial: 1, relaxes: {towards: 0, half_life: 10 days}}
  note: {type: int, range: [0, 99], initial: 0}
events:
  eaten: {title: A loaf is eaten, by: town, effects: {bread: bread - 1, note: note + 1}}
  opened: {title: The gate opens, by: town, effects: {gate: true}}
  entered: {title: The army enters, by: army}
rules:
  town_eats: {faction: town, when: bread > 0, clock: {fixed: 5 days}, emits: eaten, basis: {judgement: a guess}}
  town_opens: {faction: town, when: bread < 2 and not gate and note < 50, clock: {fixed: 3 days}, emits: opened,
    basis: {judgement: a guess}}
  army_enters: {faction: army, when: gate and fear < 0.25, clock: {fixed: 1 day}, emits: entered,
    basis: {judgement: a guess}}
outcomes:
  fallen: {title: The town falls, on: entered, ends_run: true}
"""


@pytest.fixture
def siege():
    scenario = Scenario.of(loads_model(SIEGE, "siege.yaml"))
    return FollowedRun.by(ReferenceEngine(compile_model(scenario.model), scenario, 1), 0)


def decisive_changes(run, what):
    """Return what turned each read of an event that mattered: by name, how, the event's type, and the value before."""
    place = next(at for at, event in enumerate(run.events) if event.type == what)
    found = {}
    for _, read in Reasons(run).of(place).reads():
        if read.change is not None:
            by = run.events[read.change.place].type if read.change.place >= 0 else "initial"
            found[read.name] = (read.change.how, by, read.change.before)
    return found


def test_a_condition_is_traced_to_the_event_that_turned_it_and_not_to_the_last_that_wrote_it(siege):
    times = [event.time for event in siege.events if event.type == "eaten"]
    assert times[:2] == [5.0, 10.0]
    assert decisive_changes(siege, "opened") == {"bread": ("event", "eaten", 2)}, (
        "the guard has held since the second loaf"
    )


def test_what_fades_is_traced_to_the_passing_of_time(siege):
    assert decisive_changes(siege, "entered") == {
        "gate": ("event", "opened", False),
        "fear": ("passing", "initial", 1.0),
    }


def test_the_end_of_a_run_rests_on_its_outcome_and_that_on_its_event(siege):
    why = Why(Reasons(siege), len(siege.events) - 1)
    types = [siege.events[place].type for place in sorted(why.causes)]
    assert types == ["eaten", "eaten", "opened", "entered", "fallen", "run_ended"]


PARLEY = """
model: parley
title: A parley
time: {unit: day}
horizon: 10 days
factions: {both: {title: Both sides}}
state: {paid: {type: int, range: [0, 99], initial: 0}, due: {type: int, range: [1, 9], initial: 7}}
parameters: {few: {value: 1, basis: {judgement: a guess}}, many: {value: 3, basis: {judgement: a guess}}}
events:
  ransomed: {by: both, marks: {sum: int}, effects: {paid: paid + sum}}
rules:
  parley: {faction: both, when: paid == 0, clock: {fixed: 1 day}, basis: {judgement: a guess},
    choose: [{event: ransomed, weight: few, sum: 2}, {event: ransomed, weight: many, sum: due}]}
"""


def test_of_two_alternatives_of_one_event_type_the_one_that_was_chosen_is_shown():
    scenario = Scenario.of(loads_model(PARLEY, "parley.yaml"))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1)
    seen = set()
    for number in range(20):
        run = FollowedRun.by(engine, number)
        because = Reasons(run).of(1)
        seen.add(because.event.marks)
        weight, *marks = (part.text for part in because.parts if part.what in ("weights", "mark"))
        assert (weight, marks) == {(2,): ("few", []), (7,): ("many", ["sum: due"])}[because.event.marks]
        assert because.choice.by_event() == {"ransomed": 1.0}
        assert because.choice.shares == (("ransomed", 0.25), ("ransomed", 0.75))
    assert seen == {(2,), (7,)}
