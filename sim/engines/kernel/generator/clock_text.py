"""The text of a rule's clock: what an event that may concern it does to it, as `sim.model.clocks` has it.

Each rule has a function of its own with its guard, its rate or its law's arguments written in; what is the same for
all rules is in `clock_steps`.
"""

from collections.abc import Iterator
from functools import cached_property

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import law_size
from sim.engines.kernel.generator.lines import function, indented
from sim.language.expressions.tree import Expression, Tree, reads
from sim.model.model import LawClock, Rate
from sim.model.moving.moving_trees import slots_read
from sim.model.program import RuleProgram


class ClockText:
    """Writes the functions of one rule's clock: `follow`, and `enable`, which starts it."""

    own_firing = False  # whether it matters that an event is the rule's own firing
    started = "state == ENABLED"

    def __init__(self, expressions: Expressions, rule: RuleProgram) -> None:
        self.expressions = expressions
        self.rule = rule
        self.number = rule.number
        self.memory = rule.rule.memory if isinstance(rule.clock, Rate | LawClock) else "fresh"
        self.at = expressions.layout.clock(rule.number)
        self.own = expressions.layout.state(rule.number)
        self.clock = f"f, n, {self.at}, {self.own}, now"

    def functions(self) -> Iterator[str]:
        """Yield the functions."""
        yield self._follow()
        yield self._enable()

    def restarted(self) -> list[str]:
        """Return the lines that restart a running clock."""
        return [f"enable_{self.number}(f, n, now{', False' if self.own_firing else ''})"]

    def followed(self) -> list[str]:
        """Return the lines that look at the clock again where no event has come."""
        return [self.follows()]

    def follows(self, now: str = "now") -> str:
        """Return the call of `follow` where no event has come that is the rule's own, or that it waits for."""
        more = (", False" if self.own_firing else "") + (", False" if self.waits else "")
        return f"follow_{self.number}(f, n, {now}{more})"

    def renewed(self) -> list[str]:
        """Return the lines that give a clock its law, date or interval again; none where it has none of these."""
        return []

    def arguments(self) -> list[str]:
        """Return the lines that give the clock its law, date or interval as it starts; a date asks whether by its `own`
        rule's firing.
        """
        return self._arguments()

    @property
    def waits(self) -> bool:
        return bool(self.rule.rule.on)

    @property
    def adjusts(self) -> bool:
        """Whether, after an event that leaves the guard alone, nothing but the rate need be looked at."""
        return False

    @property
    def guard_tree(self) -> Tree:
        return self.rule.rule.guard.tree

    @cached_property
    def guarded_by(self) -> frozenset[int]:
        """The slots that the guard reads."""
        return slots_read(self.guard_tree, self.expressions.layout.program.slots)

    def _follow(self) -> str:
        """`own` says that the event is the rule's own firing, `heard` that the rule waits for it."""
        own = ["own: bool"] if self.own_firing else []
        heard = ["heard: bool"] if self.waits else []
        body = [f"state = n[{self.own}]", "if state == EXCLUDED:", "    return"]
        if not self.rule.always:
            body += [f"if not {self.expressions.text(self.guard_tree)}:", *indented(self._stopped()), "    return"]
        return function(f"follow_{self.number}", [*body, *self._held()], "now: float", *own, *heard)

    def _held(self) -> list[str]:
        """Follow an event after which the guard holds."""
        own = ", own" if self.own_firing else ""
        idle = "state == ENABLED or not heard" if self.waits else self.started
        return [f"if {idle}:", "    return", f"enable_{self.number}(f, n, now{own})"]

    def _stopped(self) -> list[str]:
        how = {"fresh": f"stop_clock(f, n, {self.own})", "keep": f"pause_keeping({self.clock})",
               "repeat": f"pause_repeating({self.clock})"}[self.memory]  # fmt: skip
        return [f"if {self.started}:", f"    {how}"]

    def _enable(self) -> str:
        own = ["own: bool"] if self.own_firing else []
        body = [*self._arguments(), f"start_clock({self.clock})"]
        return function(f"enable_{self.number}", body, "now: float", *own)

    def _arguments(self) -> list[str]:
        """Evaluate what the clock is given, and refuse what cannot be."""
        return []


