"""In which order things happen that happen at once: exact orders, and exact floats, without any chance.

The language's rule: what is due first comes first; at equal times the timetable, then immediate rules,
then small priorities, then names, and the horizon last.
"""

from fractions import Fraction
from heapq import heapify, heapreplace
from random import Random

import pytest

from sim.build.model import loads_model
from sim.model.event import Log
from sim.model.program import compile_model
from tests.engines.conformance.engines import ENGINES, Engine
from tests.engines.conformance.known import alone, specimen, text_of

HORIZON = 2.0
STEPS = (0.1, 0.2, 0.25, 0.3, 0.5, 0.7)


@pytest.fixture(params=ENGINES)
def run(request):
    """Return the function from a model's text to the log of its run 0."""

    def run(text: str) -> Log:
        scenario = alone(loads_model(text))
        engine: Engine = ENGINES[request.param](compile_model(scenario.model), scenario, 1)
        return engine.run(0)

    return run


def happened(log: Log) -> list[tuple[float, str]]:
    return [(event.time, event.rule or event.type) for event in log if event.kind in ("fired", "scheduled")]


def written(rules: list[str], timetable: str = "") -> str:
    return text_of("equal_times").replace("RULES", ", ".join(rules)).replace("TIMETABLE", timetable)


def rule(name: str, clock: str, priority: int = 0, faction: str = "one") -> str:
    return f"{name}: {{faction: {faction}, clock: {clock}, priority: {priority}, emits: came}}"


def expected(clocks: dict[str, tuple[int, str, float]]) -> list[tuple[float, str]]:
    """Return what happens, of rules given by priority, kind of clock and step: by hand, from a list of what is next.

    A fixed clock adds its step to the time at which it fired; a beat is a multiple of its step. Both are whole numbers
    of ticks, so the n-th time of either is n steps, in exact arithmetic.
    """
    coming = [(Fraction(str(step)), priority, name, 1) for name, (priority, _, step) in clocks.items()]
    heapify(coming)
    found = []
    while coming[0][0] <= HORIZON:
        time, priority, name, count = coming[0]
        found.append((float(time), name))
        _, _, step = clocks[name]
        heapreplace(coming, (Fraction(str(step)) * (count + 1), priority, name, count + 1))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_clocks_of_many_steps_fire_in_exact_order_at_exact_times(run, seed):
    random = Random(seed)  # noqa: S311 - it makes up a model, and no secret
    names = [f"{letter}_{number}" for number in range(3) for letter in "qakz"]
    clocks = {name: (random.randint(-1, 1), random.choice(("fixed", "every")), random.choice(STEPS)) for name in names}
    rules = [
        rule(name, f"{{{kind}: {step}}}", priority, random.choice(("one", "other")))
        for name, (priority, kind, step) in clocks.items()
    ]

    log = run(written(rules))

    known = expected(clocks)
    assert happened(log) == known
    times = [time for time, _ in known]
    assert len(set(times)) < len(times)  # there were ties


def test_times_that_differ_by_roundings_alone_are_equal(run):
    """In floats 0.1 + 0.1 + 0.1 and 3 * 0.1 are a bit above 0.3. All are 300 million ticks: priorities decide."""
    sums = [rule("a_sum", "{fixed: 0.1}", -5), rule("b_beat", "{every: 0.1}", -4), rule("z_date", "{at: 0.3}", 9)]

    near = [(time, name) for time, name in happened(run(written(sums))) if 0.25 < time < 0.35]

    assert near == [(0.3, "a_sum"), (0.3, "b_beat"), (0.3, "z_date")]


def test_times_that_differ_by_more_than_roundings_are_not_equal(run):
    """A tick is 1e-9. What lies a hundredth of a tick beside a whole number of them is no rounding, and stays."""
    later = 0.3 + 1e-11
    sums = [rule("a_late", f"{{fixed: {later!r}}}", -5), rule("z_date", "{at: 0.3}", 9)]

    near = [(time, name) for time, name in happened(run(written(sums))) if 0.25 < time < 0.35]

    assert near == [(0.3, "z_date"), (later, "a_late")]


def test_the_timetable_comes_first_and_keeps_its_own_order(run):
    rules = [rule("a", "{fixed: 1}", -9), rule("b", "{every: 0.5}", -9)]

    log = run(written(rules, "{at: 1, event: noted}, {at: 1, event: came}, {at: 1, event: noted}"))

    assert happened(log) == [
        (0.5, "b"), (1, "noted"), (1, "came"), (1, "noted"), (1, "a"), (1, "b"), (1.5, "b"), (2, "a"), (2, "b"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["ties", "all_at_once"])
def test_priorities_and_names_decide_whatever_the_faction(run, name):
    log = run(specimen(name))

    assert [event.type for event in log if event.kind == "outcome"] == ["in_order"]


WITHDRAWN = """
model: withdrawn
title: Four clocks run out at once, and what one does takes another's turn away or gives it
time: {unit: abstract}
horizon: 3
factions: {one: {title: One}, other: {title: The other}}
state:
  open: {type: bool, initial: true}
  late: {type: bool, initial: false}
events:
  shut:   {by: one, effects: {open: false, late: true}}
  passed: {by: other}
rules:
  b_shuts:     {faction: one, when: open, clock: {fixed: 1}, emits: shut}
  a_passes:    {faction: other, when: open, clock: {fixed: 1}, emits: passed}
  c_passes:    {faction: other, when: open, clock: {fixed: 1}, emits: passed}
  a_follows:   {faction: other, when: late, clock: {fixed: 0}, priority: 3, emits: passed, restarts: [z_is_put_off]}
  z_is_put_off: {faction: one, when: late or open, clock: {fixed: 1}, priority: 4, emits: passed}
"""


def test_who_comes_first_may_take_the_turn_of_who_comes_later_at_the_same_time(run):
    """C's turn is gone when b has shut. What b's event enables follows at once, and puts off z, due at that time."""
    text = WITHDRAWN.replace("clock: {fixed: 0}", "on: [shut], clock: {fixed: 0}")

    assert happened(run(text)) == [
        (1, "a_passes"), (1, "b_shuts"), (1, "a_follows"), (2, "z_is_put_off"), (3, "z_is_put_off"),
    ]  # fmt: skip
