"""The value of a checked expression on a frame: the meaning that every engine must match.

A frame is a list: the time, the state variables, the parameters, the marks of the event at hand. An arithmetic fault is
a Fault; who asked for the value knows the rule and the time and makes a run error of it.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sim.language.expressions.tree import ORDERS, Apply, Draw, Literal, Read, Tree, Value, nodes
from sim.language.expressions.types import INTEGER_LIMIT, Enumeration, Integer
from sim.numerics.elementary import exp, log, logistic
from sim.numerics.powers import power
from sim.numerics.relaxation import relaxed
from sim.numerics.trigonometry import LARGEST_ANGLE, cos, sin

Frame: TypeAlias = list[Any]
Evaluate: TypeAlias = Callable[[Frame], Any]
Slots: TypeAlias = Mapping[tuple[str, object], int]  # by scope and name; a flag's by its tree

TIME = 0  # the slot of the present time


class Fault(ArithmeticError):
    """An expression has no value here: a division by zero, an overflow, the logarithm of a negative number."""


def compiled(tree: Tree, slots: Slots) -> Evaluate:
    """Return the function of a frame, laid out by `slots`, for a tree; it raises Fault where there is no value."""
    match tree:
        case Literal(value=value):
            return lambda frame: value
        case Read(name=name) if _relaxes(tree, slots):
            return _relaxing(*(slots[scope, name] for scope in ("state", "target", "decay", "anchor")))
        case Read(scope=scope, name=name):
            return operator.itemgetter(slots[scope, name])
        case Apply(operation="since", arguments=(last, *otherwise)):
            return _since(compiled(last, slots), *(compiled(part, slots) for part in otherwise))
        case Apply() if is_flag(tree, slots):
            return _flag(tree, slots)
        case Apply(operation="if", arguments=(test, chosen, other)):
            condition, first, second = (compiled(part, slots) for part in (test, chosen, other))
            return lambda frame: first(frame) if condition(frame) else second(frame)
        case Apply(operation="member", arguments=(place, *members)):
            return _member(compiled(place, slots), [compiled(one, slots) for one in members])
        case Apply(operation="place", arguments=(index, Literal(value=low), Literal(value=high))):
            return _place(compiled(index, slots), int(low), int(high))
        case Apply(operation="missing", arguments=indices):
            return _without_value(f"its family has no member [{', '.join(map(shown, indices))}]")
        case Apply(operation="twice"):
            return _without_value("two effects of the event set it")
        case Apply(operation="nowhere"):
            return _without_value("no condition holds of which it is the first")
        case Apply(operation="first", arguments=(otherwise, *pairs)):
            return _first(compiled(otherwise, slots), _indexed(pairs, slots))
        case Apply(operation="argmin" | "argmax" as operation, arguments=pairs):
            return _extreme(_indexed(pairs, slots), operator.lt if operation == "argmin" else operator.gt)
        case Apply(operation="ipow", arguments=(base, Literal(value=exponent))):
            return _integer_power(compiled(base, slots), int(exponent))
        case Apply(operation=operation, arguments=(inner,)):
            return _UNARY[operation](compiled(inner, slots))
        case Apply(operation=operation, arguments=(left, right), type=kind):
            if isinstance(kind, Integer) and operation in _INTEGER:
                return _integer(_INTEGER[operation], compiled(left, slots), compiled(right, slots))
            return _BINARY[operation](left, right, slots)
    raise AssertionError(f"no meaning for {tree}; a draw is resolved before its mark is compiled")


def is_flag(tree: Apply, slots: Slots) -> bool:
    """Return whether a tree is one of the flags of the model whose slots these are: a condition that flips by itself.

    Its value stands in its slot.
    """
    return tree.operation in ORDERS and ("flag", "") in slots and ("flag", tree) in slots


def _member(place: Evaluate, members: list[Evaluate]) -> Evaluate:
    return lambda frame: members[place(frame)](frame)


def _place(index: Evaluate, low: int, high: int) -> Evaluate:
    def place(frame: Frame) -> int:
        value = int(index(frame))
        if not low <= value <= high:
            raise Fault(f"an index is {value}, where it may be {low} to {high}")
        return value - low

    return place


def _indexed(pairs: Sequence[Tree], slots: Slots) -> list[tuple[int, Evaluate]]:
    """Return the index and the function of each member, which stand one after the other."""
    indices = [int(one.value) for one in pairs[::2] if isinstance(one, Literal)]
    return list(zip(indices, (compiled(one, slots) for one in pairs[1::2]), strict=True))


def _first(otherwise: Evaluate, members: list[tuple[int, Evaluate]]) -> Evaluate:
    def first(frame: Frame) -> int:
        for index, holds in members:
            if holds(frame):
                return index
        return int(otherwise(frame))

    return first


def _extreme(members: list[tuple[int, Evaluate]], beyond: Callable[[Any, Any], bool]) -> Evaluate:
    (least, value_of), *others = members

    def extreme(frame: Frame) -> int:
        found, known = least, value_of(frame)
        for index, member in others:
            value = member(frame)
            if beyond(value, known):
                found, known = index, value
        return found

    return extreme


def _without_value(why: str) -> Evaluate:
    def fails(frame: Frame) -> Value:  # noqa: ARG001 - whatever the state is
        raise Fault(why)

    return fails


def shown(value: Tree) -> str:
    """Write a literal as an expression has it: a number, or a word of its enum."""
    assert isinstance(value, Literal), "only a literal has a text of its own"
    return value.type.values[int(value.value)] if isinstance(value.type, Enumeration) else str(value.value)


def evaluate(tree: Tree) -> Value:
    """Return the value of a tree that reads nothing. Raise Fault where it has none."""
    value: Value = compiled(tree, {})([])
    return value


def is_constant(tree: Tree) -> bool:
    """Return whether a tree has one value, whatever the state and the draws are: it reads nothing."""
    return not any(isinstance(node, Read | Draw) for node in nodes(tree))


def _relaxes(tree: Read, slots: Slots) -> bool:
    """Return whether it is a variable that relaxes: what stands in its slot is its value at its anchor."""
    return tree.scope == "state" and ("anchor", tree.name) in slots


def _relaxing(start: int, target: int, decay: int, anchor: int) -> Evaluate:
    """The value at the present of a variable that relaxes since the time in its slot `anchor`."""
    return lambda frame: relaxed(frame[start], frame[target], frame[decay], frame[TIME] - frame[anchor])


def _since(last: Evaluate, otherwise: Evaluate | None = None) -> Evaluate:
    def elapsed(frame: Frame) -> float:
        time = last(frame)
        if time > -math.inf:
            return float(frame[TIME] - time)
        if otherwise is None:
            raise Fault("it is asked how long ago an event was that has not happened yet")
        return float(otherwise(frame))

    return elapsed


def _flag(tree: Apply, slots: Slots) -> Evaluate:
    slot = slots["flag", tree]

    def truth(frame: Frame) -> bool:
        value = frame[slot]
        if value is None:
            for part in tree.arguments:
                compiled(part, slots)(frame)  # says why, where that can be told from the present
            raise Fault("a condition on what changes with time has no value")
        return bool(value)

    return truth


def _division(left: Evaluate, right: Evaluate) -> Evaluate:
    def divide(frame: Frame) -> float:
        over, under = left(frame), right(frame)
        if under == 0:
            raise Fault(f"{over} is divided by zero")
        return float(over) / float(under)

    return divide


def _power(left: Evaluate, right: Evaluate) -> Evaluate:
    def raised(frame: Frame) -> float:
        base, exponent = left(frame), right(frame)
        try:
            return power(float(base), float(exponent))
        except ValueError:
            raise Fault(f"{base} to the power {exponent} is no number") from None

    return raised


def _integer_power(base: Evaluate, exponent: int) -> Evaluate:
    return lambda frame: _in_range(base(frame) ** exponent)


def _in_range(value: int) -> int:
    if -INTEGER_LIMIT <= value <= INTEGER_LIMIT:
        return value
    raise Fault("a whole number passes 2**53")


def _floor_division(left: int, right: int) -> int:
    if right == 0:
        raise Fault(f"{left} is divided by zero")
    return left // right


def _remainder(left: int, right: int) -> int:
    if right == 0:
        raise Fault(f"{left} is divided by zero")
    return left % right


def _integer(operation: Callable[[int, int], int], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda frame: _in_range(operation(left(frame), right(frame)))


_INTEGER: Mapping[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": _floor_division,
    "mod": _remainder,
}


def _guarded(
    function: Callable[[float], float], what: str, why: str = "is no number"
) -> Callable[[Evaluate], Evaluate]:
    def make(inner: Evaluate) -> Evaluate:
        def apply(frame: Frame) -> float:
            value = inner(frame)
            try:
                return function(float(value))
            except (ValueError, OverflowError):
                raise Fault(f"{what}({value}) {why}") from None

        return apply

    return make


_NO_ANGLE = f"is not known: an angle lies within {LARGEST_ANGLE:.0f} either way"

_UNARY: Mapping[str, Callable[[Evaluate], Evaluate]] = {
    "not": lambda inner: lambda frame: not inner(frame),
    "neg": lambda inner: lambda frame: -inner(frame),
    "real": lambda inner: lambda frame: float(inner(frame)),
    "abs": lambda inner: lambda frame: abs(inner(frame)),
    "exp": _guarded(exp, "exp"),
    "log": _guarded(log, "log"),
    "sqrt": _guarded(math.sqrt, "sqrt"),
    "floor": _guarded(lambda x: _in_range(math.floor(x)), "floor"),
    "ceil": _guarded(lambda x: _in_range(math.ceil(x)), "ceil"),
    "logistic": _guarded(logistic, "logistic"),
    "sin": _guarded(sin, "sin", _NO_ANGLE),
    "cos": _guarded(cos, "cos", _NO_ANGLE),
}


def _simple(general: Callable[[Evaluate, Evaluate], Evaluate], operation: Callable[[Any, Any], Any]) -> Any:
    """Make the function of two operands; a shorter one where a slot meets a literal, as in most guards."""

    def make(left: Tree, right: Tree, slots: Slots) -> Evaluate:
        if isinstance(left, Read) and isinstance(right, Literal) and not _relaxes(left, slots):
            slot, value = slots[left.scope, left.name], right.value
            return lambda frame: operation(frame[slot], value)
        return general(compiled(left, slots), compiled(right, slots))

    return make


def _plain(make: Callable[[Evaluate, Evaluate], Evaluate]) -> Any:
    return lambda left, right, slots: make(compiled(left, slots), compiled(right, slots))


_BINARY: Mapping[str, Callable[[Tree, Tree, Slots], Evaluate]] = {
    "and": _plain(lambda a, b: lambda frame: a(frame) and b(frame)),
    "or": _plain(lambda a, b: lambda frame: a(frame) or b(frame)),
    "add": _plain(lambda a, b: lambda frame: a(frame) + b(frame)),
    "sub": _plain(lambda a, b: lambda frame: a(frame) - b(frame)),
    "mul": _plain(lambda a, b: lambda frame: a(frame) * b(frame)),
    "div": _plain(_division),
    "pow": _plain(_power),
    "min": _plain(lambda a, b: lambda frame: min(a(frame), b(frame))),
    "max": _plain(lambda a, b: lambda frame: max(a(frame), b(frame))),
    "eq": _simple(lambda a, b: lambda frame: a(frame) == b(frame), operator.eq),
    "ne": _simple(lambda a, b: lambda frame: a(frame) != b(frame), operator.ne),
    "lt": _simple(lambda a, b: lambda frame: a(frame) < b(frame), operator.lt),
    "le": _simple(lambda a, b: lambda frame: a(frame) <= b(frame), operator.le),
    "gt": _simple(lambda a, b: lambda frame: a(frame) > b(frame), operator.gt),
    "ge": _simple(lambda a, b: lambda frame: a(frame) >= b(frame), operator.ge),
}
