"""What does a cluster's driver pay for the runs that its workers make, how much memory does a worker take?

    python -m tests.benchmarks.cluster [WORKERS]

Real workers of Dask on this machine, two unless said otherwise, make runs of Lesotho's status quo with the kernel, and
runs of one die, which are the lightest that there are; then the same are asked for again, and are only read. Reading is
so quick that driver and scheduler have nothing to wait for, so that tells what each chunk costs them at most speed.

CPU time of the driver is that of this process while runs are recorded, without what the estimates take afterwards; the
scheduler's and the workers' are those of their processes. Memory is the greatest resident set of a worker so far. Each
is measured three times, after a warm-up, in an empty ledger each time; the median is shown, and the least and the
greatest.
"""

import os
import statistics
import sys
import tempfile
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
WHAT = ("made", "read")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(process: int) -> float:
    """Return the seconds of CPU time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak(process: int) -> float:
    """Return the greatest resident set of a process so far, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main() -> None:
    """Measure and print."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    say(f"{workers} workers; CPU milliseconds per 1,000 runs; median of {ROUNDS} (least-greatest)")
    with tempfile.TemporaryDirectory() as folder, dask(Path(folder) / "dask") as started:
        die = Path(folder) / "die.yaml"
        die.write_text(DICE, encoding="utf-8")
        processes = [started.worker().pid for _ in range(workers)]
        whose = {"driver": [os.getpid()], "scheduler": [started.scheduler.pid], "workers": processes}
        with hired(started.address, workers, wait=True) as crew:
            say(f"a worker that has done nothing: {max(map(peak, processes)):.0f} MB")
            for number, (name, runs, keeps) in enumerate(CASES):
                taken: dict[str, dict[str, list[float]]] = {what: {who: [] for who in whose} for what in WHAT}
                for turn in range(ROUNDS + 1):
                    file = die if name == "one die" else LESOTHO
                    experiment = replace(prepare(file, Path(folder) / f"{number}-{turn}"), keeps=keeps)
                    for what in WHAT:
                        table = Table(experiment.scenario.model, runs, lean=True)
                        before = {who: sum(map(cpu, ids)) for who, ids in whose.items()}
                        record(experiment, runs, table.project, workers=crew, take=table.add)
                        for who, ids in whose.items() if turn else ():
                            taken[what][who].append((sum(map(cpu, ids)) - before[who]) * 1e6 / runs)
                for what, of in taken.items():
                    figures = ", ".join(f"{who} {shown(values)}" for who, values in of.items())
                    say(
                        f"{name}, {keeps}, {runs:,} runs {what}: {figures}; a worker {max(map(peak, processes)):.0f} MB"
                    )


if __name__ == "__main__":
    main()
