"""Runs as an engine made them, in columns: one row an event, and what rows of one kind have in common said once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.model.event import Event, Log

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """What the rows with one code have in common: how the log's texts read, and how many marks a row has."""

    kind: str
    type: str
    rule: str = ""
    faction: str = ""
    note: str = ""
    marks: int = 0


@dataclass(frozen=True, eq=False)
class Made:
    """Runs as the kernel made them, one row an event.

    Run `first` + i has the rows `starts[i]` to `starts[i + 1]`. `codes` say which of `rows` each is; the marks of all
    rows stand one after another, as many as their codes say. `measures` has a line a run, NaN where there is none.
    `unmeasured` says that in one of them a measure's expression had no value, so that the logs must tell which.
    """

    first: int
    starts: Ints
    codes: npt.NDArray[np.int32]
    times: Floats
    occurrences: npt.NDArray[np.int32]
    marks: Floats
    measures: Floats
    rows: Sequence[Row]
    unmeasured: bool

    def logs(self) -> list[Log]:
        """Return the logs, run by run."""
        codes, times, occurrences = self.codes.tolist(), self.times.tolist(), self.occurrences.tolist()
        marks = self.marks.tolist()
        logs, at = [], 0
        for start, stop in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True):
            log = []
            for place in range(start, stop):
                row = self.rows[codes[place]]
                log.append(
                    Event(place - start, times[place], row.kind, row.type, row.rule, row.faction, occurrences[place],
                          tuple(marks[at : at + row.marks]), row.note)
                )  # fmt: skip
                at += row.marks
            logs.append(tuple(log))
        return logs
