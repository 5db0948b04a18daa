"""Clocks whose rates or speeds move: when they fire for the draw that they have, and what leaves every bit alone."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.testing.models import model_data, scenario_of
from tests.engines.conformance.engines import ENGINES
from tests.engines.conformance.known import text_of as known_text
from tests.engines.conformance.moving import HAZARDS
from tests.engines.kernel.alike import check_alike
from tests.examples import few_or_many
from tests.model.moving.relaxing import SEED, bits, log_of, relaxing, threshold, times

every_engine = pytest.mark.parametrize("engine", ENGINES)
RUNS = 40
DECAY, LATE = math.log(2) / 2, -2 * math.log2(0.7)  # of what goes from 0 to 1, and when it is at 0.3


# The error statement, clock by clock: how far the hazard at the firing is from the draw.


@every_engine
@pytest.mark.parametrize("step", [0.25, 0.5, 1, 2])
def test_a_clock_fires_where_its_hazard_is_its_draw(engine, step):
    model = loads_model(known_text("moving").replace("step: 2", f"step: {step}"))
    for run in range(RUNS):
        log = ENGINES[engine](compile_model(model), Scenario.of(model), SEED).run(run)
        for name, (hazard, _) in HAZARDS.items():
            (time,) = times(log, name)
            drawn = threshold(model, run, name)
            # What the chance to have fired is wrong by; a line, and steps, are followed to the last digits.
            wrong = abs(hazard(time) - drawn) * math.exp(-drawn)
            assert wrong < (1e-14 if name in ("line", "jumps") else 3e-4)


def mean_of(rate: str, step: float, runs: int) -> np.ndarray:
    """Return when a clock of this rate first fires in each run, on the same luck whatever the step."""
    rule = f"  r: {{faction: a, when: n == 0, clock: {{rate: '{rate}'}}, emits: counted}}"
    model = relaxing(rule, step=step, horizon=1000)
    engine = ENGINES["kernel"](compile_model(model), Scenario.of(model), SEED)
    return np.array([log[1].time for log in engine.make(range(runs)).logs()])


MEANS: list[tuple[str, Callable[[float], float]]] = [
    ("exp(time - 1)", lambda e: math.log1p(e * math.e)),
    ("3 * time * time", lambda e: e ** (1.0 / 3.0)),
    ("1.5 * sqrt(time)", lambda e: e ** (2.0 / 3.0)),
    ("2 * time", math.sqrt),
]


@pytest.mark.parametrize(
    ("runs", "steps"), [(500, (1.0, 0.5)), pytest.param(20_000, (4.0, 2.0, 1.0, 0.5, 0.25), marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(("rate", "exact"), MEANS)
def test_the_mean_is_right_to_three_parts_in_ten_thousand_whatever_the_step(rate, exact, runs, steps):
    """Each run stands against the exact time for the same draw, so that chance cancels."""
    drawn = relaxing(f"  r: {{faction: a, when: n == 0, clock: {{rate: '{rate}'}}, emits: counted}}")
    known = np.array([exact(threshold(drawn, run, "r")) for run in range(runs)])

    for step in steps:
        error = float((mean_of(rate, step, runs) - known).mean() / known.mean())
        assert abs(error) < (3e-4 if "sqrt" in rate else 1e-4), step


# The table of ages: a Weibull of shape 1.5 and scale 10, with speed 0.5 until 4, none until 6, then 2.

PACED = "  r: {faction: a, when: n == 0, clock: {weibull: {shape: 1.5, scale: 10}, speed: 0.5 if time < 4 else 0 if time < 6 else 2}, emits: counted}"  # noqa: E501


def at_age(age: float) -> float:
    return age / 0.5 if age <= 2.0 else 6.0 + (age - 2.0) / 2.0


@pytest.mark.parametrize(("given", "age", "due"), [(0.05, 1.357209, 2.714418), (0.8, 8.617739, 9.308869)])
def test_a_clock_with_a_speed_fires_at_the_age_that_its_draw_comes_to(given, age, due):
    model = relaxing(PACED)
    engine = ReferenceEngine(compile_model(model), Scenario.of(model), SEED)
    engine.streams.thresholds = lambda run: lambda number, occurrence: given  # type: ignore[method-assign]

    (time,) = times(engine.run(0), "r")

    assert time == pytest.approx(due, abs=1e-6)
    assert time == pytest.approx(at_age(10.0 * given ** (2.0 / 3.0)), rel=1e-14)
    assert age == pytest.approx(10.0 * given ** (2.0 / 3.0), abs=1e-6)


@every_engine
@pytest.mark.parametrize("how", ["flags", "events"])
def test_ages_stand_still_and_run_as_the_speed_says(engine, how):
    model = relaxing(PACED)
    if how == "events":
        model = relaxing(
            PACED.replace("0.5 if time < 4 else 0 if time < 6 else 2", "0.5 * pace"),
            state="  pace: {type: real, initial: 1}",
            events="  rests: {by: a, effects: {pace: 0}}\n  goes_on: {by: a, effects: {pace: 4}}",
            timetable="{at: 4, event: rests}, {at: 6, event: goes_on}",
        )
    for run in range(RUNS):
        age = 10.0 * threshold(model, run, "r") ** (2.0 / 3.0)
        if at_age(age) < 20.0:
            assert times(log_of(engine, model, run), "r") == [pytest.approx(at_age(age), rel=1e-13)]


@every_engine
def test_a_speed_of_one_leaves_every_bit_as_it_is_without(engine):
    rule = "  r: {faction: a, clock: {gamma: {shape: 2.5, mean: 1.3}}, emits: counted}"

    assert bits(log_of(engine, relaxing(rule))) == bits(log_of(engine, relaxing(rule.replace("}}", "}, speed: 1}"))))


@every_engine
@pytest.mark.parametrize("bad", ["-0.5", "1 / (2 - n)"])
def test_a_speed_that_is_none_ends_the_run(engine, bad):
    rule = f"  r: {{faction: a, clock: {{fixed: 1}}, emits: noted}}\n  s: {{faction: a, clock: {{weibull: {{shape: 2, scale: 50}}, speed: '1 if n < 2 else {bad}'}}, emits: noted}}"  # noqa: E501
    model = relaxing(rule, timetable="{at: 2, event: counted}, {at: 3, event: counted}")

    log = log_of(engine, model)

    assert (log[-1].kind, log[-1].time, log[-1].rule) == ("failed", 3.0, "s")


# Memories of a rate that moves: 0.05 * time, at rest from 4 to 6.


@every_engine
@pytest.mark.parametrize("memory", ["fresh", "keep", "repeat"])
@pytest.mark.parametrize("clock", ["{rate: 0.05 * time}", "{weibull: {shape: 1, scale: 1}, speed: 0.05 * time}"])
def test_each_memory_goes_on_from_the_hazard_that_it_remembers(engine, memory, clock):
    awake = "n == 0 and (time < 4 or time >= 6)"
    rule = f"  r: {{faction: a, when: {awake}, clock: {clock}, memory: {memory}, emits: counted}}"
    model = relaxing(rule)
    late = 0
    for run in range(RUNS):
        first, second = (threshold(model, run, "r", occurrence) for occurrence in (0, 1))
        if first < 0.4:
            expected = math.sqrt(40.0 * first)
        else:
            more = {"fresh": second, "keep": first - 0.4, "repeat": first}[memory]
            expected = math.sqrt(36.0 + 40.0 * more)
            late += 1
        found = times(log_of(engine, model, run), "r")
        assert found == ([pytest.approx(expected, rel=1e-12)] if expected < 20.0 else [])
    assert late > RUNS // 3


@every_engine
@pytest.mark.parametrize(("step", "at"), [(0.1, 0.3), (0.1, 1.7), (0.2, 0.6)])
def test_an_event_next_to_a_grid_point_does_not_end_the_run(engine, step, at):
    """0.3 is the float before 3 * 0.1: no time lies between the two."""
    model = relaxing(
        "  r: {faction: a, clock: {rate: 1 + x}, emits: noted}",
        events="  pushed: {by: a, effects: {x: x + 0.5}}",
        timetable=f"{{at: {at}, event: pushed}}", step=step,
        outcomes="met: {when: x * x < 0.1}", measures="area: {integral: x}",
    )  # fmt: skip
    assert math.nextafter(at, math.inf) == round(at / step) * step

    assert log_of(engine, model)[-1].kind == "ended"


@every_engine
@pytest.mark.parametrize("speed", ["0.3", "0.3 if n == 0 else 9"])
def test_a_law_that_keeps_its_age_under_a_speed_keeps_that_and_not_the_time(engine, speed):
    awake = "n == 0 and (time < 4 or time >= 6)"
    clock = f"{{weibull: {{shape: 2, scale: 2}}, speed: {speed}}}"
    model = relaxing(f"  r: {{faction: a, when: {awake}, clock: {clock}, memory: keep, emits: counted}}")
    late = 0
    for run in range(RUNS):
        age = 2.0 * math.sqrt(threshold(model, run, "r"))
        time = age / 0.3 if age < 1.2 else age / 0.3 + 2.0
        assert times(log_of(engine, model, run), "r") == ([pytest.approx(time, rel=1e-13)] if time < 20.0 else [])
        late += age > 1.2
    assert late > RUNS // 3


@every_engine
def test_a_rate_that_moves_is_followed_where_times_are_coarser_than_the_step(engine):
    model = relaxing(
        "  waits: {faction: a, when: n == 0, clock: {fixed: 8e15}, emits: counted}\n"
        "  r: {faction: a, when: n == 1, clock: {rate: 1e-14 * exp(-x)}, emits: counted}\n",
        horizon=9e15, step=0.01,
    )  # fmt: skip
    run = next(run for run in range(100) if threshold(model, run, "r") < 9.0)

    assert times(log_of(engine, model, run), "r") == [pytest.approx(8e15 + 1e14 * threshold(model, run, "r"), rel=1e-9)]


# What does not concern a clock.

IDLES = {"faction": "alpha", "clock": {"rate": "1.3"}, "emits": "idled"}


def with_idler(data: dict[str, object]) -> dict[str, object]:
    rules, events = data["rules"], data["events"]
    assert isinstance(rules, dict)
    assert isinstance(events, dict)
    rate = IDLES if data["time"]["unit"] == "abstract" else {**IDLES, "clock": {"rate": "1.3 per day"}}  # type: ignore[index]
    return {**data, "rules": {**rules, "zz_idles": rate}, "events": {**events, "idled": {"by": "alpha"}}}


@few_or_many(60, 1500, model_data(), st.integers(0, 99))
def test_an_event_that_touches_nothing_changes_no_bit_of_what_else_happens(data, seed):
    alone, joined = scenario_of(data), scenario_of(with_idler(data))
    for run in range(2):
        one, other = (ReferenceEngine(compile_model(known.model), known, seed).run(run) for known in (alone, joined))
        if "E603" in (one[-1].type, other[-1].type):
            continue  # how many events come at once is counted over all
        assert bits(one) == [event for event in bits(other) if event[1] != "idled"]


@every_engine
def test_an_event_that_writes_what_a_rate_reads_is_followed_and_others_are_not(engine):
    rules = (
        "  r: {faction: a, when: n < 3, clock: {rate: 0.3 * exp(x)}, emits: counted}\n"
        "  i: {faction: a, clock: {rate: 2}, emits: stirred}\n"
    )
    touched, untouched = (
        [bits(log_of(engine, relaxing(rules, events=f"  stirred: {{by: a{effects}}}"), run)) for run in range(RUNS)]
        for effects in (", effects: {x: x + 0.000001}", "")
    )
    without = [bits(log_of(engine, relaxing(rules.splitlines()[0]), run)) for run in range(RUNS)]

    def fired(logs: list[list[tuple[float, str, str, int, tuple[float, ...]]]]) -> list[list[float]]:
        return [[event[0] for event in log if event[2] == "r"] for log in logs]

    assert fired(untouched) == fired(without)
    assert fired(touched) != fired(without)
    near = [pytest.approx(times, rel=0.02) for times in fired(without) if len(times) == 3]
    assert sum(any(times == one for one in near) for times in fired(touched)) > RUNS // 2


@every_engine
def test_what_its_guard_reads_does_not_end_the_cell_of_a_rate(engine):
    rule = "  r: {faction: a, when: n < 1000, clock: {rate: 0.3 * exp(x)}, emits: noted}"
    dates = ", ".join(f"{{at: {0.31 * number}, event: counted}}" for number in range(1, 60))

    still, counting = ([times(log_of(engine, relaxing(rule, timetable=dated), run), "r") for run in range(RUNS)]
                       for dated in ("", dates))  # fmt: skip

    assert counting == still


# Horizons and branches.

WHOLE = """
  heats: {faction: a, when: x > 0.05, clock: {rate: 0.6 * exp(-x) + 0.1 * abs(time - floor(time) - 0.5)}, emits: kicked}
  wears: {faction: a, when: not low, clock: {weibull: {shape: 2, scale: 2}, speed: 0.2 + x}, memory: keep, emits: done}
  tires: {faction: a, when: x < 0.7, clock: {gamma: {shape: 2, scale: 1}, speed: x}, memory: repeat, emits: counted}
  rests: {faction: a, when: x < 0.3, clock: immediately, emits: lowered}
  lifts: {faction: a, when: low and since(lowered) > 0.8, clock: {rate: since(lowered)}, emits: lifted}
