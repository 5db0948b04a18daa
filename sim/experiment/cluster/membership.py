"""The workers of a scheduler: those that can do this driver's tasks, and those that are left out."""

import warnings
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from sim.errors import SimError, SimWarning, UsageError
from sim.experiment.background import Background
from sim.experiment.cluster.identity import alike, described, first_line, identity
from sim.experiment.cluster.remote import identify

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_ANSWER = 10.0  # who a worker is, before work begins
MOST_QUESTIONED = 16  # at once; each has a thread here


class Members:
    """The workers of a Dask scheduler. `client` is connected to it.

    Workers that cannot do this driver's tasks are left out: those whose sources differ, that do not see its ledger,
    or that fail at whatever they are given. Raise UsageError E032 if one that is there at the start has other sources.
    """

    def __init__(self, client: "Client") -> None:
        self.client = client
        self.able: dict[str, None] = {}  # by address, in the order in which they joined
        self.left_out: dict[str, BaseException] = {}  # and why
        self.questioned: set[str] = set()  # who they are
        self._answers: SimpleQueue[tuple[str, object]] = SimpleQueue()
        self._check_workers()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.client.scheduler.address!r})"

    def __len__(self) -> int:
        return len(self.able)

    def refresh(self) -> set[str]:
        """Look for workers that joined or left, and return the addresses of all workers of the scheduler.

        A new worker is asked for its identity, and gets work once it has answered. Raise SimError E610 if the scheduler
        is gone.
        """
        present = self.present()
        for worker in (self.able.keys() | self.left_out.keys() | self.questioned) - present:
            self.able.pop(worker, None)
            self.left_out.pop(worker, None)
            self.questioned.discard(worker)
        while not self._answers.empty():
            worker, answer = self._answers.get()
            if worker in self.questioned:
                self.questioned.discard(worker)
                self._admit(worker, answer)
        new = sorted(present - self.able.keys() - self.left_out.keys() - self.questioned)
        for worker in new[: MOST_QUESTIONED - len(self.questioned)]:
            self.questioned.add(worker)
            Thread(target=self._ask, args=(worker,), daemon=True).start()
        return present

    def present(self) -> set[str]:
        """Return the addresses of all workers of the scheduler. Raise SimError E610 if it is gone."""
        try:
            return set(self.client.nthreads())
        except OSError as error:
            raise cluster_lost(first_line(error)) from None

    def _ask(self, worker: str) -> None:
        """Ask a worker for its identity. Not by a task: one that it cannot read ends it."""
        try:
            answer = self.client.run(identify, workers=[worker], on_error="return")[worker]
        except Exception as error:  # noqa: BLE001 - whatever it is, this worker has not answered
            answer = error
        self._answers.put((worker, answer))

    def _admit(self, worker: str, answer: object) -> None:
        """Admit a worker that makes the same runs; `answer` is the identity that it gave, or what it raised."""
        stated, host = stated_and_host(answer)
        if alike(stated, identity()):
            self.able[worker] = None
        elif not isinstance(stated, OSError | KeyError):  # else it did not get the question, and is asked again
            why = f"the worker on {host} {described(stated)}; the driver {described(identity())}"
            self.leave_out(worker, UsageError("E032", why))

    def leave_out(self, worker: str, why: BaseException) -> None:
        """Give a worker no task of this driver from now on; warn W036 if there is another."""
        known = worker in self.left_out
        self.able.pop(worker, None)
        self.left_out[worker] = why
        if self.able and not known:
            reason = why.message if isinstance(why, SimError) else first_line(why)
            stated = f"the worker at {worker} is left out, and others do what it had: {reason}"
            warnings.warn(SimWarning("W036", stated), stacklevel=2)

    def _check_workers(self) -> None:
        asking: Background[dict[str, Any]] = Background(partial(self.client.run, identify, on_error="return"))
        if not asking.wait(SECONDS_TO_ANSWER):
            return  # one of them hangs: then each is asked by itself, and gets work once it has answered
        stated = {worker: stated_and_host(answer)[0] for worker, answer in asking.take().items()}
        strange = sorted(worker for worker, one in stated.items() if not alike(one, identity()))
        if strange:
            notes = [f"the worker at {worker} {described(stated[worker])}" for worker in strange]
            raise UsageError("E032", f"not every worker {described(identity())}, as is the case here", *notes)
        self.able.update(dict.fromkeys(stated))


def stated_and_host(answer: object) -> tuple[object, str]:
    """Return what a worker said of itself, and its host; anything else as it is, from a host that is not known."""
    match answer:
        case (tuple() as stated, str(host)):
            return stated, host
    return answer, "another host"


def cluster_lost(why: str) -> SimError:
    """Return the error of a cluster that is lost."""
    note = "what is sealed stays, and the same command goes on from there"
    return SimError("E610", f"the cluster gave up: {why}", note)
