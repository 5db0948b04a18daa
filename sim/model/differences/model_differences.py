"""What two scenarios and their models differ in, place by place: a walk over their frozen values.

A field that is added to a class is walked into like the others: nothing here lists what there is, but what is told as
one. What counts as the same is in `meaning`, what a field bears on in `field_bearing`.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from itertools import zip_longest
from typing import Any, Literal, NamedTuple, TypeAlias

from sim.distributions.clock_laws import Form, Law
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real
from sim.model.checks import Check, Statement
from sim.model.differences.field_bearing import ORDER, Bearing, bearing_of, bearing_of_outcomes
from sim.model.differences.meaning import Ordered, Together, fields_compared, meaning, texts, wording
from sim.model.event import Event
from sim.model.evidence.basis import Basis, CaseCount
from sim.model.measuring.quantities import Moment, Quantity
from sim.model.model import Clock, Model, Outcome, Parameter, Rule, Scheduled, Variable
from sim.model.scenario import Scenario

How: TypeAlias = Literal["changed", "added", "removed", "reordered", "reworded"]

# What is one part, whatever it is made of.
_WHOLE = (
    Expression | Together | Basis | CaseCount | Law | Form | Bool | Integer | Real | Enumeration | Instant
    | Clock | Quantity | Moment | Statement
)  # fmt: skip
_KNOWN = ("value", "prior", "arguments", "factor", "given")


@dataclass(frozen=True, slots=True)
class Choice:
    """An event that a rule may emit, with its marks by name, and its weight among others if there are others."""

    weight: Expression | None
    marks: Mapping[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDifference:
    """One place in which two scenarios differ.

    `path` leads to it: `("rules", "army_waits", "guard")`; `owner` is the class whose field it is, which is the last
    name of `path` but for an item of a mapping. `one` and `other` are what stands there, None where nothing does.
    `how`: what is `reordered` has the same parts in another order, what is `reworded` is written otherwise and means
    the same. `bears` says what it may change: the runs, what is asked of them, or nothing.
    """

    path: tuple[str, ...]
    owner: type
    how: How
    one: Any
    other: Any
    bears: Bearing

    @property
    def unchanged_text(self) -> bool:
        """Whether the same text means something else, because something that it reads does."""
        return self.how == "changed" and wording(self.one) == wording(self.other)


def model_differences(one: Scenario, other: Scenario) -> tuple[ModelDifference, ...]:
    """Return what two scenarios differ in, in the order of the fields; none if each means what the other does.

    A derived quantity bears on what those bear on that read it.
    """
    found = [*_walk(one, other, _At((), Scenario, "runs"), (one.model, other.model))]
    return tuple(_with_derived(_without_repeated(found)))


def differences_in_texts(
    what: str, one: Mapping[str, Any], other: Mapping[str, Any], models: "Models"
) -> tuple[ModelDifference, ...]:
    """Return what differs in texts that no run depends on, of things by their names; `what` begins each path."""
    return tuple(_walk(one, other, _At((what,), Scenario, "nothing"), models))


@dataclass(frozen=True, slots=True)
class _At:
    """Where a walk is: the path, the class that owns the last field of it, and what a difference there bears on."""

    path: tuple[str, ...]
    owner: type
    bears: Bearing

    def field(self, owner: type, name: str) -> "_At":
        return _At((*self.path, name), owner, bearing_of(owner, name, self.bears))

    def item(self, name: str, *pair: Any) -> "_At":
        bears = bearing_of_outcomes(*pair) if isinstance(next(filter(None, pair), None), Outcome) else self.bears
        return replace(self, path=(*self.path, name), bears=bears)

    def found(self, how: How, one: Any, other: Any) -> ModelDifference:
        return ModelDifference(path=self.path, owner=self.owner, how=how, one=one, other=other, bears=self.bears)


Models: TypeAlias = tuple[Model, Model]
_Items: TypeAlias = Mapping[Any, Any]


def _walk(one: Any, other: Any, at: _At, models: Models) -> Iterator[ModelDifference]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from _items(one, other, at, models)
    elif isinstance(one, tuple) and isinstance(other, tuple) and _is_listing((*one, *other)):
        yield from _items(*_matched(one, other), at, models)
    elif type(one) is type(other) and _has_parts(one):
        parts, others = (_parts(value, model) for value, model in zip((one, other), models, strict=True))
        for name in parts:
            # A model's own parts are told as the scenario's.
            inside = at if isinstance(one, Scenario) and name == "model" else at.field(type(one), name)
            yield from _walk(parts[name], others[name], inside, models)
    elif meaning(one) != meaning(other):
        yield at.found("changed", one, other)
    elif wording(one) != wording(other):
        yield replace(at, bears="nothing").found("reworded", one, other)


def _items(one: _Items, other: _Items, at: _At, models: Models) -> Iterator[ModelDifference]:
    for name in dict.fromkeys([*one, *other]):
        inside = at.item(name.kind if isinstance(name, _Place) else str(name), one.get(name), other.get(name))
        if name not in other:
            yield inside.found("removed", one[name], None)
        elif name not in one:
            yield inside.found("added", None, other[name])
        else:
            yield from _walk(one[name], other[name], inside, models)
    if isinstance(one, Ordered):
        orders = [_order(side, one.keys() & other.keys()) for side in (one, other)]
        if orders[0] != orders[1]:
            yield at.found("reordered", *(tuple(name.kind if isinstance(name, _Place) else name for name in order)
                                         for order in orders))  # fmt: skip


def _order(side: _Items, shared: Container[Any]) -> list[Any]:
    """Return the names of what both sides have, in the order of one; of a list's items, of those that are alike."""
    there = (name for name in side if name in shared)
    return [name for name in there if not isinstance(name, _Place) or name.known_as != name.kind]


