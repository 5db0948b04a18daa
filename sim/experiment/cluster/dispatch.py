"""Dispatches work items to the workers of a cluster, from the first to the last result.

Dask carries tasks and results; which worker does what is decided here. A worker has no more at once than it does in
about a second, so a worker that joins gets work, and results are known, and sealed, soon after.
"""

import time
import warnings
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim.errors import SimWarning
from sim.experiment.cluster.identity import first_line, identity
from sim.experiment.cluster.membership import Members, cluster_lost
from sim.experiment.cluster.remote import Assignment, Done, done
from sim.experiment.packing import Sender
from sim.experiment.workers import WorkItem

if TYPE_CHECKING:
    from distributed import Future

AHEAD = 2  # assignments that a worker has: one at work, and the next
SECONDS_OF_AN_ASSIGNMENT = 0.5  # Dask takes about 3 ms for each, 1 of them in the driver
MOST_TASKS = 32  # in one assignment
SECONDS_BETWEEN_LOOKS = 0.5  # for workers that came or went
SECONDS_WITHOUT_WORKERS = 60  # after which the driver gives up
MOST_FAILURES = 3  # of one task, on other workers where there are any; of one worker, one after another
SECONDS_OVERDUE = 30  # after which a task goes to a second worker too, if one has nothing to do
MOST_DEATHS = 3  # of workers that had the same task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Assigned:
    """What a worker was assigned: the work items, by their indices."""

    worker: str
    indices: tuple[int, ...]
    since: float = field(default_factory=time.monotonic)


