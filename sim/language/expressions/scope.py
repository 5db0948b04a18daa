"""What the words and numbers of an expression stand for, in the scope of the place where it stands (E301, E312)."""

import ast
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sim.language.expressions import operations
from sim.language.expressions.grammar import Quantity, Text
from sim.language.expressions.indices import member_of
from sim.language.expressions.tree import Apply, Literal, Read, Tree, Value, size
from sim.language.expressions.types import (
    BOOL,
    INT,
    INTEGER_LIMIT,
    PLAIN,
    REAL,
    Calendar,
    Enumeration,
    Integer,
    Real,
    Type,
)
from sim.language.expressions.uncertain import Place
from sim.language.removed import still_named
from sim.language.suggest import did_you_mean, nearest

_UNEVEN = {"month", "quarter", "year"}
_NOW = {"now", "today"}
_USUAL_INDICES = {"i", "j", "k"}
KNOWN_ALREADY = ""


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use.

    `what` lists in words what a name may be here. `broken` has names whose declarations were refused: they are not
    complained of again. Where the `time` may be read, `events` are the event types of which it may be asked how long
    ago they were. Where the value is followed between events, `followed` has the state variables that relax; elsewhere
    it is None. In a check `occurring` has the event types and the outcomes that it may ask about; elsewhere it
    is None. `uncertain` is the place where about() stands; None where it may not. `joined` caches what a function makes
    of a whole family.
    """

    calendar: Calendar
    names: Mapping[str, Tree]
    families: Mapping[str, Mapping[str, Tree]] = field(default_factory=dict)
    indices: Mapping[str, str | int] = field(default_factory=dict)
    enums: tuple[Enumeration, ...] = ()
    declared: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    time: bool = False
    events: Collection[str] = ()
    followed: Collection[str] | None = None
    random: bool = False
    occurring: Mapping[str, Mapping[str, object]] | None = None
    uncertain: Place | None = None
    what: str = "a state variable, a parameter or a function"
    joined: dict[tuple[str, str], Tree] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Return whether a name is that of something which is declared, or read here."""
        return any(name in known for known in (self.names, self.declared, self.families, self.broken))


class Wrong(Exception):
    """Stops the checking of one expression; becomes its diagnostic."""

    def __init__(self, code: str, message: str, node: ast.AST, *notes: str) -> None:
        super().__init__(message)
        self.code, self.message, self.node, self.notes = code, message, node, notes


_TIME_NOTES = (
    "guards, rates, speeds, weights, marks, effects, derived quantities, outcomes and measures may read it",
    "to let something happen at a date: a rule with clock: {at: 2030-03-01}, or an entry of the timetable",
)


def number(node: ast.AST, value: Value) -> Tree:
    """Return a number written in the text; a 0 fits every unit."""
    if isinstance(value, float) and not math.isfinite(value):
        raise Wrong("E204", "this number is too large", node)
    if isinstance(value, int) and abs(value) > INTEGER_LIMIT:
        raise Wrong("E204", "this whole number is too large", node, "expected at most 2**53; write 1e20 for a real")
    unit = None if value == 0 else PLAIN
    return Literal(value, Integer(unit) if isinstance(value, int) else Real(unit))


def name(node: ast.Name, hint: Type | None, text: Text, scope: Scope) -> Tree:
    """Return what a bare word means here; `hint` says which enum it may be a value of."""
    word = node.id
    quantity = text.quantity(node)
    if quantity is not None and set(word) == {"_"}:
        return _quantity(node, quantity, scope)
    if word in scope.broken:
        raise Wrong(KNOWN_ALREADY, "", node)
    if word in ("true", "false"):
        return Literal(word == "true", BOOL)
    if word in scope.indices:
        value = scope.indices[word]
        if isinstance(value, str) and isinstance(hint, Enumeration) and value in hint.values:
            return Literal(hint.values.index(value), hint)
        if isinstance(value, str):
            raise Wrong("E312", f"the index '{word}' is a word here, not a number", node, f"it stands for '{value}'")
        return Literal(value, INT)
    if word == "time":
        if not scope.time:
            raise Wrong("E308", "'time' may not be read here, where nothing follows it", node, *_TIME_NOTES)
        return Read("time", "", scope.calendar.instant())
    if word in scope.names:
        return scope.names[word]
    if isinstance(hint, Enumeration) and word in hint.values:
        return Literal(hint.values.index(word), hint)
    if word in scope.families:
        raise Wrong("E312", f"'{word}' is a family: say which member", node, f"expected {word}[i]")
    return _unresolved(node, hint, text, scope)


