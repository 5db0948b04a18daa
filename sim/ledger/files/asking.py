"""Requests to an object store, made again after failures that may pass, and not after others.

Long waits are reported by `logging`, which writes to stderr unless it is configured otherwise. `answers` says what the
store's errors mean.
"""

import logging
import random
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from sim.errors import SimError
from sim.ledger.files.answers import StoreRequest, is_taken, line, passing, refused, store, unanswered, unexplained

SECONDS_IN_ALL = 60.0  # of asking again for one answer
SECONDS_AT_FIRST = 15.0  # of asking a store that nobody can reach, and that this process has never heard from
SECONDS_IN_SILENCE = 3.0  # of waiting, before it is told
SECONDS_BETWEEN_WORDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0  # seconds; each pause is twice the one before, less a random part

_log = logging.getLogger(__name__)
_heard: set[str] = set()  # buckets that have answered this process
T = TypeVar("T")


def ask(request_: StoreRequest, request: Callable[[], T], listen: Callable[[], object] | None = None) -> T:
    """Return what a store answers to a request, which is made again while what is wrong may pass.

    `listen` asks something whose refusal has a reason, for a request whose refusal has none. Raise FileNotFoundError,
    FileExistsError, E717 where the store refuses, E718 where it does not answer, E039 where its settings lack.
    """
    waiting = _Waiting(request_.bucket)
    pause = FIRST_PAUSE
    while True:
        try:
            answer = waiting.wait_for(request)
        except (SimError, KeyboardInterrupt, MemoryError):
            raise
        except FileNotFoundError as error:
            waiting.ends()
            if "NoSuchBucket" in str(error):
                raise refused(request_, str(error)) from None
            raise
        except BaseException as error:  # noqa: BLE001 - obstore's panics are no Exceptions
            text = str(error)
            if is_taken(error):
                waiting.ends()
                raise FileExistsError(line(text)) from None
            reason = passing(text, known=request_.bucket in _heard)
            if reason is None:
                text = (_heard_from(listen, waiting) if unexplained(text) else "") or text
                raise refused(request_, text) from None
            if not waiting.goes_on(reason, pause):
                raise unanswered(reason, waiting.seconds, known=request_.bucket in _heard) from None
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - to keep workers from asking at one moment
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            waiting.ends()
            return answer


class _Waiting:
    """One wait for an answer: how long it has taken, and what is told of it meanwhile."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.reason = "no answer yet"
        self.most = SECONDS_IN_ALL
        self.began = time.monotonic()
        self.next_word = self.began + SECONDS_IN_SILENCE
        self.text = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def goes_on(self, reason: str, pause: float) -> bool:
        """Return whether there is time to ask once more after a pause; tell why it takes so long."""
        self.reason = reason
        first = self.bucket not in _heard and reason.startswith("nobody")
        self.most = SECONDS_AT_FIRST if first else SECONDS_IN_ALL
        if self.seconds + pause > self.most:
            return False
        self._tell(pause)
        return True

    def wait_for(self, request: Callable[[], T]) -> T:
        """Do a request in a thread: obstore holds signals back until it is done, and Ctrl-C should not wait for it."""
        answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def do() -> None:
            try:
                answers.put((request(), None))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                answers.put((None, error))

        Thread(target=do, daemon=True).start()
        while True:
            try:
                answer, error = answers.get(timeout=max(0.01, self.next_word - time.monotonic()))
            except Empty:
                self._tell()
                continue
            if error is not None:
                raise error
            return answer  # type: ignore[return-value]

    def _tell(self, ahead: float = 0.0) -> None:
        if time.monotonic() + ahead >= self.next_word:
            self.next_word = time.monotonic() + SECONDS_BETWEEN_WORDS
            self.text = True
            words = "waiting for %s: %s (%.0f s so far, of %.0f at most)"
            _log.warning(words, store(), self.reason, self.seconds, self.most)

    def ends(self) -> None:
        """Note that the store has answered; tell it if it was told that it does not."""
        _heard.add(self.bucket)
        if self.text:
            _log.warning("%s answers again, after %.0f s", store(), self.seconds)


def _heard_from(listen: Callable[[], object] | None, waiting: _Waiting) -> str:
    """Return the refusal of another request, "" if there is none."""
    if listen is None:
        return ""
    try:
        waiting.wait_for(listen)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - see above
        return str(error)
    return ""
