"""What makes a table of runs fit to be kept: its columns fit each other, and each run is whole, from start to end."""

from collections.abc import Collection
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from sim.model.event import Kind
from sim.model.event_table import EventTable

_ENDS = ("ended", "failed")
_MIDDLE = frozenset(get_args(Kind)) - {"documented", "started", *_ENDS}


def check_complete(table: EventTable) -> None:
    """Assert that a table holds whole runs: each from its start to its end, in order, nothing left out."""
    _check_shape(table)
    starts, sizes = table.starts, np.diff(table.starts)
    short = np.flatnonzero(sizes < 2)
    if len(short):
        run, events = table.first + short[0], sizes[short[0]]
        raise AssertionError(f"run {run} has {events} events: a log begins with 'started' and has an end")
    begins, ends, middle = (_of_kinds(table, kinds) for kinds in (("started",), _ENDS, _MIDDLE))
    middle[starts[:-1]] = middle[starts[1:] - 1] = True  # no middle is wanted there; what is, is looked at by itself
    for place, right, finding in (
        (starts[:-1], begins[starts[:-1]], "begins with '{}', not with 'started'"),
        (starts[1:] - 1, ends[starts[1:] - 1], "closes with '{}': it has no end"),
        (None, middle, "has '{}' between its start and its end"),
    ):
        for index in np.flatnonzero(~right)[:1]:
            row = index if place is None else place[index]
            raise AssertionError(f"run {_run_of(table, row)} {finding.format(table.categories[table.codes[row]].kind)}")
    numbers = np.arange(table.rows) - np.repeat(starts[:-1], sizes)
    for row in np.flatnonzero(table.sequences != numbers)[:1]:
        start = starts[_run_of(table, row) - table.first]
        found = table.sequences[start : start + 10].tolist()
        raise AssertionError(f"run {_run_of(table, row)} is not numbered 0, 1, 2, ...: {found}")
    forward = table.times[1:] >= table.times[:-1]  # false, too, where one of them is NaN
    forward[starts[1:-1] - 1] = True
    for row in np.flatnonzero(~forward)[:1]:
        raise AssertionError(f"run {_run_of(table, row)} goes back in time")


def _of_kinds(table: EventTable, kinds: Collection[str]) -> NDArray[Any]:
    return np.array([category.kind in kinds for category in table.categories], bool)[table.codes]


def _check_shape(table: EventTable) -> None:
    rows, starts, codes = table.rows, table.starts, table.codes
    assert starts[0] == 0, f"the first run begins at row {starts[0]}, not at 0"
    assert np.all(np.diff(starts) >= 0), "the runs' first rows are not in order"
    lengths = {"sequence": table.sequences, "time": table.times, "occurrence": table.occurrences, "code": codes}
    for name, column in lengths.items():
        assert len(column) == rows, f"the column '{name}' has {len(column)} rows, and there are {rows} events"
    inside = not rows or 0 <= codes.min() <= codes.max() < len(table.categories)
    assert inside, "there are codes that stand for no category"
    assert all(category.marks >= 0 for category in table.categories), "a category has less than no marks"
    stated = table.offsets[-1]
    assert len(table.marks) == stated, f"there are {len(table.marks)} marks, and the categories state {stated}"
    for value in {text for category in table.categories for text in category[:5]}:
        lone = not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)
        assert not lone, f"{value!r} is not Unicode text"


def _run_of(table: EventTable, row: int) -> int:
    return table.first + int(np.searchsorted(table.starts, row, side="right")) - 1
