"""The race: tools make runs of a process in turn, in CPU time, and each must meet the known answers."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import ceil

from tests.benchmarks.peers.processes import Process
from tests.benchmarks.peers.timing import timed
from tests.benchmarks.peers.tools import Maker, Run, Tool

OURS = ("sim", "simpy")
PEERS = ("salabim", "mesa", "ciw", "gillespy2", "roadrunner")

ROUNDS = 7
SECONDS = 0.25  # about how long a tool's turn in a round is
FEWEST = 20  # runs in all rounds together, for the answers
ERRORS = 6.0  # standard errors; a right tool misses by more less than once in 100,000, with 20 runs


@dataclass(frozen=True)
class Line:
    """A tool's result: CPU seconds until it was ready, first and again; events per CPU second, a round each; runs."""

    tool: Tool
    ready: tuple[float, float]
    rates: Sequence[float]
    runs: Sequence[Run]


def tools(names: Iterable[str]) -> tuple[list[Tool], dict[str, str]]:
    """Return the tools of the named modules that are there, and why others are not."""
    found: list[Tool] = []
    absent: dict[str, str] = {}
    for name in names:
        try:
            found += import_module(f"tests.benchmarks.peers.with_{name}").TOOLS
        except ImportError as error:
            absent[name] = str(error)
    return found, absent


def race(process: Process, entered: Iterable[Tool], rounds: int = ROUNDS) -> tuple[list[Line], dict[str, str]]:
    """Return a line for each tool that can make the process, and why others did not start."""
    started: list[tuple[Tool, Maker, tuple[float, float], int]] = []
    absent: dict[str, str] = {}
    for tool in entered:
        if ready := tool.ready.get(process.name):
            try:
                first, maker = timed(ready)
                again, maker = timed(ready)
                started.append((tool, maker, (first, again), max(turn(maker), ceil(FEWEST / rounds))))
            except Exception as error:  # noqa: BLE001 - whatever a tool says when it does not run
                absent[tool.name] = (str(error) or type(error).__name__).splitlines()[0]
    rates: list[list[float]] = [[] for _ in started]
    runs: list[list[Run]] = [[] for _ in started]
    for number in range(rounds):
        for place, (_, maker, _, size) in enumerate(started):
            seconds, made = timed(maker.make, range(number * size, (number + 1) * size))
            new = maker.look(made)
            rates[place].append(events(process, new) / seconds)
            runs[place] += new
    lines = [Line(tool, ready, rates[place], runs[place]) for place, (tool, _, ready, _) in enumerate(started)]
    for line in lines:
        check(process, line.tool.name, line.runs)
    return lines, absent


def events(process: Process, runs: Sequence[Run]) -> float:
    """Return how many events runs had; where a tool does not say, how many they have in the mean."""
    return sum(process.events if run.events is None else run.events for run in runs)


def check(process: Process, name: str, runs: Sequence[Run]) -> None:
    """Assert that runs have the mean number of events and the mean end that the process has."""
    counts = [run.events for run in runs if run.events is not None]
    if counts:
        mean, error = statistics.mean(counts), statistics.stdev(counts) / len(counts) ** 0.5
        off = f"{name}, {process.name}: {mean:g} events, not {process.events:g}"
        assert abs(mean - process.events) < ERRORS * error, off
    mean, error = at_the_end(process, runs)
    assert abs(mean - process.last) < ERRORS * error, f"{name}, {process.name}: {mean:g} left, not {process.last:g}"


def at_the_end(process: Process, runs: Sequence[Run]) -> tuple[float, float]:
    """Return the mean count at the end, and its standard error."""
    return statistics.mean(run.last for run in runs), process.spread / len(runs) ** 0.5


def turn(maker: Maker) -> int:
    """Return how many runs take about `SECONDS`."""
    size, seconds = 1, timed(maker.make, range(1))[0]
    while seconds < SECONDS / 4:
        size *= 2
        seconds = timed(maker.make, range(size))[0]
    return max(1, round(size * SECONDS / seconds))
