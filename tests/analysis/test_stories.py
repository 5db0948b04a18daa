"""The clocks of a rule, followed from the logs alone, beside what the logs say of them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.alignment import NOWHERE, Alignment
from sim.analysis.flow import Flow
from sim.analysis.readings import Readings
from sim.analysis.stories import GUARD, Story
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.model import Scheduled
from sim.model.program import compile_model
from sim.testing.models import alone
from tests.examples import fewer
from tests.model.composing import scenarios

SEEDS = st.integers(0, 2**63 - 1)


def side(scenario, seed):
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, seed).run(0)


def stories_of(one, other):
    alignment = Alignment(one, other)
    alignment.align()
    readings = Readings(one[0])
    frames = Flow(alignment, readings).frames
    return alignment, {rule.rule.name: Story(rule, readings, alignment, frames) for rule in one[0].rules}


@fewer
@given(scenarios(may_move=False), SEEDS, st.data())
def test_a_clock_runs_when_it_fires_and_was_started_as_often_as_the_log_says(scenario, seed, more):
    excluded = more.draw(st.sampled_from(sorted(scenario.model.rules)))
    sides = side(scenario, seed), side(replace(scenario, disabled=(excluded,)), seed)
    if "failed" in (one[2][-1].kind for one in sides):
        return
    alignment, stories = stories_of(*sides)
    shifts = {}
    for step, places in enumerate(alignment.steps):
        for number, place in enumerate(places):
            event = alignment.logs[number][place] if place != NOWHERE else None
            if event is None or not event.rule:
                continue
            clock = stories[event.rule].before(step)[0][number]
            assert clock.enabled
            shifts.setdefault(event.rule, set()).add(event.occurrence - clock.occurrence)
    assert all(len(found) == 1 for found in shifts.values())


@fewer
@given(scenarios(may_move=False), SEEDS, st.data())
def test_clocks_are_set_apart_by_nothing_where_they_are_alike_and_by_something_where_not(scenario, seed, more):
    rule = more.draw(st.sampled_from(sorted(scenario.model.rules)))
    sides = side(scenario, seed), side(replace(scenario, disabled=(rule,)), seed)
    if "failed" in (one[2][-1].kind for one in sides):
        return
    alignment, stories = stories_of(*sides)
    for story in stories.values():
        for step in range(len(alignment.steps) + 1):
            (one, other), reasons = story.before(step)
            assert bool(reasons) == (one != other)
            assert all(reason < step for reason, _ in reasons)


TURNS = """
{"model": "turns", "title": "T", "time": {"unit": "abstract"}, "horizon": 20, "factions": {"f": {"title": "F"}},
 "state": {"p": {"type": "bool", "initial": false}},
 "events": {"on": {"exogenous": true, "effects": {"p": "true"}}, "off": {"exogenous": true, "effects": {"p": "false"}},
            "rang": {"by": "f"}},
 "rules": {"rings": {"faction": "f", "when": "%s", "clock": {"fixed": 9}, "memory": "%s", "emits": "rang"}}}
"""


def story_of(guard, one, other, memory="fresh"):
    """Return the story of one rule in two runs, by what turns p on and off in each."""
    scenario = alone(loads_model(TURNS % (guard, memory), "turns.yaml"))
    timetables = [tuple(Scheduled(time, event, (), "") for time, event in events) for events in (one, other)]
    _, stories = stories_of(*(side(replace(scenario, timetable=timetable), 1) for timetable in timetables))
    return stories["rings"]


def test_a_clock_that_is_stopped_begins_anew_or_goes_on_as_its_memory_says():
    for memory, occurrence, life in (("fresh", 1, (1,)), ("keep", 0, (-1, 0, 1)), ("repeat", 0, (-1, 0, 1))):
        clocks = [story_of("not p", [(1, "on"), (3, "off")], [], memory).before(step)[0] for step in range(3)]

        assert clocks[0][0] == clocks[0][1]
        assert not clocks[1][0].enabled
        assert clocks[1][1].enabled
        assert (clocks[2][0].occurrence, clocks[2][0].life) == (occurrence, life)


def test_what_set_clocks_apart_counts_no_longer_once_they_are_alike():
    story = story_of("p", [(1, "on"), (3, "off"), (5, "on")], [(2, "on"), (3, "off"), (5, "on")])

    assert [bool(story.before(step)[1]) for step in range(5)] == [False, True, True, False, False]
    assert story.before(2)[1] == [(0, GUARD)]


def test_of_clocks_that_are_started_equally_often_only_the_last_starts_count():
    """Both are started twice. That one of them was started earlier the first time has no say any more."""
    story = story_of("p", [(1, "on"), (3, "off"), (5, "on")], [(2, "on"), (4, "off"), (6, "on")])

    assert story.before(6)[1] == [(4, GUARD)]
