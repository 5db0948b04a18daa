"""The numbers of a model that are written as if they were known, and where each stands.

They are looked for in rules, effects, derived quantities, and what variables relax by. 0 and 1 are left out, with a
unit or without, since they seldom are guesses: `1 - x`, `1 day`. So are signs, whole exponents, dates, indices of
members, and the time of a chance such as 30 % within 14 days, which is its unit; and whole numbers that pi is
multiplied with or divided by, since they make an angle of it: `2 * pi`. What stands in about() owns up to being a
guess, and so does a chance whose time does.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sim.build.timing import WITHIN
from sim.language.diagnostics import Complaints, Span
from sim.language.expressions.grammar import Text, parse, part, text_at
from sim.language.expressions.uncertain import ABOUT
from sim.language.shapes.declared import DerivedShape, RelaxesShape, VariableShape
from sim.language.shapes.documents import ClockShape, EventTypeShape, ModelShape, PartShape, RuleShape, ScenarioShape
from sim.language.yaml.parser import Document, Keys

Shapes: TypeAlias = ModelShape | PartShape | ScenarioShape
_WHAT = {
    "state": "state variable", "rules": "rule", "derived": "derived quantity", "events": "event type",
    "event_types": "event type",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralNumber:
    """A number as it is written, such as `0.02 per day`, and what it is in: `kind` and `owner`, such as rule, `probes`.

    `place` says where in that, such as `rate`; `text` is the whole expression, in which the number begins at `begins`.
    """

    span: Span
    kind: str
    owner: str
    place: str
    text: str
    written: str
    begins: int

    @property
    def in_guard(self) -> bool:
        """Whether it stands in a guard."""
        return self.place == "when"

    @property
    def may_be_about(self) -> bool:
        """Whether about() may stand in its place: neither in a guard, nor in what a variable relaxes by."""
        return not self.in_guard and self.kind != _WHAT["state"]


def literals_of(document: Document, shape: Shapes) -> tuple[LiteralNumber, ...]:
    """Return the literal numbers of a document, in the order in which it has them; each once."""
    found: dict[LiteralNumber, None] = {}
    for keys, place in _places(shape):
        if keys in document.offsets and not document.is_refused(keys):
            text = text_at(document, keys)
            for piece, counted in _pieces(text, place):
                for begin, end in counted:
                    number = LiteralNumber(
                        span=piece.stretch(begin, end), kind=_kind(keys), owner=_owner(document, keys),
                        place=place, text=text.text, written=piece.text[begin:end],
                        begins=piece.start - text.start + begin,
                    )  # fmt: skip
                    found.setdefault(number)
    return tuple(found)


def _kind(keys: Keys) -> str:
    """Return what the expression at the keys is part of."""
    return "event" if isinstance(keys[1], int) else _WHAT[str(keys[0])]


def _owner(document: Document, keys: Keys) -> str:
    """Return the name of what the expression at the keys is part of: of an event without a name its title."""
    if isinstance(keys[1], str):
        return keys[1]
    item = document.data[keys[0]][keys[1]]
    return str(item.get("event") or item.get("title") or keys[1])


def _places(shape: Shapes) -> Iterator[tuple[Keys, str]]:
    """Yield the keys of each expression in which a number may be a guess, and what the place is called."""
    if isinstance(shape, ScenarioShape):
        yield from _of_events("event_types", shape.event_types)
        for number, item in enumerate(shape.events):
            for target in item.set or ():
                yield ("events", number, "set", target), f"effects.{target}"
    else:
        yield from _of_relaxing(shape.state)
        yield from _of_derived(shape.derived)
        yield from _of_events("events", shape.events)
    for name, rule in shape.rules.items():
        yield from _of_rule(name, rule)


def _of_relaxing(state: Mapping[str, VariableShape]) -> Iterator[tuple[Keys, str]]:
    for name, variable in state.items():
        for key in RelaxesShape.model_fields if variable.relaxes is not None else ():
            yield ("state", name, "relaxes", key), f"relaxes.{key}"


def _of_derived(derived: Mapping[str, DerivedShape]) -> Iterator[tuple[Keys, str]]:
    for name in derived:
        yield ("derived", name, "value"), "value"


def _of_events(group: str, events: Mapping[str, EventTypeShape]) -> Iterator[tuple[Keys, str]]:
    for name, kind in events.items():
        for target in kind.effects:
            yield (group, name, "effects", target), f"effects.{target}"


def _of_rule(name: str, rule: RuleShape) -> Iterator[tuple[Keys, str]]:
    keys: Keys = ("rules", name)
    yield (*keys, "when"), "when"
    if isinstance(rule.clock, ClockShape):
        for kind in ClockShape.model_fields:
            given = getattr(rule.clock, kind)
            if isinstance(given, str):
                yield (*keys, "clock", kind), kind
            for argument in given if isinstance(given, Mapping) else ():
                yield (*keys, "clock", kind, argument), f"{kind}.{argument}"
    elif WITHIN.search(rule.clock):
        yield (*keys, "clock"), "chance"
    for mark in rule.emits if isinstance(rule.emits, Mapping) else ():
        if mark != "event":
            yield (*keys, "emits", mark), f"emits.{mark}"
    for number, item in enumerate(rule.choose or ()):
        for key in item:
            if key not in ("event", "for"):
                yield (*keys, "choose", number, key), f"choose.{item.get('event', '')}.{key}"


def _pieces(text: Text, place: str) -> Iterator[tuple[Text, list[tuple[int, int]]]]:
    """Yield the parts of an expression that may have literal numbers, with where in each part they stand."""
    split = WITHIN.search(text.text) if place == "chance" else None
    if split is None:
        yield text, _numbers(text)
        return
    chance, time = part(text, 0, split.start()), part(text, split.end(), len(text.text))
    if not re.search(rf"\b{ABOUT}\s*\(", time.text):
        yield chance, _numbers(chance)


def _numbers(text: Text) -> list[tuple[int, int]]:
    """Return from where to where in a text each literal number stands; none if it is not an expression."""
    parsed = parse(text, Complaints())
    if parsed is None:
        return []
    found = []
    of_angles = {id(factor) for node in ast.walk(parsed) for factor in _numbers_of_angle(node)}
    pending: list[ast.AST] = [parsed]
    while pending:
        node = pending.pop()
        if id(node) in of_angles:
            continue
        counts = False
        match node:
            case ast.Call(func=ast.Name(id=name)) if name == ABOUT:
                continue
            case ast.Subscript():
                continue
            case ast.GeneratorExp(elt=each):  # what stands after it is of indices
                pending.append(each)
                continue
            case ast.BinOp(op=ast.Pow(), left=left, right=right) if _is_whole(right):
                pending.append(left)
                continue
            case ast.Constant(value=int() | float() as value):
                counts = value not in (0, 1)
            case ast.Name():
                quantity = text.quantity(node)
                counts = quantity is not None and not quantity.date and quantity.number not in (0.0, 1.0)
        if counts and isinstance(node, ast.expr):
            found.append((text.column(node.col_offset), text.column(node.end_col_offset or 0)))
        pending += ast.iter_child_nodes(node)
    return sorted(found)


def _numbers_of_angle(product: ast.AST) -> list[ast.expr]:
    """Return the whole numbers among the factors and divisors of a product, if pi is one of its factors."""
    factors: list[ast.expr] = []
    divisors: list[ast.expr] = []
    pending = [(product, True)]
    while pending:
        match pending.pop():
            case ast.BinOp(left=left, op=ast.Mult(), right=right), above:
                pending += [(left, above), (right, above)]
            case ast.BinOp(left=left, op=ast.Div(), right=right), above:
                pending += [(left, above), (right, not above)]
            case ast.expr() as part, above:
                (factors if above else divisors).append(part)
    if not any(isinstance(part, ast.Name) and part.id == "pi" for part in factors):
        return []
    return [part for part in (*factors, *divisors) if _is_whole(part)]


def _is_whole(node: ast.AST) -> bool:
    match node:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _is_whole(operand)
        case ast.Constant(value=value):
            return isinstance(value, int)
    return False


def refuse_literals(document: Document, shape: Shapes, complaints: Complaints) -> None:
    """Complain of each literal number (E355)."""
    for number in literals_of(document, shape):
        where = f"in the {number.kind} '{number.owner}'"
        message = f"'{number.written}' is written as known {where}: this model says of each number that it is a guess"
        complaints.add("E355", message, number.span, *_ways_out(number))


def _ways_out(number: LiteralNumber) -> Iterator[str]:
    if number.place == "chance":
        chance, time = WITHIN.split(number.text, 1)
        yield f"write {chance.strip()} within about({time.strip()}, 2): 90 % of its draws lie within a factor of 2"
    elif number.may_be_about:
        yield f"write about({number.written}, 2): 90 % of its draws lie within a factor of 2"
    yield "a parameter, which has a name and a basis, may stand in its place"
