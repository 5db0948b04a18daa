"""The text of a clock whose rate moves between events, or whose law has a speed, as `sim.model.clocks` has it.

A rate or speed that moves is followed in cells: see `sim.numerics.cells` and `sim.model.moving.rate_cells`.
"""

from collections.abc import Iterator, Sequence

from sim.engines.kernel.generator.clock_text import ClockText, law_lines
from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import ROLES
from sim.engines.kernel.generator.lines import function, indented
from sim.language.expressions.tree import Tree, reads
from sim.model.model import LawClock
from sim.model.program import RuleProgram, pace_of


class PacedText(ClockText):
    """Writes the functions of such a clock. `bends` says that something has changed on which a moving rate depends."""

    def __init__(self, expressions: Expressions, rule: RuleProgram, nodes: Sequence[Expressions]) -> None:
        super().__init__(expressions, rule)
        self.moves = rule.moves
        self.nodes = nodes
        if rule.moves:
            self.cell = expressions.layout.moving_cell(rule.number)
            self.look = expressions.layout.look(rule.number)

    def functions(self) -> Iterator[str]:
        if self.moves:
            yield from map(self._pace, range(ROLES if self.rule.inflects else ROLES - 1))
            yield self._build()
            yield self._bend()
        else:
            yield function(f"adjust_{self.number}", self._adjusted(), "now: float")
        yield self._follow()
        yield self._enable()

    @property
    def adjusts(self) -> bool:
        return not (self.waits and self.expressions.may_fault(self.guard_tree))

    def follows(self, now: str = "now") -> str:
        more = (", False" if self.waits else "") + (", True" if self.moves else "")
        return f"follow_{self.number}(f, n, {now}{more})"

    def restarted(self) -> list[str]:
        return [f"stop_paced(f, n, {self.own})", f"enable_{self.number}(f, n, now)"]

    def renewed(self) -> list[str]:
        if not isinstance(self.rule.clock, LawClock):
            return []
        lines = [*law_lines(self.expressions, self.rule, self.at), f"renew_paced(f, n, {self.at}, {self.own})"]
        return [f"if n[{self.own}] == ENABLED or n[{self.own}] == PAUSED:", *indented(lines)]

    def rolled(self) -> list[str]:
        """Return the lines that follow the clock beyond its cell."""
        return [
            f"n[SITE] = AT_ROLL + {self.number}",
            f"whole = f[{self.cell} + CELL_WHOLE]",
            f"if build_{self.number}(f, n, f[{self.cell} + CELL_END]):",
            f"    f[{self.at} + ELAPSED] = f[{self.at} + ELAPSED] + whole",
            f"    aim_paced(f, n, {self.at}, {self.own}, f[{self.at} + SINCE])",
        ]

    def rebuilt(self) -> list[str]:
        """Return the lines that follow the clock from `now` on, in a new cell."""
        return [f"if not build_{self.number}(f, n, now):", "    raise ValueError('a rate')"]

    @property
    def pace_tree(self) -> Tree:
        pace = pace_of(self.rule.rule)
        assert pace is not None, "it has a rate or a speed"
        return pace.tree

    def _pace(self, role: int) -> str:
        """The rate at a time, which has a role in a cell, if nothing else changes; NaN where it has no value."""
        layout = self.expressions.layout
        body = [f"return {self.nodes[role].real(self.pace_tree)}"]
        if self.expressions.may_fault(self.pace_tree):
            body = ["try:", *indented(body), "except ValueError:", "    return nan()"]
        if reads(self.pace_tree, "time") or reads(self.pace_tree, "last"):
            body = ["f[TIME] = time", *body]
        looked = []
        for slot in layout.paced_by:
            if slot in self.rule.paced_by:
                moment = layout.node(slot, role)
                looked += [
                    f"if f[{moment}] != time:",  # else another clock has looked at it already
                    f"    f[{moment}] = time",
                    f"    f[{moment} + 1] = {self.expressions.relaxed(slot, 'time')}",
                ]
        body = [*looked, *body]
        return function(f"pace_{self.number}_{role}", body, "time: float", result="float")

    def _build(self) -> str:
        """Follow the rate in a cell from `start` on, and return whether it can be: as `cell_of` has it."""
        pace, number = f"pace_{self.number}", self.number
        step, grid = self.expressions.layout.program.motion.step, self.expressions.layout.grid
        near = [
            f"near = near_line(first, middle, final, factor, {pace}_3(f, n, start + 0.3125 * width))",
        ] if self.rule.inflects else ["near = True"]  # fmt: skip
        accepted = [
            f"keep_cell(f, n, {self.at}, {self.own}, start, end, first, middle, final, factor, whole)",
            f"f[{self.cell} + CELL_WIDTH] = lasting_width(start, end, grid, halvings)",
            "f[TIME] = before",
            "return True",
        ]
        body = [
            "before = f[TIME]",
            f"first = {pace}_0(f, n, start)",
            "going = 0.0 <= first < MOST_RATE",
            f"if f[{grid}] != start:",
            f"    f[{grid}] = start",
            f"    f[{grid} + 1] = grid_end(start, {step!r})",
            f"grid = f[{grid} + 1]",
            f"end = cell_end(start, grid, f[{self.cell} + CELL_WIDTH])",
            "final = 0.0",
            "if going:",
            f"    final = {pace}_1(f, n, end)",
            "halvings = 0",
            "while going:",
            "    half = start + 0.5 * (end - start)",
            "    if not start < half < end:",
            "        break",
            f"    middle = {pace}_2(f, n, half)",
            "    if 0.0 <= middle < MOST_RATE and 0.0 <= final < MOST_RATE:",
            "        factor = cell_factor(first, middle, final)",
            "        width = end - start",
            "        whole = cell_whole(first, middle, final, factor, width)",
            "        off = abs(factor - 1.0)",
            "        near = whole < TINY or halvings >= MOST_HALVINGS",
            "        if not near and off <= NEAR:",
            *indented(near, 3),
            "        if near and whole < inf:",
            *indented(accepted, 3),
            "    end = half",
            "    final = middle",
            "    halvings += 1",
            *self._held(),
            "f[TIME] = before",
            "refuse(n)",
            "return False",
        ]
        return function(f"build_{number}", body, "start: float", result="bool")

    def _held(self) -> list[str]:
        """Return the lines that hold the rate next to the flip of a condition that its rule reads: as `held_cell`."""
        layout = self.expressions.layout
        flags = [flag for flag in layout.flags if flag.slot in self.rule.flags]
        if not flags:
            return []
        width = repr(layout.program.motion.narrow)
        dues = [f"f[{layout.flip(flag.number)}]" for flag in flags]
        pasts = [f"f[{layout.real(flag.flipped)}]" for flag in flags]
        return [
            "held = -1.0",
            f"if {' or '.join(f'start <= {due} < start + {width}' for due in dues)}:",
            "    held = first if 0.0 <= first < MOST_RATE else 0.0",
            f"elif {' or '.join(f'start - {width} < {past} <= start' for past in pasts)}:",
            f"    held = pace_{self.number}_1(f, n, start + {width})",
            f"    if held * {width} > MOST_HELD:",
            "        held = -1.0",
            "if 0.0 <= held < MOST_RATE:",
            f"    whole = cell_whole(held, held, held, 1.0, {width})",
            f"    keep_cell(f, n, {self.at}, {self.own}, start, start + {width}, held, held, held, 1.0, whole)",
            f"    f[{self.cell} + CELL_WIDTH] = {width}",
            "    f[TIME] = before",
            "    return True",
        ]

    def _bend(self) -> str:
        """Follow the rate under a state in which it goes on otherwise than before."""
        body = [
            f"if n[{self.own}] != ENABLED or f[{self.cell} + CELL_END] == inf:",
            "    return",
            f"part = part_of(f, {self.cell}, f[{self.at} + SINCE], now)",
            f"if build_{self.number}(f, n, now):",
            f"    f[{self.at} + ELAPSED] = f[{self.at} + ELAPSED] + part",
            f"    aim_paced({self.clock})",
        ]
        return function(f"adjust_{self.number}", body, "now: float")

    def _checked(self) -> list[str]:
        """Evaluate a speed that does not move, and refuse what cannot be."""
        speed = [f"rate = {self.expressions.real(self.pace_tree)}"]
        if self.expressions.may_fault(self.pace_tree):
            speed = ["rate = nan()", "try:", *indented(speed), "except ValueError:", "    rate = nan()"]
        return [*speed, "if not 0.0 <= rate < inf:", "    refuse(n)", "    return"]

    def _adjusted(self) -> list[str]:
        return [
            f"if n[{self.own}] != ENABLED:",
            "    return",
            *self._checked(),
            f"if rate != f[{self.at} + RATE]:",
            f"    change_pace({self.clock}, rate)",
        ]

    def _follow(self) -> str:
        heard = ["heard: bool"] if self.waits else []
        bends = ["bends: bool"] if self.moves else []
        body = [f"state = n[{self.own}]", "if state == EXCLUDED:", "    return"]
        if not self.rule.always:
            body += [f"if not {self.expressions.text(self.guard_tree)}:", *indented(self._stopped()), "    return"]
        adjust = f"adjust_{self.number}(f, n, now)"
        body += ["if state == ENABLED:", *(["    if bends:", f"        {adjust}"] if self.moves else [f"    {adjust}"])]
        body += ["    return"]
        body += ["if not heard:", "    return"] if self.waits else []
        body += [f"enable_{self.number}(f, n, now)"]
        return function(f"follow_{self.number}", body, "now: float", *heard, *bends)

    def _stopped(self) -> list[str]:
        how = {"fresh": f"stop_paced(f, n, {self.own})", "keep": f"pause_paced_keeping({self.clock})",
               "repeat": f"pause_paced_repeating({self.clock})"}[self.memory]  # fmt: skip
        return [f"if {self.started}:", f"    {how}"]

    def _enable(self) -> str:
        body = []
        if isinstance(self.rule.clock, LawClock):
            given = law_lines(self.expressions, self.rule, self.at)
            body += [f"if n[{self.own}] != PAUSED:", *indented(given)] if self.memory == "keep" else given
        if self.moves:
            built = [f"if not build_{self.number}(f, n, now):", "    return"]
            # In the past it does not matter how a rate moves of which is forgotten what it accumulated.
            body += ["if n[DRAWING] != 0:", *indented(built)] if self.rule.memoryless else built
        else:
            body += [*self._checked(), f"f[{self.at} + RATE] = rate"]
        return function(f"enable_{self.number}", [*body, f"start_paced({self.clock})"], "now: float")
