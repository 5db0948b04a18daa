"""Which runs of an ensemble are typical, and which are strange, by the sequences of their events.

A run's sequence has the types of the events of its own part, in order, without their times and marks. Runs are compared
two by two, so of very many only a sample is: the first by their numbers, which are as good as any, since runs are
independent and alike. How far two sequences are apart is said by `sim.statistics.edit_distances`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from sim.analysis.runs import Runs
from sim.model.event_table import EventTable
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.statistics.arrays import Floats
from sim.statistics.edit_distances import distance_matrix, mean_distances, medoid, outlier

OF_ENDING = 200  # runs of each ending among which the most typical is found
OF_ALL = 500  # runs among which the strangest is found
MOST_WORK = 2e7  # events that are held against a sequence, in all
LONGEST = 1_000  # events at the beginning of a run that are compared
RunSequence: TypeAlias = tuple[int, tuple[str, ...]]  # a run's number, and the types of its events
_COMPARED = frozenset({"fired", "scheduled"})


@dataclass(frozen=True, slots=True)
class FindSequences:
    """The projection that gives the sequences of some runs: their numbers, and the types of their events."""

    only: frozenset[int]
    without: frozenset[str] = frozenset()
    reads_logs: ClassVar[bool] = True

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> list[RunSequence]:  # noqa: ARG002
        """Return the sequences of the runs that are asked for, cut off where they are very long."""
        left_in = [one.kind in _COMPARED and one.type not in self.without for one in table.categories]
        found = []
        for place, run in enumerate(table.runs):
            if run in self.only:
                codes = table.codes[table.starts[place] : table.starts[place + 1]].tolist()
                types = [table.categories[code].type for code in codes if left_in[code]]
                found.append((run, tuple(types[:LONGEST])))
        return found


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run that stands out among runs that were compared: how far it is from the others on average, of how many.

    `there` is how many there are of the kind, of which so many were `compared`.
    """

    run: int
    distance: float
    compared: int
    there: int


def samples(runs: Runs) -> tuple[dict[str, list[int]], list[int]]:
    """Return the numbers of the runs that are to be compared: those of each ending, and those of all together.

    Only runs that were followed to their ends are among them.
    """
    whole = runs.at(np.flatnonzero(runs.whole))
    endings = {
        str(ending): whole.numbers[whole.first_ending == ending][:OF_ENDING].tolist()
        for ending in dict.fromkeys(whole.first_ending.tolist())
    }
    return endings, whole.numbers[:OF_ALL].tolist()


def most_typical(sequences: Sequence[RunSequence], there: int) -> ComparedRun:
    """Return the medoid of some runs, one at least, the first of equals."""
    return _stands_out(sequences, medoid, there)


def strangest(sequences: Sequence[RunSequence], there: int) -> ComparedRun:
    """Return the run with the greatest mean distance from the others, the first of equals."""
    return _stands_out(sequences, outlier, there)


def _stands_out(sequences: Sequence[RunSequence], which: Callable[[Floats], int], there: int) -> ComparedRun:
    sequences = sequences[: _most(sequences)]
    distances = distance_matrix([types for _, types in sequences])
    place = which(distances)
    return ComparedRun(sequences[place][0], float(mean_distances(distances)[place]), len(sequences), there)


def _most(sequences: Sequence[RunSequence]) -> int:
    """Return how many sequences can be compared in a few seconds; short ones all."""
    mean = sum(len(types) for _, types in sequences) / len(sequences)
    return max(2, int((2.0 * MOST_WORK / max(mean, 1.0)) ** 0.5))


@dataclass(frozen=True, slots=True)
class ExtremeRun:
    """The run with the greatest or the least value of a measure, the first of equals, and how many have that value."""

    run: int
    measure: str
    value: float
    alike: int
    greatest: bool


def extreme_run(runs: Runs, measure: str, *, greatest: bool) -> ExtremeRun | None:
    """Return the run with the greatest or the least value of a measure; None if no run has one."""
    values = runs.measures[measure]
    has = np.isfinite(values) & runs.whole
    if not has.any():
        return None
    value = float(values[has].max() if greatest else values[has].min())
    places = np.flatnonzero(has & (values == value))
    return ExtremeRun(
        run=int(runs.numbers[places[0]]), measure=measure, value=value, alike=len(places), greatest=greatest
    )
