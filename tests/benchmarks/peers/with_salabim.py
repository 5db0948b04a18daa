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

TO_BIRTH, LIFE = salabim.Exponential(rate=BIRTH), salabim.Exponential(rate=DEATH)
TO_ARRIVAL, TO_SERVE = salabim.Exponential(rate=ARRIVAL), salabim.Exponential(rate=SERVICE)
TO_WEAR, TO_REPAIR = salabim.Exponential(rate=WEAR), salabim.Weibull(SCALE, SHAPE)


class Part(salabim.Component):
    """A component that notes what happens to it in the log by hand."""

    def note(self, name: str) -> None:
        self.env.log.append((self.env.now(), name))


class Births(Part):
    def process(self) -> None:
        while True:
            self.hold(TO_BIRTH)
            self.note("born")
            Person()


class Person(Part):
    def process(self) -> None:
        self.hold(LIFE)
        self.note("died")


class Arrivals(Part):
    def process(self) -> None:
        while True:
            self.hold(TO_ARRIVAL)
            self.note("arrived")
            Customer()


class Customer(Part):
    def process(self) -> None:
        self.request(self.env.server)
        self.hold(TO_SERVE)
        self.release()
        self.note("served")


class Machine(Part):
    def process(self) -> None:
        while True:
            self.hold(TO_WEAR)
            self.note("worn")
            self.hold(TO_REPAIR)
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
