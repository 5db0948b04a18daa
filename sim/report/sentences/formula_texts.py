"""Parts of expressions written out again, where an author's text does not have them apart: `2 * (1 - trust)`.

Owns the way back from a checked tree to a text of the language. A whole expression has its author's text, which is used
instead wherever it can be.
"""

from collections.abc import Mapping
from functools import partial

from sim.language.expressions.tree import Apply, Draw, Expression, Literal, Read, Tree, Value
from sim.language.expressions.types import RATE, TIME, Bool, Enumeration, Instant, Integer, Real
from sim.report.sentences.terms import Terms

_INFIX: Mapping[str, tuple[int, str]] = {
    "or": (1, "or"), "and": (2, "and"), "lt": (4, "<"), "le": (4, "<="), "gt": (4, ">"), "ge": (4, ">="),
    "eq": (4, "=="), "ne": (4, "!="), "add": (5, "+"), "sub": (5, "-"), "mul": (6, "*"), "div": (6, "/"),
    "floordiv": (6, "//"), "mod": (6, "%"), "pow": (8, "**"), "ipow": (8, "**"),
}  # fmt: skip
_CHOICE, _NOT, _NEGATED, _WHOLE = 0, 3, 7, 9


def text_of(expression: Expression) -> str:
    """Return an expression as its author wrote it, on one line, between signs that set it apart."""
    return f"`{' '.join(expression.text.split())}`"


def formula(tree: Tree, terms: Terms) -> str:
    """Return a part of an expression as the language has it."""
    return _written(tree, terms)[1]


def value_word(word: str) -> str:
    """Return a value of an enum as people write it: without underscores, and in single quotes if it is several words.

    >>> value_word("open"), value_word("in_post")
    ('open', "'in post'")
    """
    return f"'{word.replace('_', ' ')}'" if "_" in word else word


def literal(value: Value, kind: object, terms: Terms) -> str:
    """Write a value of a type: a word of an enum, a date, a length of time or a rate in the model's unit."""
    calendar = terms.model.calendar
    match kind:
        case Bool():
            return "true" if value else "false"
        case Enumeration(values=words):
            return words[int(value)]
        case Instant():
            return calendar.moment(float(value), hour=True).removesuffix(" 00:00")
        case Integer(unit=unit) | Real(unit=unit) if unit == TIME:
            return calendar.length(float(value))
        case Integer(unit=unit) | Real(unit=unit) if unit == RATE:
            return f"{value:.6g} per {calendar.unit}"
    return f"{value:.6g}"


def _written(tree: Tree, terms: Terms) -> tuple[int, str]:
    """Return how tightly the outermost operation of a tree binds, and the tree's text."""
    write = partial(_written, terms=terms)
    if (name := terms.derived_name(tree)) is not None:
        return _WHOLE, name
    match tree:
        case Literal(value=value, type=kind):
            text = literal(value, kind, terms)
            text = text.replace(" ", "T") if isinstance(kind, Instant) else text
            return (_NEGATED if text.startswith("-") else _WHOLE), text
        case Read(scope="times" | "reached" as scope, name=name):
            return _WHOLE, f"{scope}({name})"
        case Read(scope="time"):
            return _WHOLE, "time"
        case Read(name=name):
            return _WHOLE, name
        case Draw(law=law, arguments=arguments):
            return _WHOLE, f"{law}({', '.join(write(one)[1] for one in arguments)})"
        case Apply(operation="real", arguments=(inner,)):
            return write(inner)
        case Apply(operation="if", arguments=(test, chosen, other)):
            return _CHOICE, f"{_inside(chosen, 1, terms)} if {_inside(test, 1, terms)} else {write(other)[1]}"
        case Apply(operation="not", arguments=(inner,)):
            return _NOT, f"not {_inside(inner, _NOT, terms)}"
        case Apply(operation="neg", arguments=(inner,)):
            return _NEGATED, f"-{_inside(inner, _NEGATED, terms)}"
        case Apply(operation=operation, arguments=(left, right)) if operation in _INFIX:
            binds, sign = _INFIX[operation]
            loose = binds + (operation in ("lt", "le", "gt", "ge", "eq", "ne", "pow", "ipow"))
            return binds, f"{_inside(left, loose, terms)} {sign} {_inside(right, binds + 1, terms)}"
        case Apply(operation=operation, arguments=arguments):
            return _WHOLE, f"{operation}({', '.join(write(one)[1] for one in arguments)})"


def _inside(tree: Tree, least: int, terms: Terms) -> str:
    binds, text = _written(tree, terms)
    return text if binds >= least else f"({text})"
