"""What moves in a model, compiled: its variables that relax, its flags, and the times of events that are asked about.

Owns where each of them stands in a frame. `motion` says how they change as time passes.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.language.expressions.tree import Apply, Tree, reads
from sim.model.expression import Evaluate, Slots, compiled
from sim.model.model import Model, Relaxation, Variable
from sim.model.moving.moving_trees import Moving, slots_read
from sim.numerics.cells import NARROW

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxingVariable:
    """A variable that relaxes: the slots of the value that it had at its anchor, of that moment, and of its law."""

    variable: Variable
    relaxation: Relaxation
    start: int
    anchor: int
    target: int
    decay: int
    towards: Evaluate
    half_life: Evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedLevel:
    """How a flag flips that compares one moving quantity with a level.

    `over` says whether it is true while the quantity lies over the level, `strict` whether only then. `variable` is
    what relaxes, and `last` the slot of the time since which the quantity grows as time does; the time itself: neither.
    """

    level: Evaluate
    over: bool
    strict: bool
    variable: RelaxingVariable | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A condition that flips by itself: the slots of its truth (None: it has no value), of the moment when it flips,
    and of the moment when it last did.

    `crossing` is None where that moment must be searched for: `look` has the slot of the moment until which that is
    done. `truth` is the condition itself, `reads` the slots that it depends on.
    """

    number: int
    tree: Apply
    slot: int
    due: int
    flipped: int
    look: int
    truth: Evaluate
    crossing: CrossedLevel | None
    reads: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingParts:
    """All that moves in a model. `readers` maps a slot to the flags that depend on it, `last` event types to slots."""

    variables: Mapping[int, RelaxingVariable]
    flags: tuple[Flag, ...]
    readers: Mapping[int, tuple[int, ...]]
    last: Mapping[str, int]
    step: float

    @property
    def plain(self) -> tuple[Flag, ...]:
        """The flags that are searched for and depend on no other flag."""
        slots = {flag.slot for flag in self.flags}
        return tuple(flag for flag in self.flags if flag.crossing is None and flag.reads.isdisjoint(slots))

    @property
    def narrow(self) -> float:
        """How near to a flip computed values may still be those of the other side: they are a few digits off."""
        return NARROW * self.step

    @property
    def any(self) -> bool:
        """Whether anything moves that is to be kept up to date."""
        return bool(self.variables or self.flags or self.last)


def moving_slots(moving: Moving) -> Iterator[tuple[str, object]]:
    """Yield the names of the slots that what moves needs, beside those of the variables themselves."""
    for name in sorted(moving.relaxing):
        yield from (("anchor", name), ("target", name), ("decay", name))
    for event in sorted(moving.since):
        yield "last", event
    if moving.flags:
        yield "flag", ""  # that there are any
    for tree, number in moving.flags.items():
        yield from (("flag", tree), ("due", str(number)), ("look", str(number)), ("flipped", str(number)))


def moving_parts(model: Model, moving: Moving, slots: Slots) -> MovingParts:
    """Compile what moves in a model."""
    variables = {name: _variable(model.variables[name], slots) for name in sorted(moving.relaxing)}
    flags = tuple(_flag(tree, number, moving, slots, variables) for tree, number in moving.flags.items())
    readers: dict[int, list[int]] = {}
    for flag in flags:
        for slot in sorted(flag.reads):
            readers.setdefault(slot, []).append(flag.number)
    return MovingParts(
        variables={one.start: one for one in variables.values()},
        flags=flags,
        readers={slot: tuple(found) for slot, found in readers.items()},
        last={event: slots["last", event] for event in sorted(moving.since)},
        step=model.step,
    )


def _variable(variable: Variable, slots: Slots) -> RelaxingVariable:
    relaxation = variable.relaxes
    assert relaxation is not None, "it relaxes"
    return RelaxingVariable(
        variable=variable, relaxation=relaxation,
        start=slots["state", variable.name], anchor=slots["anchor", variable.name],
        target=slots["target", variable.name], decay=slots["decay", variable.name],
        towards=compiled(relaxation.towards.tree, slots), half_life=compiled(relaxation.half_life.tree, slots),
    )  # fmt: skip


def _flag(
    tree: Apply, number: int, moving: Moving, slots: Slots, variables: Mapping[str, RelaxingVariable]
) -> Flag:  # fmt: skip
    left, right = tree.arguments
    one, other = compiled(left, slots), compiled(right, slots)
    holds = _ORDER[tree.operation]
    return Flag(
        number=number, tree=tree, slot=slots["flag", tree], due=slots["due", str(number)],
        look=slots["look", str(number)], flipped=slots["flipped", str(number)],
        truth=lambda frame: holds(one(frame), other(frame)),
        crossing=_crossing(tree, moving, slots, variables),
        reads=slots_read(left, slots) | slots_read(right, slots),
    )  # fmt: skip


def _crossing(
    tree: Apply, moving: Moving, slots: Slots, variables: Mapping[str, RelaxingVariable]
) -> CrossedLevel | None:
    found = moving.crossing(tree)
    if found is None:
        return None
    last = variable = None
    if isinstance(found.base, Apply):
        if len(found.base.arguments) > 1:
            return None  # what it is before the event has happened is another quantity
        (name,) = reads(found.base, "last")
        last = slots["last", name]
    elif found.base.scope == "state":
        variable = variables[found.base.name]
    over = found.operation in ("gt", "ge")
    strict = found.operation in ("gt", "le")
    level = compiled(found.level, slots)
    return CrossedLevel(level=level, over=over, strict=strict, variable=variable, last=last)


def relaxation_reads(model: Model, tree: Tree) -> frozenset[str]:
    """Return the parameters on which the course of the relaxing variables depends that a tree reads."""
    relaxing = [model.variables[name].relaxes for name in reads(tree, "state") if name in model.variables]
    trees = [part.tree for one in relaxing if one for part in (one.towards, one.half_life)]
    return frozenset[str]().union(*(reads(part, "parameter") for part in trees))
