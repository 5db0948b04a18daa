"""Mesa, with its discrete event simulator `DEVSimulator`, which it calls experimental.

Persons and machines are agents; the queue, which has nobody to follow, is two functions that schedule each other.
"""

import mesa
from mesa.experimental.devs import DEVSimulator

from tests.benchmarks.peers.processes import (
    ARRIVAL,
    BIRTH,
    DEATH,
    IMMIGRATION,
    MACHINES,
    QUEUE,
    REPAIR,
    SCALE,
    SERVICE,
    SHAPE,
    WEAR,
    Process,
)
from tests.benchmarks.peers.tools import Entry, Tool, logging


class World(mesa.Model):
    """A model with a simulator and a log by hand."""

    def __init__(self, number: int) -> None:
        super().__init__(seed=number)
        self.log: list[Entry] = []
        self.simulator = DEVSimulator()
        self.simulator.setup(self)
        self.begin()

    def begin(self) -> None:
        """Schedule what comes first; each process has its own."""

    def note(self, name: str) -> None:
        self.log.append((self.simulator.time, name))


class Immigration(World):
    def begin(self) -> None:
        self.simulator.schedule_event_relative(self.bear, self.random.expovariate(BIRTH))

    def bear(self) -> None:
        self.note("born")
        Person(self)
        self.begin()


class Person(mesa.Agent):
    def __init__(self, model: Immigration) -> None:
        super().__init__(model)
        model.simulator.schedule_event_relative(self.die, self.random.expovariate(DEATH))

    def die(self) -> None:
        self.model.note("died")
        self.remove()


class Queue(World):
    def begin(self) -> None:
        self.waiting = 0
        self.simulator.schedule_event_relative(self.arrive, self.random.expovariate(ARRIVAL))

    def arrive(self) -> None:
        self.note("arrived")
        self.waiting += 1
        if self.waiting == 1:
            self.simulator.schedule_event_relative(self.serve, self.random.expovariate(SERVICE))
        self.simulator.schedule_event_relative(self.arrive, self.random.expovariate(ARRIVAL))

    def serve(self) -> None:
        self.note("served")
        self.waiting -= 1
        if self.waiting:
            self.simulator.schedule_event_relative(self.serve, self.random.expovariate(SERVICE))


class Machines(World):
    def begin(self) -> None:
        Machine.create_agents(self, MACHINES)


class Machine(mesa.Agent):
    def __init__(self, model: Machines) -> None:
        super().__init__(model)
        self.work()

    def work(self) -> None:
        self.model.simulator.schedule_event_relative(self.wear, self.random.expovariate(WEAR))

    def wear(self) -> None:
        self.model.note("worn")
        self.model.simulator.schedule_event_relative(self.repair, self.random.weibullvariate(SCALE, SHAPE))

    def repair(self) -> None:
        self.model.note("repaired")
        self.work()


def run_of(kind: type[World], process: Process, number: int) -> list[Entry]:
    world = kind(number)
    world.simulator.run_until(process.horizon)
    return world.log


TOOLS = (
    Tool(
        f"Mesa {mesa.__version__}",
        "every event: time and name, in a list kept by hand",
        {
            "immigration": logging(IMMIGRATION, lambda number: run_of(Immigration, IMMIGRATION, number)),
            "queue": logging(QUEUE, lambda number: run_of(Queue, QUEUE, number)),
            "machines": logging(REPAIR, lambda number: run_of(Machines, REPAIR, number)),
        },
    ),
)
