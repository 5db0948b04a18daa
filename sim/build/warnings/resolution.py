"""Rules that go on faster than time can tell apart (W503).

Times are floats: far from time 0 the step from one to the next grows, and what should happen in between comes at the
same time, or late. Where a mean delay is some steps long, roundings even out; where it is less, counts come out wrong.
"""

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias, assert_never

from sim.build.domains import known_bounds
from sim.build.warnings import Files, span_of, warning
from sim.distributions.clock_laws import Law
from sim.language.diagnostics import Diagnostic
from sim.model.bounds import Bounds, bounds
from sim.model.model import AtDate, Every, Immediately, LawClock, Model, Rate, Rule
from sim.model.scenario import Scenario

Known: TypeAlias = Mapping[tuple[str, str], Bounds]  # by (scope, name)

FEWEST_STEPS = 64  # of time in a mean delay: each delay is then off by a hundredth at most


def too_fast(scenario: Scenario, files: Files) -> Iterator[Diagnostic]:
    """Warn of each rule that is sure to go on too fast for the times at the scenario's horizon."""
    step, calendar = math.ulp(scenario.horizon), scenario.model.calendar
    known = at_central(scenario.model)
    for rule in scenario.model.rules.values():
        delay = longest_delay(rule, known)
        if rule.name in scenario.never or not delay < FEWEST_STEPS * step:
            continue
        clock = rule.clock.arguments[0]
        yield warning(
            "W503",
            f"times at the horizon are {calendar.length(step, digits=3)} apart, and the rule '{rule.name}' goes on "
            f"every {calendar.length(delay, digits=3)} on average, or faster",
            span_of(clock, files),
            "counts and times of its events come out wrong there",
            "let the horizon lie nearer to time 0, or take a longer unit of time",
        )


def at_central(model: Model) -> Known:
    """Return the bounds of all that a model's expressions read, with the parameters at their central values."""
    central = {("parameter", name): (float(item.value), float(item.value)) for name, item in model.parameters.items()}
    return {**known_bounds(model.variables, {}), **central}


def longest_delay(rule: Rule, known: Known) -> float:
    """Return the longest that a rule's mean delay can be where `known` holds, as far as its text tells."""
    match rule.clock:
        case Rate(rate):
            low, _ = bounds(rate.tree, known)
            return 1.0 / low if low > 0.0 else math.inf
        case Every(step) | LawClock(law=Law(name="fixed"), arguments=(step,)):
            _, high = bounds(step.tree, known)
            return high if high > 0.0 else math.inf
        case LawClock() | AtDate() | Immediately():
            return math.inf
        case _:
            assert_never(rule.clock)
