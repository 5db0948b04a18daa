"""Changes of parameters within a run: where the past, which keeps the model's own, ends and a scenario's hold.

A branch from a run has one where that run began, and one at its own branch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.model.program import Program
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """The parameters, in order of names, that may have other values from a moment on.

    `followers` are the numbers of the rules whose guard or rate reads one of them, `renewed` of those whose law, date
    or beat does.
    """

    names: tuple[str, ...]
    followers: tuple[int, ...] = ()
    renewed: tuple[int, ...] = ()


def parameter_changes(program: Program, scenario: Scenario) -> tuple[ParameterChange, ...]:
    """Return the change at each start of a run in the scenario's past, and the one at its own branch, which is last."""
    starts = [event.marks for event in scenario.past if event.kind == "started"]
    names = [tuple(sorted(scenario.replaced))]
    if scenario.parameters is not None and starts:
        values = [marks[: len(program.model.parameters)] for marks in starts] + [scenario.parameters]
        names += [_differing(program, before, after) for before, after in pairwise(values)]
    return tuple(
        ParameterChange(changed, _rules_of(program.followers, changed), _rules_of(program.renewals, changed))
        for changed in names
    )


def _differing(program: Program, before: Sequence[float], after: Sequence[float]) -> tuple[str, ...]:
    return tuple(name for name, one, other in zip(program.model.parameters, before, after, strict=True) if one != other)


def _rules_of(readers: Mapping[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({number for name in names for number in readers.get(name, ())}))