def words(first: ast.expr, second: ast.expr, text: Text, scope: Scope) -> tuple[str, str] | None:
    """Return the words of two sides of which one is an index that stands for a word; None for all else."""
    sides = [side.id for side in (first, second) if isinstance(side, ast.Name) and not text.quantity(side)]
    free = all(side in scope.indices or not scope.knows(side) for side in sides)
    if len(sides) < 2 or not free or set(sides).isdisjoint(scope.indices):
        return None
    one, other = (scope.indices.get(side, side) for side in sides)
    return (one, other) if isinstance(one, str) and isinstance(other, str) else None


def _unresolved(node: ast.Name, hint: Type | None, text: Text, scope: Scope) -> Tree:
    name = node.id
    if name in scope.declared:  # though no name of this place
        raise Wrong("E301", f"'{name}' may not be read here", node, f"expected {scope.what}")
    having = [enum for enum in scope.enums if name in enum.values]
    if not having:
        refuse_removed(node, name, text)
        if name == "pi" and not isinstance(hint, Enumeration):
            return Literal(math.pi, REAL)
    if isinstance(hint, Enumeration):
        notes = did_you_mean(name, [*hint.values, *scope.names])
        raise Wrong("E301", f"unknown name '{name}'", node, f"expected {hint}, or a name of that type", *notes)
    if len(having) == 1:
        return Literal(having[0].values.index(name), having[0])
    if having:
        raise Wrong("E302", f"'{name}' is a value of several enums", node, "compare it with a variable of one of them")
    words = [*scope.names, *scope.families, *(value for enum in scope.enums for value in enum.values)]
    hints = list(did_you_mean(name, words))
    if not hints or not hints[0].startswith("did you mean"):  # a function's name alone is seldom meant
        hints = list(did_you_mean(name, [*words, *operations.FUNCTIONS]))
    if hints and hints[0].startswith("did you mean"):
        close = hints[0].split("'")[1]
        if close in scope.declared:
            hints[0] += f" It is declared at {scope.declared[close]}"
    elif hints and hints[0].startswith("allowed"):
        hints = []
    if name in _NOW and scope.time:
        hints = ["did you mean 'time'? It is the time now"]
    if name in _USUAL_INDICES and name not in scope.indices:
        hints.append(f"an index is declared where the thing itself is, such as for: {name} in 1..3")
    raise Wrong("E301", f"unknown name '{name}'", node, f"expected {scope.what}", *hints)


def refuse_removed(node: ast.AST, name: str, text: Text) -> None:
    if name in text.document.removed:
        message, *notes = still_named(text.document, name, text.keys)
        raise Wrong("E342", message, node, *notes)


