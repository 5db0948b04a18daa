"""Which rules wait at a scenario's branch, since when, and with what probability their clocks let them wait so long.

A run goes on from a past in which they have not fired: what is left of their clocks is drawn given that. So where a
clock has nearly run out, its rule fires soon after the branch, which is right only if the past is documented in full.
A clock whose hazard has come to H has run so long with the probability exp(-H).

Nothing is drawn but parameters from their priors (`over_priors`). What is warned of is `sim.build.warnings.overdue`'s,
what is printed `sim.report.pending_rules`'.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from sim.errors import RunError
from sim.language.expressions.types import Calendar
from sim.model.clock.run_clock import RunClock
from sim.model.decide import decide
from sim.model.event import Event
from sim.model.evolve import evolve
from sim.model.expression import Fault
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate, Rule
from sim.model.program import TIME, RuleProgram, compile_model
from sim.model.random_streams import RandomStreams
from sim.model.replay import assume
from sim.model.run import Run
from sim.model.scenario import Scenario
from sim.numerics.ticks import next_on_grid

DRAWS = 200  # of the parameters, for a mean over their priors
HALF = math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A rule that is enabled at the branch, and was so before: since when, after which event, how long its clock ran.

    `hazard` is what the clock has accumulated, infinite where it should have run out. `half_within` is the time from
    the branch within which half of the runs have the rule fire, if nothing stops it. `indifferent` says that the runs
    are the same however long it waited: its clock does not age, and when it fires it goes on as if it never had.
    """

    rule: Rule
    since: float
    after: str
    ran: float
    hazard: float
    half_within: float
    indifferent: bool

    @property
    def survival(self) -> float:
        """The probability that its clock lets it wait so long."""
        return math.exp(-self.hazard)

    @property
    def impossible(self) -> bool:
        """Whether its clock cannot let it wait so long at all."""
        return self.hazard == math.inf


def pending_rules(scenario: Scenario) -> tuple[Pending, ...]:
    """Return the rules that wait at the branch since before it, what is least likely first.

    Parameters are at their central values, and laws those that hold from the branch on, of which the rest is drawn: the
    scenario's, where it has others. A rule that the scenario disables does not wait. There are none where the past
    cannot be folded, and none at a branch from a simulated run, whose past lacks nothing.
    """
    try:
        run = run_at_branch(scenario) if scenario.lineage is None else None
    except RunError:
        return ()  # a run says what is wrong with it
    if run is None:
        return ()
    events: dict[float, list[Event]] = {}
    for event in scenario.past:
        events.setdefault(event.time, []).append(event)
    found = [_pending(run, clock, events) for clock in _waiting(run)]
    return tuple(sorted(found, key=lambda item: (-item.hazard, item.rule.name)))


def _pending(run: Run, clock: RunClock, events: Mapping[float, Sequence[Event]]) -> Pending:
    now, rule = run.scenario.start, clock.program.rule
    types = [event.type for event in events.get(clock.started, ()) if not rule.on or event.type in rule.on]
    return Pending(
        rule=rule,
        since=clock.started,
        after=types[0] if types else "",
        ran=clock.progressed(now) if isinstance(rule.clock, LawClock) else now - clock.started,
        hazard=_hazard(run, clock),
        half_within=half_within(run, clock),
        indifferent=_is_indifferent(run, clock),
    )


def by_family(items: Iterable[Pending]) -> list[list[Pending]]:
    """Return rules with the other members of their families, in the order in which the first of each comes."""
    found: dict[str, list[Pending]] = {}
    for item in items:
        found.setdefault(item.rule.name.partition("[")[0], []).append(item)
    return [*found.values()]


def over_priors(scenario: Scenario, rules: Collection[str]) -> dict[str, float]:
    """Return the mean survival of rules over DRAWS draws of the parameters, of those draws in which they wait.

    The draws are those of the parameters' own streams. There are none where no parameter has a prior.
    """
    known = [*scenario.model.parameters.values(), *scenario.replaced.values()]
    if not rules or not any(parameter.prior for parameter in known):
        return {}
    found: dict[str, list[float]] = {name: [] for name in rules}
    streams = _streams(scenario)
    for number in range(DRAWS):
        try:
            run = run_at_branch(scenario, streams, number, central=False)
        except RunError:
            continue
        for clock in _waiting(run):
            if (name := clock.program.rule.name) in found:
                found[name].append(math.exp(-_hazard(run, clock)))
    return {name: math.fsum(each) / len(each) for name, each in found.items() if each}


def _streams(scenario: Scenario) -> RandomStreams:
    return RandomStreams(compile_model(scenario.model), 0)


