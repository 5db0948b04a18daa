"""A real scheduler and real workers of Dask, as processes on loopback; whoever starts them stops them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SECONDS_TO_START = 30
QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")


@contextmanager
def process(*command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """Start a process that writes to `log`, and end it in any case."""
    with log.open("ab") as file:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=log.parent,
            env={**os.environ, **environment}, start_new_session=True,
        )  # fmt: skip
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(5)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


class Dask:
    """A scheduler, at `address`, and its workers."""

    def __init__(self, folder: Path, stack: ExitStack, **environment: str) -> None:
        self.folder = folder
        self._stack = stack
        where = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", *QUIET, "--scheduler-file", str(where),
            **environment,
        )  # fmt: skip
        self.address = ""
        until = time.monotonic() + SECONDS_TO_START
        while not self.address:
            assert time.monotonic() < until, (folder / "dask.log").read_text()
            time.sleep(0.05)
            try:
                self.address = json.loads(where.read_text())["address"]
            except (FileNotFoundError, ValueError):
                continue

    def worker(self, **environment: str) -> subprocess.Popen:
        """Start a worker of one thread that nobody starts again if it dies."""
        return self._start(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", *QUIET,
            "--local-directory", str(self.folder), "--death-timeout", str(SECONDS_TO_START), **environment,
        )  # fmt: skip

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        command = (sys.executable, "-m", "dask", *arguments)
        return self._stack.enter_context(process(*command, log=self.folder / "dask.log", **environment))


@contextmanager
def dask(folder: Path, *, workers: int = 0, **environment: str) -> Iterator[Dask]:
    """Give a scheduler with so many workers."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        started = Dask(folder, stack, **environment)
        for _ in range(workers):
            started.worker()
        yield started
