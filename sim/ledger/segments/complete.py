"""What makes a table of runs fit to be kept: its columns fit each other, and each run is whole, from start to end."""

from dataclasses import replace
from typing import get_args

import numpy as np

from sim.model.event import Kind
from sim.model.event_table import EventTable

_BEGINS, _ENDS, _MIDDLE, _NOWHERE = range(4)  # where in a run an event may be
_PLACES = dict.fromkeys(get_args(Kind), _MIDDLE) | {
    "documented": _NOWHERE, "started": _BEGINS, "ended": _ENDS, "failed": _ENDS,
}  # fmt: skip


def check_complete(table: EventTable) -> None:
    """Assert that a table holds whole runs: each from its start to its end, in order, nothing left out."""
    _check_shape(table)
    starts, sizes = table.starts, np.diff(table.starts)
    short = np.flatnonzero(sizes < 2)
    if len(short):
        run, events = table.first + short[0], sizes[short[0]]
        raise AssertionError(f"run {run} has {events} events: a log begins with 'started' and has an end")
    allowed = np.array([_PLACES[category.kind] for category in table.categories], np.int8)[table.codes]
    begins, ends, middle = (allowed == place for place in (_BEGINS, _ENDS, _MIDDLE))
    middle[starts[:-1]] = middle[starts[1:] - 1] = True  # no middle is wanted there; what is, is looked at by itself
    for place, right, finding in (
        (starts[:-1], begins[starts[:-1]], "begins with '{}', not with 'started'"),
        (starts[1:] - 1, ends[starts[1:] - 1], "closes with '{}': it has no end"),
        (None, middle, "has '{}' between its start and its end"),
    ):
        for index in np.flatnonzero(~right)[:1]:
            row = index if place is None else place[index]
            raise AssertionError(f"run {_run_of(table, row)} {finding.format(table.categories[table.codes[row]].kind)}")
    right = replace(table, numbers=None).sequences if table.numbers is not None else None
    for row in np.flatnonzero(table.numbers != right)[:1] if right is not None else ():
        start = starts[_run_of(table, row) - table.first]
        found = table.sequences[start : start + 10].tolist()
        raise AssertionError(f"run {_run_of(table, row)} is not numbered 0, 1, 2, ...: {found}")
    forward = table.times[1:] >= table.times[:-1]  # false, too, where one of them is NaN
    forward[starts[1:-1] - 1] = True
    for row in np.flatnonzero(~forward)[:1]:
        raise AssertionError(f"run {_run_of(table, row)} goes back in time")


def _check_shape(table: EventTable) -> None:
    rows, starts, codes = table.rows, table.starts, table.codes
    assert starts[0] == 0, f"the first run begins at row {starts[0]}, not at 0"
    assert np.all(np.diff(starts) >= 0), "the runs' first rows are not in order"
    lengths = {"time": table.times, "occurrence": table.occurrences, "code": codes}
    if table.numbers is not None:
        lengths["sequence"] = table.numbers
    for name, column in lengths.items():
        assert len(column) == rows, f"the column '{name}' has {len(column)} rows, and there are {rows} events"
    inside = not rows or 0 <= codes.min() <= codes.max() < len(table.categories)
    assert inside, "there are codes that stand for no category"
    assert all(category.marks >= 0 for category in table.categories), "a category has less than no marks"
    stated = table.mark_starts[-1]
    assert len(table.marks) == stated, f"there are {len(table.marks)} marks, and the categories state {stated}"
    for value in {text for category in table.categories for text in category[:5]}:
        lone = not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)
        assert not lone, f"{value!r} is not Unicode text"


def _run_of(table: EventTable, row: int) -> int:
    return table.first + int(np.searchsorted(table.starts, row, side="right")) - 1