def _quantity(node: ast.AST, quantity: Quantity, scope: Scope) -> Tree:
    calendar = scope.calendar
    if quantity.date:
        try:
            return Literal(calendar.at(quantity.date), calendar.instant())
        except ValueError as error:
            note = "give it one, as in time: {unit: day, origin: 2030-01-01}"
            raise Wrong("E317", str(error), node, *([note] if calendar.origin is None else [])) from None
    unit = quantity.unit or (f"1/{quantity.per}" if quantity.per else "")
    try:
        canonical, factor = calendar.unit_of(unit)
    except ValueError as error:
        notes = unit_notes(str(error), calendar)
        if calendar.abstract:
            notes = ("this model's time is abstract: its durations and rates are plain numbers", *notes)
        raise Wrong("E303", f"'{error}' is not a unit", node, *notes) from None
    value = quantity.number * factor
    if not math.isfinite(value):
        raise Wrong("E204", "this number is too large", node)
    if value.is_integer() and abs(value) <= INTEGER_LIMIT and not any(base == "time" for base, _ in canonical):
        return Literal(int(value), Integer(canonical))  # 3 soldiers are a whole number; a length of time never is
    return Literal(value, Real(canonical))


def unit_notes(word: str, calendar: Calendar) -> tuple[str, ...]:
    """Return the notes for a word that was used as a unit and is not one."""
    meant = nearest(word, calendar.words())
    if meant:
        return (f"did you mean '{meant}'?",)
    if not calendar.abstract and word.removesuffix("s") in _UNEVEN:
        return (f"a {word.removesuffix('s')} has no one length: write it in days or weeks, or name a date",)
    known = ", ".join(calendar.units)
    own = f"the model's own units: {known}" if known else "the model declares none of its own"
    return (f"{own}; another is declared under the key 'units': units: [{word}]",)


def event_type(node: ast.Call, text: Text, scope: Scope) -> str:
    """Return the event type that since(event) asks about."""
    if not scope.time:
        message = "since() may not be asked here, where nothing follows the time"
        raise Wrong("E308", message, node, *_TIME_NOTES)
    if not 1 <= len(node.args) <= 2 or not isinstance(node.args[0], ast.Name | ast.Subscript):
        note = "expected since(event), or since(event, 30 days) with what it is before the event's first time"
        raise Wrong(
            "E203", "since() takes the name of one event type, and what it is before that has happened", node, note
        )
    argument = node.args[0]
    name = text.piece(argument)
    if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
        name = f"{argument.value.id}[{member_of(argument.slice, scope.indices)}]"
    if name in scope.events:
        return name
    if any(other.startswith(name + "[") for other in scope.events):
        raise Wrong("E312", f"'{name}' is a family: say which member", argument, f"expected since({name}[i])")
    refuse_removed(argument, name.partition("[")[0], text)
    raise Wrong("E307", f"unknown event type '{name}'", argument, *did_you_mean(name, scope.events))


def occurrence(node: ast.Call, function: str, text: Text, scope: Scope) -> Tree:
    """Return what happened(event), times(event) or reached(outcome) means; a family's name for all its members."""
    if scope.occurring is None:
        note = "let an event change a state variable, and read that"
        raise Wrong("E322", f"{function}() looks back over a run, and may stand only in a check", node, note)
    what = operations.OCCURRENCES[function]
    known = scope.occurring[what]
    if len(node.args) != 1 or not isinstance(node.args[0], ast.Name | ast.Subscript):
        raise Wrong("E203", f"{function}() takes the name of one {what}", node)
    argument = node.args[0]
    name = text.piece(argument)
    if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
        name = f"{argument.value.id}[{member_of(argument.slice, scope.indices)}]"
    members = [name] if name in known else [other for other in known if other.startswith(name + "[")]
    if not members:
        refuse_removed(argument, name.partition("[")[0], text)
        raise Wrong("E307", f"unknown {what} '{name}'", argument, *did_you_mean(name, known))
    if function == "reached":
        return _joined("or", [Read("reached", member, BOOL) for member in members], BOOL)
    total = _joined("add", [Read("times", member, INT) for member in members], INT)
    return total if function == "times" else Apply("ge", (total, Literal(1, INT)), BOOL, 2 + size(total))


def _joined(operation: str, parts: list[Tree], kind: Type) -> Tree:
    whole = parts[0]
    for part in parts[1:]:
        whole = Apply(operation, (whole, part), kind, 1 + size(whole) + size(part))
    return whole
