"""Measures and outcomes of what relaxes, against closed forms: between events, over windows, and where it crosses."""

import math
from itertools import pairwise

import pytest

from tests.engines.conformance.engines import ENGINES
from tests.model.moving.relaxing import log_of, measured, relaxing, times

every_engine = pytest.mark.parametrize("engine", ENGINES)
DECAY = math.log(2.0) / 2.0

# x starts at 1 and relaxes to 0.1; at 3 it becomes 0.7, at 8 0.4 more than it then is.
KICKS = {
    "events": "  set: {by: a, effects: {x: 0.7}}\n  raised: {by: a, effects: {x: x + 0.4}}",
    "timetable": "{at: 3, event: set}, {at: 8, event: raised}",
    "towards": "0.1",
    "horizon": 12,
}
STARTS = {0.0: 1.0, 3.0: 0.7, 8.0: 0.1 + 0.6 * 2.0**-2.5 + 0.4}


def x(time: float) -> float:
    anchor = max(start for start in STARTS if start <= time)
    return 0.1 + (STARTS[anchor] - 0.1) * math.exp(-DECAY * (time - anchor))


def before(time: float) -> float:
    """Return the value just before an event at a time."""
    anchor = max(start for start in STARTS if start < time)
    return 0.1 + (STARTS[anchor] - 0.1) * math.exp(-DECAY * (time - anchor))


def crossing(anchor: float, level: float) -> float:
    return anchor + math.log((STARTS[anchor] - 0.1) / (level - 0.1)) / DECAY


def area(begin: float, end: float) -> float:
    """Return the integral of x, piece by piece."""
    cuts = [begin, *(start for start in STARTS if begin < start < end), end]
    return sum(0.1 * (b - a) - (x(a) - 0.1) * math.expm1(-DECAY * (b - a)) / DECAY for a, b in pairwise(cuts))


def exponential(begin: float, end: float) -> float:
    """Return the integral of exp(-x), by Simpson's rule on ten thousand parts."""
    total = 0.0
    for low, high in ((begin, 3.0), (3.0, 8.0), (8.0, end)):
        parts = 10_000
        width = (high - low) / parts
        values = [math.exp(-(0.1 + (x(low) - 0.1) * math.exp(-DECAY * width * k))) for k in range(parts + 1)]
        total += width / 3.0 * (values[0] + values[-1] + 4.0 * sum(values[1::2]) + 2.0 * sum(values[2:-1:2]))
    return total


HIGH = 3.0 + (crossing(3.0, 0.3) - 3.0) + (crossing(8.0, 0.3) - 8.0)  # how long x is over 0.3, as it is until 3

CASES = {
    "integral: x": (area(0.0, 12.0), 1e-6),
    "integral: 3 * x - 0.2": (3.0 * area(0.0, 12.0) - 2.4, 1e-6),
    "integral: x, from: 2, until: 9.5": (area(2.0, 9.5), 1e-6),
    "integral: x, from: 3.25, until: 3.5": (area(3.25, 3.5), 1e-6),
    "integral: x, when: 'x < 0.3'": (area(crossing(3.0, 0.3), 8.0) + area(crossing(8.0, 0.3), 12.0), 1e-6),
    "integral: exp(-x)": (exponential(0.0, 12.0), 1e-6),
    "max: x": (1.0, 1e-15),
    "max: x, from: 2": (0.7, 1e-15),
    "max: x, from: 4, until: 7": (x(4.0), 1e-14),
    "min: x": (min(before(3.0), before(8.0), x(12.0)), 1e-14),
    "min: x, until: 6": (x(6.0), 1e-14),
    "min: x, from: 8, until: 9": (before(8.0), 1e-14),
    "value: x": (x(12.0), 1e-14),
    "value: x, at: 5.5": (x(5.5), 1e-14),
    "value: 2 * x * x, at: 2.75": (2.0 * x(2.75) ** 2, 1e-14),
    "time_while: 'x > 0.3'": (HIGH, 1e-13),
    "time_while: 'x <= 0.3'": (12.0 - HIGH, 1e-13),
    "time_while: 'x > 0.3', from: 5, until: 8.5": (crossing(3.0, 0.3) - 5.0 + 0.5, 1e-13),
    "time_while: 'time > 2.5'": (9.5, 1e-15),
    "time_while: 'since(set, 99) < 1.75'": (1.75, 1e-14),
    "time_until: 'x < 0.35'": (crossing(3.0, 0.35), 1e-13),
    "time_until: 'x < 0.35', from: 4": (crossing(3.0, 0.35) - 4.0, 1e-13),
    "time_until: 'x * x < 0.1225', from: 4": (crossing(3.0, 0.35) - 4.0, 1e-12),
    "time_until: 'x < 0.25 and time > 6.5'": (crossing(3.0, 0.25), 1e-13),
    "time_until: 'x < 0.25 and time > 7.5'": (7.5, 1e-15),
    "time_until: 'x < 0.35', from: 7": (0.0, 0.0),
    "count: [set, raised], when: 'x > 0.3'": (1.0, 0.0),
    "sum: x, on: [set, raised]": (before(3.0) + before(8.0), 1e-14),
}  # fmt: skip


