"""What a tool is to the race: a name, what it records, and for each process a way to make runs of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.benchmarks.peers.processes import Process


class Run(NamedTuple):
    """What a made run is asked: how many events it had, and the count at its end; None where the tool does not say."""

    events: int | None
    last: float


@dataclass(frozen=True)
class Maker:
    """A tool made ready for one process: `make`, which is timed, makes runs; `look`, which is not, reads them."""

    make: Callable[[range], Any]
    look: Callable[[Any], list[Run]]


@dataclass(frozen=True)
class Tool:
    """A tool. `ready` has, by a process's name, what makes the tool ready for it, compiling and all.

    `records` says what is there after a run.
    """

    name: str
    records: str
    ready: Mapping[str, Callable[[], Maker]]


# An event as one writes it down by hand: when, and what.
Entry = tuple[float, str]


def logging(process: Process, run: Callable[[int], Sequence[Entry]]) -> Callable[[], Maker]:
    """Return what makes ready a tool that makes one run at a time, by its number, and keeps a log by hand."""

    def look(logs: list[Sequence[Entry]]) -> list[Run]:
        return [counted(process, [name for _, name in log]) for log in logs]

    return lambda: Maker(lambda runs: [run(number) for number in runs], look)


def counted(process: Process, names: Sequence[str]) -> Run:
    """Read a run from the names of its events, among which there may be others."""
    ups, downs = names.count(process.up), names.count(process.down)
    return Run(ups + downs, ups - downs)
