"""What is exported: ensembles with their sealed runs and results, and what only some formats need to be told."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sim.analysis.labels import BEFORE_END, by_the_horizon
from sim.analysis.results import Results
from sim.errors import UsageError
from sim.experiment import Experiment, logs_of
from sim.ledger.ensemble import Ensemble
from sim.model.event import Event, Log
from sim.model.evolve import typed
from sim.model.model import Model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

SHOWN = 12  # characters of an ensemble's id, as in queries and on the command line
LOCAL = "local time of the crisis: the documents give no time zone"


@dataclass(frozen=True)
class Request:
    """What only some formats need: a measure and ViEWS's number of the country, or what a hub calls the place.

    `spreadsheet` asks for cells of CSV that no spreadsheet runs as a formula.
    """

    measure: str | None = None
    country: int | None = None
    location: str | None = None
    spreadsheet: bool = False


@dataclass(frozen=True)
class Exported:
    """One ensemble that is exported: the experiment, its runs in the ledger, and what they come to."""

    experiment: Experiment
    ensemble: Ensemble
    results: Results

    @staticmethod
    def of(experiment: Experiment, results: Results) -> "Exported":
        """Return what is to be exported of an experiment whose runs are sealed."""
        return Exported(experiment, experiment.ledger.find(results.source.ensemble), results)

    @property
    def scenario(self) -> Scenario:
        return self.experiment.scenario

    @property
    def model(self) -> Model:
        return self.experiment.scenario.model

    @property
    def short(self) -> str:
        """The beginning of the ensemble's id."""
        return self.ensemble.id[:SHOWN]

    @property
    def label(self) -> str:
        """A name for files: unlike any other ensemble's, and readable."""
        return f"{self.scenario.name}-{self.short}"

    @property
    def runs(self) -> int:
        """How many runs are exported, failed ones included: those from number 0 on."""
        return self.results.count

    def logs(self) -> Iterator[tuple[int, Log]]:
        """Read the runs one after another, each with its number."""
        return logs_of(self.ensemble, self.experiment.ledger, range(self.runs))

    def since_branch(self, event: Event) -> float:
        """Return when an event happened, in the model's unit since the branch."""
        return event.time - self.scenario.start

    def date(self, time: float) -> datetime | None:
        """Return the local date of a time since the model's origin, if the model has dates."""
        return self.model.calendar.date_of(time)

    def span(self) -> tuple[datetime, datetime]:
        """Return the local dates of the branch and of the horizon, of a model that has dates."""
        start, end = self.date(self.scenario.start), self.date(self.scenario.horizon)
        assert start is not None, "a model without dates was refused"
        assert end is not None, "a model without dates was refused"
        return start, end

    def marks(self, event: Event) -> dict[str, Any]:
        """Return an event's values by name; those of a run's start, and of a change, are the parameters. JSON-ready."""
        if event.kind in ("started", "changed"):
            kinds = {name: parameter.type for name, parameter in self.model.parameters.items()}
        elif event.kind in CHANGING:
            kinds = dict(self.model.events[event.type].marks)
        else:
            return {}
        values = zip(kinds.items(), event.marks, strict=event.kind != "started")
        return {name: typed(kind, mark) if math.isfinite(mark) else None for (name, kind), mark in values}


def followed(exported: Sequence[Exported]) -> str:
    """Return how far runs are followed, so which outcomes there are in what is exported, and which are endings."""
    scenarios = [one.scenario for one in exported]
    if any(one.model.stops_early for one in exported):
        text = (
            "A run is not followed beyond what ended it: outcomes that end no run are those that came true "
            f"{BEFORE_END}."
        )
    else:
        text = f"All runs are followed to the horizon: outcomes are those that come true {by_the_horizon(scenarios)}."
    if not any(one.model.goes_on for one in exported):
        return text
    endings = dict.fromkeys(name for one in exported for name in one.results.ending)
    return f"{text} The first ending to come true is how a run's story ends: one of {', '.join(endings)}."


def refuse_without_dates(form: str, experiments: Sequence[Experiment], _: Request) -> None:
    """Raise UsageError E014 if a model has no dates, which the format needs."""
    for experiment in experiments:
        scenario = experiment.scenario
        if None in map(scenario.model.calendar.date_of, (scenario.start, scenario.horizon)):
            raise UsageError(
                "E014",
                f"the format '{form}' needs dates, and the model '{scenario.model.name}' has none",
                "give its time an origin, such as time: {unit: day, origin: 2030-01-01}",
                "csv, parquet, jsonl and rocrate need no dates",
            )
