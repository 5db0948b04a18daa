"""What is done in another thread, for a main thread that can be interrupted."""

import os
import signal
import threading
import time
from decimal import getcontext, localcontext

import pytest

from sim.experiment.background import Background


def test_it_gives_what_comes_of_it_and_raises_what_is_raised():
    assert Background(lambda: 7).take() == 7
    with pytest.raises(ZeroDivisionError):
        Background(lambda: 1 // 0).take()


def test_it_sees_the_context_of_whoever_sends_it():
    with localcontext() as context:
        context.prec = 5
        assert Background(lambda: getcontext().prec).take() == 5


def test_an_interruption_comes_while_it_goes_on_and_it_can_be_waited_for_then():
    begun, end = threading.Event(), threading.Event()

    def act() -> str:
        begun.set()
        end.wait()
        return "done"

    call = Background(act)
    begun.wait()
    threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        call.wait()
    assert not call.wait(0)
    end.set()
    assert call.take() == "done"


def test_one_that_is_stopped_ends_in_the_middle():
    begun = threading.Event()

    def act() -> None:
        begun.set()
        while True:
            time.sleep(0.001)

    call = Background(act)
    begun.wait()
    call.stop()

    with pytest.raises(KeyboardInterrupt):
        call.take()


def test_in_a_thread_that_no_signal_reaches_it_is_done_there():
    found = []
    thread = threading.Thread(target=lambda: found.append(Background(threading.current_thread).take()))
    thread.start()
    thread.join()

    assert found == [thread]
