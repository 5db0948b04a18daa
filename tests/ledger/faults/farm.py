"""The other end of `server`: start children, kill them, hear what they did. And the shim, built once."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self

TOP = Path(__file__).parents[3]
CALLS = {
    "open": 1, "write": 2, "fsync": 4, "link": 8, "rename": 16, "unlink": 32, "mkdir": 64, "close": 128, "flock": 256,
    "create": 512,
}  # fmt: skip


def has_compiler() -> bool:
    return shutil.which("gcc") is not None


def built_shim(folder: Path) -> Path:
    """Compile the shim into a folder and return the library."""
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@dataclass
class Child:
    """One task: its process, what it told so far, and how it ended ({} if it was killed before)."""

    number: int
    pid: int = 0
    told: list[Any] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    gone: int | None = None

    @property
    def killed(self) -> bool:
        return self.gone == signal.SIGKILL

    @property
    def end(self) -> str:
        """How it ended, in a word: success, an error's code, or what must not be."""
        if "code" in self.done:
            return str(self.done["code"])
        return "traceback" if "traceback" in self.done else "success" if "value" in self.done else "killed"


class Farm:
    """A server and its children. Use it in a `with` block."""

    def __init__(self, shim: Path | None = None, prefix: tuple[str, ...] = ()) -> None:
        environment = {**os.environ, "PYTHONPATH": str(TOP), "ARROW_DEFAULT_MEMORY_POOL": "system"}
        environment |= {"LD_PRELOAD": str(shim)} if shim else {}
        self._server = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.ledger.faults.server"], cwd=TOP, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._children: dict[int, Child] = {}
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait(60)
        self._server.stdout.close()

    def start(self, task: str, *, arm: dict[str, Any] | None = None, **arguments: Any) -> Child:
        """Start a task and return its child as soon as it has a process."""
        child = Child(next(self._numbers))
        self._children[child.number] = child
        self._send(number=child.number, task=task, arguments=arguments, arm=arm)
        while not child.pid:
            self._hear()
        return child

    def wait(self) -> None:
        """Wait until all children are gone."""
        self._send(wait=True)
        while self._children:
            self._hear()

    def do(self, task: str, *, arm: dict[str, Any] | None = None, **arguments: Any) -> Child:
        """Do one task to its end."""
        child = self.start(task, arm=arm, **arguments)
        self.wait()
        return child

    def _send(self, **what: Any) -> None:
        assert self._server.stdin
        self._server.stdin.write(json.dumps(what) + "\n")
        self._server.stdin.flush()

    def _hear(self) -> None:
        assert self._server.stdout
        line = self._server.stdout.readline()
        assert line, "the server ended by itself"
        said = json.loads(line)
        child = self._children[said["number"]]
        if "pid" in said:
            child.pid = said["pid"]
        elif "told" in said:
            child.told.append(said["told"])
        elif "done" in said:
            child.done = said["done"]
        else:
            child.gone = said["gone"]
            del self._children[child.number]


def kill(child: Child) -> None:
    """Kill a child that was started and not yet waited for: its number stays its own until then."""
    os.kill(child.pid, signal.SIGKILL)
