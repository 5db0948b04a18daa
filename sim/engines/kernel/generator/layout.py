"""Where everything of a model lies in the kernel's two arrays, and which code stands for which row of a log.

After the headers of `memory_map` come the frame, laid out as the program's slots are, the clocks, the outcomes and the
measures. What a scenario brings comes after that: a changed scenario or parameter needs no new code.
"""

from typing import Any, assert_never

from sim.distributions.clock_laws import LAWS
from sim.engines.kernel.generator.changed_bits import words
from sim.engines.kernel.runtime import memory_map
from sim.language.expressions.types import Instant, Integer, Real, Type
from sim.model.event import HORIZON, LIMIT_OF_EVENTS, RUN_ENDED, RUN_STARTED
from sim.model.event_table import Category
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.program import Program, RuleProgram

LANES = 4  # the times at which clocks are due are looked at so many at a time; the last ones are never due

ROLES = 4  # of a moment in a cell: see `Layout.roles`

LAW_KINDS = {name: memory_map.FIRST_LAW + number for number, name in enumerate(LAWS)}


def is_real(kind: Type) -> bool:
    """Return whether values of a type are reals here; conditions, whole numbers and enums are whole numbers."""
    return isinstance(kind, Real | Instant)


def ordered(kind: Type) -> bool:
    """Return whether values of a type can be outside of a range."""
    return isinstance(kind, Integer | Real | Instant)


def clock_kind(rule: RuleProgram) -> int:
    """Return the number of a clock's kind."""
    match rule.clock:
        case Rate():
            return memory_map.MOVING_RATE if rule.moves else memory_map.RATES
        case LawClock(law=law, speed=None):
            return LAW_KINDS[law.name]
        case LawClock(law=law):
            return LAW_KINDS[law.name] - memory_map.FIRST_LAW + memory_map.FIRST_PACED_LAW
        case AtDate():
            return memory_map.DATE
        case Every():
            return memory_map.EVERY
        case Immediately():
            return memory_map.IMMEDIATE
        case _:
            assert_never(rule.clock)


def law_size(rule: RuleProgram) -> int:
    """Return how many numbers a clock's law has; a date or a beat has one."""
    return rule.clock.law.hazard.__code__.co_argcount - 1 if isinstance(rule.clock, LawClock) else 1


