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

    def __init__(self, folder: Path, stack: ExitStack, protocol: str = "tcp", **environment: str) -> None:
        self.folder = folder
        self.protocol = protocol
        self._stack = stack
        where = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--protocol", protocol, "--host", "127.0.0.1", "--port", "0", *QUIET,
            "--scheduler-file", str(where), **environment,
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

    def worker(self, *, threads: int = 1, **environment: str) -> subprocess.Popen:
        """Start a worker that nobody starts again if it dies."""
        return self._start(
            "worker", self.address, "--protocol", self.protocol, "--host", "127.0.0.1", "--nthreads", str(threads),
            "--no-nanny", *QUIET, "--local-directory", str(self.folder), "--death-timeout", str(SECONDS_TO_START),
            **environment,
        )  # fmt: skip

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        command = (sys.executable, "-m", "dask", *arguments)
        return self._stack.enter_context(process(*command, log=self.folder / "dask.log", **environment))


@contextmanager
def dask(folder: Path, *, workers: int = 0, protocol: str = "tcp", **environment: str) -> Iterator[Dask]:
    """Give a scheduler with so many workers, all in the same environment."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        started = Dask(folder, stack, protocol, **environment)
        for _ in range(workers):
            started.worker(**environment)
        yield started


# What Python runs first of all in a worker: the folder that HIDDEN names is not there for it, as if not mounted.
_BLIND = """
import os, sys, errno
hidden, but, stat = os.environ["HIDDEN"], os.environ["BUT"], os.stat

def refused(path):
    there = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
    if there.startswith(hidden) and not there.endswith(but):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), there)

def blind(path, *rest, **more):
    refused(path)
    return stat(path, *rest, **more)

os.stat = blind
sys.addaudithook(lambda event, arguments: refused(arguments[0]) if event in ("open", "os.scandir") else None)
"""


def blind(folder: Path, hidden: Path, but: str = "but for nothing") -> dict[str, str]:
    """Give the environment of a worker that does not see a folder that the others see; `folder` is for its own use.

    Names that end with `but` are seen.
    """
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_BLIND)
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "HIDDEN": str(hidden), "BUT": but}
