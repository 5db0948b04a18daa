"""Commands that are killed, stopped or interrupted: the driver alone, one of its workers, or all together."""

import signal
import time
from collections.abc import Callable

from tests.soak.bench import Round
from tests.soak.processes import STEP, Running

CODES = {
    signal.SIGKILL: {-signal.SIGKILL},
    signal.SIGTERM: {143, -signal.SIGTERM},
    signal.SIGHUP: {129, -signal.SIGHUP},
    signal.SIGINT: {130, -signal.SIGINT},  # the latter before Python has begun to look after signals
}
PATIENCE = 30.0  # seconds after which a command that was asked to end has not heard


def wait_for_moment(round_: Round, running: Running) -> None:
    """Wait for a random moment: so long after a command began, when it has written so many files, or has workers."""
    dice = round_.dice
    span = round_.bench.undisturbed(round_.case, round_.size).seconds
    seconds, how = dice.random() * span * dice.choice([0.7, 1, 2]), dice.choice(["time", "files", "workers"])
    before, more = _files(round_), dice.choice([1, 1, 2, 3, 4, 5, 7])
    if how == "workers" and has_workers(running):
        until = time.monotonic() + seconds
        _until(running, lambda: time.monotonic() >= until)
    elif how == "files":
        _until(running, lambda: _files(round_) - before >= more)
        time.sleep(dice.choice([0, 0, 0.002, 0.02, 0.2]))
    else:
        _until(running, lambda: time.monotonic() - running.began >= seconds)


def has_workers(running: Running) -> bool:
    """Wait until a command has workers, or is done; say whether it has."""
    if "--workers" not in running.argv or running.argv[running.argv.index("--workers") + 1] == "1":
        return False
    _until(running, lambda: bool(running.workers()))
    return bool(running.workers())


def driver(round_: Round, wanted: signal.Signals, *, to: str = "driver", twice: bool = False) -> str:
    """Send a signal to the driver of a command, or to its whole group; perhaps once more, while it ends."""
    running = round_.writer()
    wait_for_moment(round_, running)
    round_.wrong += round_.watched.look()
    alive = running.at_work()
    running.send(wanted, to)
    sent = time.monotonic()
    if twice:
        _until(running, lambda: time.monotonic() - sent >= round_.dice.random())
        running.send(wanted, to)
    _until(running, lambda: time.monotonic() - sent >= PATIENCE)
    if running.at_work():
        round_.wrong.append(f"still at work {PATIENCE:.0f} seconds later: {running.told()}")
    round_.finish(running, {0} | (CODES[wanted] if alive else set()))
    return "done before" if running.code == 0 else "stopped"


def worker(round_: Round, wanted: signal.Signals) -> str:
    """Send a signal to one worker of a command: it says what happened and stops, or does without."""
    running = round_.writer()
    if not has_workers(running):
        round_.finish(running, {0})
        return "no workers"
    wait_for_moment(round_, running)
    workers = running.workers()
    if workers:
        running.send(wanted, f"worker {round_.dice.choice(workers)}")
    round_.finish(running, {0, 1})
    return "done all the same" if running.code == 0 else "stopped with a reason"


def pause(round_: Round) -> str:
    """Stop the driver, a worker or all with SIGSTOP, and let them go on."""
    running = round_.writer()
    wait_for_moment(round_, running)
    workers = [f"worker {pid}" for pid in running.workers()]
    to = round_.dice.choice(["driver", "group", *workers])
    running.send(signal.SIGSTOP, to)
    time.sleep(round_.dice.uniform(0.1, 1.5))
    running.send(signal.SIGCONT, to)
    round_.finish(running, {0})
    return "went on"


def _until(running: Running, moment: Callable[[], bool]) -> None:
    while running.at_work() and not moment():
        time.sleep(STEP)


def _files(round_: Round) -> int:
    return sum(1 for _ in round_.watched.folder.rglob("*"))
