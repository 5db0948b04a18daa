"""SimPy, by hand: a process for whoever lives through something, as its tutorials have it."""

import random
from collections.abc import Generator
from typing import Any

import simpy

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

Steps = Generator[simpy.Event, Any, None]


class Journal:
    """A run: SimPy's environment, the random numbers, and the log by hand."""

    def __init__(self, number: int) -> None:
        self.env = simpy.Environment()
        self.draw = random.Random(number)  # noqa: S311 - as one writes it by hand
        self.log: list[Entry] = []

    def wait(self, rate: float) -> simpy.Event:
        return self.env.timeout(self.draw.expovariate(rate))

    def note(self, name: str) -> None:
        self.log.append((self.env.now, name))


def immigration(number: int) -> list[Entry]:
    run = Journal(number)

    def births() -> Steps:
        while True:
            yield run.wait(BIRTH)
            run.note("born")
            run.env.process(life())

    def life() -> Steps:
        yield run.wait(DEATH)
        run.note("died")

    run.env.process(births())
    run.env.run(until=IMMIGRATION.horizon)
    return run.log


def queue(number: int) -> list[Entry]:
    run = Journal(number)
    server = simpy.Resource(run.env)

    def arrivals() -> Steps:
        while True:
            yield run.wait(ARRIVAL)
            run.note("arrived")
            run.env.process(customer())

    def customer() -> Steps:
        with server.request() as turn:
            yield turn
            yield run.wait(SERVICE)
        run.note("served")

    run.env.process(arrivals())
    run.env.run(until=QUEUE.horizon)
    return run.log


def machines(number: int) -> list[Entry]:
    run = Journal(number)

    def machine() -> Steps:
        while True:
            yield run.wait(WEAR)
            run.note("worn")
            yield run.env.timeout(run.draw.weibullvariate(SCALE, SHAPE))
            run.note("repaired")

    for _ in range(MACHINES):
        run.env.process(machine())
    run.env.run(until=REPAIR.horizon)
    return run.log


TOOLS = (
    Tool(
        "SimPy, by hand",
        "every event: time and name, in a list kept by hand",
        {
            "immigration": logging(IMMIGRATION, immigration),
            "queue": logging(QUEUE, queue),
            "machines": logging(REPAIR, machines),
        },
    ),
)
