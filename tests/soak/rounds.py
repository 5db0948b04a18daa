"""Rounds one after another: each draws its operation, its case and its size from the seed and its own number."""

import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from tests.ledger.faults.trial import Trial
from tests.soak import company, disks, harm, processes, signals
from tests.soak.bench import Bench, Round
from tests.soak.checks import KEPT, after

Operation = Callable[[Round], str]
MOST_KEPT = 5  # ledgers as they were before a round in which something was wrong


def _operations() -> dict[str, tuple[int, Operation]]:
    """Give every operation by what it is, with its weight."""
    found: dict[str, tuple[int, Operation]] = {}
    for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"):
        wanted = signal.Signals[name]
        found[f"{name} to the driver"] = 2, partial(signals.driver, wanted=wanted)
        found[f"{name} to the group"] = 1, partial(signals.driver, wanted=wanted, to="group")
    found["SIGINT to the driver, twice"] = 1, partial(signals.driver, wanted=signal.SIGINT, twice=True)
    found["SIGINT to the group, twice"] = 1, partial(signals.driver, wanted=signal.SIGINT, to="group", twice=True)
    found["SIGKILL to a worker"] = 2, partial(signals.worker, wanted=signal.SIGKILL)
    found["SIGTERM to a worker"] = 1, partial(signals.worker, wanted=signal.SIGTERM)
    found["SIGSTOP and SIGCONT"] = 1, signals.pause
    found["rivals"] = 3, company.rivals
    found["gc during a run"] = 2, company.collecting
    found["gc of all during a run"] = 1, company.collecting_all
    found["verify and repair during a run"] = 2, company.checking
    found["readers during a run"] = 2, company.reading
    found["a killed reader, repair or gc"] = 2, company.killed_readers
    found["a damaged file"] = 4, harm.damage
    found["a full disk (tmpfs)"] = 2, disks.full_disk
    found["a limit on files"] = 1, disks.large_files
    found["failing system calls"] = 4, disks.failing_calls
    found["little memory"] = 2, disks.little_memory
    return found


OPERATIONS = _operations()


def rounds(
    bench: Bench, seed: int, numbers: Iterator[int], trials: dict[str, Trial], only: tuple[str, ...] = ()
) -> Iterator[Round]:
    """Do one round after another, of all operations or `only` of some, count them in `trials`, and yield each."""
    able = {"a full disk (tmpfs)": disks.may_mount(), "failing system calls": bench.shim is not None}
    names = [name for name in OPERATIONS if able.get(name, True) and (not only or name in only)]
    weights = [OPERATIONS[name][0] for name in names]
    for number in numbers:
        dice = Random(f"soak {seed} {number}")  # noqa: S311
        (name,) = dice.choices(names, weights)
        case = dice.choice(bench.cases)
        round_ = Round(number, dice, bench, bench.watched, case, dice.choice(case.sizes))
        trial = trials.setdefault(name, Trial(name))
        before = bench.folder / f"before-{number}"
        if bench.watched.folder.is_dir():
            shutil.copytree(bench.watched.folder, before)
        bench.undisturbed(case, round_.size)
        round_.what = f"{name}: {case.name}, {round_.size} runs"
        told = OPERATIONS[name][1](round_)
        if not round_.checked:
            after(round_)
        round_.wrong = [f"seed {seed}, round {number}, {round_.what}: {line}" for line in round_.wrong]
        trial.note(told, *round_.wrong)
        _tidy(bench, before, keep=bool(round_.wrong))
        yield round_
        bench.turn()


def _tidy(bench: Bench, before: Path, *, keep: bool) -> None:
    """Leave the next round nothing of this one's, but the ledger."""
    processes.end_all(bench.token)
    if not keep or len([*bench.folder.glob("before-*")]) > MOST_KEPT:
        shutil.rmtree(before, ignore_errors=True)
    for name in ("outputs", "temporary"):
        shutil.rmtree(bench.folder / name)
        (bench.folder / name).mkdir()
    for path in (bench.folder / "cache").iterdir():
        if path.suffix not in KEPT or path.name.startswith("."):
            path.unlink()
    if keep:
        bench.renew()  # what is wrong is not to be found again in every round
