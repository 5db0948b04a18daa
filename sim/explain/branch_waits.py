"""How long a rule still waits at a branch: within what time half of the runs have it fire, if nothing changes.

Owns what stands in the way of a rule that is not enabled there. Parameters are at their central values, nothing is
drawn. How clocks run is left to `sim.model.clocks`, what waits since before the branch to `sim.build.pending`.
"""

from dataclasses import dataclass
from functools import cached_property

from sim.build.pending import half_within, run_at_branch
from sim.errors import RunError
from sim.language.expressions.conjuncts import conjuncts
from sim.language.expressions.tree import Expression
from sim.model.clock.run_clock import RunClock
from sim.model.expression import Fault, compiled
from sim.model.model import Rate, Rule
from sim.model.replay import state_of
from sim.model.run import Run
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchWait:
    """A rule at a branch: whether it is enabled, and within what time half of the runs then have it fire.

    Of a rule that is not enabled the time counts from when it is, with all else as at the branch. It is infinite where
    the rule would not fire, None where its clock has no value there. `unmet` are the parts of its guard that do not
    hold, `unheard` says that it waits for an event, `disabled` that the scenario lets it not fire. `rate` is the value
    of a clock that is a rate, per unit of time.
    """

    enabled: bool
    half_within: float | None
    unmet: tuple[Expression, ...] = ()
    unheard: bool = False
    disabled: bool = False
    rate: float | None = None


class BranchState:
    """The state of a scenario at its branch with central parameters, and the clocks of its rules there."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def run(self) -> Run | None:
        """The run at its branch; None where the past cannot be folded, or is that of another run."""
        if self.scenario.lineage is not None:
            return None
        try:
            run = run_at_branch(self.scenario)
            run.clocks.include(run.frame, run.turns.branch.enabled)
        except RunError:
            return None
        return run

    @property
    def values(self) -> dict[str, object]:
        """The state at the branch by name, enums by the names of their values; empty where it is not known."""
        return {} if self.run is None else state_of(self.run.program, self.run.frame)

    def wait(self, rule: Rule) -> BranchWait | None:
        """Return how long a rule still waits; None where the state at the branch is not known."""
        run = self.run
        if run is None:
            return None
        program = run.program.rules[run.program.numbers[rule.name]]
        clock = run.clocks.clocks[program.number]
        if clock.enabled:
            return BranchWait(enabled=True, half_within=_half_within(run, clock), rate=self._rate(rule))
        unmet = tuple(part for part in conjuncts(rule.guard) if not self._holds(part))
        return BranchWait(
            enabled=False, half_within=_half_within(run, clock), unmet=unmet, unheard=bool(rule.on) and not unmet,
            disabled=clock.excluded, rate=self._rate(rule),
        )  # fmt: skip

    def _holds(self, part: Expression) -> bool:
        assert self.run is not None, "only what is known is asked about"
        try:
            return bool(compiled(part.tree, self.run.program.slots)(self.run.frame))
        except Fault:
            return False

    def _rate(self, rule: Rule) -> float | None:
        """Return the value of a rate at the branch; None of another clock, and where it has none."""
        if self.run is None or not isinstance(rule.clock, Rate):
            return None
        try:
            return float(compiled(rule.clock.argument.tree, self.run.program.slots)(self.run.frame))
        except Fault:
            return None


def _half_within(run: Run, clock: RunClock) -> float | None:
    """Return the time of a clock that is enabled, or of one that would be enabled at the branch; None without one."""
    try:
        if not clock.enabled:
            clock = clock.copy()
            clock.excluded = False
            run.clocks.enable(clock, run.frame)
        return half_within(run, clock)
    except RunError:
        return None
