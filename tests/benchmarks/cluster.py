"""What does a cluster's driver pay for the runs that its workers make, and how much memory does a worker take?

    python -m tests.benchmarks.cluster [WORKERS]

Memory first: the greatest resident set of one worker of Dask so far, as it does more and more: nothing, Lesotho's
status quo with logs and with outcomes, the other scenarios.

Then real workers on this machine, two unless said otherwise, make runs of Lesotho's status quo with the kernel, and
runs of one die, which are the lightest that there are; then the same are asked for again, and are only read. Reading is
so quick that driver and scheduler have nothing to wait for, so that tells what each chunk costs them at most speed. CPU
time of the driver is that of this process while runs are recorded, without what the estimates take afterwards; the
scheduler's and the workers' are those of their processes. Each is measured three times, after a warm-up, in an empty
ledger each time; the median is shown, and the least and the greatest.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

from sim.analysis.runs import RunsBuilder
from sim.experiment import RunSettings, prepare, record
from sim.experiment.cluster import open_pool
from sim.experiment.workers import WorkerPool
from sim.ledger.segments.schema import Retention
from tests.dice import DICE
from tests.experiment.dask_processes import dask

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
LESOTHO = SCENARIOS / "status-quo.yaml"
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
    with tempfile.TemporaryDirectory() as folder:
        measure_memory(Path(folder) / "memory")
        measure_time(Path(folder) / "time", workers)


def made(file: Path, ledger: Path, runs: int, retention: Retention, pool: WorkerPool) -> None:
    """Make runs, or read them where they are made already."""
    experiment = prepare(file, ledger, RunSettings(retention=retention))
    builder = RunsBuilder(experiment.scenario.model, runs, lean=True)
    record(experiment, runs, builder.project, workers=pool, take=builder.add)


def measure_memory(folder: Path) -> None:
    with dask(folder / "dask") as started:
        worker = started.worker().pid
        with open_pool(started.address, 1, wait=True) as pool:
            say(f"a worker's memory: nothing done {peak(worker):.0f} MB")
            for what, runs, retention in (
                ("logs", 500, "full"),
                ("logs", 20_000, "full"),
                ("outcomes", 200_000, "outcomes"),
            ):
                made(LESOTHO, folder / retention, runs, retention, pool)
                say(f"{what} of {runs:,} runs of the status quo {peak(worker):.0f} MB")
            others = [
                file for file in sorted(SCENARIOS.glob("*.yaml")) if file.name not in ("model.yaml", LESOTHO.name)
            ]
            for file in others:
                made(file, folder / "outcomes", 30_000, "outcomes", pool)
            say(f"outcomes of 30,000 runs of each of {len(others)} other scenarios {peak(worker):.0f} MB")


def measure_time(folder: Path, workers: int) -> None:
    say(f"{workers} workers; CPU milliseconds per 1,000 runs; median of {ROUNDS} (least-greatest)")
    with dask(folder / "dask") as started:
        die = folder / "die.yaml"
        die.write_text(DICE, encoding="utf-8")
        processes = [started.worker().pid for _ in range(workers)]
        whose = {"driver": [os.getpid()], "scheduler": [started.scheduler.pid], "workers": processes}
        with open_pool(started.address, workers, wait=True) as pool:
            for number, (name, runs, retention) in enumerate(CASES):
                taken: dict[str, dict[str, list[float]]] = {what: {identify: [] for identify in whose} for what in WHAT}
                for turn in range(ROUNDS + 1):
                    for what in WHAT:
                        before = {identify: sum(map(cpu, ids)) for identify, ids in whose.items()}
                        made(die if name == "one die" else LESOTHO, folder / f"{number}-{turn}", runs, retention, pool)
                        for identify, ids in whose.items() if turn else ():
                            taken[what][identify].append((sum(map(cpu, ids)) - before[identify]) * 1e6 / runs)
                for what, of in taken.items():
                    figures = ", ".join(f"{identify} {shown(values)}" for identify, values in of.items())
                    say(f"{name}, {retention}, {runs:,} runs {what}: {figures}")


if __name__ == "__main__":
    main()
