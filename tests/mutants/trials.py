"""What becomes of a fault: it is planted in a copy of the tree, and the copy's tests are run.

The copy lacks this folder: its own tests would notice every fault by the code that is gone. Its code is laid out as
Python's `ast` does it, as that of a planted fault is, so that a test that hangs on the layout fails without a fault.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Literal

from tests.mutants.fault import TOP, Fault

PARTS = ("sim", "tests", "scenarios", "seeds", "pyproject.toml", "README.md", ".gitignore")
LEFT_OUT = ("mutants", "__pycache__", ".hypothesis")
PATIENCE = 300.0  # seconds for the named tests; whatever takes longer hangs
PATIENCE_WHOLE = 1800.0
WHOLE = ("-n", "2")  # the arguments that run the whole quick suite

Fate = Literal["killed", "survived", "error"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a fault, by which test (or why there is no verdict), and after how many seconds."""

    fault: Fault
    fate: Fate
    by: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Tested:
    """One run of pytest: its exit code (None if it hung), the first test that failed, the end of what it said."""

    code: int | None
    failed: str
    said: str


class Copy:
    """A copy of the tree in which faults are planted one at a time, and taken out again."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self.scratch = folder / "scratch"
        self.tree.mkdir(parents=True)
        for part in PARTS:
            if (TOP / part).is_dir():
                shutil.copytree(TOP / part, self.tree / part, ignore=shutil.ignore_patterns(*LEFT_OUT))
            else:
                shutil.copy2(TOP / part, self.tree / part)
        for path in (self.tree / "sim").rglob("*.py"):
            path.write_text(ast.unparse(ast.parse(path.read_text(encoding="utf-8"))), encoding="utf-8")

    def check(self, paths: Sequence[str]) -> str:
        """Say what is wrong with the copy without a fault; "" if it runs its own `sim`, and its tests pass."""
        code = "import sim; print(sim.__file__)"
        found = subprocess.run(
            [sys.executable, "-c", code], cwd=self.tree, env=self._environment(), capture_output=True, text=True
        )
        if not Path(found.stdout.strip()).is_relative_to(self.tree):
            return f"the copy would run another sim: {found.stdout.strip() or found.stderr}"
        tested = self.run(paths, PATIENCE_WHOLE)
        return "" if tested.code == 0 else f"the tests fail without a fault: {tested.failed or tested.said}"

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[None]:
        """Plant a fault for as long as the block lasts."""
        path, planted = fault.planted(self.tree)
        text = path.read_text(encoding="utf-8")
        compiled = Path(cache_from_source(str(path)))
        path.write_text(planted, encoding="utf-8")
        compiled.unlink(missing_ok=True)  # it is told by time and size, which may be those of the other text
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            compiled.unlink(missing_ok=True)

    def run(self, arguments: Sequence[str], patience: float) -> Tested:
        """Run pytest with these arguments in the copy until the first failure."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow"]
        process = subprocess.Popen(
            [*command, f"--basetemp={self.scratch}", *arguments], cwd=self.tree, env=self._environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the session's workers and subprocesses with it
            process.communicate()
            return Tested(None, "", "")
        return Tested(process.returncode, first_failed(said), said[-2000:])

    def _environment(self) -> dict[str, str]:
        """Return the environment, without what pytest and its workers say of themselves to this process."""
        own = ("PYTEST_XDIST", "PYTEST_CURRENT_TEST", "PYTHONPYCACHEPREFIX")  # `with_fault` looks beside the sources
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return {**kept, "PYTHONPATH": str(self.tree)}


def first_failed(said: str) -> str:
    """Return the id of the first test that failed in what pytest said; "" if none did, or none was collected."""
    found = re.search(r"^(?:FAILED|ERROR) (\S+?::.*?)(?: - .*)?$", said, re.MULTILINE)
    return found[1] if found else ""


def tried(copy: Copy, fault: Fault, arguments: Sequence[str], patience: float = PATIENCE) -> Verdict:
    """Plant a fault, run pytest with these arguments, and say what became of it.

    A fault is killed if a test fails, or if the tests hang. Tests that cannot be collected give no verdict: a fault
    that breaks an import is no small one.
    """
    start = time.monotonic()
    with copy.with_fault(fault):
        tested = copy.run(arguments, patience)
    seconds = time.monotonic() - start
    if tested.code is None:
        return Verdict(fault, "killed", f"the tests hang: over {patience:.0f} s", seconds)
    if tested.failed:
        return Verdict(fault, "killed", tested.failed, seconds)
    if tested.code == 0:
        return Verdict(fault, "survived", "", seconds)
    return Verdict(fault, "error", f"pytest ended with {tested.code}: {tested.said}", seconds)
