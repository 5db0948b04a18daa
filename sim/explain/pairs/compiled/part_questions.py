"""What the walk asks of a model: which parts there are, what each reads, and the text that evaluates them.

Owns the tables that depend on a model's structure alone; those of what two scenarios of it assume are `pair_tables`.
Which models and scenarios can be walked over by compiled code, `is_within` says.
"""

from collections.abc import Iterable, Mapping, Sequence

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import Layout, is_real
from sim.engines.kernel.generator.lines import indented
from sim.engines.kernel.runtime import trace_map
from sim.explain.pairs.compiled import walk_map
from sim.language.expressions.tree import Tree, reads
from sim.language.expressions.types import Bool, Type
from sim.model.model import FirstTime, LawClock, Rate, Rule
from sim.model.program import Program, without_draws
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

NONE = trace_map.NONE
MOST_KEPT = 4  # programs whose tables are kept


def is_within(program: Program, scenario: Scenario) -> bool:
    """Return whether compiled code can follow and walk over the runs of a scenario.

    It can where nothing moves between events, every clock starts afresh and none has a speed, marks are drawn or
    computed and not both at once, nothing changes after the branch, and the past is one of events alone.
    """
    rules = scenario.model.rules.values()
    plain = all(
        rule.memory == "fresh" and not (isinstance(rule.clock, LawClock) and rule.clock.speed is not None)
        for rule in rules
    )
    return (
        plain
        and not any(map(_mixes, rules))
        and not program.anything_moves
        and not scenario.changes
        and scenario.lineage is None
        and all(event.kind in CHANGING for event in scenario.past)
    )


def _mixes(rule: Rule) -> bool:
    """Return whether a mark of a rule is computed from a draw together with the state or a parameter."""
    marks = [without_draws(mark.tree) for emission in rule.emissions for mark in emission.marks]
    return any(reads(tree, "draw") and (reads(tree, "state") or reads(tree, "parameter")) for tree in marks)


class Questions:
    """The parts of one program that the walk evaluates, by number, and where its tables have them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.program = layout.program
        self.trees: list[Tree] = []

    @property
    def text(self) -> str:
        """The function `value` of the model, and those that it calls, as Python of the subset."""
        expressions = Expressions(layout=self.layout)
        body = ["match part:"]
        for number, tree in enumerate(self.trees):
            body += [f"    case {number}:", f"        return {expressions.real(tree)}"]
        head = "def value(f: Reals, n: Ints, part: int) -> float:"
        lines = [head, *indented(body if len(body) > 1 else []), "    raise ValueError('no such part')"]
        return "\n\n".join([*expressions.parts, "\n".join(lines) + "\n"])

    def part(self, tree: Tree) -> int:
        """Return the number of a further part. Which has which depends on the model's structure alone."""
        self.trees.append(without_draws(tree))
        return len(self.trees) - 1


class Cells:
    """Tables that are put behind one another, in `m` and in `g`."""

    def __init__(self, ints: Sequence[int], reals: Sequence[float]) -> None:
        self.ints = [*ints]
        self.reals = [*reals]

    def at(self, cell: int, values: Sequence[int]) -> None:
        """Put a table behind the others, and its place into a cell."""
        self.ints[cell] = self.put(values)

    def put(self, values: Iterable[int]) -> int:
        """Put a table behind the others; return its place."""
        place = len(self.ints)
        self.ints.extend(values)
        return place


