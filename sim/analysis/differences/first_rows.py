"""The first rows in which runs of two tables differ, for all pairs at once.

Rows that change no state are passed over, and so are changes and scheduled events that one scenario alone assumes: up
to the first difference they stand between rows that both runs have. `alignment` does the same with one pair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim.analysis.alignment import STEPS, Key
from sim.model.event_table import Category, EventTable
from sim.model.replay import CHANGING
from sim.statistics.arrays import Bools

Places: TypeAlias = npt.NDArray[np.int64]
NOWHERE = -1
WINDOW = 16  # rows of each run that are compared at first


@dataclass(frozen=True, eq=False)
class StepRows:
    """The rows of a table that may be a first difference: run i's are `rows[first[i]:first[i + 1]]`.

    `last` has each run's last row that is a step of an alignment, those that are passed over included; NOWHERE if none.
    """

    table: EventTable
    rows: Places
    first: Places
    last: Places

    @staticmethod
    def of(table: EventTable, assumed: Mapping[Key, int]) -> "StepRows":
        """Return those of a table whose scenario alone has the events `assumed`."""
        is_step = np.array([one.kind in STEPS for one in table.categories], np.bool_)
        steps = np.flatnonzero(is_step[table.codes])
        starts = np.asarray(table.starts, np.int64)
        ends = np.searchsorted(steps, starts[1:])
        last = np.full(len(ends), NOWHERE)
        some = ends > np.searchsorted(steps, starts[:-1])
        last[some] = steps[ends[some] - 1]
        kept = _kept(table, steps, [key for key, count in assumed.items() if count > 0])
        rows = steps[kept]
        return StepRows(table, rows, np.searchsorted(rows, starts), last)

    @property
    def lengths(self) -> Places:
        """How many of them each run has."""
        return np.diff(self.first)

    def at(self, numbers: Places) -> Places:
        """Return the rows that have these numbers among their runs' own; NOWHERE where a run has not so many."""
        found = np.full(len(numbers), NOWHERE)
        there = numbers < self.lengths
        found[there] = self.rows[self.first[:-1][there] + numbers[there]]
        return found

    def happened(self, runs: Places, numbers: Places, bits: Places) -> Places:
        """Return, for some runs, the bits of the categories of so many of their rows, from the first on, in one number.

        `bits` are those of each category, in a line for each number that they fill: so is what is returned.
        """
        some = np.flatnonzero(numbers > 0)
        lengths = numbers[some]
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1]) if len(ends) else 0)
        places += np.repeat(self.first[runs[some]] - ends + lengths, lengths)
        codes = self.table.codes[self.rows[places]]
        found = np.zeros((len(bits), len(runs)), np.int64)
        for line, own in zip(found, bits, strict=True):
            if len(some):
                line[some] = np.bitwise_or.reduceat(own[codes], ends - lengths)
        return found


def _kept(table: EventTable, steps: Places, assumed: Sequence[Key]) -> Bools:
    """Return which steps are not passed over."""
    counts = np.array([one.kind in CHANGING for one in table.categories], np.bool_)
    codes = table.codes[steps]
    kept: Bools = counts[codes]
    for time, event, marks in assumed:
        alike = [one.kind == "scheduled" and (one.type, one.marks) == (event, len(marks)) for one in table.categories]
        places = np.flatnonzero(np.array(alike, np.bool_)[codes])
        rows = steps[places]
        same = table.times[rows] == time
        for number, mark in enumerate(marks):
            same &= table.marks[table.offsets[rows] + number] == mark
        kept[places[same]] = False
    return kept


def numbered(tables: Sequence[EventTable]) -> list[Places]:
    """Number the categories of two tables, so that rows of one event have one number in both."""
    known: dict[tuple[object, ...], int] = {}
    return [
        np.array([known.setdefault(_event(one), len(known)) for one in table.categories], np.int64) for table in tables
    ]


def _event(category: Category) -> tuple[object, ...]:
    return category.kind, category.type, category.rule, category.marks


def first_numbers(one: StepRows, other: StepRows) -> Places:
    """Return for each pair the number, among the rows of both, of the first in which they are not the same.

    It is the number of rows of both where there is none.
    """
    lengths = np.minimum(one.lengths, other.lengths)
    found: Places = lengths.copy()
    keys = numbered((one.table, other.table))
    left, low, width = np.flatnonzero(lengths > 0), 0, WINDOW
    while len(left):
        numbers = np.arange(low, low + width)
        there = numbers < lengths[left][:, None]
        rows = [side.rows[np.minimum(side.first[left][:, None] + numbers, len(side.rows) - 1)] for side in (one, other)]
        differ = there & ~_same((one.table, other.table), keys, rows, there)
        part = differ.any(axis=1)
        found[left[part]] = low + differ[part].argmax(axis=1)
        low, width = low + width, 2 * width
        left = left[~part]
        left = left[lengths[left] > low]
    return found


def _same(tables: Sequence[EventTable], keys: Sequence[Places], rows: Sequence[Places], there: Bools) -> Bools:
    """Return which rows of one table are the same events as rows of the other, where there are any."""
    one, other = tables
    codes = one.codes[rows[0]]
    same: Bools = keys[0][codes] == keys[1][other.codes[rows[1]]]
    same &= one.times[rows[0]] == other.times[rows[1]]
    same &= one.occurrences[rows[0]] == other.occurrences[rows[1]]
    counts = np.array([each.marks if each.kind in CHANGING else 0 for each in one.categories], np.int64)
    for number in range(int(counts.max())):
        marked = np.nonzero((counts > number)[codes] & same & there)
        mine, theirs = (
            table.marks[table.offsets[side[marked]] + number] for table, side in zip(tables, rows, strict=True)
        )
        same[marked] = mine == theirs
    return same
