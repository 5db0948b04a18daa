"""A scenario applied to a model: what is assumed from the branch point on. Frozen, ready to be run.

Owns the meaning of a branch, and where within a run the parameters change: the past is folded with the model's own, and
a scenario's hold from the branch on. A branch from a run has one such change where that run began, and one at its own
branch. `sim.build.scenario` makes scenarios from documents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from sim.model.event import Log
from sim.model.model import Model, Parameter, Scheduled
from sim.model.program import Program


@dataclass(frozen=True, slots=True)
class Lineage:
    """The simulated run that a branch goes on from: its ensemble, its number, its last event that stands.

    `begun` is when that run itself began, `seed` what it was drawn with. `streams`: `keep` goes on with its very draws,
    for a counterfactual; `fresh` draws afresh, for a forecast given that past. `salt` sets those draws apart from all
    others.
    """

    ensemble: str
    run: int
    event: int
    begun: float
    seed: int
    streams: Literal["keep", "fresh"]

    @property
    def salt(self) -> str:
        return "" if self.streams == "keep" else f"{self.ensemble}:{self.run}:{self.event}"


@dataclass(frozen=True)
class Scenario:
    """Named assumptions from the branch point on.

    `model` has the scenario's parameters in it, `own` the parameters of the past, where others hold later. `past` is
    every event before the branch, documented ones first; `start` and `horizon` are times in the model's unit since its
    origin; `timetable` holds the model's and the scenario's scheduled events from `start` on, in order; `disabled`
    rules never fire after `start`. `parameters` fixes their values, in order of names, for a branch from a run.

    What changes no run, and is there to be told: `models_own` has the parameters that the scenario has otherwise than
    its model, as that has them; `added` the names of what it adds to the model, by kind, such as outcomes.
    """

    name: str
    title: str
    question: str
    model: Model
    past: Log
    start: float
    horizon: float
    timetable: tuple[Scheduled, ...]
    disabled: tuple[str, ...]
    path: str
    lineage: Lineage | None = None
    parameters: tuple[float, ...] | None = None
    own: Mapping[str, Parameter] = field(default_factory=dict)
    models_own: Mapping[str, Parameter] = field(default_factory=dict)
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(model: Model, path: str = "") -> "Scenario":
        """Return the scenario that assumes nothing: the model by itself, which has a horizon, from its origin on."""
        assert model.horizon is not None, "only a model with a horizon can be run by itself"
        return Scenario(
            name=model.name, title=model.title, question="", model=model, past=(), start=0.0, horizon=model.horizon,
            timetable=model.timetable, disabled=(), path=path or model.path,
        )  # fmt: skip

    @property
    def has_past(self) -> bool:
        """Whether anything, if only time, is past at the branch."""
        return bool(self.past) or self.start > 0.0

    @property
    def replaced(self) -> Mapping[str, Parameter]:
        """The parameters of the past, by name, where others hold from the branch on.

        There are none where nothing is past: what a scenario assumes then holds from the initial state on.
        """
        return self.own if self.has_past else {}


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
