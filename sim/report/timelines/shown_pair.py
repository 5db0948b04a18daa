"""Two runs side by side, with the first difference marked in words: as tables and as data."""

from typing import Any

from sim.analysis.single.side_by_side import FirstDifferentRow, FirstHow, PairedRow, side_by_side
from sim.model.event import Event
from sim.report.cited_sources import Citations, CitedSource, cited_sources
from sim.report.table import Table, sided
from sim.report.timeline import row, steps
from sim.report.timelines.choice_tables import choice_table
from sim.report.timelines.parameter_tables import pair_of_parameter_tables, parameters_as_data
from sim.report.timelines.row_selection import hidden_in_words
from sim.report.timelines.what_is_shown import NOT_A_FORECAST, EventAsData, RunDetails, WhatIsShown
from sim.study.opened_runs import OpenedRun

MARKS = {"same": "", "only in one": "<", "only in other": ">", "other choice": "≠", "other marks": "≠"}
LEGEND = (
    "= in both, < in A only, > in B only, ≠ in both, but not the same. In brackets: when the other run has the same "
    "firing of the rule."
)
IN_SHORT: dict[FirstHow, str] = {
    "assumed": "an assumption", "only in one": "in A only", "only in other": "in B only", "other time": "another time",
    "other choice": "another choice", "other marks": "other numbers", "other end": "one run ends",
    "other parameters": "other parameters",
}  # fmt: skip
WHAT = 4  # the place in a timeline's row of what happened