class ImmediateText(ClockText):
    """No clock: a rule that fires when its guard turns true, and not again before it has turned false."""

    started = "state == ENABLED or state == EDGE_USED"


class _GivenText(ClockText):
    """A clock that is given one moment: a date or a step."""

    def __init__(self, expressions: Expressions, rule: RuleProgram, given: Expression) -> None:
        super().__init__(expressions, rule)
        self._tree = given.tree

    @property
    def given(self) -> str:
        return f"given = {self.expressions.real(self._tree)}"

    def renewed(self) -> list[str]:
        """A date that has come does not come again."""
        lines = [self.given, *self._refused(), f"f[{self.at} + LAW] = given", f"aim({self.clock})"]
        return [f"if n[{self.own}] == ENABLED and f[{self.at} + LAW] != inf:", *indented(lines)]

    def _refused(self) -> list[str]:
        return []


class DateText(_GivenText):
    """A clock that runs out at a date."""

    own_firing = True

    def _arguments(self) -> list[str]:
        return [self.given, "if own and given <= now:", "    given = inf", f"f[{self.at} + LAW] = given"]


class BeatText(_GivenText):
    """A clock that runs out at regular intervals."""

    def _refused(self) -> list[str]:
        return ["if not 0.0 < given < inf:", "    raise ValueError('a step')"]

    def _arguments(self) -> list[str]:
        return [self.given, *self._refused(), f"f[{self.at} + LAW] = given"]


class LawText(ClockText):
    """A clock with a law."""

    def __init__(self, expressions: Expressions, rule: RuleProgram, given: LawClock) -> None:
        super().__init__(expressions, rule)
        self.given = given

    def renewed(self) -> list[str]:
        lines = [*self._arguments(), f"renew_law(f, n, {self.at}, {self.own})"]
        return [f"if n[{self.own}] == ENABLED or n[{self.own}] == PAUSED:", *indented(lines)]

    def _enable(self) -> str:
        resumed = [f"if n[{self.own}] == PAUSED:", f"    resume_clock({self.clock})", "    return"]
        given = self._arguments()
        body = {"fresh": given, "keep": [*resumed, *given], "repeat": [*given, *resumed]}[self.memory]
        return function(f"enable_{self.number}", [*body, f"start_clock({self.clock})"], "now: float")

    def _arguments(self) -> list[str]:
        return law_lines(self.expressions, self.rule, self.at)


def law_lines(expressions: Expressions, rule: RuleProgram, at: int) -> list[str]:
    """Return the lines that evaluate a law's arguments and keep its own parameters in the clock's block at `at`."""
    given = rule.clock
    assert isinstance(given, LawClock), "it has a law"
    texts = [expressions.real(argument.tree) for argument in given.arguments]
    names = [f"given{index}" for index in range(len(texts))]
    values = [f"law{index}" for index in range(law_size(rule))]
    comma = "," if len(values) == 1 else ""
    return [
        *(f"{name} = {text}" for name, text in zip(names, texts, strict=True)),
        f"{', '.join(values)}{comma} = {given.law.name}_form_{given.law.forms.index(given.form)}({', '.join(names)})",
        *(f"f[{at} + LAW + {index}] = {value}" for index, value in enumerate(values)),
    ]