class ModelTables(Cells):
    """The tables of one program: what its parts read, and how large what the walk writes may be."""

    def __init__(self, layout: Layout) -> None:
        super().__init__([0] * walk_map.WALK_HEADER, [])
        self.questions = Questions(layout)
        self.program = layout.program
        self.most_parts = 1
        self.most_written = 1
        self._lay_out()

    def _question(self, trees: Sequence[Tree]) -> int:
        """Put a question; return its place, NONE if nothing is asked."""
        if not trees:
            return NONE
        slots = self.program.slots
        read = {slots[scope, name] for scope in ("state", "parameter") for tree in trees for name in reads(tree, scope)}
        others = {slots[scope, name] for scope in ("mark",) for tree in trees for name in reads(tree, scope)}
        self.most_parts = max(self.most_parts, len(trees))
        number = len(trees) == 1 and not isinstance(trees[0].type, Bool)
        parts = self.put(self.questions.part(tree) for tree in trees)
        return self.put([
            parts, len(trees), self.put(sorted(read)), len(read), self.put(sorted(others)), len(others), int(number),
        ])  # fmt: skip

    def _lay_out(self) -> None:
        program, model = self.program, self.program.model
        width = program.width
        self.ints[trace_map.WIDTH] = width
        wholes = [int(kind is not None and not is_real(kind)) for kind in self._kinds()]
        self.at(trace_map.WHOLES_AT, wholes)
        self.at(trace_map.WHOLE_SLOTS_AT, [slot for slot, whole in enumerate(wholes) if whole])
        self.ints[trace_map.WHOLES] = sum(wholes)
        self.at(walk_map.RULES_AT, [cell for rule in model.rules.values() for cell in self._rule(rule)])
        effects, written = [], []
        for kind in model.events.values():
            row = [NONE] * width
            for name, effect in sorted(kind.effects.items()):
                row[program.slots["state", name]] = self._question([effect.tree])
            effects += row
            slots = [program.slots["state", name] for name in kind.effects]
            written += [self.put(slots), len(slots)]
            self.most_written = max(self.most_written, len(slots))
        self.at(walk_map.EFFECTS_AT, effects)
        self.at(walk_map.WRITTEN_AT, written)
        marks = [self.put(slot for slot, _ in program.mark_slots[name]) for name in model.events]
        self.at(walk_map.MARK_SLOTS_AT, marks)
        self.at(walk_map.SLOTS_AT, [cell for slot in range(width) for cell in self._slot(slot)])
        outcomes = []
        for outcome in model.outcomes.values():
            comes = outcome.comes
            parts = [comes.when, comes.safe] if isinstance(comes, FirstTime) else []
            question = self._question([part.tree for part in parts if part is not None])
            outcomes += [question, int(isinstance(comes, FirstTime) and bool(comes.on))]
        self.at(walk_map.OUTCOMES_AT, outcomes)
        self.ints[walk_map.BOUNDS_AT] = len(self.reals)
        for slot in range(width):
            variable = program.variables.get(slot)
            self.reals += [variable.low, variable.high] if variable is not None else [0.0, 0.0]
        self.at(walk_map.SIDES_AT, [0] * (2 * walk_map.SIDE))
        sizes = (walk_map.MOST_MERGED, width, walk_map.MOST_MERGED)
        self.at(walk_map.MERGED_AT, [cell for size in sizes for cell in (self.put([0] * size), 0)] + [0])

    def room(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Return how much room what is written needs, by the cells that say where it is: in `m`, and in `g`."""
        width, rules = self.program.width, len(self.program.rules)
        parts = max(self.most_parts, walk_map.MOST_MERGED)
        ints = {
            walk_map.NAMED_AT: width, walk_map.DIFFERING_AT: width, walk_map.EXCHANGED_AT: width,
            walk_map.ALONE_AT: width, trace_map.RUNNING_AT: 2 * rules, trace_map.LATEST_AT: rules,
            walk_map.CAUSES_AT: 2 * walk_map.MOST_CAUSES, walk_map.SUMS_AT: walk_map.MOST_CAUSES,
            walk_map.NODES_AT: walk_map.NODE * walk_map.MOST_NODES, walk_map.INDEX_AT: 2 * walk_map.INDEX_SIZE,
            walk_map.QUEUE_AT: 2 * walk_map.MOST_QUEUED,
        }  # fmt: skip
        reals = {
            walk_map.STRENGTHS_AT: walk_map.MOST_CAUSES, walk_map.SUM_REALS_AT: walk_map.MOST_CAUSES,
            walk_map.COSTS_AT: 2 * walk_map.MOST_NODES, walk_map.QUEUE_COSTS_AT: walk_map.MOST_QUEUED,
            walk_map.SHARES_AT: width, walk_map.HERE_AT: parts, walk_map.THERE_AT: parts, walk_map.TRIED_AT: parts,
            walk_map.WEIGHTS_AT: parts,
        }  # fmt: skip
        return ints, reals

    def _kinds(self) -> list[Type | None]:
        """Return the type of each slot; of those that are not looked at, None."""
        model, slots = self.program.model, self.program.slots
        known: dict[int, Type] = {slot: variable.type for slot, variable in self.program.variables.items()}
        known |= {slots["parameter", name]: one.type for name, one in model.parameters.items()}
        known |= {slot: kind for marks in self.program.mark_slots.values() for slot, kind in marks}
        return [known.get(slot) for slot in range(self.program.width)]

    def _rule(self, rule: Rule) -> list[int]:
        clock = rule.clock
        paces = [clock.argument] if isinstance(clock, Rate) else clock.arguments
        guard = self._question([rule.guard.tree])
        pace = self._question([one.tree for one in paces])
        weights = self._question([one.tree for one in rule.weights])
        emissions = []
        for emission in rule.emissions:
            marks = self.put([self._question([mark.tree]) for mark in emission.marks])
            emissions += [self.questions.layout.events[emission.event], marks, len(emission.marks)]
        return [
            guard, pace, weights, int(isinstance(clock, Rate)), self.put(emissions), len(rule.emissions), 0, 0, 0,
        ]  # fmt: skip

    def _slot(self, slot: int) -> list[int]:
        program = self.program
        variable = program.variables.get(slot)
        if variable is not None:
            initial = self._question([variable.initial.tree])
            return [walk_map.STATE_SCOPE, initial, int(variable.saturates), 0, 0]
        first = 1 + len(program.variables)
        is_parameter = first <= slot < first + len(program.model.parameters)
        return [walk_map.PARAMETER_SCOPE if is_parameter else walk_map.OTHER_SCOPE, NONE, 0, 0, 0]


_latest: dict[int, ModelTables] = {}  # by the identity of the program, which its tables keep alive


def model_tables(layout: Layout) -> ModelTables:
    """Return the tables of a layout's program; the same ones again as long as few others come between."""
    tables = _latest.pop(id(layout.program), None) or ModelTables(layout)
    _latest[id(layout.program)] = tables  # those that were used last are the last
    while len(_latest) > MOST_KEPT:
        del _latest[next(iter(_latest))]
    return tables
