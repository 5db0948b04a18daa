"""A model whose answers are known: its text, what is looked at in each run, and the exact answers to that.

`simulate` makes the runs, once for all questions about a model.
"""

import math
import multiprocessing
import os
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

from sim.build.model import loads_model
from sim.model.event import Log
from sim.model.measures import measure
from sim.model.model import Model
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario
from tests.engines.conformance.answers import Answer
from tests.engines.conformance.engines import ENGINES, Engine, logs_of

MODELS = Path(__file__).parent / "models"
SPECIMENS = Path(__file__).parents[2] / "specimens"
CHUNK = 10_000


@dataclass(frozen=True)
class Seen:
    """One run, as questions look at it. `start` is when it began."""

    log: Log
    program: Program
    scenario: Scenario

    @property
    def start(self) -> float:
        return self.scenario.start

    @cached_property
    def measures(self) -> Mapping[str, float | None]:
        return measure(self.program, self.scenario, self.log)


Look: TypeAlias = Callable[[Seen], float]


def fired(rule: str) -> Look:
    """Look at when a rule first fired, counted from the run's start; nan if it never did."""
    return lambda seen: next((event.time - seen.start for event in seen.log if event.rule == rule), math.nan)


def happened(*types: str) -> Look:
    """Look at how many events of these types there were."""
    return lambda seen: float(sum(event.type in types for event in seen.log))


def outcome(name: str) -> Look:
    """Look at when an outcome came true; nan if it did not."""
    return lambda seen: next(
        (event.time - seen.start for event in seen.log if event.kind == "outcome" and event.type == name), math.nan
    )


def one_of(*outcomes: str) -> Look:
    """Look at which of these outcomes came true, by its place among them; nan if none did."""

    def look(seen: Seen) -> float:
        reached = {event.type for event in seen.log if event.kind == "outcome"}
        return next((float(number) for number, name in enumerate(outcomes) if name in reached), math.nan)

    return look


def measured(name: str) -> Look:
    """Look at a measure; nan where the run has none."""

    def look(seen: Seen) -> float:
        value = seen.measures[name]
        return math.nan if value is None else float(value)

    return look


def cell(look: Look, cuts: tuple[float, ...]) -> Look:
    """Look at which of the parts between the cuts a value lies in."""
    return lambda seen: float(np.searchsorted(cuts, look(seen)))


def both(one: Look, other: Look, of_other: int) -> Look:
    """Look at two labels together: the first times `of_other`, the number of the second's values, plus the second."""
    return lambda seen: one(seen) * of_other + other(seen)


@dataclass(frozen=True)
class Question:
    """What is looked at in each run, and its exact answer: the formula in words, and where it is from."""

    name: str
    look: Look
    answer: Answer
    formula: str
    source: str


@dataclass(frozen=True)
class Known:
    """A model with its answers. `branch` makes of it the scenario that is run, where that is not the model alone."""

    name: str
    text: str
    questions: tuple[Question, ...]
    branch: Callable[[Callable[[Scenario], Engine], Scenario], Scenario] | None = None

    @property
    def seed(self) -> int:
        """Return a seed of the model's own, so that no two models share their luck."""
        return zlib.crc32(self.name.encode())

    def with_text(self, right: str, wrong: str) -> "Known":
        assert right in self.text, right
        return replace(self, text=self.text.replace(right, wrong))


def alone(model: Model) -> Scenario:
    """Return the scenario that assumes nothing."""
    assert model.horizon is not None, "a model that is run alone has a horizon"
    return Scenario(model.name, model.title, "", model, (), 0.0, model.horizon, model.timetable, (), model.path)


def text_of(name: str) -> str:
    return (MODELS / f"{name}.yaml").read_text(encoding="utf-8")


def specimen(name: str) -> str:
    return (SPECIMENS / f"{name}.yaml").read_text(encoding="utf-8")


def simulate(engine: str, known: Known, runs: int, first: int = 0) -> np.ndarray:
    """Return what is seen in runs `first` to `first` + `runs`: one row a run, one column a question."""
    scenario = alone(loads_model(known.text))
    program = compile_model(scenario.model)
    make = ENGINES[engine]
    if known.branch is not None:
        scenario = known.branch(lambda assumed: make(program, assumed, known.seed), scenario)
    runner = make(program, scenario, known.seed)
    values = np.empty((runs, len(known.questions)))
    for row, log in enumerate(logs_of(runner, range(first, first + runs))):
        assert log[-1].kind == "ended", (known.name, first + row, log[-1])
        seen = Seen(log, program, scenario)
        values[row] = [question.look(seen) for question in known.questions]
    return values


def simulate_many(engine: str, name: str, runs: int) -> np.ndarray:
    """Return the same for a model by its name, made by as many processes as there are cores."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        chunks = pool.map(
            _chunk,
            *zip(*((engine, name, min(CHUNK, runs - first), first) for first in range(0, runs, CHUNK)), strict=True),
        )
        return np.concatenate(list(chunks))


def _chunk(engine: str, name: str, runs: int, first: int) -> np.ndarray:
    from tests.engines.conformance.catalogue import known as model_of  # the catalogue is made of this module's classes

    return simulate(engine, model_of(name), runs, first)
