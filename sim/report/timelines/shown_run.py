"""One run as a timeline, the documented past and the simulated future plainly told apart: as tables and as data."""

from typing import Any

from sim.report.cited_sources import CitedSource, cited_sources
from sim.report.table import Table, sided
from sim.report.timeline import COLUMNS, FUTURE, of_moving, row, steps
from sim.report.timelines.choice_tables import choice_table
from sim.report.timelines.parameter_tables import parameter_table, parameters_as_data
from sim.report.timelines.row_selection import hidden_in_words
from sim.report.timelines.what_is_shown import NOT_A_FORECAST, EventAsData, RunDetails, WhatIsShown
from sim.study.opened_runs import OpenedRun


class ShownRun:
    """What is asked for about one run."""

    def __init__(self, run: OpenedRun, wanted: WhatIsShown) -> None:
        self.run = run
        self.wanted = wanted
        self.details = RunDetails(run, wanted)
        every = [step for step in steps(*run.side) if step[0] == FUTURE or not wanted.future]
        self.steps = [step for step in every if wanted.selection.shows(step[1])]
        self.hidden = len(every) - len(self.steps)

    def tables(self) -> list[Table]:
        """Return the run's parameters, its timeline and its choices, as far as they are asked for."""
        number, drawn = self.run.number, self.details.drawn
        found = [] if drawn is None else [parameter_table(f"Parameters of run {number}", drawn)]
        found.append(self._timeline())
        if self.wanted.weights:
            choices = self.details.choices([event for _, event, _ in self.steps])
            found.append(choice_table(f"Choices of run {number}", self.details.model, choices))
        return found

    def _timeline(self) -> Table:
        run, model = self.run, self.details.model
        rows = [
            (*row(model, step, run.documented, run.first_ending), *self.details.cells(step[1])) for step in self.steps
        ]
        scenario = run.experiment.scenario
        when = model.calendar.moment(scenario.start)
        hidden = hidden_in_words(self.hidden, len(self.steps))
        return Table(
            title=f"Run {run.number} of '{scenario.name}', ensemble {run.ensemble_shown}: branches at {when}",
            columns=[*COLUMNS, *sided([], self.wanted.followed)],
            rows=rows,
            caption="\n".join(filter(None, [hidden, NOT_A_FORECAST, of_moving(model)])),
            spared=(3, 6) if self.wanted.followed else (6,),
        )

    def sources(self) -> list[CitedSource]:
        """Return the documents that the rows cite."""
        return cited_sources(*self.details.citations(self.steps))

    def as_data(self, event_as_data: EventAsData) -> dict[str, Any]:
        """Return the same as JSON-ready data."""
        run, drawn = self.run, self.details.drawn
        parameters = {} if drawn is None else {"parameters": parameters_as_data(drawn)}
        events = [
            {"part": part, **self.details.as_data(event, event_as_data),
             "changed": {name: new for name, (_, new) in changed.items()}}
            for part, event, changed in self.steps
        ]  # fmt: skip
        ending = run.first_ending.type if run.first_ending else None
        head = {"ensemble": run.ensemble.id, "run": run.number, "first_ending": ending}
        return {**head, **parameters, "hidden": self.hidden, "events": events}
