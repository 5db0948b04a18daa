"""Where everything of a model lies in the kernel's two arrays, and which code stands for which row of a log.

After the headers of `memory_map` come the frame, laid out as the program's slots are, the clocks, the outcomes and the
measures. What a scenario brings comes after that: a changed scenario or parameter needs no new code.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, assert_never

from sim.distributions.clock_laws import LAWS
from sim.engines.kernel.runtime import memory_map
from sim.language.expressions.types import Instant, Integer, Real, Type
from sim.model.event import HORIZON, LIMIT_OF_EVENTS, RUN_ENDED, RUN_STARTED
from sim.model.event_table import Category
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.program import Program, RuleProgram

LANES = 4  # the times at which clocks are due are looked at so many at a time; the last ones are never due

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
            return memory_map.RATES
        case LawClock(law=law):
            return LAW_KINDS[law.name]
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


@dataclass(frozen=True)
class Layout:
    """The places of one program's parts. Offsets count cells of `f` (reals) or of `n` (whole numbers)."""

    program: Program
    categories: tuple[Category, ...] = field(init=False)
    codes: dict[tuple[str, ...], int] = field(init=False)

    def __post_init__(self) -> None:
        model = self.program.model
        categories = [Category("started", RUN_STARTED, marks=len(model.parameters))]
        codes: dict[tuple[str, ...], int] = {("started",): 0}

        def add(key: tuple[str, ...], category: Category) -> None:
            codes[key] = len(categories)
            categories.append(category)

        for kind in model.events.values():
            add(("scheduled", kind.name), Category("scheduled", kind.name, faction=kind.faction, marks=len(kind.marks)))
        for rule in model.rules.values():
            for name in dict.fromkeys(emission.event for emission in rule.emissions):
                kind = model.events[name]
                fired = Category("fired", name, rule=rule.name, faction=kind.faction, marks=len(kind.marks))
                add(("fired", rule.name, name), fired)
        for name in model.outcomes:
            add(("outcome", name), Category("outcome", name))
        for name, outcome in model.outcomes.items():
            if outcome.ends_run:
                add(("ended", name), Category("ended", RUN_ENDED, note=name))
        add(("horizon",), Category("ended", RUN_ENDED, note=HORIZON))
        add(("limit",), Category("ended", RUN_ENDED, note=LIMIT_OF_EVENTS))
        object.__setattr__(self, "categories", tuple(categories))
        object.__setattr__(self, "codes", codes)

    @cached_property
    def events(self) -> dict[str, int]:
        """The number of each event type."""
        return {name: number for number, name in enumerate(self.program.model.events)}

    @property
    def rules(self) -> int:
        return len(self.program.rules)

    # In `f`: the frame, when each clock is due in order of rank, the clocks' blocks, the measures.

    def real(self, slot: int) -> int:
        """Return the cell of `f` that holds a slot of the frame."""
        return memory_map.TIME + slot

    @property
    def due(self) -> int:
        return memory_map.TIME + self.program.width

    def clock(self, rule: int) -> int:
        """Return where a clock's block of `f` begins."""
        return self.due + max(1, -(-self.rules // LANES)) * LANES + memory_map.CLOCK * rule

    @property
    def measured(self) -> int:
        return self.clock(self.rules)

    @property
    def reals(self) -> int:
        return self.measured + 2 * len(self.program.model.measures)

    # In `n`: the frame, the clocks' blocks, the outcomes, whether each measure has a value.

    def whole(self, slot: int) -> int:
        """Return the cell of `n` that holds a slot of the frame."""
        return memory_map.HEADER + slot

    def state(self, rule: int) -> int:
        """Return where a clock's block of `n` begins."""
        return memory_map.HEADER + self.program.width + memory_map.CLOCK_INTS * rule

    @property
    def open(self) -> int:
        return self.state(self.rules)

    @property
    def known(self) -> int:
        return self.open + len(self.program.outcomes)

    @property
    def ints(self) -> int:
        return self.known + len(self.program.model.measures)

    def cells(self) -> list[int]:
        """Return `n` as it stands before every run: where the parts are, and each clock's kind and rank."""
        cells = [0] * self.ints
        for place, value in (
            (memory_map.RULES, self.rules), (memory_map.DUE_AT, self.due), (memory_map.CLOCKS_AT, self.clock(0)),
            (memory_map.STATES_AT, self.state(0)), (memory_map.OUTCOMES, len(self.program.outcomes)),
            (memory_map.OPEN_AT, self.open), (memory_map.MEASURES, len(self.program.model.measures)),
            (memory_map.MEASURED_AT, self.measured), (memory_map.HORIZON_ROW, self.codes["horizon",]),
            (memory_map.LIMIT_ROW, self.codes["limit",]),
            (memory_map.PARAMETERS, len(self.program.model.parameters)),
            (memory_map.FIRST_PARAMETER, 1 + len(self.program.variables)),
        ):  # fmt: skip
            cells[place] = value
        for rule in self.program.rules:
            block = self.state(rule.number)
            cells[block + memory_map.KIND], cells[block + memory_map.RANK] = clock_kind(rule), self.due + rule.rank
            cells[block + memory_map.MEMORYLESS] = int(rule.memoryless)
        return cells

    def parameters(self, f: Any, n: Any) -> list[float]:
        """Return the values of a run's parameters as marks, in order of names."""
        first = 1 + len(self.program.variables)
        return [
            float(f[self.real(first + index)]) if is_real(kind.type) else float(n[self.whole(first + index)])
            for index, kind in enumerate(self.program.model.parameters.values())
        ]
