"""Event types and state variables in sentences: what an event changes, and what a variable can be."""

import math

from sim.language.expressions.tree import Apply, Expression, Literal, Read
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer
from sim.model.model import EventType, Variable
from sim.report.sentences.formula_texts import formula, literal, text_of, value_word
from sim.report.sentences.terms import Terms, listed, sentence


def effects_sentence(event: EventType, terms: Terms) -> str:
    """Return what an event changes in one sentence; that it changes nothing where it has no effect."""
    if not event.effects:
        return "It changes nothing."
    return sentence(
        f"it changes the state: {'; '.join(effect(name, one, terms) for name, one in event.effects.items())}"
    )


def effect(name: str, given: Expression, terms: Terms) -> str:
    """Return what one effect does: '1 is added to "Violations"', '"The talks" becomes open'."""
    what = terms.quantity(name)
    match given.tree:
        case Literal(value=value, type=kind):
            text = literal(value, kind, terms)
            return f"{what} becomes {value_word(text) if isinstance(kind, Enumeration) else text}"
        case Apply(operation="add" | "sub" as operation, arguments=(Read(scope="state", name=read), added)):
            if read == name and not _reads_itself(added, name):
                amount = f"`{formula(added, terms)}`" if not isinstance(added, Literal) else formula(added, terms)
                return f"{amount} is {'added to' if operation == 'add' else 'taken from'} {what}"
    return f"{what} becomes {text_of(given)}"


def _reads_itself(tree: object, name: str) -> bool:
    if isinstance(tree, Read):
        return tree.scope == "state" and tree.name == name
    return isinstance(tree, Apply) and any(_reads_itself(part, name) for part in tree.arguments)


def variable_sentence(variable: Variable, terms: Terms) -> str:
    """Return what a state variable can be, what it is at first, and what becomes of it at its bounds, in a sentence."""
    match variable.type:
        case Bool():
            kind = "true or false"
        case Enumeration(values=words):
            kind = f"one of {listed(map(value_word, words), 'or')}"
        case Instant():
            kind = "a date"
        case Integer():
            kind = "a whole number" + _range(variable)
        case _:
            kind = "a number" + _range(variable)
    bounds = ""
    if math.isfinite(variable.low) or math.isfinite(variable.high):
        bounds = ", and what goes beyond is cut off" if variable.saturates else ", and what goes beyond fails the run"
    first = variable.initial.tree
    begins = literal(first.value, first.type, terms) if isinstance(first, Literal) else text_of(variable.initial)
    begins = value_word(begins) if isinstance(variable.type, Enumeration) else begins
    return sentence(f"it is {kind}{bounds}; at first it is {begins}")


def course_sentence(variable: Variable, terms: Terms) -> str:
    """Return how a variable moves between events; "" if it does not."""
    if variable.relaxes is None:
        return ""
    towards, half_life = variable.relaxes.towards, variable.relaxes.half_life
    match towards.tree:
        case Read(scope="state" | "parameter", name=name):
            goal = terms.quantity(name)
        case _:
            goal = text_of(towards)
    return f"Between events it moves towards {goal}, half of the way in each {text_of(half_life)}."


def _range(variable: Variable) -> str:
    return f" from {variable.low:g} to {variable.high:g}" if math.isfinite(variable.low) else ""
