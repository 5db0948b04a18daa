"""The tables of two scenarios whose models have one structure: what they assume, their pasts, what their rows mean."""

from collections.abc import Mapping, Sequence

from sim.analysis.flow import switched
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.runtime import trace_map
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.compiled import walk_map
from sim.explain.pairs.compiled.part_questions import NONE, Cells, ModelTables
from sim.model.event_table import Category
from sim.model.model import Model
from sim.model.replay import CHANGING
from sim.numerics.streams import signed

_KINDS = {
    "documented": trace_map.DOCUMENTED, "fired": trace_map.FIRED_KIND, "scheduled": trace_map.SCHEDULED_KIND,
    "started": trace_map.STARTED_KIND,
}  # fmt: skip


class PairTables(Cells):
    """The tables of a model, and what two scenarios of it assume."""

    def __init__(self, tables: ModelTables, assumptions: Assumptions, one: KernelEngine) -> None:
        super().__init__(tables.ints, tables.reals)
        self.room = tables.room()
        self.width, self.most_written = tables.program.width, tables.most_written
        self.assumptions = assumptions
        self.numbers = {name: number for number, name in enumerate(assumptions.names)}
        self.ints[walk_map.ASSUMPTIONS] = len(self.numbers)
        self.ints[walk_map.BRANCH_TIME_AT] = len(self.reals)
        self.reals.append(assumptions.one.start)
        program = tables.program
        for number, rule in enumerate(program.model.rules):
            row = self.ints[walk_map.RULES_AT] + walk_map.RULE_TABLE * number
            own = [f"rule {rule}"] if f"rule {rule}" in self.numbers else []
            names = sorted(switched(rule, assumptions.one, assumptions.other)) or own
            self._assume(row + walk_map.SWITCHED_AT, row + walk_map.SWITCHED, names)
            self.ints[row + walk_map.STREAM] = signed(one.streams.keys[number])
        for name in program.model.parameters:
            row = self.ints[walk_map.SLOTS_AT] + walk_map.SLOT_TABLE * program.slots["parameter", name]
            self._assume(row + walk_map.RESTS_AT, row + walk_map.RESTS, assumptions.of_parameter(name))

    def _assume(self, cell: int, count: int, names: Sequence[str]) -> None:
        """Put the numbers of assumptions behind the other tables; say where they are and how many."""
        self.at(cell, [self.numbers[name] for name in names])
        self.ints[count] = len(names)


class SideTables:
    """What one scenario brings to the tables."""

    def __init__(self, engine: KernelEngine, tables: PairTables) -> None:
        self.engine = engine
        scenario, program = engine.scenario, engine.program
        events, numbers = engine.layout.events, program.numbers
        past: list[int] = []
        for event in scenario.past:
            rule = numbers.get(event.rule, NONE) if event.rule else NONE
            marks = len(tables.reals)
            tables.reals += event.marks
            past += [_KINDS[event.kind], events[event.type], rule, event.occurrence, marks, len(event.marks), NONE]
        self.past_at = tables.put(past)
        self.times_at = len(tables.reals)
        tables.reals += [event.time for event in scenario.past]
        self.categories_at = tables.put(
            cell for one in engine.categories for cell in _category(one, program.model, events, numbers)
        )
        assumptions = tables.assumptions
        items = sorted(scenario.timetable, key=lambda item: item.time)
        self.scheduled_at = tables.put(
            tables.numbers[f"event {item.event}"] if assumptions.is_assumed(item.time, item.event, item.marks) else NONE
            for item in items
        )
        self.f, self.n = engine.arrays()


def _category(one: Category, model: Model, events: dict[str, int], numbers: Mapping[str, int]) -> list[int]:
    """Return what a row's code means, as the tracing kernel reads it."""
    kind = _KINDS.get(one.kind, trace_map.OTHER_KIND)
    number, ending = NONE, trace_map.NO_ENDING
    if one.kind in CHANGING:
        number = events[one.type]
    elif one.kind == "outcome":
        number, outcome = list(model.outcomes).index(one.type), model.outcomes[one.type]
        if outcome.ending:
            ending = trace_map.OTHERWISE if outcome.otherwise else trace_map.COMES_TRUE
    return [kind, number, numbers.get(one.rule, NONE) if one.rule else NONE, one.marks, ending]
