"""Variables that relax and conditions that flip: when, in which order, and what leaves them alone; in both engines."""

import math

import pytest

from sim.build.model import loads_model
from sim.model.evolve import initial
from sim.model.moving import motion
from sim.model.program import TIME, compile_model
from sim.numerics.elementary import exp
from sim.numerics.relaxation import LOG_2, passing_age, relaxed
from tests.engines.conformance.engines import ENGINES
from tests.engines.kernel.alike import check_alike
from tests.model.moving.relaxing import SEED, bits, log_of, measured, relaxing, scenario_of, times

every_engine = pytest.mark.parametrize("engine", ENGINES)
DECAY = LOG_2 / 2.0


def falling(level: float, start: float = 1.0, target: float = 0.0) -> float:
    """Return the age at which what relaxes passes a level, in closed form."""
    return 2.0 * math.log2((start - target) / (level - target))


@every_engine
@pytest.mark.parametrize(
    ("condition", "comes"),
    [("x < 0.3", True), ("x <= 0.3", True), ("x > 0.3", False), ("x >= 0.3", False), ("0.3 > x", True),
     ("-x > -0.3", True), ("2 * x + 1 < 1.6", True), ("1 - x > 0.7", True), ("x / 2 < 0.15", True),
     ("x < 0.1 + 0.2 * (n + 1)", True), ("not (x > 0.3)", True)],
)  # fmt: skip
def test_a_condition_flips_when_what_relaxes_passes_its_level(engine, condition, comes):
    model = relaxing(outcomes=f"met: {{when: {condition}}}, unmet: {{when: not ({condition})}}")

    log = log_of(engine, model)

    first, second = ("unmet", "met") if comes else ("met", "unmet")
    assert times(log, first) == [0.0]
    assert times(log, second) == [pytest.approx(falling(0.3), rel=1e-14)]
    if condition[0] == "x" and "+" not in condition and "/" not in condition:
        assert times(log, second) == [passing_age(1.0, 0.0, DECAY, 0.3)]


@every_engine
def test_a_condition_that_is_never_met_or_always_does_not_flip(engine):
    conditions = ("x > 1", "x < 0", "x <= 0", "x >= 1.5")
    outcomes = ", ".join(f'o{place}: {{when: "{text}"}}' for place, text in enumerate(conditions))

    log = log_of(engine, relaxing(outcomes=f'{outcomes}, above: {{when: "x > 0"}}, below: {{when: "not (x > 0)"}}'))

    assert [event.type for event in log if event.kind == "outcome"] == ["above"]


@every_engine
@pytest.mark.parametrize(
    ("target", "true"), [("1", {">", ">="}), ("0", {"<", "<="}), ("0.5", {">=", "<="})], ids=["up", "down", "nowhere"]
)
def test_on_its_level_a_condition_is_what_it_is_just_after(engine, target, true):
    outcomes = ", ".join(f'o{place}: {{when: "x {sign} 0.5"}}' for place, sign in enumerate((">", ">=", "<", "<=")))

    log = log_of(engine, relaxing(start=0.5, towards=target, outcomes=outcomes))

    found = {sign for place, sign in enumerate((">", ">=", "<", "<=")) if times(log, f"o{place}")}
    assert found == true
    assert all(event.time == 0.0 for event in log if event.kind == "outcome")


@every_engine
def test_what_is_set_on_its_level_by_an_event_is_what_it_is_just_after(engine):
    model = relaxing(
        events="  set: {by: a, effects: {x: 0.5}}",
        timetable="{at: 0.25, event: set}",
        outcomes='high: {when: "x < 0.7", while: x >= 0.5}, low: {when: "x < 0.5"}, same: {when: "x <= 0.5"}',
    )

    log = log_of(engine, model)

    assert times(log, "low") == times(log, "same") == [0.25]


