"""How often rules fired and event types happened in the runs of an ensemble, and when first.

Owns the estimates: a mean a run, the share of runs with at least one, the time of the first. Runs that failed are left
out of means; where one had none before it failed or was stopped, nobody knows whether one would have come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from sim.analysis.results import Results
from sim.experiment import Experiment, Progress, Workers, record
from sim.model.event_table import EventTable
from sim.model.program import Program
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from sim.statistics.arrays import Floats
from sim.statistics.differences import share_of
from sim.statistics.estimates import Proportion, Spread
from sim.statistics.stopped_runs import spread_of_runs

MOST_LOOKED_AT = 2_000  # runs whose events are read
Counted: TypeAlias = tuple[Literal["rule", "event"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """How often a rule fired or an event type happened: `a_run`, in which `share` of runs at all, and when `first`.

    `first` is since the branch, over the runs that have one.
    """

    a_run: Spread
    share: Proportion
    first: Spread


@dataclass(frozen=True, slots=True)
class CountOccurrences:
    """The projection that counts in each run, with the time of the first since the branch: infinite where none is.

    It gives two arrays with a line for each run and a column for each of the things counted.
    """

    counted: tuple[Counted, ...]
    reads_logs: ClassVar[bool] = True

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> tuple[Floats, Floats]:  # noqa: ARG002
        counts = np.zeros((len(table.runs), len(self.counted)))
        first = np.full(counts.shape, np.inf)
        run_of = np.repeat(np.arange(len(table.runs)), np.diff(table.starts))
        for column, (kind, name) in enumerate(self.counted):
            codes = [
                code
                for code, category in enumerate(table.categories)
                if category.kind in CHANGING and name == (category.rule if kind == "rule" else category.type)
            ]
            rows = np.flatnonzero(np.isin(table.codes, codes))
            counts[:, column] = np.bincount(run_of[rows], minlength=len(counts))
            np.minimum.at(first[:, column], run_of[rows], table.times[rows] - scenario.start)
        return counts, first


def occurrences(
    experiment: Experiment, results: Results, counted: Sequence[Counted], *,
    workers: Workers | None = None, progress: Progress | None = None,
) -> dict[Counted, Occurrences]:  # fmt: skip
    """Return how often rules fired and events happened, in the first of the runs that results are of.

    Logs that are not kept are made again.
    """
    runs = looked_at(results)
    _, pieces = record(experiment, runs, CountOccurrences(tuple(counted)), workers=workers, progress=progress)
    counts, first = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    some = results.runs.first(runs)
    kept = ~some.broken
    draws = results.draws_of(some)
    found = {}
    for column, one in enumerate(counted):
        number, time = counts[:, column], first[:, column]
        figures = np.where(some.stopped, np.nan, number)[kept]
        times = np.where(np.isfinite(time), time, np.nan)[kept]
        drawn = None if draws is None else draws[kept]
        found[one] = Occurrences(
            a_run=spread_of_runs(figures, drawn, natural=(0.0, np.inf), stopped=some.stopped[kept],
                                 failed=some.failures),
            share=share_of(number > 0, ~some.whole & (number == 0), draws),
            first=spread_of_runs(times, drawn, natural=(0.0, results.length)),
        )  # fmt: skip
    return found


def looked_at(results: Results) -> int:
    """Return how many runs are looked at, from the first: all, or MOST_LOOKED_AT, or whole draws of about as many."""
    per_draw = results.source.settings.runs_per_draw
    most = max(1, MOST_LOOKED_AT // per_draw) * per_draw
    return min(results.count, most)
