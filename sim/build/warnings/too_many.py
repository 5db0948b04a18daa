"""Rules that fire more often by the horizon than a run may have events (W325), as far as the documents tell.

It is told of a rule whose guard, once it holds, no event can turn false, and whose mean delay is short in every state
that its variables can have. What no event writes has the value that it has at the branch. Of a rate that grows with
each event nothing is told: how far it comes is not known without a run.
"""

from collections.abc import Collection, Iterator

from sim.build.warnings import Files, span_of, warning
from sim.build.warnings.reachable import central_state, idle_rules
from sim.build.warnings.resolution import Known, at_central, longest_delay
from sim.language.diagnostics import Diagnostic
from sim.language.expressions.tree import reads
from sim.model.bounds import bounds
from sim.model.model import Model, Rule
from sim.model.run import MOST_EVENTS
from sim.model.scenario import Scenario

CERTAIN = (1.0, 1.0)


def too_many_events(scenario: Scenario, files: Files) -> Iterator[Diagnostic]:
    """Warn of each rule that by itself brings a run to the limit of events, if it is enabled early enough."""
    model = scenario.model
    active = {name: rule for name, rule in model.rules.items() if name not in scenario.never}
    coming = {one.event for rule in active.values() for one in rule.emissions}
    coming |= {item.event for item in scenario.timetable}
    known = {**at_central(model), **_settled(scenario, coming)}
    found = {}
    for name, rule in active.items():
        needs = longest_delay(rule, known) * MOST_EVENTS
        if needs < scenario.horizon - scenario.start and _stays(rule, model, coming, known):
            found[name] = needs
    idle = idle_rules(scenario, scenario.never) if found else {}
    for name, needs in found.items():
        if name not in idle:
            yield _warning(active[name], needs, scenario, files)


def _settled(scenario: Scenario, coming: Collection[str]) -> Known:
    """Return the values at the branch of the variables that no coming event writes, at the central parameters."""
    written = {target for name in coming for target in scenario.model.events[name].effects}
    values = central_state(scenario).items()
    return {("state", name): (float(value), float(value)) for name, value in values if name not in written}


def _stays(rule: Rule, model: Model, coming: Collection[str], known: Known) -> bool:
    """Return whether a rule that is enabled is so for good: no event is sure to leave its guard other than true."""
    guard = rule.guard.tree
    if rule.on:
        return False
    read = reads(guard, "state")
    for name in coming:
        effects = {target: effect for target, effect in model.events[name].effects.items() if target in read}
        after = {("state", target): bounds(effect.tree, known) for target, effect in effects.items()}
        if effects and bounds(guard, {**known, **after}) != CERTAIN:
            return False
    return True


def _warning(rule: Rule, needs: float, scenario: Scenario, files: Files) -> Diagnostic:
    clock, calendar = rule.clock.arguments[0], scenario.model.calendar
    ends = any(outcome.ends_run for outcome in scenario.model.outcomes.values())
    return warning(
        "W325",
        f"the rule '{rule.name}' brings a run to its limit of {MOST_EVENTS:,} events in "
        f"{calendar.length(needs, digits=3)} on average, or less, and there are "
        f"{calendar.length(scenario.horizon - scenario.start, digits=3)} to the horizon",
        span_of(clock, files),
        "counted from when it is enabled, which nothing ends, with the parameters at their central values"
        + (", if no outcome ends the run before" if ends else ""),
        "a run is stopped at the limit, and what would have come later is not known",
        "mend the rate or its unit, or bring the horizon nearer",
    )
