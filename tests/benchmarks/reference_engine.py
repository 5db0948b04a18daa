"""How fast is the reference engine beside the same rules written by hand in idiomatic SimPy?

    python -m tests.benchmarks.reference_engine

Machines wear out and a crew repairs them: two rules a machine, the wear rate growing with the machines that are
down, repair a Weibull. By hand, each rule is a SimPy process that draws from `random` and starts over whenever
anything changes, as the SimPy tutorials have it. Both are timed in turn in one process, in CPU time; what counts is
the ratio of events per second, which holds on a slow machine as on a fast one.
"""

import random
import statistics
import time
from collections.abc import Callable, Generator
from typing import Any

import simpy

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario

HORIZON = 300.0
WEAR, PUSH, SHAPE, SCALE = 0.1, 0.02, 1.5, 4.0

MODEL = """
model: machines
title: Machines and a crew
time: {{unit: abstract}}
horizon: {horizon}
factions: {{machines: {{title: The machines}}, crew: {{title: The crew}}}}
state:
  up: {{for: "i in 1..{machines}", type: bool, initial: true}}
  down: {{type: int, range: [0, {machines}], initial: 0}}
events:
  worn:     {{for: "i in 1..{machines}", by: machines, effects: {{"up[i]": false, down: down + 1}}}}
  repaired: {{for: "i in 1..{machines}", by: crew, effects: {{"up[i]": true, down: down - 1}}}}
rules:
  wear:
    for: i in 1..{machines}
    faction: machines
    when: up[i]
    clock: {{rate: {wear} + {push} * down}}
    emits: worn[i]
  repair:
    for: i in 1..{machines}
    faction: crew
    when: not up[i]
    clock: {{weibull: {{shape: {shape}, scale: {scale}}}}}
    emits: repaired[i]
"""


def with_sim(machines: int) -> Callable[[int], int]:
    """Return the function that makes run n with the reference engine and returns how many events it had."""
    text = MODEL.format(machines=machines, horizon=HORIZON, wear=WEAR, push=PUSH, shape=SHAPE, scale=SCALE)
    model = loads_model(text)
    scenario = Scenario("machines", "", "", model, (), 0.0, HORIZON, (), (), "machines.yaml")
    engine = ReferenceEngine(compile_model(model), scenario, seed=1)
    return lambda run: len(engine.run(run)) - 2


class Shop:
    """The state by hand, and the signal that anything changed."""

    def __init__(self, env: simpy.Environment, machines: int) -> None:
        self.env = env
        self.up = [True] * machines
        self.down = 0
        self.log: list[tuple[float, str, int]] = []
        self.changed = env.event()

    def happen(self, name: str, machine: int, *, up: bool) -> None:
        self.up[machine] = up
        self.down += -1 if up else 1
        self.log.append((self.env.now, name, machine))
        changed, self.changed = self.changed, self.env.event()
        changed.succeed()


Process = Generator[simpy.Event, Any, None]


def wear(shop: Shop, machine: int, draw: random.Random) -> Process:
    while True:
        while not shop.up[machine]:
            yield shop.changed
        alarm = shop.env.timeout(draw.expovariate(WEAR + PUSH * shop.down))
        yield alarm | shop.changed  # an exponential clock may be drawn anew when its rate changes
        if alarm.processed:
            shop.happen("worn", machine, up=False)


def repair(shop: Shop, machine: int, draw: random.Random) -> Process:
    while True:
        while shop.up[machine]:
            yield shop.changed
        alarm = shop.env.timeout(draw.weibullvariate(SCALE, SHAPE))
        while not alarm.processed:
            yield alarm | shop.changed  # the guard may turn false, so every change is looked at
        shop.happen("repaired", machine, up=True)


def by_hand(machines: int) -> Callable[[int], int]:
    """Return the function that makes run n by hand and returns how many events it had."""

    def run(number: int) -> int:
        env = simpy.Environment()
        shop = Shop(env, machines)
        draw = random.Random(number)  # noqa: S311 - as one writes it by hand
        for machine in range(machines):
            env.process(wear(shop, machine, draw))
            env.process(repair(shop, machine, draw))
        env.run(until=HORIZON)
        return len(shop.log)

    return run


def events_per_second(run: Callable[[int], int], first: int, runs: int) -> float:
    start = time.process_time()
    events = sum(run(number) for number in range(first, first + runs))
    return events / (time.process_time() - start)


def compare(machines: int, rounds: int = 7, runs: int = 3) -> tuple[float, float, list[float]]:
    """Return the median events per second of both, and the ratio round by round."""
    ours, theirs = with_sim(machines), by_hand(machines)
    ours(0), theirs(0)
    pairs = [
        (events_per_second(ours, number * runs, runs), events_per_second(theirs, number * runs, runs))
        for number in range(rounds)
    ]
    ratios = [mine / other for mine, other in pairs]
    return statistics.median(mine for mine, _ in pairs), statistics.median(other for _, other in pairs), ratios


def main() -> None:
    print(f"{'rules':>6} {'reference, events/s':>20} {'by hand, events/s':>18} {'ratio, median (min to max)':>28}")  # noqa: T201
    for machines in (2, 6, 24):
        ours, theirs, ratios = compare(machines)
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{2 * machines:>6} {ours:>20,.0f} {theirs:>18,.0f} {spread:>28}")  # noqa: T201


if __name__ == "__main__":
    main()
