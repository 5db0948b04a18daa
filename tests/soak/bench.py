"""Where the soak works: its folders, the ledger of the moment, and what commands come to when nothing disturbs them."""

import json
import secrets
import shutil
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from tests.ledger.faults.farm import TOP, built_shim, has_compiler
from tests.soak import processes
from tests.soak.cases import Case, cases
from tests.soak.processes import MARK, Running
from tests.soak.seen import Digests, WatchedLedger

LIMIT = 240.0  # seconds that a command may take, on a machine that has much else to do
ROOM = 60 << 20  # bytes that a ledger may have before the next one is begun
OLDEST = 40  # rounds after which the next one is begun


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a command came to in a ledger of its own, and how many seconds it took."""

    told: Any
    seconds: float


class Bench:
    """Folders, cases and what is known of them; `ledger` is one to begin with, which is copied."""

    def __init__(self, folder: Path, *, workers: int = 2, ledger: Path | None = None, only: str | None = None) -> None:
        self.folder = folder
        self.workers = workers
        self.token = f"{folder.name}-{secrets.token_hex(8)}"
        for name in ("temporary", "cache", "outputs", "undisturbed"):
            (folder / name).mkdir()
        self.cases = tuple(case for case in cases(folder) if only in (None, case.name))
        self.shim = built_shim(folder) if has_compiler() else None
        self.digests = Digests()
        self.numbers = count(1)
        self.commands = 0
        self.peak = 0  # bytes of address space that the smallest command needs
        self._known: dict[tuple[str, int], Undisturbed] = {}
        self._rounds = 0
        self.watched = self._new_watched(ledger)

    def _new_watched(self, ledger: Path | None = None) -> WatchedLedger:
        watched = WatchedLedger(self.folder / f"ledger-{next(self.numbers)}", self.digests)
        if ledger:
            shutil.copytree(ledger, watched.folder)
            assert watched.look() == [], f"{ledger} is whole"
        return watched

    def turn(self) -> None:
        """Begin a new ledger where the last one is large, or many rounds old."""
        self._rounds += 1
        size = sum(path.stat().st_size for path in self.watched.folder.rglob("*") if path.is_file())
        if size > ROOM or self._rounds > OLDEST:
            self.renew()

    def renew(self) -> None:
        """Begin a new ledger."""
        shutil.rmtree(self.watched.folder, ignore_errors=True)
        self.watched, self._rounds = self._new_watched(), 0

    def start(
        self, argv: tuple[str, ...], environment: dict[str, str] | None = None, limits: dict[int, int] | None = None
    ) -> Running:
        """Start a command of `sim` among our processes, with its temporary and its compiled files where we see them."""
        ours = {
            MARK: self.token, "TMPDIR": str(self.folder / "temporary"), "SIM_CACHE": str(self.folder / "cache"),
            "PYTHONPATH": str(TOP),
        }  # fmt: skip
        self.commands += 1
        return processes.start(
            argv, self.folder / "outputs", next(self.numbers), ours | (environment or {}), limits or {}
        )

    def undisturbed(self, case: Case, size: int) -> Undisturbed:
        """Say what a case comes to at a size, in a fresh ledger, with nothing to disturb it."""
        if (case.name, size) not in self._known:
            fresh = WatchedLedger(self.folder / "undisturbed" / str(next(self.numbers)), self.digests)
            began = time.monotonic()
            running = self.start(case.argv(size, fresh.folder, engine="kernel", workers=1, keep="full"))
            code = running.wait(LIMIT)
            assert code == 0, f"undisturbed: {running.told()}"
            wrong = fresh.look()
            assert not wrong, wrong
            self._known[case.name, size] = Undisturbed(json.loads(running.stdout), time.monotonic() - began)
            self.peak = min(self.peak, running.peak) if self.peak else running.peak
            shutil.rmtree(fresh.folder)
        return self._known[case.name, size]


@dataclass
class Round:
    """One round: its dice, the ledger that it disturbs, a command, what was started, and what was wrong."""

    number: int
    dice: Random
    bench: Bench
    watched: WatchedLedger
    case: Case
    size: int
    what: str = ""
    damaged: bool = False  # files were harmed: a repair is due
    checked: bool = False
    finished: list[Running] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def writer(self, *, environment: dict[str, str] | None = None, limits: dict[int, int] | None = None) -> Running:
        """Start the round's command on its ledger, in one of the ways that must not matter."""
        engine = self.dice.choice(["kernel", "kernel", "reference", "auto"])
        if self._missing() > self.case.slow:
            engine = "kernel"
        workers = self.dice.choice([1, *[self.bench.workers] * 3])
        keep = self.dice.choice([None, "full", "outcomes"])
        argv = self.case.argv(self.size, self.watched.folder, engine=engine, workers=workers, keep=keep)
        return self.bench.start(argv, environment, limits)

    def sim(self, *argv: str) -> Running:
        """Start another command on the round's ledger."""
        return self.bench.start((*argv, "--ledger", str(self.watched.folder)))

    def finish(self, running: Running, codes: set[int], *, what: str = "") -> Running:
        """Wait until a command is done, and hold its code, its words and its patience against what may be."""
        code = running.wait(LIMIT)
        self.finished.append(running)
        wrong = []
        if running.hung:
            wrong.append(f"did not end within {LIMIT:.0f} seconds")
        elif not _before_sim(running):
            if code not in codes:
                wrong.append(f"code {code}, expected {' or '.join(map(str, sorted(codes)))}")
            if "Traceback" in running.stderr:
                wrong.append("a traceback")
            if code == 1 and "error E" not in running.stderr + running.stdout and "[" not in running.stdout[:1]:
                wrong.append("code 1 without a reason")
        if wrong:
            self.wrong.append(f"{what}{'; '.join(wrong)}: {running.told()}")
        return running

    def _missing(self) -> int:
        """Say about how many runs are to be made: those that the emptiest of the case's ensembles lacks."""
        told = self.bench.undisturbed(self.case, self.size).told
        there = [len(self.watched.sealed.get(identity, ())) for identity in ensembles(told)]
        return self.size - (min(there, default=0) if self.case.grows == "--runs" else 0)


def _before_sim(running: Running) -> bool:
    """Say whether an interruption met Python before it had come to anything of sim's."""
    told = running.stderr
    return "KeyboardInterrupt" in told and str(TOP / "sim") not in told and "multiprocessing" not in told


def ensembles(told: Any) -> set[str]:
    """Find the ids of all ensembles in what a command told as JSON."""
    if isinstance(told, dict):
        here = {told["ensemble"]} if isinstance(told.get("ensemble"), str) else set()
        return here.union(*map(ensembles, told.values()))
    return set().union(*map(ensembles, told)) if isinstance(told, list) else set()
