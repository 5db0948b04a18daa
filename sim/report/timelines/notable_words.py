"""The runs of an ensemble that are worth reading, in words, each with the command that shows it, and as data."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sim.analysis.single.near_misses import MissByDraw, MissInTime
from sim.analysis.single.typical_runs import ComparedRun, ExtremeRun
from sim.language.counts import counted
from sim.language.expressions.types import SECONDS, Calendar
from sim.ledger.files.paths import as_option
from sim.model.event import Event
from sim.model.measuring.quantities import TimeUntil, TimeWhile
from sim.model.model import Model
from sim.model.replay import CHANGING
from sim.report.timeline import value
from sim.statistics.estimates import percent
from sim.study.notable_runs import NotableRuns
from sim.study.opened_runs import SHOWN

DISTANCES = (
    "The distance of two runs counts the events that must be taken out or put in to make the one of the other, by the "
    "order of their types alone: 0 for the same, 1 for none in common."
)
EXACT = (
    "A closest call is exact: it is what the run's own clock still needed, or its own draw lacked, had nothing else "
    "happened meanwhile."
)
MOST_LISTED = 20  # numbers of runs that meet a condition
# The longest that is written in a unit, in seconds.
_LONGEST = {"second": 60.0, "minute": 360.0, "hour": 172_800.0}


class NotableWords:
    """What is found about an ensemble, in words."""

    def __init__(self, found: NotableRuns) -> None:
        self.found = found
        self.model: Model = found.experiment.scenario.model
        self.calendar: Calendar = self.model.calendar

    def command(self, run: int, missed: str = "") -> str:
        """Return the command that shows a run, or that says why something did not come in it."""
        asked, ledger = f"{self.found.ensemble.id[:SHOWN]}:{run}", as_option(self.found.experiment.ledger.folder)
        return f"sim why-not {asked} {missed}{ledger}" if missed else f"sim log {asked}{ledger}"

    def title(self, condition: str) -> str:
        """Return what the runs are of."""
        found = self.found
        which = f"{found.there:,} runs"
        if condition:
            which = f"{len(found.selected):,} of {found.there:,} runs, where {condition}"
        whose = f"'{found.experiment.scenario.name}', ensemble {found.ensemble.id[:SHOWN]}"
        return f"Runs worth reading of {whose}: {which}"

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Yield headings, each with the lines below it."""
        found = self.found
        if len(found.selected) < found.there:
            yield "The runs", [f"- {self._selected()}"]
        yield (
            "The most typical run of each ending",
            [line for ending, one in found.typical.items() for line in self._typical(ending, one)],
        )
        if found.strangest is not None:
            one = found.strangest
            yield "The strangest run", self._seen(one.run, f"run {one.run}, {self._ended(one.run)}, {self._apart(one)}")
        if found.extremes:
            ends = [end for end, greatest in (("the greatest", True), ("the least", False))
                    if any(one.greatest == greatest for one in found.extremes)]  # fmt: skip
            yield (
                f"{' and '.join(ends).capitalize()} values",
                [line for one in found.extremes for line in self._extreme(one)],
            )
        lines = [line for name in found.missed for line in self._missed(name)]
        watched = "" if found.watched == len(found.selected) else f", among the first {found.watched:,} runs"
        if lines:
            yield f"The closest calls{watched}", lines

    def _selected(self) -> str:
        numbers = self.found.selected
        more = len(numbers) - MOST_LISTED
        listed = ", ".join(map(str, numbers[:MOST_LISTED]))
        return f"{listed} and {more:,} more, all of which `--json` gives" if more > 0 else listed

    def _seen(self, run: int, text: str, *, missed: str = "") -> list[str]:
        lines = [f"- {text}", f"     see it: {self.command(run)}"]
        if missed:
            lines.append(f"     why not: {self.command(run, missed)}")
        return lines

    def _typical(self, ending: str, one: ComparedRun) -> list[str]:
        text = f"{self._named(ending)}, {counted(one.there, 'run')}: run {one.run}"
        return self._seen(one.run, f"{text}, {self._apart(one)}" if one.compared > 1 else text)

    def _apart(self, one: ComparedRun) -> str:
        others = f"{one.compared - 1:,} others" if one.compared > 2 else "the other"
        sample = "" if one.compared == one.there else f" (the first {one.compared:,} of {one.there:,} were compared)"
        return f"at a mean distance of {one.distance:.2f} from {others}{sample}"

    def _extreme(self, one: ExtremeRun) -> list[str]:
        measure = self.model.measures[one.measure]
        timed = isinstance(measure.quantity, TimeUntil | TimeWhile)
        known = self.calendar.length(one.value, digits=3) if timed else value(one.value)
        every = len(self.found.selected)
        alike = f"; so in {one.alike - 1:,} of the {every - 1:,} other runs" if one.alike > 1 else ""
        which = "greatest" if one.greatest else "least"
        head = f"{measure.title or one.measure}, the {which}: {known} in run {one.run}"
        return self._seen(one.run, f"{head}, {self._ended(one.run)}{alike}")

    def _ended(self, run: int) -> str:
        return f"which ended with {self.found.endings[run]}"

    def _missed(self, name: str) -> list[str]:
        in_time, by_draw = self.found.missed[name]
        if in_time is None and by_draw is None:
            all_have_it = [*self.found.typical] == [name]
            return [f"- {name}: {'all of these runs have it' if all_have_it else 'no run without it came near to it'}"]
        lines = []
        if in_time is not None:
            lines += self._seen(in_time.run, self._in_time(in_time), missed=name)
        if by_draw is not None:
            lines += self._seen(by_draw.run, self._by_draw(by_draw), missed=name)
        return lines

    def _in_time(self, miss: MissInTime) -> str:
        stopped = "its condition turned false"
        if miss.by is not None:
            stopped = f"'{self._event(miss.by)}' stopped it"
        elif miss.ended:
            stopped = f"the run ended ({self.found.endings[miss.run]})"
        led = "" if miss.emits == miss.name else f", and '{self._title(miss.emits)}' would have led to it"
        return (
            f"run {miss.run} missed {miss.name} by {self.length(miss.wait)}: {stopped} {self._at(miss.time)}; "
            f"'{miss.rule}' would have fired {self._at(miss.due)}{led}"
        )

    def _event(self, event: Event) -> str:
        return self._title(event.type) if event.kind in CHANGING else "what the scenario changes"

    def _by_draw(self, miss: MissByDraw) -> str:
        return (
            f"run {miss.run} missed {miss.name} by a draw: {self._at(miss.time)} '{miss.rule}' chose "
            f"'{self._title(miss.chose)}'; '{self._title(miss.emits)}' had a chance of {percent(miss.share)}, and the "
            f"draw lay {100.0 * miss.distance:.2g} points outside of it"
        )

    def _at(self, time: float) -> str:
        return self.calendar.placed(time)

    def _title(self, name: str) -> str:
        return self.model.events[name].title if name in self.model.events else name

    def _named(self, name: str) -> str:
        """Return an ending, an outcome or an event with its title."""
        outcome = self.model.outcomes.get(name)
        title = outcome.title if outcome else self.model.events[name].title if name in self.model.events else ""
        return f"{name} ({title})" if title and title != name else name

    def length(self, time: float) -> str:
        """Write a length of time in a unit that suits it, with two digits: `0.4 hours`, `12 days`."""
        if self.calendar.abstract:
            return f"{time:.2g}"
        seconds = time * SECONDS[self.calendar.unit]
        for unit, longest in _LONGEST.items():
            if seconds < longest:
                number = f"{seconds / SECONDS[unit]:.2g}"
                return f"{number} {unit}" + ("" if number == "1" else "s")
        return self.calendar.length(float(f"{time:.2g}"))

    def as_data(self, condition: str) -> dict[str, Any]:
        """Return the same as JSON-ready data; times are in the model's unit, since its origin."""
        found = self.found

        def see(run: int, data: dict[str, Any]) -> dict[str, Any]:
            return {**data, "see": self.command(run)}

        return {
            "ensemble": found.ensemble.id,
            "scenario": found.experiment.scenario.name,
            "runs": found.there,
            "where": condition or None,
            "selected": len(found.selected),
            "selected_runs": list(found.selected) if condition else None,
            "typical": [see(one.run, {"ending": name, **asdict(one)}) for name, one in found.typical.items()],
            "strangest": found.strangest and see(found.strangest.run, asdict(found.strangest)),
            "extremes": [see(one.run, asdict(one)) for one in found.extremes],
            "near_misses_among": found.watched,
            "missed": [
                {
                    "name": name,
                    "in_time": in_time and see(in_time.run, {
                        **asdict(in_time), "by": in_time.by and in_time.by.sequence, "wait": in_time.wait,
                    }),
                    "by_draw": by_draw and see(by_draw.run, asdict(by_draw)),
                }
                for name, (in_time, by_draw) in found.missed.items()
            ],
        }  # fmt: skip
