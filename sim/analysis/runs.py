"""What the runs of an ensemble come to, in columns: the form from which every estimate is made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
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


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of few distinct words: `codes` are places in `words`, which differ from each other."""

    words: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    @staticmethod
    def of(column: Iterable[str]) -> "Words":
        known: dict[str, int] = {}
        codes = [known.setdefault(word, len(known)) for word in column]
        return Words(tuple(known), np.array(codes, np.int32))

    def at(self, places: npt.NDArray[np.intp]) -> "Words":
        return Words(self.words, self.codes[places])

    def are(self, *words: str) -> Bools:
        """Say for each entry whether it is one of these words."""
        return np.array([word in words for word in self.words], np.bool_)[self.codes]

    @property
    def column(self) -> npt.NDArray[np.object_]:
        return np.array(self.words, dtype=object)[self.codes]


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
    `ends` and `first_ends` are the words of `ended` and `first_ending`; without `first_ends` these are the same.
    """

    numbers: npt.NDArray[np.int64]
    times: Mapping[str, Floats]
    measures: Mapping[str, Floats]
    parameters: Mapping[str, Floats]
    ends: Words
    sizes: npt.NDArray[np.int64]
    followed: Floats
    failed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    first_ends: Words | None = field(default=None, repr=False)

    @cached_property
    def ended(self) -> npt.NDArray[np.object_]:
        """What ended each run."""
        return self.ends.column

    @cached_property
    def first_ending(self) -> npt.NDArray[np.object_]:
        """The first ending of each run: `ended` where no others are given."""
        return self.firsts.column

    @property
    def firsts(self) -> Words:
        """The words of `first_ending`."""
        return self.ends if self.first_ends is None else self.first_ends

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
        return self.ends.are(LIMIT_OF_EVENTS)

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
            ends=self.ends.at(places),
            sizes=self.sizes[places],
            followed=self.followed[places],
            failed={what: found for what, found in kept.items() if found},
            first_ends=self.firsts.at(places),
        )

    def by_first_ending(self, endings: Sequence[str]) -> "Runs":
        """Return the same runs with each of the endings counted only where it was the first to come true."""
        first = self.firsts
        known = self.whole | first.are(*endings)

        def counted(name: str) -> Floats:
            times = self.times[name]
            return np.where(first.are(name), times, np.where(known, np.inf, np.nan)) if name in endings else times

        return replace(self, times=Columns(self.times, counted))

    def withheld(self) -> "Runs":
        """Return the same runs as if nothing were known of them: for figures that are withheld."""
        nothing = np.full(len(self), np.nan)
        times, measures = dict.fromkeys(self.times, nothing), dict.fromkeys(self.measures, nothing)
        followed, nowhere = np.full(len(self), -np.inf), Words(("",), np.zeros(len(self), np.int32))
        return replace(self, times=times, measures=measures, followed=followed, first_ends=nowhere)


@dataclass(frozen=True, slots=True)
class Tabulate:
    """The projection that all estimates begin with: what runs come to, in columns; `lean` without the parameters."""

    lean: bool = False
    reads_logs: ClassVar[bool] = False

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> Runs:
        return runs_of(program.model, scenario, table, lean=self.lean)


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
        here = slice(runs.start, runs.stop)
        self._sizes[here] = part.sizes
        self._followed[here] = part.followed
        for places, ends in ((self._ended, part.ends), (self._first, part.firsts)):
            own = [self._ends.setdefault(word, len(self._ends)) for word in ends.words]
            places[here] = np.array(own, np.int32)[ends.codes]
        for columns, theirs in zip(self._columns, (part.times, part.measures, part.parameters), strict=True):
            columns.put(runs.start, theirs)
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
        words = tuple(self._ends)
        return Runs(
            numbers=np.arange(first, count),
            times=times,
            measures=measures,
            parameters=parameters,
            ends=Words(words, self._ended[part]),
            sizes=self._sizes[part],
            followed=self._followed[part],
            failed=_most_first({what: found for what, found in failed.items() if found}),
            first_ends=Words(words, self._first[part]),
        )


def runs_of(model: Model, scenario: Scenario, table: EventTable, *, lean: bool = False) -> Runs:
    """Read what measured runs come to from their table, whether rows are left out or not; `lean` as in `Tabulate`."""
    assert table.measures is not None, "the runs are measured"
    rows = table.outcomes
    count, categories, starts = len(rows.runs), rows.categories, rows.starts
    last = rows.codes[starts[1:] - 1]
    broken = np.array([one.kind == "failed" for one in categories])[last]
    cut = np.array([one.kind == "failed" or one.note == LIMIT_OF_EVENTS for one in categories])[last]
    places = {name: place for place, name in enumerate(model.outcomes)}
    times = np.empty((len(places), count))
    times[:] = np.where(cut, np.nan, np.inf)
    for event in scenario.past:
        if event.kind == "outcome" and event.type in places:
            times[places[event.type]] = event.time - scenario.start
    which = np.array([places[one.type] if one.kind == "outcome" else -1 for one in categories])[rows.codes]
    came = np.flatnonzero(which >= 0)
    run_of = np.repeat(np.arange(count), np.diff(starts))[came]
    times[which[came], run_of] = rows.times[came] - scenario.start
    ends = _ends(rows, last)
    begun = np.ascontiguousarray(_begun_with(rows, 0 if lean else len(model.parameters)).T)
    measures = np.ascontiguousarray(table.measures.T)
    return Runs(
        numbers=table.first + np.arange(count),
        times=dict(zip(model.outcomes, times, strict=True)),
        measures=dict(zip(model.measures, measures, strict=True)),
        parameters={} if lean else dict(zip(model.parameters, begun, strict=True)),
        ends=ends,
        sizes=np.asarray(rows.sizes, np.int64),
        followed=np.where(cut, rows.times[starts[1:] - 1] - scenario.start, np.inf),
        failed=_most_first(_failures(rows, np.flatnonzero(broken), last)),
        first_ends=_first_ends(model, scenario, ends, rows.codes[came], run_of, rows),
    )


def _begun_with(rows: EventTable, count: int) -> Floats:
    """Return the first marks of the first row of each run, so many of them."""
    found: Floats = rows.marks[rows.mark_starts[:-1, None] + np.arange(count)]
    return found


def _ends(rows: EventTable, last: npt.NDArray[np.integer]) -> Words:
    """Return what ended each run, whose last row has that code."""
    used = np.flatnonzero(np.bincount(last, minlength=len(rows.categories)))
    closing = [rows.categories[code] for code in used.tolist()]
    words = Words.of(one.type if one.kind == "failed" else one.note for one in closing)
    renamed = np.zeros(len(rows.categories), np.int32)
    renamed[used] = words.codes
    return Words(words.words, renamed[last])


def _failures(
    rows: EventTable, broken: npt.NDArray[np.intp], last: npt.NDArray[np.integer]
) -> dict[str, Sequence[int]]:
    """Return what befell the runs at the places `broken`, each with the numbers of its runs, in order."""
    codes = np.unique(last[broken])
    failures = [rows.categories[code] for code in codes.tolist()]
    whats = Words.of(f"{one.type} in rule '{one.rule}'" if one.rule else one.type for one in failures)
    found = whats.codes[np.searchsorted(codes, last[broken])]
    return {what: (rows.first + broken[found == place]).tolist() for place, what in enumerate(whats.words)}


def _first_ends(
    model: Model, scenario: Scenario, ends: Words, codes: npt.NDArray[np.integer], run_of: npt.NDArray[np.intp],
    rows: EventTable,
) -> Words:  # fmt: skip
    """Return each run's first ending; what ended the run where it has none.

    Outcomes came true with these codes in these runs, in order.
    """
    before = first_ending(model, scenario.past)
    if before is not None:
        return Words((before.type,), np.zeros(len(ends.codes), np.int32))
    known = {word: place for place, word in enumerate(ends.words)}
    place_of = np.full(len(rows.categories), -1, np.int32)
    for code, one in enumerate(rows.categories):
        if one.kind == "outcome" and model.outcomes[one.type].ending:
            place_of[code] = known.setdefault(one.type, len(known))
    places = place_of[codes]
    ending = np.flatnonzero(places >= 0)[::-1]  # of several of a run the first is written last
    found = ends.codes.copy()
    found[run_of[ending]] = places[ending]
    return Words(tuple(known), found)


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