"""
EVENTS = """
  done: {by: a, effects: {n: n + 1}}
  kicked: {by: a, effects: {x: x + 0.2}}
  lowered: {by: a, effects: {low: true}}
  lifted: {by: a, effects: {low: false, x: 0.9}}
"""


@pytest.fixture(scope="module")
def whole() -> Scenario:
    return Scenario.of(
        relaxing(
            WHOLE, events=EVENTS, state="  low: {type: bool, initial: false}", timetable="{at: 5.5, event: noted}",
            outcomes="deep: {when: x * x < 0.05}, many: {when: n > 12}",
        )
    )  # fmt: skip


@every_engine
def test_a_longer_horizon_keeps_what_happens_within_the_shorter(engine, whole):
    program = compile_model(whole.model)
    for run in range(10):
        short, long = (
            bits(ENGINES[engine](program, replace(whole, horizon=horizon), SEED).run(run)) for horizon in (7.3, 20.0)
        )
        assert short[:-1] == long[: len(short) - 1]


@every_engine
def test_with_luck_kept_a_branch_within_cells_goes_on_bit_for_bit(engine, whole):
    program = compile_model(whole.model)
    made = ENGINES[engine](program, whole, SEED)
    branches = 0
    for run in range(6):
        log = made.run(run)
        for place, event in enumerate(log[:-1]):
            if event.kind == "outcome" or log[place + 1].kind == "outcome":
                continue
            later = branch_from_run(whole, whole, log, ensemble="e", run=run, event=place, seed=SEED, streams="keep")
            again = ENGINES[engine](program, later, SEED).run(0)
            assert bits(again)[1:] == bits(log)[place + 1 :]
            branches += 1
    assert branches > 60


@pytest.mark.parametrize("runs", [3000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_with_fresh_luck_a_branch_is_a_run_that_came_as_far(whole, runs):
    """The first firing after a branch in the middle of cells, against that of the runs in which nothing came before.

    Two samples of one law: the bound on the distance of Kolmogorov and Smirnov is missed once in a million.
    """
    model = relaxing(
        "  r: {faction: a, when: n == 0, clock: {rate: 0.8 * exp(-2 * x)}, emits: counted}",
        timetable="{at: 1.3, event: noted}",
    )
    scenario = Scenario.of(model)
    engine = ENGINES["kernel"](compile_model(model), scenario, SEED)
    firsts = [times(log, "r")[0] for log in engine.make(range(runs)).logs()]
    kept = np.sort([time for time in firsts if time > 1.3])
    run = next(number for number, time in enumerate(firsts) if time > 1.3)
    later = branch_from_run(
        scenario, scenario, engine.run(run), ensemble="e", run=run, event=1, seed=SEED + 1, streams="fresh"
    )
    fresh = np.sort(
        [
            times(log, "r")[0]
            for log in ENGINES["kernel"](compile_model(model), later, SEED + 1).make(range(runs)).logs()
        ]
    )

    merged = np.concatenate([kept, fresh])
    distance = np.abs(
        np.searchsorted(kept, merged, side="right") / len(kept)
        - np.searchsorted(fresh, merged, side="right") / len(fresh)
    ).max()
    scale = math.sqrt(1.0 / len(kept) + 1.0 / len(fresh))
    assert distance < scale * math.sqrt(-0.5 * math.log(1e-6 / 2.0))
    moved = np.abs(
        np.searchsorted(kept + 0.3, merged, side="right") / len(kept)
        - np.searchsorted(fresh, merged, side="right") / len(fresh)
    ).max()
    assert moved > scale * math.sqrt(-0.5 * math.log(1e-6 / 2.0))


@every_engine
def test_a_rate_that_falls_below_nought_ends_the_run_there_and_not_before(engine):
    """Its zero is at 0.2959 within a cell whose ends are well: who is due earlier still fires."""
    zero = (2.4 - math.sqrt(5.76 - 4.8)) / 4.8
    model = relaxing("  r: {faction: a, when: n == 0, clock: {rate: 0.5 - 2.4 * time * (1 - time)}, emits: counted}")
    hazard = 0.5 * zero - 1.2 * zero**2 + 0.8 * zero**3
    seen = set()
    for run in range(RUNS):
        log = log_of(engine, model, run)
        early = threshold(model, run, "r") < hazard
        if early:
            assert times(log, "r")[0] < zero
        else:
            assert (log[-1].type, log[-1].rule) == ("E601", "r")
            assert log[-1].time == pytest.approx(zero, abs=1e-9)
        seen.add(early)
    assert seen == {True, False}


@every_engine
def test_a_speed_that_falls_below_nought_is_called_a_speed(engine):
    model = relaxing("  r: {faction: a, when: n == 0, clock: {fixed: 9, speed: 0.5 - time}, emits: counted}")
    last = log_of(engine, model, 0)[-1]

    assert (last.type, last.rule) == ("E601", "r")
    assert last.time == pytest.approx(0.5, abs=1e-9)
    assert last.note == "the speed of 'r' is negative, or has no value, just after this moment"


# Next to the flip of a condition that a rule reads, computed values may still be those of the other side.

LEVELS = (0.05, 0.123, 0.3, 0.37, 0.5, 0.61, 0.777, 0.9)
DOWN, UP = {"start": 1, "towards": "0"}, {"start": 0, "towards": "1"}
NOTED = "  q: {faction: a, clock: {every: 7}, emits: noted}"
BESIDE_FLIPS = {
    "falls to its end": (DOWN, "clock: {rate: 'x - LEVEL if x > LEVEL else 0'}"),
    "falls to its end steeply": (DOWN, "clock: {rate: 'sqrt(x - LEVEL) if x > LEVEL else 0'}"),
    "falls to its end without bound": (DOWN, "clock: {rate: '1 + abs(log(x - LEVEL)) / 100 if x > LEVEL else 0'}"),
    "falls until its guard does": (DOWN, "when: x > LEVEL, clock: {rate: x - LEVEL}"),
    "ends on time": (DOWN, "clock: {rate: 'LEVEL * 10 - time if time < LEVEL * 10 else 0'}"),
    "ends on time after an event":
        (DOWN, "clock: {rate: 'sqrt(LEVEL - since(noted, 9)) if since(noted, 9) < LEVEL else 0'}"),
    "rises from its beginning": (UP, "clock: {rate: 'x - LEVEL if x > LEVEL else 0'}"),
    "rises from its beginning steeply": (UP, "clock: {rate: 'sqrt(x - LEVEL) if x > LEVEL else 0'}"),
    "falls from without bound": (UP, "clock: {rate: 'abs(log(x - LEVEL)) if x > LEVEL else 0'}"),
    "rises from where its guard does": (UP, "when: x > LEVEL, clock: {rate: sqrt(x - LEVEL)}"),
    "begins on time": (DOWN, "clock: {rate: 'abs(log(time - LEVEL * 10)) if time > LEVEL * 10 else 0'}"),
    "begins at the very start": (DOWN, "clock: {rate: 'abs(log(time * LEVEL)) if time > 0 else 0'}"),
    "begins with an event":
        (DOWN, "on: [noted], memory: keep, clock: {rate: 'abs(log(since(noted) * LEVEL)) if since(noted) > 0 else 0'}"),
    "has a speed that ends": (DOWN, "clock: {fixed: 30, speed: '1 + sqrt(x - LEVEL) if x > LEVEL else 2'}"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BESIDE_FLIPS)
def test_a_rate_that_is_one_up_to_a_flip_or_from_there_on_ends_no_run_in_either_engine(rule):
    start, text = BESIDE_FLIPS[rule]
    for level in LEVELS:
        rules = f"{NOTED}\n  r: {{faction: a, {text.replace('LEVEL', str(level))}, emits: counted}}"
        model = relaxing(rules, **start)
        for log in check_alike(compile_model(model), Scenario.of(model), SEED, range(3)):
            assert log[-1].kind == "ended", log[-1].note


def test_where_a_cell_ends_at_the_flip_itself_both_engines_know_of_it():
    """At a point of the grid the search for flips goes first, and then what is followed."""
    speed = "sqrt(0.3 - since(noted, 4)) if since(noted, 4) < 0.3 else 0"
    rules = f"{NOTED.replace('7', '2')}\n  r: {{faction: a, clock: {{fixed: 1.5, speed: '{speed}'}}, emits: counted}}"
    model = relaxing(rules, step=0.3)

    (log,) = check_alike(compile_model(model), Scenario.of(model), SEED, range(1))

    assert log[-1].kind == "ended", log[-1].note


@every_engine
@pytest.mark.parametrize(
    ("start", "rate", "hazard"),
    [
        (DOWN, "3 - time if time < 3 else 0", lambda time: 3 * time - time * time / 2),
        (UP, "2 * (x - 0.3) if x > 0.3 else 0",
         lambda time: 2 * (0.7 * (time - LATE) - 0.7 / DECAY * (1 - math.exp(-DECAY * (time - LATE))))),
    ],
)  # fmt: skip
def test_a_clock_fires_where_its_hazard_is_its_draw_beside_a_flip_too(engine, start, rate, hazard):
    model = relaxing(f"  r: {{faction: a, when: n == 0, clock: {{rate: '{rate}'}}, emits: counted}}", **start)
    for run in range(RUNS):
        for time in times(log_of(engine, model, run), "r"):
            drawn = threshold(model, run, "r")
            assert abs(hazard(time) - drawn) * math.exp(-drawn) < 3e-4


@every_engine
@pytest.mark.parametrize("rate", ["1 / (time - 5) if time > 5 else 0", "1 / sqrt(time - 5) if time > 5 else 0"])
def test_a_rate_that_comes_from_a_pole_at_a_flip_ends_the_run_there(engine, rate):
    last = log_of(engine, relaxing(f"  r: {{faction: a, clock: {{rate: '{rate}'}}, emits: counted}}"))[-1]

    assert (last.type, last.rule, last.time) == ("E604", "r", 5.0)
