"""Runs as columns: the form between logs, digests and Parquet, in NumPy arrays.

It also holds what makes a log complete. Digests are `digest`, files `writer` and `reader`. NumPy is imported when it
is used: who only asks what a ledger holds need not wait for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, get_args

from sim.ledger.segments.schema import TEXTS
from sim.model.event import Event, Kind, Log

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[np.integer]
    Floats: TypeAlias = NDArray[np.float64]

GROUP = 1 << 16  # events after which a row group is closed: bounds what a reader holds as objects

_ENDS = ("ended", "failed")
_MIDDLE = frozenset(get_args(Kind)) - {"documented", "started", *_ENDS}


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """One column of texts: a code for each row (int32), and the distinct values that the codes point to."""

    codes: "Integers"
    values: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Consecutive whole runs, one row an event.

    `starts` has the first row of each run, and the number of rows at its end. `sequence` and `occurrence` are int32,
    `time` and `marks` float64. The marks of row i are `marks[offsets[i] : offsets[i + 1]]`; `starts` and `offsets`
    are int32 or int64. `texts` has the columns that `schema.TEXTS` names.
    """

    first: int
    starts: "Integers"
    sequence: "Integers"
    time: "Floats"
    occurrence: "Integers"
    offsets: "Integers"
    marks: "Floats"
    texts: Mapping[str, Texts]

    @property
    def runs(self) -> range:
        return range(self.first, self.first + len(self.starts) - 1)

    @property
    def events(self) -> int:
        return int(self.starts[-1])


def check_complete(columns: Columns) -> None:
    """Assert that `columns` holds whole runs: each from its start to its end, in order, nothing left out."""
    import numpy as np

    _check_shape(columns)
    starts, sizes = columns.starts, np.diff(columns.starts)
    short = np.flatnonzero(sizes < 2)
    if len(short):
        run, events = columns.first + short[0], sizes[short[0]]
        raise AssertionError(f"run {run} has {events} events: a log begins with 'started' and has an end")
    kinds = columns.texts["kind"]
    begins, ends, middle = (
        np.array([value in group for value in kinds.values], bool)[kinds.codes]
        for group in (("started",), _ENDS, _MIDDLE)
    )
    middle[starts[:-1]] = middle[starts[1:] - 1] = True  # no middle is wanted there; what is, is looked at by itself
    for place, right, finding in (
        (starts[:-1], begins[starts[:-1]], "begins with '{}', not with 'started'"),
        (starts[1:] - 1, ends[starts[1:] - 1], "closes with '{}': it has no end"),
        (None, middle, "has '{}' between its start and its end"),
    ):
        for index in np.flatnonzero(~right)[:1]:
            row = index if place is None else place[index]
            raise AssertionError(f"run {_run_of(columns, row)} {finding.format(kinds.values[kinds.codes[row]])}")
    numbers = np.arange(columns.events) - np.repeat(starts[:-1], sizes)
    for row in np.flatnonzero(columns.sequence != numbers)[:1]:
        start = starts[_run_of(columns, row) - columns.first]
        found = columns.sequence[start : start + 10].tolist()
        raise AssertionError(f"run {_run_of(columns, row)} is not numbered 0, 1, 2, ...: {found}")
    forward = columns.time[1:] >= columns.time[:-1]  # false, too, where one of them is no number
    forward[starts[1:-1] - 1] = True
    for row in np.flatnonzero(~forward)[:1]:
        raise AssertionError(f"run {_run_of(columns, row)} goes back in time")


def columns_of(first: int, logs: Sequence[Log]) -> Columns:
    """Lay out whole runs, numbered from `first`. A log that is not complete is an assertion."""
    import numpy as np

    rows = list(chain.from_iterable(logs))
    marks = [event.marks for event in rows]
    columns = Columns(
        first,
        np.array([0, *accumulate(map(len, logs))], np.int64),
        np.array([event.sequence for event in rows], np.int32),
        np.array([event.time for event in rows], np.float64),
        np.array([event.occurrence for event in rows], np.int32),
        np.array([0, *accumulate(map(len, marks))], np.int64),
        np.array(list(chain.from_iterable(marks)), np.float64),
        {name: _texts(list(map(attrgetter(name), rows))) for name in TEXTS},
    )
    check_complete(columns)
    return columns