def run_at_branch(
    scenario: Scenario, streams: RandomStreams | None = None, number: int = 0, *, central: bool = True
) -> Run:
    """Return a run at its branch, with what the scenario assumes, and with what the timetable lets happen there.

    Only parameters are drawn, and none of them unless it is not `central`. Raise RunError where the past cannot be
    folded.
    """
    program = compile_model(scenario.model)
    streams = streams or _streams(scenario)
    run = Run(program, scenario, streams, streams, number, central=central)
    run.clocks.exact_past = True
    run.fold_past()
    run.frame[TIME] = scenario.start
    flipped = assume(program, run.frame, run.parameters)
    run.clocks.make(run.frame, run.turns.branch)
    run.clocks.follow(run.frame, None, flipped, None)
    for item in scenario.timetable:
        if item.time == scenario.start:
            changed = evolve(program, run.frame, item.event, item.marks, item.time)
            run.clocks.follow(run.frame, item.event, changed, None)
    return run


def _waiting(run: Run) -> Iterator[RunClock]:
    """Yield the clocks that are enabled since before the branch; those of rules that the scenario disables are not."""
    yield from (clock for clock in run.clocks.clocks if clock.enabled and clock.started < run.scenario.start)


def _hazard(run: Run, clock: RunClock) -> float:
    """Return the hazard that a clock has accumulated by the branch, infinite if it should have run out before."""
    now = run.scenario.start
    match clock.program.clock:
        case Rate() | LawClock():
            return max(clock.reached, clock.accumulated(now))
        case AtDate():
            return math.inf if clock.started <= clock.law[0] < now else 0.0
        case Every():
            return math.inf if _next(run, clock, clock.started) < now else 0.0
        case Immediately():
            return math.inf
        case _:
            assert_never(clock.program.clock)


def _next(run: Run, clock: RunClock, now: float) -> float:
    """Return when an `every` clock runs out next; infinite where its steps are too short to be told apart."""
    try:
        return next_on_grid(clock.law[0], now, run.clocks.ticks)
    except ValueError:
        return math.inf  # a run says what is wrong with it


def half_within(run: Run, clock: RunClock) -> float:
    """Return within what time from the branch half of the runs have an enabled clock's rule fire, if nothing stops it.

    It is infinite where the rule then does not fire at all.
    """
    now, gone = run.scenario.start, _hazard(run, clock)
    match clock.program.clock:
        case Rate():
            return run.clocks.time_until(clock, run.frame, gone + HALF)
        case LawClock(law=law):
            return (
                0.0 if gone == math.inf else run.clocks.time_until(clock, run.frame, law.age(*clock.law, gone + HALF))
            )
        case AtDate():
            return clock.law[0] - now if clock.law[0] >= now else math.inf
        case Every():
            return _next(run, clock, now) - now
        case Immediately():
            return 0.0
        case _:
            assert_never(clock.program.clock)


def _is_indifferent(run: Run, clock: RunClock) -> bool:
    """Return whether the runs are the same however long a rule waited, and though events of it may not be documented.

    Then its clock is as good as new at any time, it waits for no event, and whatever it emits leaves its guard true.
    """
    rule = clock.program
    ageless = isinstance(rule.clock, Every) or (
        isinstance(rule.clock, LawClock) and rule.clock.law.name == "exponential"
    )
    if rule.rule.on or rule.rule.memory == "repeat" or not (ageless or rule.memoryless):
        return False
    return all(_holds_after(run, replace(rule, emitters=(emitter,), weights=())) for emitter in rule.emitters)


def _holds_after(run: Run, rule: RuleProgram) -> bool:
    """Return whether a rule's guard is still true when it has emitted its event, with marks at their medians.

    The run's state is as before afterwards.
    """
    frame, before = run.frame, list(run.frame)
    try:
        event, marks = decide(rule, frame, lambda _: 0.5)
        evolve(run.program, frame, event, marks, run.scenario.start)
        return bool(rule.guard(frame))
    except (RunError, Fault):
        return False
    finally:
        frame[:] = before


def about(calendar: Calendar, time: float) -> str:
    """Write a length of time with two digits: `0.76 days`, `370 days`."""
    return calendar.length(float(f"{time:.2g}"))


def in_percent(chance: float) -> str:
    """Write a probability, with two digits where it is small: `98 %`, `1.7 %`, `under 0.0001 %`."""
    value = 100.0 * chance
    return "under 0.0001 %" if value < 1e-4 else f"{value:.0f} %" if value >= 10.0 else f"{value:.2g} %"
