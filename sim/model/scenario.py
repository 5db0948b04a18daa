"""A scenario applied to a model: what is assumed from the branch point on. Frozen, ready to be run.

What happened before the branch is documented, so it is folded with the model's own parameters: a scenario's hold from
the branch on.

Owns the meaning of a branch. `sim.build.scenario` makes scenarios from documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.model.event import Log
from sim.model.model import Model, Parameter, Scheduled


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
    every event before the branch, documented ones first; `start` and `horizon` are times in the model's unit
    since its origin; `timetable` holds the model's and the scenario's scheduled events from `start` on, in
    order; `disabled` rules never fire after `start`.
    `parameters` fixes their values, in order of names, for a branch from a run.
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
