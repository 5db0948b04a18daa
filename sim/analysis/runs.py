"""What the runs of an ensemble come to, in columns: the form from which every estimate is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sim.analysis.summary import Summary, summarise
from sim.engines.made import Made
from sim.experiment.batch import Batch
from sim.model.model import Model
from sim.model.program import Program
from sim.model.scenario import Scenario

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Runs:
    """Columns with one entry for each run that did not fail, in order of the runs' numbers.

    `times` has, for each outcome, its time since the branch: infinite in a run in which it never came true, below 0
    where it had come true before the branch. `measures` are NaN in a run that has none. `failed` maps what befell the
    failed runs to their numbers; they have no entry in the columns. `sizes` has the number of events of every run,
    failed ones included.
    """

    numbers: npt.NDArray[np.int64]
    times: dict[str, Floats]
    measures: dict[str, Floats]
    parameters: dict[str, Floats]
    ended: npt.NDArray[np.object_]
    sizes: npt.NDArray[np.int64]
    failed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events all runs have together, failed ones included."""
        return int(self.sizes.sum())

    def __repr__(self) -> str:
        return f"Runs({len(self)} runs, outcomes {', '.join(self.times)})"

    def __len__(self) -> int:
        return len(self.numbers)

    def reached(self, outcome: str, by: float = np.inf) -> Bools:
        """Say for each run whether the outcome came true, `by` a time since the branch if one is given."""
        return (self.times[outcome] <= by) & np.isfinite(self.times[outcome])

    def first(self, count: int) -> "Runs":
        """Return the runs whose numbers are below `count`."""
        return self.at(np.flatnonzero(self.numbers < count), count)

    def at(self, places: npt.NDArray[np.intp], below: int | None = None) -> "Runs":
        """Return the runs at these places of the columns; failed ones only if their numbers are below `below`."""
        return Runs(
            self.numbers[places],
            {name: column[places] for name, column in self.times.items()},
            {name: column[places] for name, column in self.measures.items()},
            {name: column[places] for name, column in self.parameters.items()},
            self.ended[places],
            self.sizes[:below],
            {
                what: kept
                for what, found in self.failed.items()
                if (kept := tuple(run for run in found if below is not None and run < below))
            },
        )


@dataclass(frozen=True, slots=True)
class Tabulate:
    """The projection that all estimates begin with: a batch of runs laid out in columns.

    `lean` leaves the parameters out, which no estimate needs.
    """

    lean: bool = False
    reads_logs: ClassVar[bool] = False

    def __call__(self, program: Program, scenario: Scenario, batch: Batch) -> Runs:
        if batch.made is not None:
            made = _of_made(program.model, scenario, batch.made)
        else:
            numbered = zip(batch.runs, batch.logs, strict=True)
            made = columns(program.model, [summarise(program, scenario, run, log) for run, log in numbered])
        return replace(made, parameters={}) if self.lean else made


class Table:
    """The columns of runs from 0 on, into which parts are copied as they come: none is held twice.

    `room` is for how many runs there is room at first.
    """

    def __init__(self, model: Model, room: int, *, lean: bool = False) -> None:
        self.project = Tabulate(lean)
        self._room = room
        self._fine = np.zeros(room, dtype=np.bool_)
        self._sizes = np.empty(room, dtype=np.int64)
        self._ended = np.empty(room, dtype=np.int32)  # places in `_ends`
        self._ends: dict[str, int] = {}
        groups = (model.outcomes, model.measures, () if lean else model.parameters)
        self._columns = [{name: np.empty(room) for name in names} for names in groups]
        self._failed: dict[str, list[int]] = {}

    def add(self, runs: range, part: Runs) -> None:
        """Take in what `project` made of `runs`."""
        if runs.stop > self._room:
            self._grow(max(runs.stop, 2 * self._room))
        self._fine[part.numbers] = True
        self._sizes[runs.start : runs.stop] = part.sizes
        ends = [self._ends.setdefault(end, len(self._ends)) for end in part.ended]
        self._ended[part.numbers] = ends
        for own, theirs in zip(self._columns, (part.times, part.measures, part.parameters), strict=True):
            for name, column in own.items():
                column[part.numbers] = theirs[name]
        for what, failed in part.failed.items():
            self._failed.setdefault(what, []).extend(failed)

    def _grow(self, room: int) -> None:
        more = room - self._room
        self._room = room
        self._fine, self._sizes, self._ended = (
            np.concatenate((column, np.zeros(more, column.dtype))) for column in (self._fine, self._sizes, self._ended)
        )
        for own in self._columns:
            for name, column in own.items():
                own[name] = np.concatenate((column, np.empty(more)))

    def runs(self, count: int) -> Runs:
        """Return the first `count` runs, all of which have come."""
        fine = self._fine[:count]
        places = slice(count) if fine.all() else np.flatnonzero(fine)
        times, measures, parameters = ({name: column[places] for name, column in one.items()} for one in self._columns)
        failed = {what: sorted(run for run in found if run < count) for what, found in self._failed.items()}
        ends = np.array([*self._ends, ""], dtype=object)
        return Runs(
            np.flatnonzero(fine), times, measures, parameters, ends[self._ended[places]], self._sizes[:count],
            _most_first({what: found for what, found in failed.items() if found}),
        )  # fmt: skip


