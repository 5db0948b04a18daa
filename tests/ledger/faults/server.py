"""A process that has loaded all that is slow to load, and forks a child for each task: `python -m ...faults.server`.

It reads one task a line from stdin, as JSON: `{"number": 1, "task": "write", "arguments": {...}, "arm": {...}}`. It
writes lines to stdout: `{"number": 1, "pid": 77}` at once, what the child tells, `{"number": 1, "told": ...}`, what it
ends with, `{"number": 1, "done": {...}}`, and `{"number": 1, "gone": status}` when it is no more.
"""

import json
import os
import sys
import threading
import traceback
from typing import Any

from sim.errors import SimError
from tests.ledger.faults.tasks import TASKS, arm, armed


def say(number: int, **what: Any) -> None:
    os.write(1, json.dumps({"number": number, **what}).encode() + b"\n")  # one write: whole lines, or none


def child(asked: dict[str, Any]) -> None:
    number = asked["number"]
    if asked.get("arm"):
        arm(**asked["arm"])
    try:
        done = {"value": TASKS[asked["task"]](lambda what: say(number, told=what), **asked["arguments"])}
    except SimError as error:
        done = {"code": error.code, "message": str(error)}
    except BaseException:  # noqa: BLE001 - what must never be is what this looks for
        done = {"traceback": traceback.format_exc()}
    if asked.get("arm"):
        done["counted"], done["hits"] = armed()
    say(number, done=done)


def main() -> None:
    import numpy as np  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    assert threading.active_count() == 1, "only a process with one thread may fork"
    children: dict[int, int] = {}
    os.set_blocking(0, True)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("wait"):
            while children:
                pid, status = os.wait()
                say(children.pop(pid), gone=status)
            continue
        pid = os.fork()
        if pid == 0:
            child(asked)
            os._exit(0)
        children[pid] = asked["number"]
        say(asked["number"], pid=pid)


if __name__ == "__main__":
    main()
