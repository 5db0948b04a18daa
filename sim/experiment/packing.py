"""How tasks travel to another process, which `pool` or `cluster` chooses: a job once, and then by its key alone."""

import pickle
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any

from sim.experiment.jobs import EnsembleJob

MOST_KEPT = 32  # jobs that a process keeps: one of 900 rules takes some 10 MB


class LostJobError(Exception):
    """A task names a job that this process does not have, or no longer."""


class Sender:
    """Packs tasks for one other process, which has a `Receiver` for them, and knows some jobs from the beginning."""

    def __init__(self, known: Iterable[EnsembleJob] = ()) -> None:
        self._sent: set[Hashable] = {job.key for job in known}

    def packed(self, tasks: Any) -> bytes:
        """Return tasks, and the jobs among them that were not sent before, as bytes."""
        text = BytesIO()
        pickler = _Pickler(text)
        pickler.dump(tasks)
        new = [_pickled(job) for key, job in pickler.jobs.items() if key not in self._sent]
        self._sent |= pickler.jobs.keys()
        return pickle.dumps((new, text.getvalue()))


class Receiver:
    """Unpacks what one sender packed. It keeps the jobs that were used last."""

    def __init__(self, known: Iterable[EnsembleJob] = ()) -> None:
        self._jobs: dict[Hashable, EnsembleJob] = {job.key: job for job in known}

    def unpacked(self, packed: bytes) -> Any:
        """Return the tasks. Raise LostJobError for a job that is kept no longer, LedgerError E703 for a wrong one."""
        new, text = pickle.loads(packed)  # noqa: S301 - from the process that this one works for
        for content in new:
            job = pickle.loads(content)  # noqa: S301
            job.check()
            self._jobs[job.key] = job
        tasks = _Unpickler(BytesIO(text), self._job).load()
        while len(self._jobs) > MOST_KEPT:
            del self._jobs[next(iter(self._jobs))]
        return tasks

    def _job(self, key: Hashable) -> EnsembleJob:
        if key not in self._jobs:
            raise LostJobError(key)
        self._jobs[key] = self._jobs.pop(key)  # the one that was used last is the last
        return self._jobs[key]


class _Pickler(pickle.Pickler):
    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self.jobs: dict[Hashable, EnsembleJob] = {}

    def persistent_id(self, item: Any) -> Hashable | None:
        if not isinstance(item, EnsembleJob):
            return None
        self.jobs[item.key] = item
        return item.key


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BytesIO, job: Callable[[Hashable], EnsembleJob]) -> None:
        super().__init__(file)
        self._job = job

    def persistent_load(self, key: Hashable) -> EnsembleJob:
        return self._job(key)


@lru_cache(MOST_KEPT)
def _pickled(job: EnsembleJob) -> bytes:
    """Pickle a job in a thread, whose stack is empty: expressions may be nested as deep as that allows."""
    from concurrent.futures import ThreadPoolExecutor

    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(pickle.dumps, job).result()
    except RuntimeError:  # the system's limit of threads is reached
        return pickle.dumps(job)
