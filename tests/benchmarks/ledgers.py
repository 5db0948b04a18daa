"""What it costs to ask a ledger of many ensembles.

    python -m tests.benchmarks.ledgers

A query over 40 ensembles stands beside reading their Parquet files with pyarrow and nothing else. A ledger of 2,000
small ensembles is listed, one of them is run again (all is there), and one is queried.
"""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.commands import ROUNDS, STATUS_QUO, cpu, sim
from tests.benchmarks.figures import Figure, table

READ = """
import sys, time
from pathlib import Path
import pyarrow.parquet as pq
start = time.process_time()
for path in Path(sys.argv[1]).rglob("*.parquet"):
    pq.read_table(path, use_threads=False)
print(time.process_time() - start, file=sys.stderr)
"""
FILL = """
import sys
from pathlib import Path
import sim
for seed in range(1, int(sys.argv[2]) + 1):
    found = sim.run(Path(sys.argv[1]), runs=int(sys.argv[3]), seed=seed, ledger=sys.argv[4], workers=1)
print(found.source.ensemble)
"""
COUNTED = "SELECT ensemble, outcome, count(*) FROM outcomes GROUP BY ensemble, outcome ORDER BY ensemble, outcome"


def filled(folder: Path, ensembles: int, runs: int) -> str:
    """Fill a ledger with ensembles of one scenario that differ in their seeds, and return the id of the last."""
    command = [sys.executable, "-c", FILL, str(STATUS_QUO), str(ensembles), str(runs), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def figures(_: Sequence[str]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder)
        filled(ledger, 40, 1000)
        base = cpu([sys.executable, "-c", "import pyarrow.parquet"])
        reading = statistics.median(cpu([sys.executable, "-c", READ, folder]) for _ in range(ROUNDS))
        asking = statistics.median(sim("query", COUNTED, ledger=ledger) for _ in range(ROUNDS))
        yield Figure("40 ensembles of 1,000 runs: their Parquet read, start included", reading, "s")
        yield Figure("40 ensembles of 1,000 runs: a query over all", asking, "s")
        yield Figure("the query beside the reading, start of Python and Arrow in both", asking / reading, "times", 2.0)
        yield Figure("start of Python and Arrow", base, "s")
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder)
        last = filled(ledger, 2000, 2)
        known = ("run", STATUS_QUO, "--runs", 2, "--seed", 1000)
        for what, arguments in {
            "listed": ("list",), "one of them run again": known, "one of them queried": ("query", COUNTED, last),
        }.items():  # fmt: skip
            found = statistics.median(sim(*arguments, ledger=ledger) for _ in range(ROUNDS))
            yield Figure(f"a ledger of 2,000 ensembles: {what}", found, "s", 1.0)


if __name__ == "__main__":
    table(figures(sys.argv[1:]))
