"""A command as a process of its own, with all that it starts: found by a mark in their environment, and ended."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "SIM_TEST_MARK"
SECONDS = 60  # for what comes soon where the machine is not busy


class Started:
    """A process, `all` that were started by it and are not yet gone, and what it said on stderr."""

    def __init__(self, process: subprocess.Popen, mark: str, said: Path) -> None:
        self.process = process
        self.mark = f"{MARK}={mark}".encode()
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text()

    def all(self, part: bytes = b"") -> list[int]:
        """List the processes that bear the mark, and whose command has this part."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                marked = self.mark in (folder / "environ").read_bytes().split(b"\0")
                if marked and part in (folder / "cmdline").read_bytes() and self._lives(folder):
                    found.append(int(folder.name))
        return sorted(found)

    def workers(self) -> list[int]:
        """List the processes that work for another: new ones, and those that began as copies of it."""
        return sorted({*self.all(b"spawn_main"), *filter(self._is_copy, self.all(b"sim"))})

    def send(self, number: int, *, group: bool = False) -> None:
        (os.killpg if group else os.kill)(self.process.pid, number)

    def ends(self, seconds: float = SECONDS) -> int:
        """Wait for the process to end, and return its exit code."""
        return self.process.wait(seconds)

    @staticmethod
    def _is_copy(process: int) -> bool:
        """Return whether a process has the command of its parent, and not one of its own."""
        with suppress(OSError):
            parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
            one, other = (Path(f"/proc/{number}/cmdline").read_bytes() for number in (process, parent))
            return bool(one) and one == other
        return False

    @staticmethod
    def _lives(folder: Path) -> bool:
        return (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(there: Callable[[], object], it: Started | None = None, seconds: float = SECONDS) -> None:
    """Wait until something is there, as long as a process runs that brings it."""
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "it did not come"
        assert it is None or it.process.poll() is None, it.said
        time.sleep(0.02)


@contextmanager
def started(folder: Path, *arguments: object, **environment: str) -> Iterator[Started]:
    """Start `sim` with arguments in a session of its own, or another program if a list is given."""
    mark = secrets.token_hex(8)
    (folder / "temporary").mkdir(exist_ok=True)
    program = arguments[0] if isinstance(arguments[0], list) else [sys.executable, "-m", "sim", *map(str, arguments)]
    environment = {**os.environ, "TMPDIR": str(folder / "temporary"), MARK: mark, **environment}
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as said:
        process = subprocess.Popen(
            program, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    it = Started(process, mark, folder / "stderr")
    try:
        yield it
    finally:
        for one in it.all():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()
