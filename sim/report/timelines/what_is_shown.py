"""What a reader wants to see of a run beside its rows: which quantities to follow, its parameters, its choices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.analysis.single.choices import RuleChoice, choices_of
from sim.analysis.single.drawn_parameters import DrawnParameter, drawn_parameters
from sim.analysis.single.values_over_time import ValueAtEvent, values_over_time
from sim.model.event import Event
from sim.model.model import Model
from sim.report.cited_sources import Citations, citing_in_timeline
from sim.report.timeline import Step
from sim.report.timelines.choice_tables import choice_as_data
from sim.report.timelines.row_selection import RowSelection
from sim.report.timelines.value_columns import value_in_words, values_as_data
from sim.study.opened_runs import OpenedRun

EventAsData: TypeAlias = Callable[[Model, Event], dict[str, Any]]
NOT_A_FORECAST = "A simulated event is one possible future, not a forecast of that event."


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIsShown:
    """What is asked for: rows, the names of what is followed, and whether parameters and choices are shown.

    `future` leaves the documented past out; its rows are not counted as hidden.
    """

    selection: RowSelection
    followed: Sequence[str] = ()
    future: bool = False
    parameters: bool = False
    weights: bool = False


class RunDetails:
    """What is asked for about one run, looked up by its events."""

    def __init__(self, run: OpenedRun, wanted: WhatIsShown) -> None:
        self.run = run
        self.followed = wanted.followed
        self.drawn: list[DrawnParameter] | None = None
        self._values: dict[int, tuple[ValueAtEvent, ...]] = {}  # by the identity of the event
        self._choices: dict[int, RuleChoice] = {}
        if wanted.followed:
            over_time = values_over_time(*run.side, wanted.followed)
            self._values = {id(event): values for event, values in over_time}
        if wanted.parameters:
            self.drawn = drawn_parameters(run.experiment, run.number, run.log)
        if wanted.weights:
            self._choices = {id(one.event): one for one in choices_of(run.experiment, run.number, run.log)}

    @property
    def model(self) -> Model:
        return self.run.experiment.scenario.model

    def cells(self, event: Event) -> list[str]:
        """Return what is followed at an event, in words."""
        pairs = zip(self.followed, self._values.get(id(event), ()), strict=False)
        return [value_in_words(self.model, name, at) for name, at in pairs]

    def choices(self, events: Sequence[Event]) -> list[RuleChoice]:
        """Return the choices that were made at some events."""
        return [self._choices[id(event)] for event in events if id(event) in self._choices]

    def citations(self, steps: Iterable[Step]) -> tuple[Citations, Citations]:
        """Return what the events of some steps cite, with the documents that they may name."""
        return citing_in_timeline(self.model, steps, self.run.documented, self.run.experiment.case.history)

    def as_data(self, event: Event, event_as_data: EventAsData) -> dict[str, Any]:
        """Return an event as JSON-ready data, with what is followed and the choice that was made there."""
        data = event_as_data(self.model, event)
        if self.followed:
            data["values"] = values_as_data(self.followed, self._values[id(event)])
        if id(event) in self._choices:
            data["choice"] = choice_as_data(self._choices[id(event)])
        return data