def grouped(columns: Columns) -> Iterator[Columns]:
    """Cut `columns` into pieces of whole runs, each of about `GROUP` events.

    In each piece the values of a text are those that it uses, in the order in which it first does. So the same runs
    give the same pieces, whoever laid them out.
    """
    import numpy as np

    starts, low = columns.starts, 0
    while low + 1 < len(starts):
        high = min(int(np.searchsorted(starts, starts[low] + GROUP)), len(starts) - 1)
        yield piece(columns, low, high)
        low = high


def logs_of(columns: Columns, runs: range) -> Iterator[tuple[int, Log]]:
    """Give the logs of those of `runs` that lie in `columns`, each with its run's number."""
    wanted = range(max(runs.start, columns.first), min(runs.stop, columns.runs.stop))
    for run in wanted:
        start, end = columns.starts[run - columns.first : run - columns.first + 2].tolist()
        offsets = columns.offsets[start : end + 1]
        marks = columns.marks[offsets[0] : offsets[-1]].tolist()
        bounds = (offsets - offsets[0]).tolist()
        kind, type_, rule, faction, note = (_rows(columns.texts[name], start, end) for name in TEXTS)
        yield (
            run,
            tuple(
                map(
                    Event,
                    columns.sequence[start:end].tolist(),
                    columns.time[start:end].tolist(),
                    kind,
                    type_,
                    rule,
                    faction,
                    columns.occurrence[start:end].tolist(),
                    [tuple(marks[low:high]) for low, high in pairwise(bounds)],
                    note,
                )
            ),
        )


def _check_shape(columns: Columns) -> None:
    import numpy as np

    rows, starts, offsets = columns.events, columns.starts, columns.offsets
    assert starts[0] == 0, f"the first run begins at row {starts[0]}, not at 0"
    assert np.all(np.diff(starts) >= 0), "the runs' first rows are not in order"
    assert offsets[0] == 0, f"the first event's marks begin at {offsets[0]}, not at 0"
    assert np.all(np.diff(offsets) >= 0), "the events' first marks are not in order"
    lengths = {"sequence": columns.sequence, "time": columns.time, "occurrence": columns.occurrence}
    lengths |= {name: texts.codes for name, texts in columns.texts.items()}
    for name, column in lengths.items():
        assert len(column) == rows, f"the column '{name}' has {len(column)} rows, and there are {rows} events"
    assert len(offsets) == rows + 1, f"there are {len(offsets)} offsets of marks for {rows} events"
    assert len(columns.marks) == offsets[-1], f"there are {len(columns.marks)} marks, and {offsets[-1]} are told of"
    for name in TEXTS:
        codes, values = columns.texts[name].codes, columns.texts[name].values
        inside = not rows or 0 <= codes.min() <= codes.max() < len(values)
        assert inside, f"the column '{name}' has codes that stand for no text"
        for value in values:
            lone = not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)
            assert not lone, f"{value!r} is not Unicode text"


def _run_of(columns: Columns, row: int) -> int:
    import numpy as np

    return columns.first + int(np.searchsorted(columns.starts, row, side="right")) - 1


def piece(columns: Columns, low: int, high: int) -> Columns:
    """Take the runs from the `low`-th until before the `high`-th out of `columns`."""
    start, end = columns.starts[low], columns.starts[high]
    offsets = columns.offsets[start : end + 1]
    return Columns(
        columns.first + low,
        columns.starts[low : high + 1] - start,
        columns.sequence[start:end],
        columns.time[start:end],
        columns.occurrence[start:end],
        offsets - offsets[0],
        columns.marks[offsets[0] : offsets[-1]],
        {name: _used(texts.codes[start:end], texts.values) for name, texts in columns.texts.items()},
    )


def _used(codes: "Integers", values: Sequence[str]) -> Texts:
    """Leave out the values that no row has, and put the others in the order in which they first come."""
    import numpy as np

    rows = len(codes)
    place = np.full(len(values), rows)
    place[codes[::-1]] = np.arange(rows - 1, -1, -1)  # of several rows with one code the first is written last
    order = np.argsort(place, kind="stable")[: np.count_nonzero(place < rows)]
    renamed = np.empty(len(values), np.int32)
    renamed[order] = np.arange(len(order), dtype=np.int32)
    return Texts(renamed[codes], [values[code] for code in order.tolist()])


def _rows(texts: Texts, start: int, end: int) -> list[str]:
    values = texts.values
    return [values[code] for code in texts.codes[start:end].tolist()]


def _texts(rows: list[str]) -> Texts:
    import numpy as np

    codes = {value: code for code, value in enumerate(dict.fromkeys(rows))}
    return Texts(np.array([codes[value] for value in rows], np.int32), list(codes))