class ShownPair:
    """What is asked for about two runs, A and B."""

    def __init__(self, one: OpenedRun, other: OpenedRun, wanted: WhatIsShown) -> None:
        self.wanted = wanted
        self.runs = (one, other)
        self.details = (RunDetails(one, wanted), RunDetails(other, wanted))
        self.rows, self.first = side_by_side(one.side, other.side)
        self.calendar = one.experiment.scenario.model.calendar
        self._past = [{id(event) for event in run.experiment.scenario.past} for run in self.runs]
        self._parts = [{id(event): part for part, event, _ in steps(*run.side)} for run in self.runs]
        self._firings = [
            {(event.rule, event.occurrence, event.type): event for event in run.log if event.rule} for run in self.runs
        ]
        every = [row for row in self.rows if not (wanted.future and self._is_past(row))]
        self.shown = [row for row in every if any(wanted.selection.shows(event) for event in _events(row))]
        self.hidden = len(every) - len(self.shown)

    def _is_past(self, row: PairedRow) -> bool:
        pairs = zip((row.one, row.other), self._past, strict=True)
        return all(event is None or id(event) in past for event, past in pairs)

    def tables(self) -> list[Table]:
        """Return the parameters of both, their rows side by side and their choices, as far as they are asked for."""
        one, other = (details.drawn for details in self.details)
        found = []
        if one is not None and other is not None:
            headings = self._heading(0), self._heading(1)
            found.append(pair_of_parameter_tables("Parameters of both runs", headings, one, other))
        found.append(self._rows())
        if self.wanted.weights:
            for side, letter in enumerate("AB"):
                events = [event for row in self.shown if (event := (row.one, row.other)[side]) is not None]
                title = f"Choices of {letter}, run {self.runs[side].name}"
                details = self.details[side]
                found.append(choice_table(title, details.model, details.choices(events)))
        return found

    def _heading(self, side: int) -> str:
        return f"{'AB'[side]}: run {self.runs[side].number} of {self.runs[side].experiment.scenario.name}"

    def _rows(self) -> Table:
        names = self.wanted.followed
        shown = {id(row) for row in self.shown}
        listed: list[tuple[str, ...]] = []
        for place, one in enumerate(self.rows):
            if self.first is not None and place == self.first.place:
                words = f"FIRST DIFFERENCE: {IN_SHORT[self.first.how]}"
                listed.append(("*", self.calendar.moment(one.time), words, "", *[""] * (2 * len(names))))
            if id(one) in shown:
                listed.append(self._row(one))
        notes = [hidden_in_words(self.hidden, len(self.shown)), f"{LEGEND} {NOT_A_FORECAST}"]
        notes.insert(0, self.first_in_words())
        columns = [
            *sided(["", "date", self._heading(0), self._heading(1)], []),
            *sided([], [f"{name} {letter}" for name in names for letter in "AB"]),
        ]
        title = " beside ".join(f"run {run.name} of '{run.experiment.scenario.name}'" for run in self.runs)
        caption = "\n".join(filter(None, notes))
        return Table(title=title[0].upper() + title[1:], columns=columns, rows=listed, caption=caption)

    def _row(self, row: PairedRow) -> tuple[str, ...]:
        events = (row.one, row.other)
        cells = [self._elsewhere(side, row) if event is None else self._words(side, event)
                 for side, event in enumerate(events)]  # fmt: skip
        if row.how == "same":
            cells[1] = "="
        blank = [""] * len(self.wanted.followed)
        values = [blank if event is None else details.cells(event)
                  for details, event in zip(self.details, events, strict=True)]  # fmt: skip
        beside = [cell for pair in zip(*values, strict=True) for cell in pair]
        return (MARKS[row.how], self.calendar.moment(row.time), *cells, *beside)

    def _elsewhere(self, side: int, row: PairedRow) -> str:
        """Return in brackets when the other run has the same firing of a rule, with the same event, if it has."""
        event = row.one or row.other
        known = self._firings[side].get((event.rule, event.occurrence, event.type)) if event and event.rule else None
        return "" if known is None else f"({self.calendar.moment(known.time)})"

    def _words(self, side: int, event: Event) -> str:
        run, part = self.runs[side], self._parts[side].get(id(event), "")
        return row(self.details[side].model, (part, event, {}), run.documented, run.first_ending)[WHAT]

    def first_in_words(self) -> str:
        """Say in a sentence where the two first differ, and how."""
        first = self.first
        if first is None:
            return "The two runs have the same events."
        if first.how == "other parameters":
            return "The same events happen in both. The values of parameters differ."
        one, other = (
            None if event is None else f"'{self._words(side, event)}' {self.calendar.placed(event.time)}"
            for side, event in enumerate((first.one, first.other))
        )
        has, lacks = ("A", "B") if one else ("B", "A")
        return f"First difference: {self._sentence(first, one, other, has, lacks)}."

    @staticmethod
    def _sentence(first: FirstDifferentRow, one: str | None, other: str | None, has: str, lacks: str) -> str:
        match first.how:
            case "assumed":
                return f"{has} has {one or other}, because its scenario assumes it"
            case "other end":
                return f"{has} has {one or other}, and {lacks} goes on"
            case "only in one" | "only in other":
                return f"{has} has {one or other}, and {lacks} does not have it"
            case "other time":
                return f"A has {one}, B {other}: the same firing of one rule, at another time"
            case "other choice":
                return f"A has {one}, B {other}: one rule chose otherwise"
            case "other marks":
                return f"A has {one}, B {other}: the same event with other numbers"
            case "other parameters":
                return "the values of parameters"

    def sources(self) -> list[CitedSource]:
        """Return the documents that the rows of either run cite."""
        found: list[Citations] = []
        for side, details in enumerate(self.details):
            events = [event for row in self.shown if (event := (row.one, row.other)[side]) is not None]
            found += details.citations((self._parts[side].get(id(event), ""), event, {}) for event in events)
        return cited_sources(*found)

    def as_data(self, event_as_data: EventAsData) -> dict[str, Any]:
        """Return the same as JSON-ready data."""

        def both(item: PairedRow | FirstDifferentRow) -> dict[str, Any]:
            pairs = zip(("one", "other"), (item.one, item.other), self.details, strict=True)
            return {
                "how": item.how,
                **{name: event and details.as_data(event, event_as_data) for name, event, details in pairs},
            }

        sides = {}
        for name, run, details in zip(("one", "other"), self.runs, self.details, strict=True):
            ending = run.first_ending.type if run.first_ending else None
            scenario = run.experiment.scenario.name
            head = {"ensemble": run.ensemble.id, "run": run.number, "scenario": scenario, "first_ending": ending}
            parameters = {} if details.drawn is None else {"parameters": parameters_as_data(details.drawn)}
            sides[name] = {**head, **parameters}
        first = None if self.first is None else {**both(self.first), "sentence": self.first_in_words()}
        rows = [both(row) for row in self.shown]
        return {**sides, "first_difference": first, "hidden": self.hidden, "rows": rows}


def _events(row: PairedRow) -> list[Event]:
    return [event for event in (row.one, row.other) if event is not None]
