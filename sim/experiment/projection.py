"""What runs come to, worked out where they are at hand: in the process that made or read them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from sim.model.event import Log
from sim.model.event_table import EventTable
from sim.model.program import Program
from sim.model.scenario import Scenario

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Projection(Protocol[T_co]):
    """What a table of runs comes to. It is picklable, and so its result.

    `reads_logs` says that it looks at events, so that outcomes and measures alone will not do; else the runs that it is
    given are measured.
    """

    @property
    def reads_logs(self) -> bool: ...

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> T_co: ...


@dataclass(frozen=True, slots=True)
class EachRun(Generic[T]):
    """The projection that looks at one run after another, and gives a list."""

    project: Callable[[Program, Scenario, int, Log], T]
    reads_logs: ClassVar[bool] = True

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> list[T]:
        return [self.project(program, scenario, run, log) for run, log in zip(table.runs, table.logs(), strict=True)]
