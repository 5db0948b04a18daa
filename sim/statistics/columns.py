"""Columns of numbers that are made or read when they are asked for: of a million runs few need be in memory at a time.

`ColumnStore` has columns that grow, in memory while they are small, else in a temporary file. `Columns` is how they, or
what is made of them, are looked at. What the columns mean is up to who has them.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import BinaryIO
from weakref import finalize

import numpy as np

from sim.statistics.arrays import Floats

MOST_HELD = 1 << 24  # bytes that a store's columns take in memory at most
BLOCK = 1 << 15  # entries of a column that stand side by side in a file
_SIZE = 8  # bytes of an entry


class Columns(Mapping[str, Floats]):
    """Columns by name, each of which is made whenever it is asked for."""

    def __init__(self, names: Iterable[str], column: Callable[[str], Floats]) -> None:
        self._names = dict.fromkeys(names)
        self._column = column

    def __getitem__(self, name: str) -> Floats:
        if name not in self._names:
            raise KeyError(name)
        return self._column(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[type[dict[str, Floats]], tuple[dict[str, Floats]]]:
        return dict, (dict(self),)


class ColumnStore:
    """Columns of floats by name, with `room` for so many entries at first. Nothing stands in an entry until it is put.

    Where the system has no room for a file, or no way to write at a place in it, all stays in memory.
    """

    def __init__(self, names: Sequence[str], room: int) -> None:
        self._places = {name: place for place, name in enumerate(names)}
        self._held = np.empty((len(names), 0))
        self._file: BinaryIO | None = None
        self._stop = 0  # how many entries the file has
        self._in_memory = not hasattr(os, "pwrite") or not names
        self._grow(room)

    def put(self, first: int, columns: Mapping[str, Floats]) -> None:
        """Put in entries from `first` on, of all columns the same."""
        stop = first + len(next(iter(columns.values()), ()))
        if self._file is None and stop > self._held.shape[1]:
            self._grow(max(stop, 2 * self._held.shape[1]))
        if self._file is not None:
            try:
                for name, place in self._places.items():
                    self._write(place, first, np.ascontiguousarray(columns[name], np.float64))
            except OSError:
                self._take_back(stop)
            else:
                self._stop = max(self._stop, stop)
                return
        for name, place in self._places.items():
            self._held[place, first:stop] = columns[name]

    def columns(self, first: int, stop: int) -> Columns:
        """Return the columns' entries from `first` to `stop` - 1."""
        return Columns(self._places, lambda name: self._entries(self._places[name], first, stop))

    def _entries(self, place: int, first: int, stop: int) -> Floats:
        if self._file is None:
            return self._held[place, first:stop]
        found = np.empty(stop - first)
        for at, part in self._parts(place, first, found):
            os.preadv(self._file.fileno(), [part], at)
        return found

    def _grow(self, room: int) -> None:
        before = self._held
        if not self._in_memory and _SIZE * len(self._places) * room > MOST_HELD:
            try:
                self._file = TemporaryFile()  # noqa: SIM115 - it is closed with this object
                finalize(self, self._file.close)
                for place, column in enumerate(before):
                    self._write(place, 0, column)
            except OSError:
                self._file, self._in_memory = None, True
            else:
                self._held, self._stop = np.empty((len(self._places), 0)), before.shape[1]
                return
        self._held = np.empty((len(self._places), room))
        self._held[:, : before.shape[1]] = before

    def _take_back(self, room: int) -> None:
        """Go on in memory: the file takes no more."""
        held = np.empty((len(self._places), max(room, self._stop)))
        for place, column in enumerate(held):
            column[: self._stop] = self._entries(place, 0, self._stop)
        self._held, self._file, self._in_memory = held, None, True

    def _write(self, place: int, first: int, values: Floats) -> None:
        assert self._file is not None, "it is written where there is a file"
        for at, part in self._parts(place, first, values):
            done = 0
            while done < len(part):
                done += os.pwrite(self._file.fileno(), part[done:], at + done)

    def _parts(self, place: int, first: int, values: Floats) -> Iterator[tuple[int, memoryview]]:
        """Cut a column's entries from `first` on as they stand in the file: where each part begins there, its bytes."""
        count, stop = len(self._places), first + len(values)
        while first < stop:
            block, entry = divmod(first, BLOCK)
            until = min(stop, (block + 1) * BLOCK)
            at = _SIZE * ((block * count + place) * BLOCK + entry)
            piece = values[len(values) - (stop - first) : len(values) - (stop - until)]
            yield at, memoryview(piece.view(np.uint8))  # type: ignore[arg-type]
            first = until