@every_engine
def test_after_each_event_that_writes_it_a_level_is_passed_anew(engine):
    model = relaxing(
        "  falls: {faction: a, when: x < 0.25, clock: immediately, emits: pushed}",
        events="  pushed: {by: a, effects: {x: x + 0.5}}",
    )

    found = times(log_of(engine, model), "pushed")

    first, again = 2.0 * math.log2(1.0 / 0.25), 2.0 * math.log2(0.75 / 0.25)
    assert found == pytest.approx([first + again * number for number in range(6)][: len(found)], rel=1e-12)
    assert len(found) == math.floor((20.0 - first) / again) + 1


@every_engine
@pytest.mark.parametrize("condition", ["time >= 5.3", "time > 5.3", "5.3 < time", "time - 0.3 > 5", "not time < 5.3"])
def test_a_condition_of_the_time_flips_then_to_the_last_bit(engine, condition):
    log = log_of(engine, relaxing(outcomes=f"met: {{when: {condition}}}"))

    (found,) = times(log, "met")
    assert found == pytest.approx(5.3, rel=1e-15)
    if "-" not in condition:
        assert found == 5.3


@every_engine
def test_the_time_since_an_event_counts_from_its_last(engine):
    model = relaxing(
        "  waits: {faction: a, when: 'n > 0 and since(noted) > 1.5', clock: immediately, emits: counted}",
        timetable="{at: 2, event: noted}, {at: 3, event: noted}, {at: 3, event: counted}, {at: 6.25, event: noted}",
    )

    assert times(log_of(engine, model), "waits") == [4.5, 7.75]


@every_engine
@pytest.mark.parametrize(("default", "found"), [("5", [0.0, 3.5]), ("0", [3.5]), ("1.5", [3.5])])
def test_before_an_event_the_time_since_it_is_what_is_given(engine, default, found):
    model = relaxing(
        f"  waits: {{faction: a, when: 'since(noted, {default}) > 1.5', clock: immediately, emits: counted}}",
        timetable="{at: 2, event: noted}",
    )

    assert times(log_of(engine, model), "counted") == pytest.approx(found, rel=2.0**-52)


@every_engine
def test_before_an_event_the_time_since_it_has_no_value(engine):
    asked = "  waits: {faction: a, when: 'since(noted) > 1.5', clock: immediately, emits: counted}"
    guarded = asked.replace("since(noted) >", "n > 0 and since(noted) >")

    failed = log_of(engine, relaxing(asked, timetable="{at: 2, event: noted}"))
    gone = log_of(engine, relaxing(guarded, timetable="{at: 2, event: noted}, {at: 3, event: counted}"))

    assert (failed[-1].kind, failed[-1].type, failed[-1].time) == ("failed", "E604", 0.0)
    assert gone[-1].kind == "ended"
    assert times(gone, "waits") == [3.5]


SEARCHED = [
    ("x * x < 0.09", falling(0.3)),
    ("x * time > 1.0", None),
    ("x + y < 0.5", None),
    ("exp(-x) > 0.75", falling(-math.log(0.75))),
    ("abs(x - 0.5) < 0.1", falling(0.6)),
    ("max(x, 0.2) < 0.35", falling(0.35)),
]


@every_engine
@pytest.mark.parametrize("step", [1, 0.3])
@pytest.mark.parametrize(("condition", "closed"), SEARCHED)
def test_a_condition_without_a_closed_form_flips_at_the_first_time_at_which_it_holds(engine, condition, closed, step):
    state = "  y: {type: real, initial: 0.4, relaxes: {towards: 0.1, half_life: 7}}"
    model = relaxing(outcomes=f'met: {{when: "{condition}"}}', state=state, step=step)

    (found,) = times(log_of(engine, model), "met")

    def holds(time: float) -> bool:
        x, y = relaxed(1.0, 0.0, DECAY, time), relaxed(0.4, 0.1, LOG_2 / 7.0, time)
        known = {"x": x, "y": y, "time": time, "exp": exp, "abs": abs, "max": max}
        return bool(eval(condition, known))  # noqa: S307 - a condition of this file

    assert holds(found)
    assert not holds(math.nextafter(found, 0.0))
    if closed is not None:
        assert found == pytest.approx(closed, rel=1e-13)


