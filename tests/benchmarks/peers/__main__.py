"""Run everything and print it as Markdown. It takes a few minutes of one processor."""

import os
from tempfile import TemporaryDirectory

from tests.benchmarks.peers.processes import PROCESSES
from tests.benchmarks.peers.race import OURS, PEERS, race, tools
from tests.benchmarks.peers.storing import keep
from tests.benchmarks.peers.table import measured, race_table, store_table
from tests.benchmarks.peers.with_sim import logs

STORED_RUNS, HARMED_RUNS = 32, 2


def main() -> None:
    print(measured())  # noqa: T201
    found, absent = tools((*OURS, *PEERS))
    with TemporaryDirectory() as cache:
        os.environ["SIM_CACHE"] = cache  # nothing is compiled yet
        for process in PROCESSES:
            lines, failed = race(process, found)
            print(f"\n{race_table(process, lines, {**absent, **failed})}", flush=True)  # noqa: T201
    stored = logs(STORED_RUNS)
    results, absent = keep(stored, stored[:HARMED_RUNS])
    print(f"\n{store_table(sum(map(len, stored)), results, absent)}")  # noqa: T201


if __name__ == "__main__":
    main()
