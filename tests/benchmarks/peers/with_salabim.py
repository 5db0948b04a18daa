"""salabim, in its yieldless style, which its manual recommends; its monitors are on, as they are by default."""

import salabim

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
)
from tests.benchmarks.peers.tools import Entry, Tool, logging


class Part(salabim.Component):
    """A component that notes what happens to it in the log by hand."""

    def note(self, name: str) -> None:
        self.env.log.append((self.env.now(), name))

    def wait(self, rate: float) -> None:
        self.hold(salabim.Exponential(rate=rate).sample())


class Births(Part):
    def process(self) -> None:
        while True:
            self.wait(BIRTH)
            self.note("born")
            Person()


class Person(Part):
    def process(self) -> None:
        self.wait(DEATH)
        self.note("died")


class Arrivals(Part):
    def process(self) -> None:
        while True:
            self.wait(ARRIVAL)
            self.note("arrived")
            Customer()


class Customer(Part):
    def process(self) -> None:
        self.request(self.env.server)
        self.wait(SERVICE)
        self.release()
        self.note("served")


class Machine(Part):
    def process(self) -> None:
        repair = salabim.Weibull(SCALE, SHAPE)
        while True:
            self.wait(WEAR)
            self.note("worn")
            self.hold(repair.sample())
            self.note("repaired")


def world(number: int) -> salabim.Environment:
    env = salabim.Environment(random_seed=number, trace=False)
    env.log = []
    return env


def immigration(number: int) -> list[Entry]:
    env = world(number)
    Births()
    env.run(till=IMMIGRATION.horizon)
    return env.log


def queue(number: int) -> list[Entry]:
    env = world(number)
    env.server = salabim.Resource("server")
    Arrivals()
    env.run(till=QUEUE.horizon)
    return env.log


def machines(number: int) -> list[Entry]:
    env = world(number)
    for _ in range(MACHINES):
        Machine()
    env.run(till=REPAIR.horizon)
    return env.log


TOOLS = (
    Tool(
        f"salabim {salabim.__version__}",
        "monitors of every component; every event: time and name, in a list kept by hand",
        {
            "immigration": logging(IMMIGRATION, immigration),
            "queue": logging(QUEUE, queue),
            "machines": logging(REPAIR, machines),
        },
    ),
)
