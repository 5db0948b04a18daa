"""Consecutive runs of one experiment, as logs or as columns: what is wanted is made from what is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Generic, Protocol, TypeAlias, TypeVar

import numpy as np

from sim.engines.made import Made, Row
from sim.ledger.segments.columns import Columns, Texts, columns_of
from sim.ledger.segments.outcomes import Kept
from sim.ledger.segments.schema import TEXTS
from sim.model.event import Log
from sim.model.program import Program
from sim.model.scenario import Scenario

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Batch:
    """Runs from `first` on: an engine's columns, `made`, or logs."""

    def __init__(self, first: int, *, made: Made | None = None, logs: Sequence[Log] = ()) -> None:
        self.first = first
        self.made = made
        self._logs = logs

    @cached_property
    def logs(self) -> Sequence[Log]:
        """The logs, run by run."""
        assert self.made is None or self.made.lengths is None, "outcomes alone are no logs"
        return self.made.logs() if self.made is not None else self._logs

    @property
    def runs(self) -> range:
        return range(self.first, self.first + (len(self.made.starts) - 1 if self.made else len(self._logs)))

    @cached_property
    def columns(self) -> Columns:
        """The columns that the ledger keeps."""
        return _columns(self.made) if self.made is not None else columns_of(self.first, self._logs)


def _columns(made: Made) -> Columns:
    """Lay an engine's rows out as the ledger does. Of a code's texts the distinct ones are kept."""
    sizes = np.diff(made.starts)
    numbers = np.arange(len(made.codes)) - np.repeat(made.starts[:-1], sizes)
    marks = np.array([row.marks for row in made.rows], np.int64)
    offsets = np.concatenate(([0], np.cumsum(marks[made.codes])))
    texts = {}
    for name in TEXTS:
        said = [getattr(row, name) for row in made.rows]
        values = list(dict.fromkeys(said))
        places = {value: place for place, value in enumerate(values)}
        texts[name] = Texts(np.array([places[value] for value in said], np.int32)[made.codes], values)
    return Columns(
        made.first, made.starts, numbers.astype(np.int32), made.times, made.occurrences, offsets, made.marks, texts
    )


def made_of(kept: Kept) -> Made:
    """Read what a ledger keeps of runs without their logs as an engine's rows."""
    columns = kept.columns
    marks = np.diff(columns.offsets)
    said = np.stack([columns.texts[name].codes for name in TEXTS] + [marks])
    distinct, codes = np.unique(said, axis=1, return_inverse=True)
    rows = []
    for *places, count in distinct.T.tolist():
        kind, type_, rule, faction, note = (
            columns.texts[name].values[code] for name, code in zip(TEXTS, places, strict=True)
        )
        rows.append(Row(kind, type_, rule, faction, note, count))
    return Made(
        columns.first,
        np.asarray(columns.starts, np.int64),
        codes.reshape(-1).astype(np.int32),
        columns.time,
        np.asarray(columns.occurrence, np.int32),
        columns.marks,
        kept.measures,
        rows,
        lengths=columns.sequence[columns.starts[1:] - 1].astype(np.int64) + 1,
    )


class Projection(Protocol[T_co]):
    """What a batch of runs comes to, worked out where the runs are at hand. It is picklable, and so its result.

    `reads_logs` says that it looks at events, so that outcomes and measures alone will not do.
    """

    @property
    def reads_logs(self) -> bool: ...

    def __call__(self, program: Program, scenario: Scenario, batch: Batch) -> T_co: ...


RunProjection: TypeAlias = Callable[[Program, Scenario, int, Log], T]


@dataclass(frozen=True, slots=True)
class EachRun(Generic[T]):
    """The projection that looks at one run after another, and gives a list."""

    project: RunProjection[T]
    reads_logs: ClassVar[bool] = True

    def __call__(self, program: Program, scenario: Scenario, batch: Batch) -> list[T]:
        return [self.project(program, scenario, run, log) for run, log in zip(batch.runs, batch.logs, strict=True)]