def _in_lanes(count: int) -> int:
    """Return for how many times there is room where so many are looked at, several at a time."""
    return max(1, -(-count // LANES)) * LANES


class Layout:
    """The places of one program's parts. Offsets count cells of `f` (reals) or of `n` (whole numbers)."""

    def __init__(self, program: Program) -> None:
        self.program = program
        model, rules = program.model, len(program.rules)
        self.events = {name: number for number, name in enumerate(model.events)}
        # In `f`: the frame, when each clock is due in order of rank, the clocks' blocks, the measures.
        self.due = memory_map.TIME + program.width
        moving = [rule.number for rule in program.rules if rule.moves]
        self.moving = {number: place for place, number in enumerate(moving)}
        self.flags = program.motion.flags
        self.flags_reading: dict[int, list[int]] = {}  # for each slot the places of the flags that read it
        for place, flag in enumerate(self.flags):
            for slot in flag.reads:
                self.flags_reading.setdefault(slot, []).append(place)
        self._measures = {name: place for place, name in enumerate(model.measures)}
        self.looks = self.due + _in_lanes(rules)
        self.flips = self.looks + len(self.moving) + len(self.flags)
        moments = len(self.moving) + 2 * len(self.flags)
        self._clocks = self.looks + (_in_lanes(moments) if program.anything_moves else 0)
        self._cells = self.clock(rules)
        # For each variable that moving rates read, the last moments that were looked at as a cell's beginning, its end,
        # its middle, or off that, each with the value then; and the last beginning with the grid's next point.
        self.roles = self._cells + memory_map.CELL_BLOCK * len(self.moving)
        self.paced = frozenset[int]().union(*(program.rules[number].paced_by for number in self.moving))
        paced_by = [slot for slot in program.motion.variables if slot in self.paced]
        self.paced_by = {slot: place for place, slot in enumerate(paced_by)}
        self.grid = self.roles + (2 * ROLES * len(self.paced_by) if self.moving else 0)
        self.measured = self.grid + (2 if self.moving else 0)
        self.reals = self.measured + 2 * len(model.measures)
        # In `n`: the frame, the clocks' blocks, the outcomes, whether each measure has a value.
        self._states = memory_map.HEADER + program.width
        self.open = self.state(rules)
        self.known = self.open + len(program.outcomes)
        self.before = self.known + len(model.measures)  # what flags were before parameters changed
        self.changed = self.before + len(self.flags)  # the bits of what changed when clocks last followed a change
        self.ints = self.changed + len(words(program.width))
        # The rows of a log, each with its code: its place among them.
        rows: dict[tuple[str, ...], Category] = {
            ("started",): Category("started", RUN_STARTED, marks=len(model.parameters))
        }
        for kind in model.events.values():
            rows["scheduled", kind.name] = Category("scheduled", kind.name, faction=kind.faction, marks=len(kind.marks))
        for rule in model.rules.values():
            for emission in rule.emissions:
                kind = model.events[emission.event]
                rows["fired", rule.name, kind.name] = Category(
                    "fired", kind.name, rule=rule.name, faction=kind.faction, marks=len(kind.marks)
                )
        for name in model.outcomes:
            rows["outcome", name] = Category("outcome", name)
        for name, outcome in model.outcomes.items():
            if outcome.ends_run:
                rows["ended", name] = Category("ended", RUN_ENDED, note=name)
        rows["horizon",] = Category("ended", RUN_ENDED, note=HORIZON)
        rows["limit",] = Category("ended", RUN_ENDED, note=LIMIT_OF_EVENTS)
        self.categories = tuple(rows.values())
        self.codes = {row: code for code, row in enumerate(rows)}

    def clock(self, rule: int) -> int:
        """Return where a clock's block of `f` begins."""
        return self._clocks + memory_map.CLOCK * rule

    def state(self, rule: int) -> int:
        """Return where a clock's block of `n` begins."""
        return self._states + memory_map.CLOCK_INTS * rule

    def moving_cell(self, rule: int) -> int:
        """Return where the cell of a clock is whose rate moves."""
        return self._cells + memory_map.CELL_BLOCK * self.moving[rule]

    def node(self, slot: int, role: int) -> int:
        """Return where the last moment of a role stands for a variable that relaxes; its value then comes after it."""
        return self.roles + 2 * (ROLES * self.paced_by[slot] + role)

    def look(self, rule: int) -> int:
        """Return the moment until which a clock has been followed whose rate moves."""
        return self.looks + len(self.flags) + self.moving[rule]

    def flag_look(self, flag: int) -> int:
        """Return the moment until which a flag's flip has been searched for; at one moment that goes first."""
        return self.looks + flag

    def flip(self, flag: int) -> int:
        """Return the moment at which a flag flips."""
        return self.flips + flag

    def real(self, slot: int) -> int:
        """Return the cell of `f` that holds a slot of the frame."""
        return memory_map.TIME + slot

    def whole(self, slot: int) -> int:
        """Return the cell of `n` that holds a slot of the frame."""
        return memory_map.HEADER + slot

    def cell(self, slot: int, kind: Type) -> str:
        """Write the cell that holds a slot of the frame."""
        return f"f[{self.real(slot)}]" if is_real(kind) else f"n[{self.whole(slot)}]"

    def measure(self, name: str) -> str:
        """Write the cell that holds a measure so far, and what it has come to where a formula reads it."""
        return f"f[{self.measured + 2 * self._measures[name]}]"

    def as_real(self, slot: int, kind: Type) -> str:
        """Write the value of a slot of the frame as a real."""
        cell = self.cell(slot, kind)
        return cell if is_real(kind) else f"float({cell})"

    def value(self, slot: int, kind: Type, f: Any, n: Any) -> float:
        """Return the value of a slot of the frame that stands in the arrays."""
        return float(f[self.real(slot)]) if is_real(kind) else int(n[self.whole(slot)])

    def cells(self) -> list[int]:
        """Return `n` as it stands before every run: where the parts are, and each clock's kind and rank."""
        cells = [0] * self.ints
        for place, value in (
            (memory_map.RULES, len(self.program.rules)), (memory_map.OUTCOMES, len(self.program.outcomes)),
            (memory_map.DUE_AT, self.due), (memory_map.CLOCKS_AT, self.clock(0)), (memory_map.STATES_AT, self.state(0)),
            (memory_map.OPEN_AT, self.open), (memory_map.MEASURES, len(self.program.model.measures)),
            (memory_map.MEASURED_AT, self.measured), (memory_map.HORIZON_ROW, self.codes["horizon",]),
            (memory_map.LIMIT_ROW, self.codes["limit",]),
            (memory_map.PARAMETERS, len(self.program.model.parameters)),
            (memory_map.FIRST_PARAMETER, 1 + len(self.program.variables)),
            (memory_map.MOTION, int(self.program.anything_moves)),
            (memory_map.LOOKS, len(self.moving) + len(self.flags)), (memory_map.MOMENTS_AT, self.looks),
            (memory_map.MOMENTS, len(self.moving) + 2 * len(self.flags)),
            (memory_map.REALS, self.reals), (memory_map.WHOLES, self.ints),
        ):  # fmt: skip
            cells[place] = value
        for rule in self.program.rules:
            block = self.state(rule.number)
            cells[block + memory_map.KIND], cells[block + memory_map.RANK] = clock_kind(rule), self.due + rule.rank
            cells[block + memory_map.MEMORYLESS] = int(rule.memoryless)
            if rule.moves:
                cells[block + memory_map.CELL] = self.moving_cell(rule.number)
                cells[block + memory_map.LOOK] = self.look(rule.number)
        return cells

    def parameters(self, f: Any, n: Any) -> list[float]:
        """Return the values of a run's parameters as marks, in order of names."""
        first = 1 + len(self.program.variables)
        kinds = [parameter.type for parameter in self.program.model.parameters.values()]
        return [float(self.value(first + index, kind, f, n)) for index, kind in enumerate(kinds)]
