"""Whether a new worker may be a copy of this process, which has everything loaded; else it is started afresh.

A copy has one thread. A lock that another one held at that moment is never released in it, so a process is copied only
where all its threads are known. Those of sim hold no lock that a worker takes; jemalloc, which comes with Arrow, makes
its own ready to be copied.
"""

import signal
import sys
import threading
import time
from pathlib import Path

OURS = "sim-"  # how the names of sim's threads begin
_SAFE = "jemalloc_bg_thd"
_ENDING = 0.02  # seconds for a thread that is over to be gone


def may_fork() -> bool:
    """Return whether this process can be copied: it runs in the main thread, and has no other threads but sim's."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return False
    until = time.monotonic() + _ENDING
    while not (known := _are_known()) and time.monotonic() < until:
        time.sleep(_ENDING / 20)
    return known


def _are_known() -> bool:
    main = threading.main_thread()
    known = [thread for thread in threading.enumerate() if thread is main or thread.name.startswith(OURS)]
    try:
        names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    except OSError:
        return False
    return len(names) - names.count(_SAFE) == len(known)  # Python does not know of all


def forget_signals() -> None:
    """Let a copy of a process answer interrupts as a new process does, and tell the process that it was of nothing."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