@every_engine
def test_a_searched_condition_is_seen_to_come_and_go(engine):
    """It holds while x is between 0.4 and 0.6: for longer than a step, so it cannot be missed."""
    model = relaxing(measures='inside: {time_while: "abs(x - 0.5) < 0.1"}', step=0.5)

    assert measured(engine, model)["inside"] == pytest.approx(falling(0.4) - falling(0.6), rel=1e-12)


@every_engine
def test_a_condition_that_holds_for_less_than_a_step_may_be_missed(engine):
    outcomes = 'met: {when: "abs(x - 0.5) < 0.1"}'

    assert times(log_of(engine, relaxing(outcomes=outcomes, step=5)), "met") == []
    assert len(times(log_of(engine, relaxing(outcomes=outcomes, step=1)), "met")) == 1


@every_engine
def test_a_condition_within_another_flips_it_at_once(engine):
    sum_ = "(1 if time >= 2 else 0) + x"
    model = relaxing(outcomes=f'up: {{when: "{sum_} > 1.2"}}, down: {{when: "time > 2.5 and {sum_} < 1.2"}}')

    log = log_of(engine, model)

    assert times(log, "up") == [2.0]
    assert times(log, "down") == [pytest.approx(falling(0.2), rel=1e-13)]


@every_engine
def test_at_one_moment_dated_events_come_first_then_flips_then_immediate_rules(engine):
    model = relaxing(
        "  hurries: {faction: a, when: time >= 5, clock: immediately, emits: counted}\n"
        "  keeps_a_date: {faction: a, clock: {at: 5}, priority: 5, emits: dated}",
        events="  dated: {by: a}",
        timetable="{at: 5, event: noted}",
        outcomes='late: {when: "time >= 5"}, counted_late: {on: [noted], while: "time < 5"}',
    )

    log = log_of(engine, model)

    at_five = [event.type for event in log if event.time == 5.0]
    assert at_five.index("noted") < at_five.index("late") < at_five.index("counted")
    assert at_five.index("late") < at_five.index("dated")
    assert at_five.index("noted") < at_five.index("counted_late"), "when it was noted, the flag had not flipped"


WATCHED = (
    "  heats: {faction: a, clock: {rate: 0.2 + x}, emits: counted}\n"
    "  crosses: {faction: a, when: x < 0.35, clock: immediately, emits: counted}\n"
)


@every_engine
def test_only_another_value_moves_the_anchor(engine):
    """To write what it is would change the last bits of what follows, in a fifth of cases, if it moved the anchor."""
    timetable = ", ".join(f"{{at: {0.37 * number}, event: written}}" for number in range(1, 40))

    def log(effects: str) -> list[tuple[float, str, str, int, tuple[float, ...]]]:
        written = f"  written: {{by: a{effects}}}"
        return bits(log_of(engine, relaxing(WATCHED, events=written, timetable=timetable)))

    nothing, itself = log(""), log(", effects: {x: x}")
    assert itself == nothing
    assert log(", effects: {x: x + 0.0001}") != nothing


@every_engine
def test_a_level_that_moves_with_the_state_is_passed_when_it_comes_there(engine):
    model = relaxing(
        timetable="{at: 1, event: counted}, {at: 3, event: counted}", outcomes='met: {when: "x < 0.15 * n"}'
    )

    # 0 until 1, 0.15 until 3, then 0.3: passed by x = 0.35 after 3 only.
    assert times(log_of(engine, model), "met") == [pytest.approx(falling(0.3), rel=1e-13)]


def test_values_between_events_are_those_of_the_formula():
    program = compile_model(relaxing(outcomes='met: {when: "x < 0.3"}'))
    frame = initial(program, ())
    (variable,) = program.motion.variables.values()

    assert motion.value(variable, frame) == 1.0
    frame[TIME] = 3.0
    assert motion.value(variable, frame) == relaxed(1.0, 0.0, DECAY, 3.0) == pytest.approx(2.0**-1.5)
    assert motion.next_flip(program.motion, frame) == passing_age(1.0, 0.0, DECAY, 0.3)
    assert motion.next_look(program.motion, frame) == math.inf
    (flag,) = program.motion.flags
    assert frame[flag.slot] is False
    assert motion.flip(program.motion, frame) == [flag.slot]
    assert frame[flag.slot] is True
    assert frame[TIME] == passing_age(1.0, 0.0, DECAY, 0.3)
    assert motion.next_flip(program.motion, frame) == math.inf


