"""Ciw, networks of queues: a birth is an arrival at a node with a server for all; machines go round two such nodes."""

from collections.abc import Callable
from math import inf
from typing import Any

import ciw
from ciw.dists import Deterministic, Exponential, Sequential, Weibull

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
from tests.benchmarks.peers.tools import Maker, Run, Tool


def immigration() -> Any:
    return ciw.create_network(
        arrival_distributions=[Exponential(BIRTH)], service_distributions=[Exponential(DEATH)], number_of_servers=[inf]
    )


def queue() -> Any:
    return ciw.create_network(
        arrival_distributions=[Exponential(ARRIVAL)],
        service_distributions=[Exponential(SERVICE)],
        number_of_servers=[1],
    )


def machines() -> Any:
    """All machines come to the first node at time 0, and nothing leaves."""
    return ciw.create_network(
        arrival_distributions=[Sequential([0.0, inf]), None],
        batching_distributions=[Deterministic(MACHINES), Deterministic(1)],
        service_distributions=[Exponential(WEAR), Weibull(SCALE, SHAPE)],
        number_of_servers=[inf, inf],
        routing=[[0.0, 1.0], [1.0, 0.0]],
    )


def open_run(simulation: Any, records: list[Any]) -> Run:
    arrived = simulation.nodes[0].number_accepted_individuals
    return Run(arrived + len(records), arrived - len(records))


def closed_run(simulation: Any, records: list[Any]) -> Run:
    """Each record is the end of a work or of a repair; who is at the second node is down."""
    return Run(len(records), simulation.nodes[2].number_of_individuals)


def maker(process: Process, network: Callable[[], Any], look: Callable[[Any, list[Any]], Run]) -> Callable[[], Maker]:
    def ready() -> Maker:
        made = network()

        def run(number: int) -> tuple[Any, list[Any]]:
            ciw.seed(number)
            simulation = ciw.Simulation(made)
            simulation.simulate_until_max_time(process.horizon)
            return simulation, simulation.get_all_records()

        return Maker(lambda runs: [run(number) for number in runs], lambda all_: [look(*one) for one in all_])

    return ready


TOOLS = (
    Tool(
        f"Ciw {ciw.__version__}",
        "a record of every visit to a node: arrival, wait, service, exit",
        {
            "immigration": maker(IMMIGRATION, immigration, open_run),
            "queue": maker(QUEUE, queue, open_run),
            "machines": maker(REPAIR, machines, closed_run),
        },
    ),
)
