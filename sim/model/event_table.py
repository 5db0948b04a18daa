"""The events of consecutive runs in columns: the one form that engines make, the ledger keeps and the analysis reads.

How the columns lie on disk is up to `sim.ledger`; what the runs come to, to `sim.analysis`. NumPy is imported when it
is used: commands that only ask what a ledger holds do not wait for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, pairwise, starmap
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sim.model.event import KEPT, Event, Kind, Log

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[np.integer]
    Floats: TypeAlias = NDArray[np.float64]


class Category(NamedTuple):
    """What events with one code have in common: their texts, and how many marks each has."""

    kind: Kind
    type: str
    rule: str = ""
    faction: str = ""
    note: str = ""
    marks: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class EventTable:
    """Consecutive runs, one row an event.

    Run `first` + i has the rows `starts[i]` to `starts[i + 1]` - 1. `codes` are places in `categories`. `numbers` are
    the events' numbers in their runs; None where no row is left out, so that they are 0, 1, 2, ... The last row of a
    run is always there. `times` count from the model's origin. The `marks` of all rows
    stand one after another, as many of a row as its category says. `measures` have a line for each run as
    `sim.model.measures` gives them, NaN where there is none; None if they are not measured. Times, marks and measures
    are float64, `starts` int32 or int64, the other columns int32.
    """

    first: int
    starts: "Integers"
    codes: "Integers"
    categories: Sequence[Category]
    times: "Floats"
    occurrences: "Integers"
    marks: "Floats"
    numbers: "Integers | None" = None
    measures: "Floats | None" = None

    @property
    def runs(self) -> range:
        """The numbers of the runs."""
        return range(self.first, self.first + len(self.starts) - 1)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.starts[-1])

    @property
    def sizes(self) -> "Integers":
        """How many events each run has, also where rows are left out."""
        import numpy as np

        return np.diff(self.starts) if self.numbers is None else self.numbers[self.starts[1:] - 1] + 1

    @cached_property
    def sequences(self) -> "Integers":
        """The events' numbers in their runs: int32."""
        import numpy as np

        if self.numbers is not None:
            return self.numbers
        return np.arange(self.rows, dtype=np.int32) - np.repeat(self.starts[:-1].astype(np.int32), self.sizes)

    @property
    def values(self) -> int:
        """How many events, marks and measures there are: what bounds a table's memory."""
        return self.rows + len(self.marks) + (0 if self.measures is None else self.measures.size)

    @cached_property
    def offsets(self) -> "Integers":
        """Where each row's marks begin, and at the end how many marks there are: int64."""
        import numpy as np

        ends = np.zeros(len(self.codes) + 1, np.int64)
        np.cumsum(self.counts, out=ends[1:])
        return ends

    @cached_property
    def mark_starts(self) -> "Integers":
        """Where each run's marks begin, and at the end how many marks there are: int64."""
        import numpy as np

        if not len(self.starts) > 1 or not np.all(np.diff(self.starts)):  # what `reduceat` is not for
            return self.offsets[self.starts]
        ends = np.zeros(len(self.starts), np.int64)
        np.cumsum(np.add.reduceat(self.counts, self.starts[:-1], dtype=np.int64), out=ends[1:])
        return ends

    @property
    def counts(self) -> "Integers":
        """How many marks each row has: int32."""
        import numpy as np

        return np.array([category.marks for category in self.categories], np.int32)[self.codes]

    @cached_property
    def outcomes(self) -> "EventTable":
        """The same runs with the rows alone that are kept where logs are not: those of the kinds `KEPT`."""
        import numpy as np

        kept = np.array([category.kind in KEPT for category in self.categories], bool)
        if kept.all():
            return self
        rows = np.flatnonzero(kept[self.codes])
        starts = np.searchsorted(rows, self.starts)
        if self.numbers is None:
            numbers: Integers = (rows - np.repeat(self.starts[:-1], np.diff(starts))).astype(np.int32)
        else:
            numbers = self.numbers[rows]
        codes = self.codes[rows]
        return EventTable(
            first=self.first,
            starts=starts,
            codes=codes,
            categories=self.categories,
            times=self.times[rows],
            occurrences=self.occurrences[rows],
            marks=self.marks[self._marks_of(rows, codes)],
            numbers=numbers,
            measures=self.measures,
        )

    def _marks_of(self, rows: "Integers", codes: "Integers") -> "Integers":
        """Return where the marks of some rows, which have these codes, stand."""
        import numpy as np

        counts = np.array([category.marks for category in self.categories], np.int64)[codes]
        marked = np.flatnonzero(counts)
        only_first = len(marked) == len(self.runs) and np.array_equal(rows[marked], self.starts[:-1])
        begins = self.mark_starts[:-1] if only_first else self.offsets[rows[marked]]
        counts = counts[marked]
        before = np.cumsum(counts) - counts
        return np.repeat(begins - before, counts) + np.arange(counts.sum())

    def logs(self, places: Iterable[int] | None = None) -> Iterator[Log]:
        """Give the logs of all runs, or of those at some places, one by one. No row of them may be left out."""
        texts = [[category[index] for category in self.categories] for index in range(5)]
        bounds = self.starts.tolist()
        for start, end in pairwise(bounds) if places is None else ((bounds[at], bounds[at + 1]) for at in places):
            codes, marks = self.codes[start:end].tolist(), self.offsets[start : end + 1]
            values, edges = self.marks[marks[0] : marks[-1]].tolist(), (marks - marks[0]).tolist()
            kind, type_, rule, faction, note = (map(column.__getitem__, codes) for column in texts)
            columns = (self.sequences, self.times, self.occurrences)
            sequences, times, occurrences = (column[start:end].tolist() for column in columns)
            own = [tuple(values[low:high]) for low, high in pairwise(edges)]
            yield tuple(map(Event, sequences, times, kind, type_, rule, faction, occurrences, own, note))

    def piece(self, low: int, high: int) -> "EventTable":
        """Return the runs from the `low`-th until before the `high`-th.

        The categories are those that the piece uses, in the order in which it first does. So the same runs give the
        same piece, however their categories were numbered.
        """
        part = self.part(low, high)
        codes, used = renumbered(part.codes, len(self.categories))
        return replace(part, codes=codes, categories=[self.categories[code] for code in used])

    def part(self, low: int, high: int) -> "EventTable":
        """Return the runs from the `low`-th until before the `high`-th, with all categories and no copy of a row."""
        start, end = self.starts[low], self.starts[high]
        return EventTable(
            first=self.first + low,
            starts=self.starts[low : high + 1] - start,
            codes=self.codes[start:end],
            categories=self.categories,
            times=self.times[start:end],
            occurrences=self.occurrences[start:end],
            marks=self.marks[self.mark_starts[low] : self.mark_starts[high]],
            numbers=None if self.numbers is None else self.numbers[start:end],
            measures=None if self.measures is None else self.measures[low:high],
        )


