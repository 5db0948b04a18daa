"""Disks that are full or fail, and memory that ends."""

import errno
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ledger.faults.farm import CALLS
from tests.ledger.faults.refusals import ERRORS
from tests.soak import processes
from tests.soak.bench import Round
from tests.soak.checks import after, unfinished
from tests.soak.seen import WatchedLedger

BLOCK = 4096


def may_mount() -> bool:
    """Say whether this process may mount a file system of its own here."""
    command = ["mount", "-t", "tmpfs", "soak", "/mnt"]
    if shutil.which("mount") and subprocess.run(command, check=False, capture_output=True).returncode == 0:
        subprocess.run(["umount", "/mnt"], check=True)
        return True
    return False


def full_disk(round_: Round) -> str:
    """A small file system fills up under a new ledger, perhaps under other files, too; then it has room."""
    disk = round_.bench.folder / f"disk-{round_.number}"
    with _mounted(round_, disk, 48 << 20):
        watched, round_.watched = round_.watched, WatchedLedger(disk / "ledger", round_.bench.digests)
        for name in ("cache", "temporary"):
            (disk / name).mkdir()
        there = {"SIM_CACHE": str(disk / "cache"), "TMPDIR": str(disk / "temporary")}
        chosen = {name: path for name, path in there.items() if round_.dice.random() < 0.4}
        ballast, told = disk / "ballast", "done all the same"
        for _ in range(round_.dice.choice([1, 1, 2])):
            free = shutil.disk_usage(disk).free
            room = round_.dice.randrange(0, round_.dice.choice([16, 64, 512])) * BLOCK
            with ballast.open("wb") as file:
                file.write(bytes(max(0, free - room)))
            running = round_.finish(round_.writer(environment=chosen), {0, 1})
            ballast.unlink()
            told = "refused" if running.code else told
        after(round_)
        round_.wrong += unfinished(disk)
        round_.watched = watched
    return told


def large_files(round_: Round) -> str:
    """No file may be larger than a few kilobytes (RLIMIT_FSIZE)."""
    most = round_.dice.randrange(1, 300) * 512
    running = round_.finish(round_.writer(limits={resource.RLIMIT_FSIZE: most}), {0, 1})
    return "refused" if running.code else "done all the same"


def failing_calls(round_: Round) -> str:
    """The k-th call of a kind fails in the ledger, in the driver and in each worker; or that one and all after it."""
    kind = round_.dice.choice(sorted(ERRORS))
    code = round_.dice.choice(ERRORS[kind])
    first, for_good = round_.dice.randrange(1, 13), round_.dice.random() < 0.3
    room = round_.dice.randrange(0, 60_000) if round_.dice.random() < 0.3 else -1
    kinds = 0 if room >= 0 else CALLS[kind]
    unknown = CALLS["link"] if kind == "rename" else 0
    armed = f"{round_.watched.folder} {kinds} {first} {code} {int(for_good)} 0 -1 {room} {unknown}"
    running = round_.writer(environment={"LD_PRELOAD": str(round_.bench.shim), "SHIM_ARM": armed})
    fails = f"{kind} {first}{' and on' if for_good else ''} fails: {errno.errorcode[code]}"
    running.sent.append(f"the disk is full after {room} bytes" if room >= 0 else fails)
    round_.finish(running, {0, 1})
    return "refused" if running.code else "done all the same"


def little_memory(round_: Round) -> str:
    """The driver and its workers have little more memory than the smallest command needs (RLIMIT_AS)."""
    round_.bench.undisturbed(round_.case, round_.size)
    most = int(round_.bench.peak * round_.dice.uniform(1.0, 1.2))
    running = round_.writer(limits={resource.RLIMIT_AS: most})
    running.sent.append(f"at most {most >> 20} MiB of memory")
    round_.finish(running, {0, 1})
    return "refused" if running.code else "done all the same"


@contextmanager
def _mounted(round_: Round, folder: Path, size: int) -> Iterator[None]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "soak", folder], check=True)
    try:
        yield
    finally:
        processes.end_all(round_.bench.token)
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()