@every_engine
@pytest.mark.parametrize("step", [1, 0.4])
def test_a_measure_of_what_relaxes_is_its_closed_form(engine, step):
    """Integrals are taken by Simpson's rule, to a millionth here; all else is exact but for roundings."""
    measures = ", ".join(f"m{place}: {{{text}}}" for place, text in enumerate(CASES))

    found = measured(engine, relaxing(**KICKS, measures=measures, step=step))

    wrong = {
        text: (found[f"m{place}"], expected)
        for place, (text, (expected, near)) in enumerate(CASES.items())
        if found[f"m{place}"] != pytest.approx(expected, rel=near, abs=near)
    }
    assert wrong == {}


@every_engine
def test_an_outcome_of_what_relaxes_comes_when_it_crosses(engine):
    model = relaxing(
        **KICKS, outcomes="calm: {when: x < 0.35, ends_run: true}, soon: {when: x < 0.5, while: time < 2.5}"
    )

    log = log_of(engine, model)

    assert times(log, "calm") == [pytest.approx(crossing(3.0, 0.35), rel=1e-13)]
    assert log[-1].time == times(log, "calm")[0]
    assert times(log, "soon") == [pytest.approx(crossing(0.0, 0.5), rel=1e-13)]


@every_engine
def test_a_value_in_a_run_that_an_outcome_ended_is_that_at_its_end(engine):
    end = crossing(3.0, 0.35)
    expected = {
        "value: x": 0.35,
        "value: x, at: 10": 0.35,
        "value: x, at: 5.5": x(5.5),
        "value: x, from: 1": 0.35,
        "value: 'x < 0.3'": 0.0,
        "value: time": end,
        "value: time, at: 9": end,
        "value: 2 * time - 3, at: 12": 2.0 * end - 3.0,
        "value: since(set)": end - 3.0,
    }  # fmt: skip
    measures = ", ".join(f"m{place}: {{{text}}}" for place, text in enumerate([*expected, "value: x, at: 13"]))

    found = measured(engine, relaxing(**KICKS, outcomes="calm: {when: x < 0.35, ends_run: true}", measures=measures))

    assert found.pop(f"m{len(expected)}") is None
    assert dict(zip(expected, found.values(), strict=True)) == pytest.approx(expected, rel=1e-12)


@every_engine
def test_measures_of_many_random_kicks_are_those_of_the_log(engine):
    """The integral and the extremes, recomputed from the times of the kicks in the log."""
    model = relaxing(
        "  kicks: {faction: a, clock: {rate: 0.7}, emits: kicked}",
        events="  kicked: {by: a, effects: {x: x + 0.5}}",
        measures="area: {integral: x}, most: {max: x}, least: {min: x}, high: {time_while: 'x > 0.8'}",
    )
    for run in range(10):
        log = log_of(engine, model, run)
        value, now, total, most, least, high = 1.0, 0.0, 0.0, 1.0, 1.0, 0.0
        for moment in (*times(log, "kicked"), 20.0):
            width = moment - now
            total += -value * math.expm1(-DECAY * width) / DECAY
            high += min(width, max(0.0, math.log(value / 0.8) / DECAY))
            value *= math.exp(-DECAY * width)
            least = min(least, value)
            if moment < 20.0:
                value += 0.5
            most, now = max(most, value), moment
        found = measured(engine, model, run)
        assert found.pop("area") == pytest.approx(total, rel=1e-6)
        assert found == pytest.approx({"most": most, "least": least, "high": high}, rel=1e-11)
