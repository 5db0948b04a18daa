"""Two scenarios that schedule the same events at one time, each in an order of its own."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.alignment import Alignment
from sim.analysis.flow import Flow, sources_of
from sim.analysis.readings import Readings
from sim.model.model import Scheduled
from tests.analysis.parting import Parts
from tests.analysis.tales import assumed, load, side

# Who is helped first has more in the end: 2 + 1 doubled is 6, and 2 doubled and 1 more is 5.
ORDERED = """
state:
  men: {type: int, range: [0, 1000], initial: 2, at_bounds: saturate}
  fallen: {type: bool, initial: false}
events:
  one_came: {exogenous: true, effects: {men: men + 1}}
  all_brought_one: {exogenous: true, effects: {men: men * 2}}
  flag_was_raised: {exogenous: true}
  town_fell: {by: f, effects: {fallen: true}}
rules:
  falls: {faction: f, when: men > 5 and not fallen, clock: {fixed: 2}, emits: town_fell}
outcomes:
  taken: {when: fallen, ends_run: true}
  held: {otherwise: true}
"""
COME, DOUBLED, FLAG = "one_came", "all_brought_one", "flag_was_raised"
MOVED = ("event one_came",)  # beside what both have in one order
BOTH = ("event all_brought_one", "event one_came")


def at_once(*events, time=3):
    return assumed(*((time, event) for event in events))


@pytest.mark.parametrize("more", ["", "parameters: {idle: 2}", "parameters: {idle: 2, odds: 0.6}"])
def test_an_event_that_comes_before_another_of_its_time_and_not_after_it_is_the_cause(tmp_path, more):
    scenarios = load(tmp_path, ORDERED, at_once(COME, DOUBLED), f"{at_once(DOUBLED, COME)}\n{more}")

    found = Parts()(*(side(scenario, 1, 0) for scenario in scenarios), 0)

    assert (found.first.how, found.first.one, found.first.causes) == ("only in one", "town_fell", MOVED)
    assert (found.turning.how, found.turning.one, found.turning.causes) == ("only in one", "town_fell", BOTH)


@pytest.mark.parametrize(
    ("one", "other", "sources"),
    [
        ([COME, DOUBLED], [DOUBLED, COME], {COME, DOUBLED}),
        ([COME, DOUBLED, FLAG], [DOUBLED, COME], {COME, DOUBLED, FLAG}),
        ([COME, DOUBLED], [COME, FLAG, DOUBLED], {FLAG}),
        ([COME, DOUBLED], [COME, DOUBLED, COME], {COME}),
        ([COME, COME, DOUBLED], [DOUBLED, COME], {COME, DOUBLED}),
        ([COME, DOUBLED, COME], [FLAG, COME, DOUBLED], {FLAG, COME}),
        ([COME, DOUBLED], [], {COME, DOUBLED}),
        ([COME, DOUBLED], [COME, DOUBLED], set()),
    ],
)
def test_what_the_timetables_alone_tell_apart_is_assumed_and_nothing_else(tmp_path, one, other, sources):
    scenarios = load(tmp_path, ORDERED, *(at_once(*events) if events else "" for events in (one, other)))
    for sides in (scenarios, scenarios[::-1]):
        alignment = Alignment(*(side(scenario, 1, 0) for scenario in sides))
        alignment.align()

        assert sources_of(alignment) == {f"event {event}" for event in sources}
        for number, log in enumerate(alignment.logs):
            alone = [place for place, event in enumerate(log)
                     if not alignment.shared(number, place) and not event.rule]  # fmt: skip
            assert all(alignment.is_assumed(number, place) for place in alone)


def test_an_order_at_one_time_says_nothing_of_another(tmp_path):
    scenarios = load(
        tmp_path,
        ORDERED,
        assumed((1, COME), (1, FLAG), (3, COME), (3, DOUBLED)),
        assumed((1, COME), (1, FLAG), (3, DOUBLED), (3, COME)),
    )
    alignment = Alignment(*(side(scenario, 1, 0) for scenario in scenarios))

    assert sources_of(alignment) == set(BOTH)


@pytest.fixture(scope="module")
def orderings(tmp_path_factory):
    """Return two scenarios of one model that differ in two parameters, of which nothing reads either."""
    return load(tmp_path_factory.mktemp("ordered"), ORDERED, "", "parameters: {idle: 2, odds: 0.6}")


EVENTS = st.lists(st.sampled_from([COME, DOUBLED, FLAG]), max_size=5)


@given(EVENTS, EVENTS)
def test_whatever_two_timetables_list_at_once_is_the_cause_of_every_difference(orderings, one, other):
    sides = [
        side(replace(scenario, timetable=tuple(Scheduled(3.0, event, (), "") for event in events)), 1, 0)
        for scenario, events in zip(orderings, (one, other), strict=True)
    ]
    alignment = Alignment(*sides)
    alignment.align()
    flow = Flow(alignment, Readings(sides[0][0]))

    for number, log in enumerate(alignment.logs):
        for place, event in enumerate(log):
            if not alignment.shared(number, place):
                found = flow.behind([(number, place)], enough=frozenset({"more than there is"}))
                assert alignment.is_assumed(number, place) == (not event.rule)
                assert found
                assert found <= sources_of(alignment) - {"parameter idle", "parameter odds"}