def _has_parts(value: Any) -> bool:
    """Return whether the parts of a value are told one by one, and not the value as a whole."""
    return is_dataclass(value) and not isinstance(value, _WHOLE)


def _is_listing(items: Sequence[Any]) -> bool:
    """Return whether items are things such as events, each of which may be there or not."""
    return bool(items) and all(_has_parts(item) for item in items)


def _parts(value: Any, model: Model) -> dict[str, Any]:
    """Return the parts of a value, each told by itself: its fields, or what its fields amount to."""
    parts = fields_compared(value)
    match value:
        case Scenario(past=past):
            before = {**value.model.parameters, **value.replaced}
            fixed = parts.pop("parameters")  # the model's parameters are called so, too
            parts["fixed"] = fixed if fixed is None else dict(zip(value.model.parameters, fixed, strict=True))
            parts["past"] = tuple(event for event in past if event.kind != "outcome")
            parts["before"] = {name: Together(known, _KNOWN) for name, known in before.items()}
        case Scheduled(event=name, marks=marks) | Event(type=name, marks=marks):
            names = model.events[name].marks if name in model.events else ()
            if len(names) == len(marks):
                parts["marks"] = dict(zip(names, marks, strict=True))
        case Parameter():
            parts["domain"] = value.domain if parts.pop("ranged") else None
            _join(parts, value, "value", _KNOWN)
        case Variable():
            _join(parts, value, "range", ("low", "high"))
        case Rule():
            parts["emissions"] = _choices(value, model)
            del parts["weights"]
        case Check():
            _join(parts, value, "statement", ("statement", "claim"))
    return parts


def _join(parts: dict[str, Any], value: Any, name: str, joined: tuple[str, ...]) -> None:
    """Put some of the parts of a value together, under one name."""
    for field in joined:
        del parts[field]
    parts[name] = Together(value, joined)


def _choices(rule: Rule, model: Model) -> Mapping[str, Choice]:
    """Return the events that a rule may emit; one that stands there again has its number behind it."""
    found = Ordered()
    for emission, weight in zip_longest(rule.emissions, rule.weights):
        kind = model.events.get(emission.event)
        names = kind.marks if kind is not None else map(str, range(len(emission.marks)))
        choice = Choice(weight, dict(zip(names, emission.marks, strict=True)))
        found[_free(emission.event, found)] = choice
    return found


def _free(name: str, taken: Mapping[str, Any]) -> str:
    numbers = (number for number in range(2, len(taken) + 3) if f"{name} ({number})" not in taken)
    return f"{name} ({next(numbers)})" if name in taken else name


class _Place(NamedTuple):
    """How an item of a list is called: as what it means if both lists have that, else as what kind of thing it is."""

    kind: str
    known_as: str
    number: int


def _matched(one: Sequence[Any], other: Sequence[Any]) -> tuple[Ordered, Ordered]:
    """Return the items of two lists by their places: the same items have the same, and of the others those of one kind.

    So the first event of a type that only the one has stands beside the first of that type that only the other has.
    """
    shared = Counter(map(meaning, one)) & Counter(map(meaning, other))
    named = Ordered(), Ordered()
    for side, items in zip(named, (one, other), strict=True):
        left, seen = Counter(shared), Counter[str]()
        for item in items:
            key = meaning(item)
            known_as = key if left[key] > 0 else _kind(item)
            left[key] -= 1
            seen[known_as] += 1
            side[_Place(_kind(item), known_as, seen[known_as])] = item
    return named


def _kind(item: Any) -> str:
    """Return what kind of thing an item of a list is: an event's type, if it is one."""
    names = (getattr(item, field, None) for field in ("event", "type", "name", "rule"))
    return next((name for name in names if isinstance(name, str)), type(item).__name__.lower())


def _without_repeated(found: Sequence[ModelDifference]) -> list[ModelDifference]:
    """Leave out what a parameter was before the branch where it differs in just that after it, too.

    Likewise what a model is called where the scenario is the model by itself, which is called the same.
    """
    named = [item for item in found if item.path[0] == "parameters"]
    after = {item.path[1]: item for item in named if item.path[2:] in ((), ("value",))}
    own = {item.path: item for item in found if item.owner is Scenario}
    return [
        item for item in found
        if not (item.path[0] == "before" and _alike(item, after.get(item.path[1])))
        and not (item.owner is Model and _alike(item, own.get(item.path)))
    ]  # fmt: skip


def _alike(item: ModelDifference, other: ModelDifference | None) -> bool:
    if other is None or item.how != other.how:
        return False
    pairs = zip((item.one, item.other), (other.one, other.other), strict=True)
    return item.how != "changed" or all(meaning(one) == meaning(two) for one, two in pairs)


def _with_derived(found: Sequence[ModelDifference]) -> list[ModelDifference]:
    """Let a derived quantity that differs bear on the most that one bears on that reads it, itself or by another."""
    bears: dict[str, Bearing] = {item.path[1]: "nothing" for item in found if item.path[0] == "derived"}
    words = [(item, {*re.findall(r"\w+", " ".join(texts((item.one, item.other))))}) for item in found if bears]
    for _ in bears:  # enough for the longest chain of them
        for item, read in words:
            own = item.path[0] == "derived"
            for name in read & bears.keys():
                if not (own and item.path[1] == name):
                    bears[name] = max(bears[name], bears[item.path[1]] if own else item.bears, key=ORDER.index)
    return [replace(item, bears=bears[item.path[1]]) if item.path[0] == "derived" else item for item in found]
