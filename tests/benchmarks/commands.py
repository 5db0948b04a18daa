"""What whole commands cost: CPU time of all their processes, beside the kernel's own work on the same runs.

    python -m tests.benchmarks.commands [NAME ...]

In each of five rounds the kernel makes the runs in a process of its own, and then the command does all of its work with
an empty ledger; the ratio is taken round by round, and the median is given. One round before these fills the caches of
compiled code. Figures of two machines cannot be compared,
ratios can.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import Figure, table

CASE = Path("scenarios/lesotho-2014")
EARLIER = Path("tests/specimens/lesotho-2014/scenarios/lesotho-2014/status-quo.yaml")
STATUS_QUO, TALKS_HOLD = CASE / "status-quo.yaml", CASE / "talks-hold.yaml"
ROUNDS = 5
OWN = """
import sys, time
from pathlib import Path
from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.model.program import compile_model
taken = 0.0
for path in sys.argv[2:]:
    scenario = load_scenario(Path(path)).scenario
    engine = KernelEngine(compile_model(scenario.model), scenario, 1, thorough=True)
    engine.make(range(2500))
    start = time.process_time()
    for first in range(0, int(sys.argv[1]), 2500):
        engine.make(range(first, min(first + 2500, int(sys.argv[1]))))
    taken += time.process_time() - start
print(taken)
"""


def cpu(command: list[str]) -> float:
    """Return the CPU seconds of all processes of a command. Raise RuntimeError, with what it said, if it fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode('utf-8', 'replace')[-2000:]}")
    return used.ru_utime + used.ru_stime


def own(runs: int, *paths: Path) -> float:
    """Return the CPU seconds that the kernel itself takes for the first runs of scenarios."""
    command = [sys.executable, "-c", OWN, str(runs), *map(str, paths)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def sim(*arguments: object, ledger: Path) -> float:
    """Return the CPU seconds of `sim` with these arguments and this ledger."""
    return cpu([sys.executable, "-m", "sim", *map(str, arguments), "--ledger", str(ledger)])


@dataclass(frozen=True, slots=True)
class Compared:
    """A command on runs, beside the kernel's own work on them; `goal` is the most times that work that it may cost."""

    what: str
    goal: float
    runs: int
    paths: tuple[Path, ...]
    arguments: tuple[object, ...]

    def figures(self) -> Iterator[Figure]:
        ratios, mine, theirs = [], [], []
        for number in range(ROUNDS + 1):
            with tempfile.TemporaryDirectory() as folder:
                theirs.append(own(self.runs, *self.paths))
                mine.append(sim(*self.arguments, ledger=Path(folder)))
            ratios.append(mine[-1] / theirs[-1])
            if number == 0:
                ratios, mine, theirs = [], [], []
        made = self.runs * len(self.paths)
        yield Figure(f"{self.what}: beside the kernel's own", statistics.median(ratios), "times", self.goal)
        yield Figure(f"{self.what}: the kernel's own", statistics.median(theirs) / made * 1e6, "µs a run")
        yield Figure(f"{self.what}: all processes", statistics.median(mine) / made * 1e6, "µs a run")


@dataclass(frozen=True, slots=True)
class Timed:
    """A command beside nothing: `goal` is the most CPU seconds that it may take; `again`, that its runs are there."""

    what: str
    goal: float
    arguments: tuple[object, ...]
    again: bool = False

    def figures(self) -> Iterator[Figure]:
        taken = []
        with tempfile.TemporaryDirectory() as kept:
            for number in range(ROUNDS + 1):
                with tempfile.TemporaryDirectory() as folder:
                    taken.append(sim(*self.arguments, ledger=Path(kept if self.again else folder)))
                if number == 0:
                    taken = []
        yield Figure(self.what, statistics.median(taken), "s", self.goal)


def _run(path: Path, runs: int, *more: object) -> tuple[object, ...]:
    return ("run", path, "--runs", runs, *more)


FOLDER = ("compare", CASE, "--runs", 1000)
COMMANDS: dict[str, Compared | Timed] = {
    "outcomes": Compared("outcomes kept, 1,000,000 runs", 1.6, 1_000_000, (STATUS_QUO,),
                         _run(STATUS_QUO, 1_000_000, "--keep", "outcomes")),
    "earlier": Compared("outcomes kept, 1,000,000 runs of the earlier Lesotho", 1.6, 1_000_000, (EARLIER,),
                        _run(EARLIER, 1_000_000, "--keep", "outcomes")),
    "full": Compared("every event kept, 100,000 runs", 2.5, 100_000, (STATUS_QUO,),
                     _run(STATUS_QUO, 100_000, "--keep", "full")),
    "pairs": Compared("two scenarios compared, 100,000 pairs", 3.0, 100_000, (STATUS_QUO, TALKS_HOLD),
                      ("compare", STATUS_QUO, TALKS_HOLD, "--runs", 100_000)),
    "folder": Timed("all scenarios of Lesotho compared, 1,000 pairs each", 2.5, FOLDER),
    "again": Timed("the same once more, from the ledger", 1.5, FOLDER, again=True),
}  # fmt: skip


def figures(names: Sequence[str]) -> Iterator[Figure]:
    """Yield the figures of some of the commands, of all if none is named."""
    for name in names or COMMANDS:
        yield from COMMANDS[name].figures()


if __name__ == "__main__":
    table(figures(sys.argv[1:]))