class RateText(ClockText):
    """A clock with a rate. It has `adjust` and `restart`, too, and `enable` only if its rule remembers it."""

    def __init__(self, expressions: Expressions, rule: RuleProgram, given: Rate) -> None:
        super().__init__(expressions, rule)
        self.rate_tree = given.argument.tree

    def functions(self) -> Iterator[str]:
        body = [*self._checked_rate(), f"start_rate({self.clock}, rate)"]
        yield function(f"restart_{self.number}", body, "now: float")
        yield self._follow()
        if self.adjusts:
            yield self._adjust()
        if self.memory != "fresh":
            yield self._enable()

    def restarted(self) -> list[str]:
        return [f"restart_{self.number}(f, n, now)"]

    def followed(self) -> list[str]:
        lines = super().followed()
        if not self.changes:
            # No event changes this rate, so what follows events does not look at it.
            lines += [f"if n[{self.own}] == ENABLED:", *indented([*self._checked_rate(), *self._changed_rate()])]
        return lines

    @cached_property
    def rate(self) -> str:
        return self.expressions.text(self.rate_tree)

    def _checked_rate(self) -> list[str]:
        check = [] if self._sure() else ["if not 0.0 <= rate < inf:", "    refuse(n)", "    return"]
        return [f"rate = {self.rate}", *check]

    def _sure(self, *, moderate: bool = False) -> bool:
        """Return whether the rate is sure to be one; `moderate` takes for granted that parameters are."""
        low, high = self.expressions.interval(self.rate_tree, moderate=moderate)
        return low >= 0.0 and high < float("inf") and not self.expressions.may_fault(self.rate_tree)

    @cached_property
    def deferrable(self) -> bool:
        """Whether the past need not know the rate: what is accumulated by it is forgotten."""
        return self.memory == "fresh" and self._sure(moderate=True)

    def given_rate(self) -> list[str]:
        """Return the lines that give the clock the rate that the past has left open."""
        return [f"if n[{self.own}] == ENABLED:", f"    f[{self.at} + RATE] = {self.rate}"]

    @cached_property
    def changes(self) -> bool:
        """Whether an event may change the rate, or the flipping of a flag."""
        program = self.expressions.layout.program
        parameters = {program.slots["parameter", name] for name in reads(self.rate_tree, "parameter")}
        return not slots_read(self.rate_tree, program.slots) <= parameters

    @cached_property
    def adjusts(self) -> bool:
        """The guard is then what it was: of a clock that runs it holds; else it does not, or the rule waits.

        A rule that waits may have a guard that nobody has looked at yet: if that may have no value, it is looked at.
        """
        return self.changes and not (self.waits and self.expressions.may_fault(self.guard_tree))

    def _adjust(self) -> str:
        body = [
            f"if n[{self.own}] != ENABLED{' or n[RATES_DEFERRED] != 0' if self.deferrable else ''}:",
            "    return",
            *self._checked_rate(),
            *self._changed_rate(),
        ]
        return function(f"adjust_{self.number}", body, "now: float")

    def _changed_rate(self) -> list[str]:
        return [f"if rate != f[{self.at} + RATE]:", f"    change_rate({self.clock}, rate)"]

    def _held(self) -> list[str]:
        """Follow a rate: only a changed one is a change."""
        start = (
            f"start_rate({self.clock}, rate)" if self.memory == "fresh" else f"enable_{self.number}(f, n, now, rate)"
        )
        asleep = ["if state != ENABLED and not heard:", "    return"] if self.waits else []
        deferrable = [
            "if n[RATES_DEFERRED] != 0:",
            "    if state != ENABLED:",
            f"        n[{self.own}] = ENABLED",
            f"        n[{self.own} + OCCURRENCE] = n[{self.own} + OCCURRENCE] + 1",
            "    return",
        ] if self.deferrable else []  # fmt: skip
        if not self.changes:
            return ["if state == ENABLED:", "    return", *asleep, *deferrable, *self._checked_rate(), start]
        return [
            *asleep,
            *deferrable,
            *self._checked_rate(),
            "if state == ENABLED:",
            *indented(self._changed_rate()),
            "else:",
            f"    {start}",
        ]

    def _enable(self) -> str:
        body = [
            f"if n[{self.own}] == PAUSED:",
            f"    f[{self.at} + RATE] = rate",
            f"    resume_clock({self.clock})",
            "else:",
            f"    start_rate({self.clock}, rate)",
        ]
        return function(f"enable_{self.number}", body, "now: float", "rate: float")
