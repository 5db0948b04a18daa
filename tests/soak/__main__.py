"""Soak: `python -m tests.soak --minutes 20`. Exit with 1 if anything was found, 130 if it was stopped by Ctrl-C."""

import argparse
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from itertools import count, islice
from pathlib import Path

from tests.ledger.faults.refusals import NAMESPACE, may_mount
from tests.ledger.faults.trial import HEADING, PLACE, Trial
from tests.soak import processes
from tests.soak.bench import Bench, Round
from tests.soak.rounds import OPERATIONS, rounds

INSIDE = "SIM_SOAK_NAMESPACE"
BETWEEN = 10.0  # seconds between two lines
MOST_REPORTED = 5  # things that were wrong, in full


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, help="how long; 20 without --rounds")
    parser.add_argument("--rounds", type=int, help="how many rounds, however long they take")
    parser.add_argument("--seed", type=int, help="what is drawn; printed, to be given again")
    parser.add_argument("--round", type=int, metavar="N", help="begin with this round; alone, if nothing says how many")
    parser.add_argument("--ledger", type=Path, help="begin with a copy of this ledger, such as one that was kept")
    parser.add_argument("--workers", type=int, default=2, help="of each command that has workers")
    parser.add_argument("--keep-going", action="store_true", help="go on when something was found")
    parser.add_argument("--folder", type=Path, help="where to work; by default in memory, and nothing stays")
    parser.add_argument("--only", action="append", default=[], choices=list(OPERATIONS), help="operations")
    parser.add_argument("--case", help="one case alone, such as dice")
    return parser.parse_args()


def main() -> int:
    asked = options()
    if INSIDE not in os.environ and may_mount():  # what is mounted is then nobody else's, and goes with us
        os.environ[INSIDE] = "1"
        os.execvp(NAMESPACE[0], [*NAMESPACE, sys.executable, "-m", "tests.soak", *sys.argv[1:]])  # noqa: S606
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    alone = asked.round is not None and asked.rounds is None and asked.minutes is None
    numbers = islice(count(asked.round or 1), 1 if alone else asked.rounds)
    end = time.monotonic() + 60 * (asked.minutes or (20 if asked.rounds is None else 1e6))
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=asked.folder or PLACE)).resolve()
    trials: dict[str, Trial] = {}
    wrong: list[str] = []
    bench, stopped = None, False
    try:
        bench = Bench(folder, workers=asked.workers, ledger=asked.ledger, only=asked.case)
        say(f"seed {seed}, in {folder}")
        told = Told(bench)
        for round_ in rounds(bench, seed, numbers, trials, tuple(asked.only)):
            wrong += round_.wrong
            told.after(round_)
            if time.monotonic() > end or (wrong and not asked.keep_going):
                break
    except KeyboardInterrupt:
        stopped = True
    finally:
        if bench:
            processes.end_all(bench.token)
            summary(bench, trials, wrong)
    if not wrong and not asked.folder:
        shutil.rmtree(folder)
    return 1 if wrong else 130 if stopped else 0


class Told:
    """Lines on the way, some seconds apart; what is wrong at once."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.began = time.monotonic()
        self.said = self.began
        self.found = 0

    def after(self, round_: Round) -> None:
        now = time.monotonic()
        self.found += len(round_.wrong)
        if round_.wrong or now - self.said >= BETWEEN:
            passed = f"{int(now - self.began) // 60}:{int(now - self.began) % 60:02}"
            count = f"round {round_.number}, {self.bench.commands:,} commands, {self.found} wrong"
            say(f"{passed:>6}  {count}; {round_.what}")
            self.said = now
        for line in round_.wrong:
            say("    " + line.splitlines()[0][:200])


def summary(bench: Bench, trials: dict[str, Trial], wrong: list[str]) -> None:
    say("", *wrong[:MOST_REPORTED])
    if len(wrong) > MOST_REPORTED:
        say(f"and {len(wrong) - MOST_REPORTED} more")
    kept = sorted(path.name for path in bench.folder.glob("before-*"))
    if wrong and kept:
        say(f"the ledgers before these rounds are in {bench.folder}: {', '.join(kept)}")
    say("", HEADING.replace("fault", "operation", 1))
    for name in OPERATIONS:
        if name in trials:
            row = trials[name]
            lost = f"{len(row.wrong)}: {row.wrong[0].splitlines()[0][:160]}" if row.wrong else "nothing"
            ends = ", ".join(f"{number} {end}" for end, number in row.ends.most_common())
            say(f"| {name} | {row.tried} | {ends} | {lost} |")
    tried = sum(trial.tried for trial in trials.values())
    say("", f"{tried} rounds, {bench.commands:,} commands, {len(wrong)} wrong")


def say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
