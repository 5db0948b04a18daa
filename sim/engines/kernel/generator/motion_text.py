"""The text of what moves between events, as `sim.model.moving.motion` has it: variables that relax, flags that flip."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from sim.engines.kernel.generator.clock_text import ClockText
from sim.engines.kernel.generator.expressions import Expressions, in_brackets
from sim.engines.kernel.generator.follow_text import FollowText
from sim.engines.kernel.generator.lines import dispatch, function, in_parts, indented
from sim.engines.kernel.generator.measure_text import MeasureText
from sim.engines.kernel.generator.outcome_text import OutcomeText
from sim.engines.kernel.generator.paced_text import PacedText
from sim.language.expressions.tree import Read
from sim.language.expressions.types import REAL
from sim.model.moving.moving_parts import Flag, RelaxingVariable
from sim.model.moving.moving_trees import Crossing, Moving


class MotionText:
    """Writes the functions of what moves in a model."""

    def __init__(
        self, expressions: Expressions, clocks: Mapping[int, ClockText], outcomes: OutcomeText, measures: MeasureText
    ) -> None:  # fmt: skip
        self.expressions = expressions
        self.layout = expressions.layout
        self.program = self.layout.program
        self.clocks = clocks
        self.outcomes = outcomes
        self.measures = measures
        self.flags = self.layout.flags
        self.paced = [clock for clock in clocks.values() if isinstance(clock, PacedText) and clock.moves]

    @cached_property
    def _moving(self) -> Moving:
        return Moving(self.program.model)

    def functions(self) -> Iterator[str]:
        for flag in self.flags:
            if flag.crossing is None:
                yield self._truth(flag)
                yield self._search(flag)
            yield self._plan(flag)
            yield self._flip(flag)
        begun, functions = in_parts("begin", self._begun())
        yield from functions
        yield function("begin_motion", begun + self._after_begun())
        settled, functions = in_parts("settle", self._settled())
        yield from functions
        yield function("settle", settled + self._after_settled(), "now: float")
        yield function("flipped", self._flipped(), "now: float")
        looks = [(flag.number, [f"search_{flag.number}(f, n, now)"]) for flag in self.flags if flag.crossing is None]
        looks += [(index, clock.rolled()) for index, clock in enumerate(self.paced, len(self.flags))]
        yield dispatch("roll", "look", looks, "look: int", "now: float")
        flips = [(flag.number, [f"flip_{flag.number}(f, n, now)"]) for flag in self.flags]
        yield dispatch("flip", "flag", flips, "flag: int", "now: float")
        rebuilt = [(clock.number, clock.rebuilt()) for clock in self.paced if clock.rule.memoryless]
        yield dispatch("rebuild", "rule", rebuilt, "rule: int", "now: float")

    def _cell(self, flag: Flag) -> str:
        return f"n[{self.layout.whole(flag.slot)}]"

    def _due(self, flag: Flag) -> str:
        return f"f[{self.layout.flip(flag.number)}]"

    def _look(self, flag: Flag) -> str:
        return f"f[{self.layout.flag_look(flag.number)}]"

    def _real(self, slot: int) -> str:
        return f"f[{self.layout.real(slot)}]"

    # Variables that relax

    def _begun(self) -> list[list[str]]:
        """Let each variable begin to move at the frame's time."""
        return [
            [
                *self._law(variable),
                f"{self._real(variable.target)} = target",
                f"{self._real(variable.decay)} = decay",
                f"{self._real(variable.anchor)} = f[TIME]",
            ]
            for variable in self.program.motion.variables.values()
        ]

    def _after_begun(self) -> list[str]:
        """Let all else begin that depends on what moves."""
        lines = [f"{self._real(slot)} = -inf" for slot in self.program.motion.last.values()]
        for slot in self.program.motion.variables:
            lines += self.expressions.forgotten(slot)
        lines += [f"f[{self.layout.grid}] = -1.0"] if self.paced else []
        lines += [f"{self._real(flag.flipped)} = -inf" for flag in self.flags]
        return [*lines, *(f"plan_{flag.number}(f, n, f[TIME])" for flag in self.flags)]

    def _settled(self) -> list[list[str]]:
        """Let each variable go on under other parameters."""
        parts = []
        for variable in self.program.motion.variables.values():
            value = self.expressions.read(Read("state", variable.variable.name, REAL))
            target, decay = self._real(variable.target), self._real(variable.decay)
            parts.append([
                *self._law(variable),
                f"if target != {target} or decay != {decay}:",
                f"    {self._real(variable.start)} = {value}",
                f"    {target} = target",
                f"    {decay} = decay",
                f"    {self._real(variable.anchor)} = f[TIME]",
            ])  # fmt: skip
        return parts

    def _after_settled(self) -> list[str]:
        """Let all else go on that depends on what moves, and note what flags were before."""
        lines = []
        for slot in self.program.motion.variables:
            lines += self.expressions.forgotten(slot)
        lines += [f"n[{self.layout.before + flag.number}] = {self._cell(flag)}" for flag in self.flags]
        return [*lines, *(f"plan_{flag.number}(f, n, f[TIME])" for flag in self.flags)]

    def _law(self, variable: RelaxingVariable) -> list[str]:
        """Evaluate where a variable relaxes to, and how fast; refuse what cannot be."""
        low, high = (in_brackets(repr(end)) for end in (variable.variable.low, variable.variable.high))
        return [
            f"target = {self.expressions.real(variable.relaxation.towards.tree)}",
            f"half_life = {self.expressions.real(variable.relaxation.half_life.tree)}",
            f"if not ({low} <= target <= {high} and abs(target) < inf):",
            "    raise ValueError('a target')",
            "decay = inf",
            "if 0.0 < half_life < inf:",
            "    decay = LOG_2 / half_life",
            "if not decay < inf:",
            "    raise ValueError('a half-life')",
        ]

    # Flags

    def _plan(self, flag: Flag) -> str:
        """Set a flag to what it is `now`, and when it flips next."""
        body = [f"{self._due(flag)} = inf", f"{self._look(flag)} = inf"]
        crossing = None if flag.crossing is None else self._moving.crossing(flag.tree)
        if crossing is None:
            body += [f"{self._cell(flag)} = truth_{flag.number}(f, n, now)", f"search_{flag.number}(f, n, now)"]
        else:
            body += self._crossed(flag, crossing)
        return function(f"plan_{flag.number}", body, "now: float")

    def _crossed(self, flag: Flag, crossing: Crossing) -> list[str]:
        assert flag.crossing is not None, "when it flips is known"
        lines = [f"level = {self.expressions.real(crossing.level)}"]
        if self.expressions.may_fault(crossing.level):
            no_value = [f"{self._cell(flag)} = NO_VALUE", "return"]
            lines = ["level = 0.0", "try:", *indented(lines), "except ValueError:", *indented(no_value)]
        variable = flag.crossing.variable
        if variable is not None:
            start, target, decay, anchor = (
                self._real(slot) for slot in (variable.start, variable.target, variable.decay, variable.anchor)
            )
            lines += [
                f"over = lies_over({start}, {target}, level, {flag.crossing.strict})",
                f"due = {anchor} + passing_age({start}, {target}, {decay}, level)",
            ]
        else:
            since = "0.0"
            if flag.crossing.last is not None:
                since = self._real(flag.crossing.last)
                lines += [f"if {since} == -inf:", f"    {self._cell(flag)} = NO_VALUE", "    return"]
            lines += ["over = False", f"due = {since} + level", "if due != due:", "    due = inf"]
        return [
            *lines,
            "if due <= now:",
            f"    {self._real(flag.flipped)} = due",
            "    over = not over",
            "    due = inf",
            f"{self._cell(flag)} = {'int(over)' if flag.crossing.over else '1 - int(over)'}",
            f"{self._due(flag)} = due",
        ]

    def _truth(self, flag: Flag) -> str:
        """Whether a condition holds at a time, if nothing else changes."""
        lines = [f"holds = int({self.expressions.plainly(flag.tree)})"]
        if any(self.expressions.may_fault(part) for part in flag.tree.arguments):
            lines = ["holds = NO_VALUE", "try:", *indented(lines), "except ValueError:", "    holds = NO_VALUE"]
        body = ["before = f[TIME]", "f[TIME] = time", *lines, "f[TIME] = before", "return holds"]
        return function(f"truth_{flag.number}", body, "time: float", result="int")

    def _search(self, flag: Flag) -> str:
        """Look whether a flag flips between a time and the end of the grid's cell that it is in."""
        step = repr(self.program.motion.step)
        truth = f"truth_{flag.number}"
        body = [
            f"{self._look(flag)} = inf",
            f"here = {self._cell(flag)}",
            f"end = grid_end(time, {step})",
            f"if {truth}(f, n, end) == here:",
            f"    {self._look(flag)} = end",
            "    return",
            "start = time",
            "while True:",
            "    middle = start + 0.5 * (end - start)",
            "    if not start < middle < end:",
            "        break",
            f"    if {truth}(f, n, middle) == here:",
            "        start = middle",
            "    else:",
            "        end = middle",
            f"{self._due(flag)} = end",
        ]
        return function(f"search_{flag.number}", body, "time: float")

    def _flip(self, flag: Flag) -> str:
        """Let a flag flip, and all follow that depends on it: in a run that has ended the measures alone."""
        early = [] if flag.crossing is None else self._may_lack(self.program.motion.plain)
        changes = FollowText(self.layout, self.clocks, [flag.slot, *(other.slot for other in early)])
        passed, looked = self.measures.passed(), self.measures.after(changes.bits)
        cell, narrow = self._cell(flag), repr(self.program.motion.narrow)
        if flag.crossing is None:
            flips = [*self._kept(flag), *self._turned(flag, "now")]
        else:
            flips = [f"{cell} = 1 - {cell}", f"{self._due(flag)} = inf", f"{self._real(flag.flipped)} = now"]
        flips += changes.changed(flag.slot)
        for other in early:
            turned = [f"due = {self._due(other)}", *self._turned(other, "due"), *changes.changed(other.slot)]
            flips += [f"if {self._cell(other)} == NO_VALUE and {self._due(other)} < now + {narrow}:", *indented(turned)]
        followed = [f"n[SITE] = AT_FLIP + {flag.number}", *changes.followed()]
        body = [
            *(["if n[RECORDING] != 0:", *indented(passed)] if passed else []),
            "f[TIME] = now",
            *changes.begun(),
            *flips,
            *changes.replanned(),
            "if n[ENDED] == 0:",
            *indented([*followed, *self.outcomes.following(None, changes.bits)]),
            *(["if n[RECORDING] != 0:", *indented(looked)] if looked else []),
        ]
        return function(f"flip_{flag.number}", body, "now: float")

    def _turned(self, flag: Flag, time: str) -> list[str]:
        """Let a flag that is searched for be what it is from a time on."""
        return [
            f"{self._cell(flag)} = truth_{flag.number}(f, n, {time})",
            f"{self._real(flag.flipped)} = now",
            f"{self._due(flag)} = inf",
            f"search_{flag.number}(f, n, {time})",
        ]

    def _kept(self, flag: Flag) -> list[str]:
        """Let a flag that has no value beyond a level keep the one that it has until the level is passed."""
        dues = [self._due(other) for other in self.flags if other.crossing is not None]
        if not dues or not self._may_lack([flag]):
            return []
        narrow = repr(self.program.motion.narrow)
        crosses = " or ".join(f"now <= {due} < now + {narrow}" for due in dues)
        return [
            f"if truth_{flag.number}(f, n, now) == NO_VALUE and ({crosses}):",
            f"    {self._due(flag)} = inf",
            f"    {self._look(flag)} = now + {narrow}",
            "    return",
        ]

    def _may_lack(self, flags: Iterable[Flag]) -> list[Flag]:
        """Return those of some flags that may have no value."""
        return [flag for flag in flags if any(self.expressions.may_fault(part) for part in flag.tree.arguments)]

    def _flipped(self) -> list[str]:
        """Let the clocks follow the flags that other parameters have made others."""
        if not self.flags:
            return []
        changes = FollowText(self.layout, self.clocks, [flag.slot for flag in self.flags])
        lines = changes.begun()
        for flag in self.flags:
            before = f"n[{self.layout.before + flag.number}]"
            lines += [f"if {self._cell(flag)} != {before}:", *indented(changes.changed(flag.slot))]
        return [*lines, *changes.followed()]
