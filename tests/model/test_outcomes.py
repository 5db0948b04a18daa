"""When outcomes come true, in runs of a timetable alone: from where time counts, what is safe, which first."""

import pytest

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.program import compile_model
from sim.model.reevaluate import reevaluate
from sim.model.scenario import Scenario

MODEL = """
model: lamp
title: A lamp and a count
time: {{unit: abstract}}
horizon: 20
factions: {{}}
state: {{lit: {{type: bool, initial: true}}, n: {{type: int, initial: 0}}}}
events:
  darkened:  {{exogenous: true, effects: {{lit: false}}}}
  lightened: {{exogenous: true, effects: {{lit: true}}}}
  counted:   {{exogenous: true, effects: {{n: n + 1}}}}
timetable: [{timetable}]
outcomes: {{{outcomes}}}
"""
COUNTED = "{{at: {}, event: counted}}".format
NIGHT = "{at: 2, event: darkened}, {at: 3, event: lightened}"


def scenario(outcomes: str, timetable: str, start: float = 0.0) -> Scenario:
    model = loads_model(MODEL.format(outcomes=outcomes, timetable=timetable))
    coming = tuple(item for item in model.timetable if item.time >= start)
    return Scenario("lamp", "", "", model, (), start, 20.0, coming, (), "lamp.yaml")


def log_of(one: Scenario):
    return ReferenceEngine(compile_model(one.model), one, 1).run(0)


def reached(log) -> list[tuple[str, float]]:
    return [(event.type, event.time) for event in log if event.kind == "outcome"]


@pytest.mark.parametrize(("start", "at", "comes"), [(0, 4, True), (0, 5, False), (3, 7, True), (3, 8, False)])
def test_within_counts_from_the_branch_and_its_last_moment_counts(start, at, comes):
    log = log_of(scenario("o: {when: n >= 1, within: 4}", COUNTED(at), start))

    assert reached(log) == ([("o", at)] if comes else [])


def test_by_is_a_moment_wherever_the_run_begins():
    for start in (0, 3):
        assert reached(log_of(scenario("o: {when: n >= 1, by: 4}", COUNTED(4), start))) == [("o", 4)]
        assert reached(log_of(scenario("o: {when: n >= 1, by: 4}", COUNTED(5), start))) == []


def test_what_it_must_be_safe_with_counts_at_every_moment_before_it_and_once_broken_stays_so():
    safe = "o: {when: n >= 1, while: lit}"

    assert reached(log_of(scenario(safe, COUNTED(1)))) == [("o", 1)]
    assert reached(log_of(scenario(safe, f"{NIGHT}, {COUNTED(1)}"))) == [("o", 1)]
    assert reached(log_of(scenario(safe, f"{NIGHT}, {COUNTED(4)}"))) == []


UNTIL = {
    "what it must be safe with may end by the very event": ("when: not lit, while: lit", "{at: 2, event: darkened}", 2),
    "and by an event that it waits for": ("on: [darkened], while: lit", "{at: 2, event: darkened}", 2),
    "an event at the same time that comes before breaks it": (
        "when: n >= 1, while: lit", "{at: 2, event: darkened}, {at: 2, event: counted}", None,
    ),
    "what is true at the branch has come true, whatever it must be safe with": ("when: lit, while: n > 0", "", 0),
    "a moment too late is too late": ("when: not lit, while: lit, within: 1", "{at: 2, event: darkened}", None),
    "a later moment does not count once it is broken": (
        "when: n >= 1 and lit, while: lit", f"{NIGHT}, {{at: 4, event: counted}}", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNTIL)
def test_while_is_the_until_of_temporal_logic(case):
    outcome, timetable, comes = UNTIL[case]

    assert reached(log_of(scenario(f"o: {{{outcome}}}", timetable))) == ([] if comes is None else [("o", comes)])


def test_an_outcome_that_waits_for_an_event_is_not_reached_by_another_that_its_safe_condition_reads():
    waits = 'o: {on: [counted], while: "lit or n < 9"}'

    assert reached(log_of(scenario(waits, f"{NIGHT}, {COUNTED(4)}"))) == [("o", 4)]
    assert reached(log_of(scenario(waits, NIGHT))) == []


def test_outcomes_of_one_event_come_in_order_of_names_and_the_first_that_ends_the_run_ends_it():
    some = "c: {when: n >= 1}, a: {on: [counted]}, b: {when: n == 1}"
    ending = "z: {when: n >= 1, ends_run: true}, y: {when: n >= 1, ends_run: true}"

    assert reached(log_of(scenario(some, COUNTED(2)))) == [("a", 2), ("b", 2), ("c", 2)]
    log = log_of(scenario(f"{ending}, {some}", f"{COUNTED(2)}, {COUNTED(3)}"))
    assert reached(log) == [("a", 2), ("b", 2), ("c", 2), ("y", 2)]
    assert (log[-1].time, log[-1].note) == (2, "y")


@pytest.mark.parametrize(
    ("outcome", "comes"),
    [
        ("{when: n >= 4, within: 9}", []),
        ("{when: n >= 4, within: 10}", [("o", 10)]),
        ("{when: n >= 4, while: n != 2}", []),
        ("{when: n >= 1}", []),
        ("{on: [counted], when: n >= 2}", []),
        ("{when: n >= 3}", []),
        ("{otherwise: true}", [("o", 20)]),
    ],
)
def test_a_branch_from_a_branch_goes_on_with_the_outcomes_of_the_first_run(outcome, comes):
    one = scenario(f"o: {outcome}", ", ".join(map(COUNTED, (1, 5, 7, 10))))
    first = log_of(one)
    once = branch_from_run(one, one, first, ensemble="e", run=0, event=place(first, 5), seed=1, streams="fresh")
    second = log_of(once)
    twice = branch_from_run(one, once, second, ensemble="f", run=0, event=place(second, 7), seed=1, streams="fresh")

    third = log_of(twice)

    assert (once.start, twice.start) == (5, 7)
    assert (once.lineage.begun, twice.lineage.begun) == (0, 0)
    assert reached(third) == comes
    assert reevaluate(compile_model(one.model), twice, third) == third


def place(log, time: float) -> int:
    return next(event.sequence for event in log if event.kind == "scheduled" and event.time == time)
