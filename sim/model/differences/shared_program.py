"""Which compiled model another model can share: one whose parts are the very same, its parameters' values apart.

A scenario that assumes other values has a model of its own, and so has each that assumes some of them. What it means
that parts differ is not looked at here: two that are not the same object are compiled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from sim.model.model import Model

if TYPE_CHECKING:
    from sim.model.program import Program

VALUES = ("parameters", "formerly")  # fields that a program depends on only in the names and types of parameters


def shared(programs: "Iterable[Program]", model: Model) -> "Program | None":
    """Return the program of a model if one of these is that but for the values of parameters; else None."""
    known = next((one for one in programs if compiles_alike(one.model, model)), None)
    if known is None:
        return None
    assigned = tuple(
        tuple(replace(item, parameter=model.parameters[item.parameter.name]) for item in items)
        for items in known.assigned
    )
    return replace(known, model=model, assigned=assigned)


def compiles_alike(one: Model, other: Model) -> bool:
    """Return whether two models have the very same parts, and parameters of the same names and types."""
    names = [item.name for item in fields(Model) if item.name not in VALUES]
    types = [[(name, item.type) for name, item in model.parameters.items()] for model in (one, other)]
    return types[0] == types[1] and all(_is_same(getattr(one, name), getattr(other, name)) for name in names)


def _is_same(one: object, other: object) -> bool:
    """Return whether two values are one object, equal plain ones, or have the same in the same order."""
    if one is other:
        return True
    match one, other:
        case Mapping(), Mapping():
            return [*one] == [*other] and all(_is_same(item, other[name]) for name, item in one.items())
        case tuple(), tuple():
            return len(one) == len(other) and all(map(_is_same, one, other))
        case (str(), str()) | (float(), float()):
            return one == other
    return False