@pytest.mark.parametrize("inclusive", [True, False])
def test_flips_at_the_moment_itself_are_left_for_what_comes_before_them(inclusive):
    program = compile_model(relaxing(outcomes='met: {when: "time >= 3"}, later: {when: "time >= 4"}'))
    frame = initial(program, ())
    told: list[float] = []

    flipped = list(motion.elapse(program.motion, frame, 3.0, inclusive=inclusive, passing=told.append))

    assert len(flipped) == inclusive
    assert told == [3.0] * inclusive
    assert sorted(frame[flag.slot] for flag in program.motion.flags) == [False, inclusive]


@every_engine
@pytest.mark.parametrize(("towards", "code"), [("0.5", "ended"), ("11 * p", "E630"), ("p", "ended")])
def test_a_target_outside_the_range_ends_the_run(engine, towards, code):
    text = f"""
model: m
title: M
time: {{unit: abstract}}
horizon: 5
factions: {{a: {{title: A}}}}
parameters: {{p: {{value: 0.7, basis: {{judgement: given}}}}}}
state: {{x: {{type: real, range: [0, 1], initial: 0.2, relaxes: {{towards: {towards}, half_life: 2 * p}}}}}}
events: {{e: {{by: a}}}}
rules: {{r: {{faction: a, when: x > 0.9, clock: immediately, emits: e}}}}
"""
    log = log_of(engine, loads_model(text))

    assert code in (log[-1].kind, log[-1].type)


@every_engine
def test_an_effect_compares_with_what_a_relaxing_variable_is_at_the_event(engine):
    model = relaxing(
        events='  met: {by: a, effects: {n: "(1 if x == 1 else 0) + (10 if 1 == x else 0) + (100 if x != 1 else 0)"}}',
        timetable="{at: 2, event: met}",
        measures="n: {value: n}",
    )

    assert measured(engine, model)["n"] == 100


@pytest.mark.parametrize("level", [0.05, 0.123, 0.3, 0.37, 0.5, 0.61, 0.777, 0.9])
@pytest.mark.parametrize(
    ("start", "towards", "guard"),
    [
        (1, "0", "x > LEVEL and sqrt(x - LEVEL) > 0.1"),
        (1, "0", "x > LEVEL and sqrt(x - LEVEL) < 0.1"),
        (0, "1", "x > LEVEL and sqrt(x - LEVEL) < 0.1"),
        (1, "0", "time > LEVEL * 10 and log(time - LEVEL * 10) < 0.1"),
        (1, "0", "time < LEVEL * 10 and sqrt(LEVEL * 10 - time) < 0.1"),
    ],
)
def test_what_has_a_value_on_one_side_of_a_level_alone_may_stand_behind_that(start, towards, guard, level):
    text = guard.replace("LEVEL", str(level))
    rule = f"  r: {{faction: a, when: '{text}', clock: {{rate: 3}}, emits: counted}}"
    model = relaxing(rule, start=start, towards=towards, outcomes=f"met: {{when: '{text}'}}")

    logs = check_alike(compile_model(model), scenario_of(model), SEED, range(3))

    assert [log[-1].kind for log in logs] == ["ended"] * 3, logs[0][-1].note
    assert [len(times(log, "met")) for log in logs] == [1] * 3


@every_engine
def test_what_has_no_value_beyond_no_level_that_it_stands_behind_still_ends_the_run(engine):
    rule = "  r: {faction: a, when: x > 0.3 and sqrt(x - 0.4) < 5, clock: {rate: 0}, emits: counted}"
    last = log_of(engine, relaxing(rule))[-1]

    assert (last.type, last.rule) == ("E604", "r")
