"""What the runs of an ensemble come to, in columns: the form from which every estimate is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sim.model.event import LIMIT_OF_EVENTS
from sim.model.event_table import EventTable
from sim.model.model import Model
from sim.model.outcomes import first_ending
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.statistics.arrays import Bools, Floats
from sim.statistics.columns import Columns, ColumnStore


@dataclass(frozen=True, eq=False, repr=False)
class Runs:
    """Columns with one entry for each run, in order of the runs' numbers.

    `times` has, for each outcome, its time since the branch: infinite in a run in which it never came true, below 0
    where it had come true before the branch, NaN where nobody knows, because the run failed or was stopped before it
    came true. `followed` is the time since the branch at which that was; infinite for a run followed to its end.
    `measures` are NaN in a run in which their time never came, and in one that failed; infinite (UNDEFINED) where they
    have no value. `ended` is the outcome that ended the run, `horizon`, `limit of events`, or the error's code;
    `first_ending` the first ending that came true, in the run or before the branch, else the same as `ended`.
    `failed` maps what befell the failed runs to their numbers; `sizes` has the number of events of every run.
    """

    numbers: npt.NDArray[np.int64]
    times: Mapping[str, Floats]
    measures: Mapping[str, Floats]
    parameters: Mapping[str, Floats]
    ended: npt.NDArray[np.object_]
    sizes: npt.NDArray[np.int64]
    followed: Floats
    failed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    firsts: npt.NDArray[np.object_] | None = field(default=None, repr=False)

    @property
    def first_ending(self) -> npt.NDArray[np.object_]:
        """The first ending of each run: `ended` where no others are given."""
        return self.ended if self.firsts is None else self.firsts

    @property
    def events(self) -> int:
        """How many events all runs have together."""
        return int(self.sizes.sum())

    @property
    def failures(self) -> int:
        """How many runs failed."""
        return sum(len(found) for found in self.failed.values())

    @property
    def whole(self) -> Bools:
        """Which runs were followed to their end: they neither failed nor were stopped."""
        return np.isposinf(self.followed)

    @property
    def broken(self) -> Bools:
        """Which runs failed."""
        return ~self.whole & ~self.stopped

    @property
    def stopped(self) -> Bools:
        """Which runs were stopped at the limit of events."""
        return np.asarray(self.ended == LIMIT_OF_EVENTS, dtype=np.bool_)

    def __repr__(self) -> str:
        return f"Runs({len(self)} runs, outcomes {', '.join(self.times)})"

    def __len__(self) -> int:
        return len(self.numbers)

    def reached(self, outcome: str, by: float = np.inf) -> Bools:
        """Say for each run whether the outcome is known to have come true, `by` a time since the branch if given."""
        return (self.times[outcome] <= by) & np.isfinite(self.times[outcome])

    def unknown(self, outcome: str, by: float = np.inf) -> Bools:
        """Say for each run whether nobody knows if the outcome came true, `by` a time since the branch if given."""
        return np.isnan(self.times[outcome]) & (self.followed <= by)

    def first_undefined(self, measure: str) -> int:
        """Return the first run in which a measure has no value, of those followed to their ends; there is one."""
        return int(self.numbers[np.isinf(self.measures[measure]) & self.whole][0])

    def first(self, count: int) -> "Runs":
        """Return the runs whose numbers are below `count`."""
        return self.at(np.flatnonzero(self.numbers < count))

    def at(self, places: npt.NDArray[np.intp]) -> "Runs":
        """Return the runs at these places of the columns."""
        numbers = self.numbers[places]
        kept = {what: tuple(np.asarray(found)[np.isin(found, numbers)].tolist()) for what, found in self.failed.items()}
        return Runs(
            numbers=numbers,
            times={name: column[places] for name, column in self.times.items()},
            measures={name: column[places] for name, column in self.measures.items()},
            parameters={name: column[places] for name, column in self.parameters.items()},
            ended=self.ended[places],
            sizes=self.sizes[places],
            followed=self.followed[places],
            failed={what: found for what, found in kept.items() if found},
            firsts=self.first_ending[places],
        )

    def by_first_ending(self, endings: Sequence[str]) -> "Runs":
        """Return the same runs with each of the endings counted only where it was the first to come true."""
        first = self.first_ending
        known = self.whole | np.isin(first, endings)

        def counted(name: str) -> Floats:
            times = self.times[name]
            return np.where(first == name, times, np.where(known, np.inf, np.nan)) if name in endings else times

        return replace(self, times=Columns(self.times, counted))

    def withheld(self) -> "Runs":
        """Return the same runs as if nothing were known of them: for figures that are withheld."""
        nothing = np.full(len(self), np.nan)
        times, measures = dict.fromkeys(self.times, nothing), dict.fromkeys(self.measures, nothing)
        followed, firsts = np.full(len(self), -np.inf), np.full(len(self), "", dtype=object)
        return replace(self, times=times, measures=measures, followed=followed, firsts=firsts)


@dataclass(frozen=True, slots=True)
class Tabulate:
    """The projection that all estimates begin with: what runs come to, in columns; `lean` without the parameters."""

    lean: bool = False
    reads_logs: ClassVar[bool] = False

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> Runs:
        runs = runs_of(program.model, scenario, table)
        return replace(runs, parameters={}) if self.lean else runs


class RunsBuilder:
    """Builds the `Runs` from 0 on, with `room` for so many at first, from parts that are copied in as they come."""

    def __init__(self, model: Model, room: int, *, lean: bool = False) -> None:
        self.project = Tabulate(lean)
        self._room = room
        self._sizes = np.empty(room, dtype=np.int64)
        self._followed = np.empty(room)
        self._ended, self._first = np.empty((2, room), dtype=np.int32)  # places in `_ends`
        self._ends: dict[str, int] = {}
        groups = (model.outcomes, model.measures, () if lean else model.parameters)
        self._columns = [ColumnStore(list(names), room) for names in groups]
        self._failed: dict[str, list[int]] = {}

    def add(self, runs: range, part: Runs) -> None:
        """Take in what `project` made of `runs`."""
        if runs.stop > self._room:
            self._grow(max(runs.stop, 2 * self._room))
        self._sizes[part.numbers] = part.sizes
        self._followed[part.numbers] = part.followed
        for places, ends in ((self._ended, part.ended), (self._first, part.first_ending)):
            places[part.numbers] = [self._ends.setdefault(end, len(self._ends)) for end in ends]
        for own, theirs in zip(self._columns, (part.times, part.measures, part.parameters), strict=True):
            own.put(runs.start, theirs)
        for what, failed in part.failed.items():
            self._failed.setdefault(what, []).extend(failed)

    def _grow(self, room: int) -> None:
        more = room - self._room
        self._room = room
        self._sizes = np.append(self._sizes, np.empty(more, self._sizes.dtype))
        self._ended, self._first = (
            np.append(column, np.empty(more, column.dtype)) for column in (self._ended, self._first)
        )
        self._followed = np.append(self._followed, np.empty(more))

    def runs(self, count: int, *, first: int = 0) -> Runs:
        """Return the runs from `first` to `count` - 1, all of which have come."""
        part = slice(first, count)
        times, measures, parameters = (one.columns(first, count) for one in self._columns)
        failed = {what: sorted(run for run in runs if first <= run < count) for what, runs in self._failed.items()}
        ends = np.array([*self._ends, ""], dtype=object)
        return Runs(
            numbers=np.arange(first, count),
            times=times,
            measures=measures,
            parameters=parameters,
            ended=ends[self._ended[part]],
            sizes=self._sizes[part],
            followed=self._followed[part],
            failed=_most_first({what: found for what, found in failed.items() if found}),
            firsts=ends[self._first[part]],
        )


def runs_of(model: Model, scenario: Scenario, table: EventTable) -> Runs:
    """Read what measured runs come to from their table, whether rows are left out or not."""
    assert table.measures is not None, "the runs are measured"
    count, categories = len(table.runs), table.categories
    run_of = np.repeat(np.arange(count), np.diff(table.starts))
    last = table.codes[table.starts[1:] - 1]
    broken = np.array([one.kind == "failed" for one in categories])[last]
    cut = np.array([one.kind == "failed" or one.note == LIMIT_OF_EVENTS for one in categories])[last]
    notes = np.array([one.type if one.kind == "failed" else one.note for one in categories], dtype=object)
    times = {name: np.where(cut, np.nan, np.inf) for name in model.outcomes}
    for event in scenario.past:
        if event.kind == "outcome" and event.type in times:
            times[event.type][:] = event.time - scenario.start
    for code, category in enumerate(categories):
        if category.kind == "outcome":
            places = np.flatnonzero(table.codes == code)
            times[category.type][run_of[places]] = table.times[places] - scenario.start
    first_marks = table.offsets[table.starts[:-1]]
    parameters = table.marks[first_marks[:, None] + np.arange(len(model.parameters))]
    failed: dict[str, list[int]] = {}
    for index in np.flatnonzero(broken):
        category = categories[last[index]]
        what = f"{category.type} in rule '{category.rule}'" if category.rule else category.type
        failed.setdefault(what, []).append(table.first + int(index))
    return Runs(
        numbers=table.first + np.arange(count),
        times=times,
        measures={name: table.measures[:, index] for index, name in enumerate(model.measures)},
        parameters={name: parameters[:, index] for index, name in enumerate(model.parameters)},
        ended=notes[last],
        sizes=np.asarray(table.sizes, np.int64),
        followed=np.where(cut, table.times[table.starts[1:] - 1] - scenario.start, np.inf),
        failed=_most_first(failed),
        firsts=_first_endings(model, scenario, table, run_of, notes[last]),
    )


def _first_endings(
    model: Model, scenario: Scenario, table: EventTable, run_of: npt.NDArray[np.intp], ended: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Return each run's first ending; what ended the run where it has none."""
    before = first_ending(model, scenario.past)
    if before is not None:
        return np.full(len(ended), before.type, dtype=object)
    ending = [one.kind == "outcome" and model.outcomes[one.type].ending for one in table.categories]
    rows = np.flatnonzero(np.array(ending)[table.codes])
    runs, places = np.unique(run_of[rows], return_index=True)
    types = np.array([one.type for one in table.categories], dtype=object)
    found = ended.copy()
    found[runs] = types[table.codes[rows[places]]]
    return found


def _most_first(failed: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Put what befell most runs first, and of equals what came first."""
    return {what: tuple(runs) for what, runs in sorted(failed.items(), key=lambda item: (-len(item[1]), item[1][0]))}


WHY = ("never", "undefined", "stopped")  # why a run that did not fail lacks a measure


def why_lacking(values: Floats, stopped: Bools) -> npt.NDArray[np.int8]:
    """Return for each run why it lacks a measure, as a place in WHY; -1 where it has one."""
    found = np.where(np.isinf(values), np.int8(1), np.int8(0))
    found[stopped] = 2
    found[np.isfinite(values)] = -1
    return found


def value_or_why(measured: float, *, stopped: bool) -> tuple[float | None, str | None]:
    """Return what a measure is in a run that did not fail; else None, and why: never, undefined, or stopped."""
    why = int(why_lacking(np.array([measured]), np.array([stopped]))[0])
    return (measured, None) if why < 0 else (None, WHY[why])
