"""Runs the command line with its standard streams in many states: `python -m tests.cli.at_streams < cases`.

Each case is a JSON object with `arguments`, `folder` and the states of `stdin`, `stdout` and `stderr`. The interpreter
and its modules are loaded once, and forked for each case; the end of a process is the interpreter's own. Writes the
exit codes.
"""

import gc
import importlib
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sim.cli.main import COMMANDS, main, module_of

LIMIT = 120  # seconds for one case


def take(number: int, state: str, file: Path) -> Any:
    """Bring a file number into a state, and return the stream that the interpreter would make of it."""
    kind, _, encoding = state.partition(" ")
    if kind == "closed":
        os.close(number)
        return None
    if kind == "gone":
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, number)
    elif kind == "full":
        os.dup2(os.open("/dev/full", os.O_WRONLY), number)
    elif kind == "file":
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    errors = "backslashreplace" if number == 2 else "strict"
    return io.TextIOWrapper(
        open(number, "r+b" if number == 0 else "wb", buffering=0 if number == 0 else -1, closefd=False),
        encoding=encoding or "utf-8",
        errors=errors,
    )


def run(case: dict[str, Any]) -> None:
    """Become the command, and end."""
    signal.alarm(LIMIT)
    os.chdir(case["folder"])
    sys.argv = ["sim", *case["arguments"]]
    streams = [
        take(number, case[name], Path(f"{name}.txt")) for number, name in enumerate(("stdin", "stdout", "stderr"))
    ]
    sys.stdin, sys.stdout, sys.stderr = streams
    main()


if __name__ == "__main__":
    cases = json.load(sys.stdin)
    for name in COMMANDS:
        module_of(name)
    for module in ("duckdb", "scipy.stats", "sim.testing.session", "sim.engines.kernel.engine", "rich.table"):
        importlib.import_module(module)
    gc.freeze()  # what is shared with the children stays so
    codes = []
    for case in cases:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            run(case)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    sys.stdout.write(json.dumps(codes))
