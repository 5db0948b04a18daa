"""Commands as processes: started in groups of their own, signalled, waited for, and found when they should be gone.

All are marked by an environment variable, which their workers inherit. Linux only: it reads /proc.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MARK = "SIM_SOAK"
PROC = Path("/proc")
STEP = 0.005  # seconds between two looks


@dataclass
class Running:
    """One command: its process, which leads a group, what it wrote, and the signals that were sent to it."""

    argv: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    out: Path
    err: Path
    began: float = field(default_factory=time.monotonic)
    sent: list[str] = field(default_factory=list)
    peak: int = 0  # bytes of address space that the driver had at most, as far as it was seen
    hung: bool = False

    @property
    def code(self) -> int | None:
        return self.process.returncode

    @property
    def stdout(self) -> str:
        return self.out.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self) -> str:
        return self.err.read_text(encoding="utf-8", errors="replace")

    def at_work(self) -> bool:
        """Say whether the driver still runs."""
        with contextlib.suppress(OSError, ValueError):
            status = (PROC / str(self.process.pid) / "status").read_text()
            self.peak = max(self.peak, int(status.split("VmPeak:")[1].split()[0]) << 10 if "VmPeak:" in status else 0)
        return self.process.poll() is None

    def workers(self) -> list[int]:
        """List the worker processes of the driver: new ones, and those that began as copies of it."""
        children = [pid for pid, parent in _parents() if parent == self.process.pid]
        copied = _text(self.process.pid, "cmdline")
        return [pid for pid in children if (command := _text(pid, "cmdline")) == copied or b"spawn_main" in command]

    def send(self, wanted: signal.Signals, to: str) -> None:
        """Send a signal to the `driver` alone, to the `group`, or to the process of this number."""
        self.sent.append(f"{wanted.name} to {to} after {time.monotonic() - self.began:.2f} s")
        with contextlib.suppress(ProcessLookupError):
            if to == "group":
                os.killpg(self.process.pid, wanted)
            elif self.process.poll() is None or to != "driver":
                os.kill(self.process.pid if to == "driver" else int(to.removeprefix("worker ")), wanted)

    def wait(self, limit: float) -> int:
        """Wait until the driver is gone; kill it if that takes longer than `limit` seconds."""
        end = time.monotonic() + limit
        while self.at_work():
            if time.monotonic() > end:
                self.hung = True
                self.send(signal.SIGKILL, "group")
                self.process.wait()
            time.sleep(STEP)
        return self.process.returncode

    def told(self) -> str:
        """Write down the command and what came of it."""
        sent = "".join(f"\n    {line}" for line in self.sent)
        wrote = self.stderr.strip() or "nothing on stderr"
        return f"sim {' '.join(self.argv)}{sent}\n    code {self.code}\n    " + wrote.replace("\n", "\n    ")


def start(
    argv: tuple[str, ...], folder: Path, number: int, environment: dict[str, str], limits: dict[int, int]
) -> Running:
    """Start a command of `sim`, whose output goes to files in `folder`; `limits` are resource limits, in bytes."""

    def bound() -> None:
        for limit, most in limits.items():
            resource.setrlimit(limit, (most, most))

    out, err = folder / f"{number}.out", folder / f"{number}.err"
    with out.open("wb") as to, err.open("wb") as wrong:
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", *argv], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=to, stderr=wrong, start_new_session=True, cwd=folder, preexec_fn=bound if limits else None,
        )  # fmt: skip
    return Running(argv, process, out, err)


def marked(token: str) -> list[int]:
    """List the processes with this mark that are not about to be reaped, this one excepted."""
    wanted = f"{MARK}={token}".encode()
    return [pid for pid, _ in _parents() if pid != os.getpid() and wanted in _text(pid, "environ").split(b"\0")]


def left(token: str, grace: float) -> list[str]:
    """Give the marked processes `grace` seconds to go; say which are left, and kill these."""
    end = time.monotonic() + grace
    while (pids := marked(token)) and time.monotonic() < end:
        time.sleep(0.05)
    told = [f"process {pid} is left: {_text(pid, 'cmdline').replace(bytes(1), b' ').decode()}" for pid in pids]
    end_all(token)
    return told


def end_all(token: str) -> None:
    """Kill all marked processes."""
    while pids := marked(token):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(STEP)


def _parents() -> Iterator[tuple[int, int]]:
    """Give every process with its parent."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            told = _text(int(entry.name), "stat").rpartition(b") ")[2].split()
            if told and told[0] not in (b"Z", b"X"):
                yield int(entry.name), int(told[1])


def _text(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:  # it is gone, or somebody else's
        return b""
