"""What is asked about a time that no run of a scenario has (E519, W522, W523): after the horizon, before the branch.

Such a question has an answer for the time that there is, which is not the answer to what was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.build.context import Chain
from sim.build.warnings import warning
from sim.language.diagnostics import Complaints, Diagnostic, Span
from sim.language.expressions.types import SECONDS
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.load import Loaded
from sim.model.checks import LeadsTo
from sim.model.measuring.quantities import Measure, OnDate, SinceBranch, ValueAt
from sim.model.model import BaseRate, FirstTime
from sim.model.scenario import Scenario

ROUNDING = 1e-9
END_OF_DAY = 0.002  # seconds: a day that ends at its last moment is as long as one that ends at midnight


@dataclass(frozen=True)
class LateQuestions:
    """The files in which a scenario's questions stand: those of its chain, the nearest first, and its model's."""

    chain: Chain
    model: Loaded[ModelShape]
    scenario: Scenario

    @property
    def files(self) -> list[Loaded[Any]]:
        return [*self.chain, self.model]

    def span(self, kind: str, name: str, key: str) -> Span:
        """Return where a key of an outcome, a measure or a check stands."""
        loaded = next(one for one in self.files if name in getattr(one.shape, kind, {}))
        return loaded.document.value_span((kind, name, key))

    def ways_out(self) -> tuple[str, ...]:
        """Say where the horizon stands, and what can be done."""
        loaded = next(one for one in self.files if one.shape.horizon is not None)
        horizon = loaded.document.value_span(("horizon",))
        moment = self.scenario.model.calendar.moment(self.scenario.horizon, hour=True)
        return (f"the runs end at the horizon, {moment}: {horizon.location}", "lengthen the horizon, or ask for less")

    @property
    def slack(self) -> float:
        """By how much a time may seem to lie after the horizon, and be the horizon."""
        return slack_of(self.scenario)

    def complain(self, complaints: Complaints) -> None:
        """Complain of each outcome and each measure that is about a time outside of the runs."""
        scenario = self.scenario
        for outcome in scenario.model.outcomes.values():
            keys, what = ("outcomes", outcome.name), f"the outcome '{outcome.name}'"
            match outcome.comes:
                case FirstTime(within=within, by=by):
                    if within is not None:
                        self._look(complaints, (*keys, "within"), what, scenario.start + within, since=within)
                    if by is not None:
                        self._look(complaints, (*keys, "by"), what, by)
        for measure in scenario.model.measures.values():
            self._look_at_window(complaints, measure)

    def _look_at_window(self, complaints: Complaints, measure: Measure) -> None:
        """Complain of the ends of a measure's window that lie outside of the runs, and of one that has no time."""
        name, what, times = measure.name, f"the measure '{measure.name}'", []
        closes = measure.quantity.at if isinstance(measure.quantity, ValueAt) else measure.window.closes
        before = len(complaints.found)
        for key, moment in (("from", measure.window.opens), (self._closing_key(name), closes)):
            keys = ("measures", name, key)
            match moment:
                case SinceBranch(since):
                    times.append(self.scenario.start + since)
                    self._look(complaints, keys, what, times[-1], since=since)
                case OnDate(time):
                    times.append(time)
                    self._look(complaints, keys, what, time)
        if len(times) == 2 and times[1] < times[0] and len(complaints.found) == before:
            first, last = (self.scenario.model.calendar.moment(time, hour=True) for time in times)
            message = f"the window of {what} ends before it begins in the runs of this scenario"
            complaints.add("E519", message, self.span(*keys), f"it would go from {first} to {last}")

    def _closing_key(self, name: str) -> str:
        """Return the key under which the end of a measure's window stands."""
        loaded = next(one for one in self.files if name in one.shape.measures)
        return "until" if loaded.shape.measures[name].at is None else "at"

    def _look(
        self, complaints: Complaints, keys: tuple[str, str, str], what: str, time: float, *, since: float | None = None
    ) -> None:
        scenario, calendar = self.scenario, self.scenario.model.calendar
        if time > scenario.horizon + self.slack:
            when = calendar.moment(time) if since is None else f"{calendar.length(since)} after the branch"
            have = "" if since is None else f", which is {calendar.length(scenario.horizon - scenario.start)} after it"
            message = f"{what} asks about {when}, and no run goes on beyond the horizon{have}"
            complaints.add("E519", message, self.span(*keys), *self.ways_out())
        elif time < scenario.start - self.slack:
            begin = calendar.moment(scenario.start)
            message = f"{what} asks about {calendar.moment(time)}, and the runs begin at {begin}, the branch"
            note = "ask about a time after the branch, or let the scenario branch earlier"
            complaints.add("E519", message, self.span(*keys), note)

    def late_checks(self) -> Iterator[Diagnostic]:
        """Warn of checks that give a time which no run of the scenario has (W522)."""
        calendar = self.scenario.model.calendar
        whole = self.scenario.horizon - self.scenario.start
        for check in self.scenario.model.checks.values():
            statement = check.statement
            if isinstance(statement, LeadsTo) and statement.within > whole + self.slack:
                message = (
                    f"the check '{check.name}' gives {calendar.length(statement.within)}, and the runs "
                    f"are over after {calendar.length(whole)}: no run can break it"
                )
                yield warning("W522", message, self.span("checks", check.name, "within"), *self.ways_out())

    def late_base_rates(self) -> Iterator[Diagnostic]:
        """Warn of base rates that cannot be tried on the runs of the scenario (W523)."""
        for rate in self.scenario.model.base_rates.values():
            if why := why_untried(rate, self.scenario):
                message = f"the base rate '{rate.name}' cannot be tried under this scenario: {why}"
                yield warning("W523", message, self.span("base_rates", rate.name, "within"), *self.ways_out())


def slack_of(scenario: Scenario) -> float:
    """Return by how much a time may seem to lie after the horizon, and be the horizon."""
    calendar = scenario.model.calendar
    return ROUNDING * max(abs(scenario.start), abs(scenario.horizon)) + (
        END_OF_DAY / SECONDS[calendar.unit] if calendar.origin is not None else 0.0
    )


def why_untried(rate: BaseRate, scenario: Scenario) -> str:
    """Return why a base rate cannot be tried on a scenario's runs; "" if it can.

    The runs may be over too early, or its outcome may count up to a date (`by`) before its time is over.
    """
    calendar, outcome = scenario.model.calendar, scenario.model.outcomes[rate.outcome].comes
    asked = scenario.start + (rate.count.within or 0.0) - slack_of(scenario)
    if asked > scenario.horizon:
        whole = calendar.length(scenario.horizon - scenario.start)
        return f"it is about {rate.count.period}, and the runs are over after {whole}"
    if isinstance(outcome, FirstTime) and outcome.by is not None and asked > outcome.by:
        left = calendar.length(outcome.by - scenario.start)
        return f"it is about {rate.count.period}, and '{rate.outcome}' counts for {left} after the branch"
    return ""