def _of_made(model: Model, scenario: Scenario, made: Made) -> Runs:
    """Read the columns of an engine: no log is made of them."""
    count = len(made.starts) - 1
    run_of = np.repeat(np.arange(count), np.diff(made.starts))
    last = made.codes[made.starts[1:] - 1]
    fine = np.array([row.kind != "failed" for row in made.rows])[last]
    notes = np.array([row.note for row in made.rows], dtype=object)
    before = {event.type: event.time - scenario.start for event in scenario.past if event.kind == "outcome"}
    times = {name: np.full(count, before.get(name, np.inf)) for name in model.outcomes}
    for code, row in enumerate(made.rows):
        if row.kind == "outcome":
            places = np.flatnonzero(made.codes == code)
            times[row.type][run_of[places]] = made.times[places] - scenario.start
    marks = np.array([row.marks for row in made.rows])[made.codes]
    first_marks = np.concatenate(([0], np.cumsum(marks)))[made.starts[:-1]]
    parameters = made.marks[first_marks[:, None] + np.arange(len(model.parameters))]
    failed: dict[str, list[int]] = {}
    for place in np.flatnonzero(~fine):
        row = made.rows[last[place]]
        what = f"{row.type} in rule '{row.rule}'" if row.rule else row.type
        failed.setdefault(what, []).append(made.first + int(place))
    return Runs(
        made.first + np.flatnonzero(fine),
        {name: column[fine] for name, column in times.items()},
        {name: made.measures[fine, place] for place, name in enumerate(model.measures)},
        {name: parameters[fine, place] for place, name in enumerate(model.parameters)},
        notes[last[fine]],
        made.sizes,
        _most_first(failed),
    )


def _most_first(failed: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Put what befell most runs first, and of equals what came first."""
    return {what: tuple(runs) for what, runs in sorted(failed.items(), key=lambda item: (-len(item[1]), item[1][0]))}


def columns(model: Model, summaries: Sequence[Summary]) -> Runs:
    """Lay out summaries of runs of a model."""
    fine = [summary for summary in summaries if not summary.failed]
    broken = sorted((summary for summary in summaries if summary.failed), key=lambda summary: summary.run)
    common = Counter(summary.failed for summary in broken)
    never, nothing = float("inf"), float("nan")
    return Runs(
        np.array([summary.run for summary in fine], dtype=np.int64),
        {name: np.array([one.outcomes.get(name, never) for one in fine], dtype=float) for name in model.outcomes},
        {
            name: np.array([nothing if (value := one.measures[name]) is None else value for one in fine], dtype=float)
            for name in model.measures
        },
        {
            name: np.array([one.parameters[place] for one in fine], dtype=float)
            for place, name in enumerate(model.parameters)
        },
        np.array([summary.ended for summary in fine], dtype=object),
        np.array([summary.events for summary in summaries], dtype=np.int64),
        {what: tuple(one.run for one in broken if one.failed == what) for what, _ in common.most_common()},
    )
