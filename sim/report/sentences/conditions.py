"""Conditions in words: `talks == open and not fought` as '"The talks" is open and not "Force was used"'.

Owns the words for comparisons and for what joins them. A condition of many parts stays a formula, which is read faster.
"""

from collections.abc import Mapping, Sequence

from sim.language.expressions.tree import Apply, Expression, Literal, Read, Tree
from sim.language.expressions.types import Bool, Enumeration, Instant
from sim.report.sentences.formula_texts import formula, literal, text_of, value_word
from sim.report.sentences.terms import Terms, listed

MOST_PARTS = 8

_WORDS: Mapping[str, str] = {
    "eq": "is", "ne": "is not", "gt": "is above", "ge": "is at least", "lt": "is below", "le": "is at most",
}  # fmt: skip
_OF_DATES: Mapping[str, str] = {
    "eq": "is", "ne": "is not", "gt": "is later than", "ge": "is not before", "lt": "is earlier than",
    "le": "is not after",
}  # fmt: skip
_OPPOSITE: Mapping[str, str] = {"eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}


def condition(given: Expression, terms: Terms) -> str:
    """Return a condition in words, or as the formula that its author wrote where it has over MOST_PARTS parts."""
    if _count(given.tree, terms) > MOST_PARTS:
        return text_of(given)
    return _joined(given.tree, terms, negated=False, within="")


def always(given: Expression) -> bool:
    """Return whether a condition is the literal `true`, as a guard that was left out is."""
    return isinstance(given.tree, Literal) and bool(given.tree.value)


def _count(tree: Tree, terms: Terms) -> int:
    """Count the parts that are joined by `and`, `or` and `not`, up to more than MOST_PARTS of them."""
    pending, count = [tree], 0
    while pending and count <= MOST_PARTS:
        node = pending.pop()
        if isinstance(node, Apply) and node.operation in ("and", "or", "not") and terms.derived_name(node) is None:
            pending.extend(node.arguments)
        else:
            count += 1
    return count


def _joined(tree: Tree, terms: Terms, *, negated: bool, within: str) -> str:
    if terms.derived_name(tree) is None and isinstance(tree, Apply):
        if tree.operation == "not":
            return _joined(tree.arguments[0], terms, negated=not negated, within=within)
        if tree.operation in ("and", "or"):
            # Not (a and b) is: not a, or not b (De Morgan).
            joined = tree.operation if not negated else "or" if tree.operation == "and" else "and"
            parts = _together(_parts(tree, tree.operation, terms), terms, joined, negated=negated)
            text = listed(parts, joined)
            return f"({text})" if len(parts) > 1 and within and within != joined else text
    return _part(tree, terms, negated=negated)


def _parts(tree: Tree, operation: str, terms: Terms) -> list[Tree]:
    """Return what stands between the same operations, in order."""
    if isinstance(tree, Apply) and tree.operation == operation and terms.derived_name(tree) is None:
        return [part for one in tree.arguments for part in _parts(one, operation, terms)]
    return [tree]


def _together(parts: Sequence[Tree], terms: Terms, joined: str, *, negated: bool) -> list[str]:
    """Return the parts in words; what says that one variable is, or is not, one of several values is one part."""
    values: dict[str, list[str]] = {}
    found: list[tuple[str, str]] = []
    for part in parts:
        operation, name, value = _of_a_value(part, terms)
        if negated and operation:
            operation = _OPPOSITE[operation]
        if name and operation == ("eq" if joined == "or" else "ne"):
            if name not in values:
                found.append((name, ""))
            values.setdefault(name, []).append(value)
        else:
            found.append(("", _joined(part, terms, negated=negated, within=joined)))
    return [text or _is_one_of(terms.quantity(name), values[name], joined) for name, text in found]


def _is_one_of(what: str, values: Sequence[str], joined: str) -> str:
    if joined == "or":
        return f"{what} is {listed(values, 'or')}"
    return f"{what} is not {values[0]}" if len(values) == 1 else f"{what} is neither {listed(values, 'nor')}"


def _of_a_value(tree: Tree, terms: Terms) -> tuple[str, str, str]:
    """Return operation, variable and word where an enum is compared with one of its words; else "" of each."""
    match tree:
        case Apply(operation="eq" | "ne" as operation, arguments=(Read(scope="state", name=name), Literal() as value)):
            if isinstance(value.type, Enumeration) and terms.derived_name(tree) is None:
                return operation, name, _word(value, terms)
    return "", "", ""


def _part(tree: Tree, terms: Terms, *, negated: bool) -> str:
    """Return a part that no `and`, `or` or `not` takes apart."""
    known = terms.derived_name(tree)
    if known is not None:
        return _holds(known, terms, negated=negated)
    match tree:
        case Literal(value=value):
            return "always" if bool(value) != negated else "never"
        case Read(scope="reached", name=name):
            return f"{terms.outcome(name)} has {'not ' if negated else ''}come true"
        case Apply(operation="ge", arguments=(Read(scope="times", name=name), Literal(value=1))):
            return f"{terms.event(name)} has {'not ' if negated else ''}happened"
        case Read(name=name):
            return _holds(name, terms, negated=negated)
        case Apply(operation=operation, arguments=(left, right)) if operation in _WORDS:
            operation = _OPPOSITE[operation] if negated else operation
            words = _OF_DATES if isinstance(left.type, Instant) else _WORDS
            return f"{_value(left, terms)} {words[operation]} {_value(right, terms)}"
    return f"`{'not ' if negated else ''}{formula(tree, terms)}`"


def _holds(name: str, terms: Terms, *, negated: bool) -> str:
    """Return that a condition with a name holds: its title alone, which says so, or that its name is true."""
    words = terms.quantity(name)
    if words.startswith("'"):
        return f"{words} is {'false' if negated else 'true'}"
    return f"not {words}" if negated else words


def _value(tree: Tree, terms: Terms) -> str:
    """Return one side of a comparison: what has a title by it, all else as a formula."""
    known = terms.derived_name(tree)
    if known is not None:
        return terms.quantity(known)
    match tree:
        case Apply(operation="real", arguments=(inner,)):
            return _value(inner, terms)
        case Literal():
            return _word(tree, terms)
        case Read(scope="time"):
            return "the date" if terms.model.calendar.origin else "the time"
        case Read(scope="times", name=name):
            return f"the number of times of {terms.event(name)}"
        case Read(scope="state" | "parameter", name=name) if not isinstance(tree.type, Bool):
            return terms.quantity(name)
        case Apply(operation="since", arguments=(Read(name=name), *_)):
            return f"the time since {terms.event(name)}"
    return f"`{formula(tree, terms)}`"


def _word(value: Literal, terms: Terms) -> str:
    """Return a value in words."""
    text = literal(value.value, value.type, terms)
    return value_word(text) if isinstance(value.type, Enumeration) else text
