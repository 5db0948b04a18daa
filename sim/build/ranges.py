"""Within which bounds a measure lies whatever happens: told by its kind, and by the ranges that the model declares.

Where the model does not tell, a bound is infinite: parameters are taken to be anything, because scenarios and
sensitivity designs change them.
"""

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias, assert_never

from sim.build.domains import known_bounds
from sim.model.bounds import NOT_NEGATIVE, Bounds, all_bounds, bounds, either, of_two
from sim.model.measuring.formulas import formulas_in_order
from sim.model.measuring.quantities import (
    CountOf,
    Formula,
    Greatest,
    Integral,
    Least,
    Measure,
    SumOf,
    TimeUntil,
    TimeWhile,
    ValueAt,
    Window,
)
from sim.model.measuring.tallies import time_of
from sim.model.scenario import Scenario

Known: TypeAlias = Mapping[tuple[str, str], Bounds]


def natural_ranges(scenario: Scenario) -> Mapping[str, Bounds]:
    """Return the least and the greatest value that each measure can have in a run of the scenario, by name."""
    known, measures = dict(_never_negative(scenario)), scenario.model.measures
    formulas = formulas_in_order(measures)
    of_runs = (measure for measure in measures.values() if not isinstance(measure.quantity, Formula))
    found: dict[str, Bounds] = {}
    for measure in (*of_runs, *formulas):
        found[measure.name] = known["measure", measure.name] = _natural_range(scenario, measure, known)
    return {name: found[name] for name in measures}


def _natural_range(scenario: Scenario, measure: Measure, known: Known) -> Bounds:
    length = _length(scenario, measure.window)
    match measure.quantity:
        case TimeUntil() | TimeWhile():
            return 0.0, length
        case CountOf():
            return NOT_NEGATIVE
        case SumOf(expression, on):
            low, high = bounds(expression.tree, {**known, **_marks(scenario, on, known)})
            return (0.0 if low >= 0.0 else -math.inf), (0.0 if high <= 0.0 else math.inf)
        case Integral(expression):
            return either((0.0, 0.0), of_two("mul", bounds(expression.tree, known), (length, length)))
        case ValueAt(expression) | Greatest(expression) | Least(expression) | Formula(expression):
            return bounds(expression.tree, known)
        case _:
            assert_never(measure.quantity)


def _length(scenario: Scenario, window: Window) -> float:
    """Return how long the part of the runs is that lies within a window, at most."""
    opens, closes = scenario.start, scenario.horizon
    if window.opens is not None:
        opens = max(opens, time_of(window.opens, scenario.start))
    if window.closes is not None:
        closes = min(closes, time_of(window.closes, scenario.start))
    return max(0.0, closes - opens)


def _never_negative(scenario: Scenario) -> Known:
    """Return the bounds of the state, from 0 on for each number that begins there and that no event brings below.

    By induction over events: all numbers are supposed to be so, and those are left out for which it does not follow,
    until it follows for all that are left. A documented event has marks that nobody bounded, so an effect that reads
    one proves nothing.
    """
    declared = known_bounds(scenario.model.variables, {})
    written = [item for event in scenario.model.events.values() for item in event.effects.items()]
    written += [(name, variable.initial) for name, variable in scenario.model.variables.items()]
    trees = [(("state", name), value.tree) for name, value in written if ("state", name) in declared]
    known = {name: (max(0.0, low), high) for name, (low, high) in declared.items()}
    while True:
        found = all_bounds([tree for _, tree in trees], known)
        fallen = {name for (name, _), (low, _) in zip(trees, found, strict=True) if low < 0.0}
        wider = {name: declared[name] for name in fallen if known[name] != declared[name]}
        if not wider:
            return known
        known |= wider


def _marks(scenario: Scenario, events: Iterable[str], known: Known) -> Known:
    """Return within which bounds the marks of events lie: as rules emit them or the timetable has them."""
    found: dict[tuple[str, str], Bounds] = {}
    for name in events:
        marks = [("mark", mark) for mark in scenario.model.events[name].marks]
        emitted = [
            [bounds(mark.tree, known) for mark in emission.marks]
            for rule in scenario.model.rules.values()
            for emission in rule.emissions
            if emission.event == name
        ]
        emitted += [[(mark, mark) for mark in item.marks] for item in scenario.timetable if item.event == name]
        for values in emitted:
            for mark, value in zip(marks, values, strict=True):
                found[mark] = either(found.get(mark, value), value)
    return found
