"""A process is copied only where all of its threads are known, and a copy answers signals by itself."""

import os
import subprocess
import sys
import threading

import pytest

from sim.experiment.forking import may_fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies processes")
ALONE = "import threading; from sim.experiment.forking import may_fork\n"


def said(program: str) -> str:
    """Run a program that has no threads of a library, and return what it printed."""
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", ALONE + program]
    return subprocess.run(command, capture_output=True, text=True, env=alone, check=True).stdout


def test_a_process_of_one_thread_or_of_sims_own_may_be_copied():
    wait = "threading.Thread(target=threading.Event().wait, args=(9,), daemon=True, name={name!r}).start(); "
    assert said("print(may_fork())") == "True\n"
    assert said(wait.format(name="sim-stopping") + "print(may_fork())") == "True\n"
    assert said(wait.format(name="somebody's") + "print(may_fork())") == "False\n"
    assert said("import pyarrow; print(may_fork())") == "True\n"


def test_another_thread_than_the_main_one_copies_nothing():
    found = []
    thread = threading.Thread(target=lambda: found.append(may_fork()))
    thread.start()
    thread.join()

    assert found == [False]


def test_what_interrupts_a_copy_is_not_told_to_the_process_that_it_is_of():
    program = """
import os, signal, socket
from _thread import interrupt_main
from sim.experiment.forking import forget_signals
ours, theirs = socket.socketpair()
theirs.setblocking(False)
signal.set_wakeup_fd(theirs.fileno())
signal.signal(signal.SIGINT, lambda *_: os._exit(5))
child = os.fork()
if not child:
    forget_signals()
    try:
        interrupt_main()
        for _ in range(1000):
            pass
    except KeyboardInterrupt:
        os._exit(0)
    os._exit(7)
_, status = os.waitpid(child, 0)
ours.settimeout(0.2)
try:
    print(status, ours.recv(1))
except TimeoutError:
    print(status, 'nothing')
"""
    assert said(program) == "0 nothing\n"