class Dispatch(Generic[T]):
    """Work items that are being dispatched. `out` is what the workers have at this moment."""

    def __init__(self, cluster: Members, tasks: Sequence[WorkItem[T]]) -> None:
        from distributed import as_completed

        self.cluster = cluster
        self.tasks = tasks
        self.rest = deque(range(len(tasks)))
        self.out: dict[Future, _Assigned] = {}
        self.senders = defaultdict[str, Sender](Sender)  # by worker
        self.failed_at: defaultdict[int, list[str]] = defaultdict(list)  # workers, by the task that failed there
        self.deaths = Counter[int]()  # of workers that had a task
        self.in_a_row = Counter[str]()  # failures of a worker since it last did something
        self.twice = set[int]()  # tasks that a second worker has, too
        self.over = set[int]()  # those of them that are done
        self.pace: float | None = None  # seconds that a task takes, once one is done
        self.coming = as_completed(loop=cluster.client.loop, with_results=True, raise_errors=False)
        self.looked = self.worked = time.monotonic()
        self.waits = False  # for any worker

    def results(self) -> Iterator[T]:
        """Yield each task's result as it comes."""
        while self.rest or self._at_work():
            if time.monotonic() - self.looked >= SECONDS_BETWEEN_LOOKS:
                self._refresh()
            self._hand_out()
            with self.coming.thread_condition:
                if not self.coming.has_ready():
                    self.coming.thread_condition.wait(SECONDS_BETWEEN_LOOKS)
            for future, answer in self.coming.next_batch(block=False):
                one = self.out.pop(future, None)
                if one is not None:  # else its worker was gone, and the tasks are with another
                    yield from self._taken(one, future.status, answer)

    def _at_work(self) -> bool:
        return any(not self.over.issuperset(one.indices) for one in self.out.values())

    def _taken(self, one: _Assigned, status: str, answer: Any) -> Iterator[T]:
        """Take what a worker answers, and yield the results in it."""
        if status == "cancelled":
            raise cluster_lost("the scheduler is gone, or was started anew")
        if status == "error":
            self._failed(one, answer[1])
        else:
            yield from self._finished(one, answer)

    def _finished(self, one: _Assigned, answer: Done[T]) -> Iterator[T]:
        count = len(answer.results)
        self._put_back(one.indices[count:])
        if answer.lost:
            self.senders.pop(one.worker, None)
        if answer.refusal:
            self.cluster.leave_out(one.worker, answer.refusal)
        elif count:
            self.pace = answer.seconds / count
            self.in_a_row[one.worker] = 0
        for index, result in zip(one.indices, answer.results, strict=False):
            if index not in self.over:
                self.over |= {index} & self.twice
                yield result

    def _failed(self, one: _Assigned, error: BaseException) -> None:
        """Put back tasks of which the first failed, unless it did so too often, and leave out who fails at all of them:
        a disk that is full on one host does not stop the others.
        """
        if self.over.issuperset(one.indices):
            return
        first, worker = one.indices[0], one.worker
        self.failed_at[first].append(worker)
        self.in_a_row[worker] += 1
        if len(self.failed_at[first]) >= MOST_FAILURES:
            raise error
        self._put_back(one.indices)
        if self.in_a_row[worker] >= MOST_FAILURES and len(self.cluster) > 1:
            self.cluster.leave_out(worker, error)

    def _refresh(self) -> None:
        """Take back what lost workers had, and raise if no worker is left that can do anything."""
        cluster = self.cluster
        present = cluster.refresh()
        for worker in {one.worker for one in self.out.values()} - present:
            self._died(worker)
        self.looked = time.monotonic()
        if cluster.able or self._at_work():
            self.worked, self.waits = self.looked, False
        elif cluster.left_out and present == cluster.left_out.keys():
            raise next(iter(cluster.left_out.values()))
        elif self.looked - self.worked >= SECONDS_WITHOUT_WORKERS:
            raise cluster_lost("no worker is left")
        elif not self.waits and not cluster.questioned:
            said = f"no worker is left; {SECONDS_WITHOUT_WORKERS} seconds are waited for another"
            warnings.warn(SimWarning("W036", said), stacklevel=2)
            self.waits = True

    def _died(self, worker: str) -> None:
        """Take back what a lost worker had: the first of it may have ended the worker."""
        had = [(future, one) for future, one in self.out.items() if one.worker == worker]
        for future, one in reversed(had):
            del self.out[future]
            self._put_back(one.indices)
            with suppress(OSError):
                future.cancel()
        for index in had[0][1].indices:
            self.deaths[index] += 1
            if self.deaths[index] >= MOST_DEATHS:
                raise cluster_lost(f"the same task has ended {MOST_DEATHS} workers, the last at {worker}")

    def _put_back(self, indices: Sequence[int]) -> None:
        self.rest.extendleft(index for index in reversed(indices) if index not in self.over)

    def _hand_out(self) -> None:
        """Give each worker what it lacks, those that have least first."""
        load = Counter(one.worker for one in self.out.values())
        for level in range(AHEAD):
            for worker in self.cluster.able:
                if self.rest and load[worker] <= level and not self._failed_at(self.rest[0], worker):
                    self._give(worker, self._next_assignment())
                    load[worker] += 1
        if not self.rest:
            self._double([worker for worker in self.cluster.able if not load[worker]])

    def _double(self, idle: Sequence[str]) -> None:
        """Give idle workers what another has had for too long: it may hang, or lack memory. Twice does no harm."""
        patience = max(SECONDS_OVERDUE, 5 * (self.pace or 0))
        late = [one for one in self.out.values()
                if time.monotonic() - one.since > patience * len(one.indices)
                and not self.twice.issuperset(one.indices)]  # fmt: skip
        for worker, one in zip(idle, late, strict=False):
            self.twice |= set(one.indices)
            self._give(worker, one.indices)

    def _give(self, worker: str, indices: tuple[int, ...]) -> None:
        packed = self.senders[worker].packed([self.tasks[index] for index in indices])
        assignment = Assignment(identity(), self.cluster.client.id, packed)
        future = self.cluster.client.submit(done, assignment, pure=False, workers=[worker])
        self.out[future] = _Assigned(worker, indices)
        self.coming.add(future)

    def _failed_at(self, index: int, worker: str) -> bool:
        """Return whether a task failed at a worker, and there is another that may do it."""
        failed = self.failed_at.get(index, ())
        return worker in failed and any(other not in failed for other in self.cluster.able)

    def _next_assignment(self) -> tuple[int, ...]:
        """Take tasks of about half a second, as far as that leaves as many for every other worker."""
        most = 1
        if self.pace is not None:
            fair = len(self.rest) // (AHEAD * len(self.cluster))
            most = max(1, min(MOST_TASKS, fair, int(SECONDS_OF_AN_ASSIGNMENT / max(self.pace, 1e-6))))
        indices = [self.rest.popleft()]
        while len(indices) < most and not self._doubtful(indices[0]) and not self._doubtful(self.rest[0]):
            indices.append(self.rest.popleft())
        return tuple(indices)

    def _doubtful(self, index: int) -> bool:
        """Return whether a task has failed or ended a worker: it goes alone, and takes no others with it."""
        return bool(self.deaths[index]) or index in self.failed_at


class Cluster(Members):
    """The workers of a Dask scheduler, as a pool."""

    def do(self, tasks: Sequence[WorkItem[T]]) -> Iterator[T]:
        """Do the tasks and yield each result as it comes. Raise what a task raises.

        Raise E711 or E032 if all workers are left out, SimError E610 if the scheduler or the last worker is gone, or a
        task was the death of every worker that had it.
        """
        from distributed import CancelledError, KilledWorker
        from distributed.comm.core import CommClosedError

        dispatch = Dispatch(self, tasks)
        try:
            yield from dispatch.results()
        except (CancelledError, KilledWorker, CommClosedError) as error:
            raise cluster_lost(first_line(error)) from None
        finally:
            with suppress(Exception):  # whatever it is that a cluster which is going says
                self.client.cancel(list(dispatch.out))
