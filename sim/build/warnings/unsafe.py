"""Parameters with which a run fails: points of their priors at which a demand of the model cannot be met (W330).

A prior's ends are tried, and its middle: each finding has a witness, and how many of the draws are like it. What reads
the state, too, is told only where the parameters alone break it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from random import Random

from sim.build.demands import Demand, demands_of, demands_of_priors
from sim.build.domains import known_bounds, shown
from sim.language.expressions.tree import Tree, reads, scopes
from sim.language.expressions.types import Bool, Integer
from sim.model.bounds import Bounds, bounds
from sim.model.expression import Fault, Slots, compiled
from sim.model.model import Model, Parameter
from sim.model.priors.joint_prior import JointPrior, ancestors
from sim.model.program import draws_in

EDGES = (2.0**-32, 1.0 - 2.0**-32)  # what lies further out comes once in four thousand million runs
MOST_TOGETHER = 6  # parameters of which every combination of ends is tried; of more, one after the other
TRIAL_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Unsafe:
    """A demand that parameters can break: with which values, why, and in how many of so many draws of the priors.

    `draws` is 0 where none of these parameters has a prior: then it is so in every run.
    """

    demand: Demand
    point: Mapping[str, float]
    why: str
    broken: int
    draws: int


def unsafe(model: Model) -> Iterator[Unsafe]:
    """Yield the demands of a model that the values of its parameters, or draws from their priors, can break."""
    known = known_bounds(model.variables, {})
    demands = demands_of(model.variables, model.events, model.rules)
    for demand in chain(demands, demands_of_priors(model.parameters)):
        read = frozenset[str]().union(*(reads(tree, "parameter") for tree in demand.trees))
        if read and any(_decided_by_parameters(tree) for tree in demand.trees):
            names = sorted(ancestors(model.parameters, read))
            found = _Tried(demand, {name: model.parameters[name] for name in names}, known).unsafe()
            if found is not None:
                yield found


def _decided_by_parameters(tree: Tree) -> bool:
    """Return whether parameters alone give a tree's value."""
    return scopes(tree) == {"parameter"} and not draws_in(tree)


class _Tried:
    def __init__(
        self, demand: Demand, parameters: Mapping[str, Parameter], known: Mapping[tuple[str, str], Bounds]
    ) -> None:
        self.demand = demand
        self.joint = JointPrior(parameters)
        self.parameters = tuple(parameters.values())
        self.known = known
        slots: Slots = {("parameter", item.name): index for index, item in enumerate(self.parameters)}
        self.exact = [compiled(tree, slots) if _decided_by_parameters(tree) else None for tree in demand.trees]

    def unsafe(self) -> Unsafe | None:
        uncertain = [item.name for item in self.parameters if item.prior]
        for point in self._points(uncertain):
            why = self._why(point)
            if why is not None:
                draws = TRIAL_DRAWS if uncertain else 0
                values = {item.name: value for item, value in zip(self.parameters, point, strict=True)}
                return Unsafe(demand=self.demand, point=values, why=why, broken=self._count(draws), draws=draws)
        return None

    def _points(self, uncertain: list[str]) -> Iterator[tuple[float, ...]]:
        """Yield the central values, then those at the ends of the priors; none that could not be drawn themselves."""
        yield self.joint.central()
        if len(uncertain) <= MOST_TOGETHER:
            ends = product(EDGES, repeat=len(uncertain)) if uncertain else ()
            changes = [dict(zip(uncertain, chances, strict=True)) for chances in ends]
        else:
            changes = [{name: edge} for name in uncertain for edge in EDGES]
            changes += [dict.fromkeys(uncertain, edge) for edge in EDGES]
        for change in changes:
            drawn = self.joint.draw(change.get)
            if drawn.error is None:
                yield drawn.values

    def _why(self, point: tuple[float, ...]) -> str | None:
        ranges: list[Bounds] = []
        frame = [_typed(item, value) for item, value in zip(self.parameters, point, strict=True)]
        at = {("parameter", item.name): (value, value) for item, value in zip(self.parameters, point, strict=True)}
        for tree, evaluate in zip(self.demand.trees, self.exact, strict=True):
            if evaluate is None:
                ranges.append(bounds(tree, {**self.known, **at}))
                continue
            try:
                value = float(evaluate(frame))
            except Fault as fault:
                return f"this has no value: {fault}"
            if math.isnan(value):
                return "this is not a number"
            ranges.append((value, value))
        unmet = self.demand.unmet(ranges)
        return None if unmet is None else f"{self.demand.refusal}: {unmet}"

    def _count(self, draws: int) -> int:
        """Return with how many of so many draws of the parameters the demand cannot be met."""
        chance = Random(1)  # noqa: S311 - an estimate that is the same every time
        points = (self.joint.draw(lambda _: 1.0 - chance.random()).values for _ in range(draws))
        return sum(self._why(point) is not None for point in points)


def _typed(parameter: Parameter, value: float) -> float:
    return int(value) if isinstance(parameter.type, Integer | Bool) else value


def described(found: Unsafe, model: Model) -> tuple[str, tuple[str, ...]]:
    """Return the message about it, and its notes."""
    demand = found.demand
    point = ", ".join(f"{name} = {shown(model.parameters[name], value)}" for name, value in found.point.items())
    where = f"in the rule '{demand.rule}', " if demand.rule else ""
    message = f"with {point}, {where}{found.why}"
    if not found.draws:
        often = "these are the values that the parameters have: each run fails that comes to it"
    elif not found.broken:
        often = f"none of {found.draws:,} draws from the priors was like that, so it is rare; a run that is fails"
    else:
        share = 100.0 * found.broken / found.draws
        often = f"about {share:.2g} % of the draws from the priors are like that: such a run fails if it comes to it"
    return message, (
        often,
        "let the priors end where a run is still possible, or bound the expression by max() or min()",
    )
