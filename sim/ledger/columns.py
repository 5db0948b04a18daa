"""Runs as columns: the form between logs, digests and Parquet, in plain Python arrays.

It also holds what makes a log complete. Digests are `digest`, files `writer` and `reader`.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from operator import le
from typing import get_args

from sim.ledger.schema import TEXTS
from sim.model.event import Event, Kind, Log

GROUP = 1 << 16  # events after which a row group is closed: bounds what a reader holds as objects

_MIDDLE = frozenset(get_args(Kind)) - {"documented", "started", "ended", "failed"}


@dataclass(frozen=True, slots=True)
class Texts:
    """One column of texts: a code for each row, and the distinct values that the codes point to."""

    codes: "array[int]"
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Consecutive whole runs, one row an event.

    `starts` has the first row of each run, and the number of rows at its end. The marks of row i are
    `marks[offsets[i] : offsets[i + 1]]`.
    """

    first: int
    starts: Sequence[int]
    sequence: "array[int]"
    time: "array[float]"
    occurrence: "array[int]"
    offsets: "array[int]"
    marks: "array[float]"
    texts: Mapping[str, Texts]

    @property
    def runs(self) -> range:
        return range(self.first, self.first + len(self.starts) - 1)

    @property
    def events(self) -> int:
        return self.starts[-1]


def check_complete(run: int, log: Log) -> None:
    """Assert that `log` is one whole run: from its start to its end, in order, nothing left out."""
    assert len(log) > 1, f"run {run} has {len(log)} events: a log begins with 'started' and has an end"
    assert log[0].kind == "started", f"run {run} begins with '{log[0].kind}', not with 'started'"
    assert log[-1].kind in ("ended", "failed"), f"run {run} closes with '{log[-1].kind}': it has no end"
    strange = {event.kind for event in log[1:-1]} - _MIDDLE
    assert not strange, f"run {run} has {sorted(strange)} between its start and its end"
    numbers = [event.sequence for event in log]
    assert numbers == list(range(len(log))), f"run {run} is not numbered 0, 1, 2, ...: {numbers[:10]}"
    times = [event.time for event in log]
    assert all(map(le, times, times[1:])), f"run {run} goes back in time"


def columns_of(first: int, logs: Sequence[Log]) -> Columns:
    """Lay out whole runs, numbered from `first`. A log that is not complete is an assertion."""
    for run, log in enumerate(logs, first):
        check_complete(run, log)
    rows = list(chain.from_iterable(logs))
    marks = [event.marks for event in rows]
    return Columns(
        first,
        [0, *accumulate(map(len, logs))],
        array("i", [event.sequence for event in rows]),
        array("d", [event.time for event in rows]),
        array("i", [event.occurrence for event in rows]),
        array("i", [0, *accumulate(map(len, marks))]),
        array("d", list(chain.from_iterable(marks))),
        {name: _texts([getattr(event, name) for event in rows]) for name in TEXTS},
    )


def grouped(first: int, logs: Sequence[Log]) -> Iterator[Columns]:
    """Lay out `logs` in pieces of whole runs, each of about `GROUP` events."""
    start = size = 0
    for index, log in enumerate(logs):
        size += len(log)
        if size >= GROUP or index + 1 == len(logs):
            yield columns_of(first + start, logs[start : index + 1])
            start, size = index + 1, 0


def logs_of(columns: Columns, runs: range) -> Iterator[tuple[int, Log]]:
    """Give the logs of those of `runs` that lie in `columns`, each with its run's number."""
    wanted = range(max(runs.start, columns.first), min(runs.stop, columns.runs.stop))
    for run in wanted:
        start, end = columns.starts[run - columns.first], columns.starts[run - columns.first + 1]
        marks = columns.marks[columns.offsets[start] : columns.offsets[end]].tolist()
        shift = columns.offsets[start]
        bounds = [offset - shift for offset in columns.offsets[start : end + 1]]
        kind, type_, rule, faction, note = (_rows(columns.texts[name], start, end) for name in TEXTS)
        yield (
            run,
            tuple(
                map(
                    Event,
                    columns.sequence[start:end],
                    columns.time[start:end],
                    kind,
                    type_,
                    rule,
                    faction,
                    columns.occurrence[start:end],
                    [tuple(marks[low:high]) for low, high in pairwise(bounds)],
                    note,
                )
            ),
        )


def _rows(texts: Texts, start: int, end: int) -> list[str]:
    values = texts.values
    return [values[code] for code in texts.codes[start:end]]


def _texts(rows: list[str]) -> Texts:
    codes = {value: code for code, value in enumerate(dict.fromkeys(rows))}
    for value in codes:
        assert not any("\ud800" <= letter <= "\udfff" for letter in value), f"{value!r} is not Unicode text"
    return Texts(array("i", [codes[value] for value in rows]), list(codes))
