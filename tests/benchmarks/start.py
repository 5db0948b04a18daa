"""What commands take before and beside their work: CPU time in a warm cache, and the imports of a plain run.

    python -m tests.benchmarks.start

Each command is a process of its own, in a folder of its own, and its cache has all that it keeps. CPU time is user and
system time of all its processes, the median of a few turns; beside it stands the ratio to a process that only imports
NumPy, which holds on a slow machine as on a fast one. Of the imports the least of three is taken, as Python measures
them, with what each group of modules takes by itself. Nothing is measured while a module is compiled: Python's own
cache of compiled modules is filled first, in a folder of this benchmark's.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.figures import Figure, table

CASE = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
TURNS = 5
IMPORT_TURNS = 3
MOST_SHOWN = 16  # groups of modules
GOALS = {"sim check CASE": 0.5, "sim run A --runs 100": 0.5, "sim compare A B --runs 100": 0.7}  # seconds
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +(\S+)")


def commands(case: Path) -> Mapping[str, Sequence[str]]:
    """Return what is timed, by the names of the table."""
    one, other = str(case / "status-quo.yaml"), str(case / "talks-hold.yaml")
    sim = ("-m", "sim")
    return {
        "import numpy": ("-c", "import numpy"),
        "sim --help": (*sim, "--help"),
        "sim check CASE": (*sim, "check", str(case)),
        "sim run A --runs 100": (*sim, "run", one, "--runs", "100"),
        "sim run CASE --runs 100": (*sim, "run", str(case), "--runs", "100"),
        "sim compare A B --runs 100": (*sim, "compare", one, other, "--runs", "100"),
        "sim list": (*sim, "list"),
    }


class Bench:
    """A folder for the commands, with its caches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own = {"SIM_CACHE": str(folder / "cache"), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        self._around = {**os.environ, **own}
        self._around.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self, arguments: Sequence[str], *flags: str) -> str:
        """Run a command without a ledger of its runs, and return what Python says of its imports."""
        if "list" not in arguments:
            shutil.rmtree(self.folder / "ledger", ignore_errors=True)
        done = subprocess.run(
            [sys.executable, *flags, *arguments], cwd=self.folder, env=self._around, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        return done.stderr

    def cpu(self, arguments: Sequence[str]) -> float:
        """Return the CPU seconds of a command whose cache is warm."""
        self.run(arguments)
        found = []
        for _ in range(TURNS):
            before = os.times()
            self.run(arguments)
            after = os.times()
            found.append(after.children_user - before.children_user + after.children_system - before.children_system)
        return statistics.median(found)

    def imports(self, arguments: Sequence[str]) -> dict[str, float]:
        """Return the milliseconds that each module takes by itself as it is imported by a command."""
        self.run(arguments)
        turns = [imports_in(self.run(arguments, "-X", "importtime")) for _ in range(IMPORT_TURNS)]
        return {name: min(turn.get(name, took) for turn in turns) for name, took in turns[0].items()}


def imports_in(said: str) -> dict[str, float]:
    """Return the milliseconds of each module by itself in what Python says with `-X importtime`."""
    found = filter(None, map(_IMPORT.match, said.splitlines()))
    return {one[2]: int(one[1]) / 1000 for one in found}


def groups(imports: Mapping[str, float]) -> list[tuple[str, int, float]]:
    """Return the groups of modules, each with how many there are and their milliseconds: the most first."""
    took: dict[str, float] = defaultdict(float)
    many: Counter[str] = Counter()
    for name, milliseconds in imports.items():
        group = ".".join(name.split(".")[: 2 if name.startswith("sim.") else 1])
        took[group] += milliseconds
        many[group] += 1
    return [(group, many[group], milliseconds) for group, milliseconds in sorted(took.items(), key=lambda one: -one[1])]


def figures(_: Sequence[str]) -> Iterator[Figure]:
    """Yield the CPU seconds of each command, beside those of `import numpy`, and what a plain run imports."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        timed = {name: bench.cpu(arguments) for name, arguments in commands(CASE).items()}
        imported = groups(bench.imports(commands(CASE)["sim run A --runs 100"]))
    for name, seconds in timed.items():
        yield Figure(name, seconds, "s", GOALS.get(name))
        yield Figure(f"{name}, beside import numpy", seconds / timed["import numpy"], "times")
    shown, rest = imported[:MOST_SHOWN], imported[MOST_SHOWN:]
    others = ("all others", sum(one[1] for one in rest), sum(one[2] for one in rest))
    for group, many, took in (*shown, others):
        yield Figure(f"imports of sim run A --runs 100: {group} ({many} modules)", took, "ms")


if __name__ == "__main__":
    table(figures(()))
