"""The text of a rule's clock: what an event that may concern it does to it, as `sim.model.clocks` has it.

Each rule has a function of its own with its guard, its rate or its law's arguments written in; what is the same for
all rules is in `clockwork`.
"""

from collections.abc import Iterator
from functools import cached_property

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import Layout, law_size
from sim.engines.kernel.generator.lines import function, indented
from sim.language.expressions.tree import Tree, reads
from sim.model.program import RuleProgram


class ClockText:
    """Writes the functions of one rule's clock."""

    def __init__(self, layout: Layout, expressions: Expressions, rule: RuleProgram) -> None:
        self.expressions = expressions
        self.rule = rule
        self.kind = rule.kind
        self.number = rule.number
        self.memory = rule.rule.memory if rule.kind in ("rate", "law") else "fresh"
        self.at = layout.clock(rule.number)
        self.own = layout.state(rule.number)
        self.clock = f"f, n, {self.at}, {self.own}, now"

    def functions(self) -> Iterator[str]:
        """Yield the functions: `follow`, `adjust` for a rate, and `enable` or `restart`, which start the clock."""
        if self.kind == "rate":
            body = [*self._checked_rate(), f"start_rate({self.clock}, rate)"]
            yield function(f"restart_{self.number}", body, "now: float")
        yield self._follow()
        if self.adjusts:
            yield self._adjust()
        if self.kind != "rate" or self.memory != "fresh":
            yield self._enable()

    def restarted(self) -> list[str]:
        """Return the lines that start a running clock anew."""
        if self.kind == "rate":
            return [f"restart_{self.number}(f, n, now)"]
        return [f"enable_{self.number}(f, n, now{', False' if self.kind == 'at' else ''})"]

    def followed(self) -> list[str]:
        """Return the lines that look at the clock again where no event has come."""
        more = (", False" if self.kind == "at" else "") + (", False" if self.rule.rule.on else "")
        lines = [f"follow_{self.number}(f, n, now{more})"]
        if self.kind == "rate" and not self.changes:
            # No event changes this rate, so what follows events does not look at it.
            lines += [f"if n[{self.own}] == ENABLED:", *indented([*self._checked_rate(), *self._changed_rate()])]
        return lines

    def renewed(self) -> list[str]:
        """Return the lines that give a clock its law, date or beat anew. A date that has come does not come again."""
        running = f"n[{self.own}] == ENABLED"
        if self.kind == "law":
            lines = [*self._arguments(), f"renew_law(f, n, {self.at}, {self.own})"]
            return [f"if {running} or n[{self.own}] == PAUSED:", *indented(lines)]
        text = self.expressions.real(self.rule.rule.clock.arguments[0].tree)
        wrong = ["if not 0.0 < given < inf:", "    raise ValueError('a step')"] if self.kind == "every" else []
        lines = [f"given = {text}", *wrong, f"f[{self.at} + LAW] = given", f"aim({self.clock})"]
        return [f"if {running} and f[{self.at} + LAW] != inf:", *indented(lines)]

    @property
    def guard_tree(self) -> Tree:
        return self.rule.rule.guard.tree

    @cached_property
    def guarded_by(self) -> frozenset[str]:
        """The variables that the guard reads."""
        return reads(self.guard_tree, "state")

    @property
    def rate_tree(self) -> Tree:
        return self.rule.rule.clock.arguments[0].tree

    @property
    def rate(self) -> str:
        return self.expressions.text(self.rate_tree)

    def _checked_rate(self) -> list[str]:
        tree = self.rate_tree
        low, high = self.expressions.interval(tree)
        fine = low >= 0.0 and high < float("inf") and not self.expressions.may_fault(tree)
        check = [] if fine else ["if not 0.0 <= rate < inf:", "    refuse(n)", "    return"]
        return [f"rate = {self.rate}", *check]

    @property
    def lazy(self) -> bool:
        """Say whether the past need not know the rate: it is sure to be fine as long as parameters are modest, and
        what is accumulated by it is forgotten.
        """
        if self.kind != "rate" or self.memory != "fresh":
            return False
        tree = self.rate_tree
        low, high = self.expressions.interval(tree, modest=True)
        return low >= 0.0 and high < float("inf") and not self.expressions.may_fault(tree)

    def given_rate(self) -> list[str]:
        """Return the lines that give the clock the rate that the past has left open."""
        return [f"if n[{self.own}] == ENABLED:", f"    f[{self.at} + RATE] = {self.rate}"]

    def _follow(self) -> str:
        """`own` says that the event is the rule's own firing, `heard` that the rule waits for it."""
        waits = bool(self.rule.rule.on)
        parameters = ["now: float", *(["own: bool"] if self.kind == "at" else []), *(["heard: bool"] if waits else [])]
        own = ", own" if self.kind == "at" else ""
        body = [f"state = n[{self.own}]", "if state == BARRED:", "    return"]
        if not self.rule.always:
            body += [
                f"if not {self.expressions.text(self.guard_tree)}:",
                *indented(self._stopped()),
                "    return",
            ]
        if self.kind == "rate":
            return function(f"follow_{self.number}", [*body, *self._follow_rate(waits=waits)], *parameters)
        if not waits:
            body += [f"if state == ENABLED{' or state == SPENT' if self.kind == 'immediately' else ''}:", "    return"]
        else:
            body += ["if state == ENABLED or not heard:", "    return"]
        return function(f"follow_{self.number}", [*body, f"enable_{self.number}(f, n, now{own})"], *parameters)

    @property
    def changes(self) -> bool:
        """Say whether an event may change the rate."""
        return self.kind == "rate" and bool(reads(self.rate_tree, "state"))

    @property
    def adjusts(self) -> bool:
        """Say whether, after an event that leaves the guard alone, nothing but the rate need be looked at.

        The guard is then what it was: of a clock that runs it holds, else it does not, or the rule waits for an event.
        A rule that waits may have a guard that nobody has looked at yet: if that may have no value, it is looked at.
        """
        return self.changes and not (self.rule.rule.on and self.expressions.may_fault(self.guard_tree))

    def _adjust(self) -> str:
        body = [
            f"if n[{self.own}] != ENABLED{' or n[LAZY] != 0' if self.lazy else ''}:",
            "    return",
            *self._checked_rate(),
            *self._changed_rate(),
        ]
        return function(f"adjust_{self.number}", body, "now: float")

    def _changed_rate(self) -> list[str]:
        return [f"if rate != f[{self.at} + RATE]:", f"    change_rate({self.clock}, rate)"]

    def _follow_rate(self, *, waits: bool) -> list[str]:
        """Follow a rate: only a changed one is a change."""
        start = (
            f"start_rate({self.clock}, rate)" if self.memory == "fresh" else f"enable_{self.number}(f, n, now, rate)"
        )
        asleep = ["if state != ENABLED and not heard:", "    return"] if waits else []
        lazy = [
            "if n[LAZY] != 0:",
            "    if state != ENABLED:",
            f"        n[{self.own}] = ENABLED",
            f"        n[{self.own} + OCCURRENCE] = n[{self.own} + OCCURRENCE] + 1",
            "    return",
        ] if self.lazy else []  # fmt: skip
        if not self.changes:
            return ["if state == ENABLED:", "    return", *asleep, *lazy, *self._checked_rate(), start]
        return [
            *asleep,
            *lazy,
            *self._checked_rate(),
            "if state == ENABLED:",
            *indented(self._changed_rate()),
            "else:",
            f"    {start}",
        ]

    def _stopped(self) -> list[str]:
        if self.kind == "immediately":
            return ["if state == ENABLED or state == SPENT:", f"    stop_clock(f, n, {self.own})"]
        how = {"fresh": f"stop_clock(f, n, {self.own})", "keep": f"pause_keeping({self.clock})",
               "repeat": f"pause_repeating({self.clock})"}[self.memory]  # fmt: skip
        return ["if state == ENABLED:", f"    {how}"]

    def _enable(self) -> str:
        if self.kind == "rate":
            body = [
                f"if n[{self.own}] == PAUSED:",
                f"    f[{self.at} + RATE] = rate",
                f"    resume_clock({self.clock})",
                "else:",
                f"    start_rate({self.clock}, rate)",
            ]
            return function(f"enable_{self.number}", body, "now: float", "rate: float")
        parameters = ["now: float", *(["own: bool"] if self.kind == "at" else [])]
        if self.memory == "keep":
            body = [f"if n[{self.own}] == PAUSED:", f"    resume_clock({self.clock})", "    return", *self._arguments()]
        elif self.memory == "repeat":
            body = [*self._arguments(), f"if n[{self.own}] == PAUSED:", f"    resume_clock({self.clock})", "    return"]
        else:
            body = self._arguments()
        return function(f"enable_{self.number}", [*body, f"start_clock({self.clock})"], *parameters)

    def _arguments(self) -> list[str]:
        """Evaluate what the clock is given, and refuse what cannot be."""
        clock = self.rule.rule.clock
        texts = [self.expressions.real(argument.tree) for argument in clock.arguments]
        if self.kind == "immediately":
            return []
        if self.kind == "law":
            names = [f"given{place}" for place in range(len(texts))]
            values = [f"law{place}" for place in range(law_size(self.rule))]
            comma = "," if len(values) == 1 else ""
            return [
                *(f"{name} = {text}" for name, text in zip(names, texts, strict=True)),
                f"{', '.join(values)}{comma} = {clock.law}_form_{clock.form}({', '.join(names)})",
                *(f"f[{self.at} + LAW + {place}] = {value}" for place, value in enumerate(values)),
            ]
        lines = [f"given = {texts[0]}"]
        if self.kind == "every":
            lines += ["if not 0.0 < given < inf:", "    raise ValueError('a step')"]
        else:
            lines += ["if own and given <= now:", "    given = inf"]
        return [*lines, f"f[{self.at} + LAW] = given"]
