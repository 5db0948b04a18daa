"""What does a cluster's driver pay for the runs that its workers make, how much memory does a worker take?

    python -m tests.benchmarks.cluster [WORKERS]

Real workers of Dask on this machine, two unless said otherwise, make runs of Lesotho's status quo with the kernel, and
runs of one die, which are the lightest that there are. CPU time of the driver is that of this process while runs are
recorded, without what the estimates take afterwards; the scheduler's and the workers' are those of their processes. The
quotient of a worker's and the driver's is how many workers keep one driver busy. Memory is the greatest resident set of
a worker so far. Each is measured three times, after a warm-up, in an empty ledger each time; the median is shown, and
the least and the greatest.
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sim.analysis.runs import Table
from sim.experiment import prepare, record
from sim.experiment.cluster import hired
from tests.dice import DICE
from tests.experiment.dask_processes import dask

LESOTHO = Path(__file__).parents[2] / "scenarios" / "lesotho-2014" / "status-quo.yaml"
CASES = (("one die", 400_000, "outcomes"), ("Lesotho", 200_000, "outcomes"), ("Lesotho", 20_000, "full"))
ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(process: int) -> float:
    """Return the seconds of CPU time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak(process: int) -> float:
    """Return the greatest resident set of a process so far, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main() -> None:
    """Measure and print."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    print(f"{workers} workers; CPU milliseconds per 1,000 runs; median of {ROUNDS} (least-greatest)")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        die = here / "die.yaml"
        die.write_text(DICE, encoding="utf-8")
        with dask(here / "dask") as started:
            processes = [started.worker().pid for _ in range(workers)]
            with hired(started.address, workers, wait=True) as crew:
                for number, (name, runs, keeps) in enumerate(CASES):
                    file = die if name == "one die" else LESOTHO
                    taken: dict[str, list[float]] = {"driver": [], "scheduler": [], "workers": [], "quotient": []}
                    for turn in range(ROUNDS + 1):
                        experiment = replace(prepare(file, here / f"{number}-{turn}"), keeps=keeps)
                        table = Table(experiment.scenario.model, runs, lean=True)
                        whose = {"driver": [os.getpid()], "scheduler": [started.scheduler.pid], "workers": processes}
                        before = {who: sum(map(cpu, ids)) for who, ids in whose.items()}
                        start = time.perf_counter()
                        record(experiment, runs, table.project, workers=crew, take=table.add)
                        wall = time.perf_counter() - start
                        if not turn:
                            continue
                        used = {who: (sum(map(cpu, ids)) - before[who]) * 1e6 / runs for who, ids in whose.items()}
                        for who, milliseconds in used.items():
                            taken[who].append(milliseconds)
                        taken["quotient"].append(used["workers"] / used["driver"])
                    print(  # noqa: T201
                        f"{name}, {keeps}, {runs:,} runs: driver {shown(taken['driver'])}, scheduler "
                        f"{shown(taken['scheduler'])}, workers {shown(taken['workers'])}; workers that keep a driver "
                        f"busy {shown(taken['quotient'])}; the last in {wall:.1f} s; "
                        f"a worker's peak {max(map(peak, processes)):.0f} MB"
                    )


if __name__ == "__main__":
    main()
