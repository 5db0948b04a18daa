"""A worker process that the tries of many tests share, so that it is loaded once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from sim.experiment.jobs import WorkerContext
from sim.experiment.workers import WorkItem


class Apart:
    """A pool of one process, as `try_checks` takes it."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self.executor = executor

    def __len__(self) -> int:
        return 1

    def do(self, tasks: Sequence[WorkItem[Any]]) -> Iterator[Any]:
        return self.executor.map(_done, tasks)


def _done(task: WorkItem[Any]) -> Any:
    return task.do(WorkerContext())
