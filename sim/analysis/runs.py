"""What the runs of an ensemble come to, in columns: the form from which every estimate is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.analysis.summary import Summary
from sim.model.model import Model

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Runs:
    """Columns with one entry for each run that did not fail, in order of the runs' numbers.

    `times` has, for each outcome, its time since the branch: infinite in a run in which it never came true, below 0
    where it had come true before the branch. `measures` are NaN in a run that has none. `failed` maps what befell the
    failed runs to their numbers; they have no entry in the columns.
    """

    numbers: npt.NDArray[np.int64]
    times: Mapping[str, Floats]
    measures: Mapping[str, Floats]
    parameters: Mapping[str, Floats]
    ended: npt.NDArray[np.str_]
    events: int
    failed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

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
            self.events,
            {
                what: kept
                for what, found in self.failed.items()
                if (kept := tuple(run for run in found if below is not None and run < below))
            },
        )


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
            if all(one.parameters for one in fine)
        },
        np.array([summary.ended for summary in fine], dtype=np.str_),
        sum(summary.events for summary in summaries),
        {what: tuple(one.run for one in broken if one.failed == what) for what, _ in common.most_common()},
    )