def renumbered(codes: "Integers", count: int) -> "tuple[Integers, list[int]]":
    """Number codes below `count` in the order in which they first come; return which they were, too."""
    import numpy as np

    rows = len(codes)
    place = np.full(count, rows)
    place[codes[::-1]] = np.arange(rows - 1, -1, -1)  # of several rows with one code the first is written last
    used = np.flatnonzero(place < rows)
    order = used[np.argsort(place[used])]
    renamed = np.empty(count, np.int32)
    renamed[order] = np.arange(len(order), dtype=np.int32)
    return renamed[codes], order.tolist()


def table_of(first: int, logs: Sequence[Log], measures: "Floats | None" = None) -> EventTable:
    """Lay out logs of runs that are numbered from `first`."""
    import numpy as np

    rows = list(chain.from_iterable(logs))
    known: dict[tuple[Kind, str, str, str, str, int], int] = {}
    codes = [
        known.setdefault((row.kind, row.type, row.rule, row.faction, row.note, len(row.marks)), len(known))
        for row in rows
    ]
    return EventTable(
        first=first,
        starts=np.array([0, *accumulate(map(len, logs))], np.int64),
        codes=np.array(codes, np.int32),
        categories=list(starmap(Category, known)),
        times=np.array([row.time for row in rows], np.float64),
        occurrences=np.array([row.occurrence for row in rows], np.int32),
        marks=np.array(list(chain.from_iterable(row.marks for row in rows)), np.float64),
        numbers=np.array([row.sequence for row in rows], np.int32),
        measures=measures,
    )


def joined(tables: Sequence[EventTable]) -> EventTable:
    """Return runs in one table that stand in several, one at least, each going on where the one before it ends."""
    import numpy as np

    if len(tables) == 1:
        return tables[0]
    known: dict[Category, int] = {}
    codes = [
        np.array([known.setdefault(category, len(known)) for category in table.categories], np.int32)[table.codes]
        for table in tables
    ]
    before = [0, *accumulate(table.rows for table in tables)]
    measures = [table.measures for table in tables if table.measures is not None]
    left_out = any(table.numbers is not None for table in tables)
    return EventTable(
        first=tables[0].first,
        starts=np.concatenate([[0], *(table.starts[1:] + rows for table, rows in zip(tables, before, strict=False))]),
        codes=np.concatenate(codes),
        categories=list(known),
        times=np.concatenate([table.times for table in tables]),
        occurrences=np.concatenate([table.occurrences for table in tables]),
        marks=np.concatenate([table.marks for table in tables]),
        numbers=np.concatenate([table.sequences for table in tables]) if left_out else None,
        measures=np.concatenate(measures) if len(measures) == len(tables) else None,
    )


def until_enough(tables: Iterable[EventTable], enough: int, measures: int) -> list[EventTable]:
    """Take tables up to the run with which they have `enough` values: events, marks, and so many measures a run."""
    import numpy as np

    taken: list[EventTable] = []
    for table in tables:
        values = np.diff(table.starts + table.mark_starts) + measures
        sums = np.cumsum(values)
        runs = int(np.searchsorted(sums, enough)) + 1
        taken.append(table.piece(0, runs) if runs < len(sums) else table)
        if runs <= len(sums):
            break
        enough -= int(sums[-1])
    return taken
