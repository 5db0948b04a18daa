"""System calls that fail: the n-th of each kind, for every n; disks that fill up; folders that cannot be written."""

import errno
import shutil
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sim.ledger import Ensemble, Ledger, verify
from tests.ledger.faults.farm import CALLS, Child, Farm
from tests.ledger.faults.tasks import RUNS
from tests.ledger.faults.trial import Trial

NAMESPACE = ("unshare", "--map-root-user", "--mount")
PIECES = [[0, 5], [3, 7], [7, 12]]
ERRORS = {
    "open": [errno.EIO, errno.EMFILE, errno.EINTR],
    "write": [errno.EIO, errno.ENOSPC, errno.EINTR],
    "fsync": [errno.EIO, errno.ENOSPC, errno.EINTR],
    "link": [errno.EIO, errno.EEXIST, errno.ENOSPC, errno.EPERM, errno.EINTR],
    "rename": [errno.EIO, errno.ENOSPC],
    "unlink": [errno.EIO, errno.EBUSY],
    "mkdir": [errno.EIO, errno.ENOSPC, errno.EINTR],
    "close": [errno.EIO, errno.EINTR],
}


class Bench:
    """A folder for ledgers, a farm whose server has the shim, and the root that an undisturbed run arrives at."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.farm = farm
        self.folder = folder
        self._count = 0
        undisturbed = farm.do("write", ledger=str(folder / "undisturbed"), pieces=PIECES)
        self.root: str = undisturbed.done["value"]

    def ledger(self) -> Path:
        self._count += 1
        return self.folder / str(self._count)

    def disturbed(self, ledger: Path, **arm: Any) -> tuple[Child, list[str]]:
        """Write into a ledger while calls fail, then once more without; return the first try, and what was wrong."""
        child = self.farm.do("write", ledger=str(ledger), pieces=PIECES, arm={"ledger": str(ledger), **arm})
        wrong = [] if child.end in ("success", "E706") else [f"ended with {child.done}"]
        wrong += [] if child.end != "success" or child.done["value"] == self.root else ["success with another root"]
        wrong += faults(ledger)
        wrong += gone(ledger, child)
        again = self.farm.do("write", ledger=str(ledger), pieces=PIECES)
        wrong += [] if again.done.get("value") == self.root else [f"the second try came to {again.done}"]
        wrong += faults(ledger)
        shutil.rmtree(ledger)
        return child, [f"{arm}: {line}" for line in wrong]


def every_call(bench: Bench, *, errors: int = 1, calls: Collection[str] = ERRORS) -> Iterator[Trial]:
    """Fail the n-th call of each kind, for every n, with the first `errors` of its errors; done and not done."""
    for call in calls:
        codes = ERRORS[call]
        trial = Trial(f"the n-th `{call}` fails, for every n")
        unknown = CALLS["link"] if call == "rename" else 0  # names are given by renaming only where nothing is linked
        for code in codes[:errors]:
            for done in (False, True) if call in ("link", "mkdir", "rename", "unlink") and errors > 1 else (False,):
                first, hits = 0, 1
                while hits:
                    first += 1
                    arm = {"calls": CALLS[call], "first": first, "error": code, "though_done": done, "unknown": unknown}
                    child, wrong = bench.disturbed(bench.ledger(), **arm)
                    hits = child.done.get("hits", 0)
                    if hits or wrong:
                        trial.note(child.end, *wrong)
        yield trial


def short_writes(bench: Bench) -> Trial:
    """Take a few bytes at a time."""
    trial = Trial("a disk that takes 1 to 7 bytes a `write`")
    for most in range(1, 8):
        child, wrong = bench.disturbed(bench.ledger(), calls=0, most=most)
        trial.note(child.end, *wrong)
    return trial


def full_disks(bench: Bench, step: int) -> Trial:
    """Fill up after every `step`-th number of bytes."""
    trial = Trial("a disk that is full after n bytes, for many n")
    room, full = 0, True
    while full:
        child, wrong = bench.disturbed(bench.ledger(), calls=0, room=room)
        full = child.done.get("hits", 0) > 0
        if full or wrong:
            trial.note(child.end, *wrong)
        room += step
    return trial


def read_only(bench: Bench) -> Trial:
    """Refuse all that writes, before anything is there and after."""
    trial = Trial("a file system that is read-only, or not ours")
    writes = sum(CALLS[call] for call in ("create", "mkdir", "link", "rename", "unlink"))
    for code in (errno.EROFS, errno.EACCES):
        for begun in (False, True):
            ledger = bench.ledger()
            if begun:
                bench.farm.do("write", ledger=str(ledger), pieces=PIECES[:1])
            child, wrong = bench.disturbed(ledger, calls=writes, error=code, for_good=True)
            wrong += [] if child.end == "E706" else [f"it was refused nothing: {child.done}"]
            trial.note(child.end, *wrong)
    return trial


def poor_file_systems(bench: Bench) -> Trial:
    """No hard links; no hard links and no locks; links that are made and called failed."""
    trial = Trial("a file system without hard links, or without them and locks")
    for kinds in (["link"], ["link", "flock"]):
        for code in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            calls = sum(CALLS[kind] for kind in kinds)
            child, wrong = bench.disturbed(bench.ledger(), calls=calls, error=code, for_good=True)
            wrong += [] if child.end == "success" else [f"it was refused: {child.done}"]
            trial.note(child.end, *wrong)
    return trial


def real_full_disk(folder: Path) -> Trial:
    """Fill a real, tiny file system, in a name space of its own; make room block by block."""
    trial = Trial("a real disk (tmpfs) that is full, and gets a block of room at a time")
    disk = folder / "disk"
    disk.mkdir()
    (folder / "elsewhere").mkdir()
    with Farm() as farm:
        root = farm.do("write", ledger=str(folder / "elsewhere"), pieces=[[0, RUNS]]).done["value"]
    script = f'mount -t tmpfs -o size=512k none {disk} && head -c 520192 /dev/zero > {disk}/ballast && exec "$@"'
    with Farm(prefix=(*NAMESPACE, "sh", "-c", script, "sh")) as farm:
        child = farm.do("fill", ledger=f"{disk}/ledger", ballast=f"{disk}/ballast")
    done = child.done.get("value", {"root": str(child.done), "codes": [], "problems": []})
    wrong = [*done["problems"]] + ([] if done["root"] == root else [f"came to {done['root']}"])
    for code in done["codes"]:
        trial.note(code, *([] if code == "E706" else [f"ended with {code}"]))
    trial.note("success", *wrong)
    return trial


def may_mount() -> bool:
    """Say whether this machine lets us have a name space with a file system of our own."""
    if not shutil.which("unshare"):
        return False
    command = [*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def faults(ledger: Path) -> list[str]:
    return [str(problem) for one in Ledger(ledger).remains() for problem in verify(Ensemble(one.folder))]


def gone(ledger: Path, child: Child) -> list[str]:
    """Say which runs the child was told are sealed that are not there."""
    told = {run for sealed in child.told for first, stop in sealed for run in range(first, stop)}
    there = {run for one in Ledger(ledger).ensembles() for run, _ in one.logs()}
    return [f"acknowledged and gone: {sorted(told - there)}"] if told - there else []
