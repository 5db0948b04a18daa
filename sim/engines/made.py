"""Runs as an engine made them, in columns: one row an event, and what rows of one kind have in common said once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.model.event import Event, Log

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Events, marks and measures with which runs are made no further in one piece: some 200 MB where they are worked on. A
# piece has one run more than would fit, so its bound is this and what one run has.
ENOUGH = 1 << 20


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
    rows stand one after another, as many as their codes say. `measures` has a line a run, as `sim.model.measures` gives
    them. `lengths` has how many events each run has, where not all of their rows are here; else None.
    """

    first: int
    starts: Ints
    codes: npt.NDArray[np.int32]
    times: Floats
    occurrences: npt.NDArray[np.int32]
    marks: Floats
    measures: Floats
    rows: Sequence[Row]
    lengths: Ints | None = None

    @property
    def sizes(self) -> Ints:
        """How many events each run has, also where not all of their rows are here."""
        return np.diff(self.starts) if self.lengths is None else self.lengths

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


def until_enough(logs: Iterable[Log], measures: int, enough: int) -> list[Log]:
    """Take logs of runs that have so many measures, up to the one with which they have enough events and values."""
    found, size = [], 0
    for log in logs:
        found.append(log)
        size += len(log) + sum(len(event.marks) for event in log) + measures
        if size >= enough:
            break
    return found


def joined(pieces: Sequence[Made]) -> Made:
    """Return runs in one piece that stand in several, one after another."""
    if len(pieces) == 1:
        return pieces[0]
    whole = np.concatenate
    above = np.cumsum([0, *(len(piece.rows) for piece in pieces)])
    rows_before = np.cumsum([0, *(piece.starts[-1] for piece in pieces)])
    return Made(
        pieces[0].first,
        whole([[0], *(piece.starts[1:] + before for piece, before in zip(pieces, rows_before, strict=False))]),
        whole([piece.codes + np.int32(before) for piece, before in zip(pieces, above, strict=False)]),
        whole([piece.times for piece in pieces]),
        whole([piece.occurrences for piece in pieces]),
        whole([piece.marks for piece in pieces]),
        whole([piece.measures for piece in pieces]),
        [row for piece in pieces for row in piece.rows],
        whole([piece.sizes for piece in pieces]) if pieces[0].lengths is not None else None,
    )
