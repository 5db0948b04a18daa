"""The joint prior of a model's parameters: what a prior gives whose arguments are expressions of other parameters.

Parameters with priors of their own are drawn first, then those that read others, each after all that it reads. Whatever
the others came to, a parameter is asked for a quantile by its own stream. The order in which parameters stand has no
meaning. Streams are left to `random_streams`; documents whose parameters read one another in a ring are refused before.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sim.distributions.priors import PRIORS, run_quantile
from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.model.expression import Evaluate, Fault, Slots, compiled
from sim.model.model import Model, Parameter

CANNOT_BE_DRAWN = "E620"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The values of parameters, in order of names, and why one of them could not be drawn.

    Where there is an error, that parameter and what would have been drawn after it have their central values.
    """

    values: tuple[Value, ...]
    error: RunError | None = None


class JointPrior:
    """The parameters of a model, or those that hold before a branch, with the order in which they are drawn."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.parameters = parameters

    @cached_property
    def dependent(self) -> tuple[Parameter, ...]:
        """The parameters whose priors read others, each after all that it reads; there may be none."""
        return tuple(in_order(self.parameters))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.parameters)}

    @cached_property
    def _given(self) -> Mapping[str, tuple[Evaluate, ...]]:
        slots: Slots = {("parameter", name): place for name, place in self._places.items()}
        return {item.name: tuple(compiled(one.tree, slots) for one in item.given) for item in self.dependent}

    def central(self) -> tuple[Value, ...]:
        """Return the central values."""
        return tuple(parameter.value for parameter in self.parameters.values())

    def draw(self, chance_of: Callable[[str], float | None]) -> Drawn:
        """Return what each prior has at the quantile that `chance_of` gives for its parameter's name; None: central."""
        frame = [parameter.value for parameter in self.parameters.values()]
        for place, (name, parameter) in enumerate(self.parameters.items()):
            if parameter.prior and not parameter.given:
                chance = chance_of(name)
                frame[place] = parameter.value if chance is None else parameter.quantile(chance)
        for parameter in self.dependent:
            try:
                frame[self._places[parameter.name]] = self.value(parameter, frame, chance_of(parameter.name))
            except RunError as error:
                return Drawn(tuple(frame), error)
        return Drawn(tuple(frame))

    def value(self, parameter: Parameter, values: Collection[Value], chance: float | None) -> float:
        """Return the quantile of a prior that reads others, given all values; None: its central value.

        Raise RunError E620 where its arguments cannot be, or where the parameter cannot have that value.
        """
        frame, law = list(values), PRIORS[parameter.prior]
        try:
            numbers = [float(evaluate(frame)) for evaluate in self._given[parameter.name]]
            law.check(*numbers)
            value = law.central(*numbers) if chance is None else run_quantile(law.name, numbers, chance)
        except (Fault, ValueError) as why:
            raise self._refused(parameter, str(why), frame) from None
        low, high = parameter.domain
        if not low <= value <= high:
            raise self._refused(parameter, f"{value:g} lies outside what it can be: {low:g} to {high:g}", frame)
        return value

    def _refused(self, parameter: Parameter, why: str, frame: list[Value]) -> RunError:
        read = ", ".join(f"{name} = {frame[self._places[name]]:g}" for name in sorted(parameter.reads))
        where = f"{parameter.prior}({', '.join(one.text for one in parameter.given)}) at {parameter.given[0].location}"
        return RunError(CANNOT_BE_DRAWN, f"'{parameter.name}' cannot be drawn with {read}: {why}", where)


def affected(parameters: Mapping[str, Parameter], names: Collection[str]) -> frozenset[str]:
    """Return the names of parameters, and of all whose priors read one of them, themselves or by others."""
    found = set(names)
    for parameter in in_order(parameters):
        if not found.isdisjoint(parameter.reads):
            found.add(parameter.name)
    return frozenset(found)


def ancestors(parameters: Mapping[str, Parameter], names: Collection[str]) -> frozenset[str]:
    """Return the names of parameters, and of all that their priors read, themselves or by others."""
    found, pending = set(names), [*names]
    while pending:
        more = parameters[pending.pop()].reads - found
        found |= more
        pending += more
    return frozenset(found)


def rings(parameters: Mapping[str, Parameter]) -> Iterator[list[str]]:
    """Yield each ring of parameters that read one another, beginning with the first of its names."""
    left = {name: parameter.reads & parameters.keys() for name, parameter in parameters.items()}
    while True:
        free = {name for name, read in left.items() if read.isdisjoint(left)}
        if not free:
            break
        left = {name: read for name, read in left.items() if name not in free}
    seen: set[str] = set()
    for name in left:
        path = [name]
        while path[-1] not in path[:-1]:
            path.append(min(left[path[-1]] & left.keys()))
        ring = path[path.index(path[-1]) : -1]
        if seen.isdisjoint(ring):
            seen.update(ring)
            first = ring.index(min(ring))
            yield [*ring[first:], *ring[:first]]


def priors_in_code(model: Model) -> tuple[Parameter, ...]:
    """Return the parameters for whose priors a model needs code of its own: those that read others."""
    return tuple(item for item in (*model.parameters.values(), *model.formerly.values()) if item.given)


def in_order(parameters: Mapping[str, Parameter]) -> Iterator[Parameter]:
    """Yield the parameters whose priors read others, each after all of those that it reads."""
    left = {name: parameter for name, parameter in parameters.items() if parameter.given}
    while left:
        ready = next((item for item in left.values() if item.reads.isdisjoint(left)), None)
        assert ready is not None, "parameters that read one another in a ring are refused"
        yield left.pop(ready.name)
