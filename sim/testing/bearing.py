"""What bears on a check: the rules that can break it or make that possible, and the part of the state that matters.

Trying the rules that bear on a check, and keeping the others still, finds in hundreds of histories what blind trying
would not find in many thousands. Guards count here and rates do not: a rate makes a rule late, never impossible. After
the cone of influence in model checking (Clarke, Grumberg and Peled 1999, section 9).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from sim.analysis.causes import Dependencies
from sim.language.expressions.tree import Expression, reads
from sim.language.expressions.types import Bool, Enumeration
from sim.model.checks import Check, Happened, NeverLowers, NeverRaises, Reachable, Statement
from sim.model.expression import Frame
from sim.model.model import Model, Variable
from sim.model.program import Program

DEPTHS = 4  # how far back the rules that make others possible are followed
RULE, OUTCOME = "rule ", "outcome "  # how a check says what must be reachable
BINS = 4  # into how many parts the range of a number is cut


@dataclass(frozen=True)
class Bearing:
    """What bears on one check. `slices` are the numbers of the rules at depth 1, 2, ..., each with those before in it;
    `watched` the state variables that the check and the guards of the nearest rules read, by their slots.
    """

    slices: tuple[frozenset[int], ...]
    watched: Mapping[int, Variable]

    @staticmethod
    def of(program: Program, check: Check) -> "Bearing":
        """Return what bears on a check of this program's model."""
        rules = _slices(program.model, check)
        guards = [program.model.rules[name].guard for name in rules[0]]
        slots = sorted(program.slots["state", name] for name in _variables([*check.expressions(), *guards]))
        numbers = [frozenset(program.numbers[name] for name in slice_) for slice_ in rules if slice_]
        return Bearing(tuple(dict.fromkeys(numbers)), {slot: program.variables[slot] for slot in slots})

    def view(self, parts: Mapping[int, Hashable]) -> Hashable:
        """Return a state as far as it matters to the check, from the parts that `parts_of` gives."""
        return tuple([parts[slot] for slot in self.watched])


def parts_of(program: Program, frame: Frame) -> Mapping[int, Hashable]:
    """Return the values of the state variables by their slots, numbers by parts of their range."""
    return {slot: _part(variable, frame[slot]) for slot, variable in program.variables.items()}


def _part(variable: Variable, value: float) -> Hashable:
    if isinstance(variable.type, Bool | Enumeration):
        return value
    span = variable.high - variable.low
    if value == 0 or not 0 < span < 1e6:
        return value > 0
    return 1 + int(BINS * (value - variable.low) / span)


def _slices(model: Model, check: Check) -> list[frozenset[str]]:
    dependencies = Dependencies(model)
    events = _events_of(model, check, dependencies)
    named = {name.removeprefix(RULE) for name in _named(check.statement) if name.startswith(RULE)}
    found: list[frozenset[str]] = []
    for _ in range(DEPTHS):
        rules = {name for name, rule in model.rules.items() if any(part.event in events for part in rule.emissions)}
        rules |= named
        found.append(frozenset(rules))
        variables = {name for rule in rules for name in dependencies.enabling[rule]}
        awaited = frozenset(name for rule in rules for name in model.rules[rule].on)
        events = events | _writers(dependencies, variables) | awaited
    return found


def _events_of(model: Model, check: Check, dependencies: Dependencies) -> frozenset[str]:
    """Return the events that a check names, and those that change what it reads."""
    expressions = list(check.expressions())
    events = set(check.on)
    outcomes = {name.removeprefix(OUTCOME) for name in _named(check.statement)} & set(model.outcomes)
    for expression in expressions:
        events |= reads(expression.tree, "times")
        outcomes |= reads(expression.tree, "reached")
    for name in outcomes:
        outcome = model.outcomes[name]
        events |= set(outcome.on)
        expressions += outcome.expressions()
    return frozenset(events | _writers(dependencies, _variables(expressions)))


def _named(statement: Statement) -> tuple[str, ...]:
    match statement:
        case Reachable(names):
            return names
        case Happened(events):
            return events
        case NeverLowers(outcome) | NeverRaises(outcome):
            return (outcome,)
        case _:
            return ()


def _variables(expressions: Iterable[Expression]) -> set[str]:
    return {name for expression in expressions for name in reads(expression.tree, "state")}


def _writers(dependencies: Dependencies, variables: set[str]) -> frozenset[str]:
    return frozenset(name for name, written in dependencies.effects.items() if variables & written)
